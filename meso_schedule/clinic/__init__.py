"""What a clinic file says: hours, holidays, closures, prices, terms, spacing of its own.

Way in: `clinic` (`Clinic`, `read_clinic`).
Everything above `base` but the rules may come in; this room knows `base` only.
"""

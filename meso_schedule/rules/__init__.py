"""What a rule file says: one protocol, with a source or an assumption for every figure.

Ways in: `catalogue` (the packaged protocols and those of given files) and `protocol`.
`rule_tables` are the parts of a file, `protocol_checks` what it may not say, `windows` when a
session may be, by its interval. `packaged/` holds the files that ship.
Everything above `base` may come in; this room knows `base` only.
"""

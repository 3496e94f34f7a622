"""An exact search over days: sessions in tracks, windows, and the order of the criteria.

Way in: `solving` (a `programme` of one track or several, of which each asks a `task`). What could
be placed at all tell `feasibility` of one track, `completion` of several. `measure` is what costs
are made of. Days are ordinals here.
The planner comes in, and what runs; this room knows no patient and no clinic.
"""

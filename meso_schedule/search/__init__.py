"""An exact search over days: sessions in tracks, windows, and the order of the criteria.

Ways in: `solving` (a `programme` of one track or several); `task` is what one track asks,
`feasibility` what could be placed at all. Days are ordinals here.
Only the planner comes in; this room knows no patient and no clinic.
"""

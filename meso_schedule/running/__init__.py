"""A course under way: opened, held, missed, moved, improved, replanned, paid, stopped, printed.

Ways in: `course_progress` (a state of the book as the planner sees it), then a module a dealing:
`opening`, `visits`, `moving`, `replanning`, `corrections`, `account`, `settlement`, `printing`,
`diary`. Pure functions, from a state to records or to what is told. `course_book` is the book as
programs keep it, which `meso_schedule.book` offers as `Book`.
The command line comes in. The book counts visits, the planner counts sessions of the protocol.
"""

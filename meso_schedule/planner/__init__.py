"""From a request to a plan with reasons, care and findings, or to the honest no.

Ways in: `planning` (`plan_course`, `plan_combined`), `replan` (what has begun), `side_by_side`
(`compare`), `batch`. A course is a programme of one treatment: `setting_up` turns a request into
what the search is asked, `placing` finds the days, `assembly` makes the plan of them.
What runs comes in, and the command line. No module here reads a file, the clock or the
environment.
"""

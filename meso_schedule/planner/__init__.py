"""From a request to a plan with reasons, care and findings, or to the honest no.

Ways in: `planning` (`plan_course`), `combined_planning` (several protocols in one calendar),
`replan` and `programme_replan` (a course that has begun), `side_by_side` (`compare`), `batch`.
`setup` turns a request into what the search is asked; `assembly` turns days into a plan.
What runs comes in, and the command line. No module here reads a file, the clock or the
environment.
"""

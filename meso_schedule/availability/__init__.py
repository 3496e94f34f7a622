"""The days and times a session can take, and why not the others.

Ways in: `session_days` (`Availability`: days as ordinals, each refused day with its reason),
`calendars` (busy times of a calendar file), `treatment_spacing` (days that other treatments keep
free).
The planner comes in, and what runs; this room knows neither a search nor a verdict.
"""

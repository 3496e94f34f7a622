"""Verdicts on the sessions held, and when the next one is due (CDSi: evaluation, forecast).

Way in: `evaluate`.
The planner comes in, and what runs.
"""

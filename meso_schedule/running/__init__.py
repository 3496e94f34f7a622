"""Courses under way: what the book tells of one, read by the planner's rules. Pure functions."""

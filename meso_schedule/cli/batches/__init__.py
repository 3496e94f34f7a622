"""`plan --batch`: many requests from a file, answered in order, resumed after a stop.

Way in: `run`. `jobs` reads lines, `answers` writes them, `sheets` a PDF each.
"""

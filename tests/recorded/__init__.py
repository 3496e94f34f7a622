"""The dates, windows and totals of requests and lives of books that stay what they are.

The rules and clinics they are asked of stand beside them, so that a better figure of the catalogue
changes nothing here. What is recorded is no evidence that a date is right.

`python -m tests.recorded` writes the record anew.
"""

"""Texts of outputs: languages, tables of sessions, details, marks in calendars.

Ways in: `language` (dates, amounts and clock as a language writes them), `translation` (phrases).
`languages/` holds one gettext catalogue a language. The other outputs come in.
"""

"""Values that everything speaks in: dates, intervals, times, money, phrases, errors.

Ways in: `dates`, `intervals`, `times`, `money`, `phrases`, `errors`; `models` is the bridge to
pydantic, `text_files` reads TOML and JSON as people write them, `private_files` writes files
whole or not at all, `harmless` cleans texts.
Every room may come in; this one goes nowhere.
"""

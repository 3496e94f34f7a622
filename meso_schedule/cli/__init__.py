"""The command line: parse, call, print.

Way in: `app` (`main`). A module `x_command` holds the command `x`; `courses` and `batches` are
rooms. Only here are typer, rich and the clock known; nobody comes in.
"""

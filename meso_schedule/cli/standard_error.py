"""What is told beside a result, line by line on standard error."""

import os
import re
import shutil
import sys
from textwrap import fill

from meso_schedule.base.harmless import harmless
from meso_schedule.base.passwords import without_passwords
from meso_schedule.output.words.text import encodable


def tell(*lines: str) -> None:
    """Write lines to standard error, wrapped to the terminal; nobody listening is no error."""
    columns = _columns()
    for line in lines:
        indent = re.match(r" *(?:[0-9]+\. )?", line)
        text = _wrapped(
            harmless(without_passwords(line)), columns, " " * len(indent[0] if indent else "")
        )
        try:
            if sys.stderr is not None:
                known = encodable(f"{text}\n", _encoding())
                sys.stderr.write(known.encode(_encoding(), "replace").decode(_encoding()))
        except OSError:
            return


def _columns() -> int | None:
    if sys.stderr is not None and not sys.stderr.isatty() and "COLUMNS" not in os.environ:
        return None
    return max(24, shutil.get_terminal_size().columns)


def _encoding() -> str:
    return sys.stderr.encoding or "utf-8"


def _wrapped(line: str, columns: int | None, indent: str) -> str:
    if columns is None:
        return line
    return fill(
        line,
        columns,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )

"""Lists on paper: a diary, a call list. Each part has a title, rows of cells, and a note."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from meso_schedule.base.models import Model
from meso_schedule.output.print.content import as_printed
from meso_schedule.output.print.glyphs import check_letters
from meso_schedule.output.print.pdf import PAPERS, compiled, explained

_TEMPLATE = Path(__file__).with_name("list.typ")


def list_pdf(told: Mapping[str, Any], shown: Model, made_on: date, *, paper: str) -> bytes:
    """Return a list as a PDF.

    Args:
        told: `title`, `clinic`, `heads` and `widths` of the columns, and `parts`.
        shown: What it is made of.
        made_on: The day that it says it was made on.
        paper: The paper.

    Raises:
        InputError: When it holds letters that no font has.
    """
    check_letters(shown)
    content = {**as_printed(told), "lang": "en", "paper": PAPERS[paper]}
    try:
        return compiled(_TEMPLATE, content, datetime.combine(made_on, time(), UTC))
    except RuntimeError as error:
        raise explained(error, shown, None) from None

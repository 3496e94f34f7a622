"""One plan as the sheet a patient takes home: a PDF that screen readers can follow.

The template `sheet.typ` lays out; every word comes from `sheet_content`, as data and never as
source, so nothing that anybody wrote can be taken for a command.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

from meso_schedule.base.errors import InputError
from meso_schedule.base.models import Model
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.print.content import sheet_content
from meso_schedule.output.print.glyphs import FONTS, check_letters, lacking_faults
from meso_schedule.output.print.logo import logo_svg
from meso_schedule.output.words.language import Language

if TYPE_CHECKING:
    import typst

PAPERS = {"a4": "a4", "letter": "us-letter"}

_TEMPLATE = Path(__file__).with_name("sheet.typ")
_THREAD = local()

# A letter and a mark that are in no font together are known only when they are set.
_UNDISPLAYED = re.compile(r'the text `"(.[^`]*)"` could not be displayed')
_BAD_PICTURE = re.compile(r"failed to (parse|decode|load)|image|SVG", re.IGNORECASE)


def sheet(
    plan: CoursePlan,
    *,
    language: Language,
    paper: str = "a4",
    large: bool = False,
    logo: bytes | None = None,
) -> bytes:
    """Return the sheet of a plan as a PDF; the same plan gives the same bytes.

    Args:
        plan: The plan.
        language: Its words, dates and sums.
        paper: One of `PAPERS`.
        large: Whether all is set larger, for who sees badly.
        logo: A PNG or SVG picture for the letterhead, as `read_logo` returns it.

    Raises:
        InputError: When the plan holds letters that no font of the sheet has.
    """
    check_letters(plan)
    content = sheet_content(plan, language)
    content["paper"] = PAPERS[paper]
    content["large"] = large
    content["logo"] = logo_svg(logo) if logo else ""
    try:
        return compiled(_TEMPLATE, content, datetime.combine(plan.as_of, time(), UTC))
    except RuntimeError as error:
        raise explained(error, plan, logo) from None


def compiled(template: Path, content: Mapping[str, Any], made_on: datetime) -> bytes:
    """Return what a template makes of its content, as a PDF."""
    # As files and not as `sys_inputs`, which would make the typesetter forget what it has laid out.
    files: Any = {  # the stubs of typst know of one file only
        "main.typ": template.read_bytes(),
        "content.json": json.dumps(content, ensure_ascii=False).encode(),
    }
    try:
        made = _compiler().compile(
            input=files,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=made_on,
        )
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # no Exception, and not to be caught by name
            raise RuntimeError("typst panicked") from error
        raise
    assert isinstance(made, bytes), "a PDF is one document"
    return made


def explained(error: RuntimeError, plan: Model, logo: bytes | None) -> Exception:
    """Return what the given texts or the logo are to blame for; all else is a defect of ours."""
    told = str(getattr(error, "diagnostic", error))
    lacking = {_unescaped(found) for found in _UNDISPLAYED.findall(told)}
    if faults := lacking_faults(plan, lacking):
        return InputError(faults)
    if logo and _BAD_PICTURE.search(told):
        remedy = "Save the picture again, or as PNG."
        return InputError.of("bad_logo", "The logo cannot be drawn.", field="logo", remedy=remedy)
    return error


def _unescaped(char: str) -> str:
    return chr(int(char[3:-1], 16)) if char.startswith("\\u{") else char


def _compiler() -> "typst.Compiler":
    """Return the compiler of this thread: it cannot work for two at a time."""
    if not hasattr(_THREAD, "compiler"):
        import typst

        _THREAD.compiler = typst.Compiler(root=str(_TEMPLATE.parent), font_paths=_fonts())
    made: typst.Compiler = _THREAD.compiler
    return made


@cache
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )

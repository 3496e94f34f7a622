"""A plan in each of its forms: what goes to standard output, and the files by their endings."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from meso_schedule.base.errors import InputError, UnknownNameError, shortened
from meso_schedule.base.harmless import json_harmless
from meso_schedule.base.papers import PAPERS
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.base.source_files import is_folder
from meso_schedule.cli.environment import find_logo, has_colour, width, write_out
from meso_schedule.cli.idle_options import RECORD, ending_of
from meso_schedule.cli.options import PARTS
from meso_schedule.output import forms
from meso_schedule.output.forms import DECIMALS, FIRST, SEPARATORS, WIDTH

if TYPE_CHECKING:
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.course.course_plan import CoursePlan
    from meso_schedule.output.calendar_file import Gone

BOM = "\ufeff"
FEED = ".ics"
# What knows a session by the numbers of the book, whatever is printed later.
NUMBERED = (FEED, RECORD)


class Style(NamedTuple):
    """How a plan is shown.

    Args:
        width: Columns of text.
        colour: Whether text has colours.
        calendar: Whether the months are shown in text too.
        parts: What the first screen is followed by.
        full: Whether everything is shown in place of the first screen.
        course: The id under which the plan was booked; None of one that was not.
        language: The code of the language.
        bom: Whether CSV begins with a byte order mark.
        separator: What stands between its cells; None for that of the spreadsheet.
        decimal: What stands before the cents in it; None likewise.
        detail: Whether the titles of a feed name the treatment.
        revision: That of the course in the book; 0 for a plan that stands in none.
        sequence: The version of a feed; None for one told by the day of asking and the revision.
        paper: The paper of a printed sheet.
        large: Whether it is set in large print.
        logo: The picture of its letterhead.
        gone: Appointments that a feed takes out of a calendar.
        called: What practitioners and rooms are called on the first screen, by their ids.
    """

    width: int
    colour: bool = False
    calendar: bool = False
    parts: tuple[str, ...] = ()
    full: bool = False
    course: str | None = None
    language: str = FIRST
    bom: bool = False
    separator: str | None = None
    decimal: str | None = None
    detail: bool = False
    revision: int = 0
    sequence: int | None = None
    paper: str = PAPERS[0]
    large: bool = False
    logo: bytes | None = None
    gone: "Sequence[Gone]" = ()
    called: Mapping[str, str] | None = None


def _json(plan: "CoursePlan", _: Style) -> str:
    return forms.to_json(plan)


def _table(plan: "CoursePlan", style: Style) -> str:
    from meso_schedule.output.terminal.plan_text import screen_text

    if style.full:
        return _full(plan, style)
    return screen_text(
        plan,
        width=style.width,
        colour=style.colour,
        calendar=style.calendar,
        parts=style.parts,
        course=style.course,
        called=style.called,
        language=forms.text_language(style.language).in_country(plan.clinic.country),
    )


def _full(plan: "CoursePlan", style: Style) -> str:
    return forms.to_text(
        plan,
        language=style.language,
        width=style.width,
        colour=style.colour,
        calendar=style.calendar,
    )


def _csv(plan: "CoursePlan", style: Style) -> str:
    signs = _signs_of(style)
    told = forms.to_csv(plan, separator=signs.separator, decimal=signs.decimal)
    return f"{signs.mark}{told}"


class Signs(NamedTuple):
    """How CSV is written.

    Args:
        mark: The byte order mark it begins with; empty without.
        separator: What stands between its cells.
        decimal: What stands before the cents in it.
    """

    mark: str
    separator: str
    decimal: str


def csv_signs(given: Mapping[str, Any]) -> Signs:
    """Return how CSV is written, by what was typed."""
    separator = _sign(given["separator"], "separator", SEPARATORS)
    decimal = _sign(given["decimal"], "decimal", DECIMALS)
    spoken = read_language(given["language"])
    return _signs_of(
        Style(WIDTH, language=spoken, bom=given["bom"], separator=separator, decimal=decimal)
    )


def _signs_of(style: Style) -> Signs:
    # A spreadsheet of a language other than English takes the comma for that of its amounts.
    is_local = style.bom and style.language != FIRST
    has_comma = is_local or style.decimal == ","
    separator = style.separator or (SEPARATORS[1] if has_comma else SEPARATORS[0])
    decimal = style.decimal or (DECIMALS[1] if is_local and separator != "," else DECIMALS[0])
    return Signs(BOM if style.bom else "", separator, decimal)


def _markdown(plan: "CoursePlan", _: Style) -> str:
    return forms.to_markdown(plan)


def _page(plan: "CoursePlan", style: Style) -> str:
    return forms.to_html(plan, language=style.language, logo=style.logo)


def _feed(plan: "CoursePlan", style: Style) -> bytes:
    return forms.to_ics(
        plan,
        language=style.language,
        detail=style.detail,
        revision=style.revision,
        sequence=style.sequence,
        gone=style.gone,
    )


def _workbook(plan: "CoursePlan", style: Style) -> bytes:
    return forms.to_xlsx(plan, language=style.language)


def _record(plan: "CoursePlan", style: Style) -> str:
    return json_text(forms.to_fhir(plan, language=style.language, gone=style.gone))


def json_text(document: Any) -> str:
    """Return plain data as the text of a JSON file; nothing in it commands a terminal."""
    return f"{json_harmless(json.dumps(document, indent=2, ensure_ascii=False))}\n"


def sheet_of(plan: "CoursePlan", style: Style) -> bytes:
    """Return the sheet that a patient takes home, as a PDF."""
    return forms.to_pdf(
        plan, language=style.language, paper=style.paper, large=style.large, logo=style.logo
    )


_TEXTS = {"json": _json, "table": _table, "csv": _csv, "markdown": _markdown}

# Each ending of a file, and what makes its content.
_FILES: dict[str, Callable[["CoursePlan", Style], str | bytes]] = {
    ".json": _json,
    ".csv": _csv,
    ".md": _markdown,
    ".txt": _full,
    ".html": _page,
    FEED: _feed,
    ".pdf": sheet_of,
    ".xlsx": _workbook,
    RECORD: _record,
}

# Those of them that show the logo.
_LETTERHEADS = (".html", ".pdf")


def style_of(given: Mapping[str, Any]) -> Style:
    """Return how files are written, by what was typed."""
    return Style(
        WIDTH,
        calendar=given["calendar"],
        parts=tuple(part for part in PARTS if given.get(part)),
        full=bool(given.get("full")),
        language=read_language(given["language"]),
        bom=given["bom"],
        separator=_sign(given["separator"], "separator", SEPARATORS),
        decimal=_sign(given["decimal"], "decimal", DECIMALS),
        detail=given["feed_detail"],
        sequence=read_sequence(given["feed_sequence"]),
        paper=read_paper(given["paper"]),
        large=given["large"],
    )


def with_clinic(
    style: Style, paths: Sequence[Path], clinic: "Clinic | None", given: str | None
) -> Style:
    """Return a style with what the clinic file in use says: names, a logo where a file shows it."""
    style = style._replace(called=clinic.called) if clinic else style
    if not any(ending_of(path) in _LETTERHEADS for path in paths):
        return style
    return style._replace(logo=find_logo(clinic, given))


def read_outputs(names: Sequence[str] | None) -> list[Path]:
    """Take the files that a plan is written to, each of a known kind."""
    paths = [Path(name) for name in names or ()]
    for path in paths:
        _check_ending(path)
    return paths


def read_language(code: str | None) -> str:
    """Take the code of a language that the program speaks; left out, English."""
    code = code and code.lower()
    if code is not None and code not in LANGUAGES:
        raise UnknownNameError("language", code, LANGUAGES)
    return code or FIRST


def read_paper(name: str | None) -> str:
    """Take the name of a paper; left out, the first."""
    name = name and name.lower()
    if name is not None and name not in PAPERS:
        raise UnknownNameError("paper", name, PAPERS)
    return name or PAPERS[0]


def _sign(text: str | None, name: str, known: Sequence[str]) -> str | None:
    sign = "\t" if text == "tab" else text
    if sign is not None and sign not in known:
        raise UnknownNameError(name, sign, ["tab" if it == "\t" else it for it in known])
    return sign


def read_sequence(text: str | None) -> int | None:
    """Take the number of this version of a feed; None where none is given."""
    from meso_schedule.cli.requests import read_count_within

    return None if text is None else read_count_within(text, "feed_sequence", 0)


def text_of(plan: "CoursePlan", kind: str, style: Style) -> str:
    """Return a plan in one of the formats of standard output."""
    return _TEXTS[kind](plan, style)


def show(plan: "CoursePlan", kind: str, style: Style) -> None:
    """Write a plan to standard output, in one of its formats."""
    text = text_of(plan, kind, style._replace(width=width(), colour=has_colour()))
    write_out(text, "utf-8" if kind == "json" or (kind == "csv" and style.bom) else None)


def file_of(plan: "CoursePlan", path: Path, style: Style) -> bytes:
    """Return what a file of a plan holds."""
    made = _FILES[ending_of(path)](plan, style)
    return made.encode() if isinstance(made, str) else made


def _check_ending(path: Path) -> None:
    """Refuse a file whose ending names no form of a plan; a folder is refused elsewhere."""
    ending, name = ending_of(path), str(path)
    if ending in _FILES or is_folder(path):
        return
    raise InputError.of(
        "unknown_ending",
        f"{name} ends in {shortened(ending)}, which is not known."
        if ending
        else f"{name} has no ending.",
        field="output",
        value=name,
        remedy=f"Known: {', '.join(_FILES)}.",
    )

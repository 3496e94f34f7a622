"""One plan in each of its forms, as programs ask for it; the command line asks the same.

`meso_schedule.output` offers these names. A plan gives the same bytes each time, also one that
`read_plan` has made again from its JSON document.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from meso_schedule.base.errors import InputError, UnknownNameError
from meso_schedule.base.papers import PAPERS
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.rules.protocol import Protocol

if TYPE_CHECKING:
    from meso_schedule.course.course_plan import CoursePlan
    from meso_schedule.output.calendar_file import Gone

FIRST = LANGUAGES[0]
SEPARATORS = (",", ";", "\t")
DECIMALS = (".", ",")
WIDTH = 80


def languages() -> tuple[str, ...]:
    """Return the codes (ISO 639) of the languages that plans are told in; English comes first."""
    return LANGUAGES


def to_json(plan: "CoursePlan") -> str:
    """Return the JSON document of a plan; `read_plan` makes the same plan of it again."""
    from meso_schedule.course.plan_json import plan_json

    return plan_json(plan)


def to_text(
    plan: "CoursePlan",
    *,
    language: str = FIRST,
    width: int = WIDTH,
    colour: bool = False,
    calendar: bool = False,
) -> str:
    """Return a plan as text of a terminal.

    Args:
        plan: The plan.
        language: One of `languages()`.
        width: Columns.
        colour: Whether it has colours; signs carry the meaning either way.
        calendar: Whether the months are shown too.

    Raises:
        UnknownNameError: When the language is none of them.
    """
    from meso_schedule.output.terminal.plan_text import plan_text

    shown_in = text_language(language).in_country(plan.clinic.country)
    return plan_text(plan, width=width, colour=colour, calendar=calendar, language=shown_in)


def to_csv(
    plan: "CoursePlan", *, separator: str = SEPARATORS[0], decimal: str = DECIMALS[0]
) -> str:
    """Return the sessions of a plan as CSV (RFC 4180), a line each.

    Args:
        plan: The plan.
        separator: `,`, `;` or a tab.
        decimal: `.` or `,`, another one than the separator.

    Raises:
        UnknownNameError: When separator or decimal is another one.
        InputError: When both are the comma.
    """
    from meso_schedule.output.tables import csv_plan

    if separator not in SEPARATORS:
        raise UnknownNameError("separator", separator, SEPARATORS)
    if decimal not in DECIMALS:
        raise UnknownNameError("decimal", decimal, DECIMALS)
    if decimal == separator:
        raise InputError.of(
            "contradiction",
            "The comma stands both between cells and before cents.",
            field="separator",
            value=separator,
            remedy="Separate by ; or a tab.",
        )
    return csv_plan(plan, separator, decimal)


def to_markdown(plan: "CoursePlan") -> str:
    """Return a plan as Markdown."""
    from meso_schedule.output.tables import markdown_plan

    return markdown_plan(plan)


def to_html(plan: "CoursePlan", *, language: str = FIRST, logo: bytes | None = None) -> str:
    """Return a plan as a web page: a single file that runs no script and asks for nothing.

    Args:
        plan: The plan.
        language: One of `languages()`.
        logo: A PNG or SVG picture for its head, as it stands in a file.

    Raises:
        UnknownNameError: When the language is none of them.
        InputError: When the picture is none.
    """
    from meso_schedule.output.web.page import page

    spoken = paper_language(language).in_country(plan.clinic.country)
    return page(plan, language=spoken, logo=_checked(logo))


def to_pdf(
    plan: "CoursePlan",
    *,
    language: str = FIRST,
    paper: str = PAPERS[0],
    large: bool = False,
    logo: bytes | None = None,
) -> bytes:
    """Return the sheet that a patient takes home, as a PDF.

    Args:
        plan: The plan.
        language: One of `languages()`.
        paper: `a4` or `letter`.
        large: Whether it is set in large print.
        logo: A PNG or SVG picture for its head, as it stands in a file.

    Raises:
        UnknownNameError: When there is no such language or paper.
        InputError: When the picture is none, or no font has a letter of the plan.
    """
    from meso_schedule.output.print.pdf import sheet

    if paper not in PAPERS:
        raise UnknownNameError("paper", paper, PAPERS)
    spoken = paper_language(language).in_country(plan.clinic.country)
    return sheet(plan, language=spoken, paper=paper, large=large, logo=logo)


def to_ics(
    plan: "CoursePlan",
    *,
    language: str = FIRST,
    detail: bool = False,
    revision: int = 0,
    sequence: int | None = None,
    gone: Sequence["Gone"] = (),
) -> bytes:
    """Return a plan as one iCalendar file (RFC 5545), an event each session.

    Args:
        plan: The plan.
        language: One of `languages()`.
        detail: Whether titles name the treatment; left out, they give nothing away.
        revision: That of the course in a book; 0 for a plan that stands in none.
        sequence: SEQUENCE of the events; left out, by the day of asking and the revision.
        gone: Appointments given before that are off; calendars take them out.

    Raises:
        UnknownNameError: When the language is none of `languages()`.
    """
    from meso_schedule.output.feed import feed

    return feed(
        plan,
        detail=detail,
        language=text_language(language).in_country(plan.clinic.country),
        revision=revision,
        sequence=sequence,
        gone=gone,
    )


def to_events(
    plan: "CoursePlan",
    *,
    language: str = FIRST,
    detail: bool = False,
    revision: int = 0,
    sequence: int | None = None,
) -> dict[str, bytes]:
    """Return each session as an iCalendar file of its own, as a CalDAV server keeps them.

    Args:
        plan: The plan.
        language: One of `languages()`.
        detail: Whether titles name the treatment; left out, they give nothing away.
        revision: That of the course in a book; 0 for a plan that stands in none.
        sequence: SEQUENCE of the events; left out, by the day of asking and the revision.

    Returns:
        The files by the UID of their events, which stays the same as long as the course does.

    Raises:
        UnknownNameError: When the language is none of `languages()`.
    """
    from meso_schedule.output.feed import separate_events

    shown_in = text_language(language).in_country(plan.clinic.country)
    return separate_events(
        plan, detail=detail, language=shown_in, revision=revision, sequence=sequence
    )


def to_xlsx(plan: "CoursePlan", *, language: str = FIRST) -> bytes:
    """Return a plan as an Excel workbook: appointments, costs and care, a sheet each.

    Args:
        plan: The plan.
        language: One of `languages()`.

    Raises:
        UnknownNameError: When the language is none of `languages()`.
        EnvironmentFault: When the extra `excel` is not installed.
    """
    from meso_schedule.output.workbook import plan_tables, workbook

    return workbook(plan_tables(plan, paper_language(language)), plan.as_of)


def to_fhir(
    plan: "CoursePlan | Protocol", *, language: str = FIRST, gone: Sequence["Gone"] = ()
) -> dict[str, Any]:
    """Return a plan for a record system: a FHIR R4 transaction Bundle, as plain data.

    It holds one CarePlan and an Appointment a session, `proposed` without a time and `booked`
    with one, whose window is `requestedPeriod`. What is sent again updates what is there.
    Of a protocol it holds a PlanDefinition, the documentation of its rule, in English.

    Args:
        plan: The plan, or a protocol.
        language: One of `languages()`.
        gone: Appointments given before that are off; they are `cancelled`.

    Raises:
        UnknownNameError: When the language is none of `languages()`.
    """
    if isinstance(plan, Protocol):
        from meso_schedule.output.fhir_rules import rule_bundle

        return rule_bundle(plan)
    from meso_schedule.output.fhir import bundle

    shown_in = text_language(language).in_country(plan.clinic.country)
    return bundle(plan, language=shown_in, gone=gone)


def text_language(code: str) -> Language:
    """Return the language of text; English needs no catalogue there."""
    return ENGLISH if code == FIRST else paper_language(code)


def paper_language(code: str) -> Language:
    """Return the language of what is printed or shown in a browser."""
    from meso_schedule.output.words.translation import find_language

    if code not in LANGUAGES:
        raise UnknownNameError("language", code, LANGUAGES)
    return find_language(code)


def _checked(logo: bytes | None) -> bytes | None:
    if logo:
        from meso_schedule.output.print.logo import logo_svg

        logo_svg(logo)
    return logo

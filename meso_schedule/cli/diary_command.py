"""`diary`: every session of the clinic, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError, UnknownNameError
from meso_schedule.base.papers import PAPERS
from meso_schedule.base.private_files import write_files
from meso_schedule.book.book import Book
from meso_schedule.book.lines import DiaryLine
from meso_schedule.book.prices import Fee, fees_of
from meso_schedule.book.state import CourseState
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.diary_sheet_text import diary_sheet_text
from meso_schedule.cli.courses.diary_text import diary_text, month_text
from meso_schedule.cli.courses.inputs import day_of_asking, only_one, read_day, read_days
from meso_schedule.cli.courses.json_documents import lines_document
from meso_schedule.cli.environment import (
    desk_language,
    find_clinic,
    has_colour,
    width,
    write_document,
    write_out,
)
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.list_files import SIGNS, list_file
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.cli.usage import Command
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.diary_sheet import DiaryEntry, DiarySheet
from meso_schedule.output.diary_files import diary_feed, diary_page, diary_pdf, diary_tables
from meso_schedule.running.diary import (
    Taken,
    Treatment,
    day_totals,
    month_consumables,
    month_income,
    priced_lines,
    taken_by,
)
from meso_schedule.running.diary_changes import gone_from
from meso_schedule.running.diary_days import diary_sheet
from meso_schedule.running.prior_tests import visit_lines

if TYPE_CHECKING:
    from meso_schedule.output.words.language import Language

    TakenByTreatment = Mapping[Treatment, Taken]


# A quarter with its weeks whole.
_MOST_DAYS = 100

_ENDINGS = (".pdf", ".html", ".csv", ".xlsx", ".ics")

Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write it to a file: .pdf .html .csv .xlsx .ics; repeatable.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("diary", cls=Command)(diary)


@shared.taking({"force": shared.Force, **SIGNS})
def diary(
    given: shared.Given,
    days: Annotated[
        str | None,
        typer.Argument(
            metavar="FROM[..TO]",
            help="The days; left out, that of asking. With --week or --month a day of it.",
        ),
    ] = None,
    *,
    practitioner: Annotated[
        str | None,
        typer.Option("--practitioner", metavar="ID", help="Only what this practitioner gives."),
    ] = None,
    room: Annotated[
        str | None,
        typer.Option("--room", metavar="ID", help="Only what is in this room."),
    ] = None,
    output: Outputs = None,
    week: Annotated[
        bool, typer.Option("--week", help="The week, Monday to Sunday; left out, the day.")
    ] = False,
    month: Annotated[
        bool,
        typer.Option("--month", help="The calendar month, with income and consumables."),
    ] = False,
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Show every session of a day, week or month, with totals a day."""
    is_span = only_one(week=week, month=month) is not None
    paths = [Path(name) for name in output or ()]
    refuse_idle({name: given[name] for name in ("force", *SIGNS)}, paths)
    in_use = find_clinic(clinic)
    today = day_of_asking(as_of, in_use)
    within = read_day(days, "days", today, in_use) if is_span else today
    first, last = _span(within, week=week, month=month)
    days = None if is_span else days
    if days is not None or practitioner or room or output:
        chosen = read_days(days, today, in_use) if days else DateRange(first, last)
        _tell_days(chosen, today, paths, given, in_use)
        return
    spoken = desk_language(in_use)
    with open_book(book) as opened:
        lines = visit_lines(opened, in_use, DateRange(first, last))
        if not month and format == "table":
            _print(first, last, Seen(lines), format, spoken)
            return
        seen = _seen(opened, lines, (first, last), month=month)
        _print(first, last, seen, format, spoken)


def _tell_days(
    days: DateRange, today: date, paths: Sequence[Path], given: shared.Given, clinic: Clinic | None
) -> None:
    """Show the diary of given days, or of a practitioner or a room, or write it to files."""
    _check_days(days)
    who = _known(clinic, "practitioners", given["practitioner"])
    room = _known(clinic, "rooms", given["room"])
    as_json, month = given["format"] == "json", bool(given["month"])
    with open_book(given["book"]) as book:
        lines = visit_lines(book, clinic, days) if as_json or month else []
        seen = _seen(book, lines, (days.first, days.last), month=month)
        made = diary_sheet(
            book, clinic or Clinic.default(), days, today, practitioner=who, room=room
        )
        is_fed = room is None and any(it.suffix.lower() == ".ics" for it in paths)
        gone = (
            gone_from(book, made.entries, days, today, practitioner=who, clinic=clinic)
            if is_fed
            else []
        )
    _write_sheet(made, gone, paths, given, clinic)
    shown = {_key(it) for it in made.entries}
    own = Seen(
        [it for it in seen.lines if _key(it) in shown],
        seen.taken,
        () if who or room else seen.fees,  # what comes in without a session is nobody's
    )
    if as_json:
        write_document({**_sheet_document(made, own.lines), **_month_document(own)})
    elif not paths:
        figures = month_text(*own, width=width(), colour=has_colour())
        told = diary_sheet_text(made, width=width(), colour=has_colour())
        write_out("\n".join(filter(None, [told, figures])))


def _check_days(days: DateRange) -> None:
    if (days.last - days.first).days >= _MOST_DAYS:
        raise InputError.of(
            "bad_range",
            f"A diary shows up to {_MOST_DAYS} days.",
            field="days",
            value=str(days),
            remedy="Ask for fewer.",
        )


def _known(clinic: Clinic | None, table: str, name: str | None) -> str | None:
    """Return the id of a practitioner or a room that the clinic has."""
    ids = [it.id for it in getattr(clinic, table)] if clinic else []
    if name is not None and name not in ids:
        raise UnknownNameError(table.removesuffix("s"), name, ids)
    return name


def _write_sheet(
    made: DiarySheet,
    gone: Sequence[DiaryEntry],
    paths: Sequence[Path],
    given: shared.Given,
    clinic: Clinic | None,
) -> None:
    for path in paths:
        _check_ending(path)
    if paths:
        spared = check_outputs(paths, given, clinic)
        contents = {path: _content(made, gone, path, given, clinic) for path in paths}
        write_files(contents, force=given["force"], spared=spared)
        tell(*(f"Wrote {path}." for path in paths))


def _content(
    made: DiarySheet,
    gone: Sequence[DiaryEntry],
    path: Path,
    given: shared.Given,
    clinic: Clinic | None,
) -> bytes:
    ending = path.suffix.lower()
    if ending == ".pdf":
        return diary_pdf(made, paper=(clinic.paper if clinic else None) or PAPERS[0])
    if ending == ".ics":
        return diary_feed(made, gone, given["practitioner"])
    if ending == ".html":
        return diary_page(made).encode()
    return list_file(diary_tables(made), path, given, clinic, made.made_on)


def _sheet_document(made: DiarySheet, priced: Sequence[DiaryLine]) -> dict[str, Any]:
    """Return a diary for programs; of a session also what it was to bring in."""
    money = {_key(it): it for it in priced}
    rows = [(entry, money[_key(entry)]) for day in made.days for entry in day.entries]
    return {
        "from": str(made.days[0].date),
        "to": str(made.days[-1].date),
        "sessions": [
            {**line, **entry.model_dump(mode="json", exclude={"revision"})}
            for (entry, _), line in zip(rows, lines_document([it for _, it in rows]), strict=True)
        ],
        "days": [
            {
                **day.model_dump(mode="json", exclude={"entries"}),
                "sessions": day.sessions,
                "consultations": day.consultations,
                "tests": day.tests,
                "missed": day.missed,
            }
            for day in made.days
        ],
    }


def _key(visit: DiaryLine | DiaryEntry) -> tuple[str, str, int, str | None]:
    return visit.course, visit.protocol, visit.number, visit.test


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in _ENDINGS:
        raise InputError.of(
            "unknown_format",
            f"A diary cannot be written to {path.name}.",
            field="output",
            value=str(path),
            remedy=f"End it in {', '.join(_ENDINGS)}.",
        )


def _span(day: date, *, week: bool, month: bool) -> tuple[date, date]:
    if month:
        later = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return day.replace(day=1), later - timedelta(days=1)
    if week:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return day, day


class Seen(NamedTuple):
    """What a diary shows.

    Args:
        taken: What the sessions take; None leaves the month's figures out.
        fees: What comes in without a session.
    """

    lines: Sequence[DiaryLine]
    taken: "TakenByTreatment | None" = None
    fees: Sequence[Fee] = ()


def _seen(book: Book, lines: Sequence[DiaryLine], days: tuple[date, date], *, month: bool) -> Seen:
    """Return the sessions with what their accounts say of them; of a month with its figures."""
    courses = {it.course: it for it in book.each(dict.fromkeys(it.course for it in lines))}
    priced = priced_lines(lines, courses)
    if not month:
        return Seen(priced)
    others = (name for name in book.courses_with_fees(days[0]) if name not in courses)
    states = [*courses.values(), *book.each(others)]
    fees = [fee for state in states for fee in fees_of(state) if days[0] <= fee.date <= days[1]]
    return Seen(priced, _taken(courses), fees)


def _taken(courses: Mapping[str, CourseState]) -> "TakenByTreatment":
    """Return what the sessions of courses take, by their protocols as they were kept."""
    known = {kept.digest: kept for state in courses.values() for kept in state.protocols}
    told = {digest: taken_by(kept.read()) for digest, kept in known.items()}
    return {
        (course, kept.id): told[kept.digest]
        for course, state in courses.items()
        for kept in state.protocols
    }


def _print(first: date, last: date, seen: Seen, kind: str, spoken: "Language") -> None:
    if kind == "json":
        write_document(_document(first, last, seen))
        return

    write_out(diary_text(first, last, *seen, width=width(), colour=has_colour(), spoken=spoken))


def _document(first: date, last: date, seen: Seen) -> dict[str, Any]:
    return {
        "from": str(first),
        "to": str(last),
        "sessions": lines_document(seen.lines),
        "days": lines_document(day_totals(seen.lines)),
        **_month_document(seen),
    }


def _month_document(seen: Seen) -> dict[str, Any]:
    if seen.taken is None:
        return {}
    return {
        "income": lines_document(month_income(seen.lines, seen.fees)),
        "consumables": lines_document(month_consumables(seen.lines, seen.taken)),
    }

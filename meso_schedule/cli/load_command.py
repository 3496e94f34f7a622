"""`clinic load`: booked and forecast hours against those there are, week by week."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.environment import (
    clinic_path,
    find_clinic,
    has_colour,
    width,
    write_document,
    write_out,
)
from meso_schedule.cli.requests import read_count_within
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.terminal.layout import Column, Page, cell
from meso_schedule.output.words.text import count_text, day_text, span_text
from meso_schedule.running.load import ClinicLoad, WeekLoad, clinic_load

MOST_WEEKS = 104
_COLUMNS = (
    Column("Whose", folds=True),
    *(
        Column(name, is_number=True)
        for name in ("There is", "Booked", "Provisional", "Free", "Forecast")
    ),
)


def load(
    *,
    weeks: Annotated[
        str, typer.Option("--weeks", metavar="N", help="How many weeks, from this one on.")
    ] = "12",
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Show hours booked and forecast, of each practitioner and room, against those there are."""
    count = read_count_within(weeks, "weeks", 1, MOST_WEEKS)
    in_use = find_clinic(clinic)
    if in_use is None or not in_use.practitioners:
        raise InputError.of(
            "no_capacity",
            "The clinic file names no practitioners: nobody's hours are known.",
            field="clinic",
            value=clinic_path(clinic),
            remedy="Write [[practitioners]] with id and name into the clinic file.",
        )
    today = day_of_asking(as_of, in_use)
    with open_book(book) as opened:
        found = clinic_load(opened, in_use, today, count)
    if format == "json":
        write_document({"as_of": str(today), **_document(found)})
    else:
        write_out(_text(found, in_use))


def _document(found: ClinicLoad) -> dict[str, Any]:
    document = found.model_dump(mode="json")
    for week, told in zip(found.weeks, document["weeks"], strict=True):
        for kind, loads in (("practitioners", week.practitioners), ("rooms", week.rooms)):
            for load, entry in zip(loads, told[kind], strict=True):
                entry["free"] = load.free
        for name in ("id", "available"):
            del told["unassigned"][name]
    return document


def _text(found: ClinicLoad, clinic: Clinic) -> str:
    page = Page(width(), colour=has_colour())
    names = {who.id: who.name for who in clinic.practitioners}
    page.block("Hours with patients, of rooms with what they are turned over")
    for week in found.weeks:
        page.block(f"Week of {span_text(week.monday, week.monday + timedelta(6))}")
        page.table(_COLUMNS, [list(map(cell, row)) for row in _rows(week, names)])
        page.bullets(_missing(week, names))
    if found.unassigned:
        count = count_text(len(found.unassigned), "booked session")
        page.block(f"Nobody is named for {count}")
        page.bullets(
            f"{day_text(it.date)}: course {it.course}, {it.protocol} {it.number}"
            for it in found.unassigned
        )
        page.paragraph("'meso-schedule courses assign --all' proposes people and rooms.")
    return str(page)


def _rows(week: WeekLoad, names: Mapping[str, str]) -> Iterator[list[str]]:
    for load in (*week.practitioners, *week.rooms):
        figures = (load.available, load.booked, load.provisional, load.free, load.forecast)
        yield [names.get(load.id or "", load.id or ""), *map(_hours, figures)]
    left = week.unassigned
    if left.booked or left.provisional or left.forecast:
        nobody = ("", _hours(left.booked), _hours(left.provisional), "", _hours(left.forecast))
        yield ["nobody named", *nobody]


def _missing(week: WeekLoad, names: Mapping[str, str]) -> Iterator[str]:
    """Say how much of a week finds no place whatever one does."""
    for found, nothing in ((week.missing, "nobody"), (week.missing_rooms, "no room")):
        if found:
            whose = ", ".join(names.get(it, it) for it in found.whose) or nothing
            yield (
                f"{_hours(found.minutes)} hours are missing whatever one does:"
                f" {', '.join(found.protocols)}, for which there is {whose}"
            )


def _hours(minutes: int) -> str:
    """Write minutes as hours.

    >>> _hours(90), _hours(-45), _hours(0)
    ('1:30', '-0:45', '0:00')
    """
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02}"

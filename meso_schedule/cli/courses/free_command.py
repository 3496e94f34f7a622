"""`courses free`: the next free times for a session."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated

import typer

from meso_schedule.base.errors import ExitCode
from meso_schedule.base.times import QUARTER
from meso_schedule.cli import environment
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking, read_day, read_number
from meso_schedule.cli.environment import (
    desk_language,
    find_clinic,
    has_colour,
    read_calendars,
    width,
    write_document,
    write_out,
)
from meso_schedule.cli.error_messages import placing
from meso_schedule.cli.options import Given, Options
from meso_schedule.cli.plan_command import asked_protocols
from meso_schedule.cli.requests import read_asked
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.terminal.layout import Column, Page, cell
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import day_text
from meso_schedule.planner.free_times import FreeDay, FreeDays, free_days
from meso_schedule.running.course_view import hours_past, with_bookings

_ASKED = ("days", "between", "away", "practitioner", "urgent")
_WISHES: Options = {name: kind for name, kind in shared.request_options().items() if name in _ASKED}
_COLUMNS = (Column("Day", folds=True), Column("Begins", folds=True), Column("With", folds=True))


@shared.taking(_WISHES, shared.CALENDARS, {"rules": shared.Rules}, options.READING)
def free(
    given: Given,
    protocol: Annotated[
        str,
        typer.Argument(metavar="PROTOCOL", help="Whose session.", show_default=False),
    ],
    *,
    around: Annotated[
        str | None,
        typer.Option("--around", metavar="DATE", help="Where to look; left out, today."),
    ] = None,
    limit: Annotated[
        str, typer.Option("--limit", metavar="N", help="How many days are shown.")
    ] = "5",
) -> None:
    """List when a session could be: the free times of the days nearest to one.

    What is booked counts. The sessions before and after it are left aside: 'courses open' and
    'courses move' look at them.
    """
    most = read_number(limit, "limit")
    clinic = find_clinic(given["clinic"])
    given = defaulted(given, clinic)
    typed = {name: given[name] for name in _ASKED}
    read = read_asked({**typed, "protocol": [protocol]})
    as_of = day_of_asking(given["as_of"], clinic)
    day = read_day(around, "around", as_of, clinic)
    busy = read_calendars(given["busy"], given["zone"], clinic, as_of, min(as_of, day))
    with open_book(given["book"]) as book, placing({}):
        (rule,), _ = asked_protocols(read.request, clinic, given["rules"] or ())
        found = free_days(
            rule,
            read.request,
            clinic=with_bookings(clinic, book, as_of),
            as_of=as_of,
            around=day,
            most=most,
            busy=(*busy, *hours_past(as_of, environment.now(clinic))),
        )
    if given["format"] == "json":
        write_document({"protocol": rule.id, "as_of": str(as_of), **found.model_dump(mode="json")})
    else:
        write_out(_text(rule.id, found, clinic))
    if not found.days:
        raise typer.Exit(ExitCode.NO)


def _text(protocol: str, found: FreeDays, clinic: Clinic | None) -> str:
    page, spoken = Page(width(), colour=has_colour()), desk_language(clinic)
    page.block(f"{protocol}, free near {day_text(found.around)}")
    if found.blocked:
        page.paragraph(f"Nothing on the day itself: {'; '.join(map(spoken.say, found.blocked))}.")
    if clinic is None or not clinic.practitioners:
        page.paragraph("The clinic names no practitioners: what is booked is not counted.")
    called = {who.id: who.name for who in clinic.practitioners} if clinic else {}
    rows = [row for day in found.days for row in _rows(day, called, spoken)]
    if rows:
        last = None if called else -1
        page.table(_COLUMNS[:last], [list(map(cell, row[:last])) for row in rows])
    return str(page)


def _rows(day: FreeDay, called: dict[str, str], spoken: Language) -> Iterator[tuple[str, str, str]]:
    """Yield a row for each run of times at which the same people are free."""
    edges = [
        place
        for place, (one, other) in enumerate(pairwise(day.times), 1)
        if other.start.minutes - one.start.minutes > QUARTER
        or one.practitioners != other.practitioners
    ]
    for first, end in pairwise([0, *edges, len(day.times)]):
        begin, last = day.times[first], day.times[end - 1]
        times = [begin.start, *([] if begin is last else [last.start])]
        told = " to ".join(map(spoken.clock, times))
        people = ", ".join(called[who] for who in begin.practitioners)
        yield "" if first else day_text(day.date), told, people

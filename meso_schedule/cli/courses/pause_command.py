"""`courses extend`, `pause`: how long a course may be used, and when it rests."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Cancelled, Extended, Paused, Record, Resumed
from meso_schedule.book.state import CourseState
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_day
from meso_schedule.cli.courses.progress_text import limit_lines
from meso_schedule.output.words.text import day_text
from meso_schedule.running.course_progress import CourseProgress


@writes()
def extend(
    seen: Situation,
    *,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The new last day.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
) -> Draft:
    """Let a course be used up to a later day than was agreed."""
    day = read_day(until, "until", seen.today)
    _check_later(seen.now, day)
    return Draft(
        [Extended(until=day, reason=reason)],
        f"it is valid until {day_text(day)}.",
        lambda after: limit_lines(seen.after(after), seen.clinic),
    )


def _check_later(now: CourseProgress, day: date) -> None:
    """Refuse a day that is no later than the one agreed, or to extend what has no end."""
    valid = [one for one in now.treatments if one.validity.until or one.validity.length]
    if not valid:
        raise InputError.of(
            "no_validity",
            "The course may be used as long as one likes.",
            field="until",
            value=day,
            remedy="Leave it as it is.",
        )
    last = max((one.valid_until for one in valid if one.valid_until), default=None)
    if last and day <= last:
        raise InputError.of(
            "contradiction",
            f"The course is valid until {last} already.",
            field="until",
            value=day,
            remedy="Give a later day.",
        )


def _check_pause(given: Mapping[str, Any]) -> None:
    if not given["end"] and given["reason"] is None:
        raise InputError.of(
            "missing_argument",
            "A pause needs a reason, such as an illness or a pregnancy.",
            field="reason",
            remedy="Give --reason TEXT.",
        )
    if given["end"] and given["reason"] is not None:
        raise InputError.of(
            "contradiction",
            "The reason of a pause is told when it begins.",
            field="reason",
            value=given["reason"],
            remedy="Leave it out, or write a note.",
        )


@writes(_check_pause)
def pause(
    seen: Situation,
    *,
    reason: options.Reason = None,
    on: options.On = None,
    end: Annotated[
        bool, typer.Option("--end", help="The pause is over: the course goes on.")
    ] = False,
) -> Draft:
    """Let a course rest: its booked visits are given up, and nothing of it lapses."""
    day = read_day(on, "on", seen.today)
    if end:
        return Draft(
            [Resumed(on=day)],
            f"the course goes on from {day_text(day)}.",
            lambda after: [
                *limit_lines(seen.after(after), seen.clinic),
                f"Give it new days: 'meso-schedule courses replan {after.course}'.",
            ],
        )
    given_up = _given_up(seen.state)
    records: list[Record] = [Paused(on=day, reason=reason or ""), *given_up]
    count = sum(len(record.numbers) for record in given_up)
    visits = f" {count} booked sessions are given up." if count else ""
    return Draft(records, f"the course rests from {day_text(day)}.{visits}")


def _given_up(state: CourseState) -> list[Cancelled]:
    """Return the events that give up the sessions to come."""
    numbers: dict[str, list[int]] = {}
    for session in state.upcoming:
        numbers.setdefault(session.protocol, []).append(session.number)
    several = len(state.protocols) > 1
    return [
        Cancelled(numbers=tuple(own), protocol=name if several else None)
        for name, own in numbers.items()
    ]

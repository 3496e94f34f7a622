"""`courses extend`, `pause`: how long a course may be used, and when it rests."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Cancelled
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_day
from meso_schedule.cli.courses.progress_text import limit_lines
from meso_schedule.output.words.text import day_text
from meso_schedule.running import course_drafts as drafts


@writes()
def extend(
    seen: Situation,
    *,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The new last day.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
) -> Draft:
    """Let a course be used up to a later day than was agreed."""
    day = read_day(until, "until", seen.today, seen.clinic)
    made = drafts.extended(seen, until=day, reason=reason)
    return Draft(
        made.records,
        f"it is valid until {day_text(day)}.",
        lambda after: limit_lines(seen.after(after), seen.clinic),
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
    day = read_day(on, "on", seen.today, seen.clinic)
    made = drafts.paused(seen, on=day, reason=reason, end=end)
    if end:
        return Draft(
            made.records,
            f"the course goes on from {day_text(day)}.",
            lambda after: [
                *limit_lines(seen.after(after), seen.clinic),
                f"Give it new days: 'meso-schedule courses replan {after.course}'.",
            ],
        )
    count = sum(len(record.numbers) for record in made.records if isinstance(record, Cancelled))
    visits = f" {count} booked sessions are given up." if count else ""
    return Draft(made.records, f"the course rests from {day_text(day)}.{visits}")

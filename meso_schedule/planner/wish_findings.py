"""Wishes that sessions do not keep: the start, the time of day, the preferred weekdays."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.base.phrases import joined, phrase
from meso_schedule.course.course_plan import Finding, Session
from meso_schedule.planner.parts import Part
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup


def wish_findings(setup: Setup, visits: Sequence[Session]) -> Iterator[Finding]:
    """Say which sessions are at another time, or on other weekdays, than was wished.

    Args:
        setup: What was asked; nothing is said of what is booked already.
        visits: The sessions to come.
    """
    if setup.booked:
        return
    at, preferred = setup.request.at, [day.number for day in setup.request.prefer or ()]
    if late := [it for it in visits if at and it.start and f"{it.start:%H:%M}" != str(at)]:
        message = phrase("Not at {time}: session {numbers}.", time=at, numbers=_numbers(late))
        yield Finding.made(kind="time_not_kept", session=late[0].number, message=message)
    if other := [it for it in visits if preferred and it.date.weekday() not in preferred]:
        message = phrase("Not on a preferred weekday: session {numbers}.", numbers=_numbers(other))
        yield Finding.made(kind="weekday_not_kept", session=other[0].number, message=message)


def start_findings(asked: ProgrammeSetup, parts: Sequence[Part]) -> Iterator[Finding]:
    """Say that nothing begins on the start asked for, or a treatment not on that of its own."""
    if any(part.setup.booked or part.setup.standing for part in parts):
        return  # it was said when it was planned
    both = list(zip(asked.wanted, parts, strict=True))
    own = [(wish.start, [part]) for wish, part in both if wish.start]
    others = [part for wish, part in both if not wish.start]
    for start, together in (*own, (asked.request.start, others)):
        first = min((it for part in together for it in part.visits), key=_by_date, default=None)
        if start and first and asked.as_of <= start < first.date:
            message = phrase(
                "The start asked for, {start}, is not kept: session {session} is on {day}.",
                start=start,
                session=first.mark,
                day=first.date,
            )
            yield Finding.made(
                kind="start_not_kept", session=first.number, label=first.label, message=message
            )


def _by_date(visit: Session) -> date:
    return visit.date


def _numbers(visits: Sequence[Session]) -> str:
    return joined(str(visit.number) for visit in visits)

"""Wishes that some sessions do not keep: the time of day, the preferred weekdays."""

from collections.abc import Iterator, Sequence

from meso_schedule.base.phrases import joined, phrase
from meso_schedule.course.course_plan import Finding, Session
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


def _numbers(visits: Sequence[Session]) -> str:
    return joined(str(visit.number) for visit in visits)

"""Maintenance sessions after a course as a search task."""

from dataclasses import dataclass

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.planner.setup import Opening, Setup
from meso_schedule.rules.protocol import TopUp
from meso_schedule.rules.protocol_checks import MAX_SESSIONS
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.task import Task


@dataclass(frozen=True, slots=True)
class TopUpTask:
    """The top-ups to come that are asked for.

    Args:
        number: Of the first of them.
        rule: The interval before each.
        task: All of them, as a search task.
    """

    number: int
    rule: TopUp
    task: Task


def top_up_task(setup: Setup, last: int | None) -> TopUpTask | None:
    """Return the top-ups to come, or None when none are asked for.

    Args:
        setup: What is asked.
        last: The last course session to come; None when all are held.
    """
    request, rule = setup.request, setup.protocol.top_up
    number = max(setup.sessions + 1, setup.next_number)
    asked = MAX_SESSIONS if request.until else request.top_ups or 0
    wanted = asked - (number - setup.sessions - 1)
    if rule is None or wanted <= 0:
        return None
    opening = _opening(setup, rule, last)
    windows = opening.lead[0] if opening.lead else GapWindows(rule, request.late)
    task = Task(
        days=setup.availability,
        first=opening.first,
        last=opening.last,
        gaps=[windows] * (wanted - 1),
        limit=request.until.toordinal() if request.until else LAST_ORDINAL,
        pins=setup.pins(number),
        prefer=frozenset(day.number for day in request.prefer or ()),
        timed=request.at is not None,
        booked=setup.bookings(number),
        lead=opening.lead,
    )
    return TopUpTask(number, rule, task)


def _opening(setup: Setup, rule: TopUp, last: int | None) -> Opening:
    """Return where the first top-up to come may be."""
    if last is None:
        return setup.opening_after_held(setup.request.late)
    lead = GapWindows(rule, setup.request.late), last
    earliest, _, _, latest = lead[0].after(last)
    return Opening(earliest, latest, lead)

"""Why several protocols do not fit together."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.history import DateSpan
from meso_schedule.course.no_calendar import BlockedDay, Conflict, NoCalendarFits
from meso_schedule.planner.conflicts import conflict_of, hard_reasons
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.ways_out import ways_out_of_programme
from meso_schedule.rules.rule_tables import together
from meso_schedule.search.best_first import OutOfWork, best_calendar
from meso_schedule.search.feasibility import reachable, shortened
from meso_schedule.search.task import Task

_MOST_STEPS = 40_000


def no_calendar_for(asked: ProgrammeSetup) -> NoCalendarFits:
    """Return the error of protocols that do not fit together: their conflict and its ways out.

    A protocol that has no calendar alone is the conflict. Else it is the smallest set of protocols
    without one, the first in the order given, and of its last protocol the first session for which
    the others leave no day.
    """
    conflict = _alone(asked) or _together(asked)
    return NoCalendarFits(conflict, ways_out_of_programme(asked))


def proven_conflict(asked: ProgrammeSetup) -> NoCalendarFits | None:
    """Return the error of protocols of which some are proven not to fit, however many there are."""
    places = _coming(asked)
    groups = [group for size in range(2, len(places)) for group in combinations(places, size)]
    conflict = _alone(asked) or next(
        (_conflict(asked, group) for group in groups if not _fits(asked, group, asked.tasks)), None
    )
    return NoCalendarFits(conflict, ways_out_of_programme(asked)) if conflict else None


def _alone(asked: ProgrammeSetup) -> Conflict | None:
    for setup, task in zip(asked.setups, asked.tasks, strict=True):
        reach = reachable(task)
        if len(reach.layers) < task.count:
            conflict = conflict_of(setup, task, reach)
            return conflict.model_copy(update={"protocol": setup.protocol.id})
    return None


def _together(asked: ProgrammeSetup) -> Conflict:
    places = _coming(asked)
    for size in range(2, len(places)):
        for group in combinations(places, size):
            if not _fits(asked, group, asked.tasks):
                return _conflict(asked, group)
    return _conflict(asked, places)


def _coming(asked: ProgrammeSetup) -> tuple[int, ...]:
    """Return the places of the protocols that have sessions to come."""
    return tuple(place for place, task in enumerate(asked.tasks) if task.count)


def _fits(asked: ProgrammeSetup, places: Sequence[int], tasks: Sequence[Task]) -> bool:
    """Tell whether some protocols fit together; what takes too much work to tell counts as yes."""
    try:
        return best_calendar(asked.programme(tasks, places=places), _MOST_STEPS) is not None
    except OutOfWork:
        return True


def _conflict(asked: ProgrammeSetup, group: Sequence[int]) -> Conflict:
    place = group[-1]
    task = asked.tasks[place]
    fitting, count = 0, task.count
    while count - fitting > 1:
        middle = (fitting + count) // 2
        tasks = [*asked.tasks]
        tasks[place] = shortened(task, middle)
        fitting, count = (middle, count) if _fits(asked, group, tasks) else (fitting, middle)
    others = group[:-1]
    blocked = [
        BlockedDay(date=date.fromordinal(day), reason=_reason(asked, place, others, count - 1, day))
        for day in _days(task, count - 1, _pushed(asked, place, others))
    ]
    return Conflict(
        session=asked.setups[place].next_number - 1 + count,
        window=DateSpan(earliest=blocked[0].date, latest=blocked[-1].date),
        blocked=tuple(blocked),
        protocol=asked.setups[place].protocol.id,
        beside=tuple(asked.setups[other].protocol.id for other in others),
        spacing=tuple(asked.pairs[other, place].rule for other in others),
    )


def _pushed(asked: ProgrammeSetup, place: int, others: Sequence[int]) -> int:
    """Return by how many days a session of each of the others can push a first session on."""
    return sum(asked.pairs[min(place, other), max(place, other)].rule.most_days for other in others)


def _days(task: Task, session: int, pushed: int) -> list[int]:
    """Return the days that a protocol's own rules open to a session, a first one as pushed on."""
    if session == 0:
        spans = [(task.first, task.last if task.opens is None else task.last + pushed)]
    else:
        before = reachable(shortened(task, session)).layers[-1]
        spans = [task.window(session, day) for day in before]
    days = {day for first, last in spans for day in range(first, min(last, LAST_ORDINAL) + 1)}
    return sorted(days)


def _reason(
    asked: ProgrammeSetup, place: int, others: Sequence[int], session: int, day: int
) -> Phrase:
    setup = asked.setups[place]
    own = tuple(hard_reasons(setup, asked.tasks[place], session, day, setup.next_number))
    if own:
        return joined(own, "; ")
    return joined([_distance(asked, place, other) for other in others], "; ")


def _distance(asked: ProgrammeSetup, place: int, other: int) -> Phrase:
    """Say which distance to another protocol leaves no day."""
    pair, name = asked.pairs[other, place], asked.setups[other].protocol.name
    if pair.after and pair.before:
        return phrase(
            "no calendar keeps {before} before and {after} after {treatment}",
            before=together(pair.before),
            after=together(pair.after),
            treatment=name,
        )
    if pair.after:
        return phrase(
            "no calendar keeps {after} after {treatment}",
            after=together(pair.after),
            treatment=name,
        )
    if pair.before:
        return phrase(
            "no calendar keeps {before} before {treatment}",
            before=together(pair.before),
            treatment=name,
        )
    return phrase("no calendar has room beside {treatment}", treatment=name)

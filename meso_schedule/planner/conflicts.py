"""Why no calendar fits: the first session that has no day, and what stands in the way of each."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.history import DateSpan
from meso_schedule.course.no_calendar import BlockedDay, Conflict, NoCalendarFits
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.ways_out import ways_out
from meso_schedule.rules.rule_tables import together
from meso_schedule.search.feasibility import Reach, reachable, shortened
from meso_schedule.search.solving import solve
from meso_schedule.search.task import OutOfWork, Task

_MOST_STEPS = 40_000


def no_calendar(asked: ProgrammeSetup) -> NoCalendarFits:
    """Return the error of what cannot be placed: its conflict and its ways out."""
    return NoCalendarFits(first_conflict(asked), *ways_out(asked))


def first_conflict(asked: ProgrammeSetup) -> Conflict:
    """Return the first session of what cannot be placed that has no day, and why.

    A treatment that has no calendar alone is the conflict. Else it is the smallest set of
    treatments without one, the first in the order given, and of its last treatment the first
    session for which the others leave no day.
    """
    return _alone(asked) or _conflict(asked, _parts_that_do_not_fit(asked) or _coming(asked))


def proven_conflict(asked: ProgrammeSetup) -> NoCalendarFits | None:
    """Return the error of treatments of which some are proven not to fit, however many there are.

    It is None where that is not proven of any set smaller than the whole.
    """
    conflict = _alone(asked)
    if conflict is None and (group := _parts_that_do_not_fit(asked)):
        conflict = _conflict(asked, group)
    return NoCalendarFits(conflict, *ways_out(asked)) if conflict else None


def _alone(asked: ProgrammeSetup) -> Conflict | None:
    """Return the conflict of the first treatment that has no calendar alone."""
    for setup, task in zip(asked.setups, asked.tasks, strict=True):
        reach = reachable(task)
        if len(reach.layers) < task.count:
            return _conflict_alone(setup, task, reach)
    ending = (place for place, task in enumerate(asked.tasks) if task.valid)
    return next(
        (_conflict(asked, (it,)) for it in ending if not _fits(asked, (it,), asked.tasks)), None
    )


def _parts_that_do_not_fit(asked: ProgrammeSetup) -> tuple[int, ...] | None:
    """Return the smallest set of some treatments that have no calendar together."""
    places = _coming(asked)
    groups = (group for size in range(2, len(places)) for group in combinations(places, size))
    return next((group for group in groups if not _fits(asked, group, asked.tasks)), None)


def _coming(asked: ProgrammeSetup) -> tuple[int, ...]:
    """Return the places of the treatments that have sessions to come."""
    return tuple(place for place, task in enumerate(asked.tasks) if task.count)


def _fits(asked: ProgrammeSetup, places: Sequence[int], tasks: Sequence[Task]) -> bool:
    """Tell whether some treatments fit together; what takes too much work to tell counts as yes."""
    try:
        return solve(asked.only(places, tasks), _MOST_STEPS) is not None
    except OutOfWork:
        return True


def _conflict_alone(setup: Setup, task: Task, reach: Reach) -> Conflict:
    """Return the first session of a treatment that cannot be placed, and why."""
    session = len(reach.layers)
    spans = reach.spans if session else [_first_span(setup, task)]
    span = [day for first, last in spans for day in range(first, min(last, LAST_ORDINAL) + 1)]
    number = setup.next_number
    told = {day: joined(hard_reasons(setup, task, session, day, number), "; ") for day in span}
    if not told:
        told = dict(_lapses(task, session, reach))
    blocked = [BlockedDay(date=date.fromordinal(day), reason=why) for day, why in told.items()]
    window = DateSpan.made(earliest=blocked[0].date, latest=blocked[-1].date)
    return Conflict(
        session=setup.next_number + session,
        window=window,
        blocked=tuple(blocked),
        protocol=setup.named,
    )


def _lapses(task: Task, session: int, reach: Reach) -> Iterator[tuple[int, Phrase]]:
    """Say of a session whose window opens only after its lapse which lapse that is."""
    steps = [(task.gaps[session - 1], day) for day in reach.layers[-1]] if session else [task.lead]
    for gap, before in filter(None, steps):
        lapse = together(gap.gap.lapse)
        yield gap.after(before)[0], phrase("past the lapse, {interval}", interval=lapse)


def _first_span(setup: Setup, task: Task) -> tuple[int, int]:
    """Return the whole window of session 0, days that are past on the day of planning too."""
    if task.lead is None:
        return (task.first if setup.standing else setup.start.toordinal()), task.last
    earliest, _, _, last = task.lead[0].after(task.lead[1])
    return earliest, last


def hard_reasons(
    setup: Setup, task: Task, session: int, day: int, first_number: int
) -> Iterator[str]:
    """Find why the hard rules keep a session off a day, its window left aside.

    Args:
        setup: What is asked.
        task: The chain of sessions.
        session: Which of them, counted from 0.
        day: The day.
        first_number: The number of the first of them.
    """
    if setup.is_running and day < setup.as_of.toordinal():
        past = phrase("past on the day of planning, {as_of}", as_of=setup.as_of)
        standing = setup.standing if session == 0 else None
        lapse = tuple(standing.lapse_words()) if standing else ()
        # Where many days share reasons people are told the first: a review that is missing.
        yield from (*lapse, past) if standing and standing.awaits_review else (past, *lapse)
    yield from setup.availability.reasons(day)
    pin = task.pins.get(session)
    if pin is not None and pin != day:
        number, pinned = first_number + session, date.fromordinal(pin)
        if why := setup.fixed.get(number):
            yield phrase(
                "session {number} stays on {day}: {why}", number=number, day=pinned, why=why
            )
        else:
            yield phrase("session {number} is pinned to {day}", number=number, day=pinned)
    if day <= task.limit:
        return
    if first_number > setup.sessions:
        yield phrase("after {day}, the last day of the top-ups", day=setup.request.until)
    else:
        yield from _limit_reasons(setup, day)


def _limit_reasons(setup: Setup, day: int) -> Iterator[str]:
    finish_by, event = setup.request.finish_by, setup.request.event
    if finish_by and day > finish_by.toordinal():
        yield phrase("after {day}, the day to finish by", day=finish_by)
    limit = setup.event_limit
    if limit is not None and day > limit:
        yield phrase(
            "less than {interval} before the event on {day}",
            interval=setup.protocol.settle.words,
            day=event,
        )
    until = setup.validity.until
    if until and day > until.toordinal():
        yield phrase("after {day}, the last day on which the course is valid", day=until)


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
        window=DateSpan.made(earliest=blocked[0].date, latest=blocked[-1].date),
        blocked=tuple(blocked),
        protocol=asked.setups[place].named,
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
    if not others and setup.validity.length:
        length = setup.validity.length.words
        return phrase("more than {interval} after session 1, no longer valid", interval=length)
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

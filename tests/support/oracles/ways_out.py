"""What would make a course fit, each kind by trying every value in order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from .arithmetic import Raw, last_day_before_event, phase_of_each
from .brute_force import Chain, Days, course_chain
from .reading import Asked, Span, read
from .standing import standing

MOST_DAYS = 366


class WayOut(NamedTuple):
    """One relaxation.

    Attributes:
        kind: late, start, finish_by, event, away, closure, days, between, no_improvement or
            sessions.
        cost: late days of the new optimum, days shifted or days freed; None
            where no improvement is expected, and for fewer sessions.
        option: the argument that replaces the one given; None where several
            answers are equally small (away, closure, days, between).
    """

    kind: str
    cost: int | None
    option: str | None


class Question:
    """A course without a calendar, and the same course with one thing changed."""

    def __init__(self, protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> None:
        self.protocol = protocol
        self.request = request
        self.as_of = as_of
        self.asked = read(protocol, request, clinic, as_of)
        self.days = Days(self.asked, self.asked.opening_hours)

    def chain(self, asked: Asked) -> Chain:
        """Return the course under a changed request; the usable days stay."""
        return course_chain(self.protocol, self.request, asked, self.days)


def late_way(question: Question) -> WayOut | None:
    """Return the fewest late days a session that work; cost is their sum in the optimum."""
    asked = question.asked
    most = question.chain(replace(asked, late=MOST_DAYS))
    # More lateness only adds days, so nothing below works where the most does not.
    if not most.feasible():
        return None
    for late in range(asked.late + 1, MOST_DAYS + 1):
        chain = question.chain(replace(asked, late=late))
        if chain.feasible():
            return WayOut("late", chain.cheapest(chain.late), f"--late {late}")
    return None


def start_way(question: Question) -> WayOut | None:
    """Return the nearest start that works, the earlier of two, never before as-of."""
    asked = question.asked
    if asked.event_only or question.request.get("held"):
        return None
    for shift in range(1, MOST_DAYS + 1):
        for days in (timedelta(days=-shift), timedelta(days=shift)):
            first = asked.first + days
            moved = replace(asked, first=first, first_last=asked.first_last + days)
            if first >= question.as_of and question.chain(moved).feasible():
                return WayOut("start", shift, f"--start {first}")
    return None


def finish_by_way(question: Question) -> WayOut | None:
    """Return the nearest later day to finish by that works."""
    asked = question.asked
    if asked.finish_by is None:
        return None
    for shift in range(1, MOST_DAYS + 1):
        finish_by = asked.finish_by + timedelta(days=shift)
        if question.chain(replace(asked, finish_by=finish_by)).feasible():
            return WayOut("finish_by", shift, f"--finish-by {finish_by}")
    return None


def event_way(question: Question) -> WayOut | None:
    """Return the nearest later event that works."""
    asked = question.asked
    if asked.event_day is None:
        return None
    given = date.fromisoformat(question.request["event"])
    for shift in range(1, MOST_DAYS + 1):
        event = given + timedelta(days=shift)
        day = last_day_before_event(question.protocol, event)
        is_free = asked.event_only and not question.request.get("held")
        last = day if is_free else asked.first_last
        if question.chain(replace(asked, event_day=day, first_last=last)).feasible():
            return WayOut("event", shift, f"--event {event}")
    return None


def _fewest_freed(question: Question, freed: Days) -> int | None:
    """Return how many days, unusable now and usable in `freed`, a course needs.

    Each session stands on a day of its own, so the fewest days to free are the
    fewest sessions of a sequence that stand on such a day.
    """
    chain = replace(question.chain(question.asked), days=freed)
    return chain.cheapest(lambda _number, _previous, day: 0 if question.days.usable(day) else 1)


def away_way(question: Question) -> WayOut | None:
    """Return the fewest single days of absence to give up."""
    freed = Days(question.asked, question.asked.opening_hours, away=False)
    cost = _fewest_freed(question, freed)
    return None if cost is None else WayOut("away", cost, None)


def days_way(question: Question) -> WayOut | None:
    """Return the fewest days whose weekday the patient left out."""
    if question.asked.days is None:
        return None
    asked = replace(question.asked, days=None)
    cost = _fewest_freed(question, Days(asked, asked.opening_hours))
    return None if cost is None else WayOut("days", cost, None)


def between_way(question: Question) -> WayOut | None:
    """Return the fewest days on which the patient has to come at other hours."""
    if not question.asked.between:
        return None
    asked = replace(question.asked, between={})
    cost = _fewest_freed(question, Days(asked, asked.opening_hours))
    return None if cost is None else WayOut("between", cost, None)


def closure_way(question: Question) -> WayOut | None:
    """Return the fewest closed days on which the clinic would have to open."""
    asked = question.asked

    def hours(day: date) -> tuple[Span, ...]:
        closed = asked.closure(day) is not None
        return asked.ordinary_hours(day) if closed else asked.opening_hours(day)

    cost = _fewest_freed(question, Days(asked, hours))
    return None if cost is None else WayOut("closure", cost, None)


def no_improvement_way(question: Question) -> WayOut | None:
    """Return whether it helps to expect no improvement, where that is not known yet."""
    request = {name: value for name, value in question.request.items() if name != "improves_after"}
    asked = {**request, "no_improvement": True}
    if question.request.get("no_improvement"):
        return None
    if question.request.get("held"):
        now = standing(question.protocol, question.request, question.as_of)
        is_open = now.decided_after is not None
    else:
        foreseen = phase_of_each(question.protocol, question.request, question.asked.sessions)
        is_open = any(phase.get("after_improvement") for phase in foreseen)
    if not is_open:
        return None
    chain = course_chain(question.protocol, asked, question.asked, question.days)
    return WayOut("no_improvement", None, "--no-improvement") if chain.feasible() else None


def sessions_way(question: Question) -> WayOut | None:
    """Return the most sessions, fewer than asked, that fit."""
    asked = question.asked
    fewest = max([question.protocol["sessions"]["minimum"], *asked.pins])
    if question.request.get("held"):
        now = standing(question.protocol, question.request, question.as_of)
        fewest = max(fewest, now.furthest)
    for sessions in range(asked.sessions - 1, fewest - 1, -1):
        if question.chain(replace(asked, sessions=sessions)).feasible():
            return WayOut("sessions", None, f"--sessions {sessions}")
    return None


def _found(question: Question) -> Iterator[WayOut]:
    tries = (late_way, start_way, finish_by_way, event_way, away_way, closure_way)
    for attempt in (*tries, days_way, between_way, no_improvement_way, sessions_way):
        way = attempt(question)
        if way is not None:
            yield way


def ways_out(protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> list[WayOut]:
    """Return every relaxation that works, cheapest first, ties in the contract's order."""
    found = _found(Question(protocol, request, clinic, as_of))
    return sorted(found, key=lambda way: MOST_DAYS * MOST_DAYS if way.cost is None else way.cost)

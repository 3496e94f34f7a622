"""The optimum of a course by trying every sequence of days, without any cleverness.

A sequence is built session by session over the days that the hard rules leave;
the answer is the smallest of all objective tuples. Small courses only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from .arithmetic import Gap, Raw, gap, phase_of_each, window
from .reading import Asked, Span, read, weekday
from .standing import standing

Objective = tuple[int, int, int, int, int, tuple[date, ...]]
Cost = Callable[[int, date | None, date], int]


@dataclass(frozen=True)
class BruteAnswer:
    """The optimum of a chain of sessions.

    Attributes:
        dates: one day a session.
        starts: minutes after midnight, None where no time was asked for.
        objective: late days, days of criterion 2, preference misses, squared
            deviation, minutes from the preferred time, dates.
        ties: how many sequences reach `objective`.
        slack: `slack_days` of each session.
        backup: `backup` of each session.
    """

    dates: tuple[date, ...]
    starts: tuple[int | None, ...]
    objective: Objective
    ties: int
    slack: tuple[int, ...]
    backup: tuple[date | None, ...]


class Conflict(NamedTuple):
    """The first session that cannot be placed, and every day of its window."""

    session: int
    earliest: date | None
    latest: date | None
    blocked: tuple[date, ...]


def days_from(first: date, last: date) -> list[date]:
    """Return the days from first to last, none when they cross."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _instant(asked: Asked, day: date, minute: int) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=asked.zone).astimezone(UTC)


def _wall(asked: Asked, instant: datetime) -> datetime:
    return instant.astimezone(asked.zone).replace(tzinfo=None)


def holds(asked: Asked, day: date, piece: Span, minute: int) -> bool:
    """Tell whether a start at `minute` exists and ends inside the piece."""
    opens, closes = piece
    midnight = datetime.combine(day, time())
    start = _instant(asked, day, minute)
    end = start + timedelta(minutes=asked.minutes)
    return (
        minute >= opens
        and _wall(asked, start) == midnight + timedelta(minutes=minute)
        and end <= _instant(asked, day, closes)
        and _wall(asked, end) <= midnight + timedelta(minutes=closes)
        and not any(start < taken_to and taken_from < end for taken_from, taken_to in asked.busy)
    )


class Days:
    """The days on which a session can take place, each looked at once.

    Args:
        asked: the request.
        hours: the clinic's hours of a day.
        away: whether absences count.
    """

    def __init__(
        self, asked: Asked, hours: Callable[[date], tuple[Span, ...]], *, away: bool = True
    ) -> None:
        self.asked = asked
        self.hours = hours
        self.away = away
        self._usable: dict[date, bool] = {}
        self._minute: dict[date, int | None] = {}

    def starts(self, day: date) -> Iterator[int]:
        """Yield every quarter hour from which the chair time fits."""
        for piece in self.asked.cut(self.hours(day), day):
            for minute in range(0, piece[1], 15):
                if minute >= piece[0] and holds(self.asked, day, piece, minute):
                    yield minute

    def usable(self, day: date) -> bool:
        """Tell whether the clinic and the patient both have the day."""
        if day not in self._usable:
            self._usable[day] = self._look(day)
        return self._usable[day]

    def _look(self, day: date) -> bool:
        asked = self.asked
        if asked.days is not None and weekday(day) not in asked.days:
            return False
        if self.away and asked.is_away(day):
            return False
        if asked.timed:
            return any(True for _ in self.starts(day))
        if asked.busy:
            return any(
                holds(asked, day, piece, minute)
                for piece in self.hours(day)
                for minute in range(piece[0], piece[1])
            )
        return any(closes - opens >= asked.minutes for opens, closes in self.hours(day))

    def minute(self, day: date) -> int | None:
        """Return the start nearest to the preferred time, ties and no such time earliest."""
        if not self.asked.timed:
            return None
        if day not in self._minute:
            at = self.asked.at
            self._minute[day] = min(
                self.starts(day), key=lambda start: (0 if at is None else abs(start - at), start)
            )
        return self._minute[day]


@dataclass(frozen=True)
class Chain:
    """Sessions `first` to `last`, one after the other.

    Attributes:
        gaps: the interval before each session, by number; session 1 has none.
        anchor: the session before `first`, None when `first` is session 1.
        bound: the last day any of them may be on.
        floor: the first day any of them may be on.
    """

    asked: Asked
    days: Days
    gaps: dict[int, Gap]
    first: int
    last: int
    anchor: date | None
    bound: date | None
    floor: date | None = None

    def ends(self, number: int, previous: date | None) -> tuple[date, date]:
        """Return the first and last day of a session's window, widened on the late side."""
        if previous is None:
            return self.asked.first, self.asked.first_last
        rule = window(self.gaps[number], previous)
        return rule.earliest, rule.last(self.asked.late)

    def allowed(self, number: int, previous: date | None) -> list[date]:
        """Return the days of the window that every hard rule leaves."""
        first, last = self.ends(number, previous)
        if self.bound is not None:
            last = min(last, self.bound)
        if self.floor is not None:
            first = max(first, self.floor)
        pin = self.asked.pins.get(number)
        if pin is not None:
            first, last = max(first, pin), min(last, pin)
        return [day for day in days_from(first, last) if self.days.usable(day)]

    def sequences(self, number: int, previous: date | None) -> Iterator[tuple[date, ...]]:
        """Yield every sequence of days for the sessions from `number` on."""
        if number > self.last:
            yield ()
            return
        for day in self.allowed(number, previous):
            for rest in self.sequences(number + 1, day):
                yield (day, *rest)

    def reachable(self, number: int) -> set[date | None]:
        """Return the days on which a sequence of the sessions up to `number` ends."""
        reached: set[date | None] = {self.anchor}
        for step in range(self.first, number + 1):
            reached = {day for previous in reached for day in self.allowed(step, previous)}
        return reached

    def feasible(self) -> bool:
        """Tell whether any sequence meets the hard rules."""
        return bool(self.reachable(self.last))

    def cheapest(self, cost: Cost) -> int | None:
        """Return the smallest sum of `cost(number, previous, day)` over a sequence."""
        known: dict[tuple[int, date | None], int | None] = {}

        def rest(number: int, previous: date | None) -> int | None:
            if number > self.last:
                return 0
            if (number, previous) not in known:
                sums = [
                    cost(number, previous, day) + later
                    for day in self.allowed(number, previous)
                    if (later := rest(number + 1, day)) is not None
                ]
                known[number, previous] = min(sums, default=None)
            return known[number, previous]

        return rest(self.first, self.anchor)

    def late(self, number: int, previous: date | None, day: date) -> int:
        """Return the days past the latest day; session 1 is never late."""
        if previous is None:
            return 0
        return max(0, (day - window(self.gaps[number], previous).latest).days)

    def objective(self, dates: Sequence[date], second: int) -> Objective:
        """Return the literal tuple of the criteria; `second` is criterion 2."""
        asked = self.asked
        steps = [
            (number, previous, day)
            for number, previous, day in zip(
                range(self.first, self.last + 1), (self.anchor, *dates), dates, strict=False
            )
        ]
        late = sum(self.late(*step) for step in steps)
        misses = sum(1 for day in dates if asked.prefer and weekday(day) not in asked.prefer)
        deviation = sum(
            (day - window(self.gaps[number], previous).recommended).days ** 2
            for number, previous, day in steps
            if previous is not None
        )
        minutes = 0
        if asked.at is not None:
            chosen = [self.days.minute(day) for day in dates]
            minutes = sum(abs(minute - asked.at) for minute in chosen if minute is not None)
        return late, second, misses, deviation, minutes, tuple(dates)

    def slack(self, dates: Sequence[date]) -> tuple[tuple[int, ...], tuple[date | None, ...]]:
        """Return slack days and backup of each session, the earlier ones as planned."""
        slack: list[int] = []
        backup: list[date | None] = []
        for index, day in enumerate(dates):
            number = self.first + index
            previous = dates[index - 1] if index else self.anchor
            good = [
                other
                for other in self.allowed(number, previous)
                if next(self.sequences(number + 1, other), None) is not None
            ]
            if previous is None and self.asked.event_only:
                # The window of such a session ends on its own date.
                good = [other for other in good if other <= day]
            slack.append((max(good) - day).days)
            backup.append(min((other for other in good if other > day), default=None))
        return tuple(slack), tuple(backup)

    def best(self, second: Callable[[Sequence[date]], int]) -> BruteAnswer | None:
        """Return the smallest objective of all sequences, None when there is none."""
        tuples = [
            self.objective(dates, second(dates))
            for dates in self.sequences(self.first, self.anchor)
        ]
        if not tuples:
            return None
        least = min(tuples)
        dates = least[-1]
        slack, backup = self.slack(dates)
        starts = tuple(self.days.minute(day) for day in dates)
        return BruteAnswer(dates, starts, least, tuples.count(least), slack, backup)


def course_chain(protocol: Raw, request: Raw, asked: Asked, days: Days) -> Chain:
    """Return the chain of the course sessions, after those held."""
    if request.get("held"):
        return begun_chain(protocol, request, asked, days)
    phases = phase_of_each(protocol, request, asked.sessions)
    gaps = {number: gap(phase) for number, phase in enumerate(phases, 1)}
    return Chain(asked, days, gaps, 1, asked.sessions, None, asked.bound)


def begun_chain(protocol: Raw, request: Raw, asked: Asked, days: Days) -> Chain:
    """Return the chain of the sessions that are still to come.

    None is before the day of asking. A lapse that has passed binds no more, but for one that
    waits for a review: a phase that starts again has the window of a first session, from the
    day of asking.
    """
    now = standing(protocol, {**request, "sessions": asked.sessions}, asked.as_of)
    gaps = {number: gap(phase) for number, phase in enumerate(now.phases, 1)}
    first, last = now.counted + 1, len(now.phases)
    if now.restarts:
        width = timedelta(days=request.get("start_within", 13))
        fresh = replace(asked, event_only=False, first=asked.as_of, first_last=asked.as_of + width)
        return Chain(fresh, days, gaps, first, last, None, asked.bound, asked.as_of)
    if now.is_lapsed and not now.waits and first <= last:
        gaps[first] = gaps[first]._replace(lapse=())
    return Chain(asked, days, gaps, first, last, now.last, asked.bound, asked.as_of)


def best_course(protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> BruteAnswer | None:
    """Return the one best calendar of the course, None when none fits."""
    asked = read(protocol, request, clinic, as_of)
    chain = course_chain(protocol, request, asked, Days(asked, asked.opening_hours))

    def second(dates: Sequence[date]) -> int:
        return second_criterion(chain, dates)

    return chain.best(second)


def second_criterion(chain: Chain, dates: Sequence[date]) -> int:
    """Return the days from the start, or to the event; none where the start is past."""
    asked = chain.asked
    if not dates:
        return 0
    if asked.event_only and asked.event_day is not None:
        return (asked.event_day - dates[-1]).days
    return (dates[0] - asked.first).days if chain.anchor is None else 0


def best_top_ups(
    protocol: Raw, request: Raw, clinic: Raw | None, as_of: date, last_session: date
) -> BruteAnswer | None:
    """Return the best chain of top-ups after a course that ended on `last_session`.

    The chain has as many as were asked for, or with `until` as many as end by
    that day, or fewer where one cannot be placed; None when not even one can.
    """
    asked = read(protocol, request, clinic, as_of)
    rule = gap(protocol["top_up"])
    days = Days(asked, asked.opening_hours)
    first = asked.sessions + 1
    count = 40 if asked.top_ups is None else asked.top_ups
    gaps = dict.fromkeys(range(first, first + count), rule)
    chain = Chain(asked, days, gaps, first, first + count - 1, last_session, asked.until)
    if request.get("held"):
        now = standing(protocol, request, as_of)
        first = len(now.phases) + 1
        gaps = dict.fromkeys(range(first, first + count), rule)
        chain = replace(chain, gaps=gaps, first=first, last=first + count - 1)
        if now.counted >= len(now.phases):
            first = now.counted + 1
            is_free = now.is_lapsed and not now.waits
            chain = replace(
                begun_chain(protocol, request, asked, days),
                gaps=gaps | {first: rule._replace(lapse=()) if is_free else rule},
                last=chain.last,
                bound=asked.until,
            )
    while chain.last >= first and not chain.feasible():
        chain = replace(chain, last=chain.last - 1)
    # Only a top-up that starts again after a lapse has no session before it to count from.
    starts_again = chain.anchor is None
    second = partial(second_criterion, chain) if starts_again else lambda _: 0
    return chain.best(second) if chain.last >= first else None


def first_conflict(protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> Conflict | None:
    """Return the first session that no sequence can place, None when the course fits."""
    asked = read(protocol, request, clinic, as_of)
    chain = course_chain(protocol, request, asked, Days(asked, asked.opening_hours))
    for number in range(1, chain.last + 1):
        if not chain.reachable(number):
            ranges = [chain.ends(number, anchor) for anchor in chain.reachable(number - 1)]
            blocked = sorted({day for first, last in ranges for day in days_from(first, last)})
            first, last = (blocked[0], blocked[-1]) if blocked else (None, None)
            return Conflict(number, first, last, tuple(blocked))
    return None

"""When the events of a calendar happen: series followed over a stretch of time, moved instances.

Each series is followed on the clock that it is written for. Its bound UNTIL is a moment on that
clock where it names no zone, and a day is all of that day.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.calendar_file import CalendarEvent
from meso_schedule.availability.calendar_values import DAY, Length, Moment
from meso_schedule.availability.repeat_limits import Rule, steps, times
from meso_schedule.base.busy_times import Span, widest

# Zones differ by a day at most; what is found beside the stretch does no harm.
_WIDER = 2 * DAY
# A clock is changed by less.
_CHANGE = timedelta(hours=3)
_EARLIEST, _LATEST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001 - on any clock


class Series:
    """The versions of an event, and its instances that were moved, called off or made free.

    Args:
        events: What shares a name; only the newest version of each counts.
    """

    def __init__(self, events: Iterable[CalendarEvent]) -> None:
        versions: dict[Moment | None, list[CalendarEvent]] = {}
        for event in events:
            versions.setdefault(_instant(event.instance), []).append(event)
        self._cores = _newest(versions.pop(None, []))
        self._moved = [event for known in versions.values() for event in _newest(known)]
        self._known: dict[str, tuple[list[_Clock], list[_Clock]]] = {}

    def steps(self, first: datetime, last: datetime, zone: ZoneInfo) -> int:
        """Return how many times are tried, at most, to follow it from one instant to another."""
        return sum(
            steps(rule, clock.start, *clock.stretch(first, last, rule))
            for clock in self._clocks(zone)[0]
            for rule in clock.event.rules
        )

    def spans(self, first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[Span]:
        """Yield its busy times that touch a stretch of time.

        Args:
            first: The instant from which on, in UTC.
            last: The instant up to which, in UTC.
            zone: The clinic's, for times without one of their own and for whole days.
        """
        found = [*self._repeated(first, last, zone), *self._single(zone)]
        return (span for span in found if max(first, span[0]) < min(last, span[1]))

    def _repeated(self, first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[Span]:
        for clock in self._clocks(zone)[0]:
            for start, length in clock.times(first, last):
                later = clock.onwards_at(start)
                if later is None:
                    yield clock.span(start, length or clock.event.length)
                elif later.event.is_busy:
                    begin = _shifted(start, later.shift)
                    yield clock.span(begin, length or later.event.length)

    def _single(self, zone: ZoneInfo) -> Iterator[Span]:
        clocks, moved = self._clocks(zone)
        for clock in moved:
            if not any(core.leaves_out(clock.event) for core in clocks):
                yield clock.span(clock.start, clock.event.length)

    def _clocks(self, zone: ZoneInfo) -> tuple[list["_Clock"], list["_Clock"]]:
        """Return the busy ones among the series and among its moved instances."""
        if zone.key not in self._known:
            self._known[zone.key] = (
                [_Clock(event, self._moved, zone) for event in self._cores if event.is_busy],
                [_Clock(event, (), zone) for event in self._moved if event.is_busy],
            )
        return self._known[zone.key]


class _Onwards(NamedTuple):
    """A moved instance that moves all later ones too."""

    at: datetime
    shift: timedelta
    event: CalendarEvent


class _Clock:
    """A series on the clock it is written for: all its times are told without their zone.

    Args:
        event: The series.
        moved: Its instances that are events of their own.
        clinic: The clinic's zone.
    """

    def __init__(
        self, event: CalendarEvent, moved: Sequence[CalendarEvent], clinic: ZoneInfo
    ) -> None:
        self.event = event
        self._clinic = clinic
        self._own_zone = event.start.tzinfo if isinstance(event.start, datetime) else None
        self._zone: tzinfo = self._own_zone or clinic
        self.start = self._told(event.start)
        instances = [it.instance for it in moved if it.instance is not None]
        self._dates = {self._told(moment): length for moment, length in event.dates}
        if not event.rules or any(self._is_within(self.start, rule) for rule in event.rules):
            self._dates.setdefault(self.start, None)
        self._left_out = {self._known(moment) for moment in event.left_out}
        self._replaced = self._left_out | {self._known(moment) for moment in instances}
        self._onwards = sorted(self._moves(moved), key=lambda it: it.at)
        self._reach = _WIDER + abs(event.length.wall) + abs(event.length.elapsed)
        for it in self._onwards:
            length = it.event.length
            self._reach += abs(it.shift) + abs(length.wall) + abs(length.elapsed)

    def stretch(
        self, first: datetime, last: datetime, rule: Rule | None = None
    ) -> tuple[datetime, datetime]:
        """Return from when to when it must begin to touch what lies between two instants."""
        begin = _shifted(first.replace(tzinfo=None), -self._reach)
        end = _shifted(last.replace(tzinfo=None), self._reach)
        for until in rule.get("UNTIL", ()) if rule else ():
            end = min(end, _shifted(self._last(until), _CHANGE))
        return begin, end

    def times(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, Length | None]]:
        """Yield when it begins, and how long it lasts then where that is not as always."""
        begin, end = self.stretch(first, last)
        found = {start for start in self._dates if begin <= start <= end}
        for rule in self.event.rules:
            told = times(rule, self.start, *self.stretch(first, last, rule))
            found.update(start for start in told if self._is_within(start, rule))
        for start in found:
            if start not in self._replaced and start.date() not in self._replaced:
                yield start, self._dates.get(start)

    def leaves_out(self, event: CalendarEvent) -> bool:
        """Tell whether the series is not on at the time that a moved instance stands for."""
        return event.instance is not None and self._known(event.instance) in self._left_out

    def onwards_at(self, start: datetime) -> _Onwards | None:
        """Return the moved instance that a later time follows."""
        if not self._onwards:
            return None
        place = bisect_left(self._onwards, start, key=lambda it: it.at)
        return self._onwards[place - 1] if place else None

    def span(self, start: datetime, length: Length) -> Span:
        """Return the instants between its start and its end; backwards where it runs so."""
        first = self._instants(start)
        finish = self._instants(_shifted(start, length.wall)) if length.wall else first
        if length.elapsed:
            finish = finish[0] + length.elapsed, finish[1] + length.elapsed
        if finish < first:
            first, finish = finish, first
        if not self.event.takes_days:
            return first[0], finish[1]
        day, last = (it.astimezone(self._clinic).date() for it in (first[0], finish[1]))
        return widest(
            datetime.combine(day, time()), datetime.combine(last + DAY, time()), self._clinic
        )

    def _instants(self, moment: datetime) -> Span:
        if self._own_zone is None:
            return widest(moment, moment, self._clinic)
        instant = moment.replace(tzinfo=self._own_zone).astimezone(UTC)
        return instant, instant

    def _is_within(self, start: datetime, rule: Rule) -> bool:
        """Tell whether a time lies within the bound of a rule, which itself does."""
        for until in rule.get("UNTIL", ()):
            if self._own_zone and isinstance(until, datetime) and until.tzinfo:
                return start.replace(tzinfo=self._own_zone).astimezone(UTC) <= until
            return start <= self._last(until)
        return True

    def _last(self, until: Moment) -> datetime:
        """Return the last moment on this clock that a bound lets in."""
        if not isinstance(until, datetime):
            return datetime.combine(until, time.max)
        if isinstance(self.event.start, datetime):
            return self._told(until)
        # Some write the day's end as the world's clock has it, some as the clinic's has.
        return datetime.combine(max(until.date(), self._told(until).date()), time.max)

    def _told(self, moment: Moment) -> datetime:
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        if moment.tzinfo is None or moment.tzinfo is self._own_zone:
            return moment.replace(tzinfo=None)
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def _known(self, moment: Moment) -> Moment:
        """Return what a time of the series is known by: its start, or a whole day."""
        if not isinstance(moment, datetime):
            return moment
        if isinstance(self.event.start, datetime):
            return self._told(moment)
        return (moment if moment.time() == time() else self._told(moment)).date()

    def _moves(self, moved: Sequence[CalendarEvent]) -> Iterator[_Onwards]:
        for event in moved:
            if event.is_onwards and event.instance is not None:
                at = self._told(event.instance)
                yield _Onwards(at, self._told(event.start) - at, event)


def _newest(events: list[CalendarEvent]) -> list[CalendarEvent]:
    """Return those of the newest version; several may share it."""
    if len(events) == 1:
        return events
    newest = max((event.sequence for event in events), default=0)
    return [event for event in events if event.sequence == newest]


def _instant(moment: Moment | None) -> Moment | None:
    """Return a moment that equals the same one told in another zone."""
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(UTC)
    return moment


def _shifted(moment: datetime, length: timedelta) -> datetime:
    """Return a moment later, or earlier, as far as the calendar goes."""
    try:
        return min(max(moment + length, _EARLIEST), _LATEST)
    except OverflowError:
        return _LATEST if length > timedelta() else _EARLIEST

"""When the events of a calendar happen: series followed over a stretch of time, moved instances.

Each series is followed on the clock that it is written for. Its bound UNTIL is a moment on that
clock where it names no zone, and a day is all of that day.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.calendar_events import CalendarEvent
from meso_schedule.availability.calendar_text import DAY, Length, Moment, Work
from meso_schedule.availability.recurrence import Rule, times
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
        self._known: dict[str, tuple[list[_Clock], list[Span]]] = {}

    def spans(self, first: datetime, last: datetime, zone: ZoneInfo, work: Work) -> Iterator[Span]:
        """Yield its busy times that touch a stretch of time, and some beside it.

        Args:
            first: The instant from which on, in UTC.
            last: The instant up to which, in UTC.
            zone: The clinic's, for times without one of their own and for whole days.
            work: What it costs is spent of this.

        Raises:
            TooMuchWorkError: When it would cost more.
        """
        if zone.key not in self._known:
            self._known[zone.key] = self._on_clocks(zone, work)
        clocks, once = self._known[zone.key]
        yield from once
        for clock in clocks:
            yield from clock.spans(first, last, work)

    def _on_clocks(self, zone: ZoneInfo, work: Work) -> tuple[list["_Clock"], list[Span]]:
        """Return what repeats, each on its clock, and the times of what comes once."""
        work.spend(len(self._cores) * len(self._moved) // 4)
        cores = [event for event in self._cores if event.is_busy]
        once = [event for event in cores if event.comes_once and not self._moved]
        clocks = [_Clock(it, self._moved, zone) for it in cores if self._moved or not it.comes_once]
        once += (
            event
            for event in self._moved
            if event.is_busy and not any(clock.leaves_out(event) for clock in clocks)
        )
        return clocks, [span_of(event, zone) for event in once]


def span_of(
    event: CalendarEvent,
    clinic: ZoneInfo,
    start: datetime | None = None,
    length: Length | None = None,
) -> Span:
    """Return the instants between a start of an event and its end; backwards where it runs so.

    Args:
        event: The event.
        clinic: The clinic's zone, for times without one of their own and for whole days.
        start: When it begins, on its own clock, where not as it says.
        length: How long it lasts, where not as it says.
    """
    zone = event.start.tzinfo if isinstance(event.start, datetime) else None
    start = start or _on_clock(event.start, zone, clinic)
    length = length or event.length
    first = _instants(start, zone, clinic)
    finish = _instants(_shifted(start, length.wall), zone, clinic) if length.wall else first
    if length.elapsed:
        finish = _shifted(finish[0], length.elapsed), _shifted(finish[1], length.elapsed)
    if finish < first:
        first, finish = finish, first
    if not event.takes_days:
        return first[0], finish[1]
    days = [it.astimezone(clinic).date() for it in (first[0], finish[1])]
    begin, end = (datetime.combine(day, time()) for day in (days[0], days[1] + DAY))
    return widest(begin, end, clinic)


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
        self._start = self._told(event.start)
        self._dates = {self._told(moment): length for moment, length in event.dates}
        if not event.rules or any(self._is_within(self._start, rule) for rule in event.rules):
            self._dates.setdefault(self._start, None)
        self._left_out = {self._known(moment) for moment in event.left_out}
        instances = (it.instance for it in moved if it.instance is not None)
        self._replaced = self._left_out.union(map(self._known, instances))
        self._onwards = sorted(self._moves(moved), key=lambda it: it.at)
        self._reach = _WIDER + _extent(event.length)
        self._reach += max(
            (abs(it.shift) + _extent(it.event.length) for it in self._onwards), default=DAY
        )

    def spans(self, first: datetime, last: datetime, work: Work) -> Iterator[Span]:
        """Yield when it takes time between two instants, and some times beside."""
        for start in self._times(first, last, work):
            if start in self._replaced or start.date() in self._replaced:
                continue
            length = self._dates.get(start)
            later = self._onwards_at(start)
            if later is None:
                yield span_of(self.event, self._clinic, start, length)
            elif later.event.is_busy:
                begin, length = _shifted(start, later.shift), length or later.event.length
                yield span_of(self.event, self._clinic, begin, length)

    def leaves_out(self, event: CalendarEvent) -> bool:
        """Tell whether the series is not on at the time that a moved instance stands for."""
        if not self._left_out or event.instance is None:
            return False
        return self._known(event.instance) in self._left_out

    def _times(self, first: datetime, last: datetime, work: Work) -> set[datetime]:
        begin = _shifted(first.replace(tzinfo=None), -self._reach)
        end = _shifted(last.replace(tzinfo=None), self._reach)
        found = {start for start in self._dates if begin <= start <= end}
        for rule in self.event.rules:
            bound = end
            if rule.until is not None:
                bound = min(end, _shifted(self._last(rule.until), _CHANGE))
            told = times(rule, self._start, begin, bound, work)
            found.update(start for start in told if self._is_within(start, rule))
        return found

    def _onwards_at(self, start: datetime) -> _Onwards | None:
        """Return the moved instance that a later time follows."""
        place = bisect_left(self._onwards, start, key=lambda it: it.at)
        return self._onwards[place - 1] if place else None

    def _is_within(self, start: datetime, rule: Rule) -> bool:
        """Tell whether a time lies within the bound of a rule, which itself does."""
        until = rule.until
        if until is None:
            return True
        if self._own_zone and isinstance(until, datetime) and until.tzinfo:
            return start.replace(tzinfo=self._own_zone).astimezone(UTC) <= until
        return start <= self._last(until)

    def _last(self, until: Moment) -> datetime:
        """Return the last moment on this clock that a bound lets in."""
        if not isinstance(until, datetime):
            return datetime.combine(until, time.max)
        if isinstance(self.event.start, datetime):
            return self._told(until)
        # Some write the day's end as the world's clock has it, some as the clinic's has.
        return datetime.combine(max(until.date(), self._told(until).date()), time.max)

    def _told(self, moment: Moment) -> datetime:
        return _on_clock(moment, self._own_zone, self._clinic)

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


def _on_clock(moment: Moment, zone: tzinfo | None, clinic: ZoneInfo) -> datetime:
    """Return a moment as the clock of a zone tells it; without one, that of the clinic."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    if moment.tzinfo is None or moment.tzinfo is zone:
        return moment.replace(tzinfo=None)
    return moment.astimezone(zone or clinic).replace(tzinfo=None)


def _instants(moment: datetime, zone: tzinfo | None, clinic: ZoneInfo) -> Span:
    if zone is None:
        return widest(moment, moment, clinic)
    instant = moment.replace(tzinfo=zone).astimezone(UTC)
    return instant, instant


def _newest(events: list[CalendarEvent]) -> list[CalendarEvent]:
    """Return those of the newest version; several may share it."""
    if len(events) < 2:
        return events
    newest = max(event.sequence for event in events)
    return [event for event in events if event.sequence == newest]


def _instant(moment: Moment | None) -> Moment | None:
    """Return a moment that equals the same one told in another zone."""
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(UTC)
    return moment


def _extent(length: Length) -> timedelta:
    return abs(length.wall) + abs(length.elapsed)


def _shifted(moment: datetime, length: timedelta) -> datetime:
    """Return a moment later, or earlier, as far as the calendar goes."""
    try:
        shifted = moment + length
        if _EARLIEST.year <= shifted.year <= _LATEST.year:
            return shifted
    except OverflowError:
        pass
    return (_LATEST if length > timedelta() else _EARLIEST).replace(tzinfo=moment.tzinfo)

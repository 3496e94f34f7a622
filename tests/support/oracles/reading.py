"""What a raw request and a raw clinic file say, as plain dates, minutes and sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from .arithmetic import Raw, last_day_before_event, texts

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_CLINIC: Raw = {
    "name": "",
    "timezone": "UTC",
    "hours": {weekday: ["09:00-17:00"] for weekday in WEEKDAYS[:5]},
}

Span = tuple[int, int]


def listed(value: object) -> tuple[str, ...]:
    """Return the parts of a list, or of one text that may hold commas."""
    return tuple(part for text in texts(value) for part in text.split(","))


def clock(text: str) -> int:
    """Return "17:30" as minutes after midnight; "24:00" is 1440."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@cache
def span(text: str) -> Span:
    """Return "09:00-13:00" as minutes after midnight."""
    opens, closes = text.split("-")
    return clock(opens), clock(closes)


def weekday(day: date) -> str:
    """Return the three letters of the weekday."""
    return WEEKDAYS[day.weekday()]


def date_range(text: str) -> tuple[date, date]:
    """Return "2026-12-24..2027-01-02", or one date, as first and last day."""
    first, _, last = text.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


@dataclass(frozen=True)
class Asked:
    """A request and a clinic file, read; nothing is judged."""

    as_of: date
    sessions: int
    event_only: bool
    first: date
    first_last: date
    event_day: date | None
    finish_by: date | None
    late: int
    pins: Mapping[int, date]
    top_ups: int | None
    until: date | None
    days: frozenset[str] | None
    prefer: frozenset[str]
    away: tuple[tuple[date, date], ...]
    between: Mapping[str, tuple[Span, ...]]
    at: int | None
    timed: bool
    minutes: int
    zone: ZoneInfo
    clinic: Raw
    busy: tuple[tuple[datetime, datetime], ...] = ()

    @cached_property
    def bound(self) -> date | None:
        """The last day that `finish_by` and the event leave to the course."""
        return min((day for day in (self.finish_by, self.event_day) if day), default=None)

    def closure(self, day: date) -> str | None:
        """Return the reason of the closure on `day`; an opening beats it."""
        if self._opening(day) is not None:
            return None
        for closure in self.clinic.get("closures", []):
            if closure["from"] <= day.isoformat() <= closure["to"]:
                return str(closure.get("reason", ""))
        return None

    def _opening(self, day: date) -> tuple[Span, ...] | None:
        for opening in self.clinic.get("openings", []):
            if opening["date"] == day.isoformat():
                return tuple(span(text) for text in texts(opening["hours"]))
        return None

    def ordinary_hours(self, day: date) -> tuple[Span, ...]:
        """Return the hours of the weekday, closures forgotten."""
        return tuple(span(text) for text in texts(self.clinic.get("hours", {}).get(weekday(day))))

    def opening_hours(self, day: date) -> tuple[Span, ...]:
        """Return the hours on which the clinic is open on `day`."""
        opening = self._opening(day)
        if opening is not None:
            return opening
        return () if self.closure(day) is not None else self.ordinary_hours(day)

    def is_away(self, day: date) -> bool:
        """Tell whether the patient is away on `day`."""
        return any(first <= day <= last for first, last in self.away)

    def cut(self, hours: tuple[Span, ...], day: date) -> tuple[Span, ...]:
        """Cut opening hours by the patient's hours of that weekday."""
        wanted = self.between.get(weekday(day)) or ((0, 24 * 60),)
        pieces = [
            (max(opens, earliest), min(closes, latest))
            for opens, closes in hours
            for earliest, latest in wanted
        ]
        return tuple(sorted(piece for piece in pieces if piece[0] < piece[1]))


def _between(value: object) -> dict[str, tuple[Span, ...]]:
    """Return the patient's hours by weekday; a weekday's own replace the general ones."""
    general: list[Span] = []
    own: dict[str, list[Span]] = {}
    for text in listed(value):
        if text[:3] in WEEKDAYS:
            own.setdefault(text[:3], []).append(span(text[4:]))
        else:
            general.append(span(text))
    return {day: tuple(own.get(day, general)) for day in WEEKDAYS}


def _pins(value: object) -> dict[int, date]:
    pairs = (text.split("=") for text in listed(value))
    return {int(number): date.fromisoformat(day) for number, day in pairs}


def _busy(value: object, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
    """Return busy times as instants; a time that occurs twice makes the longer span."""
    pairs = [
        [datetime.fromisoformat(moment) for moment in text.split("/")] for text in listed(value)
    ]
    return tuple(
        (
            min(start.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)),
            max(end.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)),
        )
        for start, end in pairs
    )


def read(protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> Asked:
    """Read a request for one protocol; None is the clinic that is assumed without a file."""
    clinic = DEFAULT_CLINIC if clinic is None else clinic
    given = {key: value for key, value in request.items() if value is not None}
    event = _date(given.get("event"))
    event_day = None if event is None else last_day_before_event(protocol, event)
    event_only = event_day is not None and "start" not in given
    first = as_of if "start" not in given else date.fromisoformat(given["start"])
    first_last = first + timedelta(days=given.get("start_within", 13))
    days = listed(given.get("days"))
    return Asked(
        as_of=as_of,
        sessions=given.get("sessions", protocol["sessions"]["usual"]),
        event_only=event_only,
        first=first,
        first_last=event_day if event_only and event_day is not None else first_last,
        event_day=event_day,
        finish_by=_date(given.get("finish_by")),
        late=given.get("late", 0),
        pins=_pins(given.get("pin")),
        top_ups=given.get("top_ups"),
        until=_date(given.get("until")),
        days=frozenset(days) if days else None,
        prefer=frozenset(listed(given.get("prefer"))),
        away=tuple(date_range(text) for text in listed(given.get("away"))),
        between=_between(given.get("between")),
        at=clock(given["at"]) if "at" in given else None,
        timed="at" in given or bool(listed(given.get("between"))),
        minutes=protocol["sessions"]["minutes"],
        zone=ZoneInfo(clinic["timezone"]),
        clinic=clinic,
        busy=_busy(given.get("busy"), ZoneInfo(clinic["timezone"])),
    )

"""Calendar files (RFC 5545): events with what tells them apart, their days and times, their zone.

Calendars know an event by its UID, made of the course's reference and the session's number,
so a changed plan of the same reference updates what is there. Its SEQUENCE is made of the day of
asking and the revision of the course, so that whatever is printed later is the newer one, whether
it comes from a plan or from the book.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import Session
from meso_schedule.output.feed_zone import zone_table
from meso_schedule.output.words.language import Language

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//meso_schedule//meso_schedule//EN"

# Any fixed namespace does; this one is kept for ever, or events would come twice.
NAMESPACE = UUID("5a3e1f5c-3b0e-5d0a-9c58-6d1f0f2d7a41")
_FIRST_DAY = date(2000, 1, 1)
# A course changes less often in a day than that.
_REVISIONS = 1000
_DAY = timedelta(days=1)
# How often whoever subscribes to a feed asks again; no appointment moves faster.
_REFRESH = timedelta(hours=12)


class Gone(NamedTuple):
    """An appointment that is no session of the plan: one that is off, or comes before session 1.

    Args:
        number: The session's number; `A2` in a combined plan; of what is none, its name.
        date: The day it was on.
        start: When it was to begin; None where no time was given.
    """

    number: int | str
    date: date
    start: datetime | None = None
    end: datetime | None = None


def calendar_file(
    events: "Sequence[Event]",
    days: Sequence[date],
    zone: str,
    number: int,
    published_in: Language | None = None,
) -> bytes:
    """Return events as a calendar file, with the rules of their zone.

    Args:
        events: The events.
        days: All their days.
        zone: The zone of their times.
        number: The number of this version, of events that have none of their own.
        published_in: The language in which it is told what the calendar is; None for one event.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    if published_in:
        calendar.add("METHOD", "PUBLISH")
        _describe(calendar, published_in)
    for event in events:
        if "SEQUENCE" not in event:
            event.add("SEQUENCE", number)
        calendar.add_component(event)
    if calendar.get_missing_tzids():
        calendar.subcomponents.insert(0, zone_table(zone, min(days), max(days)))
    return bytes(calendar.to_ical())


def _describe(calendar: "Calendar", language: Language) -> None:
    """Say what a subscription is called, and how often it is worth looking.

    Source:
        RFC 7986, sections 5.1 and 5.7; the names beside them are those that Outlook and Apple
        had before.
    """
    name = language.say(phrase("Appointments"))
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT12H")


def sequence_of(as_of: date, revision: int) -> int:
    """Return the SEQUENCE of a feed: one of a later day, or of a later revision, is newer.

    Args:
        as_of: The day of asking.
        revision: That of the course in the book; 0 for a plan that stands in none.

    >>> sequence_of(date(2026, 11, 29), 4)
    9829004
    """
    return max(0, (as_of - _FIRST_DAY).days) * _REVISIONS + revision


def appointment(uid: str, as_of: date) -> "Event":
    """Return an event that is still to be filled.

    Args:
        uid: What tells it from all others.
        as_of: The day of asking.
    """
    from icalendar import Event

    event = Event()
    event.add("UID", uid)
    event.add("DTSTAMP", datetime.combine(as_of, time(), UTC))
    return event


def event_uid(reference: str, number: int | str) -> str:
    """Return the UID of a session's event, the same in every process.

    Args:
        reference: The course's.
        number: The session's; `A2` in a combined plan.

    >>> event_uid("R-1", 2)
    'fa36f025-5068-5ab0-a462-152e457fe9ca'
    """
    return str(uuid5(NAMESPACE, f"{number} {reference}"))


def add_span(event: "Event", entry: Session | Gone, timezone: str) -> None:
    """Say when an event is: on a day, or from one time to another in a zone."""
    start, end = entry.start, entry.end
    if start is None or end is None:
        event.add("DTSTART", entry.date)
        event.add("DTEND", entry.date + _DAY)
        event.add("TRANSP", "TRANSPARENT")  # the session takes a part of the day only
        return
    zone = ZoneInfo(timezone)
    event.add("DTSTART", start.astimezone(zone))
    event.add("DTEND", end.astimezone(zone))

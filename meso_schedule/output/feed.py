"""iCalendar (RFC 5545): one event a session, the same bytes for the same plan.

Calendars know an event by its UID, made of the course's reference and the session's number,
so a changed plan of the same reference updates what is there. Its SEQUENCE is made of the day of
asking and the revision of the course, so that whatever is printed later is the newer one, whether
it comes from a plan or from the book.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from meso_schedule.base.harmless import harmless
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.course_plan import CareSpan, CoursePlan, Session
from meso_schedule.output.feed_zone import zone_table
from meso_schedule.output.words.details import care_time
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.preparation_lines import preparation_lines
from meso_schedule.output.words.text import sentence
from meso_schedule.output.words.waiting import question_of

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event

PRODUCT = "-//meso_schedule//meso_schedule//EN"

# Any fixed namespace does; this one is kept for ever, or events would come twice.
NAMESPACE = UUID("5a3e1f5c-3b0e-5d0a-9c58-6d1f0f2d7a41")
_FIRST_DAY = date(2000, 1, 1)
# A course changes less often in a day than that.
_REVISIONS = 1000
_DAY = timedelta(days=1)
# How often whoever subscribes to a feed asks again; no appointment moves faster.
_REFRESH = timedelta(hours=12)
# Whoever has no time of day is told in the morning.
_MORNING = timedelta(hours=9)
_ACTIONS = ("avoid", "do", "expect")


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


def feed(
    plan: CoursePlan,
    *,
    detail: bool = False,
    language: Language = ENGLISH,
    revision: int = 0,
    sequence: int | None = None,
    gone: Sequence[Gone] = (),
) -> bytes:
    """Return the sessions of a plan as a calendar file.

    Args:
        plan: The plan.
        detail: Whether the title names the treatment; left out, it gives nothing away.
        language: The language of its texts.
        revision: That of the course in the book; 0 for a plan that stands in none.
        sequence: The number of this version; left out, by `sequence_of`.
        gone: Appointments given before that are off; calendars take them out.
    """
    number = sequence_of(plan.as_of, revision) if sequence is None else sequence
    events = [_event(plan, session, language, detail=detail) for session in plan.visits]
    before = list(_before(plan, language, detail=detail))
    events += [event for _, event in before]

    events += _assessments(plan, language, detail=detail)
    events += _cancelled(gone, plan.reference, plan.as_of, plan.timezone, language)
    days = [*(visit.date for visit in plan.visits), *(entry.date for entry in gone)]
    days += [day for day, _ in before]
    return calendar_file(events, days, plan.timezone, number, published_in=language)


def separate_events(
    plan: CoursePlan,
    *,
    detail: bool = False,
    language: Language = ENGLISH,
    revision: int = 0,
    sequence: int | None = None,
) -> dict[str, bytes]:
    """Return each session as a calendar file of its own, by its UID.

    What a server keeps has no METHOD (RFC 4791, section 4.1).

    Args:
        plan: The plan.
        detail: Whether the title names the treatment; left out, it gives nothing away.
        language: The language of its texts.
        revision: That of the course in the book; 0 for a plan that stands in none.
        sequence: The number of this version; left out, by `sequence_of`.
    """
    number = sequence_of(plan.as_of, revision) if sequence is None else sequence
    files = {}
    for visit in plan.visits:
        event = _event(plan, visit, language, detail=detail)
        files[str(event["UID"])] = calendar_file([event], [visit.date], plan.timezone, number)
    for day, event in _before(plan, language, detail=detail):
        files[str(event["UID"])] = calendar_file([event], [day], plan.timezone, number)
    return files


def cancellations(
    gone: Sequence[Gone],
    reference: str,
    *,
    as_of: date,
    timezone: str,
    revision: int,
    sequence: int | None = None,
    language: Language = ENGLISH,
) -> bytes:
    """Return a calendar file that takes appointments out, of a course with none to come.

    Args:
        gone: The appointments.
        reference: The course's, as in the feeds before.
        as_of: The day of asking.
        timezone: The clinic's zone.
        revision: That of the course in the book.
        sequence: The number of this version; left out, by `sequence_of`.
        language: The language of its texts.
    """
    number = sequence_of(as_of, revision) if sequence is None else sequence
    events = _cancelled(gone, reference, as_of, timezone, language)
    days = [entry.date for entry in gone]
    return calendar_file(list(events), days, timezone, number, published_in=language)


def sequence_of(as_of: date, revision: int) -> int:
    """Return the SEQUENCE of a feed: one of a later day, or of a later revision, is newer.

    Args:
        as_of: The day of asking.
        revision: That of the course in the book; 0 for a plan that stands in none.

    >>> sequence_of(date(2026, 11, 29), 4)
    9829004
    """
    return max(0, (as_of - _FIRST_DAY).days) * _REVISIONS + revision


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


def _cancelled(
    gone: Sequence[Gone], reference: str, as_of: date, timezone: str, language: Language
) -> Iterator["Event"]:
    for entry in gone:
        event = appointment(event_uid(reference, entry.number), as_of)
        add_span(event, entry, timezone)
        event.add("SUMMARY", language.say(phrase("Appointment")))
        event.add("STATUS", "CANCELLED")
        yield event


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


def _event(plan: CoursePlan, session: Session, language: Language, *, detail: bool) -> "Event":
    title = (
        session_title(plan, session, language) if detail else language.say(phrase("Appointment"))
    )
    event = appointment(event_uid(plan.reference, session.mark), plan.as_of)
    add_span(event, session, plan.timezone)
    event.add("SUMMARY", title)
    event.add("DESCRIPTION", "\n".join(_lines(plan, session, language, detail=detail)))
    if plan.clinic.address:
        event.add("LOCATION", harmless(plan.clinic.address))
    event.add("STATUS", "TENTATIVE" if session.provisional else "CONFIRMED")
    if not detail:
        event.add("CLASS", "PRIVATE")  # who shares a calendar shows that the time is taken
    for alarm in _alarms(plan, session, title, language, detail=detail):
        event.add_component(alarm)
    return event


def _before(
    plan: CoursePlan, language: Language, *, detail: bool
) -> Iterator[tuple[date, "Event"]]:
    """Yield what comes before session 1, each with its day."""
    lines = preparation_lines(plan, language)
    for (visit, title), line in zip(visits_before(plan), lines, strict=True):
        event = appointment(event_uid(plan.reference, visit.number), plan.as_of)
        add_span(event, visit, plan.timezone)
        event.add("SUMMARY", language.say(title if detail else phrase("Appointment")))
        event.add(
            "DESCRIPTION", harmless(line) if detail else harmless(language.say(plan.disclaimer))
        )
        event.add("STATUS", "CONFIRMED")
        if plan.clinic.address:
            event.add("LOCATION", harmless(plan.clinic.address))
        if not detail:
            event.add("CLASS", "PRIVATE")
        yield visit.date, event


def visits_before(plan: CoursePlan) -> Iterator[tuple[Gone, Phrase]]:
    """Yield the visits before session 1, each with what it is: a consultation, tests."""
    if visit := plan.consultation:
        at = Gone("consultation", visit.date, visit.start, visit.end)
        yield at, phrase("Consultation")
    for number, test in enumerate(plan.tests, 1):
        yield Gone(f"test {number}", test.date), phrase("Test: {what}", what=test.what)


def _assessments(plan: CoursePlan, language: Language, *, detail: bool) -> Iterator["Event"]:
    """Yield the days of assessments on which no session is to come, as all-day entries."""
    for due in plan.assessments:
        if due.decides and any(visit.date == due.date for visit in plan.visits):
            continue
        what = "decision" if due.decides else "result"
        event = appointment(event_uid(plan.reference, f"{due.label or ''}{what}"), plan.as_of)
        add_span(event, Gone(what, due.date), plan.timezone)
        asked = sentence(language.say(question_of(due)))
        event.add("SUMMARY", asked if detail else language.say(phrase("Assessment")))
        event.add("DESCRIPTION", asked)
        event.add("STATUS", "TENTATIVE")  # nobody has agreed on a visit for it
        if not detail:
            event.add("CLASS", "PRIVATE")
        yield event


def session_title(plan: CoursePlan, session: Session, language: Language) -> str:
    """Say which session of which treatment."""
    named = next(stamp.name for stamp in plan.protocols if stamp.id == session.protocol)
    name = harmless(language.say(named))
    if session in plan.top_ups:
        return language.say(
            phrase("{name}, top-up, session {number}", name=name, number=session.number)
        )
    total = max(it.number for it in plan.sessions if it.protocol == session.protocol)
    return language.say(
        phrase("{name}, session {number} of {total}", name=name, number=session.number, total=total)
    )


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


def _lines(
    plan: CoursePlan, session: Session, language: Language, *, detail: bool
) -> Iterator[str]:
    if detail:
        yield session_title(plan, session, language)
    if session.provisional:
        yield sentence(language.say(phrase("provisional, only if the skin has improved")))
    if other := plan.otherwise(session):
        day = language.day(other.date)
        yield sentence(language.say(phrase("on {day} if the skin has not improved", day=day)))
    for finding in plan.findings:
        if finding.kind == "care_begun" and finding.is_of(session):
            yield sentence(harmless(language.say(finding.message)))
    for label, spans in _care(plan, session, language):
        yield f"{label}:"
        for span in spans:
            what = harmless(language.say(span.what))
            yield f"- {what} ({care_time(span, language)})"
    for due in plan.assessments:
        if due.decides and (due.label, due.after_session) == (session.label, session.number):
            yield sentence(language.say(question_of(due)))
    if session.date in plan.photos:
        yield sentence(language.say(phrase("photos are taken to compare")))
    for label, value in (
        (phrase("Clinic"), plan.clinic.name),
        (phrase("Phone"), plan.clinic.phone),
        (phrase("Email"), plan.clinic.email),
        (phrase("Reference"), plan.reference),
    ):
        if value:
            yield f"{language.say(label)}: {harmless(value)}"
    yield harmless(language.say(plan.disclaimer))


def _care(
    plan: CoursePlan, session: Session, language: Language
) -> Iterator[tuple[str, list[CareSpan]]]:
    labels = dict(zip(_ACTIONS, (phrase("Avoid"), phrase("Do"), phrase("Expect")), strict=True))
    for action, label in labels.items():
        spans = [span for span in plan.care if span.action == action and session.mark in span.marks]
        if spans:
            yield language.say(label), spans


def _alarms(
    plan: CoursePlan, session: Session, title: str, language: Language, *, detail: bool
) -> Iterator["Alarm"]:
    """Yield an alarm a day before, and one when the first avoidance for a session begins."""
    if session.date < plan.as_of:
        return
    start = _start(plan, session)
    day_before = start - _DAY if session.start else start - _DAY + _MORNING
    yield _alarm(title, day_before - start)
    begins = [
        (_moment(plan, span.first), span)
        for span in plan.care
        if span.action == "avoid" and span.marks[0] == session.mark
    ]
    first = min((moment for moment, _ in begins), default=start)
    if not datetime.combine(plan.as_of, time()) <= first < start or first == day_before:
        return
    things = [harmless(language.say(span.what)) for moment, span in begins if moment == first]
    words = (
        phrase("{title}: from now on avoid {things}", title=title, things=", ".join(things))
        if detail
        else phrase("{title}: time to prepare", title=title)
    )
    yield _alarm(language.say(words), first - start)


def _alarm(words: str, before: timedelta) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", words)
    alarm.add("TRIGGER", before)
    return alarm


def _start(plan: CoursePlan, session: Session) -> datetime:
    """Return the wall time of a start; without a time, midnight."""
    if session.start is None:
        return datetime.combine(session.date, time())
    return _wall(plan, session.start)


def _moment(plan: CoursePlan, moment: date | datetime) -> datetime:
    """Return the wall time at which to tell of a moment; of a day, in the morning."""
    if isinstance(moment, datetime):
        return _wall(plan, moment)
    return datetime.combine(moment, time()) + _MORNING


def _wall(plan: CoursePlan, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(plan.timezone)).replace(tzinfo=None)

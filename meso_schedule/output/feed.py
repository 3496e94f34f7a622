"""The calendar of a plan (iCalendar): one event a session, the same bytes for the same plan."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from meso_schedule.base.harmless import harmless
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.calendar_file import (
    Gone,
    add_span,
    appointment,
    calendar_file,
    event_uid,
    sequence_of,
)
from meso_schedule.output.session_event import session_event
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.preparation_lines import preparation_lines
from meso_schedule.output.words.text import sentence
from meso_schedule.output.words.waiting import question_of

if TYPE_CHECKING:
    from icalendar import Event


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
    events = [session_event(plan, session, language, detail=detail) for session in plan.visits]
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
        event = session_event(plan, visit, language, detail=detail)
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


def _cancelled(
    gone: Sequence[Gone], reference: str, as_of: date, timezone: str, language: Language
) -> Iterator["Event"]:
    for entry in gone:
        event = appointment(event_uid(reference, entry.number), as_of)
        add_span(event, entry, timezone)
        event.add("SUMMARY", language.say(phrase("Appointment")))
        event.add("STATUS", "CANCELLED")
        yield event


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

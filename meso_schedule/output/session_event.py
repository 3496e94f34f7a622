"""The event of a session in a calendar: its title, what is to be known of it, its alarms."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from meso_schedule.base.harmless import harmless
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CareSpan, CoursePlan, Session
from meso_schedule.output.calendar_file import add_span, appointment, event_uid
from meso_schedule.output.words.details import care_time
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import sentence
from meso_schedule.output.words.waiting import question_of

if TYPE_CHECKING:
    from icalendar import Alarm, Event

_DAY = timedelta(days=1)
# Whoever has no time of day is told in the morning.
_MORNING = timedelta(hours=9)
_ACTIONS = ("avoid", "do", "expect")


def session_event(
    plan: CoursePlan, session: Session, language: Language, *, detail: bool
) -> "Event":
    """Return the event of a session.

    Args:
        plan: The plan that it is of.
        session: A session of the course, or a top-up.
        language: The language of its texts.
        detail: Whether it names the treatment; else it gives nothing away.
    """
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

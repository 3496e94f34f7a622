"""Appointments as calendars know them: by the numbers of the book, and those that are off."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meso_schedule.book.amendments import amended
from meso_schedule.book.payloads import Slot
from meso_schedule.book.records import Booked, Moved, Planned
from meso_schedule.book.state import CourseSession, CourseState, Entry
from meso_schedule.course.course_plan import CareSpan, CoursePlan
from meso_schedule.output.calendar_file import Gone
from meso_schedule.running.course_progress import CourseProgress

# What is added to a session's number in a plan to have the book's, by the treatment's letter.
Offsets = Mapping[str | None, int]


def opened_offsets(state: CourseState, plan: CoursePlan) -> Offsets:
    """Return the offsets of the plan that a course was opened with."""
    last = {session.protocol: session.number for session in state.sessions}
    planned = {visit.protocol: (visit.label, visit.number) for visit in plan.visits}
    return {label: last[name] - number for name, (label, number) in planned.items()}


def numbered_as_booked(plan: CoursePlan, offsets: Offsets) -> CoursePlan:
    """Return a plan with the numbers of the book, by which calendars know an appointment.

    Args:
        plan: The plan.
        offsets: What is added to the numbers of each treatment, by its letter.
    """
    if not any(offsets.values()):
        return plan
    update: dict[str, object] = {
        name: tuple(
            visit.model_copy(update={"number": visit.number + offsets.get(visit.label, 0)})
            for visit in visits
        )
        for name, visits in (
            ("sessions", plan.sessions),
            ("top_ups", plan.top_ups),
            ("without_improvement", plan.without_improvement),
        )
        if visits is not None
    }
    update["care"] = tuple(_care_as_booked(span, offsets) for span in plan.care)
    update["assessments"] = tuple(
        due.model_copy(update={"after_session": due.after_session + offsets.get(due.label, 0)})
        for due in plan.assessments
    )
    return plan.model_copy(update=update)


def _care_as_booked(span: CareSpan, offsets: Offsets) -> CareSpan:
    letters: list[str | None] = [mark[0] for mark in span.labels]
    letters = letters or [None] * len(span.sessions)
    numbers = [
        number + offsets.get(letter, 0)
        for letter, number in zip(letters, span.sessions, strict=True)
    ]
    marks = [f"{mark[0]}{number}" for mark, number in zip(span.labels, numbers, strict=False)]
    return span.model_copy(update={"sessions": tuple(numbers), "labels": tuple(marks)})


def gone_sessions(state: CourseState, entries: Sequence[Entry]) -> list[Gone]:
    """Return the appointments once given that are off, by treatment and number.

    Args:
        state: The course.
        entries: What its events say, by revision.
    """
    given: dict[tuple[str, int], tuple[date, str | None, int | None]] = {}
    # What was given stays given, whatever was corrected later: it may be in a calendar.
    for entry in (*entries, *amended(entries)):
        record = entry.record
        if isinstance(record, Booked | Planned):
            for slot in record.sessions:
                start = str(slot.start) if slot.start else None
                given[_name(state, slot)] = slot.date, start, slot.minutes
        elif isinstance(record, Moved) and (name := _name(state, record)) in given:
            start = str(record.start) if record.start else None
            given[name] = record.to, start, given[name][2]
    live = {_name(state, session) for session in (*state.held, *state.upcoming)}
    places = {kept.id: place for place, kept in enumerate(state.protocols)}
    off = sorted(given.keys() - live, key=lambda name: (places.get(name[0], 0), name[1]))
    zone = ZoneInfo(state.timezone or "UTC")
    gone = [_gone(state.mark(number, name), *given[name, number], zone) for name, number in off]
    visit = state.consulting
    missed = visit if visit and visit.status == "missed" and not state.stopped else None
    return [*gone, *([Gone("consultation", missed.date)] if missed else [])]


def gone_entries(course: CourseProgress, stopped_on: date, off: Sequence[Gone]) -> list[Gone]:
    """Return what else a calendar may hold of a course that was stopped: no sessions of it.

    Args:
        course: The course.
        stopped_on: The day it was stopped.
        off: Its appointments that are off; of a treatment without any nothing was to come.
    """
    visit = course.state.consultation
    entries = [Gone("consultation", visit.date)] if visit and visit.status == "booked" else []
    for one in course.treatments:
        label, results = one.label or "", one.protocol.results
        if not any(str(it.number).startswith(label) for it in off):
            continue
        tests = () if one.held else one.protocol.tests
        told = [f"{label}decision"] if one.decides else []
        told += [f"{label}result"] if results and results.assess else []
        told += [f"test {number}" for number in range(1, len(tests) + 1)]
        entries += [Gone(name, stopped_on) for name in told]
    return list(dict.fromkeys(entries))


def _name(state: CourseState, session: Slot | Moved | CourseSession) -> tuple[str, int]:
    return state.protocol_id(session.protocol), session.number


def _gone(mark: str, day: date, start: str | None, minutes: int | None, zone: ZoneInfo) -> Gone:
    number = int(mark) if mark.isdigit() else mark
    if start is None:
        return Gone(number, day)
    begin = datetime.combine(day, datetime.strptime(start, "%H:%M").time(), zone)  # noqa: DTZ007
    return Gone(number, day, begin, begin + timedelta(minutes=minutes or 0))

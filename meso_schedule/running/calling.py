"""A repair as a call list: who, phone, from, to and why, the most urgent first."""

from collections.abc import Iterator, Mapping
from datetime import date

from meso_schedule.base.dates import DateRange
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import is_hit
from meso_schedule.book.lines import CONSULTATION, TEST
from meso_schedule.book.state import CourseConsultation, CourseSession
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.call_list import CallLine, CallList, CallPlace, NotKept
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import count_text, day_text, span_text
from meso_schedule.running.fallen_consultations import MovedConsultation, sessions_too_soon
from meso_schedule.running.fallen_tests import MovedTest
from meso_schedule.running.proposal import Proposal
from meso_schedule.running.repaired_course import Call, Repaired

Names = Mapping[str, str]

_TAKEN = "Once this is booked, give it to 'meso-schedule courses replan {course}'."
_STAY = (
    "Those not moved stay booked until 'meso-schedule courses move COURSE --consultation --to DATE'"
    " moves them, or 'meso-schedule courses miss COURSE --consultation --called-off' ends them:"
    " {courses}."
)
_ALONE = "Nothing could keep it: not even if nobody else were booked."


def call_list(found: Proposal, clinic: Clinic) -> CallList:
    """Return whom to call for a repair, by the moment by which they must know.

    Args:
        found: The repair.
        clinic: Where the practitioners have their names.
    """
    spoken = ENGLISH.in_country(clinic.home_country)
    names = {who.id: who.name for who in clinic.practitioners}
    lines = [
        _line(found, course, call, names, spoken)
        for course in found.courses
        for call in course.calls
    ]
    lines += [_consultation_line(found, it, names, spoken) for it in found.consultations]
    lines += map(_test_line, found.tests)
    return CallList(
        title=title_of(found, names),
        clinic=clinic.name,
        summary=_summary(found, names, spoken),
        made_on=found.as_of,
        country=clinic.home_country,
        lines=tuple(sorted(lines, key=lambda it: (it.urgency, it.course, it.number))),
        not_kept=tuple(_not_kept(found, spoken)),
    )


def title_of(found: Proposal, names: Names) -> str:
    """Say what a repair is about."""
    absence = found.absence
    if absence is None:
        return "What the clinic file no longer allows"
    gone = absence.practitioner
    who = names.get(gone, gone) if gone else "The clinic"
    return f"{who}, {span_text(absence.first, absence.last)}"


def _summary(found: Proposal, names: Names, spoken: Language) -> str:
    """Say how many sessions fall away, how many courses are kept, and how many calls it takes."""
    return " ".join(
        [
            _sessions_told(found),
            *_consultations_told(found),
            *_tests_told(found),
            *_same_told(found),
            *_opened_told(found, names),
            *_past_told(found, spoken),
        ]
    )


def _sessions_told(found: Proposal) -> str:
    if not found.courses:
        return "No booked session falls away."
    lost = sum(len(it.lost) for it in found.courses)
    kept = sum(it.refusal is None for it in found.hit)
    calls = sum(len(it.calls) for it in found.courses)
    return (
        f"Falling away: {count_text(lost, 'booked session')} of"
        f" {count_text(len(found.hit), 'course')}. {kept} kept,"
        f" {len(found.hit) - kept} not kept; {count_text(calls, 'session')} to call about."
    )


def _same_told(found: Proposal) -> Iterator[str]:
    if found.same:
        span = span_text(found.same.first, found.same.last)
        yield f"These days are booked as an absence already: {found.same.id}, {span}."


def _opened_told(found: Proposal, names: Names) -> Iterator[str]:
    """Say on which days the absence does not hold, and why."""
    if found.opened and found.absence:
        who = found.absence.practitioner
        what = f"a shift of {names[who]}" if who else "an opening"
        yield (
            f"What is booked on {', '.join(map(day_text, found.opened))} stays: {what} in the"
            " clinic file beats the absence. Take that out of the file if it no longer holds."
        )


def _consultations_told(found: Proposal) -> Iterator[str]:
    """Say how many consultations fall away, and how many of them nobody has room for."""
    if every := found.consultations:
        lost = sum(it.record is None for it in every)
        yield (
            f"Falling away too: {count_text(len(every), 'consultation')},"
            f" placed before the sessions; {len(every) - lost} moved, {lost} not."
        )
        if lost:
            stay = (it.state for it in every if it.record is None)
            named = (f"{it.course} ({it.patient})" if it.patient else it.course for it in stay)
            yield _STAY.format(courses=", ".join(named))


def _tests_told(found: Proposal) -> Iterator[str]:
    """Say how many tests before session 1 have another day, and that of nothing more to book."""
    if found.tests:
        lost = sum(it.after is None for it in found.tests)
        yield (
            f"Another day, by itself: {count_text(len(found.tests), 'test')} before session 1;"
            f" {len(found.tests) - lost} moved, {lost} not."
        )


def _past_told(found: Proposal, spoken: Language) -> Iterator[str]:
    """Say what is past and was not recorded: it stays, and counts as held for what follows."""
    for it in found.past:
        state = it.view.state
        told = (
            f"{state.mark(one.number, one.protocol)} ({_moment(one, spoken)})" for one in it.lost
        )
        yield (
            f"Past and not recorded of {state.patient or state.course}: session"
            f" {', '.join(told)}; planned as if held."
        )


def _moment(visit: CourseSession | CourseConsultation, spoken: Language) -> str:
    time = [spoken.clock(visit.start)] if visit.start else []
    return " ".join([day_text(visit.date), *time])


def _line(
    found: Proposal, course: Repaired, call: Call, names: Names, spoken: Language
) -> CallLine:
    state, session = course.state, call.session
    return CallLine(
        patient=state.patient,
        phone=state.phone,
        course=state.course,
        protocol=session.protocol,
        number=session.number,
        mark=state.mark(session.number, session.protocol),
        before=_place(call.before, names) if call.before else None,
        after=_place(call.after, names) if call.after else None,
        why=_why(found, course, session, names, spoken) if call.before else "had no day",
    )


def _consultation_line(
    found: Proposal, moved: MovedConsultation, names: Names, spoken: Language
) -> CallLine:
    state, fallen = moved.state, moved.fallen
    whys = list(map(spoken.say, fallen.whys)) or [_absent(found, names)]
    if moved.after is None:
        whys.append("no day has room for it")
    return CallLine(
        patient=state.patient,
        phone=state.phone,
        course=state.course,
        protocol=CONSULTATION,
        number=0,
        mark=CONSULTATION,
        before=_place(fallen.before, names),
        after=_place(moved.after, names) if moved.after else None,
        why="; ".join(whys),
    )


def _test_line(moved: MovedTest) -> CallLine:
    state, test = moved.state, moved.before
    why = "the clinic is closed" if moved.is_closed else "goes with session 1"
    if moved.after is None:
        move = f"'meso-schedule courses move {state.course}'"
        why += f"; no day is left: unless it was done, move session 1 with {move}"
    return CallLine(
        patient=state.patient,
        phone=state.phone,
        course=state.course,
        protocol=TEST,
        number=0,
        mark=f"{TEST}: {test.what}",
        before=_on(test.date),
        after=_on(moved.after) if moved.after else None,
        why=why,
    )


def _on(day: date) -> CallPlace:
    return CallPlace(date=day, start=None, practitioner=None, called=None)


def _absent(found: Proposal, names: Names) -> str:
    who = found.absence.practitioner if found.absence else None
    return f"{names.get(who, who)} is not there" if who else "the clinic is closed"


def _place(session: CourseSession | CourseConsultation, names: Names) -> CallPlace:
    giver = session.takes.practitioner if session.takes else None
    return CallPlace(
        date=session.date,
        start=session.start,
        practitioner=giver,
        called=names.get(giver, giver) if giver else None,
    )


def _why(
    found: Proposal, course: Repaired, session: CourseSession, names: Names, spoken: Language
) -> str:
    state = course.state
    whys = found.whys.get(state.course, {}).get((session.protocol, session.number))
    if whys:
        return "; ".join(map(spoken.say, whys))
    if session in course.lost and found.absence and _is_hit(found.absence, session):
        return _absent(found, names)
    if session in sessions_too_soon(state):
        return "too soon after the consultation"
    if course.lost:
        first = course.lost[0]
        return f"goes with session {state.mark(first.number, first.protocol)}"
    return "makes place for others"


def _is_hit(absence: Absent, session: CourseSession) -> bool:
    giver = session.takes.practitioner if session.takes else None
    days = DateRange(absence.first, absence.last)
    return is_hit(absence.practitioner, days, session.date, giver)


def _not_kept(found: Proposal, spoken: Language) -> Iterator[NotKept]:
    for it in found.courses:
        if it.refusal:
            alone = [_ALONE] if it.is_impossible else []
            lines = conflict_lines(it.refusal, spoken)
            told = _TAKEN.format(course=it.state.course) if it.refusal.relaxations else None
            reasons = (*alone, *lines, *filter(None, [told]))
            yield NotKept(
                who=it.state.patient or it.state.course,
                course=it.state.course,
                reasons=reasons,
            )

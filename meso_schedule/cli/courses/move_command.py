"""`courses move`: sessions that go to another day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.base.times import Clock, parse_weekday
from meso_schedule.book.records import Consulted
from meso_schedule.book.state import CourseConsultation, CourseSession
from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_clock, read_day, read_session
from meso_schedule.cli.courses.progress_text import fit_lines, move_lines, replan_line
from meso_schedule.cli.courses.replan_command import (
    change_documents,
    change_lines,
    same_time_facts,
)
from meso_schedule.cli.environment import calendar_facts, desk_language, read_calendars
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.told_errors import error_document
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import day_text
from meso_schedule.running import visit_drafts as drafts
from meso_schedule.running.consultation_records import check_moving, consultation_to_move
from meso_schedule.running.fee_terms import kept_question, kept_text, kept_told
from meso_schedule.running.moving import Move
from meso_schedule.running.same_time import moved_beside
from meso_schedule.running.visit_drafts import VisitDraft
from meso_schedule.running.visits import session_to_move


def _check_move(given: Mapping[str, Any]) -> None:
    read_clock(given["at"])
    check_moving(**{name: given[name] for name in ("session", "consultation", "waive", "late")})
    if given["late"] and given["reason"] is None:
        raise InputError.of(
            "missing_argument",
            "A day past the window needs a reason.",
            field="reason",
            remedy="Give --reason TEXT.",
        )


@writes(_check_move, asks=True)
def move(
    seen: Situation,
    *,
    session: options.SessionNumber = None,
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="The new day.")],
    at: options.At = None,
    late: Annotated[
        bool,
        typer.Option("--late", help="Allow a day past the window, up to the lapse; with a reason."),
    ] = False,
    reason: options.Reason = None,
    busy: shared.Busy = None,
    zone: shared.Zone = None,
    waive: options.Waive = None,
    alone: Annotated[
        bool,
        typer.Option("--alone", help="Move no other session, although some may no longer fit."),
    ] = False,
    consultation: options.Consultation = False,
    practitioner: Annotated[
        str | None, shared.option("ID", "Who is to give it there, by the id of the clinic file.")
    ] = None,
    urgent: options.Urgent = False,
) -> Draft:
    """Move a session to a day that the patient asks for; it stays there when replanned.

    Where sessions after it must follow, as few as can be are shown, and booked with it once that
    is agreed.
    """
    day = _day_asked(seen, to, _that_moves(seen, session, is_consultation=consultation))
    calendars = read_calendars(busy, zone, seen.clinic, seen.today, min(day, seen.today))
    made = drafts.moved(
        seen,
        session=None if session is None else read_session(seen.now, session),
        to=day,
        at=read_clock(at),
        late=late,
        reason=reason,
        waive=waive,
        alone=alone,
        consultation=consultation,
        busy=calendars,
        practitioner=practitioner,
        urgent=urgent,
    )
    facts = calendar_facts(calendars, seen.clinic, seen.today)
    if made.move is None:
        return _moved_consultation(seen, made, facts)
    return _moved_session(seen, made, made.move, waive, facts)


def _that_moves(
    seen: Situation, session: str | None, *, is_consultation: bool
) -> CourseSession | CourseConsultation | None:
    if is_consultation:
        return consultation_to_move(seen.state)
    return session_to_move(seen.now, read_session(seen.now, session or "")).booked


def _moved_session(
    seen: Situation, draft: VisitDraft, made: Move, waive: str | None, calendars: Mapping[str, Any]
) -> Draft:
    (mark,) = (it.mark for it in draft.sessions)
    follow, cannot = draft.replanned, draft.cannot_follow
    beside = moved_beside(seen.state, draft.records, seen.clinic, seen.book)
    spoken = desk_language(seen.clinic)
    others = change_lines(follow, spoken) if follow else []
    day, at = day_text(made.to), _at(made.start, spoken)
    told = [f"Session {mark} is on {day}{at}."]
    told += [f"It is {made.late_days} days past its window."] if made.late_days else []
    told += [f"It is booked over others: {'; '.join(made.over)}."] if made.over else []
    told += _staying(seen.state.course, cannot, spoken) if made.upsets and not others else []
    told += [spoken.say(finding.message) for finding in beside]
    asked = [f"{len(others)} more must follow. {' '.join(others)} Book them all?"] if others else []
    questions = [*filter(None, [kept_question(draft.kept, waive)]), *asked]
    was = f"{day_text(made.session.date)}{_at(made.session.start, spoken)}"
    moves = f"session {mark} moves from {was} to {day}{at}."
    return Draft(
        draft.records,
        moves + kept_text(draft.kept, waive),
        lambda after: [*told, *others, *move_lines(seen.after(after))],
        {
            "late_days": made.late_days,
            **({"over": list(made.over)} if made.over else {}),
            **kept_told(draft.kept),
            **calendars,
            **({"changes": change_documents(follow)} if follow else {}),
            **({"cannot_follow": error_document(cannot, {}, "")} if cannot else {}),
            **same_time_facts(beside),
        },
        " ".join(questions) or None,
    )


def _at(start: Clock | None, spoken: Language) -> str:
    return f" at {spoken.clock(start)}" if start else ""


def _staying(course: str, cannot: NoCalendarFits | None, spoken: Language) -> list[str]:
    """Say that sessions no longer fit, and where none can follow why, and what would help."""
    if cannot is None:
        return [replan_line(course)]
    helps = f"Give it to 'meso-schedule courses replan {course}'."
    lines = ["Those after it no longer fit, and cannot follow.", *conflict_lines(cannot, spoken)]
    return [*lines, helps] if cannot.relaxations else lines


def _moved_consultation(seen: Situation, draft: VisitDraft, calendars: Mapping[str, Any]) -> Draft:
    (record,) = draft.records
    assert isinstance(record, Consulted), "nothing else is written"
    assert record.to is not None, "it says where it goes"
    before, day = day_text(consultation_to_move(seen.state).date), day_text(record.to)
    time = _at(record.start, desk_language(seen.clinic))
    return Draft(
        draft.records,
        f"the consultation moves from {before} to {day}.",
        lambda after: [
            f"The consultation is on {day}{time}.",
            *fit_lines(seen.after(after), seen.clinic),
        ],
        calendars,
    )


def _day_asked(
    seen: Situation, text: str, booked: CourseSession | CourseConsultation | None
) -> date:
    """Read the day asked for; a weekday is that of the booked week, the next one once it is past.

    Raises:
        InputError: When it is neither a day nor a weekday.
    """
    try:
        weekday = parse_weekday(text)
    except FormatError:
        return read_day(text, "to", seen.today, seen.clinic)
    today = seen.today
    week = booked.date if booked else today
    day = week + timedelta(days=weekday - week.weekday())
    return day if day >= today else today + timedelta(days=(weekday - today.weekday()) % 7)

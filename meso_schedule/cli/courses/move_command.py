"""`courses move`: sessions that go to another day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any

import typer

from meso_schedule.availability.calendars import BusyCalendar
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.base.times import Clock, parse_weekday
from meso_schedule.book.records import Moved, Record
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
from meso_schedule.cli.environment import calendar_facts, read_calendars
from meso_schedule.course.course_plan import Finding
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.told_errors import error_document
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.words.text import day_text
from meso_schedule.running.consultation_records import (
    check_moving,
    consultation_to_move,
    moved_consultation,
)
from meso_schedule.running.fee_terms import (
    kept_by_terms,
    kept_facts,
    kept_question,
    kept_text,
    kept_told,
)
from meso_schedule.running.moving import Move, move_of
from meso_schedule.running.replanning import Replanned, following_moves
from meso_schedule.running.same_time import moved_beside
from meso_schedule.running.visit_fees import KeptOfVisit
from meso_schedule.running.visit_records import moved_record
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
) -> Draft:
    """Move a session to a day that the patient asks for; it stays there when replanned.

    Where sessions after it must follow, as few as can be are shown, and booked with it once that
    is agreed.
    """
    today, now = seen.today, seen.now
    if consultation:
        read = partial(read_calendars, busy, zone, seen.clinic, today)
        return _moved_consultation(seen, to, read_clock(at), reason, read)
    named = session_to_move(now, read_session(now, session or ""))
    day = _day_asked(to, named.treatment.state.find_session(named.number), today)
    calendars = read_calendars(busy, zone, seen.clinic, today, min(day, today))
    made = move_of(
        *(now, named.treatment, named.number, day),
        at=read_clock(at),
        late=late,
        clinic=seen.clinic,
        busy=calendars,
    )
    (kept,) = kept_by_terms(seen, [made.session], "moved", waive)
    record = moved_record(named, made, kept_facts(kept, waive), reason=reason, late=late)
    follow = None if alone else _following(seen, record, made, calendars)
    others, cannot = (None, follow) if isinstance(follow, NoCalendarFits) else (follow, None)
    records = [record, *(others.records if others else ())]
    beside = moved_beside(seen.state, records, seen.clinic, seen.book)
    facts = {
        "late_days": made.late_days,
        **({"over": list(made.over)} if made.over else {}),
        **kept_told([kept]),
        **calendar_facts(calendars, seen.clinic, today),
        **({"changes": change_documents(others)} if others else {}),
        **({"cannot_follow": error_document(cannot, {}, "")} if cannot else {}),
        **same_time_facts(beside),
    }
    also = _Also(records, others, cannot, beside, kept, waive)
    return _draft(seen, named.mark, made, also, facts)


@dataclass(frozen=True, slots=True)
class _Also:
    """What a move brings with it.

    Args:
        records: Its event, and those of the moves that follow.
        follow: The moves that follow.
        cannot: Why none can, where they should.
        beside: The sessions that have the time of another.
        kept: What the terms keep.
        waive: Why they do not.
    """

    records: Sequence[Record]
    follow: Replanned | None
    cannot: NoCalendarFits | None
    beside: Sequence[Finding]
    kept: KeptOfVisit | None
    waive: str | None


def _following(
    seen: Situation, record: Moved, made: Move, calendars: Sequence[BusySource]
) -> Replanned | NoCalendarFits | None:
    if not made.upsets:
        return None
    return following_moves(
        seen.now,
        record,
        made.late_days,
        clinic=seen.clinic,
        busy=calendars,
        asked_at=seen.asked_at,
    )


def _draft(seen: Situation, mark: str, made: Move, also: _Also, facts: Mapping[str, Any]) -> Draft:
    others = change_lines(also.follow) if also.follow else []
    at_time = f" at {made.start}" if made.start else ""
    told = [f"Session {mark} is on {day_text(made.to)}{at_time}."]
    told += [f"It is {made.late_days} days past its window."] if made.late_days else []
    told += [f"It is booked over others: {'; '.join(made.over)}."] if made.over else []
    told += _staying(seen.state.course, also.cannot) if made.upsets and not others else []
    told += [str(finding.message) for finding in also.beside]
    asked = [f"{len(others)} more must follow. {' '.join(others)} Book them all?"] if others else []
    questions = [*filter(None, [kept_question([also.kept], also.waive)]), *asked]
    moves = f"session {mark} moves from {day_text(made.session.date)} to {day_text(made.to)}."
    return Draft(
        also.records,
        moves + kept_text([also.kept], also.waive),
        lambda after: [*told, *others, *move_lines(seen.after(after))],
        facts,
        " ".join(questions) or None,
    )


def _staying(course: str, cannot: NoCalendarFits | None) -> list[str]:
    """Say that sessions no longer fit, and where none can follow why, and what would help."""
    if cannot is None:
        return [replan_line(course)]
    helps = f"Give it to 'meso-schedule courses replan {course}'."
    lines = ["Those after it no longer fit, and cannot follow.", *conflict_lines(cannot)]
    return [*lines, helps] if cannot.relaxations else lines


def _moved_consultation(
    seen: Situation,
    to: str,
    at: Clock | None,
    reason: str | None,
    calendars_from: Callable[[date], Sequence[BusyCalendar]],
) -> Draft:
    visit = consultation_to_move(seen.state)
    day = _day_asked(to, visit, seen.today)
    calendars = calendars_from(min(day, seen.today))
    made = moved_consultation(seen.now, day, at, clinic=seen.clinic, busy=calendars)
    record = made.model_copy(update={"reason": reason})
    time = f" at {record.start}" if record.start else ""
    return Draft(
        [record],
        f"the consultation moves from {day_text(visit.date)} to {day_text(day)}.",
        lambda after: [
            f"The consultation is on {day_text(day)}{time}.",
            *fit_lines(seen.after(after), seen.clinic),
        ],
        calendar_facts(calendars, seen.clinic, seen.today),
    )


def _day_asked(text: str, booked: CourseSession | CourseConsultation | None, today: date) -> date:
    """Read the day asked for; a weekday is that of the booked week, the next one once it is past.

    Raises:
        InputError: When it is neither a day nor a weekday.
    """
    try:
        weekday = parse_weekday(text)
    except FormatError:
        return read_day(text, "to", today)
    week = booked.date if booked else today
    day = week + timedelta(days=weekday - week.weekday())
    return day if day >= today else today + timedelta(days=(weekday - today.weekday()) % 7)

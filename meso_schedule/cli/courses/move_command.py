"""`courses move`: sessions that go to another day."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_clock, read_day, read_session
from meso_schedule.cli.courses.progress_text import REPLAN, move_lines
from meso_schedule.cli.environment import calendar_facts, read_calendars
from meso_schedule.output.words.text import day_text
from meso_schedule.running.fee_terms import (
    kept_by_terms,
    kept_facts,
    kept_question,
    kept_text,
    kept_told,
)
from meso_schedule.running.moving import move_of
from meso_schedule.running.visit_records import moved_record
from meso_schedule.running.visits import session_to_move


def _check_move(given: Mapping[str, Any]) -> None:
    read_clock(given["at"])
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
    session: options.SessionNumber,
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
) -> Draft:
    """Move a session to a day that the patient asks for; it stays there when replanned."""
    state, today = seen.state, seen.today
    now = seen.now
    named = session_to_move(now, read_session(now, session))
    day = read_day(to, "to", today)
    calendars = read_calendars(busy, zone, seen.clinic, today, min(day, today))
    made = move_of(
        now,
        named.treatment,
        named.number,
        day,
        at=read_clock(at),
        late=late,
        clinic=seen.clinic,
        busy=calendars,
    )
    (kept,) = kept_by_terms(seen, [made.session], "moved", waive)
    record = moved_record(named, made, kept_facts(kept, waive), reason=reason, late=late)
    told = [f"It is {made.late_days} days past its window."] if made.late_days else []
    if made.upsets:
        told.append(REPLAN.format(state.course))
    doing = f"session {named.mark} moves from {day_text(made.session.date)} to {day_text(made.to)}."
    facts = {
        "late_days": made.late_days,
        **kept_told([kept]),
        **calendar_facts(calendars, seen.clinic, today),
    }
    doing += kept_text([kept], waive)
    return Draft(
        [record],
        doing,
        lambda after: [*told, *move_lines(seen.after(after))],
        facts,
        kept_question([kept], waive),
    )

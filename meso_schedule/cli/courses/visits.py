"""`courses hold`, `miss`, `move`, `improve`: what happens to the sessions of a course."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import options
from meso_schedule.cli.courses.desk import (
    Desk,
    Draft,
    Sight,
    read_clock,
    read_day,
    read_number,
    write,
)

if TYPE_CHECKING:
    from datetime import date

    from meso_schedule.store.parts import Forecast
    from meso_schedule.store.records import Record
    from meso_schedule.store.state import CourseSession, CourseState

REPLAN = "Some booked days no longer fit: see 'meso-schedule courses replan {}'."


def hold(
    course: options.Course,
    *,
    session: options.WhichSession = None,
    on: options.On = None,
    at: options.At = None,
    reason: options.Reason = None,
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Record that a session was held; its verdict and the next window follow."""
    given = dict(locals())
    at_time = read_clock(at)

    def draft(seen: Sight) -> Draft:
        from meso_schedule.running.courses import running
        from meso_schedule.store.records import Held

        state, today = seen.state, seen.today
        day = read_day(on, "on", today)
        last = running(state, today).last_visit
        number = read_number(session, "session") if session else last + 1
        record = Held(number=number, on=day, at=at_time, reason=reason)
        return Draft(
            [with_forecast(state, record, today)],
            f"session {number} was held on {_day(day)}.",
            lambda after: _after_holding(after, number, today),
        )

    write(Desk.of("hold", given), course, draft)


def miss(
    course: options.Course,
    *,
    session: options.WhichSession = None,
    on: options.On = None,
    reason: options.Reason = None,
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Record that the patient did not come; left out, to the next booked session."""
    given = dict(locals())

    def draft(seen: Sight) -> Draft:
        from meso_schedule.store.records import Missed

        state = seen.state
        missed = _meant(state, session)
        day = read_day(on, "on", missed.date)
        record = Missed(number=missed.number, on=day, reason=reason)
        return Draft(
            [record],
            f"session {missed.number} of {_day(day)} was missed.",
            lambda after: [
                *_due(after.forecast),
                f"Give it a new day: 'meso-schedule courses replan {after.course}'.",
            ],
        )

    write(Desk.of("miss", given), course, draft)


def move(
    course: options.Course,
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
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Move a session to a day that the patient asks for; it stays there when replanned."""
    given = dict(locals())
    number, at_time = read_number(session, "session"), read_clock(at)
    if late and reason is None:
        raise _no_reason()

    def draft(seen: Sight) -> Draft:
        from meso_schedule.cli.surroundings import read_calendars
        from meso_schedule.running.courses import running
        from meso_schedule.running.moving import move_of
        from meso_schedule.store.records import Moved

        state, today = seen.state, seen.today
        now = running(state, today)
        start = at_time or _start_of(state, number)
        made = move_of(
            now,
            number,
            read_day(to, "to", today),
            at=start,
            late=late,
            clinic=seen.clinic,
            busy=read_calendars(busy or []),
        )
        record = Moved(
            number=number, to=made.to, start=start, reason=reason, pinned=True, late=late
        )
        told = [f"It is {made.late_days} days past its window."] if made.late_days else []
        if made.upsets:
            told.append(REPLAN.format(state.course))
        doing = f"session {number} moves from {_day(made.session.date)} to {_day(made.to)}."
        return Draft([record], doing, lambda _: told, {"late_days": made.late_days})

    write(Desk.of("move", given), course, draft)


def improve(
    course: options.Course,
    *,
    on: options.On = None,
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Record that the skin has improved: provisional sessions become firm."""
    given = dict(locals())

    def draft(seen: Sight) -> Draft:
        from meso_schedule.running.courses import check_improvement
        from meso_schedule.store.records import Improved

        state, today = seen.state, seen.today
        day = read_day(on, "on", today)
        check_improvement(state, day)
        return Draft(
            [with_forecast(state, Improved(on=day), today)],
            f"improvement was recorded on {_day(day)}.",
            lambda after: [*_due(after.forecast), REPLAN.format(after.course)],
        )

    write(Desk.of("improve", given), course, draft)


def with_forecast(state: "CourseState", record: "Record", today: "date") -> "Record":
    """Return an event with what is due after it."""
    from meso_schedule.running.courses import forecast_after

    forecast = forecast_after(state, record, today)
    return record.model_copy(update={"forecast": forecast}) if forecast else record


def _after_holding(state: "CourseState", number: int, today: "date") -> list[str]:
    from meso_schedule.running.courses import running

    now = running(state, today)
    told = [
        f"Session {number}: {entry.verdict}{'' if entry.counts else ', does not count'};"
        f" {entry.reason}."
        for entry, session in zip(
            now.standing.history if now.standing else (), now.held, strict=False
        )
        if session.number == number
    ]
    told += _due(state.forecast)
    coming, due = next(iter(now.ahead), None), state.forecast
    if coming and due and due.number:
        told.append(f"Session {coming.number} is booked for {_day(coming.date)}.")
        if due.earliest and due.latest and not due.earliest <= coming.date <= due.latest:
            told.append(REPLAN.format(state.course))
    elif due and due.number:
        told.append(f"Nothing is booked: see 'meso-schedule courses replan {state.course}'.")
    return told


def _due(forecast: "Forecast | None") -> Sequence[str]:
    if forecast is None:
        return []
    if forecast.number is None or forecast.earliest is None or forecast.latest is None:
        return ["Nothing more is due."]
    return [
        f"Session {forecast.number} is due from {_day(forecast.earliest)}"
        f" to {_day(forecast.latest)}."
    ]


def _meant(state: "CourseState", session: str | None) -> "CourseSession":
    from meso_schedule.store.errors import RefusedError

    if session is None:
        found = next(iter(state.upcoming), None)
    else:
        found = state.find_session(read_number(session, "session"))
    if found is None:
        raise RefusedError(
            "no_such_session",
            "No such session is booked.",
            "Look the sessions up with 'courses show'.",
            field="session",
            value=session,
        )
    return found


def _start_of(state: "CourseState", number: int) -> Any:
    session = state.find_session(number)
    return session.start if session else None


def _no_reason() -> Exception:
    from meso_schedule.errors import InputError

    return InputError.of(
        "missing_argument",
        "A day past the window needs a reason.",
        field="reason",
        remedy="Give --reason TEXT.",
    )


def _day(day: "date") -> str:
    from meso_schedule.output.text import day_text

    return day_text(day)

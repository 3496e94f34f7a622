"""Small rule files, clinics and sessions for tests, and faults as short tuples."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ParamSpec
from zoneinfo import ZoneInfo

import pytest

import meso_schedule
from meso_schedule import (
    BookedSession,
    Clinic,
    CoursePlan,
    CourseRequest,
    Interval,
    NoCalendarFits,
    Protocol,
    Session,
)
from meso_schedule.base.errors import (
    BudgetTooSmallError,
    CalendarEndError,
    DefectError,
    EnvironmentFault,
    Fault,
    FormatError,
    InputError,
    MesoScheduleError,
    UnknownNameError,
    UnreadableFileError,
)
from meso_schedule.base.identifiers import FAMILIES
from meso_schedule.base.intervals import IntervalFormatError
from meso_schedule.course.history import DateSpan, Window
from meso_schedule.course.no_calendar import (
    BlockedDay,
    Conflict,
    NoCalendarFound,
    ProhibitedError,
    WayOut,
)

P = ParamSpec("P")
Table = dict[str, Any]

ROOT = Path(meso_schedule.__file__).parents[1]
PACKAGE = ROOT / "meso_schedule"
CONFORMANCE = Path(__file__).parents[1] / "conformance"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ASSUMED = {"assumption": "Assumed for the test."}
COUNTS = {"minimum": 1, "usual": 3, "maximum": 12, "minutes": 45, **ASSUMED}
EVERY_DAY = dict.fromkeys(WEEK, "00:00-24:00")


def on(text: str) -> date:
    """Return a date."""
    return date.fromisoformat(text)


def days(text: str) -> list[date]:
    """Return the dates of one line."""
    return [on(word) for word in text.split()]


def booked(text: str, **more: Any) -> list[BookedSession]:
    """Read sessions to come: `2=2026-12-08` or `2=2026-12-08T10:00`, apart by spaces."""
    made = []
    for word in text.split():
        number, _, day = word.partition("=")
        date, _, start = day.partition("T")
        entry: Table = {"number": int(number), "date": date, **({"start": start} if start else {})}
        made.append(BookedSession.read(entry | more))
    return made


def rule_table(**changes: Any) -> Table:
    """Return a complete small rule file as plain data; None leaves a key out."""
    table: Table = {
        "id": "house-mix",
        "name": "House mix",
        "family": "mesotherapy",
        "areas": ["face"],
        "version": "1",
        "sessions": COUNTS,
        "phases": [phase()],
        "spacing": FREE,
        "sources": [{"key": "study", "title": "Study of the test", "grade": "high"}],
    }
    table.update(changes)
    return {key: deepcopy(value) for key, value in table.items() if value is not None}


# The rule of a treatment that goes with every other, on one day as well.
FREE = [
    {"other": family, "minimum": "0 days", "minimum_before": "0 days", "same_area": False}
    | {"same_day": True, **ASSUMED}
    for family in FAMILIES
]


def phase(minimum: object = "7 days", maximum: object = "10 days", **more: Any) -> Table:
    """Return one phase of a rule file."""
    return {"name": "weekly", "minimum": minimum, "maximum": maximum, **ASSUMED, **more}


def protocol(**changes: Any) -> Protocol:
    """Return a small protocol."""
    return Protocol.read(rule_table(**changes))


def course(name: str, sessions: int = 3, least: int = 1, **changes: Any) -> Protocol:
    """Return one of several small protocols, of so many sessions where nothing is asked."""
    counts = COUNTS | {"minimum": least, "usual": sessions}
    return protocol(**{"id": name, "name": name.upper(), "sessions": counts, **changes})


def apart(other: str, minimum: str, **more: Any) -> list[Table]:
    """Return the rule that keeps a treatment from another."""
    return [{"other": other, "minimum": minimum, **ASSUMED, **more}]


def dated(plan: CoursePlan) -> str:
    """Return the sessions of a plan with their days: `A1:12-01 B1:12-15`."""
    return " ".join(f"{visit.mark}:{visit.date:%m-%d}" for visit in plan.visits)


def clinic_table(**changes: Any) -> Table:
    """Return a small clinic file as plain data; None leaves a key out."""
    table: Table = {
        "name": "Example Clinic",
        "timezone": "Europe/London",
        "hours": dict.fromkeys(WEEK[:5], "09:00-17:00"),
        **changes,
    }
    return {key: deepcopy(value) for key, value in table.items() if value is not None}


def clinic(**changes: Any) -> Clinic:
    """Return a small clinic, open Monday to Friday."""
    return Clinic.read(clinic_table(**changes))


def session(
    number: int, day: str, start: str | None = None, minutes: int = 45, zone: str = "Europe/London"
) -> Session:
    """Return a planned session, with a time of day when one is given."""
    held = on(day)
    begins = ends = None
    if start:
        begins = datetime.fromisoformat(f"{day}T{start}").replace(tzinfo=ZoneInfo(zone))
        ends = (begins.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    return Session(
        number=number,
        protocol="house-mix",
        phase="weekly",
        date=held,
        start=begins,
        end=ends,
        interval_days=None,
        window=Window(earliest=held, recommended=held, latest=held),
        late_days=0,
        provisional=False,
        slack_days=0,
        backup=None,
        price=None,
        why=(),
        sources=(),
    )


def sessions(text: str) -> list[Session]:
    """Return one session for each date of a line."""
    return [session(number, day) for number, day in enumerate(text.split(), 1)]


def faults_of(read: Callable[[], object]) -> tuple[Fault, ...]:
    """Return the faults with which something is refused; none when it is taken."""
    try:
        read()
    except MesoScheduleError as error:
        return error.faults
    return ()


def no_of(ask: Callable[P, object], *given: P.args, **asked: P.kwargs) -> NoCalendarFits:
    """Return the no that is the answer."""
    with pytest.raises(NoCalendarFits) as caught:
        ask(*given, **asked)
    return caught.value


def codes_and_fields(faults: Iterable[Fault]) -> set[tuple[str, str | None]]:
    """Return what a fault is and where it stands, leaving sentences aside."""
    return {(fault.code, fault.field) for fault in faults}


def python(code: str, **environment: str) -> str:
    """Return what a fresh interpreter prints for a few lines of code."""
    path = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=path | environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def every_error() -> list[MesoScheduleError]:
    """Return one error of each class of the package."""
    day = on("2026-12-24")
    conflict = Conflict(
        session=2,
        window=DateSpan(earliest=day, latest=day),
        blocked=(BlockedDay(date=day, reason="Christmas"),),
    )
    way = WayOut(kind="late", message="Let it be late.", change={"late": 4}, cost_days=4)
    return [
        MesoScheduleError("Something is wrong."),
        InputError([Fault("bad_date", "No date."), Fault("bad_time", "No time.", "a.toml", "at")]),
        UnreadableFileError.of("missing_file", "There is no such file.", source="a.toml"),
        UnknownNameError("protocol", "genral", ["general", "cellulite"]),
        FormatError("bad_time", "25:00", "Cannot read time '25:00'.", "Write it as 17:30."),
        IntervalFormatError("1.5 weeks"),
        CalendarEndError(date.max, "1 month"),
        NoCalendarFound(150_000),
        BudgetTooSmallError(Decimal("100.00"), "GBP", 3, Decimal("540.00")),
        ProhibitedError("FR", {"cellulite": "A decree forbids it."}),
        DefectError("RuntimeError"),
        NoCalendarFits(conflict, [way]),
        EnvironmentFault("The disk is full.", "plan.json", "Make room."),
    ]


def raise_error(number: int) -> None:
    """Raise one of `every_error`; runs in a worker process."""
    raise every_error()[number]


def plan_without_a_day() -> None:
    """Ask for a course on a weekday that is closed; runs in a worker process."""
    request = CourseRequest(start=on("2026-12-01"), days=["sun"])
    meso_schedule.plan_course(protocol(), request, as_of=on("2026-11-22"))


def parse_nonsense() -> None:
    """Read an interval that is none; runs in a worker process."""
    Interval.parse("soon")

"""The reference instance of the benchmarks, and sparser and longer ones beside it."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property

from meso_schedule import Clinic, CoursePlan, CourseRequest, Protocol, get_protocol, plan_course
from meso_schedule.planner.setting_up import set_up
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.windows import KnownWindows
from meso_schedule.search.task import Task

AS_OF = date(2026, 11, 22)
START = date(2026, 12, 1)
LAID_OUT_DAYS = 5 * 366

# `general` has no published price: the clinic's own makes the cost part of a whole plan.
CLINIC = Clinic.read(
    {
        "name": "Example Clinic",
        "timezone": "Europe/London",
        "currency": "GBP",
        "hours": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "prices": {
            "general": {
                "session": "180.00",
                "packages": [{"sessions": 6, "price": "960.00"}],
                "deposit": "20%",
                "instalments": 3,
            }
        },
        "tax": {"name": "VAT", "rate": "20%", "included": True},
    }
)


@cache
def protocol() -> Protocol:
    """Return the packaged `general` protocol, its taper kept and its number of sessions freed."""
    general = get_protocol("general")
    counts = general.sessions.model_copy(update={"maximum": 40})
    return general.model_copy(update={"sessions": counts})


@dataclass(frozen=True)
class Instance:
    """One course to place: weekly, fortnightly, then monthly sessions.

    Args:
        name: What makes it different.
        days: Weekdays on which the patient can come; empty means any.
        away: The absence.
        late: Days by which a session may pass its window.
    """

    name: str
    sessions: int = 10
    days: tuple[str, ...] = ()
    away: str = "2027-01-04..2027-01-06"
    late: int = 0

    @cached_property
    def request(self) -> CourseRequest:
        """What the patient asks for."""
        return CourseRequest.read(
            {
                "start": START,
                "sessions": self.sessions,
                "days": self.days or None,
                "away": self.away,
                "late": self.late,
            }
        )

    @cached_property
    def setup(self) -> Setup:
        """The course with its usable days laid out, as every competitor is given them."""
        setup = set_up(protocol(), self.request, CLINIC, AS_OF)
        setup.availability.usable(START.toordinal(), START.toordinal() + LAID_OUT_DAYS)
        return setup

    def task(self) -> Task:
        """Return the search task; no window after a day is known to it yet."""
        return replace(self.setup, windows=KnownWindows()).task()

    def plan(self) -> CoursePlan:
        """Plan the course whole: days, calendar, cost and care, from nothing."""
        return plan_course(protocol(), self.request, clinic=CLINIC, as_of=AS_OF)

    def __str__(self) -> str:
        return self.name


REFERENCE = Instance("reference")
# An absence of two weeks at the wrong time leaves only late days for a weekly session.
SPARSE = Instance("two weekdays", days=("tue", "fri"))
SPARSE_LATE = Instance(
    "two weekdays, late", days=("mon", "thu"), away="2026-12-21..2027-01-02", late=14
)
TWENTY = Instance("20 sessions", sessions=20)
FORTY = Instance("40 sessions", sessions=40)

TEN_SESSIONS = (REFERENCE, SPARSE, SPARSE_LATE)
GROWTH = (REFERENCE, TWENTY, FORTY)

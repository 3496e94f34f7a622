"""Exact treatment calendars for courses of mesotherapy.

Importing the package is cheap: each public name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from meso_schedule._version import __version__

if TYPE_CHECKING:
    from meso_schedule.batch import plan_courses
    from meso_schedule.bill import CostEstimate
    from meso_schedule.bookings import Begun, BookedSession, renumbered
    from meso_schedule.busy_calendar import read_busy
    from meso_schedule.clinic import Clinic, read_clinic
    from meso_schedule.collection import catalogue, get_protocol, read_protocol
    from meso_schedule.combined import plan_combined
    from meso_schedule.comparison import compare
    from meso_schedule.costs import estimate_cost
    from meso_schedule.course import CoursePlan, Session
    from meso_schedule.dates import Interval
    from meso_schedule.errors import MesoScheduleError, NoCalendarFits
    from meso_schedule.history import Standing, evaluate
    from meso_schedule.joint_replan import replan_combined
    from meso_schedule.planner import plan_course
    from meso_schedule.replan import Change, Replan, replan_course
    from meso_schedule.request import CourseRequest
    from meso_schedule.rules import Protocol
    from meso_schedule.standing import Forecast, HeldSession

__all__ = [
    "Begun",
    "BookedSession",
    "Change",
    "Clinic",
    "CostEstimate",
    "CoursePlan",
    "CourseRequest",
    "Forecast",
    "HeldSession",
    "Interval",
    "MesoScheduleError",
    "NoCalendarFits",
    "Protocol",
    "Replan",
    "Session",
    "Standing",
    "__version__",
    "catalogue",
    "compare",
    "estimate_cost",
    "evaluate",
    "get_protocol",
    "plan_combined",
    "plan_course",
    "plan_courses",
    "read_busy",
    "read_clinic",
    "read_protocol",
    "renumbered",
    "replan_combined",
    "replan_course",
]

_HOMES = {
    "Begun": "bookings",
    "BookedSession": "bookings",
    "Change": "replan",
    "Clinic": "clinic",
    "CostEstimate": "bill",
    "CoursePlan": "course",
    "CourseRequest": "request",
    "Forecast": "standing",
    "HeldSession": "standing",
    "Interval": "dates",
    "MesoScheduleError": "errors",
    "NoCalendarFits": "errors",
    "Protocol": "rules",
    "Replan": "replan",
    "Session": "course",
    "Standing": "history",
    "catalogue": "collection",
    "compare": "comparison",
    "estimate_cost": "costs",
    "evaluate": "history",
    "get_protocol": "collection",
    "plan_combined": "combined",
    "plan_course": "planner",
    "plan_courses": "batch",
    "read_busy": "busy_calendar",
    "read_clinic": "clinic",
    "read_protocol": "collection",
    "renumbered": "bookings",
    "replan_combined": "joint_replan",
    "replan_course": "replan",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

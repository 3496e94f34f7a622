"""Exact treatment calendars for courses of mesotherapy.

Importing the package is cheap: each public name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from meso_schedule._version import __version__

if TYPE_CHECKING:
    from meso_schedule.availability.calendars import read_busy
    from meso_schedule.base.errors import MesoScheduleError
    from meso_schedule.base.intervals import Interval
    from meso_schedule.clinic.clinic import Clinic, read_clinic
    from meso_schedule.costs.estimate import estimate_cost
    from meso_schedule.course.bill import CostEstimate
    from meso_schedule.course.course_plan import CoursePlan, Session
    from meso_schedule.course.history import Forecast, HeldSession
    from meso_schedule.course.no_calendar import NoCalendarFits
    from meso_schedule.course.request import CourseRequest
    from meso_schedule.evaluation.evaluate import Standing, evaluate
    from meso_schedule.planner.batch import plan_courses
    from meso_schedule.planner.booked import BookedSession, renumbered
    from meso_schedule.planner.booked import Progress as Begun
    from meso_schedule.planner.planning import plan_combined, plan_course
    from meso_schedule.planner.replan import Change, Replan, replan_combined, replan_course
    from meso_schedule.planner.side_by_side import compare
    from meso_schedule.rules.catalogue import catalogue, get_protocol, read_protocol
    from meso_schedule.rules.protocol import Protocol

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
    "Begun": "planner.booked:Progress",
    "BookedSession": "planner.booked",
    "Change": "planner.replan",
    "Clinic": "clinic.clinic",
    "CostEstimate": "course.bill",
    "CoursePlan": "course.course_plan",
    "CourseRequest": "course.request",
    "Forecast": "course.history",
    "HeldSession": "course.history",
    "Interval": "base.intervals",
    "MesoScheduleError": "base.errors",
    "NoCalendarFits": "course.no_calendar",
    "Protocol": "rules.protocol",
    "Replan": "planner.replan",
    "Session": "course.course_plan",
    "Standing": "evaluation.evaluate",
    "catalogue": "rules.catalogue",
    "compare": "planner.side_by_side",
    "estimate_cost": "costs.estimate",
    "evaluate": "evaluation.evaluate",
    "get_protocol": "rules.catalogue",
    "plan_combined": "planner.planning",
    "plan_course": "planner.planning",
    "plan_courses": "planner.batch",
    "read_busy": "availability.calendars",
    "read_clinic": "clinic.clinic",
    "read_protocol": "rules.catalogue",
    "renumbered": "planner.booked",
    "replan_combined": "planner.replan",
    "replan_course": "planner.replan",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, _, own = _HOMES[name].partition(":")
    value = getattr(import_module(f"{__name__}.{home}"), own or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

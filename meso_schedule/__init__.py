"""Exact treatment calendars for courses of mesotherapy.

Importing the package is cheap: each public name is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from meso_schedule._version import __version__
from meso_schedule.base.public_names import loaded_when_used

if TYPE_CHECKING:
    from meso_schedule.availability.calendars import read_busy
    from meso_schedule.base.busy_times import BusyTime
    from meso_schedule.base.dates import DateRange
    from meso_schedule.base.errors import (
        ExitCode,
        Fault,
        InputError,
        MesoScheduleError,
        UnknownNameError,
    )
    from meso_schedule.base.intervals import Interval
    from meso_schedule.base.times import Between, Clock, Weekday
    from meso_schedule.book.book_errors import BookFault, RefusedError
    from meso_schedule.clinic.clinic import Clinic, parse_clinic, read_clinic
    from meso_schedule.costs.estimate import estimate_cost
    from meso_schedule.course.bill import CostEstimate
    from meso_schedule.course.course_plan import CoursePlan, Session
    from meso_schedule.course.history import Forecast, HeldSession
    from meso_schedule.course.no_calendar import NoCalendarFits
    from meso_schedule.course.plan_json import read_plan
    from meso_schedule.course.request import CourseRequest
    from meso_schedule.course.schemas import schema
    from meso_schedule.course.wishes import Pin
    from meso_schedule.evaluation.evaluate import evaluate
    from meso_schedule.evaluation.standing import Standing
    from meso_schedule.planner.batch import plan_courses
    from meso_schedule.planner.batch_lines import plan_lines
    from meso_schedule.planner.planning import plan_combined, plan_course
    from meso_schedule.planner.progress import BookedSession, renumbered
    from meso_schedule.planner.progress import Progress as Begun
    from meso_schedule.planner.replan import Change, Replan, replan_combined, replan_course
    from meso_schedule.planner.side_by_side import compare
    from meso_schedule.rules.catalogue import catalogue, get_protocol, parse_protocol, read_protocol
    from meso_schedule.rules.protocol import Protocol

__all__ = [
    "Begun",
    "Between",
    "BookFault",
    "BookedSession",
    "BusyTime",
    "Change",
    "Clinic",
    "Clock",
    "CostEstimate",
    "CoursePlan",
    "CourseRequest",
    "DateRange",
    "ExitCode",
    "Fault",
    "Forecast",
    "HeldSession",
    "InputError",
    "Interval",
    "MesoScheduleError",
    "NoCalendarFits",
    "Pin",
    "Protocol",
    "RefusedError",
    "Replan",
    "Session",
    "Standing",
    "UnknownNameError",
    "Weekday",
    "__version__",
    "catalogue",
    "compare",
    "estimate_cost",
    "evaluate",
    "get_protocol",
    "parse_clinic",
    "parse_protocol",
    "plan_combined",
    "plan_course",
    "plan_courses",
    "plan_lines",
    "read_busy",
    "read_clinic",
    "read_plan",
    "read_protocol",
    "renumbered",
    "replan_combined",
    "replan_course",
    "schema",
]

_HOMES = {
    "Begun": "planner.progress:Progress",
    "Between": "base.times",
    "BookFault": "book.book_errors",
    "BookedSession": "planner.progress",
    "BusyTime": "base.busy_times",
    "Change": "planner.replan",
    "Clinic": "clinic.clinic",
    "Clock": "base.times",
    "CostEstimate": "course.bill",
    "CoursePlan": "course.course_plan",
    "CourseRequest": "course.request",
    "DateRange": "base.dates",
    "ExitCode": "base.errors",
    "Fault": "base.errors",
    "Forecast": "course.history",
    "HeldSession": "course.history",
    "InputError": "base.errors",
    "Interval": "base.intervals",
    "MesoScheduleError": "base.errors",
    "NoCalendarFits": "course.no_calendar",
    "Pin": "course.wishes",
    "Protocol": "rules.protocol",
    "RefusedError": "book.book_errors",
    "Replan": "planner.replan",
    "Session": "course.course_plan",
    "Standing": "evaluation.standing",
    "UnknownNameError": "base.errors",
    "Weekday": "base.times",
    "catalogue": "rules.catalogue",
    "compare": "planner.side_by_side",
    "estimate_cost": "costs.estimate",
    "evaluate": "evaluation.evaluate",
    "get_protocol": "rules.catalogue",
    "parse_clinic": "clinic.clinic",
    "parse_protocol": "rules.catalogue",
    "plan_combined": "planner.planning",
    "plan_course": "planner.planning",
    "plan_courses": "planner.batch",
    "plan_lines": "planner.batch_lines",
    "read_busy": "availability.calendars",
    "read_clinic": "clinic.clinic",
    "read_plan": "course.plan_json",
    "read_protocol": "rules.catalogue",
    "renumbered": "planner.progress",
    "replan_combined": "planner.replan",
    "replan_course": "planner.replan",
    "schema": "course.schemas",
}

# A misspelt name is an error of types, since a checker does not see these.
if not TYPE_CHECKING:
    __getattr__, __dir__ = loaded_when_used(globals(), _HOMES)

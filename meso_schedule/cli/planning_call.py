"""From a request to a plan: one protocol, or several as one calendar."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from meso_schedule.cli.requests import named_protocols

if TYPE_CHECKING:
    from meso_schedule.availability.busy_times import BusySource
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.course.course_plan import CoursePlan
    from meso_schedule.course.request import CourseRequest
    from meso_schedule.rules.protocol import Protocol


def plan_asked(
    request: "CourseRequest",
    rules: Sequence[str],
    clinic: "Clinic | None",
    as_of: date,
    busy: "Sequence[BusySource]",
) -> "CoursePlan":
    """Plan what a request asks for.

    Raises:
        MesoScheduleError: When it cannot be planned.
    """
    protocols, known = asked_protocols(request, clinic, rules)
    return plan_of(protocols, request, clinic=clinic, as_of=as_of, busy=busy, known=known)


def asked_protocols(
    request: "CourseRequest", clinic: "Clinic | None", rules: Sequence[str]
) -> "tuple[list[Protocol], dict[str, Protocol]]":
    """Return the protocols asked for, and all that are known.

    Raises:
        MesoScheduleError: When one is not known, or none is named.
    """
    names = named_protocols(request)
    known = known_protocols(names, request, clinic, rules)
    return [known[name] for name in names], known


def plan_of(
    protocols: "Sequence[Protocol]",
    request: "CourseRequest",
    *,
    clinic: "Clinic | None",
    as_of: date,
    busy: "Sequence[BusySource]",
    known: "Mapping[str, Protocol]",
) -> "CoursePlan":
    """Plan protocols as one calendar.

    Raises:
        MesoScheduleError: When they cannot be planned.
    """
    if len(protocols) == 1:
        from meso_schedule.planner.planning import plan_course

        return plan_course(
            protocols[0], request, clinic=clinic, as_of=as_of, busy=busy, known=known
        )
    from meso_schedule.planner.combined_planning import plan_combined

    return plan_combined(protocols, request, clinic=clinic, as_of=as_of, busy=busy, known=known)


def known_protocols(
    names: Sequence[str],
    request: "CourseRequest",
    clinic: "Clinic | None",
    rules: Sequence[str],
) -> "dict[str, Protocol]":
    """Return the protocols named, and all others where spacing may speak of them."""
    from meso_schedule.rules.catalogue import get_protocols

    names_others = bool(rules and (request.other or (clinic and clinic.spacing)))
    return get_protocols(names, rules, with_all=names_others)

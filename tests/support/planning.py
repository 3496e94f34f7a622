"""Hand plain data to the planner, and try its ways out as a user would."""

import json
import shlex
import tomllib
from copy import deepcopy
from datetime import date
from typing import Any

from meso_schedule import Clinic, CoursePlan, CourseRequest, Protocol, plan_course
from meso_schedule.course.no_calendar import WayOut
from tests.support.strategies import Case

Table = dict[str, Any]


def plan_of(case: Case) -> CoursePlan:
    """Plan a case of plain data."""
    clinic = Clinic.read(case.clinic) if case.clinic else None
    request = CourseRequest.read(case.request)
    protocol = Protocol.read(case.protocol)
    return plan_course(protocol, request, clinic=clinic, as_of=case.as_of)


def plain(plan: CoursePlan) -> Table:
    """Return the plan as any JSON reader sees it."""
    table: Table = json.loads(plan.model_dump_json())
    return table


def with_way_out(case: Case, way: WayOut) -> Case:
    """Return the case changed as the way out says: its option typed, or its lines added."""
    for part in way.parts:
        case = with_way_out(case, part)
    if way.parts:
        return case
    if way.kind == "closure":
        assert case.clinic is not None
        clinic = deepcopy(case.clinic)
        lines = tomllib.loads(way.message[way.message.index("[[openings]]") :])
        clinic["openings"] = [*clinic.get("openings", []), *lines["openings"]]
        return case._replace(clinic=clinic)
    assert way.option is not None
    request = {key: value for key, value in case.request.items() if key != way.kind}
    words = shlex.split(way.option)
    if way.kind == "no_improvement":
        assert words == ["--no-improvement"]
        request.pop("improves_after", None)
        return case._replace(request=request | {"no_improvement": True})
    for option, value in zip(words[::2], words[1::2], strict=True):
        assert option == "--" + way.kind.replace("_", "-")
        if way.kind in ("away", "between"):
            request.setdefault(way.kind, []).append(value)
        elif way.kind == "days":
            request["days"] = value.split(",")
        else:
            request[way.kind] = int(value) if value.isdigit() else value
    return case._replace(request=request)


def days(text: str) -> list[date]:
    """Read dates from one line."""
    return [date.fromisoformat(word) for word in text.split()]

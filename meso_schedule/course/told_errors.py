"""Errors as documents for programs: each fault with its place, and the conflict of a no."""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from meso_schedule.base.errors import Fault, MesoScheduleError
from meso_schedule.base.passwords import without_passwords
from meso_schedule.course.no_calendar import NoCalendarFits, WayOut


def placed_faults(error: MesoScheduleError, origins: Mapping[str, str], place: str) -> list[Fault]:
    """Return the faults of an error, each with its place."""
    return [
        replace(fault, source=fault.source or origins.get(root_of(fault.field), place))
        for fault in error.faults
    ]


def error_document(
    error: MesoScheduleError, origins: Mapping[str, str], place: str
) -> dict[str, Any]:
    """Return the JSON document of an error, with its conflict where no calendar fits.

    Args:
        error: The error.
        origins: The file of each field that did not come from `place`.
        place: Where everything else was given.
    """
    faults = [
        {
            key: without_passwords(entry[key]) if entry[key] else entry[key]
            for key in ("code", "message", "source", "field", "value", "remedy")
        }
        for entry in map(asdict, placed_faults(error, origins, place))
    ]
    document: dict[str, Any] = {"error": faults[0]} if len(faults) == 1 else {"errors": faults}
    if isinstance(error, NoCalendarFits):
        document["conflict"] = error.conflict.model_dump(mode="json")
        document["relaxations"] = [_way_out(way) for way in error.relaxations]
        if error.is_cut:
            document["relaxations_cut"] = True
    return document | dict(error.facts)


def _way_out(way: WayOut) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": way.kind, "message": way.message, "option": way.option}
    told["cost_days"] = way.cost_days
    return {**told, "changes": list(map(_way_out, way.parts))} if way.parts else told


def root_of(field: str | None) -> str:
    """Return the name of a request's field that a path such as `days[2]` begins with."""
    return re.split(r"[.\[]", field or "", maxsplit=1)[0]

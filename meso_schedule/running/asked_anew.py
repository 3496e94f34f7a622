"""What a course under way is asked from now on."""

from collections.abc import Collection, Mapping
from typing import Any

from meso_schedule.base.errors import Fault, InputError
from meso_schedule.course.request import FIELDS, CourseRequest
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.replanning import with_wishes

_TREATMENTS = "protocol"


def changes_of(now: CourseProgress, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a program asks from now on, as the book keeps it.

    Args:
        now: The course.
        changes: By the names of a request; what is None is not asked.

    Raises:
        InputError: For what no course under way is asked anew, or a value that cannot be read.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    fixed = [name for name, field in FIELDS.items() if name in given and not field.changeable]
    if faults := [_fixed(name) for name in fixed if name != _TREATMENTS]:
        raise InputError(faults)
    return asked_anew(now, CourseRequest.read(given), given)


def _fixed(name: str) -> Fault:
    every = [it for it, field in FIELDS.items() if field.changeable]
    problem = f"A course under way is not asked for another {name.replace('_', ' ')}."
    return Fault("contradiction", problem, None, name, None, f"Known here: {', '.join(every)}.")


def asked_anew(
    now: CourseProgress, request: CourseRequest, names: Collection[str]
) -> dict[str, Any]:
    """Return what is asked from now on, as the book keeps it; days away are added to those known.

    Args:
        now: The course.
        request: What is asked.
        names: Which of its fields are meant.

    Raises:
        InputError: For a treatment that the course does not have, or no improvement foreseen
            although there was one.
    """
    made = request.model_dump(mode="json", include={*names} - {_TREATMENTS})
    if _TREATMENTS in names:
        made[_TREATMENTS] = with_wishes(now, request.wanted)
    if "no_improvement" in made:
        made["improves_after"] = None
        _refuse_improved(now)
    if "away" in made:
        known = now.state.request.get("away")
        before = known if isinstance(known, list) else []
        made["away"] = [*before, *(days for days in made["away"] if days not in before)]
    return made


def _refuse_improved(now: CourseProgress) -> None:
    """Refuse to foresee no improvement where it is recorded that the skin has improved."""
    days = [one.improved_on for one in now.treatments if one.protocol.has_taper]
    if days and all(days):
        raise InputError.of(
            "contradiction",
            f"Improvement is recorded on {max(filter(None, days))}, so nothing is foreseen.",
            field="no_improvement",
            value="true",
            remedy="Leave no_improvement out, or correct that event.",
        )

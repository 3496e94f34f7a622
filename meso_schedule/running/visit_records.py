"""The events of visits: held, missed, moved, and what was assessed of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from meso_schedule.base.errors import InputError
from meso_schedule.base.times import Clock
from meso_schedule.book.records import Assessed, Held, Missed, Moved
from meso_schedule.course.improvement import Answer
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.moving import Move
from meso_schedule.running.names import Named
from meso_schedule.running.treatment_progress import TreatmentProgress


def held_records(
    held: Sequence[Named],
    day: date,
    at: Clock | None,
    reason: str | None,
    lot: str | None = None,
) -> list[Held]:
    """Return the events of a visit; its treatments follow one another.

    Raises:
        InputError: For lot numbers of a visit of several treatments: whose are they?
    """
    if lot is not None and len(held) > 1:
        raise InputError.of(
            "contradiction",
            f"The visit is of sessions {' and '.join(one.mark for one in held)}.",
            field="lot",
            value=lot,
            remedy="Record each treatment for itself, with its lot: give treatment too.",
        )
    records = []
    for one in held:
        said = {"number": one.number, "protocol": one.protocol, "reason": reason, "lot": lot}
        records.append(Held(on=day, at=at, **said))
        if at:
            at = _later(at, one.treatment.protocol.sessions.minutes)
    return records


def _later(at: Clock, minutes: int) -> Clock:
    return Clock(min(at.minutes + minutes, 24 * 60 - 1))


def missed_records(
    missed: Sequence[Named],
    day: date,
    kept: Sequence[Mapping[str, Any]],
    *,
    reason: str | None,
    called_off: bool,
) -> list[Missed]:
    """Return the events of a visit that did not take place.

    Args:
        missed: Its sessions.
        day: The day; of one called off, the day of calling.
        kept: What is kept of each of them, as its event says it.
        reason: Why.
        called_off: Whether the patient said so before.
    """
    return [
        Missed(
            number=one.number,
            protocol=one.protocol,
            on=day,
            reason=reason,
            called_off=called_off or None,
            **facts,
        )
        for one, facts in zip(missed, kept, strict=True)
    ]


def moved_record(
    named: Named, made: Move, kept: Mapping[str, Any], *, reason: str | None, late: bool
) -> Moved:
    """Return the event of a session that goes to another day by hand."""
    return Moved(
        number=named.number,
        protocol=named.protocol,
        to=made.to,
        start=made.start,
        reason=reason,
        pinned=True,
        late=late,
        takes=made.takes,
        **kept,
    )


def assessment(
    course: CourseProgress, treatments: Sequence[TreatmentProgress], day: date, answer: Answer
) -> Assessed:
    """Return the event that says of treatments whether the skin has improved."""
    return Assessed(on=day, improved=answer, protocols=ids_of(course, treatments))


def ids_of(
    course: CourseProgress, treatments: Sequence[TreatmentProgress]
) -> tuple[str, ...] | None:
    """Return what an event names of treatments; None in a course of one."""
    return tuple(one.protocol.id for one in treatments) if course.is_combined else None

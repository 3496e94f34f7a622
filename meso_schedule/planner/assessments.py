"""When clinicians are asked of the skin: whether it has improved, and what the result is."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import DueAssessment, Finding
from meso_schedule.planner.parts import Part


class Decision(NamedTuple):
    """When it is assessed whether the skin has improved.

    Args:
        after: The number of the last session before its answer matters.
        day: Its day, held or planned.
    """

    after: int
    day: date


def decision_of(part: Part) -> Decision | None:
    """Return when it is decided how a treatment goes on; None where nothing is undecided."""
    after = part.setup.ahead.decided_after
    if after is None:
        return None
    day = next((visit.date for visit in part.sessions if visit.number == after), None)
    return Decision(after, day or part.history[-1].date)


def assessments_of(parts: Sequence[Part]) -> list[DueAssessment]:
    """Return the days on which a clinician is asked, by date."""
    found = [it for part in parts for it in _assessments(part)]
    return sorted(found, key=lambda it: (it.date, it.label or ""))


def _assessments(part: Part) -> Iterator[DueAssessment]:
    label, results = part.setup.label, part.setup.protocol.results
    if decision := decision_of(part):
        yield DueAssessment.made(
            label=label, date=decision.day, after_session=decision.after, decides=True
        )
    if results and results.assess:
        day = results.assess.after(part.last_day)
        last = part.setup.sessions
        yield DueAssessment.made(label=label, date=day, after_session=last, decides=False)


def judging_findings(part: Part) -> Iterator[Finding]:
    """Say that the result is not yet judged on the day of the event."""
    event = part.setup.request.event
    for due in _assessments(part):
        if event and not due.decides and event < due.date:
            message = phrase(
                "The event on {event} comes before the result is judged, on {day}.",
                event=event,
                day=due.date,
            )
            yield Finding.made(kind="not_judged", message=message)


def photo_days(parts: Sequence[Part]) -> tuple[date, ...]:
    """Return the days on which photos are taken to compare.

    They are those of the first session of each treatment of which something is assessed, and of
    each assessment.
    """
    found = ((part, list(_assessments(part))) for part in parts)
    days = {
        day for part, own in found if own for day in (_first_day(part), *(it.date for it in own))
    }
    return tuple(sorted(days))


def _first_day(part: Part) -> date:
    return part.history[0].date if part.history else part.sessions[0].date

"""The beginning of a course: the events that open it and book its plan."""

from meso_schedule.course import CoursePlan
from meso_schedule.request import CourseRequest
from meso_schedule.rules import Protocol
from meso_schedule.running.courses import kept_request, slots_of
from meso_schedule.running.money import price_of, terms_of
from meso_schedule.store.parts import Forecast, KeptProtocol, Slot
from meso_schedule.store.records import Booked, Opened, Record


def opening(
    protocol: Protocol, request: CourseRequest, plan: CoursePlan
) -> tuple[Opened, *tuple[Record, ...]]:
    """Return the events that open a course and book every session of its plan.

    Args:
        protocol: The recipe.
        request: What was asked.
        plan: What was answered.
    """
    terms = terms_of(plan)
    held = tuple(
        Slot(
            number=number,
            protocol=protocol.id,
            date=entry.date,
            phase=entry.phase,
            price=price_of(terms, number),
        )
        for number, entry in enumerate(plan.history, 1)
    )
    opened = Opened(
        on=plan.as_of,
        patient=request.patient,
        protocols=(KeptProtocol.of(protocol),),
        request=kept_request(request, plan),
        timezone=plan.timezone,
        held=held,
        terms=terms,
        forecast=_forecast(plan, _offset(plan)),
    )
    pinned = [pin.session for pin in request.pin]
    slots = slots_of(plan.visits, protocol, terms, offset=_offset(plan), pinned=pinned)
    return (opened, Booked(sessions=slots)) if slots else (opened,)


def _offset(plan: CoursePlan) -> int:
    """Return what is added to a session's number in a plan to have its number in the book."""
    return len(plan.history) - (plan.visits[0].number - 1) if plan.visits else 0


def _forecast(plan: CoursePlan, offset: int) -> Forecast:
    if not plan.visits:
        return Forecast()
    first = plan.visits[0]
    window = plan.next_session or first.window
    return Forecast(
        number=first.number + offset,
        protocol=first.protocol,
        earliest=window.earliest,
        recommended=window.recommended,
        latest=window.latest,
    )

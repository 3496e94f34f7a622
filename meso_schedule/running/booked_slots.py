"""The sessions of a plan as the book keeps them, and what each takes of the clinic."""

from collections.abc import Collection
from datetime import date

from meso_schedule.availability.staff import Needs, Staff
from meso_schedule.book.payloads import DeviceUnits, RoomTurnover, Slot, Takes, Terms
from meso_schedule.book.prices import price_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import Session
from meso_schedule.rules.protocol import Protocol


def slots_of(
    visits: Collection[Session],
    protocol: Protocol,
    terms: Terms | None,
    *,
    clinic: Clinic | None = None,
    offset: int = 0,
    pinned: Collection[int] = (),
) -> tuple[Slot, ...]:
    """Return the sessions of a plan as the book keeps them.

    Args:
        visits: The sessions of the plan that are booked.
        protocol: Whose they are.
        terms: What the course costs.
        clinic: Whose rooms and devices they take.
        offset: What is added to a session's number.
        pinned: Numbers, in the plan, of sessions fixed by hand.
    """
    return tuple(
        Slot(
            number=visit.number + offset,
            protocol=visit.protocol,
            date=visit.date,
            start=f"{visit.start:%H:%M}" if visit.start else None,
            minutes=protocol.sessions.minutes,
            phase=visit.phase,
            provisional=visit.provisional,
            pinned=visit.number in pinned,
            price=price_of(terms, visit.number + offset),
            takes=takes_of(clinic, Needs.of(protocol), visit.date, visit.practitioner),
        )
        for visit in visits
    )


def takes_of(
    clinic: Clinic | None, need: Needs, day: date, practitioner: str | None
) -> Takes | None:
    """Return what a visit takes beside the patient; None where nobody is known to give it.

    Args:
        clinic: Whose rooms and devices there are.
        need: What the session, or the consultation, asks for.
        day: Its day.
        practitioner: Who gives it.
    """
    if clinic is None or practitioner is None:
        return None
    staff = Staff(clinic, day)
    return Takes(
        practitioner=practitioner,
        before=need.first,
        after=need.minutes - need.first - need.length,
        rooms=tuple(
            RoomTurnover(room=room.id, minutes=max(room.turnover, need.turnover))
            for room in staff.rooms_for(day, [need])
        ),
        devices=tuple(
            DeviceUnits(device=it.id, count=staff.hours.at_hand(it, day))
            for it in staff.devices_of([need])
        ),
    )

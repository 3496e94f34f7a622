"""The days and the people that a request leaves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.availability.busy_spans import AskedBusy
from meso_schedule.availability.open_days import OpenDays
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.availability.staff import Needs, Staff
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.resources import unknown_name
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol


def staff_for(request: CourseRequest, clinic: Clinic, as_of: date) -> Staff | None:
    """Return the people, rooms and devices of a clinic; None where it names no practitioner.

    Raises:
        InputError: When another practitioner is asked for.
    """
    names = [who.id for who in clinic.practitioners]
    if request.practitioner and request.practitioner not in names:
        what, name = "practitioner", request.practitioner
        raise InputError([unknown_name(what, what, name, names)])
    return Staff(clinic, as_of, is_urgent=request.urgent) if names else None


def availability_for(
    protocol: Protocol, request: CourseRequest, open_days: OpenDays, staff: Staff | None = None
) -> Availability:
    """Return the usable days of a request for the sessions of a protocol.

    Raises:
        InputError: When it takes a device that the clinic does not have.
    """
    at = request.at.minutes if request.at else None
    if staff:
        names = [device.id for device in staff.clinic.devices]
        unknown = [name for name in protocol.sessions.devices if name not in names]
        if unknown:
            faults = (unknown_name("device", "sessions.devices", name, names) for name in unknown)
            raise InputError(replace(it, source=protocol.id) for it in faults)
        needs = [Needs.of(protocol)]
        return SharedAvailability(open_days, staff, needs, at=at, main=request.practitioner)
    return Availability(open_days, protocol.sessions.minutes, at=at)


def consultation_days(
    protocol: Protocol,
    minutes: int,
    request: CourseRequest,
    open_days: OpenDays,
    staff: Staff | None,
) -> Availability:
    """Return the usable days of a consultation about a protocol."""
    at = request.at.minutes if request.at else None
    if staff:
        needs = [Needs.of_consultation(protocol, minutes)]
        return SharedAvailability(open_days, staff, needs, at=at, main=request.practitioner)
    return Availability(open_days, minutes, at=at)


def open_days_for(request: CourseRequest, clinic: Clinic, busy: Sequence[BusySource]) -> OpenDays:
    """Return when the clinic is open and who asks can come, whatever the treatment.

    Args:
        busy: Busy times besides those of the request.
    """
    return OpenDays(
        clinic,
        days=[day.number for day in request.days or ()],
        between=request.between or (),
        away=request.away,
        busy=[AskedBusy(request.busy), *busy] if request.busy else busy,
    )

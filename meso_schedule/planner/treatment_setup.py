"""One treatment that is asked: checked, and what is left open filled in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from meso_schedule.availability.asked_days import availability_for
from meso_schedule.availability.open_days import OpenDays
from meso_schedule.availability.staff import Staff
from meso_schedule.availability.treatment_spacing import Block, elsewhere
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.improvement import Known
from meso_schedule.course.request import MAX_DAYS, CourseRequest
from meso_schedule.course.request_checks import held_pin_faults, request_faults
from meso_schedule.evaluation.evaluate import standing_of
from meso_schedule.evaluation.standing import Standing
from meso_schedule.evaluation.turns import Turns
from meso_schedule.planner.preparation import Prepared
from meso_schedule.planner.progress import Progress
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.validity import Validity, validity_faults, validity_of
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Phase


class Surroundings(NamedTuple):
    """What is the same for all treatments that are asked together.

    Args:
        busy: Busy times besides those of the request.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        open_days: When the clinic is open and who asks can come, whatever the treatment.
        staff: The people, rooms and devices of the clinic, where it names any.
    """

    clinic: Clinic
    as_of: date
    busy: Sequence[BusySource]
    known: Mapping[str, Protocol]
    open_days: OpenDays
    staff: Staff | None


def setup_of(
    protocol: Protocol,
    request: CourseRequest,
    around: Surroundings,
    own: Progress,
    *,
    sessions: int | None = None,
    label: str | None = None,
) -> Setup:
    """Check what is asked of one treatment and fill in what it leaves open.

    Args:
        request: What is asked of it alone.
        own: How far it has come; its validity as agreed, else it is that of the clinic's prices.
        sessions: The number of sessions, when it is not that of the request.
        label: Its letter among several treatments.

    Raises:
        InputError: With every fault of the request.
    """
    clinic, as_of = around.clinic, around.as_of
    if faults := list(request_faults(protocol, request, as_of)):
        raise InputError(faults)
    pairs, blocks = elsewhere(protocol, request, clinic, around.known)
    improvement = own.known_of(request)
    count = sessions or request.sessions or protocol.sessions.usual
    standing = _standing(protocol, request, own, as_of, count) if request.held else None
    ahead = standing.ahead if standing else Turns(protocol, improvement).ahead((), count, Known())
    prepared = own.prepared if not standing else None
    start = _start(request, as_of, prepared)
    blocks = (*blocks, *_kept_free(prepared, start, as_of))
    availability = availability_for(protocol, request, around.open_days, around.staff)
    return Setup(
        protocol,
        request,
        clinic,
        as_of,
        len(ahead.phases),
        improvement,
        ahead,
        start,
        availability.without(blocks) if blocks else availability,
        tuple(around.busy),
        standing,
        pairs=pairs,
        blocks=blocks,
        validity=own.validity or _validity(protocol, request, around, ahead.phases, start),
        pauses=own.pauses,
        label=label,
        staff=around.staff,
    )


def _standing(
    protocol: Protocol, request: CourseRequest, own: Progress, as_of: date, count: int
) -> Standing:
    """Return where it stands by its sessions held."""
    standing = standing_of(
        protocol,
        request.held_days,
        own.known_of(request),
        as_of=as_of,
        sessions=count,
        recorded=own.recorded,
        pauses=own.pauses,
    )
    if faults := list(held_pin_faults(request, standing.counted)):
        raise InputError(faults)
    return standing


def _start(request: CourseRequest, as_of: date, prepared: Prepared | None) -> date:
    """Return the day asked for, else the first that what comes before session 1 leaves."""
    ready = prepared.ready if prepared else None
    return request.start or min(request.held_days, default=max(as_of, ready or as_of))


def _kept_free(prepared: Prepared | None, start: date, as_of: date) -> Iterator[Block]:
    """Yield the days that what comes before session 1 takes of a start, or of an earlier one."""
    first = min(start, as_of)
    if prepared and prepared.ready and first < prepared.ready:
        shut = DateRange(first, prepared.ready - timedelta(days=1))
        yield Block(shut, prepared.why, is_distance=False)


def _validity(
    protocol: Protocol,
    request: CourseRequest,
    around: Surroundings,
    phases: tuple[Phase, ...],
    start: date,
) -> Validity:
    """Return how long the clinic's prices let it be used."""
    validity = validity_of(protocol, request, around.clinic, around.as_of)
    within = request.within if request.event is None else MAX_DAYS
    if faults := list(validity_faults(protocol, validity, phases, start, within)):
        raise InputError(faults)
    return validity

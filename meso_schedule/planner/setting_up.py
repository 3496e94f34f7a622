"""From a request to what is asked of each treatment: checked, and what is open filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from meso_schedule.availability.asked_days import open_days_for, staff_for
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import ProhibitedError
from meso_schedule.course.request import WORDS, CourseRequest, left_out
from meso_schedule.course.request_checks import own_words, programme_faults, rules_of_others
from meso_schedule.course.wishes import Wanted, labels_of, whose
from meso_schedule.planner.booked import booking_faults, with_bookings
from meso_schedule.planner.preparation import (
    FirstVisit,
    first_visit_of,
    prepared_for,
    still_prepared,
)
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.programme_spacing import (
    Pairs,
    held_blocks,
    pairs_between,
    without_days_of,
)
from meso_schedule.planner.progress import Progress
from meso_schedule.planner.readings import best_reading
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.treatment_setup import Surroundings, setup_of
from meso_schedule.rules.protocol import Protocol


def set_up(
    protocol: Protocol,
    request: CourseRequest,
    clinic: Clinic,
    as_of: date,
    *,
    busy: Sequence[BusySource] = (),
    known: Mapping[str, Protocol] | None = None,
    begun: Mapping[str, Progress] | None = None,
) -> Setup:
    """Return what is asked of a treatment that stands alone, as `programme_of` does."""
    asked = programme_of([protocol], request, clinic, as_of, known=known, busy=busy, begun=begun)
    return asked.setups[0]


def programme_of(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    clinic: Clinic,
    as_of: date,
    *,
    known: Mapping[str, Protocol] | None = None,
    busy: Sequence[BusySource] = (),
    begun: Mapping[str, Progress] | None = None,
    counts: Sequence[int] | None = None,
) -> ProgrammeSetup:
    """Check what is asked of one or several protocols and fill in what is left open.

    Args:
        known: Protocols besides the packaged ones.
        busy: Busy times besides those of the request.
        begun: What of each is booked, by its id; what is held stands in the request.
        counts: How many sessions each has, when those are not what is asked.

    Raises:
        InputError: With every fault of the request.
        ProhibitedError: When no clinic of the country may give one of them.
    """
    _check_day(as_of)
    _check_allowed(protocols, clinic.home_country)
    wanted = _wanted(protocols, request)
    known = {**(known or {}), **{protocol.id: protocol for protocol in protocols}}
    begun = begun or {}
    if begun:  # a device that was given up since leaves its sessions no time
        clinic = clinic.knowing(name for it in protocols for name in it.sessions.devices)
    open_days = open_days_for(request, clinic, busy)
    first_visit = first_visit_of(protocols[0], request, clinic, open_days, as_of)
    if more := first_visit.busy if first_visit else _before_begun(begun):
        open_days = open_days_for(request, clinic, (*busy, *more))
    around = Surroundings(clinic, as_of, busy, known, open_days, staff_for(request, clinic, as_of))
    labels = labels_of([protocol.id for protocol in protocols])
    setups = [
        setup_of(
            protocol,
            _own_part(protocol, protocols, request, wish),
            around,
            _progress_of(protocol, begun, first_visit, around),
            sessions=counts[place] if counts else None,
            label=labels[protocol.id],
        )
        for place, (protocol, wish) in enumerate(zip(protocols, wanted, strict=True))
    ]
    if setups[0].label is None:  # what is wished of it alone is what is asked
        request, wanted = setups[0].request, (Wanted(protocols[0].id),)
    pairs = pairs_between(protocols, request, clinic, known)
    setups = with_progress(setups, pairs, begun)
    made = ProgrammeSetup(request, clinic, as_of, known, busy, wanted, tuple(setups), pairs, begun)
    return best_reading(replace(made, first_visit=first_visit))


def _progress_of(
    protocol: Protocol,
    begun: Mapping[str, Progress],
    first_visit: FirstVisit | None,
    around: Surroundings,
) -> Progress:
    """Return how far a treatment has come, with what still comes before session 1."""
    own, open_days, as_of = begun.get(protocol.id), around.open_days, around.as_of
    if own is None:
        return Progress(prepared=prepared_for(protocol, first_visit, open_days, as_of))
    if own.begins is None or not protocol.tests:
        return own
    known = still_prepared(protocol, own.prepared, own.begins, open_days, as_of)
    return own._replace(prepared=known)


def _before_begun(begun: Mapping[str, Progress]) -> tuple[BusySource, ...]:
    """Return what the consultation takes of its day, where session 1 of one is still to come."""
    return tuple(source for own in begun.values() if own.prepared for source in own.prepared.busy)


def _check_day(as_of: date) -> None:
    if isinstance(as_of, datetime):
        raise InputError.of(
            "bad_date",
            "The day of asking is a time.",
            field="as_of",
            value=as_of,
            remedy="Give a date.",
        )


def _check_allowed(protocols: Sequence[Protocol], country: str | None) -> None:
    laws = {
        protocol.id: rule.text
        for protocol in protocols
        for rule in protocol.prohibited
        if rule.country == country
    }
    if country and laws:
        raise ProhibitedError(country, laws)


def _wanted(protocols: Sequence[Protocol], request: CourseRequest) -> tuple[Wanted, ...]:
    """Return what is wished of each, checked against the others."""
    wanted = request.wanted or tuple(Wanted(protocol.id) for protocol in protocols)
    if faults := list(programme_faults(protocols, request, wanted)):
        raise InputError(faults)
    return wanted


def _own_part(
    protocol: Protocol, protocols: Sequence[Protocol], request: CourseRequest, wish: Wanted
) -> CourseRequest:
    """Return what is asked of one protocol, without what only others have a rule for."""
    aside = left_out(rules_of_others(protocol, protocols).difference(WORDS))
    if len(protocols) > 1:
        aside |= own_words(protocol, request)
    asked = request.model_copy(update=aside) if aside else request
    named = (
        *asked.protocol,
        *(pin for pin in asked.pin if pin.protocol),
        *(price for price in asked.price if price.protocol),
        *(it for name in ("held", *WORDS) for it in getattr(asked, name) if whose(it)),
    )
    return asked.of(wish) if named else asked


def with_progress(
    setups: Sequence[Setup], pairs: Pairs, begun: Mapping[str, Progress]
) -> list[Setup]:
    """Return what is asked of each, with what is held and booked of all of them.

    Sessions held of one keep days free for those to come of the others. Once anything is held or
    booked, no session of any treatment is planned in the past.

    Args:
        setups: What is asked of each alone.
        pairs: The distance between two, by their places.
        begun: What is booked, by the id of the protocol.

    Raises:
        InputError: With every booking that cannot be.
    """
    faults: list[Fault] = []
    made = []
    for place, setup in enumerate(setups):
        own = begun.get(setup.protocol.id, Progress())
        faults += booking_faults(setup, own.booked)
        held = tuple(held_blocks(setups, pairs, place))
        coming = [block for block in held if block.days.last >= setup.as_of]
        spaced = replace(without_days_of(setup, coming), beside=held) if held else setup
        made.append(spaced)
    if faults:
        raise InputError(faults)
    booked = with_bookings(made, begun)
    if not any(setup.is_running for setup in booked):
        return list(booked)
    return [replace(setup, is_beside_running=True) for setup in booked]


def asked_again(
    asked: ProgrammeSetup, counts: Sequence[int] | None = None, **update: object
) -> ProgrammeSetup:
    """Return what is asked anew with a change.

    Args:
        asked: What was asked.
        counts: How many sessions each has; left out, as many as now.
        update: Fields of the request.

    Raises:
        InputError: When it cannot be asked.
    """
    return programme_of(
        [setup.protocol for setup in asked.setups],
        asked.request.model_copy(update=update),
        asked.clinic,
        asked.as_of,
        known=asked.known,
        busy=asked.busy,
        begun=asked.begun,
        counts=counts or [setup.sessions for setup in asked.setups],
    )


def asked_otherwise(
    asked: ProgrammeSetup, counts: Sequence[int] | None = None, **update: object
) -> ProgrammeSetup | None:
    """Return what is asked anew with a change; None where it renumbers what is booked.

    It does where a course that had lapsed is at its end, or begins again, only with the change.
    """
    try:
        return asked_again(asked, counts, **update)
    except InputError:
        return None

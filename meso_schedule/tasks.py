"""Turn a request into a search task: which rules bind it, and whether it can be asked at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from meso_schedule.availability import Availability
from meso_schedule.busy import AskedBusy, BusySource
from meso_schedule.clinic import Clinic
from meso_schedule.dates import LAST_ORDINAL, Interval
from meso_schedule.errors import Fault, InputError
from meso_schedule.request import START_WITHIN, CourseRequest
from meso_schedule.rules import Phase, Protocol
from meso_schedule.search import Task
from meso_schedule.windows import GapWindows

FURTHEST_EVENT = 50 * 366


@dataclass(frozen=True, slots=True)
class Setup:
    """A request that can be asked of a protocol, with everything it leaves open filled in.

    Args:
        sessions: How many course sessions.
        phases: The phase of each session.
        start: The first day session 1 may be on.
        availability: Usable days and times.
        busy: Busy times besides those of the request.
    """

    protocol: Protocol
    request: CourseRequest
    clinic: Clinic
    as_of: date
    sessions: int
    phases: tuple[Phase, ...]
    start: date
    availability: Availability
    busy: Sequence[BusySource] = ()

    @property
    def is_backwards(self) -> bool:
        """Whether the course is planned back from an event, without a start."""
        return self.request.event is not None and self.request.start is None

    @property
    def event_limit(self) -> int | None:
        """The last day on which a session leaves time to settle before the event."""
        if self.request.event is None:
            return None
        return latest_before(self.request.event, self.protocol.settle)

    @property
    def limit(self) -> int:
        """The last day any course session may be on."""
        ends = [LAST_ORDINAL]
        if self.request.finish_by:
            ends.append(self.request.finish_by.toordinal())
        if (limit := self.event_limit) is not None:
            ends.append(limit)
        return min(ends)

    def task(self) -> Task:
        """Return the search task of the course."""
        first = self.start.toordinal()
        within = self.request.start_within
        last = first + (START_WITHIN if within is None else within)
        end = self.event_limit if self.is_backwards else None
        phases = {id(phase): phase for phase in self.phases}
        rules = {key: GapWindows(phase, self.request.late) for key, phase in phases.items()}
        return Task(
            days=self.availability,
            first=first,
            last=min(last, LAST_ORDINAL) if end is None else max(first, end),
            gaps=[rules[id(phase)] for phase in self.phases[1:]],
            limit=self.limit,
            pins={pin.session - 1: pin.day.toordinal() for pin in self.request.pin},
            end=end,
            prefer=frozenset(day.number for day in self.request.prefer or ()),
            timed=self.request.at is not None,
        )


def latest_before(event: date, settle: Interval) -> int:
    """Return the latest day d with d + settle <= event, as an ordinal; 0 when there is none."""
    day = event.toordinal()
    while day and settle.after(date.fromordinal(day)) > event:
        day -= 1
    return day


def set_up(
    protocol: Protocol,
    request: CourseRequest,
    clinic: Clinic,
    as_of: date,
    *,
    sessions: int | None = None,
    busy: Sequence[BusySource] = (),
) -> Setup:
    """Check a request against its protocol and fill in what it leaves open.

    Args:
        sessions: The number of sessions, when it is not that of the request.
        busy: Busy times besides those of the request.

    Raises:
        InputError: With every fault of the request.
    """
    if isinstance(as_of, datetime):
        raise InputError.of(
            "bad_date",
            "The day of asking is a time.",
            field="as_of",
            value=as_of,
            remedy="Give a date.",
        )
    if faults := list(_faults(protocol, request, as_of)):
        raise InputError(faults)
    count = sessions or request.sessions or protocol.sessions.usual
    phases = protocol.phase_of_each(count, request.improves_after, request.no_improvement)
    return Setup(
        protocol,
        request,
        clinic,
        as_of,
        count,
        tuple(phases),
        request.start or as_of,
        availability_for(protocol, request, clinic, busy),
        tuple(busy),
    )


def availability_for(
    protocol: Protocol, request: CourseRequest, clinic: Clinic, busy: Sequence[BusySource]
) -> Availability:
    """Return the usable days of a request."""
    return Availability(
        clinic,
        protocol.sessions.minutes,
        days=[day.number for day in request.days or ()],
        between=request.between or (),
        away=request.away,
        at=request.at.minutes if request.at else None,
        busy=[AskedBusy(request.busy), *busy] if request.busy else busy,
    )


def _faults(protocol: Protocol, request: CourseRequest, as_of: date) -> Iterator[Fault]:
    if request.protocol and request.protocol != (protocol.id,):
        asked = ", ".join(request.protocol)
        yield Fault(
            "contradiction",
            f"The request is for {asked}, the protocol is {protocol.id}.",
            None,
            "protocol",
            asked,
            "Ask for one of them.",
        )
    if request.as_of and request.as_of != as_of:
        yield Fault(
            "contradiction",
            f"The request was made on {request.as_of}, the plan on {as_of}.",
            None,
            "as_of",
            str(request.as_of),
            "Give the same day, or leave one out.",
        )
    if request.event and (request.event - as_of).days > FURTHEST_EVENT:
        yield Fault(
            "too_far",
            f"The event, {request.event}, is more than 50 years away.",
            None,
            "event",
            str(request.event),
            "Check the year.",
        )
    yield from _count_faults(protocol, request)
    yield from _taper_faults(protocol, request)
    start = request.start or as_of
    for end, name in ((request.finish_by, "finish_by"), (request.event, "event")):
        if request.start is None and end and end < start:
            yield Fault(
                "dates_crossed",
                f"{name} {end} lies before the start, {start}.",
                None,
                name,
                str(end),
                f"Choose a day after {start}.",
            )


def _count_faults(protocol: Protocol, request: CourseRequest) -> Iterator[Fault]:
    counts = protocol.sessions
    asked = request.sessions
    if asked is not None and not counts.minimum <= asked <= counts.maximum:
        yield Fault(
            "bad_sessions",
            f"{protocol.id} takes {counts.minimum} to {counts.maximum} sessions, not {asked}.",
            None,
            "sessions",
            str(asked),
            f"Write a number from {counts.minimum} to {counts.maximum}.",
        )
    total = (asked or counts.usual) + (request.top_ups or 0)
    for pin in request.pin:
        if pin.session > total:
            yield Fault(
                "bad_pin",
                f"There is no session {pin.session}; the last is {total}.",
                None,
                "pin",
                str(pin),
                f"Pin a session from 1 to {total}.",
            )
    if protocol.top_up is None and (request.top_ups or request.until):
        name = "top_ups" if request.top_ups else "until"
        yield Fault(
            "no_top_up",
            f"{protocol.id} has no rule for top-ups.",
            None,
            name,
            str(getattr(request, name)),
            f"Leave {name} out, or add [top_up] to a rule file of your own.",
        )


def _taper_faults(protocol: Protocol, request: CourseRequest) -> Iterator[Fault]:
    if protocol.has_taper:
        return
    asked = {"improves_after": request.improves_after, "no_improvement": request.no_improvement}
    for name, value in asked.items():
        if value:
            yield Fault(
                "no_taper",
                f"No phase of {protocol.id} waits for improvement.",
                None,
                name,
                str(value).lower(),
                f"Leave {name} out.",
            )

"""What a request cannot ask of a protocol."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from meso_schedule.base.errors import Fault
from meso_schedule.course.price_wishes import agreed_faults
from meso_schedule.course.request import ANSWERS, FIELDS, WORDS, CourseRequest, foreseen_faults
from meso_schedule.course.request_field import Rule
from meso_schedule.course.wishes import (
    HeldDay,
    Wanted,
    day_of,
    held_faults,
    is_known,
    whose,
    word_faults,
)
from meso_schedule.rules.protocol import Protocol

FURTHEST_EVENT = 50 * 366
MOST_PROTOCOLS = 4


def request_faults(protocol: Protocol, request: CourseRequest, as_of: date) -> Iterator[Fault]:
    """Find why a request cannot be asked of a protocol on a day."""
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
    yield from held_faults(request.held_days, as_of)
    yield from word_faults(request.words, request.held_days, as_of)
    yield from _count_faults(protocol, request)
    yield from _taper_faults(protocol, request)
    start = request.start or as_of
    for end, name in ((request.finish_by, "finish_by"), (request.event, "event")):
        if not (request.start or request.held) and end and end < start:
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
            f"{protocol.id} takes {counts.span} sessions, not {asked}.",
            None,
            "sessions",
            str(asked),
            f"Ask for {counts.span}.",
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
    for name in without_rule([protocol], "top_up"):
        if value := getattr(request, name):
            yield Fault(
                "no_top_up",
                f"{protocol.id} has no rule for top-ups.",
                None,
                name,
                str(value),
                f"Leave {name} out, or add [top_up] to a rule file of your own.",
            )


_NEEDED = {name: field.rule for name, field in FIELDS.items() if field.rule}


def without_rule(protocols: Iterable[Protocol], rule: Rule | None = None) -> tuple[str, ...]:
    """Return the fields of a request that none of the protocols has a rule for.

    Args:
        protocols: The protocols.
        rule: Only the fields that need this rule; left out, any.
    """
    rules = {it for protocol in protocols for it in _rules_of(protocol)}
    return tuple(
        name for name, needed in _NEEDED.items() if needed not in rules and rule in (None, needed)
    )


def rules_of_others(protocol: Protocol, protocols: Iterable[Protocol]) -> set[str]:
    """Return the fields of a request that one protocol has no rule for, but another of them has."""
    return set(without_rule([protocol])).difference(without_rule(protocols))


def _rules_of(protocol: Protocol) -> Iterator[Rule]:
    if protocol.has_taper:
        yield "taper"
    if protocol.top_up:
        yield "top_up"


def _taper_faults(protocol: Protocol, request: CourseRequest) -> Iterator[Fault]:
    for name in without_rule([protocol], "taper"):
        if value := getattr(request, name):
            yield Fault(
                "no_taper",
                f"No phase of {protocol.id} waits for improvement.",
                None,
                name,
                _shown(value),
                f"Leave {name} out.",
            )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()


def name_faults(ids: Sequence[str], request: CourseRequest) -> Iterator[Fault]:
    """Find sessions held or pinned of which nobody can tell whose they are.

    Args:
        ids: The protocols asked for.
        request: What is asked.
    """
    for name in WORDS:
        for entry in getattr(request, name):
            if whose(entry) not in (None, *ids):
                problem = f"{entry} names none of the protocols."
                remedy = f"Write whose course it was: {' or '.join(ids)}."
                yield Fault("bad_held", problem, None, name, str(entry), remedy)
    for entry in request.held:
        if is_known(whose(entry), ids):
            continue
        if isinstance(entry, HeldDay):
            problem = f"{entry} names none of the protocols."
            remedy = f"Write whose session it was: {' or '.join(ids)}."
        else:
            problem = f"{entry} does not say whose session was held."
            remedy = f"Write it with the protocol, for example {ids[0]}:{entry}."
        yield Fault("bad_held", problem, None, "held", str(entry), remedy)
    for pin in request.pin:
        if not is_known(pin.protocol, ids):
            problem = f"{pin} names none of the protocols."
            remedy = f"Write whose session it is, for example {ids[0]}:{pin.session}={pin.day}."
            yield Fault("bad_pin", problem, None, "pin", str(pin), remedy)


def held_pin_faults(request: CourseRequest, counted: int) -> Iterator[Fault]:
    """Find pins on sessions that were held."""
    for pin in request.pin:
        if pin.session <= counted:
            problem = f"Session {pin.session} was held already."
            remedy = f"Pin a session from {counted + 1} on."
            yield Fault("bad_pin", problem, None, "pin", str(pin), remedy)


def programme_faults(
    protocols: Sequence[Protocol], request: CourseRequest, wanted: Sequence[Wanted]
) -> Iterator[Fault]:
    """Find what does not go with the protocols of one calendar, of each alone left aside."""
    ids = [protocol.id for protocol in protocols]
    are_several = len(ids) > 1
    if are_several:
        yield from _several_faults(protocols, request, wanted)
    yield from name_faults(ids, request)
    yield from agreed_faults(ids, request.price)
    if are_several:
        yield from _improvement_faults(protocols, request)


def _several_faults(
    protocols: Sequence[Protocol], request: CourseRequest, wanted: Sequence[Wanted]
) -> Iterator[Fault]:
    ids = [protocol.id for protocol in protocols]
    if [wish.protocol for wish in wanted] != ids:
        asked = ", ".join(wish.protocol for wish in wanted)
        yield Fault(
            "contradiction",
            f"The request is for {asked}, the protocols are {', '.join(ids)}.",
            None,
            "protocol",
            asked,
            "Ask for the same ones, in the same order.",
        )
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield Fault(
            "duplicate_protocol",
            f"{name} is named twice.",
            None,
            "protocol",
            name,
            "Name each protocol once.",
        )
    if len(ids) > MOST_PROTOCOLS:
        yield Fault(
            "too_many",
            f"{len(ids)} protocols are more than one calendar takes.",
            None,
            "protocol",
            " ".join(ids),
            f"Name at most {MOST_PROTOCOLS}.",
        )
    yield from _option_faults(protocols, request)


def _option_faults(protocols: Sequence[Protocol], request: CourseRequest) -> Iterator[Fault]:
    for name in without_rule(protocols):
        if (value := getattr(request, name)) and name not in WORDS:
            yield Fault(
                "no_rule",
                f"None of the protocols has a rule for {name}.",
                None,
                name,
                _shown(value),
                f"Leave {name} out.",
            )


def own_words(protocol: Protocol, request: CourseRequest) -> dict[str, tuple[date, ...]]:
    """Return what clinicians said of one of several protocols, by the fields of a request.

    What names none is said of all that had a session by then and, of improvement, wait for it.
    """
    return {
        name: tuple(
            day_of(entry)
            for entry in getattr(request, name)
            if whose(entry) == protocol.id
            or (whose(entry) is None and _can_be_of(protocol, request, name, day_of(entry)))
        )
        for name in WORDS
    }


def _can_be_of(protocol: Protocol, request: CourseRequest, name: str, day: date) -> bool:
    held = (day_of(it) for it in request.held if whose(it) in (None, protocol.id))
    return (protocol.has_taper or name not in ANSWERS) and any(it <= day for it in held)


def _improvement_faults(protocols: Sequence[Protocol], request: CourseRequest) -> Iterator[Fault]:
    for name in WORDS:
        for entry in getattr(request, name):
            day = day_of(entry)
            if whose(entry) or any(_can_be_of(it, request, name, day) for it in protocols):
                continue
            yield Fault(
                "no_taper",
                "None of the protocols waits for improvement and had a session by that day.",
                None,
                name,
                str(day),
                f"Give the sessions held, or leave {name} out.",
            )
    each = [
        list(foreseen_faults(request, own_words(it, request))) for it in protocols if it.has_taper
    ]
    if each and all(each):
        yield from each[0]

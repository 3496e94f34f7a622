"""What may not be asked of several protocols at once."""

from collections.abc import Iterator, Sequence

from meso_schedule.base.errors import Fault
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.request_checks import name_faults
from meso_schedule.course.wishes import HeldDay, Wanted
from meso_schedule.rules.protocol import Protocol

MOST_PROTOCOLS = 4

_ALONE = {
    "sessions": "Write it behind the protocol, for example {id}*3.",
    "budget": "Leave it out and see what the whole costs, or plan one protocol.",
    "alternatives": "Leave it out, or plan one protocol.",
}


def programme_faults(
    protocols: Sequence[Protocol], request: CourseRequest, wanted: Sequence[Wanted]
) -> Iterator[Fault]:
    """Find what does not go with several protocols."""
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
    yield from name_faults(ids, request)
    yield from _improvement_faults(protocols, request)


def _option_faults(protocols: Sequence[Protocol], request: CourseRequest) -> Iterator[Fault]:
    ids = [protocol.id for protocol in protocols]
    for name, remedy in _ALONE.items():
        if value := getattr(request, name):
            yield Fault(
                "unsupported",
                f"{name} does not go with several protocols.",
                None,
                name,
                ", ".join(map(str, value)) if isinstance(value, tuple) else str(value),
                remedy.format(id=ids[0]),
            )
    for name, has_rule in (
        ("improves_after", any(protocol.has_taper for protocol in protocols)),
        ("no_improvement", any(protocol.has_taper for protocol in protocols)),
        ("top_ups", any(protocol.top_up for protocol in protocols)),
        ("until", any(protocol.top_up for protocol in protocols)),
    ):
        if (value := getattr(request, name)) and not has_rule:
            yield Fault(
                "no_rule",
                f"None of the protocols has a rule for {name}.",
                None,
                name,
                str(value).lower(),
                f"Leave {name} out.",
            )


def has_improvement(protocol: Protocol, request: CourseRequest) -> bool:
    """Tell whether improvement recorded can be that of a protocol: it waits, and has begun."""
    day = request.improved_on
    return protocol.has_taper and any(
        entry.protocol == protocol.id and day is not None and entry.day <= day
        for entry in request.held
        if isinstance(entry, HeldDay)
    )


def _improvement_faults(protocols: Sequence[Protocol], request: CourseRequest) -> Iterator[Fault]:
    if request.improved_on and not any(has_improvement(it, request) for it in protocols):
        yield Fault(
            "no_taper",
            "None of the protocols waits for improvement and had a session by that day.",
            None,
            "improved_on",
            str(request.improved_on),
            "Give the sessions held, or leave improved_on out.",
        )

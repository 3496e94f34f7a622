"""A protocol as a clinic gives it: its minutes and its usual number for those of the rule file."""

from collections.abc import Iterable

from meso_schedule.base.errors import InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.own_way import OwnWay
from meso_schedule.clinic.resources import treats_faults
from meso_schedule.rules.catalogue import packaged_ids
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.protocol_checks import presence_faults

_MINUTES = ("minutes", "before", "after", "turnover")


def check_treats(clinic: Clinic, known: Iterable[str]) -> None:
    """Refuse practitioners and rooms that treat what does not exist.

    Args:
        known: Ids of protocols beside the packaged ones.

    Raises:
        InputError: With every family or protocol that does not exist.
    """
    if faults := list(treats_faults(clinic.resources, sorted({*packaged_ids(), *known}))):
        raise InputError(faults)


def given_at(clinic: Clinic, protocol: Protocol) -> Protocol:
    """Return a protocol as a clinic gives it; its windows stay those of the rule file.

    Raises:
        InputError: When its usual number of sessions is not one that the rule allows, or its
            minutes leave none with the practitioner.
    """
    way = clinic.treatments.get(protocol.id)
    return protocol if way is None else given_by(way, protocol)


def given_by(way: OwnWay, protocol: Protocol) -> Protocol:
    """Return a protocol as it is given one way; errors as of `given_at`."""
    counts = protocol.sessions
    usual = way.usual or counts.usual
    if not counts.minimum <= usual <= counts.maximum:
        raise InputError.of(
            "bad_sessions",
            f"{protocol.id} takes {counts.span} sessions.",
            field=f"treatments.{protocol.id}.usual",
            value=usual,
            remedy=f"Ask for {counts.span}.",
        )
    told = {name: getattr(way, name) for name in _MINUTES if getattr(way, name) is not None}
    given = counts.model_copy(update={**told, "usual": usual})
    if faults := list(presence_faults(given, f"treatments.{protocol.id}")):
        raise InputError(faults)
    return protocol.with_sessions(given)

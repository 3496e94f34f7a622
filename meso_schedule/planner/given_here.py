"""A protocol as a clinic gives it: its minutes and its usual number for those of the rule file."""

from meso_schedule.base.errors import InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.rules.protocol import Protocol


def given_at(clinic: Clinic, protocol: Protocol) -> Protocol:
    """Return a protocol as a clinic gives it; its windows stay those of the rule file.

    Raises:
        InputError: When its usual number of sessions is not one that the rule allows.
    """
    way, counts = clinic.treatments.get(protocol.id), protocol.sessions
    if way is None:
        return protocol
    usual = way.usual or counts.usual
    if not counts.minimum <= usual <= counts.maximum:
        raise InputError.of(
            "bad_sessions",
            f"{protocol.id} takes {counts.minimum} to {counts.maximum} sessions.",
            field=f"treatments.{protocol.id}.usual",
            value=usual,
            remedy=f"Write a number from {counts.minimum} to {counts.maximum}.",
        )
    told = {"minutes": way.minutes or counts.minutes, "usual": usual}
    return protocol.with_sessions(counts.model_copy(update=told))

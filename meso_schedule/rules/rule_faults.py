"""What is wrong at a place of a rule file."""

from meso_schedule.base.errors import Fault

EMPTY = "It is required and empty."


def fault_at(place: str, code: str, problem: str, remedy: str, value: object = None) -> Fault:
    """Return what is wrong at a key path, with what to write instead."""
    return Fault(code, problem, None, place, None if value is None else str(value), remedy)

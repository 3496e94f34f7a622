"""The criteria of a calendar as one integer, so that comparing integers compares criteria.

Each stands in a field too wide to overflow, the first in the highest.
"""

from collections.abc import Mapping

from meso_schedule.course.criteria import CRITERIA

# Bits: four protocols of 40 sessions are 160 sessions of 1,440 minutes, 160 squares of 22-bit
# distances, 160 misses, visits and moves of as many days, four distances of 22 bits from the start.
_WIDTHS = {
    "late_days": 30,
    "moved": 8,
    "moved_days": 30,
    "start_days": 24,
    "visits": 8,
    "other_practitioner": 8,
    "preference_misses": 8,
    "squared_deviation": 52,
    "time_minutes": 18,
}
# What a way out changes comes before all criteria.
_PENALTY_WIDTH = 32

Measure = Mapping[str, int]


def _places() -> dict[str, int]:
    """Return above how many bits each criterion stands."""
    places, place = {}, 0
    for name in reversed(CRITERIA):
        places[name] = place
        place += _WIDTHS[name]
    return places


_PLACES = _places()
UNITS: Mapping[str, int] = {name: 1 << place for name, place in _PLACES.items()}
PENALTY = 1 << sum(_WIDTHS.values())
NEVER = PENALTY << _PENALTY_WIDTH


def measured(cost: int) -> Measure:
    """Return what a cost says of each criterion, in their order."""
    return {name: cost >> _PLACES[name] & (1 << _WIDTHS[name]) - 1 for name in CRITERIA}

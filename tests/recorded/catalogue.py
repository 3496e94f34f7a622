"""Everything that is asked, in one order."""

from tests.recorded.begun import begun_cases
from tests.recorded.cases import Case
from tests.recorded.chosen import chosen_cases
from tests.recorded.combined import combined_cases
from tests.recorded.lives import written_lives
from tests.recorded.random_lives import random_lives
from tests.recorded.single import single_cases


def all_cases() -> list[Case]:
    """Return all requests and all lives; the same ones each time."""
    return [
        *single_cases(),
        *combined_cases(),
        *begun_cases(),
        *chosen_cases(),
        *written_lives(),
        *random_lives(),
    ]

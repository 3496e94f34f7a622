"""What the program says is what it said when the record was written, output by output."""

import pytest

from tests.recorded.cases import Case
from tests.recorded.catalogue import all_cases
from tests.recorded.record import differences, recorded, step_names
from tests.support.lengths import length

pytestmark = pytest.mark.untraced
_ALL = all_cases()
# Spread over all kinds of requests and lives.
_CASES = _ALL[:: length(8, 1)]
_LIVES = [case for case in _CASES if case.name.startswith("life")]
_REQUESTS = [case for case in _CASES if case not in _LIVES]


def _parts(cases: list[Case], size: int) -> list[list[Case]]:
    """Return parts that take about as long as each other, for tests that run side by side."""
    return [cases[first : first + size] for first in range(0, len(cases), size)]


@pytest.mark.parametrize(
    "part",
    [*_parts(_REQUESTS, 40), *_parts(_LIVES, 5)],
    ids=lambda part: part[0].name.partition(":")[0],
)
def test_nothing_that_a_user_sees_has_changed(part: list[Case]) -> None:
    before = recorded()
    found = [line for case in part for line in differences(case, before)]
    if found:
        told = f"{len(found)} steps differ; 'python -m tests.recorded --dump' shows what they say:"
        pytest.fail("\n".join((told, *found)), pytrace=False)


def test_the_record_is_of_what_is_asked() -> None:
    names = [name for case in _ALL for name in step_names(case)]
    assert len(set(names)) == len(names)
    assert set(recorded()) == set(names)
    lives = [case for case in _ALL if case.name.startswith("life")]
    assert (len(lives), len(_ALL) - len(lives) >= 500) == (40, True)

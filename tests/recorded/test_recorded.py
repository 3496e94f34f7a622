"""What the program says is what it said when the record was written, output by output."""

import pytest

from tests.recorded.cases import Case
from tests.recorded.catalogue import all_cases
from tests.recorded.record import differences, recorded, step_names

pytestmark = pytest.mark.untraced
_AT_ONCE = 30
_CASES = all_cases()
_PARTS = [_CASES[first : first + _AT_ONCE] for first in range(0, len(_CASES), _AT_ONCE)]


@pytest.mark.parametrize("part", _PARTS, ids=lambda part: part[0].name.partition(":")[0])
def test_nothing_that_a_user_sees_has_changed(part: list[Case]) -> None:
    before = recorded()
    found = [line for case in part for line in differences(case, before)]
    assert not found, "\n".join(
        (f"{len(found)} steps differ; 'python -m tests.recorded --dump' shows them:", *found)
    )


def test_the_record_is_of_what_is_asked() -> None:
    names = [name for case in _CASES for name in step_names(case)]
    assert len(set(names)) == len(names)
    assert set(recorded()) == set(names)
    lives = [case for case in _CASES if case.name.startswith("life")]
    assert (len(lives), len(_CASES) - len(lives) >= 500) == (40, True)

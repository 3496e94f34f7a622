"""Dates, windows and totals are what they were when the record was written."""

import json

import pytest

from tests.recorded.asking import answer, life, lives, requests
from tests.recorded.record import recorded
from tests.support.lengths import sampled

pytestmark = pytest.mark.untraced
_RECORD = recorded()


@pytest.mark.parametrize("request_line", sampled(requests(), 3))
def test_a_request_is_answered_as_it_was(request_line: str) -> None:
    assert _told(answer(request_line)) == _told(_RECORD[request_line])


@pytest.mark.parametrize("name", sampled(list(lives()), 3))
def test_a_course_stands_where_it_stood(name: str) -> None:
    assert [*map(_told, life(lives()[name]))] == [*map(_told, _RECORD[name])]


def test_all_that_is_recorded_is_asked() -> None:
    assert list(_RECORD) == [*requests(), *lives()]


def _told(entry: object) -> str:
    return json.dumps(entry, indent=1)

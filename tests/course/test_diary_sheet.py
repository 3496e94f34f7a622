"""The times of an entry of a diary."""

from datetime import date
from typing import Any

from meso_schedule.base.times import Clock
from meso_schedule.course.diary_sheet import DiaryEntry


def entry(**given: Any) -> DiaryEntry:
    names = ("start", "minutes", "patient", "phone", "practitioner")
    told: dict[str, Any] = dict.fromkeys(names)
    told |= {"date": date(2026, 12, 1), "course": "abc", "protocol": "skin", "number": 1}
    return DiaryEntry(**{**told, "status": "planned", "provisional": False, "rooms": (), **given})


def test_hands_are_on_between_what_comes_before_and_after() -> None:
    numbed = entry(start=Clock.parse("10:00"), minutes=60, before=30, after=10)
    assert str(numbed.hands_on) == "10:30-10:50"


def test_without_a_time_no_hands_are_on() -> None:
    assert entry().hands_on is None

"""One course against everything booked: exact, with people and rooms, and an honest no."""

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from meso_schedule import Clinic, CourseRequest, NoCalendarFits, Protocol, plan_course
from meso_schedule.clinic.occupancy import Occupancy, RoomWish, unit
from tests.support.lengths import length
from tests.support.oracles.full_books import BEGIN, FullBook, Visit, best, rooms_of, some_book


def occupancy_of(visits: Sequence[Visit]) -> Occupancy:
    """Return what visits take, laid out by the test itself."""
    masks: dict[str, dict[int, int]] = {}

    def take(name: str, cells: set[int]) -> None:
        for cell in cells:
            days = masks.setdefault(name, {})
            assert not days.get(cell // 96, 0) >> cell % 96 & 1
            days[cell // 96] = days.get(cell // 96, 0) | 1 << cell % 96

    days: dict[int, list[Visit]] = {}
    for visit in visits:
        take(visit.who, visit.hands_on())
        days.setdefault(visit.begin // 1440, []).append(visit)
        for name in visit.devices:
            number = 1
            while any(
                masks.get(unit(name, number), {}).get(cell // 96, 0) >> cell % 96 & 1
                for cell in visit.hands_on()
            ):
                number += 1
            take(unit(name, number), visit.hands_on())
    for own in days.values():
        for visit, room in zip(own, rooms_of(own) if own[0].rooms else [], strict=False):
            take(room, visit.in_room(room))
    wishes = [
        RoomWish(it.begin // 15, tuple((room, max(it.in_room(room)) + 1) for room in it.rooms))
        for it in visits
        if it.rooms
    ]
    return Occupancy(masks, lambda first, end: [it for it in wishes if first <= it.begin < end])


def compare(book: FullBook) -> bool:
    """Hold the answer against that of the layered search; return whether a no has its reasons."""
    wanted = best(book)
    clinic = Clinic.read(book.clinic).with_booked(occupancy_of(book.visits))
    request = CourseRequest.read(book.request)
    rule = Protocol.read(book.rule)
    try:
        made = plan_course(rule, request, clinic=clinic, as_of=BEGIN - timedelta(5))
    except NoCalendarFits as error:
        made, refused = None, error
    if made is None or wanted is None:
        assert (made, wanted) == (None, None), book
        return all(day.reason for day in refused.conflict.blocked)
    people = [it["id"] for it in book.clinic["practitioners"]]
    it = made.objective
    assert (
        (
            it.start_days,
            it.other_practitioner,
            it.preference_misses,
            it.squared_deviation,
            it.time_minutes,
        ),
        tuple(session.date for session in made.sessions),
        tuple(at.hour * 60 + at.minute for session in made.sessions if (at := session.start)),
        tuple(people.index(session.practitioner or "") for session in made.sessions),
    ) == wanted, book
    return True


@pytest.mark.parametrize("seed", range(length(40, 2_000)))
def test_against_a_search_layer_by_layer(seed: int) -> None:
    assert compare(some_book(random.Random(f"full {seed}")))

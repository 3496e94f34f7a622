"""Absences in full books, repaired: against one model of intervals, and beside one by one."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.book.takings import share_out
from meso_schedule.book.writing import Context
from meso_schedule.capacity import column_generation, master, place_choice, priced_courses, solver
from meso_schedule.capacity.capacities import Capacities, Cell
from meso_schedule.capacity.column_generation import repair_together
from meso_schedule.capacity.generation import NOTHING, Found, Generation
from meso_schedule.capacity.pricing import CoursePricing
from meso_schedule.capacity.quarter_prices import Prices
from meso_schedule.capacity.scale import Scale
from meso_schedule.capacity.solver import Whole
from meso_schedule.cli.proposal_text import compared_text, proof_text
from meso_schedule.running import chosen_calendars, repair, repair_at_once
from meso_schedule.running.chosen_calendars import ChosenCalendars
from meso_schedule.running.proposal import Proposal
from meso_schedule.running.repaired_course import Hit, Repaired
from tests.support.absences import NOW, away, kept, repairs
from tests.support.lengths import IS_LONG, length
from tests.support.oracles.repairs import MONDAY, RULES, Absence, Course, Place, absence, least
from tests.support.proposed_bytes import told

_LOST = 31
_SCALP, _FACE, _FILLING, _BOTOX = RULES
_EVERY = tuple(rule.id for rule in RULES)
_ALL_WEEK = (0, 1, 2, 3, 4)


def _drawn(seed: int) -> Absence:
    people = 2 + seed % 4 if IS_LONG else 2
    return absence(seed, people=people, asked=length(16, 40) * people, away=1 + seed % 4)


def _measure(found: Proposal) -> tuple[int, int]:
    calls = sum(len(it.calls) for it in found.courses if not it.refusal)
    return len(found.not_kept), calls


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(length(2, 50)))
def test_no_repair_is_better_by_a_model_that_shares_no_code(seed: int, tmp_path: Path) -> None:
    drawn = _drawn(seed)
    assert sum(len(drawn.lost(it)) for it in drawn.courses) <= _LOST
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    best = least(drawn)
    assert found.proof
    assert _measure(found) == best, (found.proof, best)
    assert found.proof.is_proven, (found.proof, best)


@pytest.mark.untraced
@pytest.mark.parametrize("rounds", [0, column_generation.MOST_ROUNDS])
@pytest.mark.parametrize("seed", range(length(1, 30)))
def test_top_ups_are_chosen_with_all_others(
    seed: int, rounds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _few_rounds(monkeypatch, rounds)
    people = 2 + seed % 3
    drawn = absence(seed, people=people, asked=70 * people, away=2 + seed % 4, top_ups=0.7)
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert found.proof
    assert (found.waited, found.proof.is_proven) == (0, True)
    assert _measure(found) == least(drawn)


def _top_up(course: Course) -> Course:
    """Return a course of which nothing but a top-up is to come."""
    return replace(course, top_ups=1, is_held=True)


def test_top_ups_make_place_for_others(full: Absence, tmp_path: Path) -> None:
    courses = [*full.courses[:2], *map(_top_up, full.courses[2:])]
    drawn = replace(full, courses=courses)
    with kept(tmp_path / "a.book", drawn) as book:
        alone, beside = repairs(book, drawn)
    assert [(it.waited, _measure(it)) for it in (alone, beside)] == [(0, (2, 0)), (0, (0, 4))]
    assert all(it.proof and it.proof.is_proven for it in (alone, beside))


def test_a_top_up_that_finds_no_place_is_dropped(full: Absence, tmp_path: Path) -> None:
    """Nobody is asked to make place for it: that would take two calls more."""
    drawn = replace(full, courses=[*map(_top_up, full.courses[:2]), *full.courses[2:]])
    with kept(tmp_path / "a.book", drawn) as book:
        found, beside = repairs(book, drawn)
        (late,) = repairs(book, drawn, others=0, late=2)
    calls = [call for made in found.courses for call in made.calls]
    assert [call.after for call in calls] == [None, None]
    assert (_measure(found), found.waited, beside.id) == ((0, 2), 0, found.id)
    assert found.proof
    assert found.proof.is_proven
    # What takes its turn may be late; how late is not told.
    assert (_measure(late), late.proof) == ((0, 2), None)


def _with_top_up(who: str = "doctor-0", **more: Any) -> Course:
    """Return a course of one session and a top-up, each on the only day that there is for it."""
    places = [Place(day, 36, who) for day in (8, 22)]
    return replace(_tuesday(36, 38), places=places, top_ups=1, **more)


@pytest.mark.usefixtures("full")
def test_a_course_is_kept_without_its_top_up(tmp_path: Path) -> None:
    drawn = _two(_with_top_up(), Course(_BOTOX, 22, (1,), 36, 38, [Place(22, 36, "doctor-1")]))
    drawn.last = 22
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    (made,) = found.courses
    given = [call.after and call.after.takes for call in made.calls]
    assert [it and it.practitioner for it in given] == ["doctor-1", None]
    assert (found.waited, found.proof and found.proof.is_proven) == (0, True)


@pytest.mark.usefixtures("full")
def test_no_top_up_of_another_is_dropped_to_make_place(tmp_path: Path) -> None:
    other = _with_top_up("doctor-1")
    drawn = _two(other, Course(_BOTOX, 22, (1,), 36, 38, [Place(22, 36, "doctor-0")]))
    drawn.first = drawn.last = 22
    with kept(tmp_path / "a.book", drawn) as book:
        alone, beside = repairs(book, drawn)
    assert (_measure(alone), beside.id) == ((1, 0), alone.id)
    assert beside.proof
    assert beside.proof.is_proven


@pytest.mark.usefixtures("full")
def test_a_course_with_top_ups_and_a_last_day_takes_its_turn(tmp_path: Path) -> None:
    drawn = _two(_with_top_up(asked={"finish_by": "2027-02-01"}))
    drawn.last = 22
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert (found.waited, _measure(found)) == (1, (0, 2))
    assert "with top-ups and a last day" in proof_text(found)


def _two(*courses: Course, people: int = 2) -> Absence:
    """Return two practitioners of one room each, the first of whom is away on a Tuesday."""
    names = [f"doctor-{number}" for number in range(people)]
    return Absence(
        dict.fromkeys(names, _ALL_WEEK),
        dict.fromkeys(names, _EVERY),
        rooms=people,
        devices=people,
        courses=list(courses),
        first=8,
        last=8,
    )


def _tuesday(begin: int, end: int, *places: tuple[int, str]) -> Course:
    """Return a course of a patient who can only come on one Tuesday, in some hours."""
    booked = [Place(8, start, who) for start, who in places]
    return Course(_BOTOX, 8, (1,), begin, end, booked)


def _hour(begin: int) -> list[Course]:
    """Return who is there in one hour of the Tuesday: each doctor has two half hours of it."""
    return [
        *(_tuesday(begin, begin + 4, (begin + more, "doctor-0")) for more in (0, 2)),
        *(_tuesday(begin, 68, (begin + more, "doctor-1")) for more in (0, 2)),
    ]


FULL = _two(*_hour(36))
CROWDED = _two(*_hour(36), *_hour(40))
_ONE_DAY = 0


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Absence:
    """Return an absence for which two others have to make place."""
    monkeypatch.setattr("tests.support.absences.WITHIN", _ONE_DAY)
    return FULL


def test_others_make_place_where_that_keeps_more(full: Absence, tmp_path: Path) -> None:
    with kept(tmp_path / "a.book", full) as book:
        alone, beside = repairs(book, full)
        (one,) = repairs(book, full, others=1)[1:]
        (turn,) = _in_turn(book, full)
        before = share_out(book.visits(MONDAY))
    assert (_measure(alone), alone.others) == ((2, 0), 0)
    assert (_measure(beside), beside.others) == ((0, 4), 2)
    assert (_measure(one), one.others) == ((1, 2), 1)
    assert _measure(turn) == (2, 0)
    assert (turn.proof, turn.method, alone.method) == (None, "one by one", "column generation")
    for found in (alone, beside, one):
        assert found.proof
        assert found.proof.is_proven
    assert not any(it.is_impossible for it in alone.not_kept)
    assert not before.without
    assert compared_text(alone, beside) == (
        "2 courses can't be kept if only doctor-0's patients are called; all can, if 2 others are"
        " called too."
    )
    assert compared_text(alone, one).endswith("; all but 1, if 1 other is called too.")
    assert proof_text(beside).startswith("Proven: no repair keeps more courses, nor as many with")


def _in_turn(book: object, drawn: Absence) -> list[Proposal]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repair, "has_solver", lambda: False)
        return repairs(book, drawn, others=0)  # type: ignore[arg-type]


def _only(full: Absence) -> Absence:
    """Return the first course alone, of a patient who can come all day."""
    return replace(full, courses=[replace(full.courses[0], end=68)])


def test_a_calendar_that_the_planner_refuses_is_not_chosen_again(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def refuse(*asked_for: object) -> None:
        asked.append(asked_for)

    monkeypatch.setattr(ChosenCalendars, "_look", refuse)
    drawn = _only(full)
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    # Its one calendar is refused, so the course takes its turn, and gets what one call gives.
    assert (found.method, _measure(found), len(asked)) == ("column generation", (0, 1), 1)


def test_a_place_with_somebody_who_is_away_is_not_taken(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planner names somebody else there, so the choice was not what it keeps."""
    at = chosen_calendars._at
    monkeypatch.setattr(
        chosen_calendars, "_at", lambda it, place: at(it, place._replace(practitioner="doctor-0"))
    )
    drawn = _only(full)
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert _measure(found) == (0, 1)


def test_others_that_the_planner_does_not_move_are_not_asked(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = ChosenCalendars._look

    def only_hit(self: ChosenCalendars, hit: Hit, *more: Any) -> Repaired | None:
        return look(self, hit, *more) if hit.lost else None

    monkeypatch.setattr(ChosenCalendars, "_look", only_hit)
    with kept(tmp_path / "a.book", full) as book:
        alone, beside = repairs(book, full)
    assert (_measure(beside), beside.id) == ((2, 0), alone.id)


def test_where_no_choice_is_taken_courses_take_their_turn(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(of: ChosenCalendars, found: Found) -> list[str]:
        return list(found.calendars) if of.others or is_all else []

    monkeypatch.setattr(ChosenCalendars, "refused", refuse)
    with kept(tmp_path / "a.book", full) as book:
        is_all = False
        (alone,) = repairs(book, full)
        is_all = True
        (turn,) = repairs(book, full)
    assert [(it.method, _measure(it)) for it in (alone, turn)] == [
        ("column generation", (2, 0)),
        ("one by one", (2, 0)),
    ]


@pytest.mark.untraced
def test_two_programs_propose_the_same_bytes(full: Absence, tmp_path: Path) -> None:
    assert full is FULL
    path = tmp_path / "a.book"
    with kept(path, CROWDED) as book:
        alone, beside = made = [told(it) for it in repairs(book, CROWDED)]
    given = (str(path), json.dumps(CROWDED.clinic()), away(CROWDED).model_dump_json(), str(NOW))
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.support.proposed_bytes", *given],
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
    )
    assert [alone["not_kept"], beside["not_kept"]] == [4, 0]
    assert elsewhere.stdout.decode() == json.dumps(made) + "\n"


def _weekly(*places: tuple[int, int, str], **more: Any) -> Course:
    """Return a course of weekly sessions that can be at any time of Monday to Friday."""
    return Course(_SCALP, 1, _ALL_WEEK, 36, 68, [Place(*place) for place in places], **more)


def test_two_courses_of_one_patient_take_their_turn_after_all_others(tmp_path: Path) -> None:
    drawn = _two(
        _weekly((1, 36, "doctor-0"), (8, 36, "doctor-0"), patient="Anna"),
        _weekly((1, 40, "doctor-0"), (8, 40, "doctor-0"), patient="Anna"),
        _weekly((1, 44, "doctor-0"), (8, 44, "doctor-0")),
        _weekly((8, 52, "doctor-0"), (15, 52, "doctor-0"), is_named=False),
        _weekly((1, 56, "doctor-0"), (8, 56, "doctor-0"), pinned=True),
    )
    with kept(tmp_path / "a.book", drawn) as book:
        found, beside = repairs(book, drawn)
        book.append_all(found.changes, Context(who="nurse", at=NOW))
        after = share_out(book.visits(MONDAY))
        assert book.verify().is_sound
    assert (found.method, found.waited) == ("column generation", 3)
    assert (_measure(found), len(found.hit)) == ((0, 6), 5)
    assert "at least 5. 3 courses took a turn after all others" in proof_text(found)
    for made in (found, beside):
        # Five sessions fall away; that somebody is named for one more is not foreseen.
        assert made.proof
        assert (made.proof.least[:3], made.proof.is_proven) == ((0, 0, 5), False)
    assert not after.without


def test_of_courses_that_take_their_turn_the_least_is_known(tmp_path: Path) -> None:
    # The last session of each was booked with nobody; the second patient can't come otherwise.
    loose = _weekly((8, 52, "doctor-0"), (15, 52, "doctor-0"), is_named=False)
    drawn = replace(FULL, courses=[loose, replace(FULL.courses[0], is_named=False)], who=None)
    with kept(tmp_path / "a.book", replace(drawn, last=15)) as book:
        (found,) = repairs(book, replace(drawn, last=15), others=0)
        (later,) = repairs(book, replace(drawn, last=15), others=0, late=2)
    assert found.proof
    assert [it.is_impossible for it in found.not_kept] == [True]
    # Both sessions of the first are on days on which the clinic is closed.
    assert found.proof.least[:3] == (1, 0, 2)
    # How late they become is not told.
    assert later.proof is None
    assert proof_text(later).startswith("That fewer calls would do is not ruled out. 2 courses")


def test_treatments_of_other_people_in_other_rooms_are_solved_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[list[str]] = []

    class Seen(Generation):
        def __init__(self, hit: Any, *more: Any, **named: Any) -> None:
            parts.append([course.id for course in hit])
            super().__init__(hit, *more, **named)

    monkeypatch.setattr(column_generation, "Generation", Seen)
    places = [Place(8, start, "doctor-0") for start in (36, 40, 44)]
    drawn = _two(
        *(
            Course(it, 8, (1,), 36, 68, [place])
            for it, place in zip((_SCALP, _FACE, _FACE), places, strict=True)
        ),
        people=3,
    )
    drawn.treats.update({"doctor-1": (_SCALP.id,), "doctor-2": (_FACE.id,)})
    drawn.rooms, drawn.last = 0, 30
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert (sorted(map(len, parts)), _measure(found)) == ([1, 2], (0, 3))


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("rounds", [0, column_generation.MOST_ROUNDS])
def test_what_a_course_has_left_is_not_taken_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    _few_rounds(monkeypatch, rounds)
    # Nobody is left who treats the first, but its first session is before the one that falls away;
    # where that is over there is just time for the second.
    drawn = _two(
        Course(_SCALP, 7, (0,), 36, 41, [Place(7, 36, "doctor-1"), Place(14, 36, "doctor-0")]),
        Course(_BOTOX, 7, (0,), 36, 41, [Place(7, 36, "doctor-0")]),
    )
    drawn.treats["doctor-1"] = (_BOTOX.id,)
    drawn.first, drawn.last = 7, 14
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert (found.method, _measure(found)) == ("column generation", (1, 1))
    assert found.proof
    assert (found.proof.measure[:4], found.proof.is_proven) == ((1, 0, 1, 1), True)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("rounds", [0, column_generation.MOST_ROUNDS])
def test_of_three_that_are_in_one_anothers_way_two_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    _few_rounds(monkeypatch, rounds)
    # Each wants one time of two Tuesdays, and one of these is wanted by each other.
    drawn = _two(
        Course(_SCALP, 8, (1,), 36, 39, [Place(8, 36, "doctor-0"), Place(15, 36, "doctor-0")]),
        Course(_SCALP, 15, (1,), 36, 39, [Place(15, 40, "doctor-0"), Place(22, 40, "doctor-0")]),
        Course(_FILLING, 8, (1,), 36, 39, [Place(8, 44, "doctor-0"), Place(22, 44, "doctor-0")]),
    )
    drawn.last = 22
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert _measure(found) == (2, 2)
    assert found.proof
    assert found.proof.is_proven


@pytest.mark.usefixtures("full")
def test_what_waits_could_make_place_so_nothing_is_proven(tmp_path: Path) -> None:
    # The first, with a session that nobody gives, is where the second could be, and could move.
    places = [Place(8, 36, "doctor-1"), Place(15, 36, "doctor-0"), Place(22, 36, "doctor-1")]
    drawn = _two(
        Course(_SCALP, 8, (1,), 36, 68, places, is_named=False),
        _tuesday(36, 38, (36, "doctor-0")),
    )
    drawn.last = 15
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert [it.is_impossible for it in found.not_kept] == [False]
    assert found.proof
    assert (found.proof.least.not_kept, found.proof.is_proven) == (0, False)


@pytest.mark.usefixtures("full")
def test_rooms_that_take_longer_than_others_are_seen_to_in_the_end(tmp_path: Path) -> None:
    # Two half hours with two doctors: the first room is not ready again after the first.
    hour = [_tuesday(36, 40, (start, "doctor-0")) for start in (36, 38, 40, 42)]
    drawn = replace(_two(*hour, people=3), rooms=2, slow=60)
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
        assert not share_out(book.visits(MONDAY)).without
    assert (found.method, _measure(found)) == ("column generation", (1, 3))
    assert found.proof
    assert (found.proof.least[:3], found.proof.is_proven) == ((0, 0, 4), False)


def test_a_session_put_by_hand_stays_where_it_can(tmp_path: Path) -> None:
    first, second = (8, 36, "doctor-0"), (15, 36, "doctor-1")
    drawn = _two(_weekly(first, second, pinned=True))
    drawn.people["doctor-1"] = (0, 1)
    elsewhere = _two(_weekly(first, second, pinned=True))
    elsewhere.people["doctor-1"] = (0, 2, 3, 4)
    measures = []
    for number, one in enumerate((drawn, elsewhere)):
        with kept(tmp_path / f"{number}.book", one) as book:
            (found,) = repairs(book, one, others=0)
            measures.append(_measure(found))
            assert found.proof
            assert found.proof.is_proven
    # Who puts it by hand puts it on a day; nobody but the first is there on the second Tuesday.
    assert measures == [(0, 1), (0, 2)]


def test_what_is_kept_for_urgent_cases_is_kept_by_all_together(
    full: Absence, tmp_path: Path
) -> None:
    # Of 140 quarters of a week 3 may be booked: a session of two quarters, not two of them.
    drawn = replace(full, reserve="97.5%", courses=full.courses[:2])
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert (found.method, _measure(found)) == ("column generation", (1, 1))
    drawn = replace(drawn, reserve="50%")
    with kept(tmp_path / "b.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert (found.method, _measure(found)) == ("column generation", (0, 2))


def test_patients_of_several_courses_are_not_asked_to_make_place(
    full: Absence, tmp_path: Path
) -> None:
    busy = [replace(it, patient="Anna") for it in full.courses[2:]]
    drawn = replace(full, courses=[*full.courses[:2], *busy])
    with kept(tmp_path / "a.book", drawn) as book:
        alone, beside = repairs(book, drawn)
    assert (_measure(beside), beside.id) == ((2, 0), alone.id)
    assert not alone.not_kept[0].is_impossible


def test_a_budget_bounds_no_repair(full: Absence, tmp_path: Path) -> None:
    """What a course costs is agreed, so its budget cuts nothing any more."""
    cheap = [replace(it, asked={"budget": "1"}) for it in full.courses]
    drawn = replace(full, courses=cheap)
    with kept(tmp_path / "a.book", drawn) as book:
        alone, beside = repairs(book, drawn)
    assert [(it.waited, _measure(it)) for it in (alone, beside)] == [(0, (2, 0)), (0, (0, 4))]
    assert all(it.proof and it.proof.is_proven for it in (alone, beside))


def _few_rounds(monkeypatch: pytest.MonkeyPatch, most: int = 0) -> None:
    few = partial(repair_together, most_rounds=most)
    monkeypatch.setattr(repair_at_once, "repair_together", few)


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(length(1, 20)))
def test_what_prices_leave_open_is_chosen_exactly(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _few_rounds(monkeypatch)
    drawn = _drawn(seed)
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert found.proof
    assert _measure(found) == least(drawn)
    assert found.proof.is_proven


def test_others_are_chosen_exactly_too(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _few_rounds(monkeypatch)
    with kept(tmp_path / "a.book", full) as book:
        alone, beside = repairs(book, full)
        (one,) = repairs(book, full, others=1)[1:]
    assert [_measure(it) for it in (alone, beside, one)] == [(2, 0), (0, 4), (1, 2)]
    assert all(it.proof and it.proof.is_proven for it in (alone, beside, one))


def test_an_exact_choice_that_is_cut_short_is_better_but_not_proven(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _few_rounds(monkeypatch)

    def short(*asked: Any, **more: Any) -> Whole:
        found = solver.whole(*asked, **more)
        return found._replace(is_proven=found.parts is None)

    monkeypatch.setattr(place_choice, "whole", short)
    with kept(tmp_path / "a.book", full) as book:
        _, beside = repairs(book, full)
    assert (_measure(beside), beside.proof and beside.proof.is_proven) == ((0, 4), False)


@pytest.mark.parametrize("most", ["_MOST_PLACES", "_MOST_OTHERS"])
def test_of_too_much_no_exact_choice_is_made(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    _few_rounds(monkeypatch)
    monkeypatch.setattr(priced_courses, most, 1)
    with kept(tmp_path / "a.book", full) as book:
        *_, last = repairs(book, full)
    assert (_measure(last), last.proof and last.proof.is_proven) == ((2, 0), False)


def test_past_the_bound_of_rounds_nothing_is_proven(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _few_rounds(monkeypatch)
    for module in (master, place_choice):
        monkeypatch.setattr(module, "whole", lambda *_, **__: Whole(None, is_proven=False))
    drawn = replace(full, courses=full.courses[:3])
    with kept(tmp_path / "a.book", drawn) as book:
        alone, beside = repairs(book, drawn)
    assert alone.proof
    assert (alone.proof.measure[:3], alone.proof.least[:3]) == ((1, 0, 1), (0, 0, 2))
    assert not alone.proof.is_proven
    assert beside.id == alone.id
    assert proof_text(alone) == (
        "Not proven: 1 course can't be kept; at least 0."
        " That fewer calls would do is not ruled out."
    )


def test_a_course_that_nothing_keeps_says_so(full: Absence, tmp_path: Path) -> None:
    drawn = _two(full.courses[0], people=1)
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    assert [it.is_impossible for it in found.not_kept] == [True]
    assert found.proof
    assert found.proof.is_proven


def test_the_best_calendar_at_some_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, Capacities]] = []

    def see(hit: Any, capacities: Capacities, **_: object) -> Found:
        seen.append((hit[0], capacities))
        return NOTHING

    monkeypatch.setattr(repair_at_once, "repair_together", see)
    drawn = _two(_weekly((8, 36, "doctor-0")))
    with kept(tmp_path / "a.book", drawn) as book:
        repairs(book, drawn, others=0)
    ((course, capacities),) = seen
    weights = Scale.of(1, 0).pure

    def best(one: Any, *who: str) -> Any:
        quarter = (MONDAY - date(1970, 1, 1)).days * 96
        every = range(quarter, quarter + 96 * 20)
        cells: dict[Cell, float] = {((name,), it): 3.0 for name in who for it in every}
        return CoursePricing(one, capacities, weights).best(Prices(cells, capacities))

    assert best(course)[0] == best(course, "doctor-9")[0] == best(course, "doctor-1")[0] == 1
    # Three quarters of an hour with either of them.
    assert best(course, "doctor-0", "doctor-1")[0] == 1 + 3 * 3
    # It would have to stay where nobody is.
    assert best(replace(course, kept=frozenset({0})))[0] == float("inf")


def test_a_course_that_is_not_understood_stays(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise InputError.of("unknown", "Nobody knows.", field="x", value="y", remedy="None.")

    monkeypatch.setattr(repair_at_once, "programme_of_course", refuse)
    with kept(tmp_path / "a.book", full) as book:
        (found,) = repairs(book, full, others=0)
    assert found.proof
    assert (found.proof.least[:3], _measure(found)) == ((0, 0, 2), (2, 0))

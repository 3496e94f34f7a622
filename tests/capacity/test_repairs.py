"""Absences in full books, repaired: against one model of intervals, and beside one by one."""

from dataclasses import replace
from pathlib import Path

import pytest

from meso_schedule.book.takings import share_out
from meso_schedule.running import repair, repair_at_once
from meso_schedule.running.repair import Proposal
from tests.support.absences import kept, repairs
from tests.support.lengths import IS_LONG, length
from tests.support.oracles.repairs import MONDAY, RULES, Absence, Course, Place, absence, least

_LOST = 31
_SCALP, _FACE, _, _BOTOX = RULES
_EVERY = tuple(rule.id for rule in RULES)
_ALL_WEEK = (0, 1, 2, 3, 4)


def _drawn(seed: int) -> Absence:
    people = 2 + seed % 4 if IS_LONG else 2
    return absence(seed, people=people, asked=length(16, 40) * people, away=1 + seed % 4)


def _measure(found: Proposal) -> tuple[int, int]:
    calls = sum(len(it.calls) for it in found.courses if not it.refusal)
    return len(found.not_kept), calls


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(length(3, 50)))
def test_no_repair_is_better_by_a_model_that_shares_no_code(seed: int, tmp_path: Path) -> None:
    drawn = _drawn(seed)
    assert sum(len(drawn.lost(it)) for it in drawn.courses) <= _LOST
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn, others=0)
    best = least(drawn)
    assert found.proof
    assert _measure(found) == best, (found.proof, best)
    assert found.proof.is_proven, (found.proof, best)


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


# One hour of the Tuesday: the second doctor has two half hours of it.
FULL = _two(
    _tuesday(36, 40, (36, "doctor-0")),
    _tuesday(36, 40, (38, "doctor-0")),
    _tuesday(36, 68, (36, "doctor-1")),
    _tuesday(36, 68, (38, "doctor-1")),
)
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


def _in_turn(book: object, drawn: Absence) -> list[Proposal]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repair, "has_solver", lambda: False)
        return repairs(book, drawn, others=0)  # type: ignore[arg-type]


def test_a_repair_that_the_planner_refuses_is_made_one_by_one(
    full: Absence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repair_at_once, "_booked", lambda *_: None)
    drawn = replace(full, courses=[replace(full.courses[0], end=68)])
    with kept(tmp_path / "a.book", drawn) as book:
        (found,) = repairs(book, drawn)
    assert (found.method, _measure(found)) == ("one by one", (0, 1))

"""What cannot be printed as it is booked is refused with the session and the true cause.

Sessions 1 to 4 are booked for 1, 8, 15 and 29 December 2026.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.several import open_two
from tests.support.sheets import pages, squeezed

LATE = ("--late", "--reason", "x")
PAINTERS = '[[closures]]\nfrom = "2026-12-08"\nto = "2026-12-08"\nreason = "Painters"\n'


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        (
            [("2", "2026-12-10")],
            "2026-12-15 is too soon for session 3: its window is 2026-12-17 to 2026-12-20.",
        ),
        # Past its own window by leave: that stays, and session 3 is what is too soon.
        (
            [("2", "2026-12-14", *LATE)],
            "2026-12-15 is too soon for session 3: its window is 2026-12-21 to 2026-12-24.",
        ),
        # Two weeks after 16 December is the 30th.
        (
            [("3", "2026-12-16")],
            "2026-12-29 is too soon for session 4: its window is 2026-12-30 to 2027-01-06.",
        ),
    ],
)
def test_after_a_move_the_session_that_follows_is_named(
    counter: Counter, moves: Sequence[Sequence[str]], told: str
) -> None:
    course = counter.open()
    for number, day, *late in moves:
        made = counter.ask("courses", "move", course, "--alone", number, "--to", day, *late)
        assert "no longer fit" in made.out
    words = ("courses", "print", course, "--output", "a.ics")
    assert counter.refused(*words) == (4, "not_as_booked")
    ran = counter.ask(*words)
    assert told in ran.err
    assert "has no usable day" not in ran.err
    # What it names as the way out works.
    assert "replan" in ran.err
    counter.done("courses", "replan", course, "--late", "20", "--yes")
    counter.done(*words)


def test_a_move_that_upsets_nothing_is_printed(counter: Counter) -> None:
    course = counter.open("--days", "tue,wed,thu,fri")
    counter.done("courses", "move", course, "--alone", "4", "--to", "2026-12-30")
    counter.done("courses", "print", course, "--output", "a.txt")
    assert "Wed 30 Dec 2026" in Path("a.txt").read_text()


def test_a_closure_is_named(counter: Counter) -> None:
    course = counter.open()
    Path("clinic.toml").write_text(CLINIC + PAINTERS)
    ran = counter.ask("courses", "print", course, "--output", "a.txt")
    assert "No session can be on 2026-12-08: Painters." in ran.err


def test_where_a_session_without_a_day_finds_none_that_is_said(counter: Counter) -> None:
    """Session 2 is due up to the 11th; from the 10th on session 3 of the 15th is too soon."""
    course = counter.open("--sessions", "3")
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-10")
    counter.done("courses", "miss", course)
    ran = counter.ask("courses", "print", course, "--output", "a.txt")
    assert ran.code == 4
    assert "session 3 has no usable day from 2026-12-17 to 2026-12-21" in ran.err


def test_a_distance_to_another_treatment_is_named(counter: Counter) -> None:
    course = open_two(counter)
    words = ("courses", "print", course, "--output", "a.txt")
    Path("clinic.toml").write_text(Path("clinic.toml").read_text().replace("same_day = true\n", ""))
    assert counter.refused(*words) == (4, "not_as_booked")
    assert "is too close for session" in counter.ask(*words).err


def test_a_reprint_asks_for_nothing_twice(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "pay", course, "60.00", "--on", "2026-12-01")
    counter.done("courses", "print", course, "--output", "a.pdf")
    text = squeezed(*pages(Path("a.pdf").read_bytes()))
    assert squeezed("60.00 paid on 1 Dec 2026") in text
    assert squeezed("paid so far: 60.00") in text
    assert squeezed("Can move") not in text
    counter.done("courses", "print", course, "--output", "large.pdf", "--large")
    assert Path("large.pdf").read_bytes() != Path("a.pdf").read_bytes()


def test_what_a_record_system_is_told(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "print", course, "--output", "a.fhir.json")
    counter.done("courses", "stop", course)
    counter.done("courses", "print", course, "--output", "B.FHIR.JSON", "--output", "b.ics")
    first, last = (json.loads(Path(name).read_text()) for name in ("a.fhir.json", "B.FHIR.JSON"))
    kept = [(it["request"]["url"], it["resource"]["status"]) for it in first["entry"]]
    ended = [(it["request"]["url"], it["resource"]["status"]) for it in last["entry"]]
    assert [url for url, _ in ended] == [url for url, _ in kept]
    assert [status for _, status in ended] == ["revoked", *["cancelled"] * (len(kept) - 1)]

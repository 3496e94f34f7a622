"""The last recorded step is undone: sessions, money and what is due are as before it."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, Counter


def standing(counter: Counter, course: str) -> dict[str, Any]:
    """Return what the book says of a course, but for its revisions."""
    shown = counter.done("courses", "show", course)
    for name in ("revision", "last_at", "corrected", "assessments"):
        shown.pop(name)
    for session in shown["sessions"]:
        session.pop("revision")
    for entry in shown["payments"]:
        entry["paid"].pop("as_of")
    for entry in (*shown["payments"], *shown["fees"], *shown["notes"], *shown["reviews"]):
        entry.pop("revision")
        entry.pop("at", None)
    return dict(shown)


STEPS = [
    ("hold", "{}"),
    ("hold", "{}", "--improved", "yes"),
    ("pay", "{}", "90.00"),
    ("pay", "{}", "10.00", "--refund"),
    ("note", "{}", "called"),
    ("contact", "{}", "--phone", "+44 20 7946 0018"),
    ("move", "{}", "3", "--to", "2026-12-16", "--yes"),
    ("move", "{}", "2", "--alone", "--to", "2026-12-09"),
    ("miss", "{}", "--session", "2", "--fee", "20.00", "--called-off"),
    ("replan", "{}", "--away", "2026-12-15", "--yes"),
    ("pause", "{}", "--reason", "ill"),
    ("stop", "{}", "--reason", "moved away"),
    ("correct", "{}", "3", "--reason", "a slip", "--set", "at=09:30"),
    ("correct", "{}", "3", "--reason", "a slip", "--withdraw"),
    ("assess", "{}", "--improved", "yes"),
]


@pytest.mark.parametrize("step", STEPS, ids=" ".join)
def test_all_is_as_before_a_step(counter: Counter, step: tuple[str, ...]) -> None:
    with Path("clinic.toml").open("a", encoding="utf-8") as file:
        file.write('\n[cancelling]\nmissed = "20.00"\n')
    course = counter.open()
    if step[0] != "hold":
        counter.done("courses", "hold", course)
        counter.done("courses", "pay", course, "50.00")
    before, count = standing(counter, course), counter.done("courses", "show", course)["revision"]
    done = counter.done("courses", *(word.format(course) for word in step))
    assert standing(counter, course) != before
    undone = counter.done("courses", "undo", course)
    assert undone["undone"] == list(range(count + 1, done["revision"] + 1))
    assert standing(counter, course) == before
    events = counter.done("courses", "history", course)["events"]
    assert [it["kind"] for it in events[done["revision"] :]] == ["corrected"] * len(
        undone["undone"]
    )
    assert all(it["content"]["undoes"] == count + 1 for it in events[done["revision"] :])
    assert counter.ask("book", "verify").code == 0


def test_step_by_step_back_to_the_opening(counter: Counter) -> None:
    course = counter.open()
    states = [standing(counter, course)]
    for step in (
        ("hold", course),
        ("pay", course, "90.00"),
        ("correct", course, "4", "--reason", "x", "--set", "amount=80.00"),
        ("correct", course, "4", "--reason", "x", "--set", "amount=70.00"),
        ("correct", course, "4", "--reason", "x", "--withdraw"),
        ("correct", course, "4", "--reason", "x", "--return"),
        ("move", course, "2", "--to", "2026-12-10", "--yes"),
    ):
        counter.done("courses", *step)
        states.append(standing(counter, course))
    while len(states) > 1:
        states.pop()
        counter.done("courses", "undo", course)
        assert standing(counter, course) == states[-1]
    assert counter.refused("courses", "undo", course) == (4, "nothing_to_undo")
    # What is recorded after it is undone before what was undone already.
    counter.done("courses", "note", course, "again")
    told = counter.ask("courses", "undo", course, "--reason", "never mind").err
    assert "(note)" in told
    assert counter.refused("courses", "undo", course) == (4, "nothing_to_undo")


def test_what_is_told(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.done("courses", "move", course, "2", "--to", "2026-12-10", "--at", "10:00", "--yes")
    ran = counter.ask("courses", "undo", course)
    assert "undone: revision 4 (moved), revision 5 (booked)." in ran.err
    assert "Session 2: booked, Tue 8 Dec 2026.\nSession 3: booked, Tue 15 Dec 2026.\n" in ran.out
    assert "Paid in all" not in ran.out
    counter.done("courses", "pay", course, "50.00")
    told = counter.ask("courses", "undo", course).out
    assert "Paid in all: 0.00 GBP. Still to pay: 360.00 GBP.\n" in told
    assert "Session" not in told
    counter.done("courses", "stop", course)
    assert "The course goes on.\n" in counter.ask("courses", "undo", course).out
    counter.done("courses", "replan", course, "--top-ups", "1", "--yes")
    assert "Session 5 has no day any more.\n" in counter.ask("courses", "undo", course).out
    counter.done("courses", "erase", course, "--yes")
    assert counter.refused("courses", "undo", course) == (4, "erased")


def test_without_prices_no_money_is_told(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC.partition("[prices")[0])
    course = counter.open()
    counter.done("courses", "hold", course)
    assert counter.ask("courses", "undo", course).out.endswith(
        "Session 1: booked, Tue 1 Dec 2026.\n"
    )


def test_money_carried_over_goes_back_by_hand(counter: Counter) -> None:
    course, other = counter.open(), counter.open(patient="Ben")
    counter.done("courses", "pay", course, "50.00")
    counter.done("courses", "pay", other, "50.00", "--from", course)
    assert counter.refused("courses", "undo", other) == (4, "carried")

"""Random lives of a course of two treatments; what is booked keeps every rule, checked by hand.

The arithmetic here shares no code with the program: a month later is the same day of the next
month, or the first of the one after where there is none such.
"""

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from tests.cli.courses.desk import Counter
from tests.cli.courses.several import appointments, open_two
from tests.support.lengths import length

# Chair time of hyaluronic acid, which comes first in a visit, and of mesoBotox.
MINUTES = {"A": 45, "B": 30}


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(month + 1 + 12 * year, 12)
        return date(year, month + 1, 1)


def window(label: str, before: date) -> tuple[date, date]:
    if label == "A":
        return before + timedelta(days=28), before + timedelta(weeks=6)
    return max(months_later(before, 3), before + timedelta(days=90)), months_later(before, 4)


def check_calendar(sessions: list[dict[str, Any]], today: date) -> None:
    """Check what is booked: the windows, the distance, the time in the chair."""
    taken = [(it["label"], date.fromisoformat(it["date"]), it) for it in sessions]
    for label in "AB":
        own = [entry for entry in taken if entry[0] == label and entry[2]["status"] != "missed"]
        own.sort(key=lambda entry: entry[1])
        for (_, before, _), (_, day, it) in pairwise(own):
            if it["status"] == "booked":
                first, last = window(label, before)
                assert first <= day <= last, (label, before, day)
    booked = [entry for entry in taken if entry[2]["status"] == "booked"]
    live = [entry for entry in taken if entry[2]["status"] in ("booked", "held")]
    for label, day, it in booked:
        assert day >= today
        assert day.weekday() < 5
        for other, beside, there in live:
            if other != label:
                apart = abs((day - beside).days)
                assert apart == 0 or apart >= 14, (label, day, other, beside)
            if (other, beside, there["status"]) == ("B", day, "booked") and label == "A":
                begin, follow = (
                    int(text[:2]) * 60 + int(text[3:]) for text in (it["start"], there["start"])
                )
                assert follow == begin + MINUTES["A"]


def step(counter: Counter, course: str, rng: Random) -> None:
    """Do something that may happen on a day, allowed or not."""
    shown = counter.done("courses", "show", course)
    booked = [it for it in shown["sessions"] if it["status"] == "booked"]
    kind = rng.choice(("hold", "hold", "hold", "one", "miss", "move", "replan", "pay"))
    words = {
        "hold": ["hold", course],
        "one": ["hold", course, "--treatment", rng.choice("AB")],
        "miss": ["miss", course],
        "replan": ["replan", course, "--yes"],
        "pay": ["pay", course, str(rng.randint(1, 99))],
    }
    if kind == "move" and booked:
        session = rng.choice(booked)
        to = date.fromisoformat(session["date"]) + timedelta(days=rng.randint(-6, 20))
        mark = f"{session['label']}{session['number']}"
        words["move"] = ["move", course, mark, "--to", str(to), "--alone"]
    ran = counter.ask("courses", *words.get(kind, ["note", course, "x"]), "--format", "json")
    assert ran.code in (0, 1, 4), ran
    if kind == "move" and ran.code == 0:
        moved = next(
            it
            for it in ran.json["state"]["sessions"]
            if f"{it['label']}{it['number']}" == words["move"][2]
        )
        others = [
            date.fromisoformat(it["date"])
            for it in ran.json["state"]["sessions"]
            if it["label"] != moved["label"] and it["status"] in ("booked", "held")
        ]
        day = date.fromisoformat(moved["date"])
        assert all(day == other or abs((day - other).days) >= 14 for other in others)


@pytest.mark.parametrize("seed", range(length(2, 60)))
def test_what_is_replanned_keeps_every_rule(counter: Counter, seed: int) -> None:
    rng = Random(seed)
    course = open_two(counter, "--at", "10:00", "--output", "first.ics")
    known = set(appointments("first.ics"))
    today = date(2027, 1, 4)
    for number in range(8):
        counter.set_day(str(today))
        step(counter, course, rng)
        ran = counter.ask("courses", "replan", course, "--yes", "--format", "json")
        assert ran.code in (0, 1), ran
        shown = counter.done("courses", "show", course)
        if ran.code == 0:
            check_calendar(shown["sessions"], today)
            if any(it["status"] == "booked" for it in shown["sessions"]):
                name = f"{number}.ics"
                counter.done("courses", "print", course, "--output", name)
                events = appointments(name)
                booked = [it for it in shown["sessions"] if it["status"] == "booked"]
                firm = [event for event in events.values() if event["STATUS"] == "CONFIRMED"]
                assert sorted(f"{event['DTSTART'].dt:%Y-%m-%d %H:%M}" for event in firm) == sorted(
                    f"{it['date']} {it['start']}" for it in booked
                )
                known |= events.keys()
        today += timedelta(days=rng.choice((0, 1, 7, 14, 21, 28, 31)))
    labels = {(it["label"], it["number"]) for it in shown["sessions"]}
    assert len(known) >= len(labels)
    text = counter.ask("courses", "export", course).out
    counter.done("courses", "import", "-", "--book", "other.book", stdin=text.encode())
    assert counter.ask("courses", "export", course, "--book", "other.book").out == text
    assert counter.done("book", "verify")["is_sound"]

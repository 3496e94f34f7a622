"""The life of a course of two treatments; every figure below is worked out by hand.

Hyaluronic acid (A) comes every month up to 6 weeks, mesoBotox (B) every 3 months and 90 days up
to 4 months. The clinic lets both share a visit and keeps them 2 weeks apart otherwise.
"""

import json
from datetime import date
from pathlib import Path

from tests.cli.courses.desk import CLINIC, Counter, repeating
from tests.cli.courses.several import (
    PRICES,
    SHARED,
    TOGETHER,
    TWO,
    appointments,
    due,
    marks,
    open_two,
)


def test_a_course_of_two_from_its_opening_to_its_end(counter: Counter) -> None:
    words = ("--at", "10:00", "--output", "first.ics")
    course = open_two(counter, *words, *repeating("hyaluronic-acid"))
    # 4 April is a Sunday: B2 goes to Monday.
    assert marks(counter, course) == [
        ("A1", "booked", "2027-01-04"),
        ("A2", "booked", "2027-02-04"),
        ("A3", "booked", "2027-03-04"),
        ("B1", "booked", "2027-01-04"),
        ("B2", "booked", "2027-04-05"),
    ]
    shown = counter.done("courses", "show", course)
    assert [(it["label"], it["id"]) for it in shown["protocols"]] == [
        ("A", "hyaluronic-acid"),
        ("B", "mesobotox"),
    ]
    # In one visit B follows A, 45 minutes later.
    assert [entry["start"] for entry in shown["sessions"]] == [
        *("10:00", "10:00", "10:00", "10:45", "10:00")
    ]
    assert (shown["next"]["protocol"], shown["next"]["number"]) == ("hyaluronic-acid", 1)

    counter.set_day("2027-01-04")
    ran = counter.ask("courses", "hold", course)
    assert "Anna Secret, hyaluronic-acid, mesobotox: sessions A1 and B1 were held" in ran.err
    assert "Session A1: on schedule" in ran.out
    assert "Session B2 is due from Sun 4 Apr 2027 to Tue 4 May 2027." in ran.out
    assert due(counter, course) == {
        "A": (2, "2027-02-01", "2027-02-15"),
        "B": (2, "2027-04-04", "2027-05-04"),
    }
    listed = counter.done("courses", "list")["courses"][0]
    assert (listed["next_protocol"], listed["next_number"], listed["latest"]) == (
        *("hyaluronic-acid", 2, "2027-02-15"),
    )
    assert (listed["booked_on"], listed["sessions_held"]) == ("2027-02-04", 2)
    assert "A2" in counter.ask("courses", "list").out

    # A week too early: it does not count, and the next one is counted from it.
    counter.set_day("2027-01-28")
    ran = counter.ask("courses", "hold", course, "--session", "A2")
    assert "Session A2: too soon, does not count" in ran.out
    assert due(counter, course)["A"] == (3, "2027-02-25", "2027-03-11")

    # The visit of 4 March is missed; what is planned anew joins B2 on 5 April.
    counter.set_day("2027-03-05")
    ran = counter.ask("courses", "miss", course, "--reason", "ill")
    assert "session A3 of Thu 4 Mar 2027 was missed" in ran.err
    made = counter.done("courses", "replan", course)
    assert [(it["label"], it["number"], it["kind"], it["to"]) for it in made["changes"]] == [
        ("A", 3, "new", "2027-03-05"),
        ("A", 4, "new", "2027-04-05"),
    ]
    # B2 keeps its time, so A comes 45 minutes before it.
    told = counter.ask("courses", "replan", course).out
    assert "Session A4 is on Mon 5 Apr 2027 at 09:15: it had no date yet." in told
    assert not made["booked"]
    counter.done("courses", "replan", course, "--yes")
    assert marks(counter, course) == [
        ("A1", "held", "2027-01-04"),
        ("A2", "held", "2027-01-28"),
        ("A3", "booked", "2027-03-05"),
        ("A4", "booked", "2027-04-05"),
        ("B1", "held", "2027-01-04"),
        ("B2", "booked", "2027-04-05"),
    ]
    sessions = counter.done("courses", "show", course)["sessions"]
    starts = {f"{it['label']}{it['number']}": it["start"] for it in sessions}
    assert (starts["A4"], starts["B2"]) == ("09:15", "10:00")

    counter.done("courses", "hold", course)
    counter.set_day("2027-04-05")
    counter.done("courses", "hold", course)
    done = counter.done("courses", "show", course)
    assert (done["status"], done["next"]) == ("finished", None)
    assert counter.refused("courses", "hold", course) == (4, "nothing_due")
    assert counter.done("courses", "replan", course)["changes"] == []
    counter.done("courses", "print", course, "--output", "last.ics", "--output", "last.html")
    # MesoBotox is judged 30 days after its last session.
    assert [str(it["DTSTART"].dt) for it in appointments("last.ics").values()] == ["2027-05-05"]
    events = [event["kind"] for event in counter.done("courses", "history", course)["events"]]
    assert events == [
        *("opened", "booked", "held", "held", "held", "missed", "booked", "held", "held", "held")
    ]
    assert counter.done("book", "verify")["is_sound"]


def test_what_is_booked_is_printed_as_one_calendar(counter: Counter) -> None:
    opening = ("--at", "10:00", "--output", "first.ics", *repeating("hyaluronic-acid"))
    course = open_two(counter, *opening)
    before = appointments("first.ics")
    assert sorted(str(event["DTSTART"].dt)[:16] for event in before.values()) == [
        "2027-01-04 10:00",
        "2027-01-04 10:45",
        "2027-02-04 10:00",
        "2027-03-04 10:00",
        "2027-04-05 10:00",
        "2027-05-05",  # mesoBotox is judged 30 days after its last session
    ]
    counter.set_day("2027-01-04")
    counter.done("courses", "hold", course)
    counter.set_day("2027-01-28")
    counter.done("courses", "hold", course, "--session", "A2")
    counter.done("courses", "move", course, "--alone", "B2", "--to", "2027-04-20")
    counter.done("courses", "replan", course, "--yes")
    # 28 January and a month and a month: 28 February is a Sunday.
    assert [day for mark, _, day in marks(counter, course) if mark in ("A3", "A4", "B2")] == [
        *("2027-03-04", "2027-04-05", "2027-04-20")
    ]
    names = ("a.ics", "a.html", "a.txt", "a.json", "a.csv", "a.md", "a.pdf")
    words = [word for name in names for word in ("--output", name)]
    counter.done("courses", "print", course, *words)
    after = appointments("a.ics")
    moved = {str(event["DTSTART"].dt)[:10]: uid for uid, event in after.items() if uid in before}
    # B2 on 20 April, so that mesoBotox is judged on 20 May.
    assert sorted(moved) == ["2027-03-04", "2027-04-20", "2027-05-20"]
    # The session of a day keeps its name: B2 is known again on its new one.
    assert before[moved["2027-04-20"]]["DTSTART"].dt.isoformat().startswith("2027-04-05")
    day = (date(2027, 1, 28) - date(2000, 1, 1)).days * 1000
    assert {event["SEQUENCE"] for event in after.values()} == {day + 7}
    plan = json.loads(Path("a.json").read_text())
    assert [(it["label"], it["date"]) for it in plan["sessions"]] == [
        *(("A", "2027-03-04"), ("A", "2027-04-05"), ("B", "2027-04-20"))
    ]
    assert "B MesoBotox" in Path("a.txt").read_text()
    assert Path("a.pdf").read_bytes().startswith(b"%PDF")

    counter.done("courses", "stop", course, "--reason", "moved away")
    counter.done("courses", "print", course, "--output", "last.ics")
    gone = appointments("last.ics")
    assert {event["STATUS"] for event in gone.values()} == {"CANCELLED"}
    assert gone.keys() == after.keys()


def test_a_top_up_that_goes_is_taken_out(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED)
    Path("skin.toml").write_text(Path("skin.toml").read_text().replace("mesotherapy", "peel"))
    words = ("skin*2", "deoxycholic-chin*2", "--rules", "skin.toml", "--start", "2027-01-04")
    opened = counter.done("courses", "open", *words, "--top-ups", "1", "--output", "first.ics")
    course = opened["course"]
    assert [mark for mark, _, _ in marks(counter, course)] == ["B1", "B2", "A1", "A2", "A3"]
    counter.done("courses", "replan", course, "--top-ups", "0", "--yes")
    counter.done("courses", "print", course, "--output", "second.ics")
    before, after = appointments("first.ics"), appointments("second.ics")
    assert after.keys() == before.keys()
    (gone,) = [uid for uid, event in after.items() if event["STATUS"] == "CANCELLED"]
    assert after[gone]["DTSTART"].dt == before[gone]["DTSTART"].dt
    kinds = [event["kind"] for event in counter.done("courses", "history", course)["events"]]
    assert kinds == ["opened", "booked", "planned", "cancelled", "booked"]


def test_a_correction_of_the_wrong_treatment(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-05")
    counter.done("courses", "hold", course, "--on", "2027-01-04")
    right = ("courses", "correct", course)
    told = ("--reason", "It was the day after", "--set", "on=2027-01-05")
    fixed = counter.done(*right, "4", *told)["state"]
    assert [(it["label"], it["date"]) for it in fixed["sessions"] if it["status"] == "held"] == [
        *(("A", "2027-01-04"), ("B", "2027-01-05"))
    ]
    # B1 a day after A1 is nearer than the 2 weeks of the house, and both days show in what is due.
    assert due(counter, course)["B"] == (2, "2027-04-05", "2027-05-05")
    assert [it["session"] for it in counter.done("courses", "show", course)["too_close"]] == ["B1"]
    shown = counter.ask("courses", "show", course, "--full").out
    assert "Session B1 on Tue 5 Jan 2027 is too close to session A1 on Mon 4 Jan" in shown
    # Recorded of the wrong treatment: the second session of A, not the first of B.
    wrong = ("--reason", "wrong", "--set", "number=hyaluronic-acid:2", "--set", "on=2027-01-05")
    other = counter.done(*right, "4", *wrong)
    assert [(it["label"], it["number"]) for it in other["state"]["sessions"]][:2] == [
        *(("A", 1), ("A", 2))
    ]
    assert due(counter, course)["B"] == (1, "2027-01-04", "2027-01-31")
    back = counter.done(
        *right, "4", "--reason", "right", "--set", "number=1", "--set", "protocol=b"
    )
    assert {it["label"] for it in back["state"]["sessions"] if it["status"] == "held"} == {"A", "B"}
    assert counter.refused(*right, "4", "--reason", "x", "--set", "number=C1") == (
        *(2, "unknown_treatment"),
    )
    assert counter.refused(*right, "4", "--reason", "x", "--set", "protocol=c")[0] == 2
    gone = counter.done(*right, "4", "--reason", "never", "--withdraw")["state"]
    assert gone["forecast"]["protocol"] == "mesobotox"


def test_the_diary_knows_each_treatment(counter: Counter) -> None:
    Path("hair.toml").write_text(
        Path("skin.toml")
        .read_text()
        .replace('id = "skin"', 'id = "hair"')
        .replace('"face"', '"scalp"')
        .replace("2.5 ml hyaluronic acid", "3 ml dutasteride")
    )
    prices = '[prices.hair]\nsession = "70.00"\n'
    Path("clinic.toml").write_text(CLINIC + prices + TOGETHER)
    words = ("skin*2", "hair*2", "--rules", "skin.toml", "--rules", "hair.toml")
    counter.done("courses", "open", *words)
    made = counter.done("diary", "--month")
    assert [(it["protocol"], it["number"], it["date"]) for it in made["sessions"]] == [
        ("hair", 1, "2026-12-01"),
        ("skin", 1, "2026-12-01"),
        ("hair", 2, "2026-12-08"),
        ("skin", 2, "2026-12-08"),
    ]
    # Two single sessions of skin at 100.00 and two of hair at 70.00.
    assert [(it["low"], it["sessions"]) for it in made["income"]] == [("340.00", 4)]
    assert {it["what"]: (it["amount"], it["sessions"]) for it in made["consumables"]} == {
        "ml hyaluronic acid": ("5.0", 2),
        "ml dutasteride": ("6", 2),
        "needle": ("4", 4),
        "gauze": (None, 4),
    }
    assert "3 ml" not in counter.ask("diary", "--month").out


def test_a_course_of_two_planned_back_from_an_event(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED)
    words = ("hyaluronic-acid*3", "mesobotox*1", "--event", "2027-04-30")
    course = counter.done("courses", "open", *words)["course"]
    shown = counter.done("courses", "show", course)
    assert "start" not in shown["request"]
    # 27 April is 3 days before, and the skin has settled then.
    assert max(it["date"] for it in shown["sessions"]) == "2027-04-27"
    assert counter.done("courses", "replan", course)["changes"] == []
    counter.done("courses", "print", course, "--output", "a.txt")


def test_both_began_elsewhere(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED)
    words = ("--held", "hyaluronic-acid:2026-11-24", "--held", "mesobotox:2026-11-24")
    made = counter.done("courses", "open", *TWO[:2], *words, "--output", "first.ics")
    course = made["course"]
    assert marks(counter, course)[0] == ("A1", "held", "2026-11-24")
    assert due(counter, course) == {
        "A": (2, "2026-12-22", "2027-01-05"),
        "B": (2, "2027-02-24", "2027-03-24"),
    }
    assert "start_within" not in counter.done("courses", "show", course)["request"]
    counter.done("courses", "print", course, "--output", "second.ics")
    assert appointments("first.ics").keys() == appointments("second.ics").keys()
    account = counter.done("courses", "show", course)["account"]
    assert account["agreed_low"] == made["plan"]["cost"]["low"]

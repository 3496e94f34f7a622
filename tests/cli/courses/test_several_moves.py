"""Sessions of two treatments that move: their windows, their distance, the time in the chair."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.courses.desk import CLINIC, Counter, repeating
from tests.cli.courses.several import PRICES, SHARED, TWO, days, due, marks, open_two


def start_of(counter: Counter, course: str, mark: str) -> str | None:
    sessions = counter.done("courses", "show", course)["sessions"]
    found: str | None = next(
        it["start"] for it in sessions if f"{it['label']}{it['number']}" == mark
    )
    return found


def test_a_move_keeps_window_and_distance(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-04")
    counter.done("courses", "hold", course)
    move = ("courses", "move", course, "--alone")
    # A2 is due from 1 to 15 February, A3 4 weeks and more after it.
    assert counter.refused(*move, "A2", "--to", "2027-02-16") == (4, "outside_window")
    assert counter.refused(*move, "A2", "--to", "2027-01-29") == (4, "outside_window")
    assert counter.refused(*move, "A2", "--to", "2027-02-13") == (1, "no_room")
    moved = counter.done(*move, "A2", "--to", "2027-02-12")["state"]
    assert next(it for it in moved["sessions"] if it["date"] == "2027-02-12")["pinned"]
    # B2 is due from 4 April to 4 May: by any day but those near A3.
    counter.done(*move, "mesobotox:2", "--to", "2027-04-06")
    # A3 from 12 March (a month after A2) to 26 March (6 weeks): 23 March is 14 days before
    # 6 April, 24 March is 13.
    assert counter.refused(*move, "A3", "--to", "2027-03-24") == (4, "too_close")
    ran = counter.ask(*move, "A3", "--to", "2027-03-24")
    assert "too close for session A3 to session B2 on 2027-04-06" in ran.err
    assert "less than 2 weeks before MesoBotox on 2027-04-06 (the clinic's rule)" in ran.err
    counter.done(*move, "A3", "--to", "2027-03-23")
    assert counter.done("courses", "replan", course)["changes"] == []


def test_the_rule_files_keep_two_weeks_and_no_shared_day(counter: Counter) -> None:
    course = open_two(counter, rules="")
    # Without the house's rule B1 waits 2 weeks after A1, and A2 comes 17 days after B1.
    assert [day for _, _, day in marks(counter, course)] == [
        *("2027-01-04", "2027-02-04", "2027-03-04", "2027-01-18", "2027-04-19")
    ]
    move = ("courses", "move", course, "--alone", "B1")
    assert counter.refused(*move, "--to", "2027-01-04") == (4, "too_close")
    assert counter.refused(*move, "--to", "2027-01-15") == (4, "too_close")
    ran = counter.ask(*move, "--to", "2027-01-22")
    assert "less than 2 weeks before Hyaluronic acid mesotherapy on 2027-02-04" in ran.err
    assert "(the rule of mesobotox and hyaluronic-acid)" in ran.err
    assert counter.done(*move, "--to", "2027-01-21")["revision"] == 3


def test_one_held_too_close_is_told(counter: Counter) -> None:
    course = open_two(counter, rules="")
    counter.set_day("2027-01-06")
    held = counter.ask("courses", "hold", course, "--treatment", "B", "--on", "2027-01-05")
    assert "Session B1 is too close to session A1, booked on Mon 4 Jan 2027: less than" in held.out
    assert "Some booked days no longer fit" in held.out
    ran = counter.done("courses", "hold", course, "--on", "2027-01-04")
    assert [(it["session"], it["other"], it["status"]) for it in ran["too_close"]] == [
        *(("A1", "B1", "held"),)
    ]
    # What was held is a fact: the days to come keep their distance from it.
    assert counter.done("courses", "replan", course)["changes"] == []
    assert due(counter, course)["B"] == (2, "2027-04-05", "2027-05-05")


def test_a_visit_of_both_has_room_in_the_chair(counter: Counter) -> None:
    course = open_two(counter, "--at", "10:00", *repeating("hyaluronic-acid"))
    counter.set_day("2027-01-04")
    counter.done("courses", "hold", course, "--at", "09:30")
    assert start_of(counter, course, "A1") == "09:30"
    assert start_of(counter, course, "B1") == "10:15"
    counter.set_day("2027-01-28")
    counter.done("courses", "hold", course, "--session", "A2")
    counter.done("courses", "replan", course, "--yes")
    # A4 on 5 April shares the visit of B2, which keeps its time: A comes before it.
    assert (start_of(counter, course, "A4"), start_of(counter, course, "B2")) == ("09:15", "10:00")
    move = ("courses", "move", course, "--alone")
    # B2 goes away and comes back: after A, as the letters go.
    counter.done(*move, "B2", "--to", "2027-04-19")
    assert start_of(counter, course, "B2") == "10:00"
    counter.done(*move, "B2", "--to", "2027-04-05")
    assert start_of(counter, course, "B2") == "10:00"
    # A at 09:15 takes 45 minutes: B can begin at 10:00 only.
    for at in ("09:00", "09:30", "10:15"):
        assert counter.refused(*move, "B2", "--to", "2027-04-05", "--at", at) == (1, "no_room")
    ran = counter.ask(*move, "B2", "--to", "2027-04-05", "--at", "09:30")
    assert "one visit with A4 at 09:15 does not fit" in ran.err
    assert counter.done(*move, "B2", "--to", "2027-04-05", "--at", "10:00")["revision"]
    assert counter.done("courses", "replan", course)["changes"] == []
    counter.done("courses", "print", course, "--output", "a.txt")


@pytest.mark.parametrize("asked", [(), ("--start-within", "3")])
def test_the_first_windows_are_those_of_the_plan(counter: Counter, asked: tuple[str, ...]) -> None:
    """Two weeks apart: B1 from the 18th on; by hand it may go as far as A1 can push it."""
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED.replace("true", "false"))
    made = counter.done("courses", "open", *TWO, *asked, "--output", "a.json")
    course, within = made["course"], int(asked[1]) if asked else 13
    windows = [it["window"] for it in made["plan"]["sessions"] if it["number"] == 1]
    first = [date(2027, 1, 4), date(2027, 1, 18)]
    assert [it["latest"] for it in windows] == [str(it + timedelta(within)) for it in first]
    counter.done("courses", "print", course, "--output", "b.json")
    printed = json.loads(Path("b.json").read_text())["sessions"]
    assert [it["window"] for it in printed if it["number"] == 1] == windows
    assert counter.done("courses", "replan", course)["changes"] == []
    counter.done("courses", "move", course, "--alone", "B1", "--to", "2027-01-19")
    last = date(2027, 1, 4) + timedelta(within + 14)
    assert counter.done("courses", "show", course)["next"]["latest"] == str(last)


def test_a_day_that_holds_one_but_not_both(counter: Counter) -> None:
    short = CLINIC.replace('mon = ["09:00-17:00"]', 'mon = ["09:00-17:00"]').replace(
        'tue = ["09:00-20:00"]', 'tue = ["09:00-10:00"]'
    )
    Path("clinic.toml").write_text(short + PRICES + SHARED)
    course = counter.done("courses", "open", *TWO)["course"]
    move = ("courses", "move", course, "--alone")
    # On a Tuesday there are 60 minutes: 45 or 30 fit, 75 do not.
    counter.done(*move, "A1", "--to", "2027-01-19")
    assert counter.refused(*move, "B1", "--to", "2027-01-19") == (1, "no_room")
    ran = counter.ask(*move, "B1", "--to", "2027-01-19")
    assert "75 minutes" in ran.err
    # Without times booked both share a day as it is, and a time asked for is taken.
    counter.done(*move, "A1", "--to", "2027-01-20")
    counter.done(*move, "B1", "--to", "2027-01-20")
    assert start_of(counter, course, "B1") is None
    counter.done(*move, "B1", "--to", "2027-01-20", "--at", "11:00")
    assert start_of(counter, course, "B1") == "11:00"
    # A takes 45 minutes before it.
    counter.done(*move, "A1", "--to", "2027-01-20")
    assert start_of(counter, course, "A1") == "10:15"


def test_a_session_fixed_by_hand_is_released(counter: Counter) -> None:
    course = open_two(counter)
    counter.done("courses", "move", course, "--alone", "B2", "--to", "2027-04-20")
    closed = '[[closures]]\nfrom = "2027-04-20"\nto = "2027-04-20"\nreason = "Painters"\n'
    Path("clinic.toml").write_text(CLINIC + closed + PRICES + SHARED)
    assert counter.refused("courses", "replan", course) == (1, "no_calendar")
    assert counter.refused("courses", "replan", course, "--release", "Z9")[0] == 2
    ways = counter.ask("courses", "replan", course, "--format", "json").json["relaxations"]
    (option,) = [way["option"] for way in ways if way["kind"] == "release"]
    assert option == "--release mesobotox:2"
    assert counter.done("courses", "replan", course, *option.split())["changes"]
    made = counter.done("courses", "replan", course, "--release", "B2", "--yes")
    assert [(it["label"], it["number"], it["kind"]) for it in made["changes"]] == [
        *(("B", 2, "moved"),)
    ]
    assert "Painters" in str(made["changes"][0]["why"])
    sessions = counter.done("courses", "show", course)["sessions"]
    assert not any(it["pinned"] for it in sessions)


def test_nothing_is_printed_that_breaks_the_distance(counter: Counter) -> None:
    course = open_two(counter)
    Path("clinic.toml").write_text(CLINIC + PRICES)
    assert counter.refused("courses", "print", course, "--output", "a.txt") == (4, "not_as_booked")
    ran = counter.ask("courses", "print", course, "--output", "a.txt")
    assert "cannot be printed as it is booked" in ran.err
    made = counter.done("courses", "replan", course, "--yes")
    assert {it["label"] for it in made["changes"]} <= {"A", "B"}
    counter.done("courses", "print", course, "--output", "a.txt")


def test_a_course_that_begins_later_than_it_was_asked_to(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-08")
    assert counter.refused("courses", "print", course, "--output", "a.txt") == (4, "not_as_booked")
    counter.done("courses", "miss", course)
    assert [(mark, status) for mark, status, _ in marks(counter, course)] == [
        *(("A1", "missed"), ("A2", "booked"), ("A3", "booked"), ("B1", "missed"), ("B2", "booked"))
    ]
    counter.done("courses", "replan", course, "--yes")
    assert [(mark, day) for mark, _, day in marks(counter, course)] == [
        # As little as can be, and 28 days are enough: from 4 February and 4 March a day each.
        ("A1", "2027-01-08"),
        ("A2", "2027-02-05"),
        ("A3", "2027-03-05"),
        ("B1", "2027-01-08"),
        ("B2", "2027-04-08"),
    ]


def test_treatments_that_begin_on_their_own_days(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED)
    words = ("hyaluronic-acid*3@2027-01-04", "mesobotox*1@2027-02-01")
    course = counter.done("courses", "open", *words)["course"]
    found = due(counter, course)
    assert found["A"] is not None
    assert found["B"] is not None
    assert (found["A"][1], found["B"][1]) == ("2027-01-04", "2027-02-01")
    counter.set_day("2027-03-30")
    counter.done("courses", "hold", course, "--session", "A1", "--on", "2027-01-04")
    counter.done("courses", "hold", course, "--session", "A2", "--on", "2027-02-10")
    counter.done("courses", "hold", course, "--session", "A3", "--on", "2027-03-24")
    counter.done("courses", "miss", course, "--treatment", "B")
    # Whatever B was asked to begin on is past: it begins 2 weeks after A3 now.
    counter.done("courses", "replan", course, "--yes")
    assert days(counter, course)["B1"] == "2027-04-07"


@pytest.mark.parametrize("rule", ['first = "mesotherapy"\nother = "house-peel"'])
def test_a_rule_for_a_treatment_of_another_rule_file(counter: Counter, rule: str) -> None:
    course = open_two(counter)
    more = f'[[spacing]]\n{rule}\nminimum = "9 weeks"\n'
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED + more)
    counter.done("courses", "print", course, "--output", "a.txt")
    assert counter.done("courses", "replan", course)["changes"] == []


def test_one_treatment_is_asked_for_something_else(counter: Counter) -> None:
    course = open_two(counter)
    replan = ("courses", "replan", course)
    made = counter.done(*replan, "mesobotox*3@2027-01-18", "--yes")
    assert made["booked"]
    assert [entry for entry in marks(counter, course) if entry[0].startswith("B")] == [
        ("B1", "booked", "2027-01-18"),
        ("B2", "booked", "2027-04-19"),
        ("B3", "booked", "2027-07-19"),
    ]
    request = counter.done("courses", "show", course)["request"]
    assert request["protocol"] == ["hyaluronic-acid*3", "mesobotox*3@2027-01-18"]
    counter.done(*replan, "mesobotox*2", "--yes")
    request = counter.done("courses", "show", course)["request"]
    assert request["protocol"] == ["hyaluronic-acid*3", "mesobotox*2@2027-01-18"]
    assert counter.refused(*replan, "cellulite*3") == (2, "unknown_treatment")
    assert counter.refused(*replan, "mesobotox*x") == (2, "bad_protocol")
    assert counter.refused(*replan, "hyaluronic-acid*2") == (2, "bad_sessions")
    alone = counter.done("courses", "open", "mesobotox")["course"]
    assert counter.refused("courses", "replan", alone, "mesobotox*2") == (2, "unknown_treatment")


def test_nothing_is_held_after_the_last_session_of_one(counter: Counter) -> None:
    two = ("hyaluronic-acid*3", "deoxycholic-chin*2", "--start", "2027-01-04")
    course = counter.done("courses", "open", *two)["course"]
    counter.done("courses", "replan", course, "deoxycholic-chin*1", "--yes")
    counter.set_day("2027-01-25")
    for mark in ("A1", "B1"):
        day = days(counter, course)[mark]
        counter.done("courses", "hold", course, "--session", mark, "--on", day)
    assert counter.refused("courses", "hold", course, "--treatment", "B") == (4, "complete")
    # Asked for one more it can be; and then what asked for it cannot be taken back.
    counter.done("courses", "replan", course, "deoxycholic-chin*2", "--yes")
    counter.set_day("2027-02-22")
    counter.done("courses", "hold", course, "--treatment", "B")
    events = counter.done("courses", "history", course)["events"]
    asked = max(event["revision"] for event in events if event["kind"] == "planned")
    words = ("courses", "correct", course, str(asked), "--reason", "x", "--withdraw")
    assert counter.refused(*words) == (4, "contradiction")


def test_a_session_pinned_at_the_opening_stays(counter: Counter) -> None:
    course = open_two(counter, "--pin", "mesobotox:2=2027-04-20")
    sessions = counter.done("courses", "show", course)["sessions"]
    assert [(it["label"], it["number"]) for it in sessions if it["pinned"]] == [("B", 2)]
    assert days(counter, course)["B2"] == "2027-04-20"
    # Past its window only with a reason, and told.
    late = ("courses", "move", course, "--alone", "B2", "--to", "2027-05-10", "--late")
    assert counter.refused(*late) == (2, "missing_argument")
    assert counter.done(*late, "--reason", "travels")["late_days"] == 6
    shown = counter.ask("courses", "replan", course, "--late", "6").out
    assert "B2" not in shown
    counter.done("courses", "print", course, "--output", "a.txt")
    assert "Mon 10 May 2027" in Path("a.txt").read_text()

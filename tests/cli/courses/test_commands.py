"""The life of a course; every figure below is worked out by hand."""

import json
import os
import pty
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.cli.courses.desk import CLINIC, RULES, Counter
from tests.cli.courses.programme import in_both
from tests.support.samples import ROOT


def test_a_course_from_its_opening_to_its_end(counter: Counter) -> None:
    course = counter.open()
    assert counter.sessions(course) == [
        (1, "booked", "2026-12-01"),
        (2, "booked", "2026-12-08"),
        (3, "booked", "2026-12-15"),
        (4, "booked", "2026-12-29"),
    ]
    held = counter.done("courses", "hold", course)
    assert (held["revision"], held["is_repeated"]) == (3, False)
    assert held["state"]["forecast"] == {
        "number": 2,
        "protocol": "skin",
        "earliest": "2026-12-08",
        "recommended": "2026-12-08",
        "latest": "2026-12-11",
    }
    counter.set_day("2026-12-08")
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-15")
    counter.done("courses", "hold", course, "--at", "17:30")
    counter.done("courses", "improve", course)
    changes = counter.done("courses", "replan", course, "--yes")
    assert changes["changes"] == []
    counter.set_day("2026-12-29")
    shown = counter.done("courses", "hold", course)["state"]
    assert shown["status"] == "finished"
    assert [entry["verdict"] for entry in counter.done("courses", "show", course)["history"]] == [
        *("on schedule",) * 4
    ]
    history = counter.done("courses", "history", course)["events"]
    assert [event["kind"] for event in history] == [
        *("opened", "booked", "held", "held", "held", "improved", "held")
    ]
    assert {event["who"] for event in history} == {"nurse"}


@in_both
def test_one_held_too_soon_is_repeated(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-04")
    ran = counter.ask("courses", "hold", course)
    assert "too soon, does not count" in ran.out
    assert "Session 3 is due from Fri 11 Dec 2026 to Mon 14 Dec 2026." in ran.out
    assert "replan" in ran.out
    made = counter.done("courses", "replan", course)
    assert made["booked"] is False
    # Sessions 2, 3 and 4 of the protocol are the visits 3, 4 and 5 now. That of the 15th, a day
    # past the window that the visit of the 4th opens, moves to its last day.
    assert [(entry["number"], entry["kind"], entry["to"]) for entry in made["changes"]] == [
        (3, "moved", "2026-12-14"),
        (4, "moved", "2026-12-23"),
        (5, "new", "2027-01-06"),
    ]
    counter.done("courses", "replan", course, "--yes")
    assert counter.sessions(course) == [
        (1, "held", "2026-12-01"),
        (2, "held", "2026-12-04"),
        (3, "booked", "2026-12-14"),
        (4, "booked", "2026-12-23"),
        (5, "booked", "2027-01-06"),
    ]


def test_one_missed_gets_a_new_day(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-09")
    missed = counter.done("courses", "miss", course, "--reason", "ill")
    assert missed["state"]["sessions"][1]["status"] == "missed"
    counter.done("courses", "replan", course, "--yes")
    assert (
        counter.sessions(course)[1:3]
        == [
            (2, "booked", "2026-12-09"),
            (3, "booked", "2026-12-16"),
        ]
        or counter.sessions(course)[1][1] == "booked"
    )


@in_both
def test_a_move_and_its_window(counter: Counter) -> None:
    course = counter.open()
    move = ("courses", "move", course, "--alone", "2", "--to")
    assert counter.refused(*move, "2026-12-07") == (4, "outside_window")
    assert counter.refused(*move, "2026-12-14") == (4, "outside_window")
    assert counter.refused(*move, "2026-12-14", "--late") == (2, "missing_argument")
    assert counter.refused(*move, "2027-03-01", "--late", "--reason", "x") == (4, "outside_window")
    moved = counter.done(*move, "2026-12-14", "--late", "--reason", "travels")
    assert moved["late_days"] == 3
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-14")
    assert moved["state"]["sessions"][1]["pinned"]
    # What is fixed by hand stays when the rest is planned anew.
    counter.done("courses", "replan", course, "--late", "3", "--yes")
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-14")


@in_both
def test_moving_onto_a_closed_day_is_a_valid_no(counter: Counter) -> None:
    course = counter.open("--start", "2026-12-08")
    move = ("courses", "move", course, "--alone")
    assert counter.refused(*move, "1", "--to", "2026-12-12") == (1, "no_room")
    ran = counter.ask(*move, "1", "--to", "2026-12-13")
    assert "Sunday" in ran.err or "closed" in ran.err
    assert counter.refused(*move, "1", "--to", "2026-12-09", "--at", "16:30") == (1, "no_room")
    assert counter.done(*move, "1", "--to", "2026-12-09", "--at", "16:00")["revision"] == 3


@in_both
def test_a_closure_announced_later(counter: Counter) -> None:
    course = counter.open()
    Path("clinic.toml").write_text(
        CLINIC + '[[closures]]\nfrom = "2026-12-08"\nto = "2026-12-08"\nreason = "Painters"\n'
    )
    made = counter.ask("courses", "replan", course)
    assert "Session 2 moves from Tue 8 Dec 2026 to Wed 9 Dec 2026" in made.out
    assert "Painters" in made.out
    assert "Nothing is written yet" in made.out
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-08")


@in_both
def test_days_away_are_remembered(counter: Counter) -> None:
    course = counter.open("--away", "2026-12-25")
    counter.done("courses", "replan", course, "--away", "2026-12-08", "--yes")
    request = counter.done("courses", "show", course)["request"]
    assert request["away"] == ["2026-12-25", "2026-12-08"]
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-09")


@in_both
def test_money_owed_and_paid(counter: Counter) -> None:
    course = counter.open()
    account = counter.done("courses", "show", course)["account"]
    assert (account["agreed_low"], account["paid"], account["open"]) == ("360.00", "0.00", "180.00")
    assert [(part["what"], part["due"], part["amount"]) for part in account["due"]] == [
        ("deposit", "2026-12-01", "90.00"),
        ("instalment", "2026-12-01", "90.00"),
        ("instalment", "2026-12-08", "90.00"),
        ("instalment", "2026-12-15", "90.00"),
    ]
    counter.done("courses", "pay", course, "100.00")
    counter.done("courses", "pay", course, "10.00", "--refund")
    account = counter.done("courses", "show", course)["account"]
    assert (account["paid"], account["open"], account["balance"]) == ("90.00", "90.00", "270.00")
    assert counter.refused("courses", "pay", course, "90.01", "--refund") == (4, "more_than_paid")
    assert counter.refused("courses", "pay", course, "5.001")[0] == 2
    assert counter.refused("courses", "pay", course, "0") == (2, "bad_amount")
    assert counter.refused("courses", "pay", course, "5", "--currency", "EUR")[0] == 2
    shown = counter.ask("courses", "show", course, "--full").out
    assert "90.00 GBP on Tue 1 Dec 2026, paid" in shown


@pytest.mark.parametrize(
    ("rule", "held", "paid", "used", "owed", "refund"),
    [
        ("", 1, "360.00", "100.00", "0.00", "260.00"),
        ("", 2, "90.00", "200.00", "110.00", "0.00"),
        ("", 0, "90.00", "0.00", "0.00", "90.00"),
        ('[stopping]\nsessions = "share"\n', 1, "360.00", "90.00", "0.00", "270.00"),
        ('[stopping]\nfee = "10%"\n', 1, "360.00", "136.00", "0.00", "224.00"),
        ('[stopping]\nfee = "500.00"\n', 1, "360.00", "360.00", "0.00", "0.00"),
    ],
)
def test_a_stop_is_settled(
    counter: Counter, rule: str, held: int, paid: str, used: str, owed: str, refund: str
) -> None:
    Path("clinic.toml").write_text(CLINIC + rule)
    course = counter.open()
    for day in ("2026-12-01", "2026-12-08")[:held]:
        counter.set_day(day)
        counter.done("courses", "hold", course)
    counter.done("courses", "pay", course, paid)
    stopped = counter.done("courses", "stop", course, "--reason", "moved away")
    settled = stopped["settlement"]
    assert (settled["used"], settled["owed"], settled["refund"]) == (used, owed, refund)
    assert stopped["state"]["status"] == "stopped"
    assert counter.refused("courses", "hold", course) == (4, "stopped")
    assert counter.refused("courses", "stop", course) == (4, "stopped")
    for other in ("due", "overdue", "unbooked"):
        assert counter.done("courses", "list", f"--{other}")["courses"] == []


def test_a_range_of_prices_is_settled_by_hand(counter: Counter) -> None:
    course = counter.done("courses", "open", "facial-rejuvenation", "--currency", "USD")["course"]
    counter.done("courses", "hold", course)
    counter.done("courses", "pay", course, "300.00")
    account = counter.done("courses", "show", course)["account"]
    assert account["balance"] is None
    settled = counter.done("courses", "stop", course, "--used", "200.00")["settlement"]
    assert (settled["by"], settled["refund"]) == ("hand", "100.00")


def test_a_course_without_prices(counter: Counter) -> None:
    course = counter.open("--no-prices")
    assert counter.done("courses", "show", course)["account"] is None
    assert counter.done("courses", "stop", course)["settlement"] is None
    course = counter.open("--no-prices")
    assert counter.refused("courses", "stop", course, "--used", "1.00") == (2, "no_price")
    counter.done("courses", "pay", course, "1.00")
    assert counter.done("courses", "show", course)["account"]["paid"] == "1.00"


@in_both
def test_lists_and_the_day_they_are_asked_on(counter: Counter) -> None:
    course = counter.open()
    counter.open("--start", "2027-02-01", patient="Ben")

    def listed(*words: str) -> list[str]:
        return [line["course"] for line in counter.done("courses", "list", *words)["courses"]]

    assert len(listed()) == 2
    assert listed("--due") == [course]
    counter.done("courses", "hold", course)
    assert listed("--due") == []
    assert listed("--due", "--as-of", "2026-12-11") == [course]
    assert listed("--overdue", "--as-of", "2026-12-12") == [course]
    # The appointment of the 8th is past, those of the 15th and 29th are not.
    assert listed("--unbooked", "--as-of", "2026-12-12") == []
    assert listed("--unbooked", "--as-of", "2026-12-29") == []
    assert listed("--unbooked", "--as-of", "2026-12-30") == [course]
    assert counter.refused("courses", "list", "--due", "--overdue") == (2, "contradiction")
    out = counter.ask("courses", "list", "--overdue", "--as-of", "2026-12-12").out
    assert "overdue" in out
    assert course in out


@in_both
def test_a_correction_is_its_own_event(counter: Counter) -> None:
    course = counter.open()
    counter.set_day("2026-12-02")
    counter.done("courses", "hold", course)
    right = ("courses", "correct", course, "3", "--reason", "It was yesterday")
    fixed = counter.done(*right, "--set", "on=2026-12-01")["state"]
    assert fixed["sessions"][0]["date"] == "2026-12-01"
    assert fixed["forecast"]["earliest"] == "2026-12-08"
    assert fixed["corrected"] == [3]
    gone = counter.done(*right[:4], "--reason", "Another patient", "--withdraw")["state"]
    assert gone["sessions"][0]["status"] == "booked"
    assert gone["forecast"]["number"] == 1
    kinds = [event["kind"] for event in counter.done("courses", "history", course)["events"]]
    assert kinds == ["opened", "booked", "held", "corrected", "corrected"]
    wrong = ("courses", "correct", course)
    assert counter.refused(*wrong, "9", "--reason", "x", "--withdraw") == (4, "no_such_event")
    assert counter.refused(*wrong, "3", "--reason", "x") == (2, "contradiction")
    assert counter.refused(*wrong, "3", "--reason", "x", "--set", "day=1") == (2, "unknown_key")
    assert counter.refused(*wrong, "3", "--reason", "x", "--set", "on") == (2, "bad_change")
    assert counter.refused(*wrong, "3", "--reason", "x", "--set", "on=soon")[0] == 2
    assert counter.refused(*wrong, "3", "--reason", "", "--withdraw")[0] == 2


@in_both
def test_newer_rules_move_nothing_until_they_are_adopted(counter: Counter) -> None:
    course = counter.open()
    digest = counter.done("courses", "show", course)["protocols"][0]["digest"]
    Path("skin.toml").write_text(RULES.replace('"7 days"', '"9 days"').replace('"1"', '"2"'))
    held = counter.done("courses", "hold", course)["state"]
    assert held["forecast"]["earliest"] == "2026-12-08"
    adopted = counter.done("courses", "adopt", course, "--rules", "skin.toml")["state"]
    assert adopted["protocols"][0]["digest"] != digest
    assert adopted["forecast"]["earliest"] == "2026-12-10"
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-08")
    counter.done("courses", "replan", course, "--yes")
    # On the 10th it would leave session 3 a weekend only: 9 or 10 days on.
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-11")
    again = counter.done("courses", "adopt", course, "--rules", "skin.toml")
    assert again["revision"] is None
    assert counter.refused("courses", "adopt", course) == (2, "unknown_protocol")
    fewer = RULES.replace("maximum = 8", "maximum = 3").replace("usual = 4", "usual = 3")
    Path("skin.toml").write_text(fewer)
    refused = counter.refused("courses", "adopt", course, "--rules", "skin.toml")
    assert refused == (2, "bad_sessions")


@in_both
def test_the_diary_and_its_totals(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    made = counter.done("diary", "--month")
    assert (made["from"], made["to"]) == ("2026-12-01", "2026-12-31")
    assert [
        (day["date"], day["sessions"], day["minutes"], day["held"]) for day in made["days"]
    ] == [
        ("2026-12-01", 1, 45, 1),
        ("2026-12-08", 1, 45, 0),
        ("2026-12-15", 1, 45, 0),
        ("2026-12-29", 1, 45, 0),
    ]
    # The package of 360.00 for four sessions: 90.00 each.
    (income,) = made["income"]
    assert (income["month"], income["low"], income["held_low"]) == ("2026-12", "360.00", "90.00")
    assert [(entry["what"], entry["amount"]) for entry in made["consumables"]] == [
        ("gauze", None),
        ("ml hyaluronic acid", "10.0"),
        ("needle", "4"),
    ]
    week = counter.done("diary", "--week", "--as-of", "2026-12-10")
    assert (week["from"], week["to"]) == ("2026-12-07", "2026-12-13")
    assert [line["course"] for line in week["sessions"]] == [course]
    assert counter.done("diary", "2026-12-10", "--week") == week
    assert counter.done("diary", "--as-of", "2026-12-09")["sessions"] == []
    out = counter.ask("diary", "--month").out
    assert "Expected income" in out
    assert "10.0" in out
    assert counter.refused("diary", "--week", "--month") == (2, "contradiction")


def events_of(path: str) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(Path(path).read_bytes())
    return {str(event["UID"]): event for event in calendar.events}


def test_a_feed_takes_out_what_went(counter: Counter) -> None:
    course = counter.open("--at", "10:00", "--top-ups", "1", "--output", "first.ics")
    before = events_of("first.ics")
    assert len(before) == 5
    counter.done("courses", "replan", course, "--top-ups", "0", "--yes")
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-09")
    counter.done("courses", "replan", course, "--yes")
    done = counter.ask("courses", "print", course, "--output", "second.ics")
    assert (done.code, done.err) == (0, "Wrote second.ics.\n")
    after = events_of("second.ics")
    assert after.keys() == before.keys()
    day = (date(2026, 12, 1) - date(2000, 1, 1)).days * 1000
    assert {event["SEQUENCE"] for event in before.values()} == {day + 2}
    revision = counter.done("courses", "show", course)["revision"]
    assert {event["SEQUENCE"] for event in after.values()} == {day + revision}
    gone = [uid for uid, event in after.items() if event["STATUS"] == "CANCELLED"]
    assert len(gone) == 1
    assert after[gone[0]]["DTSTART"].dt == before[gone[0]]["DTSTART"].dt
    assert sorted(str(event["DTSTART"].dt.date()) for event in after.values())[:2] == [
        *("2026-12-01", "2026-12-09")
    ]
    counter.done("courses", "hold", course)
    counter.done("courses", "stop", course)
    counter.done("courses", "print", course, "--output", "third.ics")
    third = events_of("third.ics")
    assert {event["SEQUENCE"] for event in third.values()} == {day + revision + 2}
    assert {event["DTSTAMP"].dt.date() for event in third.values()} == {date(2026, 12, 1)}
    # The day of asking makes it newer, for what is called off too; a number given beats it.
    words = ("courses", "print", course, "--as-of", "2026-12-04", "--output")
    counter.done(*words, "fourth.ics")
    counter.done(*words, "fifth.ics", "--feed-sequence", "7")
    fourth, fifth = (events_of(name) for name in ("fourth.ics", "fifth.ics"))
    assert {event["SEQUENCE"] for event in fourth.values()} == {day + 3000 + revision + 2}
    assert {event["DTSTAMP"].dt.date() for event in fourth.values()} == {date(2026, 12, 4)}
    assert {event["SEQUENCE"] for event in fifth.values()} == {7}
    assert {event["STATUS"] for event in third.values()} == {"CANCELLED"}
    assert len(third) == 4  # the session that was held is not taken out
    assert counter.refused("courses", "print", course, "--output", "x.html") == (4, "stopped")
    assert not Path("x.html").exists()


def test_print_what_is_booked_in_every_kind(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "move", course, "--alone", "4", "--to", "2026-12-30")
    names = ("a.html", "a.txt", "a.csv", "a.json", "a.md")
    words = [word for name in names for word in ("--output", name)]
    made = counter.done("courses", "print", course, *words)
    assert made["files"] == list(names)
    assert [entry["date"] for entry in json.loads(Path("a.json").read_text())["sessions"]] == [
        *("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-30")
    ]
    assert "Wed 30 Dec 2026" in Path("a.txt").read_text()
    assert counter.refused("courses", "print", course) == (2, "missing_argument")
    assert counter.refused("courses", "print", course, "--output", "a.txt")[0] == 2


@in_both
def test_nothing_is_printed_that_is_not_booked(counter: Counter) -> None:
    course = counter.open()
    counter.set_day("2026-12-09")
    words = ("courses", "print", course, "--output", "x.txt")
    assert counter.refused(*words) == (4, "not_as_booked")
    counter.done("courses", "hold", course, "--on", "2026-12-01")
    assert counter.refused(*words) == (4, "not_as_booked")
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-09")
    assert counter.refused(*words) == (4, "not_as_booked")
    assert not Path("x.txt").exists()
    counter.done("courses", "replan", course, "--yes")
    counter.done("courses", "print", course, "--output", "x.txt")


@in_both
def test_export_import_export(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.open(patient="Ben")
    assert counter.ask("courses", "export", "--all", "--output", "all.json").code == 0
    assert stat.S_IMODE(os.stat("all.json").st_mode) == 0o600
    first = Path("all.json").read_bytes()
    taken = counter.done("courses", "import", "all.json", "--book", "other.book")
    assert len(taken["courses"]) == 2
    ran = counter.ask("courses", "export", "--all", "--book", "other.book")
    assert ran.out.encode() == first
    again = counter.done("courses", "import", "-", "--book", "other.book", stdin=first)
    assert (again["courses"], len(again["known"])) == ([], 2)
    one = counter.ask("courses", "export", course)
    assert "Anna Secret" in one.out
    assert "Ben" not in one.out
    assert counter.refused("courses", "import", "clinic.toml")[0] == 2
    assert counter.refused("courses", "import", "missing.json")[0] == 2
    assert counter.ask("courses", "export").code == 2
    assert counter.ask("courses", "export", course, "--all").code == 2


def test_erased_for_good(counter: Counter) -> None:
    course = counter.open()
    assert counter.refused("courses", "erase", course) == (2, "not_confirmed")
    counter.done("courses", "erase", course, "--yes")
    assert b"Anna Secret" not in counter.path.read_bytes()
    assert counter.done("courses", "show", course)["status"] == "erased"
    assert counter.refused("courses", "hold", course) == (4, "erased")
    assert counter.done("courses", "erase", course, "--yes")["is_repeated"]
    assert counter.done("book", "verify")["is_sound"]


def test_verify_backup_and_restore(counter: Counter) -> None:
    course = counter.open()
    head = counter.done("book", "backup", "copy.book")["head"]
    known = f"{head['count']}:{head['hash']}"
    counter.done("courses", "note", course, "Prefers mornings")
    assert counter.done("book", "verify", "--known", known)["is_sound"]
    assert counter.refused("book", "backup", "copy.book") == (2, "target_exists")
    assert counter.refused("book", "restore", "copy.book") == (2, "target_exists")
    assert counter.refused("book", "restore", "copy.book", "--force") == (2, "not_confirmed")
    counter.done("book", "restore", "copy.book", "--force", "--yes")
    assert counter.done("courses", "show", course)["notes"] == []
    assert counter.done("book", "restore", "copy.book", "--book", "new.book")["head"] == head
    assert counter.done("book", "rebuild")["courses"] == 1
    later = f"{head['count'] + 1}:{head['hash']}"
    ran = counter.ask("book", "verify", "--known", later)
    assert ran.code == 1
    assert "does not hold the event" in ran.out
    assert counter.refused("book", "verify", "--known", "x") == (2, "bad_head")


def test_verify_says_how_old_the_last_backup_is(counter: Counter) -> None:
    course = counter.open()
    none = "No backup of it is known: make one with 'meso-schedule book backup FILE'."
    assert none in counter.ask("book", "verify").out
    assert counter.done("book", "verify")["backup_age_days"] is None
    counter.done("book", "backup", "copy.book")
    told = counter.ask("book", "verify").out
    assert "The last backup is of today (2026-12-01 09:00 UTC), with 0 events since." in told
    counter.set_day("2026-12-02", hour=8)
    counter.done("courses", "note", course, "Prefers mornings")
    told = counter.ask("book", "verify").out
    assert "The last backup is 1 day old (2026-12-01 09:00 UTC), with 1 event since." in told
    counter.set_day("2026-12-15")
    found = counter.done("book", "verify")
    assert (found["backup_age_days"], found["backup"]["at"][:10]) == (14, "2026-12-01")
    # A clock that went back is no age below nothing.
    counter.set_day("2026-11-01")
    assert counter.done("book", "verify")["backup_age_days"] == 0
    # Kept where the end is: elsewhere nothing is known of it.
    assert none in counter.ask("book", "verify", "--head-file", "my.end").out
    counter.done("book", "backup", "other.book", "--head-file", "my.end")
    assert none not in counter.ask("book", "verify", "--head-file", "my.end").out


@in_both
def test_a_key_writes_once(counter: Counter) -> None:
    words = ("courses", "open", "skin", "--rules", "skin.toml", "--key", "k1")
    first = counter.done(*words)
    counter.set_day("2026-12-05")
    again = counter.done(*words)
    assert again["is_repeated"]
    assert again["course"] == first["course"]
    assert len(counter.done("courses", "list")["courses"]) == 1
    assert counter.refused(*words, "--late", "3") == (4, "key_used")
    course = first["course"]
    held = ("courses", "hold", course, "--on", "2026-12-01", "--key", "k2")
    assert counter.done(*held)["revision"] == 3
    assert counter.done(*held)["is_repeated"]
    assert "written before" in counter.ask(*held).out
    assert counter.refused("courses", "note", course, "x", "--key", "k2") == (4, "key_used")
    assert len(counter.done("courses", "history", course)["events"]) == 3


def test_a_stale_write_is_refused(counter: Counter) -> None:
    course = counter.open()
    note = ("courses", "note", course, "x", "--revision")
    assert counter.done(*note, "2")["revision"] == 3
    assert counter.refused(*note, "2") == (4, "stale")
    assert counter.refused(*note, "0") == (2, "bad_number")
    assert counter.refused(*note, "two") == (2, "bad_number")


def test_who_writes(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "note", course, "x", "--who", "Dr Who")
    assert counter.done("courses", "history", course)["events"][-1]["who"] == "Dr Who"
    assert counter.refused("courses", "note", course, "x", "--who", "")[0] == 2


def test_whom_and_what_is_told_before_it_is_written(counter: Counter) -> None:
    course = counter.open()
    told = f"Course {course} of Anna Secret, skin: session 1 was held on Tue 1 Dec 2026.\n"
    ran = counter.ask("courses", "hold", course)
    assert ran.err == told
    assert ran.out.startswith(f"Recorded: course {course} is at revision 3.\n")
    counter.path.chmod(0o600)
    ran = counter.ask("courses", "hold", course, "--on", "2026-12-31")
    assert ran.code == 4
    assert ran.out == ""


def test_a_terminal_is_asked_once(counter: Counter) -> None:
    course = counter.open()
    words = [sys.executable, "-m", "meso_schedule", "courses", "erase", course]
    for answer, erased in ((b"n\n", False), (b"y\n", True)):
        leader, follower = pty.openpty()
        with subprocess.Popen(
            words,
            stdin=follower,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as running:
            os.write(leader, answer)
            _, err = running.communicate(timeout=60)
        os.close(leader)
        os.close(follower)
        assert err.count(b"[y/N]") == 1
        state = counter.done("courses", "show", course)
        assert (state["status"] == "erased") is erased

"""Rarer turns that a course takes; every figure is worked out by hand."""

from datetime import date
from pathlib import Path

import icalendar

from meso_schedule.book.folding import fold
from meso_schedule.book.records import Note
from meso_schedule.book.state import Entry
from meso_schedule.running.course_progress import followed_by, progress_of
from meso_schedule.running.forecasts import following
from tests.book.samples import MIDDAY, kept, opened
from tests.cli.courses.desk import CLINIC, RULES, Counter
from tests.cli.courses.programme import in_both


def hold(counter: Counter, course: str, *days: str) -> None:
    for day in days:
        counter.set_day(day)
        counter.done("courses", "hold", course)


def test_top_ups_belong_to_the_course_that_asks_for_them(counter: Counter) -> None:
    course = counter.open("--sessions", "2", "--top-ups", "1")
    hold(counter, course, "2026-12-01", "2026-12-08")
    shown = counter.done("courses", "show", course)
    assert (shown["next"]["number"], shown["next"]["earliest"]) == (3, "2027-03-08")
    hold(counter, course, "2027-03-08")
    assert counter.done("courses", "show", course)["status"] == "finished"


def test_top_ups_until_a_day(counter: Counter) -> None:
    course = counter.open("--sessions", "2", "--until", "2027-04-01")
    hold(counter, course, "2026-12-01", "2026-12-08")
    assert counter.done("courses", "show", course)["next"]["number"] == 3
    hold(counter, course, "2027-03-08")
    assert counter.done("courses", "show", course)["next"] is None


def test_a_course_planned_back_from_an_event(counter: Counter) -> None:
    course = counter.open("--event", "2027-01-31", "--sessions", "2")
    first = counter.sessions(course)[0][2]
    shown = counter.done("courses", "show", course)
    assert (shown["next"]["earliest"], shown["next"]["latest"]) == ("2026-12-01", first)


def test_a_course_that_began_elsewhere(counter: Counter) -> None:
    course = counter.open(
        *("--held", "2026-11-17", "--held", "2026-11-24", "--improved-on", "2026-11-24")
    )
    assert counter.sessions(course)[:2] == [
        (1, "held", "2026-11-17"),
        (2, "held", "2026-11-24"),
    ]
    assert counter.refused("courses", "improve", course) == (4, "already_recorded")
    days = ("2026-11-03", "2026-11-10", "2026-11-17", "2026-12-01")
    held = (word for day in days for word in ("--held", day))
    done = counter.open(*held, patient="Ben Hidden")
    assert counter.done("courses", "show", done)["status"] == "finished"
    assert counter.done("courses", "replan", done)["changes"] == []


def test_improvement_where_none_is_waited_for(counter: Counter) -> None:
    course = counter.done("courses", "open", "cellulite")["course"]
    counter.done("courses", "hold", course)
    assert counter.refused("courses", "improve", course) == (4, "no_taper")


def test_a_price_without_deposit(counter: Counter) -> None:
    plain = CLINIC.replace('deposit = "25%"\ninstalments = 3\n', "")
    Path("clinic.toml").write_text(plain)
    course = counter.open()
    (due,) = counter.done("courses", "show", course)["account"]["due"]
    assert (due["what"], due["session"], due["amount"]) == ("course", 1, "360.00")
    counter.done("courses", "pay", course, "400.00", "--yes")
    stopped = counter.done("courses", "stop", course)
    assert stopped["settlement"]["refund"] == "400.00"
    account = counter.done("courses", "show", course)["account"]
    assert (account["due"], account["balance"]) == ([], "-400.00")
    assert "To give back  400.00 GBP" in counter.ask("courses", "show", course, "--full").out
    counter.done("courses", "pay", course, "400.00", "--refund")
    assert counter.done("courses", "show", course)["account"]["balance"] == "0.00"


def test_a_fee_that_the_currency_cannot_hold(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + '[stopping]\nfee = "1.005"\n')
    assert counter.refused("courses", "open", "skin", "--rules", "skin.toml")[0] == 2
    Path("clinic.toml").write_text(CLINIC + '[stopping]\nfee = "1.05"\n')
    counter.open()


def test_a_correction_that_cannot_stand(counter: Counter) -> None:
    course = counter.open()
    hold(counter, course, "2026-12-01", "2026-12-08")
    words = ("courses", "correct", course, "4", "--reason", "x", "--set")
    assert counter.refused(*words, "on=2026-12-01") == (4, "contradiction")
    assert counter.refused(*words, "number=x")[0] == 2
    fixed = counter.done(*words, "at=10:30", "--set", "reason=")
    assert fixed["state"]["sessions"][1]["start"] == "10:30"
    counter.done("courses", "pay", course, "90.00")
    counter.done("courses", "pay", course, "10.00")
    counter.done("courses", "correct", course, "7", "--reason", "x", "--set", "refund=true")
    assert counter.done("courses", "show", course)["account"]["paid"] == "80.00"


def test_a_withdrawn_visit_leaves_one_too_many(counter: Counter) -> None:
    course = counter.open("--no-improvement")
    hold(counter, course, "2026-12-01", "2026-12-06")
    counter.done("courses", "replan", course, "--yes")
    assert [day for _, _, day in counter.sessions(course)[2:]] == [
        *("2026-12-15", "2026-12-22", "2026-12-29")
    ]
    counter.done("courses", "correct", course, "4", "--reason", "Another patient", "--withdraw")
    changes = counter.done("courses", "replan", course, "--yes")["changes"]
    assert [(change["number"], change["kind"]) for change in changes] == [(5, "dropped")]
    assert [day for _, _, day in counter.sessions(course)] == [
        *("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22")
    ]
    assert "is dropped" not in counter.ask("courses", "replan", course).out


def test_a_repeat_has_an_appointment_of_its_own(counter: Counter) -> None:
    course = counter.open("--no-improvement", "--output", "a.ics")
    hold(counter, course, "2026-12-01", "2026-12-06")
    counter.done("courses", "replan", course, "--yes")
    counter.done("courses", "print", course, "--output", "b.ics")
    first, second = (
        {str(event["UID"]): event for event in icalendar.Calendar.from_ical(text).events}
        for text in (Path("a.ics").read_bytes(), Path("b.ics").read_bytes())
    )
    # Visits 1 to 4 were given before; 3, 4 and the new 5 are to come.
    assert len(first.keys() & second.keys()) == 2
    assert len(second) == 3
    counter.done("courses", "stop", course)
    counter.done("courses", "print", course, "--output", "c.ics")
    gone = icalendar.Calendar.from_ical(Path("c.ics").read_bytes()).events
    assert {str(event["UID"]) for event in gone} == set(second)


def test_a_late_day_fixed_by_hand_is_printed(counter: Counter) -> None:
    course = counter.open("--sessions", "2")
    late = ("--late", "--reason", "travels")
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-15", *late)
    counter.done("courses", "print", course, "--output", "a.txt", "--output", "a.ics")
    assert "Tue 15 Dec 2026" in Path("a.txt").read_text()


def test_every_session_missed(counter: Counter) -> None:
    course = counter.open("--sessions", "2")
    counter.set_day("2026-12-08")
    for _ in range(2):
        counter.done("courses", "miss", course)
    assert counter.refused("courses", "miss", course) == (4, "no_such_session")
    counter.done("courses", "replan", course, "--yes")
    assert counter.sessions(course) == [
        (1, "booked", "2026-12-08"),
        (2, "booked", "2026-12-15"),
    ]


def test_a_lapsed_session_can_still_be_moved(counter: Counter) -> None:
    course = counter.open("--sessions", "2")
    hold(counter, course, "2026-12-01")
    counter.set_day("2027-02-01")
    words = ("courses", "move", course, "--alone", "2", "--to", "2027-02-02")
    assert counter.refused(*words) == (4, "outside_window")
    counter.done(*words, "--late", "--reason", "long ill")
    again = RULES.replace('lapse = "4 weeks"', 'lapse = "4 weeks"\nlapse_action = "restart"')
    Path("skin.toml").write_text(again)
    counter.set_day("2026-12-01")
    course = counter.open("--sessions", "2", patient="Ben Hidden")
    hold(counter, course, "2026-12-01")
    counter.set_day("2027-02-01")
    counter.done("courses", "move", course, "--alone", "2", "--to", "2027-02-02")


def test_a_consultation_has_no_lot_and_no_assessment(counter: Counter) -> None:
    course = counter.open("--sessions", "2")
    hold = ("courses", "hold", course, "--on", "2026-12-01", "--as-of", "2026-12-01")
    for words in (("--lot", "L-204/7"), ("--improved", "yes")):
        assert counter.refused(*hold, *words, "--consultation") == (2, "contradiction")


def test_what_follows_a_note() -> None:
    two = opened(protocols=(kept(), kept(id="other")))
    state = fold("22222222", [Entry(1, MIDDAY, two)])
    later = followed_by(progress_of(state, date(2026, 11, 22)), Note(text="x"))
    assert later is not None
    assert (later.forecast.number, later.forecast.protocol) == (1, kept().id)
    one = fold("22222222", [Entry(1, MIDDAY, opened())])
    assert following(one, Note(text="x")) == one.model_copy(update={"revision": 2})
    assert progress_of(one, date(2026, 11, 22)).treatments[0].next_visit == 1


def test_the_diary_of_what_is_missed_or_has_no_price(counter: Counter) -> None:
    course = counter.open("--no-prices")
    counter.set_day("2026-12-08")
    counter.done("courses", "hold", course, "--on", "2026-12-01")
    counter.done("courses", "miss", course)
    made = counter.done("diary", "--month")
    assert [(day["sessions"], day["missed"]) for day in made["days"]] == [
        *((1, 0), (0, 1), (1, 0), (1, 0))
    ]
    assert made["income"] == []
    assert {entry["amount"] for entry in made["consumables"]} == {None, "7.5", "3"}
    assert "1 missed" in counter.ask("diary", "--month").out


def test_a_stop_with_nothing_to_take_out(counter: Counter) -> None:
    course = counter.open("--held", "2026-11-17", "--held", "2026-11-24", "--sessions", "2")
    counter.done("courses", "stop", course)
    counter.done("courses", "print", course, "--output", "a.ics")
    assert icalendar.Calendar.from_ical(Path("a.ics").read_bytes()).events == []


def test_a_booked_day_on_which_the_clinic_is_closed_now(counter: Counter) -> None:
    course = counter.open()
    closed = '[[closures]]\nfrom = "2026-12-08"\nto = "2026-12-08"\n'
    Path("clinic.toml").write_text(CLINIC + closed)
    words = ("courses", "print", course, "--output", "a.txt")
    assert counter.refused(*words) == (4, "not_as_booked")
    assert "closed" in counter.ask(*words).err or "2026-12-08" in counter.ask(*words).err


@in_both
def test_a_missed_session_without_a_new_day_is_not_printed(counter: Counter) -> None:
    course = counter.open("--late", "10")
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-08")
    counter.done("courses", "miss", course)
    words = ("courses", "print", course, "--output", "a.txt")
    assert counter.refused(*words) == (4, "not_as_booked")
    assert "Session 2 has no day yet" in counter.ask(*words).err
    counter.done("courses", "move", course, "2", "--to", "2026-12-09", "--yes")
    counter.done(*words)


@in_both
def test_ways_out_name_sessions_as_the_book_does(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-04")
    counter.done("courses", "hold", course)  # too soon: the visit 3 is the second that counts
    counter.done("courses", "move", course, "--alone", "3", "--to", "2026-12-14")
    closed = '[[closures]]\nfrom = "2026-12-14"\nto = "2026-12-14"\nreason = "Painters"\n'
    Path("clinic.toml").write_text(CLINIC + closed)
    ran = counter.ask("courses", "replan", course, "--format", "json")
    assert ran.json["conflict"]["session"] == 3
    (way,) = [way for way in ran.json["relaxations"] if way["kind"] == "release"]
    assert (way["option"], way["message"]) == ("--release 3", "Let booked session 3 move.")
    assert counter.done("courses", "replan", course, *way["option"].split(), "--yes")["booked"]


def test_nothing_is_held_after_the_last_session(counter: Counter) -> None:
    course = counter.done("courses", "open", "deoxycholic-chin", "--sessions", "1")["course"]
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-05")
    assert counter.refused("courses", "hold", course) == (4, "complete")
    assert counter.done("courses", "show", course)["status"] == "finished"


def test_a_treatment_elsewhere_by_rules_of_the_clinic_stays_known(counter: Counter) -> None:
    rules = counter.path.with_name("cooling.toml")
    spacing = '[[spacing]]\nother = "skin"\nminimum = "5 days"\nassumption = "test"\n'
    rules.write_text(RULES.replace('"skin"', '"cooling"') + spacing, encoding="utf-8")
    course = counter.open("--rules", str(rules), "--other", "cooling face 2026-11-28")
    rules.unlink()
    # Five days after 28 November.
    assert counter.sessions(course)[0] == (1, "booked", "2026-12-03")
    assert not counter.done("courses", "replan", course)["changes"]
    counter.done("courses", "print", course, "--output", "first.ics")
    assert counter.refused("courses", "move", course, "--alone", "1", "--to", "2026-12-02") == (
        1,
        "no_room",
    )
    counter.done("courses", "move", course, "--alone", "1", "--to", "2026-12-04")
    text = counter.ask("courses", "export", "--all").out
    Path("whole.json").write_text(text, encoding="utf-8")
    counter.done("courses", "import", "whole.json", "--book", "other.book")
    assert counter.ask("courses", "export", "--all", "--book", "other.book").out == text
    moved = counter.done("courses", "replan", course, "--yes", "--book", "other.book")
    assert moved["state"]["sessions"][0]["date"] == "2026-12-04"

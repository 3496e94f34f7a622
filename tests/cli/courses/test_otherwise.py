"""What becomes of a course if the skin does not improve, lot numbers, and what a stop leaves."""

from pathlib import Path

from meso_schedule.base.times import WEEKDAYS
from tests.cli.courses.desk import Counter
from tests.cli.courses.several import appointments, days, open_two

FACE = ("courses", "open", "facial-rejuvenation", "--patient", "Anna Secret")


def four_held(counter: Counter) -> str:
    """Open a course weekly on Tuesdays, and hold the four sessions that wait for nothing."""
    course: str = counter.done(*FACE, "--clinic", open_all_days())["course"]
    for day in ("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"):
        counter.set_day(day)
        counter.done("courses", "hold", course)
    return course


def open_all_days() -> str:
    days = "".join(f'{day} = ["09:00-17:00"]\n' for day in WEEKDAYS)
    text = f'name = "Always"\ntimezone = "Europe/London"\ncurrency = "GBP"\n[hours]\n{days}'
    Path("clinic.toml").write_text(text)
    return "clinic.toml"


def test_the_other_dates_of_an_undecided_course(counter: Counter) -> None:
    """By hand, weekly: 22 Dec + 7 = 29 Dec, + 7 = 5 Jan."""
    course = four_held(counter)
    shown = counter.done("courses", "show", course)
    other = {it["number"]: it["date"] for it in shown["without_improvement"]}
    assert other == {5: "2026-12-29", 6: "2027-01-05"}
    text = " ".join(counter.ask("courses", "show", course, "--full").out.split())
    assert "5 Tue 5 Jan 2027 booked fortnightly provisional, else Tue 29 Dec" in text
    counter.done("courses", "assess", course, "--improved", "yes")
    shown = counter.done("courses", "show", course)
    assert shown["without_improvement"] == []
    assert "else" not in counter.ask("courses", "show", course, "--full").out


def test_after_a_no_the_other_dates_are_what_a_replan_gives(counter: Counter) -> None:
    course = four_held(counter)
    fits = "Some booked days no longer fit: see 'meso-schedule courses replan"
    assert fits not in counter.ask("courses", "show", course).out
    counter.done("courses", "assess", course, "--improved", "no")
    assert fits in " ".join(counter.ask("courses", "show", course).out.split())
    made = counter.done("courses", "replan", course, "--yes")
    assert [(it["number"], it["to"]) for it in made["changes"]] == [
        (5, "2026-12-29"),
        (6, "2027-01-05"),
    ]
    [why, _] = (it["why"] for it in made["changes"])
    assert why == ["its day was booked as if the skin had improved"]
    assert fits not in " ".join(counter.ask("courses", "show", course).out.split())


def test_no_other_dates_where_what_is_booked_cannot_stay(counter: Counter) -> None:
    course: str = counter.done(*FACE, "--clinic", open_all_days())["course"]
    for day in ("2026-12-01", "2026-12-08", "2026-12-15", "2027-01-04"):
        counter.set_day(day)
        counter.done("courses", "hold", course)
    assert counter.done("courses", "show", course)["without_improvement"] == []


def test_foreseen_anew_without_improvement(counter: Counter) -> None:
    course = four_held(counter)
    replan = ("courses", "replan", course, "--no-improvement")
    told = counter.done(*replan)
    assert [(it["number"], it["to"]) for it in told["changes"]] == [
        (5, "2026-12-29"),
        (6, "2027-01-05"),
    ]
    counter.done(*replan, "--yes")
    assert counter.done("courses", "show", course)["without_improvement"] == []
    counter.done("courses", "assess", course, "--improved", "yes")
    back = counter.done("courses", "replan", course)
    assert [(it["number"], it["to"]) for it in back["changes"]] == [
        (5, "2027-01-05"),
        (6, "2027-01-19"),
    ]
    assert counter.refused(*replan) == (2, "contradiction")


def test_no_improvement_takes_the_place_of_what_was_foreseen(counter: Counter) -> None:
    course = counter.open("--improves-after", "2")
    counter.done("courses", "replan", course, "--no-improvement", "--yes")
    asked = counter.done("courses", "show", course)["request"]
    assert asked["no_improvement"] is True
    assert not asked.get("improves_after")


def test_a_protocol_without_such_a_phase_refuses_it(counter: Counter) -> None:
    course = counter.done("courses", "open", "cellulite")["course"]
    refused = counter.refused("courses", "replan", course, "--no-improvement")
    assert refused == (2, "no_taper")


def test_lot_numbers_stay_with_their_session(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course, "--lot", "HA 4711, exp. 2027-05")
    [first, *others] = counter.done("courses", "show", course)["sessions"]
    assert first["lot"] == "HA 4711, exp. 2027-05"
    assert {it["lot"] for it in others} == {None}
    for command in (("show", "--full"), ("history",)):
        shown = " ".join(counter.ask("courses", *command, course).out.split())
        assert "lot HA 4711, exp. 2027-05" in shown
    counter.done("courses", "correct", course, "3", "--set", "lot=HA 4712", "--reason", "misread")
    assert counter.done("courses", "show", course)["sessions"][0]["lot"] == "HA 4712"
    assert counter.refused("courses", "hold", course, "--lot", " ")[0] == 2


def test_a_lot_is_of_one_treatment(counter: Counter) -> None:
    course = open_two(counter)
    planned = days(counter, course)
    assert planned["A1"] == planned["B1"], "one visit"
    counter.set_day(planned["A1"])
    hold = ("courses", "hold", course, "--lot", "X 1")
    assert counter.refused(*hold) == (2, "contradiction")
    counter.done(*hold, "--treatment", "A")
    counter.done("courses", "hold", course, "--lot", "Y 2", "--treatment", "B")
    shown = counter.done("courses", "show", course)["sessions"]
    assert {it["lot"] for it in shown if it["status"] == "held"} == {"X 1", "Y 2"}


def test_a_stop_takes_the_assessments_out_of_a_calendar(counter: Counter) -> None:
    """What the feed before told of a decision or a result is cancelled, not left behind."""
    course = four_held(counter)
    counter.done("courses", "print", course, "--output", "before.ics")
    counter.done("courses", "stop", course)
    counter.done("courses", "print", course, "--output", "after.ics")
    before, after = (
        {uid: str(event["STATUS"]) for uid, event in appointments(name).items()}
        for name in ("before.ics", "after.ics")
    )
    assert len(before) == 3, "two sessions and the decision"
    assert before.keys() <= after.keys()
    assert set(after.values()) == {"CANCELLED"}


def test_a_review_ends_what_a_pause_asks_for(counter: Counter) -> None:
    course = four_held(counter)
    counter.done("courses", "pause", course, "--reason", "ill")
    counter.set_day("2026-12-29")
    counter.done("courses", "pause", course, "--end")
    asks = "a clinician must review it before the next session"
    assert asks in " ".join(counter.ask("courses", "show", course, "--full").out.split())
    counter.done("courses", "review", course, "--go-on", "--who", "Dr B")
    assert asks not in " ".join(counter.ask("courses", "show", course, "--full").out.split())
    counter.done("courses", "replan", course, "--yes")
    counter.done("courses", "print", course, "--output", "plan.json")
    findings = Path("plan.json").read_text()
    assert "a clinician must review" not in findings


def test_a_month_needs_what_its_sessions_use(counter: Counter) -> None:
    """The label's 10 ml a session: two of December, the missed one aside."""
    for name in ("Ben", "Cora", "Dora"):
        counter.done("courses", "open", "deoxycholic-chin", "--patient", name, "--sessions", "2")
    missed = counter.done("courses", "find", "Dora")["courses"][0]["course"]
    counter.done("courses", "miss", missed)
    [need] = counter.done("diary", "--month")["consumables"]
    assert need["what"] == "ml deoxycholic acid 10 mg/ml, at most"
    assert (need["amount"], need["sessions"]) == ("20", 2)
    assert "deoxycholic acid" in counter.ask("diary", "--month").out

"""A second course of one patient: asked about, named, and kept apart from the first."""

from datetime import date
from pathlib import Path

from tests.cli.courses.desk import RULES, Counter
from tests.cli.courses.test_screening import ASKING, STOPS, answers

TOXIN = ("courses", "open", "mesobotox", "--sessions", "1", "--start-within", "60")


def test_it_is_asked_about_and_kept_apart(counter: Counter) -> None:
    """A toxin keeps two weeks from mesotherapy of the same face: a figure of its rule."""
    first = counter.open(patient="Anna  SECRET")
    days = [date.fromisoformat(day) for _, _, day in counter.sessions(first)]
    again = (*TOXIN, "--patient", "anna secret")
    assert counter.refused(*again) == (2, "not_confirmed")
    asked = counter.ask(*again)
    assert f"{first}, skin, running, 4 visits to come" in asked.err
    opened = counter.ask(*again, "--yes")
    assert opened.code == 0
    assert f"Course {first}, skin, running" in opened.out
    [course] = {it["course"] for it in counter.done("courses", "list")["courses"]} - {first}
    shown = counter.done("courses", "show", course)
    assert [it["course"] for it in shown["beside"]] == [first]
    assert shown["beside"][0]["upcoming"] == [str(day) for day in days]
    day = date.fromisoformat(shown["sessions"][0]["date"])
    assert min(abs((day - other).days) for other in days) >= 14
    assert "other" not in shown["request"], "the first course may still move"
    assert f"Course {course}, mesobotox" in counter.ask("courses", "show", first, "--full").out


def test_another_patient_is_not_asked_about(counter: Counter) -> None:
    counter.open("--reference", "A-1")
    other = counter.done(*TOXIN, "--patient", "Anna Secretary", "--reference", "A-10")
    assert other["beside"] == []


def test_told_by_the_reference(counter: Counter) -> None:
    first = counter.open("--reference", "A-1")
    same = (*TOXIN, "--patient", "A. Secret", "--reference", "A-1")
    assert counter.refused(*same) == (2, "not_confirmed")
    assert [it["course"] for it in counter.done(*same, "--yes")["beside"]] == [first]


def test_told_by_the_phone(counter: Counter) -> None:
    first = counter.open("--phone", "+44 20 7946 0018")
    same = (*TOXIN, "--patient", "A. Secret", "--phone", "0044 (20) 7946-0018")
    assert counter.refused(*same) == (2, "not_confirmed")
    assert [it["course"] for it in counter.done(*same, "--yes")["beside"]] == [first]


def test_told_by_a_phone_of_the_clinics_country(counter: Counter) -> None:
    """A national number is one of the clinic's country, and of no other."""
    text = Path("clinic.toml").read_text()
    Path("clinic.toml").write_text('country = "GB"\n' + text)
    first = counter.open("--phone", "+44 7700 900123")
    same = (*TOXIN, "--patient", "A. Secret", "--phone", "07700 900123")
    assert counter.refused(*same) == (2, "not_confirmed")
    other = counter.done(*same[:-1], "+49 7700 900123")
    assert other["beside"] == []
    for text in ("07700 900123", "0044 7700 900 123", "07700"):
        found = counter.done("courses", "find", text)["courses"]
        assert [it["course"] for it in found] == [first]
    assert counter.ask("courses", "find", "02700 900123").code == 1


def test_a_course_that_is_over_is_named_and_not_asked_about(counter: Counter) -> None:
    first = counter.open()
    counter.done("courses", "stop", first)
    second = counter.done(*TOXIN, "--patient", "Anna Secret")
    assert [(it["course"], it["status"]) for it in second["beside"]] == [(first, "stopped")]
    counter.done("courses", "erase", first, "--yes")
    shown = counter.done("courses", "show", second["course"])
    assert shown["beside"] == []


def test_days_booked_later_in_the_other_course_no_longer_fit(counter: Counter) -> None:
    """What is booked elsewhere counts as it stands today, not as it stood at the opening."""
    first = counter.open("--sessions", "2")
    second = counter.done(*TOXIN, "--patient", "Anna Secret", "--yes")["course"]
    assert [day for _, _, day in counter.sessions(second)] == ["2026-12-22"]
    assert counter.done("courses", "replan", second)["changes"] == []
    counter.done("courses", "hold", first)
    counter.set_day("2026-12-18")
    counter.done("courses", "hold", first)
    [change] = counter.done("courses", "replan", second)["changes"]
    assert (change["from"], change["to"]) == ("2026-12-22", "2027-01-01")


def test_a_rule_of_the_clinics_own_is_known_beside_another(counter: Counter) -> None:
    counter.open()
    made = counter.done(
        *("courses", "open", "general", "--patient", "Anna Secret", "--yes", "--sessions", "3"),
        *("--start-within", "90"),
    )
    first = {it["date"] for it in made["plan"]["sessions"]}
    assert first.isdisjoint(made["beside"][0]["upcoming"])


def test_what_was_answered_there_is_told_and_counts(counter: Counter) -> None:
    """A yes that stopped nothing there stops a treatment whose question it stops."""
    Path("skin.toml").write_text(RULES + ASKING.replace("stop = true\n", ""))
    first = counter.open("--screening", answers(stops="yes"))
    counter.done("courses", "stop", first)
    Path("skin.toml").write_text(RULES.replace('"skin"', '"glow"') + ASKING)
    second = ("courses", "open", "glow", "--rules", "skin.toml", "--patient", "Anna Secret")
    assert counter.refused(*second) == (4, "not_cleared")
    no = ("--screening", answers(stops="no"))
    assert counter.ask(*second, *no).code == 0, "asked anew, and answered no"
    yes = ("--screening", answers(stops="yes"), "--yes")
    cleared = counter.ask(*second, *yes, "--cleared-by", "Dr A", "--start", "2027-06-01")
    assert cleared.code == 0
    assert f"Answered there on Tue 1 Dec 2026: {STOPS}" in " ".join(cleared.out.split())

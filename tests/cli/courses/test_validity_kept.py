"""How long a course of the book is valid, how it is extended, and when it rests."""

from typing import Any

import pytest

from tests.cli.courses.desk import Counter
from tests.cli.courses.test_clinic_terms import house, opened

WEEKLY = "session = '80.00'\npackages = [{ sessions = 6, price = '400.00' }]\n"


def shown(counter: Counter, course: str) -> Any:
    return counter.done("courses", "show", course)


def valid_until(counter: Counter, course: str) -> Any:
    return shown(counter, course)["valid_until"]


@pytest.mark.parametrize(
    ("valid", "since", "last", "source"),
    [
        ("6 months", "payment", "2026-07-10", "elanvitalmedicesthetic.com: from purchase"),
        ("90 days", "payment", "2026-04-10", "bmcbiomedical.com: 90 days from purchase"),
        ("12 months", "payment", "2027-01-10", "waterhouseyoung.com: from purchase"),
        ("90 days", "first", "2026-04-12", "institutoesthetic.com.br: from session 1, 12 Jan"),
        ("1 month", "payment", "2026-02-10", "kosmedica.pl: 1 to 12 months by kind"),
    ],
)
def test_until_when(counter: Counter, valid: str, since: str, last: str, source: str) -> None:
    """Bought on Saturday 10 Jan 2026, begun on Monday, paid another part on Tuesday."""
    counter.set_day("2026-01-10")
    house(f"{WEEKLY}valid = '{valid}'\nvalid_from = '{since}'", currency="EUR")
    course = opened(counter, 4)
    counter.done("courses", "pay", course, "100.00")
    counter.set_day("2026-01-12")
    counter.done("courses", "hold", course)
    counter.set_day("2026-01-13")
    counter.done("courses", "pay", course, "100.00")
    assert valid_until(counter, course) == last, source
    assert "valid          until" not in counter.ask("courses", "show", course, "--full").out
    words = counter.ask("courses", "show", course, "--full").out
    assert "Valid" in words
    terms = shown(counter, course)["terms"]
    assert (terms["valid"], terms["valid_from"]) == (valid, since)


def test_it_is_as_agreed_whatever_the_clinic_says_later(counter: Counter) -> None:
    house(f"{WEEKLY}valid = '8 weeks'")
    course = opened(counter, 4)
    counter.done("courses", "hold", course)
    house(f"{WEEKLY}valid = '1 week'")
    assert valid_until(counter, course) == "2027-01-26"
    counter.done("courses", "replan", course)


def test_before_session_1_it_counts_from_the_day_booked(counter: Counter) -> None:
    house(f"{WEEKLY}valid = '4 weeks'")
    course = opened(counter, 4, "--start", "2026-12-07")
    assert valid_until(counter, course) == "2027-01-04"
    counter.done("courses", "extend", course, "--until", "2027-01-08", "--reason", "away")
    assert valid_until(counter, course) == "2027-01-08"


def test_unpaid_it_counts_from_today(counter: Counter) -> None:
    house(f"{WEEKLY}valid = '8 weeks'\nvalid_from = 'payment'")
    course = opened(counter, 4)
    assert valid_until(counter, course) == "2027-01-26"
    counter.set_day("2026-12-03")
    assert valid_until(counter, course) == "2027-01-28"


def test_it_bounds_what_is_planned_and_never_what_was_done(counter: Counter) -> None:
    house(f"{WEEKLY}valid = '21 days'")
    course = opened(counter, 4)
    for day in ("2026-12-01", "2026-12-08", "2026-12-15"):
        counter.set_day(day)
        counter.done("courses", "hold", course)
    moved = ("courses", "move", course, "4", "--to", "2026-12-23")
    assert counter.refused(*moved) == (4, "past_the_limit")
    counter.set_day("2026-12-23")
    assert counter.refused("courses", "replan", course) == (1, "no_calendar")
    late = counter.done("courses", "hold", course)
    assert late["revision"], "it took place"
    after = shown(counter, course)
    (entry,) = after["held_past_limits"]
    assert (entry["session"], entry["date"], entry["limit"]["day"]) == (
        *("4", "2026-12-23"),
        "2026-12-22",
    )
    words = "was held after Tue 22 Dec 2026, the last day on which the course is valid."
    assert words in " ".join(counter.ask("courses", "show", course, "--full").out.split())


def test_an_extension_opens_the_days_again(counter: Counter) -> None:
    house(f"{WEEKLY}valid = '21 days'")
    course = opened(counter, 4)
    for day in ("2026-12-01", "2026-12-08", "2026-12-15"):
        counter.set_day(day)
        counter.done("courses", "hold", course)
    extend = ("courses", "extend", course, "--reason", "ill", "--until")
    assert counter.refused(*extend, "2026-12-22") == (2, "contradiction"), "no later"
    done = counter.done(*extend, "2027-01-05")
    assert done["state"]["extended_until"] == "2027-01-05"
    assert valid_until(counter, course) == "2027-01-05"
    counter.done("courses", "move", course, "4", "--to", "2026-12-23")
    assert counter.ask("courses", "extend", course, "--until", "2027-02-01").code == 2


def test_what_has_no_end_is_not_extended(counter: Counter) -> None:
    house(WEEKLY)
    course = opened(counter, 4)
    extend = ("courses", "extend", course, "--until", "2027-01-05", "--reason", "ill")
    assert counter.refused(*extend) == (2, "no_validity")
    assert valid_until(counter, course) is None


def test_an_extension_into_the_past(counter: Counter) -> None:
    house(f"{WEEKLY}valid = '21 days'")
    course = opened(counter, 4)
    counter.done("courses", "hold", course)
    counter.set_day("2027-02-01")
    extend = ("courses", "extend", course, "--until", "2027-01-05", "--reason", "ill")
    assert counter.refused(*extend) == (4, "in_the_past")


def test_a_course_that_rests(counter: Counter) -> None:
    """Weekly, lapsing 4 weeks after a session: five weeks of rest lapse nothing."""
    house(f"{WEEKLY}valid = '8 weeks'")
    course = opened(counter, 4)
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-08")
    assert counter.refused("courses", "pause", course) == (2, "missing_argument")
    done = counter.done("courses", "pause", course, "--reason", "pregnancy")
    state = done["state"]
    assert state["status"] == "paused"
    assert [it["status"] for it in state["sessions"]] == ["held"], "its visits are given up"
    assert state["pauses"] == [{"began": "2026-12-08", "ended": None, "reason": "pregnancy"}]
    for words in (
        ("courses", "replan", course, "--yes"),
        ("courses", "pause", course, "--reason", "again"),
    ):
        assert counter.refused(*words) == (4, "paused"), words
    counter.set_day("2027-01-12")
    assert counter.done("courses", "list", "--overdue")["courses"] == []
    assert (
        "is paused since Tue 8 Dec 2026: pregnancy."
        in counter.ask("courses", "show", course, "--full").out
    )
    assert counter.refused("courses", "pause", course, "--end", "--reason", "x") == (
        *(2,),
        "contradiction",
    )
    early = ("courses", "pause", course, "--end", "--on", "2026-12-07")
    assert counter.refused(*early) == (4, "in_the_past")
    ended = counter.done("courses", "pause", course, "--end")
    assert ended["state"]["status"] == "running"
    assert counter.refused("courses", "pause", course, "--end") == (4, "not_paused")
    assert valid_until(counter, course) == "2027-03-02", "26 Jan and the 35 days of rest"
    told = " ".join(counter.ask("courses", "show", course, "--full").out.split())
    review = "was paused from Tue 8 Dec 2026 to Tue 12 Jan 2027: a clinician must review it"
    assert review in told
    counter.set_day("2027-01-14")
    counter.done("courses", "replan", course, "--late", "60", "--yes")
    counter.done("courses", "hold", course)
    (_, last) = shown(counter, course)["history"]
    assert last["verdict"] == "late", "day 44, of 28 and 35"
    assert "must review" not in counter.ask("courses", "show", course, "--full").out
    late = ("courses", "pause", course, "--reason", "ill", "--on", "2027-01-13")
    assert counter.refused(*late) == (4, "in_the_past"), "a session was held on the 14th"


def test_without_rest_it_would_have_lapsed(counter: Counter) -> None:
    house(WEEKLY)
    course = opened(counter, 4)
    counter.done("courses", "hold", course)
    counter.set_day("2027-01-14")
    counter.done("courses", "hold", course)
    assert shown(counter, course)["history"][-1]["verdict"] == "lapsed"


def test_moves_beyond_those_agreed_are_told(counter: Counter) -> None:
    house(f"{WEEKLY}moves = 2")
    course = opened(counter, 4)
    counter.done("courses", "hold", course)
    days = ["2026-12-09", "2026-12-10", "2026-12-11"]
    told = [counter.ask("courses", "move", course, "--alone", "2", "--to", day).out for day in days]
    words = "Sessions were moved 3 times, of 2 that are agreed."
    assert [words in text for text in told] == [False, False, True]
    assert words in counter.ask("courses", "show", course, "--full").out


def test_a_course_of_several_is_valid_each_as_agreed(counter: Counter) -> None:
    house(
        f"{WEEKLY}valid = '8 weeks'",
        "[prices.cellulite]\nsession = '50.00'\nvalid = '10 weeks'",
    )
    rules = ("--rules", "skin.toml", "--no-improvement")
    course = counter.done("courses", "open", "skin*3", "cellulite*3", *rules)["course"]
    counter.set_day("2026-12-02")
    treatments = shown(counter, course)["treatments"]
    assert [len(it["valid_until"]) for it in treatments] == [10, 10]
    done = counter.done("courses", "pause", course, "--reason", "ill")
    assert not [it for it in done["state"]["sessions"] if it["status"] == "booked"]

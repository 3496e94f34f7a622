"""A consultation in the book: booked with the course, held or missed, its price in the account."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import Counter
from tests.cli.courses.several import appointments
from tests.cli.courses.test_clinic_terms import account, dues, house, opened

SIX = "session = '250.00'\npackages = [{ sessions = 6, price = '1200.00' }]\n"
HALF = f"{SIX}deposit = '50%'\nrest = 'second'"
DAY = 'notice = "24 hours"'


def terms(price: str = "100.00", **more: str) -> str:
    """Return the table of a consultation."""
    lines = [f"price = '{price}'", "minutes = 30", "reflection = '2 days'"]
    return "\n".join(["[consultation]", *lines, *(f"{key} = {it}" for key, it in more.items())])


def begun(counter: Counter, *words: str, prices: str = HALF, **more: str) -> str:
    house(prices, terms(**more), top=DAY)
    return opened(counter, 6, "--consultation", *words)


def visit(counter: Counter, course: str) -> Any:
    return counter.done("courses", "show", course)["consultation"]


def test_it_is_booked_with_the_course_and_held(counter: Counter) -> None:
    course = begun(counter, redeemed="true")
    kept = visit(counter, course)
    assert (kept["date"], kept["status"], kept["price"]) == ("2026-12-01", "booked", "100.00")
    assert "Tue 1 Dec 2026, booked" in counter.ask("courses", "show", course, "--full").out
    first = counter.done("courses", "show", course)["sessions"][0]
    assert first["date"] == "2026-12-03", "two days to think"
    counter.done("courses", "replan", course)
    assert counter.done("courses", "show", course)["sessions"][0]["date"] == "2026-12-03"
    early = counter.refused("courses", "move", course, "1", "--to", "2026-12-02")
    assert early[0] == 1, "no time to think"
    counter.done("courses", "hold", course, "--consultation")
    assert visit(counter, course)["status"] == "held"
    again = ("courses", "hold", course, "--consultation")
    assert counter.refused(*again) == (4, "no_consultation")
    both = ("courses", "hold", course, "--consultation", "--session", "1")
    assert counter.refused(*both) == (2, "contradiction")


def test_taken_off_the_course(counter: Counter) -> None:
    """waterhouseyoung.com: 100, taken off any treatment; half when booked, the rest later."""
    course = begun(counter, redeemed="true")
    assert dues(counter, course) == [
        ("consultation", "2026-12-01", "100.00"),
        ("deposit", "2026-12-01", "500.00"),
        ("rest", "2026-12-10", "600.00"),
    ]
    counter.done("courses", "hold", course, "--consultation")
    counter.done("courses", "pay", course, "100.00")
    told = account(counter, course)
    assert (told["fees"], told["balance"], told["open"]) == ("0.00", "1100.00", "500.00")


def test_paid_beside_the_course(counter: Counter) -> None:
    course = begun(counter)
    assert dues(counter, course) == [
        ("consultation", "2026-12-01", "100.00"),
        ("deposit", "2026-12-01", "600.00"),
        ("rest", "2026-12-10", "600.00"),
    ]
    told = account(counter, course)
    assert (told["fees"], told["balance"]) == ("100.00", "1300.00")
    counter.done("courses", "hold", course, "--consultation")
    counter.done("courses", "pay", course, "700.00")
    assert account(counter, course)["balance"] == "600.00"
    diary = counter.done("diary", "--month")
    assert "100.00" in str(diary), "what came in that day"


@pytest.mark.parametrize(("start", "fees"), [("2026-12-31", "0.00"), ("2027-01-04", "100.00")])
def test_taken_off_a_course_begun_in_time(counter: Counter, start: str, fees: str) -> None:
    house(HALF, terms(redeemed="'30 days'"), top=DAY)
    course = opened(counter, 6, "--consultation", "--start", start)
    assert account(counter, course)["fees"] == fees
    left = str(1200 + int(float(fees)))
    assert account(counter, course)["balance"] == f"{left}.00"


def test_stopped_before_the_first_session_it_is_owed(counter: Counter) -> None:
    """tvigy.com: given up within 14 days, all back less 50 for the consultation."""
    withdraw = "[stopping]\nwithdraw = '14 days'"
    house("session = '252.00'", terms("50.00", redeemed="true"), withdraw, top=DAY)
    course = opened(counter, 2, "--consultation")
    counter.done("courses", "hold", course, "--consultation")
    counter.done("courses", "pay", course, "504.00")
    counter.set_day("2026-12-02")
    settled = counter.done("courses", "stop", course)["settlement"]
    assert (settled["used"], settled["fees"], settled["refund"]) == ("0.00", "50.00", "454.00")


def test_stopped_before_it_took_place_nothing_is_owed(counter: Counter) -> None:
    house("session = '252.00'", terms("50.00"), top=DAY)
    course = opened(counter, 2, "--consultation", "2026-12-04")
    counter.done("courses", "pay", course, "554.00")
    settled = counter.done("courses", "stop", course)["settlement"]
    assert (settled["fees"], settled["refund"]) == ("0.00", "554.00")
    assert account(counter, course)["fees"] == "0.00"


@pytest.mark.parametrize(
    ("words", "clock", "keys", "kept"),
    [
        ((), ("2026-12-04", 12), {"missed": "'50.00'"}, "50.00"),
        ((), ("2026-12-04", 12), {"missed": "'50%'"}, "50.00"),
        ((), ("2026-12-04", 12), {"missed": "'session'"}, "100.00"),
        ((), ("2026-12-04", 12), {"late": "'50.00'"}, None),
        (("--called-off",), ("2026-12-03", 12), {"late": "'40.00'"}, "40.00"),
        (("--called-off",), ("2026-12-03", 8), {"late": "'40.00'"}, None),
        (("--fee", "7.00"), ("2026-12-04", 12), {"missed": "'50.00'"}, "7.00"),
        (("--waive", "was ill"), ("2026-12-04", 12), {"missed": "'50.00'"}, None),
    ],
)
def test_missed_by_terms_of_its_own(
    counter: Counter,
    words: tuple[str, ...],
    clock: tuple[str, int],
    keys: dict[str, str],
    kept: str | None,
) -> None:
    course = begun(counter, "2026-12-04", **keys)
    counter.set_day(*clock)
    counter.done("courses", "miss", course, "--consultation", "--yes", *words)
    told = account(counter, course)
    assert told["fees"] == (kept or "0.00")
    assert visit(counter, course)["status"] == "missed"
    assert counter.done("courses", "show", course)["sessions"][0]["status"] == "booked"


def test_what_the_terms_keep_is_asked(counter: Counter) -> None:
    course = begun(counter, "2026-12-04", missed="'50.00'")
    counter.set_day("2026-12-04", 12)
    ran = counter.ask("courses", "miss", course, "--consultation")
    assert ran.code == 2
    assert "50.00 GBP for the consultation" in ran.err
    waived = counter.ask("courses", "miss", course, "--consultation", "--waive", "ill")
    assert "Waived (ill): 50.00 GBP for the consultation." in waived.err


def test_a_clinic_that_gave_its_consultations_up_keeps_nothing(counter: Counter) -> None:
    course = begun(counter, "2026-12-04", missed="'50.00'")
    house(HALF, top=DAY)
    counter.set_day("2026-12-04", 12)
    assert "kept" not in counter.done("courses", "miss", course, "--consultation", "--yes")
    assert visit(counter, course)["status"] == "missed"
    assert account(counter, course)["fees"] == "0.00"


def test_nothing_to_waive_and_none_agreed(counter: Counter) -> None:
    course = begun(counter, "2026-12-04")
    waive = ("courses", "miss", course, "--consultation", "--waive", "ill")
    assert counter.refused(*waive) == (2, "contradiction")
    house(HALF)
    bare = opened(counter, 6)
    miss = ("courses", "miss", bare, "--consultation")
    assert counter.refused(*miss) == (2, "no_consultation")
    assert counter.refused("courses", "hold", bare, "--consultation") == (4, "no_consultation")
    treatment = ("courses", "miss", course, "--consultation", "--treatment", "A")
    assert counter.refused(*treatment) == (2, "contradiction")


def test_one_that_took_place_before(counter: Counter) -> None:
    course = begun(counter, "2026-11-27")
    assert visit(counter, course)["status"] == "held"
    assert counter.done("courses", "show", course)["sessions"][0]["date"] == "2026-12-01"


def test_printed_while_it_is_to_come(counter: Counter) -> None:
    house(HALF, terms(redeemed="true"), top=DAY)
    course = opened(counter, 6, "--consultation", "2026-12-04", "--at", "10:00")
    counter.done("courses", "print", course, "-o", "plan.md")
    text = Path("plan.md").read_text("utf-8")
    assert "Fri 4 Dec 2026 10:00: consultation, 30 minutes, 100.00 GBP" in text
    counter.set_day("2026-12-04")
    counter.done("courses", "hold", course, "--consultation")
    counter.done("courses", "print", course, "-o", "later.md")
    assert "consultation" not in Path("later.md").read_text("utf-8")


def test_without_prices(counter: Counter) -> None:
    house(HALF, terms(missed="'50.00'"), top=DAY)
    course = opened(counter, 6, "--consultation", "--no-prices")
    counter.set_day("2026-12-01", 18)
    counter.done("courses", "miss", course, "--consultation", "--yes")
    assert visit(counter, course)["status"] == "missed"


def test_a_stop_takes_it_out_of_a_calendar(counter: Counter) -> None:
    course = begun(counter, "2026-12-04", "--start", "2026-12-10")
    counter.done("courses", "print", course, "--output", "before.ics")
    counter.done("courses", "stop", course)
    counter.done("courses", "print", course, "--output", "after.ics")
    assert appointments("after.ics").keys() == appointments("before.ics").keys()

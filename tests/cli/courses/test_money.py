"""Money of courses of the book, worked by hand: tax, refunds, fees, what falls due, the diary."""

from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses import conftest
from tests.cli.courses.desk import Counter, repeating

HEAD = """\
name = "C"
timezone = "Europe/London"
currency = "{currency}"
[hours]
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
thu = ["09:00-18:00"]
fri = ["09:00-18:00"]
"""
ON_TOP = '[tax]\nname = "VAT"\nrate = "{rate}"\nincluded = false\n'
PACKAGE = "packages = [{ sessions = 3, price = '900.00' }]\n"
WEEKS = ("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29")


class Terminal(TextIOWrapper):
    """Where somebody answers."""

    def isatty(self) -> bool:
        return True


def house(prices: str, *more: str, currency: str = "GBP", protocol: str = "cellulite") -> None:
    Path("clinic.toml").write_text(
        f"{HEAD.format(currency=currency)}[prices.{protocol}]\n{prices}{''.join(more)}"
    )


def opened(counter: Counter, *words: str) -> str:
    made = counter.done("courses", "open", *(words or ("cellulite", "--sessions", "3")))
    course: str = made["course"]
    return course


def hold(counter: Counter, course: str, days: Sequence[str]) -> None:
    for day in days:
        counter.set_day(day)
        counter.done("courses", "hold", course)


def account(counter: Counter, course: str) -> Any:
    return counter.done("courses", "show", course)["account"]


def income(counter: Counter, *months: str) -> str:
    """Return what the diary says of all months, in pence or what stands for them."""
    found = [counter.done("diary", "--month", "--as-of", f"{month}-01") for month in months]
    amounts = [entry["low"] for made in found for entry in made["income"]]
    assert len(amounts) <= 1, "one month at a time"
    return amounts[0] if amounts else ""


@pytest.mark.parametrize(
    ("prices", "tax", "currency", "count", "paid", "held", "refund", "source"),
    [
        ("350.00", "20%", "GBP", 3, "1080.00", 1, "660.00", "package 900, 1080 less 420"),
        ("350.00", "20%", "GBP", 3, "1080.00", 2, "240.00", "1080 less 840"),
        ("350.00", "20%", "GBP", 3, "1080.00", 3, "0.00", "1260 is more than the course"),
        ("180.00", "20%", "GBP", 5, "1080.00", 2, "648.00", "no package: 5 x 216, 2 had"),
        ("180.00", "20%", "GBP", 5, "1080.00", 5, "0.00", "all had"),
        ("0.50", "19%", "GBP", 4, "2.38", 4, "0.00", "2.00 and 0.38, not 4 x 0.60"),
        ("0.50", "19%", "GBP", 4, "2.38", 3, "0.59", "1.50 and 0.285 is 1.79"),
        ("333", "10%", "JPY", 3, "1099", 2, "366", "999 and 99.9 is 1099; 666 and 66.6 is 733"),
        ("0.333", "5%", "KWD", 3, "1.049", 1, "0.699", "0.999 and 0.04995; 0.333 and 0.01665"),
        ("180.00", "20%", "GBP", 5, "216.00", 2, "-216.00", "only a deposit paid"),
    ],
)
def test_a_stop_sets_gross_against_gross(
    counter: Counter,
    prices: str,
    tax: str,
    currency: str,
    count: int,
    paid: str,
    held: int,
    refund: str,
    source: str,
) -> None:
    package = PACKAGE if prices == "350.00" else ""
    house(f'session = "{prices}"\n{package}', ON_TOP.format(rate=tax), currency=currency)
    course = opened(counter, "cellulite", "--sessions", str(count))
    counter.done("courses", "pay", course, paid)
    hold(counter, course, WEEKS[:held])
    settled = counter.done("courses", "stop", course)["settlement"]
    owed, back = settled["owed"], settled["refund"]
    assert (f"-{owed}" if float(owed) else back) == refund, source
    assert account(counter, course)["balance"] == (owed if float(owed) else f"-{back}").replace(
        "-0", "0" if not float(back) else "-0"
    )


def test_a_course_of_two_is_taxed_once_at_a_stop(counter: Counter) -> None:
    house('session = "0.50"\n[prices.mesobotox]\nsession = "0.50"\n', ON_TOP.format(rate="19%"))
    spaced = '[[spacing]]\nfirst = "mesotherapy"\nother = "toxin"\nminimum = "2 weeks"\n'
    spaced += 'minimum_before = "2 weeks"\nsame_day = true\nreason = "House rule"\n'
    with Path("clinic.toml").open("a") as file:
        file.write(spaced)
    text = Path("clinic.toml").read_text().replace("prices.cellulite", "prices.hyaluronic-acid")
    Path("clinic.toml").write_text(text)
    words = ("hyaluronic-acid*3", "mesobotox*1", "--start", "2026-12-01")
    course = opened(counter, *words)
    assert account(counter, course)["agreed_low"] == "2.38", "2.00 and 0.38"
    counter.done("courses", "pay", course, "2.38")
    hold(counter, course, WEEKS[:1])
    settled = counter.done("courses", "stop", course)["settlement"]
    # 0.50 of each: 1.00 and 0.19.
    assert (settled["used"], settled["refund"], settled["had"]) == ("1.19", "1.19", 2)
    assert sum(float(part["used"]) for part in settled["treatments"]) == pytest.approx(1.19)


def test_an_instalment_of_a_session_passed_over_falls_due_with_the_next(counter: Counter) -> None:
    house('session = "100.00"\ninstalments = 4\n')
    course = opened(counter, "cellulite", "--sessions", "4")
    hold(counter, course, WEEKS[:1])
    counter.set_day(WEEKS[1])
    counter.done("courses", "hold", course, "--session", "3")
    counter.done("courses", "replan", course, "--yes")
    hold(counter, course, WEEKS[2:4])
    now = account(counter, course)
    assert [(it["what"], it["due"]) for it in now["due"]] == [
        *(("instalment", WEEKS[0]), ("instalment", WEEKS[1])),
        *(("instalment", WEEKS[1]), ("instalment", WEEKS[2])),
    ]
    assert (now["open"], now["balance"]) == ("400.00", "400.00")
    assert income(counter, "2026-12") == "400.00"


def test_what_was_agreed_for_sessions_that_are_left_out_falls_due_with_the_last(
    counter: Counter,
) -> None:
    other = '[prices.mesobotox]\nsession = "70.00"\n'
    house('session = "100.00"\ninstalments = 4\n', other, protocol="hyaluronic-acid")
    course = opened(counter, "hyaluronic-acid*4", "mesobotox*1", "--start", "2026-12-01")
    before = account(counter, course)["due"]
    hold(counter, course, WEEKS[:1])
    shorter = ("hyaluronic-acid*3", "--yes")
    counter.done("courses", "replan", course, *shorter)
    now = account(counter, course)
    skin = [it["due"] for it in now["due"] if it["label"] == "A"]
    assert skin == [it["due"] for it in before if it["label"] == "A"][:3] + skin[2:3]
    assert sum(float(it["amount"]) for it in now["due"]) == float(now["agreed_low"]) == 470
    months = sorted({day[:7] for day in skin} | {it["due"][:7] for it in now["due"]})
    assert sum(float(income(counter, month) or 0) for month in months) == 470


def test_a_missed_session_without_a_day_leaves_its_part_open(counter: Counter) -> None:
    house('session = "100.00"\ninstalments = 3\n')
    course = opened(counter)
    hold(counter, course, WEEKS[:2])
    counter.set_day(WEEKS[2])
    counter.done("courses", "miss", course)
    assert [it["due"] for it in account(counter, course)["due"]] == [*WEEKS[:2], None]
    assert income(counter, "2026-12") == "200.00", "two of three shares have a day"


def test_a_repeat_is_billed_when_it_was_had(counter: Counter) -> None:
    house('session = "100.00"\npackages = [{ sessions = 3, price = "270.00" }]\n')
    course = opened(counter, "cellulite", "--sessions", "3", *repeating("cellulite"))
    hold(counter, course, ("2026-12-01", "2026-12-07"))
    counter.done("courses", "replan", course, "--yes")
    assert account(counter, course)["agreed_low"] == income(counter, "2026-12") == "270.00"
    hold(counter, course, ("2026-12-14", "2026-12-21"))
    now = account(counter, course)
    assert now["agreed_low"] == income(counter, "2026-12") == "370.00", "and a single session"
    assert now["due"][-1] == {
        "label": None,
        "what": "visit",
        "due": "2026-12-21",
        "session": 4,
        "amount": "100.00",
        "open": "100.00",
    }


@pytest.mark.parametrize(
    ("rule", "held", "used", "source"),
    [
        ('[stopping]\nfee = "50.00"\n', 1, "150.00", "a single price and the fee"),
        ('[stopping]\nfee = "50.00"\n', 0, "50.00", "the fee alone"),
        ('[stopping]\nfee = "100%"\n', 2, "300.00", "never above the course"),
        ('[stopping]\nsessions = "share"\n', 2, "150.00", "two of four shares of 75"),
        ("", 3, "300.00", "three single prices are the course"),
        ("", 0, "", "nothing was had"),
    ],
)
def test_the_diary_after_a_stop(
    counter: Counter, rule: str, held: int, used: str, source: str
) -> None:
    house('session = "100.00"\npackages = [{ sessions = 4, price = "300.00" }]\n', rule)
    course = opened(counter, "cellulite", "--sessions", "4")
    hold(counter, course, WEEKS[:held])
    counter.done("courses", "stop", course)
    assert income(counter, "2026-12") == used, source
    assert account(counter, course)["balance"] == (used or "0.00")
    assert counter.done("book", "verify")["is_sound"]


def test_a_fee_for_a_missed_visit_is_owed_and_never_given_back(counter: Counter) -> None:
    house('session = "100.00"\n')
    course = opened(counter)
    counter.done("courses", "pay", course, "300.00")
    hold(counter, course, WEEKS[:1])
    counter.set_day(WEEKS[1])
    ran = counter.ask("courses", "miss", course, "--fee", "30.00")
    assert "A fee of 30.00 GBP is owed for it." in ran.err
    now = account(counter, course)
    assert (now["fees"], now["balance"], now["open"]) == ("30.00", "30.00", "30.00")
    assert "Fee, session 2" in counter.ask("courses", "show", course, "--full").out
    counter.done("courses", "pay", course, "30.00")
    assert account(counter, course)["balance"] == "0.00"
    counter.done("courses", "replan", course, "--yes")
    assert account(counter, course)["balance"] == "0.00"
    assert income(counter, "2026-12") == "330.00"
    settled = counter.done("courses", "stop", course)["settlement"]
    assert (settled["used"], settled["fees"], settled["refund"]) == ("100.00", "30.00", "200.00")
    assert "Fees" in counter.ask("courses", "show", course, "--full").out
    assert income(counter, "2026-12") == "130.00"


def test_a_fee_passes_the_checks_of_a_correction(counter: Counter) -> None:
    house('session = "100.00"\n')
    course = opened(counter)
    hold(counter, course, WEEKS[:1])
    counter.set_day(WEEKS[1])
    counter.done("courses", "miss", course, "--fee", "30.00")
    words = ("courses", "correct", course, "4", "--reason", "x", "--set")
    assert counter.refused(*words, "fee=30.001")[0] in (2, 4)
    assert counter.refused(*words, "currency=EUR")[0] in (2, 4)
    counter.done(*words, "fee=20.00")
    assert account(counter, course)["fees"] == income_of_fees(counter) == "20.00"


def income_of_fees(counter: Counter) -> str:
    fees: str = counter.done("diary", "--month", "--as-of", "2026-12-01")["income"][0]["fees"]
    return fees


@pytest.mark.parametrize("fee", ["30.001", "-5", "x", ""])
def test_a_fee_that_is_no_amount(counter: Counter, fee: str) -> None:
    house('session = "100.00"\n')
    course = opened(counter)
    assert counter.refused("courses", "miss", course, "--fee", fee)[0] == 2


def test_a_payment_above_all_that_is_left_asks(counter: Counter) -> None:
    house('session = "100.00"\n')
    course = opened(counter)
    pay = ("courses", "pay", course)
    counter.done(*pay, "300.00", "--key", "k")
    assert counter.refused(*pay, "0.01") == (2, "not_confirmed")
    ran = counter.ask(*pay, "40.00")
    assert "40.00 GBP is more than the 0.00 GBP left to pay." in ran.err
    ran = counter.ask(*pay, "40.00", "--yes")
    assert "Paid in all: 340.00 GBP. Paid beyond the price: 40.00 GBP." in ran.out
    shown = counter.ask("courses", "show", course, "--full").out
    assert "Paid beyond the price  40.00 GBP" in shown
    counter.done(*pay, "50.00", "--refund")
    counter.done("courses", "stop", course, "--used", "300.00")
    assert counter.refused(*pay, "10.01") == (2, "not_confirmed")
    counter.done(*pay, "10.00")


@pytest.mark.parametrize(
    ("answer", "code", "paid"), [("y", 0, "400.00"), ("n", 1, "0.00"), ("", 1, "0.00")]
)
def test_the_question_on_a_terminal(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, paid: str
) -> None:
    monkeypatch.setattr(conftest, "TextIOWrapper", Terminal)
    house('session = "100.00"\n')
    course = opened(counter)
    ran = counter.ask("courses", "pay", course, "400.00", stdin=f"{answer}\n".encode())
    assert ran.code == code, ran
    assert ran.err.count("[y/N]") == 1
    assert account(counter, course)["paid"] == paid


def test_a_stop_that_settled_nothing_is_settled_later(counter: Counter) -> None:
    house('session = "100.00"\n', protocol="mesobotox")
    course = opened(counter, "hyaluronic-acid", "mesobotox", "--start", "2026-12-01")
    told = counter.ask("courses", "stop", course, "--reason", "moved away").out
    assert f"'meso-schedule courses stop {course} --used AMOUNT'" in told
    assert counter.refused("courses", "stop", course) == (4, "stopped")
    counter.set_day("2026-12-03")
    settled = counter.done("courses", "stop", course, "--used", "5.00")
    assert settled["settlement"]["owed"] == "5.00"
    kept = settled["state"]["stopped"]
    assert (kept["on"], kept["reason"]) == ("2026-12-01", "moved away")
    assert counter.refused("courses", "stop", course, "--used", "6.00") == (4, "stopped")
    assert counter.done("book", "verify")["is_sound"]


def test_the_rest_after_a_deposit_is_no_instalment(counter: Counter) -> None:
    house('session = "100.00"\ndeposit = "20%"\n')
    course = opened(counter)
    assert [(it["what"], it["amount"]) for it in account(counter, course)["due"]] == [
        *(("deposit", "60.00"), ("rest", "240.00"))
    ]
    assert "Rest, session 1" in counter.ask("courses", "show", course, "--full").out

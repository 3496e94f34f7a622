"""Money of courses of two treatments; every amount below is worked out by hand.

Three sessions of hyaluronic acid (A) as a package of 540.00, 20 % of it as a deposit and the rest
in 3 parts; two of mesoBotox (B) at 300.00, 100.00 as a deposit and the rest in 2 parts.
"""

from pathlib import Path

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.several import PRICES, SHARED, TWO, open_two

B_IN_EUROS = PRICES.split("[prices.mesobotox]", maxsplit=1)[0]


def price_the_skin(currency: str, per: str, amount: str) -> None:
    """Give the rule file of the skin course a price of its own."""
    Path("skin.toml").write_text(
        Path("skin.toml").read_text()
        + f'[[prices]]\ncurrency = "{currency}"\nper = "{per}"\n'
        + f'low = "{amount}"\nhigh = "{amount}"\nassumption = "test"\n'
    )


def test_what_falls_due_by_treatment(counter: Counter) -> None:
    course = open_two(counter)
    account = counter.done("courses", "show", course)["account"]
    dues = [
        (it["label"], it["what"], it["session"], it["due"], it["amount"]) for it in account["due"]
    ]
    assert dues == [
        ("A", "deposit", None, "2026-12-01", "108.00"),
        ("B", "deposit", None, "2026-12-01", "100.00"),
        ("A", "instalment", 1, "2027-01-04", "144.00"),
        ("B", "instalment", 1, "2027-01-04", "250.00"),
        ("A", "instalment", 2, "2027-02-04", "144.00"),
        ("A", "instalment", 3, "2027-03-04", "144.00"),
        ("B", "instalment", 2, "2027-04-05", "250.00"),
    ]
    assert (account["agreed_low"], account["open"], account["balance"]) == (
        *("1140.00", "208.00", "1140.00"),
    )


def test_the_account_agrees_with_the_plan(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + PRICES + SHARED)
    made = counter.done("courses", "open", *TWO)
    cost = made["plan"]["cost"]
    account = counter.done("courses", "show", made["course"])["account"]
    by_day: dict[str, float] = {}
    for entry in account["due"]:
        if entry["what"] != "deposit":
            by_day[entry["due"]] = by_day.get(entry["due"], 0) + float(entry["amount"])
    assert {it["due"]: float(it["amount"]) for it in cost["instalments"]} == by_day
    deposits = [float(it["amount"]) for it in account["due"] if it["what"] == "deposit"]
    assert float(cost["deposit"]["amount"]) == sum(deposits)
    assert cost["low"] == account["agreed_low"]


def test_payments_settle_the_sum(counter: Counter) -> None:
    course = open_two(counter)
    ran = counter.ask("courses", "pay", course, "358.00")
    assert "Paid in all: 358.00 GBP. Still to pay: 782.00 GBP." in ran.out
    account = counter.done("courses", "show", course)["account"]
    # 208.00 of deposits, the 144.00 of A1, and 6.00 of the 250.00 of B1.
    assert [it["open"] for it in account["due"]] == [
        *("0.00", "0.00", "0.00", "244.00", "144.00", "144.00", "250.00")
    ]
    assert counter.refused("courses", "pay", course, "5", "--currency", "EUR") == (
        *(2, "contradiction"),
    )
    shown = counter.ask("courses", "show", course, "--full").out
    assert "Instalment, session B1  250.00 GBP on Mon 4 Jan 2027, 244.00 open" in shown
    assert "Deposit, B" in shown


@pytest.mark.parametrize(
    ("rule", "visits", "used", "owed", "refund", "by"),
    [
        # A visit of both: 200.00 and 300.00, the single prices.
        ("", 1, "500.00", "0.00", "100.00", "single"),
        # Two more sessions of A would be 600.00 alone: never more than the package, 540.00.
        ("", 3, "840.00", "240.00", "0.00", "single"),
        # A third of 540.00 and half of 600.00.
        ('[stopping]\nsessions = "share"\n', 1, "480.00", "0.00", "120.00", "share"),
        # 10 % of 1140.00 besides.
        ('[stopping]\nfee = "10%"\n', 1, "614.00", "14.00", "0.00", "single"),
        ('[stopping]\nfee = "900.00"\n', 1, "1140.00", "540.00", "0.00", "single"),
    ],
)
def test_a_stop_settles_each_treatment(
    counter: Counter, rule: str, visits: int, used: str, owed: str, refund: str, by: str
) -> None:
    course = open_two(counter, rules=SHARED + rule)
    for day in ("2027-01-04", "2027-02-04", "2027-03-04")[:visits]:
        counter.set_day(day)
        counter.done("courses", "hold", course)
    counter.done("courses", "pay", course, "600.00")
    settled = counter.done("courses", "stop", course)["settlement"]
    assert (settled["used"], settled["owed"], settled["refund"]) == (used, owed, refund)
    assert (settled["price"], settled["by"], settled["had"]) == ("1140.00", by, visits + 1)
    assert [(it["label"], it["had"]) for it in settled["treatments"]] == [("A", visits), ("B", 1)]
    account = counter.done("courses", "show", course)["account"]
    assert account["due"] == []


def test_the_parts_of_a_settlement_are_told(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-04")
    counter.done("courses", "hold", course)
    ran = counter.ask("courses", "stop", course)
    assert "Used: 500.00 GBP for 2 sessions by the single price, of 1140.00 GBP" in ran.out
    assert "A: 200.00 GBP for 1 session by the single price." in ran.out
    assert "B: 300.00 GBP for 1 session by the single price." in ran.out


def test_treatments_valued_in_different_ways(counter: Counter) -> None:
    # Of skin only whole courses have a price: two sessions of four are worth half of it.
    Path("clinic.toml").write_text(CLINIC.split("[prices", maxsplit=1)[0] + PRICES + SHARED)
    price_the_skin("GBP", "course", "300.00")
    words = ("skin*4", "mesobotox*2", "--rules", "skin.toml", "--start", "2027-01-04")
    course = counter.done("courses", "open", *words)["course"]
    for day in ("2027-01-04", "2027-01-11"):
        counter.set_day(day)
        counter.done("courses", "hold", course, "--treatment", "skin")
    counter.done("courses", "hold", course, "--treatment", "B")
    settled = counter.done("courses", "stop", course)["settlement"]
    assert (settled["price"], settled["by"], settled["used"]) == ("900.00", None, "450.00")
    assert [(it["by"], it["used"]) for it in settled["treatments"]] == [
        *(("share", "150.00"), ("single", "300.00"))
    ]


def test_a_treatment_without_a_price(counter: Counter) -> None:
    course = open_two(counter, "--currency", "GBP", prices=B_IN_EUROS)
    account = counter.done("courses", "show", course)["account"]
    assert (account["agreed_low"], account["balance"], account["open"]) == (None, None, "108.00")
    assert {it["label"] for it in account["due"]} == {"A"}
    assert counter.done("courses", "stop", course)["settlement"] is None
    course = open_two(counter, "--currency", "GBP", prices=B_IN_EUROS)
    settled = counter.done("courses", "stop", course, "--used", "50.00")["settlement"]
    assert (settled["by"], settled["owed"]) == ("hand", "50.00")


def test_prices_in_two_currencies(counter: Counter) -> None:
    # Without a price of the clinic's own mesoBotox has the published one, in dollars.
    plain = CLINIC.replace('currency = "GBP"\n', "").split("[prices", maxsplit=1)[0]
    Path("clinic.toml").write_text(plain + SHARED)
    price_the_skin("EUR", "session", "80.00")
    words = ("skin*2", "mesobotox*2", "--rules", "skin.toml", "--start", "2027-01-04")
    course = counter.done("courses", "open", *words)["course"]
    assert counter.done("courses", "show", course)["account"] is None
    pay = ("courses", "pay", course)
    assert counter.refused(*pay, "50.00") == (2, "missing_argument")
    assert counter.refused(*pay, "50.00", "--currency", "GBP") == (2, "contradiction")
    ran = counter.ask(*pay, "50.00", "--currency", "EUR")
    assert "Paid in all: 50.00 EUR." in ran.out
    assert "priced in EUR and USD: the course has no account." in ran.out
    counter.done(*pay, "1000.00", "--currency", "USD")
    assert counter.refused(*pay, "60.00", "--currency", "EUR", "--refund") == (4, "more_than_paid")
    counter.done(*pay, "10.00", "--currency", "EUR", "--refund")
    shown = counter.ask("courses", "show", course, "--full").out
    assert "Paid: 40.00 EUR" in shown
    assert "Paid: 1000.00 USD" in shown
    assert counter.refused("courses", "stop", course, "--used", "5.00") == (2, "no_price")
    ran = counter.ask("courses", "stop", course)
    assert "the course has no account" in ran.out
    assert counter.done("book", "verify")["is_sound"]

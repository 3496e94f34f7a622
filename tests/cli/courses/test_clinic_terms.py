"""Prices and terms as clinics write them, kept with a course: the figures of their own pages."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import Counter

HEAD = """\
name = "C"
timezone = "Europe/London"
currency = "{currency}"
{top}
[hours]
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
thu = ["09:00-18:00"]
fri = ["09:00-18:00"]
[prices.skin]
"""


def house(prices: str, *tables: str, top: str = "", currency: str = "GBP") -> None:
    """Write a clinic file: what it charges for the course, and its other tables."""
    head = HEAD.format(currency=currency, top=top)
    Path("clinic.toml").write_text("\n".join([f"{head}{prices}", *tables]))


def opened(counter: Counter, sessions: int, *words: str) -> str:
    given = ("skin", "--rules", "skin.toml", "--no-improvement", "--sessions", str(sessions))
    course: str = counter.done("courses", "open", *given, *words)["course"]
    return course


def account(counter: Counter, course: str) -> Any:
    return counter.done("courses", "show", course)["account"]


def dues(counter: Counter, course: str) -> list[tuple[str, str | None, str]]:
    due = account(counter, course)["due"]
    return [(entry["what"], entry["due"], entry["amount"]) for entry in due]


SIX = "session = '250.00'\npackages = [{ sessions = 6, price = '1200.00' }]\n"
WEEKS = ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29", "2027-01-05"]


@pytest.mark.parametrize(
    ("prices", "sessions", "expected", "source"),
    [
        (
            f"{SIX}deposit = '50%'\nrest = 'second'",
            6,
            [("deposit", WEEKS[0], "600.00"), ("rest", WEEKS[1], "600.00")],
            "waterhouseyoung.com: half when booked, the rest with the second appointment",
        ),
        (
            "session = '300.00'\ndeposit = '75.00'\ndeposit_per = 'session'",
            3,
            [("deposit", WEEKS[0], "225.00"), ("rest", WEEKS[0], "675.00")],
            "wellface: 75 an appointment",
        ),
        (
            "session = '1000.00'\ndeposit = '1500.00'",
            3,
            [("deposit", WEEKS[0], "1500.00"), ("rest", WEEKS[0], "1500.00")],
            "mediartclinic.pl: 1500 for a procedure",
        ),
        (
            f"{SIX}rest = 'last'\ndeposit = '200.00'\ninstalments = 2",
            6,
            [
                ("deposit", WEEKS[0], "200.00"),
                ("instalment", WEEKS[4], "500.00"),
                ("instalment", WEEKS[5], "500.00"),
            ],
            "the last visits",
        ),
        (
            "session = '60.00'\nrest = 'second'\ninstalments = 3",
            2,
            [("instalment", WEEKS[1], "120.00")],
            "only one visit from the second on",
        ),
        (
            "session = '60.00'\nrest = 'second'",
            2,
            [("instalment", WEEKS[1], "120.00")],
            "no deposit",
        ),
    ],
)
def test_when_what_is_due(
    counter: Counter, prices: str, sessions: int, expected: list[Any], source: str
) -> None:
    house(prices)
    course = opened(counter, sessions)
    assert dues(counter, course) == expected, source
    plan = counter.done(
        "plan", "skin", "--rules", "skin.toml", "--no-improvement", "--sessions", str(sessions)
    )
    cost = plan["cost"]
    told = [cost["deposit"]] if cost["deposit"] else []
    told += cost["instalments"]
    assert [(part["due"], part["amount"]) for part in told] == [it[1:] for it in expected], source


def test_month_by_month_before_the_first_visit(counter: Counter) -> None:
    house("session = '252.00'\ninstalments = 6\nrest = 'monthly'", currency="EUR")
    course = opened(counter, 2, "--start", "2027-05-04")
    months = ["2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01"]
    source = "tvigy.com: six payments before the first treatment"
    assert dues(counter, course) == [("instalment", day, "84.00") for day in months], source
    near = opened(counter, 2, "--start", "2027-01-12")
    assert [entry[1] for entry in dues(counter, near)] == [*months[:2], *["2027-01-12"] * 4]
    assert all(date.fromisoformat(str(entry[1])) for entry in dues(counter, near))

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


HUNDRED = "session = '100.00'"
DAY = 'notice = "24 hours"'


@pytest.mark.parametrize(
    ("terms", "words", "moment", "kept", "source"),
    [
        ('late = "50.00"', "--called-off", "2026-12-07T10", None, "24 hours: in time"),
        ('late = "50.00"', "--called-off", "2026-12-07T11", "50.00", "ai-beauty: inside 24 h"),
        ('late = "50.00"', "", "2026-12-08T12", None, "missed has terms of its own"),
        ('missed = "50.00"', "", "2026-12-08T12", "50.00", "ai-beauty: missed"),
        ('missed = "100%"', "", "2026-12-08T12", "100.00", "cosmetic-studio-fischer: all"),
    ],
)
def test_what_is_kept_of_a_visit(
    counter: Counter, terms: str, words: str, moment: str, kept: str | None, source: str
) -> None:
    house(HUNDRED, f"[cancelling]\n{terms}", top=DAY)
    course = opened(counter, 3, "--at", "10:00")
    counter.done("courses", "hold", course)
    day, hour = moment.split("T")
    counter.set_day(day, int(hour))
    done = counter.done("courses", "miss", course, "--yes", *words.split())
    told = [entry["fee"] for entry in done.get("kept", [])]
    assert told == ([kept] if kept else []), source
    account_ = account(counter, course)
    assert account_["fees"] == (kept or "0.00"), source
    assert [entry["amount"] for entry in account_["due"] if entry["what"] == "fee"] == told


def test_it_is_said_and_asked_before_it_is_booked(counter: Counter) -> None:
    house(HUNDRED, '[cancelling]\nmissed = "50.00"\nmoved = "30.00"', top=DAY)
    course = opened(counter, 3, "--at", "10:00")
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-08", 12)
    before = account(counter, course)
    refused = counter.ask("courses", "miss", course)
    assert refused.code == 2, "nobody to ask"
    assert "50.00 GBP for session 2" in refused.err
    assert account(counter, course) == before
    waived = counter.ask("courses", "miss", course, "--waive", "was ill")
    assert waived.code == 0
    assert "Waived (was ill): 50.00 GBP for session 2." in waived.err
    assert account(counter, course)["fees"] == "0.00"
    both = counter.ask("courses", "miss", course, "--fee", "1", "--waive", "no")
    assert both.code == 2
    far = ("courses", "miss", course, "--session", "3", "--called-off", "--waive", "no")
    assert counter.refused(*far) == (2, "contradiction"), "outside the notice nothing is kept"


def test_a_visit_moved_inside_the_notice(counter: Counter) -> None:
    house(HUNDRED, '[cancelling]\nmoved = "30.00"', top=DAY)
    course = opened(counter, 3, "--at", "10:00")
    counter.done("courses", "hold", course)
    far = counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-09")
    assert "kept" not in far, "outside the notice"
    counter.set_day("2026-12-08", 12)
    moved = counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-10", "--yes")
    assert moved["kept"] == [{"session": "2", "currency": "GBP", "fee": "30.00"}], (
        "ai-beauty: rearranged inside 24 h, 20 of 50 back"
    )
    fees = [entry for entry in account(counter, course)["due"] if entry["what"] == "fee"]
    assert [(entry["due"], entry["amount"]) for entry in fees] == [("2026-12-08", "30.00")]
    ours = ("courses", "move", course, "--alone", "2", "--to", "2026-12-11", "--waive", "ours")
    assert counter.refused(*ours) == (2, "contradiction"), "46 hours before"
    counter.set_day("2026-12-09", 12)
    assert counter.ask(*ours).code == 0
    assert account(counter, course)["fees"] == "30.00"
    months = counter.done("diary", "--month", "--as-of", "2026-12-01")["income"]
    assert [entry["low"] for entry in months] == ["330.00"]


FIVE = "session = '220.00'\npackages = [{ sessions = 5, price = '1000.00' }]"


@pytest.mark.parametrize(
    ("stopping", "missed", "refund", "source"),
    [
        ('sessions = "single"', 1, "340.00", "1000 - 3 x 220"),
    ],
)
def test_a_session_forfeited_is_used_for_money(
    counter: Counter, stopping: str, missed: int, refund: str, source: str
) -> None:
    house(FIVE, f'[stopping]\n{stopping}\n[cancelling]\nmissed = "session"', currency="BRL")
    course = opened(counter, 5)
    counter.done("courses", "pay", course, "1000.00")
    for day in WEEKS[:2]:
        counter.set_day(day)
        counter.done("courses", "hold", course)
    counter.set_day(WEEKS[2])
    for _ in range(missed):
        done = counter.done("courses", "miss", course, "--yes")
        assert done["kept"] == [{"session": "3", "currency": "BRL", "fee": None}]
    assert counter.done("courses", "stop", course)["settlement"]["refund"] == refund, source


def test_a_forfeit_never_moves_the_interval_and_one_more_visit_is_paid(counter: Counter) -> None:
    house(
        "session = '250.00'\npackages = [{ sessions = 3, price = '600.00' }]",
        '[cancelling]\nmissed = "session"',
    )
    course = opened(counter, 3)
    counter.done("courses", "hold", course)
    counter.set_day(WEEKS[1])
    before = counter.done("courses", "show", course)["next"]
    counter.done("courses", "miss", course, "--yes")
    after = counter.done("courses", "show", course)
    assert after["next"]["earliest"] == before["earliest"], "counted from the last session held"
    counter.done("courses", "replan", course, "--yes")
    for day in (WEEKS[2], WEEKS[3]):
        counter.set_day(day)
        counter.done("courses", "hold", course)
    due = [(what, amount) for what, _, amount in dues(counter, course)]
    assert due == [("course", "600.00"), ("visit", "250.00")], "three were used before the last"
    months = counter.done("diary", "--month", "--as-of", "2026-12-01")["income"]
    assert [entry["low"] for entry in months] == ["850.00"]


THREE = "session = '350.00'\npackages = [{ sessions = 3, price = '900.00' }]"
CA = "session = '250.00'\npackages = [{ sessions = 5, price = '1000.00' }]"
ALL_OF_REFUND = 'fee = "100%"\nfee_of = "refund"'


@pytest.mark.parametrize(
    ("prices", "sessions", "paid", "had", "rule", "back", "owed", "source"),
    [
        (THREE, 3, "50.00", 0, "", "50.00", "0.00", "ai-beauty: the deposit back in full"),
        (
            *("session = '500.00'", 4, "2000.00", 1, ALL_OF_REFUND, "0.00", "0.00"),
            "glowdubai: nothing back",
        ),
        (
            *("session = '500.00'", 4, "0.50", 1, ALL_OF_REFUND, "0.00", "499.50"),
            "nothing back, and only what was had is owed",
        ),
        (
            *("session = '252.00'", 2, "20.00", 0, 'fee = "50.00"\nfee_of = "refund"'),
            *("0.00", "0.00", "never more than what would go back"),
        ),
        (
            *(CA, 5, "1000.00", 0, 'fee = "20%"\nwithdraw = "14 days"', "1000.00", "0.00"),
            "withdrawn with nothing had",
        ),
        (
            *(CA, 5, "1000.00", 1, 'fee = "20%"\nwithdraw = "14 days"', "550.00", "0.00"),
            "one was had: 1000 - 250 - 200",
        ),
    ],
)
def test_what_goes_back(
    counter: Counter,
    prices: str,
    sessions: int,
    paid: str,
    had: int,
    rule: str,
    back: str,
    owed: str,
    source: str,
) -> None:
    house(prices, f"[stopping]\n{rule}")
    course = opened(counter, sessions)
    counter.done("courses", "pay", course, paid)
    for day in WEEKS[:had]:
        counter.set_day(day)
        counter.done("courses", "hold", course)
    settled = counter.done("courses", "stop", course)["settlement"]
    assert (settled["refund"], settled["owed"]) == (back, owed), source


def test_the_last_day_to_withdraw(counter: Counter) -> None:
    house(CA, '[stopping]\nfee = "20%"\nwithdraw = "14 days"\n[cancelling]\nmissed = "session"')
    late, used, intime = (opened(counter, 5, "--start", "2027-01-05") for _ in range(3))
    counter.done("courses", "pay", late, "1000.00")
    counter.done("courses", "pay", intime, "1000.00")
    counter.set_day("2026-12-15")
    stopped = counter.ask("courses", "stop", intime)
    assert "It is withdrawn in time: all that was paid for it goes back." in stopped.out
    counter.set_day("2026-12-16")
    assert counter.done("courses", "stop", late)["settlement"]["refund"] == "800.00"
    assert counter.done("courses", "stop", used, "--used", "0")["settlement"]["withdrawn"] is False


def carried(counter: Counter) -> tuple[str, str]:
    """Return two courses, 300 paid for the first."""
    house("session = '250.00'\npackages = [{ sessions = 3, price = '600.00' }]")
    old, new = opened(counter, 2), opened(counter, 3)
    counter.done("courses", "pay", old, "300.00")
    return old, new


def test_money_carried_over_stands_in_both_accounts(counter: Counter) -> None:
    old, new = carried(counter)
    done = counter.ask("courses", "pay", new, "250.00", "--from", old, "--key", "k1")
    assert done.code == 0
    assert f"250.00 GBP were carried over from course {old} on" in done.err
    assert f"Course {old}: Paid in all: 50.00 GBP. Still to pay: 450.00 GBP." in done.out
    again = counter.done("courses", "pay", new, "250.00", "--from", old, "--key", "k1")
    assert again["is_repeated"]
    accounts = [account(counter, course) for course in (old, new)]
    assert [entry["paid"] for entry in accounts] == ["50.00", "250.00"], "together what was paid"
    assert [entry["balance"] for entry in accounts] == ["450.00", "350.00"]
    assert f"Carried to {new}" in counter.ask("courses", "show", old, "--full").out
    assert f"Carried from {old}" in counter.ask("courses", "show", new, "--full").out
    assert counter.done("book", "verify")["findings"] == []
    counter.done("courses", "pay", old, "100.00", "--from", new)
    assert account(counter, old)["paid"] == "150.00"
    counter.done("courses", "stop", old)
    counter.done("courses", "pay", new, "150.00", "--from", old)
    assert account(counter, old)["balance"] == "0.00", "what goes back of a stopped course"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("1.00", "--from", "NEW"), (2, "contradiction")),
        (("1.00", "--from", "no id"), (2, "bad_course_id")),
        (("1.00", "--from", "OLD", "--refund"), (2, "contradiction")),
        (("1.00", "--from", "OLD", "--currency", "EUR"), (2, "contradiction")),
        (("300.01", "--from", "OLD"), (4, "more_than_paid")),
    ],
)
def test_money_that_cannot_be_carried_over(
    counter: Counter, words: tuple[str, ...], code: tuple[int, str]
) -> None:
    old, new = carried(counter)
    named = [{"OLD": old, "NEW": new}.get(word, word) for word in words]
    assert counter.refused("courses", "pay", new, *named) == code


def test_money_carried_over_is_carried_back_not_corrected(counter: Counter) -> None:
    old, new = carried(counter)
    made = counter.done("courses", "pay", new, "250.00", "--from", old)
    words = ["courses", "correct", new, str(made["revision"]), "--reason", "wrong"]
    assert counter.refused(*words, "--withdraw") == (4, "carried")
    words[3] = str(counter.done("courses", "pay", new, "1.00")["revision"])
    assert counter.refused(*words, "--set", f"carried={old}") == (4, "carried")


@pytest.mark.parametrize(("missed", "told"), [("session", 1), ("50%", 0)])
def test_of_published_ranges_a_session_can_be_kept_but_no_share(
    counter: Counter, missed: str, told: int
) -> None:
    house("", f'[cancelling]\nmissed = "{missed}"')
    Path("clinic.toml").write_text(Path("clinic.toml").read_text().replace("[prices.skin]\n", ""))
    rules = Path("skin.toml").read_text()
    price = (
        'currency = "GBP"\nper = "session"\nlow = "100.00"\nhigh = "150.00"\nassumption = "test"'
    )
    Path("skin.toml").write_text(f"{rules}[[prices]]\n{price}\n")
    course = opened(counter, 2)
    counter.done("courses", "hold", course)
    counter.set_day(WEEKS[1])
    assert len(counter.done("courses", "miss", course, "--yes").get("kept", [])) == told
    counter.done("courses", "replan", course, "--yes")
    counter.set_day(WEEKS[2])
    counter.done("courses", "hold", course)
    assert account(counter, course)["agreed_low"] == ("300.00" if told else "200.00")
    assert dues(counter, course) == []
    counter.done("diary", "--month", "--as-of", "2026-12-01")

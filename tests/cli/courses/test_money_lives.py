"""Random lives of an account against fractions: nothing of the program is used to reckon.

A life opens a course, holds some sessions, misses some for a fee, pays and takes back, stops.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from meso_schedule import Clinic, CourseRequest, plan_combined
from meso_schedule.book.folding import fold
from meso_schedule.book.prices import fees_of, prices_of
from meso_schedule.book.records import Held, Missed, Paid, Record, Stopped
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.running.account import account_of, left_to_pay
from meso_schedule.running.opening import opening
from meso_schedule.running.settlement import settlement
from tests.support.lengths import length
from tests.support.samples import ASSUMED, EVERY_DAY, clinic, phase, protocol

DIGITS = {"JPY": 0, "GBP": 2, "KWD": 3}
DAY = date(2026, 12, 1)
NAMES = ("one", "two")


def half_up(exact: Fraction, unit: Fraction) -> Fraction:
    return floor(exact / unit + Fraction(1, 2)) * unit


def cheapest(single: int, packages: dict[int, int], count: int) -> int:
    """Return the least that so many sessions cost, by all ways to buy the last of them."""
    best = [0]
    for number in range(1, count + 1):
        ways = [best[number - 1] + single]
        ways += [best[number - size] + price for size, price in packages.items() if size <= number]
        best.append(min(ways))
    return best[count]


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    """Return prices in minor units, and what happens to a course of one or two treatments."""
    treatments = draw(st.integers(1, 2))
    lists = []
    for _ in range(treatments):
        single = draw(st.integers(1, 5000))
        sizes = draw(st.lists(st.integers(2, 5), max_size=2, unique=True))
        packages = {
            size: max(1, single * size * draw(st.integers(60, 105)) // 100) for size in sizes
        }
        lists.append((single, packages, draw(st.integers(1, 5)), draw(st.integers(0, 7))))
    return {
        "lists": lists,
        "currency": draw(st.sampled_from(sorted(DIGITS))),
        "tax": draw(st.sampled_from([None, "top", "included"])),
        "rate": draw(st.sampled_from(["5.5%", "19%", "20%", "7.7%"])),
        "deposit": draw(st.sampled_from([None, "20%", "33.3%", "100%"])),
        "instalments": draw(st.sampled_from([None, 1, 2, 3])),
        "fee": draw(st.sampled_from([None, "10%", "100%", 7])),
        "paid": draw(st.lists(st.integers(1, 9000), max_size=3)),
        "back": draw(st.integers(0, 3)),
        "fees": draw(st.lists(st.integers(1, 500), max_size=2)),
    }


def text_of(units: int, digits: int) -> str:
    return str(Decimal(units).scaleb(-digits)) if digits else str(units)


def house(life: dict[str, Any], digits: int) -> Clinic:
    prices = {}
    for name, (single, packages, _, _) in zip(NAMES, life["lists"], strict=False):
        sold = [
            {"sessions": size, "price": text_of(cost, digits)} for size, cost in packages.items()
        ]
        prices[name] = {"session": text_of(single, digits), "packages": sold}
        for key in ("deposit", "instalments"):
            if life[key]:
                prices[name][key] = life[key]
    fee = life["fee"]
    tax = {"name": "VAT", "rate": life["rate"], "included": life["tax"] == "included"}
    return clinic(
        hours=EVERY_DAY,
        currency=life["currency"],
        prices=prices,
        tax=tax if life["tax"] else None,
        stopping={"fee": text_of(fee, digits) if isinstance(fee, int) else fee} if fee else None,
    )


def told(records: list[Record]) -> CourseState:
    at = datetime.combine(DAY, time(9), UTC)
    entries = [
        Entry(number, at + timedelta(days=number), it) for number, it in enumerate(records, 1)
    ]
    return fold("course", entries)


@settings(max_examples=length(12, 200), deadline=None)
@given(lives())
def test_what_is_used_given_back_and_owed_is_what_was_paid(life: dict[str, Any]) -> None:
    digits, code = DIGITS[life["currency"]], life["currency"]
    unit = Fraction(1, 10**digits)
    rate = Fraction(Decimal(life["rate"].rstrip("%"))) / 100 if life["tax"] == "top" else 0

    def gross(units: int) -> Fraction:
        return units * unit + half_up(units * unit * rate, unit)

    held_by = house(life, digits)
    counts = {"minimum": 1, "usual": 3, "maximum": 12, "minutes": 45, **ASSUMED}
    protocols = [
        protocol(id=name, areas=[name], sessions=counts, phases=[phase("1 day", "90 days")])
        for name, _ in zip(NAMES, life["lists"], strict=False)
    ]
    wishes = [f"{it.id}*{asked[2]}" for it, asked in zip(protocols, life["lists"], strict=True)]
    request = CourseRequest.model_validate(
        {"start": str(DAY), "start_within": 90, "protocol": wishes}
    )
    plan = plan_combined(protocols, request, clinic=held_by, as_of=DAY)
    if len(protocols) == 1:
        request = request.model_copy(update={"protocol": (), "sessions": life["lists"][0][2]})
    records: list[Record] = list(opening(protocols, request, plan))

    listed = sum(cheapest(single, packs, count) for single, packs, count, _ in life["lists"])
    agreed = gross(listed)
    state = told(records)
    account = account_of(state, DAY)
    assert account is not None
    assert Fraction(account.agreed_low or 0) == agreed
    assert sum(Fraction(due.amount) for due in account.due) == agreed

    extras = days = 0
    for one, (single, _, count, had) in zip(protocols, life["lists"], strict=True):
        extras += single * max(0, had - count)
        for number in range(1, had + 1):
            days += 1
            records.append(
                Held(number=number, protocol=one.id, on=DAY + timedelta(days=10 * number))
            )
    for place, fee in enumerate(life["fees"]):
        number = life["lists"][0][3] + 1 + place
        amount = Decimal(text_of(fee, digits))
        records.append(Missed(number=number, protocol="one", on=DAY, currency=code, fee=amount))
    for amount in life["paid"]:
        records.append(Paid(on=DAY, amount=text_of(amount, digits), currency=code))
    back = min(sum(life["paid"]), life["back"])
    if back:
        records.append(Paid(on=DAY, amount=text_of(back, digits), currency=code, refund=True))
    paid, fees = (sum(life["paid"]) - back) * unit, sum(life["fees"]) * unit

    state = told(records)
    account = account_of(state, DAY)
    assert account is not None
    whole = gross(listed + extras)
    assert Fraction(account.agreed_low or 0) == whole
    assert sum(Fraction(due.amount) for due in account.due) == whole + fees
    assert Fraction(account.balance or 0) == whole + fees - paid
    assert Fraction(left_to_pay(state, code) or 0) == whole + fees - paid
    covered = sum(Fraction(due.amount - due.open) for due in account.due)
    assert covered == max(0, min(paid, whole + fees))
    _check_diary(state, whole if not _waits(state, life) else None, fees)

    worth = sum(
        min(had * single, cheapest(single, packs, count) + max(0, had - count) * single)
        for single, packs, count, had in life["lists"]
    )
    kept: Fraction | int = 0
    if isinstance(life["fee"], int):
        kept = life["fee"] * unit
    elif life["fee"]:
        kept = half_up(agreed * Fraction(int(life["fee"].rstrip("%")), 100), unit)
    used = min(whole, gross(worth) + kept)
    settled = settlement(state, held_by, state.opened_on)
    assert settled is not None
    assert Fraction(settled.used) == used
    assert Fraction(settled.price) == whole
    assert Fraction(settled.owed) == max(0, used + fees - paid)
    assert Fraction(settled.refund) == max(0, paid - used - fees)
    assert Fraction(settled.used + settled.fees + settled.refund - settled.owed) == paid
    parts = sum((Fraction(part.used) for part in settled.treatments), Fraction(0))
    assert parts in (0, gross(worth)) or len(protocols) == 1

    names = ("currency", "used", "owed", "refund")
    ended = Stopped(on=DAY + timedelta(days=90), **{name: getattr(settled, name) for name in names})
    state = told([*records, ended])
    account = account_of(state, DAY)
    assert account is not None
    assert Fraction(account.balance or 0) == used + fees - paid
    _check_diary(state, used, fees)


def _waits(state: CourseState, life: dict[str, Any]) -> bool:
    """Tell whether a session that the course pays for has no day any more."""
    visits = [it.protocol for it in (*state.held, *state.upcoming)]
    return any(
        visits.count(name) < asked[2] for name, asked in zip(NAMES, life["lists"], strict=False)
    )


def _check_diary(state: CourseState, whole: Fraction | None, fees: Fraction) -> None:
    """Check that what the diary counts is what the account says."""
    sessions = sum(Fraction(price.low) for price in prices_of(state).values())
    besides = sum(Fraction(fee.amount) for fee in fees_of(state))
    if whole is not None:
        assert sessions + besides == whole + fees

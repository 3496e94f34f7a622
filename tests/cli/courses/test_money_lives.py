"""Random lives of an account against fractions: nothing of the program is used to reckon.

A life opens a course with a consultation or without, holds some sessions, misses some for a fee
and forfeits others, pays, carries money over and takes back, stops.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meso_schedule import Clinic, CourseRequest, plan_combined
from meso_schedule.book.folding import fold
from meso_schedule.book.prices import fees_of, prices_of
from meso_schedule.book.records import Consulted, Held, Missed, Paid, Record, Stopped
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


def course_prices(life: dict[str, Any]) -> list[int]:
    """Return what each course costs: that of the first as it was agreed by hand, if it was."""
    listed = [cheapest(single, packs, count) for single, packs, count, _ in life["lists"]]
    return listed if life["agreed"] is None else [life["agreed"], *listed[1:]]


def without_tax(life: dict[str, Any]) -> dict[str, Any]:
    """Return a life in which nothing is taxed: what prices contain of it is taken out."""
    rate = Fraction(Decimal(life["rate"].rstrip("%"))) / 100

    def net(units: int) -> int:
        return units - int(half_up(units * rate / (1 + rate), Fraction(1)))

    changed: dict[str, Any] = {"tax": None}
    if life["tax"] == "included" and not life["untaxed"]:
        changed["lists"] = [
            (net(single), {size: net(price) for size, price in packages.items()}, *counts)
            for single, packages, *counts in life["lists"]
        ]
    if life["tax"] == "included" and (wish := life["consultation"]):
        changed["consultation"] = wish | {"price": net(wish["price"])}
    return life | changed


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
        "deposit": draw(st.sampled_from([None, "20%", "33.3%", "100%", "session"])),
        "deposit_days": draw(st.sampled_from([(), ("tue",), ("mon", "wed", "fri")])),
        "valid": draw(st.sampled_from([None, "200 days", "12 months"])),
        "valid_from": draw(st.sampled_from(["first", "payment"])),
        "option": draw(st.booleans()),
        "untaxed": draw(st.booleans()),
        "exempt": draw(st.booleans()),
        "agreed": draw(st.none() | st.integers(0, 20_000)),
        "instalments": draw(st.sampled_from([None, 1, 2, 3])),
        "fee": draw(st.sampled_from([None, "10%", "100%", 7])),
        "paid": draw(st.lists(st.integers(1, 9000), max_size=3)),
        "back": draw(st.integers(0, 3)),
        "fees": draw(st.lists(st.integers(1, 500), max_size=2)),
        "rest": draw(st.sampled_from([None, "first", "second", "last", "monthly"])),
        "fee_of": draw(st.sampled_from(["course", "refund"])),
        "forfeits": draw(st.integers(0, 2)),
        "carried": draw(st.lists(st.integers(1, 3000), max_size=2)),
        "consultation": draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "price": st.integers(0, 6000),
                    "redeemed": st.sampled_from([True, False, "5 days", "60 days"]),
                    "becomes": st.sampled_from(["booked", "held", "missed"]),
                    "kept": st.integers(0, 500),
                }
            )
        ),
    }


def text_of(units: int, digits: int) -> str:
    return str(Decimal(units).scaleb(-digits)) if digits else str(units)


def house(life: dict[str, Any], digits: int) -> Clinic:
    prices = {}
    for name, (single, packages, _, _) in zip(NAMES, life["lists"], strict=False):
        sold = [
            {"sessions": size, "price": text_of(cost, digits)} for size, cost in packages.items()
        ]
        asked: dict[str, Any] = {"session": text_of(single, digits), "packages": sold}
        if life["option"]:
            asked = {"session": text_of(single + 1, digits), "options": {"asked": asked}}
        prices[name] = asked | _terms(life, single, digits)
    fee, wish = life["fee"], life["consultation"]
    visit = {
        "minutes": 30,
        "price": text_of(wish["price"], digits) if wish else "0",
        "redeemed": bool(wish) and wish["redeemed"],
    }
    stopping = {"fee": text_of(fee, digits) if isinstance(fee, int) else fee}
    tax = {"name": "VAT", "rate": life["rate"], "included": life["tax"] == "included"}
    return clinic(
        hours=EVERY_DAY,
        currency=life["currency"],
        prices=prices,
        tax=tax if life["tax"] else None,
        stopping=stopping | {"fee_of": life["fee_of"]} if fee else None,
        consultation=visit if wish else None,
    )


def _by_hand(life: dict[str, Any], digits: int) -> dict[str, Any]:
    """Return what is asked of the price of the first course."""
    if life["agreed"] is None:
        return {}
    return {"price": f"one:{text_of(life['agreed'], digits)}", "reason": "a friend"}


def _terms(life: dict[str, Any], single: int, digits: int) -> dict[str, Any]:
    """Return when what is paid of a treatment, how long it may be used, and whether it is taxed."""
    terms = {key: life[key] for key in ("deposit", "instalments", "rest", "valid") if life[key]}
    if life["deposit"] == "session":
        terms |= {"deposit": text_of(max(1, single // 3), digits), "deposit_per": "session"}
    if life["deposit"]:
        terms["deposit_days"] = life["deposit_days"]
    if life["valid"]:
        terms["valid_from"] = life["valid_from"]
    return terms | ({"tax": "none"} if life["untaxed"] else {})


def told(records: list[Record]) -> CourseState:
    at = datetime.combine(DAY, time(9), UTC)
    entries = [
        Entry(number, at + timedelta(days=number), it) for number, it in enumerate(records, 1)
    ]
    return fold("course", entries)


@pytest.mark.untraced
@settings(max_examples=length(12, 2000), deadline=None)
@given(lives())
def test_what_is_used_given_back_and_owed_is_what_was_paid(life: dict[str, Any]) -> None:
    digits, code = DIGITS[life["currency"]], life["currency"]
    unit = Fraction(1, 10**digits)
    held_by = house(life, digits)
    exempt = {"tax_exempt": "diplomat"} if life["exempt"] else {}
    if exempt:
        life = without_tax(life)
    rate = Fraction(Decimal(life["rate"].rstrip("%"))) / 100 if life["tax"] == "top" else 0

    def on_top(units: int) -> Fraction:
        return units * unit + half_up(units * unit * rate, unit)

    def gross(units: int) -> Fraction:
        return units * unit if life["untaxed"] else on_top(units)

    counts = {"minimum": 1, "usual": 3, "maximum": 12, "minutes": 45, **ASSUMED}
    protocols = [
        protocol(id=name, areas=[name], sessions=counts, phases=[phase("1 day", "90 days")])
        for name, _ in zip(NAMES, life["lists"], strict=False)
    ]
    wishes = [f"{it.id}*{asked[2]}" for it, asked in zip(protocols, life["lists"], strict=True)]
    request = CourseRequest.read(
        {"start": str(DAY), "start_within": 90, "protocol": wishes}
        | ({"consultation": "first"} if life["consultation"] else {})
        | ({"option": ["asked"]} if life["option"] else {})
        | _by_hand(life, digits)
        | exempt
    )
    plan = plan_combined(protocols, request, clinic=held_by, as_of=DAY)
    if len(protocols) == 1:
        request = request.model_copy(update={"protocol": (), "sessions": life["lists"][0][2]})
    records: list[Record] = list(opening(protocols, request, plan, None, held_by))

    listed = sum(course_prices(life))
    agreed = gross(listed)
    state = told(records)
    account = account_of(state, DAY)
    assert account is not None
    assert Fraction(account.agreed_low or 0) == agreed
    apart = _beside(state, life, on_top, agreed)
    assert sum(Fraction(due.amount) for due in account.due) == agreed + apart
    assert Fraction(account.fees) == apart

    extras = days = 0
    for one, (single, _, count, had) in zip(protocols, life["lists"], strict=True):
        lost = life["forfeits"] if one.id == "one" else 0
        extras += single * max(0, had + lost - count)
        for number in range(1, had + 1):
            days += 1
            records.append(
                Held(number=number, protocol=one.id, on=DAY + timedelta(days=10 * number))
            )
    for place, fee in enumerate(life["fees"]):
        number = life["lists"][0][3] + 1 + place
        amount = Decimal(text_of(fee, digits))
        records.append(Missed(number=number, protocol="one", on=DAY, currency=code, fee=amount))
    for place in range(life["forfeits"]):
        number = life["lists"][0][3] + 1 + len(life["fees"]) + place
        records.append(Missed(number=number, protocol="one", on=DAY, forfeited=True))
    if wish := life["consultation"]:
        records += _consulted(wish, digits, code)
    for amount in life["carried"]:
        other = {"amount": text_of(amount, digits), "currency": code, "carried": "another"}
        records.append(Paid(on=DAY, **other))
    for amount in life["paid"]:
        records.append(Paid(on=DAY, amount=text_of(amount, digits), currency=code))
    back = min(sum(life["paid"]), life["back"])
    if back:
        records.append(Paid(on=DAY, amount=text_of(back, digits), currency=code, refund=True))
    paid = (sum(life["paid"]) + sum(life["carried"]) - back) * unit

    state = told(records)
    missed = sum(life["fees"]) * unit
    fees = missed + _beside(state, life, on_top, agreed)
    account = account_of(state, DAY)
    assert account is not None
    whole = gross(listed + extras)
    assert Fraction(account.agreed_low or 0) == whole
    assert sum(Fraction(due.amount) for due in account.due) == whole + fees
    assert Fraction(account.balance or 0) == whole + fees - paid
    assert Fraction(left_to_pay(state, code) or 0) == whole + fees - paid
    covered = sum(Fraction(due.amount - due.open) for due in account.due)
    assert covered == max(0, min(paid, whole + fees))
    is_open = bool(life["consultation"]) and life["consultation"]["becomes"] == "booked"
    _check_diary(state, whole if not _waits(state, life) else None, missed if is_open else fees)

    worth = sum(
        min(had * single, price + max(0, had - count) * single)
        for (single, _, count, had), price in zip(
            _with_forfeits(life), course_prices(life), strict=True
        )
    )
    ended = state.model_copy(update={"sessions": state.held})
    fees = missed if is_open else missed + _beside(ended, life, on_top, agreed)
    left = max(0, paid - min(whole, gross(worth)) - fees)
    kept = _kept(life, agreed, left, unit)
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
    stop = Stopped(on=DAY + timedelta(days=90), **{name: getattr(settled, name) for name in names})
    state = told([*records, stop])
    account = account_of(state, DAY)
    assert account is not None
    assert Fraction(account.balance or 0) == used + fees - paid
    _check_diary(state, used, fees)


def _kept(life: dict[str, Any], agreed: Fraction, left: Fraction, unit: Fraction) -> Fraction:
    """Return what is kept besides; of what would go back never more than that."""
    fee, is_of_course = life["fee"] or 0, life["fee_of"] == "course"
    if isinstance(fee, int):
        kept = fee * unit
    else:
        kept = half_up((agreed if is_of_course else left) * Fraction(int(fee[:-1]), 100), unit)
    return kept if is_of_course else min(kept, left)


def _with_forfeits(life: dict[str, Any]) -> list[tuple[int, dict[int, int], int, int]]:
    """Return the price lists with how many sessions were had as far as money goes."""
    return [
        (*known, had + (life["forfeits"] if not place else 0))
        for place, (*known, had) in enumerate(life["lists"])
    ]


def _consulted(wish: dict[str, Any], digits: int, code: str) -> list[Record]:
    """Return what becomes of the consultation."""
    if wish["becomes"] == "booked":
        return []
    if wish["becomes"] == "held":
        return [Consulted(on=DAY)]
    return [Consulted(on=DAY, missed=True, currency=code, fee=text_of(wish["kept"], digits))]


def _beside(
    state: CourseState, life: dict[str, Any], gross: Callable[[int], Fraction], agreed: Fraction
) -> Fraction:
    """Return what the consultation costs beside the course, from what the state says of days."""
    wish = life["consultation"]
    if not wish:
        return Fraction(0)
    if state.consultation and state.consultation.status == "missed":
        return Fraction(wish["kept"], 10 ** DIGITS[life["currency"]])
    held = [it.date for it in state.sessions if it.status == "held"]
    coming = [it.date for it in state.sessions if it.status == "booked"]
    begun = min(held or coming, default=None)
    within = {True: 9999, False: -1}.get(wish["redeemed"]) or int(str(wish["redeemed"]).split()[0])
    is_redeemed = begun is not None and (begun - DAY).days <= within
    return max(Fraction(0), gross(wish["price"]) - (agreed if is_redeemed else 0))


def _waits(state: CourseState, life: dict[str, Any]) -> bool:
    """Tell whether a session that the course pays for has no day any more."""
    visits = [it.protocol for it in (*state.held, *state.upcoming)]
    visits += [it.protocol for it in state.forfeits]
    return any(
        visits.count(name) < asked[2] for name, asked in zip(NAMES, life["lists"], strict=False)
    )


def _check_diary(state: CourseState, whole: Fraction | None, fees: Fraction) -> None:
    """Check that what the diary counts is what the account says."""
    sessions = sum(Fraction(price.low) for price in prices_of(state).values())
    besides = sum(Fraction(fee.amount) for fee in fees_of(state))
    if whole is not None:
        assert sessions + besides == whole + fees

"""Prices by agreement, options of a price list, no tax by treatment or by patient: by hand."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, plan_combined, plan_course
from meso_schedule.output.terminal.plan_text import plan_text
from tests.support.lengths import length
from tests.support.samples import Table, clinic, faults_of, on, phase, protocol

AS_OF = on("2026-11-22")
TAX = {"name": "VAT", "rate": "20%", "included": False}
TWO = {"session": "290.00", "packages": [{"sessions": 3, "price": "800.00"}]}
PRICES: Table = {
    "session": "180.00",
    "packages": [{"sessions": 6, "price": "960.00"}],
    "options": {"two areas": TWO, "face and neck": {"session": "550.00"}},
}


def house(included: bool | None = False, currency: str = "GBP", **prices: Any) -> Clinic:
    tax = None if included is None else TAX | {"included": included}
    return clinic(currency=currency, tax=tax, prices={"house-mix": PRICES | prices})


def planned(held: Clinic | None, sessions: int = 6, **asked: object) -> CoursePlan:
    request = CourseRequest.read({"start": "2026-12-01", "sessions": sessions, **asked})
    return plan_course(protocol(), request, clinic=held, as_of=AS_OF)


def total(plan: CoursePlan) -> tuple[str, str | None]:
    assert plan.cost is not None
    return str(plan.cost.high), str(plan.cost.tax.amount) if plan.cost.tax else None


def kinds(plan: CoursePlan) -> set[str]:
    return {finding.kind for finding in plan.findings}


MEMBER: Table = {"price": "540.00", "reason": "member"}


@pytest.mark.parametrize(
    ("included", "prices", "asked", "expected", "why"),
    [
        (False, {}, {}, ("1152.00", "192.00"), "960 and 20 %"),
        (False, {}, MEMBER, ("648.00", "108.00"), "540 and 20 %: taxed as the rest"),
        (True, {}, MEMBER, ("540.00", "90.00"), "540 contains 90"),
        (None, {}, MEMBER, ("540.00", None), "no tax"),
        (False, {"tax": "none"}, {}, ("960.00", None), "this treatment is not taxed"),
        (True, {"tax": "none"}, {}, ("960.00", None), "its price contains no tax"),
        (False, {}, {"tax_exempt": "diplomat"}, ("960.00", None), "the patient pays none"),
        (True, {}, {"tax_exempt": "diplomat"}, ("800.00", None), "960 less 160"),
        (True, {"tax": "none"}, {"tax_exempt": "diplomat"}, ("960.00", None), "nothing to leave"),
        (None, {}, {"tax_exempt": "diplomat"}, ("960.00", None), "nothing to leave"),
        (None, {}, {"option": "two areas"}, ("1600.00", None), "2 x 800"),
        (None, {}, {"area": ["neck", "face"]}, ("3300.00", None), "the areas name it: 6 x 550"),
        (None, {}, {"area": "face"}, ("960.00", None), "no option of that name"),
        (None, {}, MEMBER | {"option": "two areas"}, ("540.00", None), "agreed comes first"),
        (False, {}, MEMBER | {"tax_exempt": "diplomat"}, ("540.00", None), "both"),
        (True, {}, MEMBER | {"tax_exempt": "diplomat"}, ("540.00", None), "what is agreed is paid"),
    ],
)
def test_totals(
    included: bool | None, prices: Table, asked: Table, expected: tuple[str, str | None], why: str
) -> None:
    rules = protocol(areas=["face", "neck"])
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 6, **asked})
    plan = plan_course(rules, request, clinic=house(included, **prices), as_of=AS_OF)
    assert total(plan) == expected, why


def test_reasons_are_told() -> None:
    plan = planned(house(), **MEMBER, tax_exempt="diplomat")
    text = plan_text(plan, width=80)
    assert "Price by agreement" in text
    assert "The price was agreed: member." in text
    assert "No VAT is charged: diplomat." in text
    assert kinds(plan) >= {"agreed_price", "tax_exempt"}
    plan = planned(house(), option="two areas")
    assert "Priced as two areas." in plan_text(plan, width=80)
    assert not kinds(planned(house())) & {"agreed_price", "tax_exempt", "option"}


def test_without_a_price_list_an_agreed_price_needs_a_currency() -> None:
    assert total(planned(None, currency="EUR", **MEMBER)) == ("540.00", None)
    (fault,) = faults_of(lambda: planned(None, **MEMBER))
    assert (fault.code, fault.field) == ("missing_argument", "currency")
    (fault,) = faults_of(lambda: planned(house(), price="540.001", reason="member"))
    assert (fault.code, fault.field) == ("too_many_decimals", "price")


def test_top_ups_go_by_the_list() -> None:
    rule = {**phase("3 months", "4 months")}
    rule.pop("name")
    request = CourseRequest(start="2026-12-01", sessions=2, top_ups=2, price="99", reason="gift")
    plan = plan_course(protocol(top_up=rule), request, clinic=house(None), as_of=AS_OF)
    assert total(plan) == ("99.00", None)
    assert plan.top_up_cost is not None
    assert str(plan.top_up_cost.high) == "360.00"
    bare = plan_course(
        protocol(top_up=rule), request.changed(currency="EUR"), clinic=house(None), as_of=AS_OF
    )
    assert (total(bare)[0], bare.top_up_cost) == ("99.00", None)


def several(**asked: object) -> CoursePlan:
    other = protocol(id="other-mix", areas=["neck"], spacing=[])
    held = house(None)
    held = held.changed(prices={**held.prices, "other-mix": held.prices["house-mix"]})
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 3, **asked})
    return plan_combined([protocol(), other], request, clinic=held, as_of=AS_OF)


def test_of_several_protocols() -> None:
    assert total(several())[0] == "1080.00"
    assert total(several(price=["other-mix:100.00"], reason="gift"))[0] == "640.00"
    assert total(several(option=["two areas"]))[0] == "1600.00"
    (fault,) = faults_of(lambda: several(price="100.00", reason="gift"))
    assert (fault.code, fault.field) == ("bad_price", "price")
    (fault,) = faults_of(lambda: several(price="third:100.00", reason="gift"))
    assert (fault.code, fault.field) == ("bad_price", "price")
    twice = ["other-mix:1", "other-mix:2"]
    (fault,) = faults_of(lambda: several(price=twice, reason="gift"))
    assert (fault.code, fault.value) == ("contradiction", "other-mix:2")


@pytest.mark.parametrize("held", [house(None), None])
def test_an_option_nobody_priced(held: Clinic | None) -> None:
    (fault,) = faults_of(lambda: planned(held, option="three areas"))
    assert (fault.code, fault.field, fault.value) == ("unknown_option", "option", "three areas")
    assert fault.remedy


def cheapest(single: Fraction, packages: list[tuple[int, Fraction]], count: int) -> Fraction:
    """Return the least that exactly so many sessions cost, every way of buying them tried."""
    if count == 0:
        return Fraction(0)
    ways = [(1, single), *packages]
    return min(
        price + cheapest(single, packages, count - size) for size, price in ways if size <= count
    )


@pytest.mark.parametrize("seed", range(length(25, 2000)))
def test_the_cheapest_way_to_buy_against_trying_all(seed: int) -> None:
    rng = Random(seed)

    def drawn() -> Table:
        sizes = rng.sample(range(2, 8), rng.randint(0, 3))
        sold = [
            {"sessions": it, "price": f"{rng.randint(100, 900)}.{rng.randint(0, 99):02}"}
            for it in sizes
        ]
        return {"session": f"{rng.randint(50, 300)}.00", "packages": sold}

    options = {name: drawn() for name in ("one", "two")}
    prices = drawn() | {"options": options}
    count, option = rng.randint(1, 9), rng.choice(("one", "two", None))
    named: Table = options[option] if option else prices
    sold = [(it["sessions"], Fraction(it["price"])) for it in named["packages"]]
    expected = cheapest(Fraction(named["session"]), sold, count)
    held = clinic(currency="GBP", prices={"house-mix": prices})
    plan = planned(held, count, **({"option": option} if option else {}))
    assert Fraction(Decimal(total(plan)[0])) == expected, seed

"""A bill of several treatments is taxed once; reckoned beside in fractions."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meso_schedule import Clinic, CoursePlan, CourseRequest, Protocol, compare, plan_combined
from tests.support.lengths import length
from tests.support.samples import ASSUMED, EVERY_DAY, clinic, on, phase, protocol

AS_OF = on("2026-11-22")
DIGITS = {"JPY": 0, "GBP": 2, "KWD": 3}
TOP_UP = {"minimum": "3 months", "maximum": "4 months", **ASSUMED}
NAMES = ("one", "two", "three", "four")


def treatment(name: str, family: str = "mesotherapy") -> Protocol:
    counts = {"minimum": 1, "usual": 3, "maximum": 12, "minutes": 45, **ASSUMED}
    return protocol(
        id=name,
        name=name,
        family=family,
        areas=[name],
        sessions=counts,
        phases=[phase("1 day", "60 days")],
        top_up=TOP_UP,
    )


def house(
    prices: list[str], rate: str, *, included: bool, currency: str = "GBP", **more: object
) -> Clinic:
    return clinic(
        hours=EVERY_DAY,
        currency=currency,
        prices={
            name: {"session": price, **more} for name, price in zip(NAMES, prices, strict=False)
        },
        tax={"name": "VAT", "rate": rate, "included": included},
    )


def planned(held: Clinic, counts: list[int], **asked: object) -> CoursePlan:
    wishes = [f"{name}*{count}" for name, count in zip(NAMES, counts, strict=False)]
    request = CourseRequest.read(
        {"start": "2026-12-01", "start_within": 60, "protocol": wishes, **asked}
    )
    return plan_combined(
        [treatment(name) for name in NAMES[: len(counts)]], request, clinic=held, as_of=AS_OF
    )


def half_up(exact: Fraction, digits: int) -> Fraction:
    unit = 10**digits
    return Fraction(floor(exact * unit + Fraction(1, 2)), unit)


@pytest.mark.parametrize(
    ("prices", "counts", "rate", "included", "currency", "total", "tax", "source"),
    [
        (["0.50", "0.50"], [3, 1], "19%", False, "GBP", "2.38", "0.38", "2.00 and 19 %"),
        (["0.50", "0.50", "0.50"], [1, 1, 1], "19%", False, "GBP", "1.79", "0.29", "0.285 up"),
        (["0.03", "0.03"], [1, 1], "20%", True, "GBP", "0.06", "0.01", "a sixth, not twice 0.5"),
        (["5", "5"], [1, 1], "10%", False, "JPY", "11", "1", "10 and a tenth"),
        (["0.005", "0.005"], [1, 1], "10%", False, "KWD", "0.011", "0.001", "0.010 and a tenth"),
    ],
)
def test_a_combined_bill_is_taxed_once(
    prices: list[str],
    counts: list[int],
    rate: str,
    included: bool,
    currency: str,
    total: str,
    tax: str,
    source: str,
) -> None:
    made = planned(house(prices, rate, included=included, currency=currency), counts)
    assert made.cost is not None
    assert made.cost.tax is not None
    assert (str(made.cost.low), str(made.cost.tax.amount)) == (total, tax), source


@pytest.mark.untraced
@example(["0.50", "0.50"], [3, 1], "19%", False, "GBP", "20%")
@settings(max_examples=length(12, 200), deadline=None)
@given(
    st.lists(st.integers(1, 400).map(str), min_size=2, max_size=3),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
    st.sampled_from(["5.5%", "7%", "19%", "20%", "22%"]),
    st.booleans(),
    st.sampled_from(["JPY", "GBP", "KWD"]),
    st.sampled_from(["0%", "20%", "33%"]),
)
def test_parts_deposits_and_months_make_the_whole(
    prices: list[str], counts: list[int], rate: str, included: bool, currency: str, deposit: str
) -> None:
    counts, digits = counts[: len(prices)], DIGITS[currency]
    smallest = [str(Decimal(price).scaleb(-digits)) if digits else price for price in prices]
    if "." in "".join(prices):  # the example says whole pounds and pence itself
        smallest = prices
    held = house(smallest, rate, included=included, currency=currency, deposit=deposit)
    made = planned(held, counts, top_ups=1)
    cost, later = made.cost, made.top_up_cost
    assert cost is not None
    assert later is not None
    share = Fraction(Decimal(rate.rstrip("%"))) / 100
    for whole, numbers in ((cost, counts), (later, [1] * len(counts))):
        listed = sum(
            Fraction(Decimal(price)) * count for price, count in zip(smallest, numbers, strict=True)
        )
        tax = half_up(listed * share / (1 + share if included else 1), digits)
        assert whole.tax is not None
        assert Fraction(whole.tax.amount) == tax
        assert Fraction(whole.low) == listed + (0 if included else tax)
    parts = [part.cost for part in made.costs if part.cost]
    assert sum(part.low for part in parts) == cost.low
    assert sum(part.tax.amount for part in parts if part.tax) == (
        cost.tax.amount if cost.tax else 0
    )
    payments = [part for part in (cost.deposit, *(cost.instalments or ())) if part]
    assert sum(payment.amount for payment in payments) == cost.low
    assert sum(month.low for month in cost.by_month) == cost.low == cost.cumulative[-1].low


def test_a_comparison_is_taxed_once_too() -> None:
    held = house(["0.50", "0.50"], "19%", included=False)
    request = CourseRequest.read({"start": "2026-12-01", "until": "2027-02-01"})
    both = [treatment("one"), treatment("two")]
    found = compare([both], request, clinic=held, as_of=AS_OF, wishes=[["one*3", "two*1"]])
    (row,) = found.rows
    assert row.cost is not None
    assert str(row.cost.low) == "2.38"

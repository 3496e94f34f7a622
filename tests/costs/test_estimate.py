"""Costs worked by hand: a clinic with packages, other currencies, ranges, deposits and taxes."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meso_schedule import Clinic, CostEstimate, CourseRequest, Protocol, estimate_cost, get_protocol
from meso_schedule.base.errors import FormatError
from meso_schedule.costs.estimate import total_cost
from meso_schedule.costs.packages import cheapest_mix
from meso_schedule.costs.tariffs import find_tariff
from tests.support.samples import ASSUMED, Table, clinic, days, on, protocol

AS_OF = on("2026-11-22")
SIX = days("2026-12-01 2026-12-08 2026-12-15 2026-12-22 2027-01-05 2027-01-19")
COURSE = {"currency": "GBP", "per": "course", "low": "1000.00", "high": "2000.00", **ASSUMED}
VISIT = {"currency": "GBP", "per": "session", "low": "200.00", "high": "200.00", **ASSUMED}
DOLLARS = {"currency": "USD", "per": "session", "low": "300.00", "high": "500.00", **ASSUMED}
PRICES: Table = {
    "session": "180.00",
    "packages": [{"sessions": 6, "price": "960.00"}],
    "deposit": "20%",
    "instalments": 3,
}
INCLUDED = {"name": "VAT", "rate": "20%", "included": True}


def priced(
    prices: Table, *, currency: str = "GBP", rate: str | None = None, included: bool = True
) -> Clinic:
    tax = {"name": "VAT", "rate": rate, "included": included} if rate else None
    return clinic(currency=currency, prices={"house-mix": prices}, tax=tax)


def cost_of(
    prices: Table,
    count: int,
    *,
    currency: str = "GBP",
    rate: str | None = None,
    included: bool = True,
) -> CostEstimate:
    """Return what so many weekly sessions cost."""
    dates = [date.fromordinal(SIX[0].toordinal() + 7 * number) for number in range(count)]
    held = priced(prices, currency=currency, rate=rate, included=included)
    cost = estimate_cost(protocol(), dates, clinic=held, as_of=AS_OF)
    assert cost is not None
    return cost


def taxed(cost: CostEstimate) -> str:
    assert cost.tax is not None
    return str(cost.tax.amount)


def paid(cost: CostEstimate) -> list[str]:
    """Return the deposit, where there is one, and the instalments."""
    deposit = [cost.deposit] if cost.deposit else []
    return [str(payment.amount) for payment in (*deposit, *(cost.instalments or ()))]


def test_a_clinic_with_packages_deposit_instalments_and_tax() -> None:
    cost = estimate_cost(
        protocol(prices=[VISIT, COURSE]), SIX, clinic=priced(PRICES, rate="20%"), as_of=AS_OF
    )
    assert cost is not None
    assert cost.model_dump(mode="json") == {
        "currency": "GBP",
        "basis": "clinic",
        "low": "960.00",
        "high": "960.00",
        "remaining": None,
        "published_course": {"low": "1000.00", "high": "2000.00"},
        "lines": [
            {
                "label": None,
                "kind": "package",
                "quantity": 1,
                "sessions": 6,
                "unit": "960.00",
                "amount": "960.00",
                "unit_high": "960.00",
                "amount_high": "960.00",
            }
        ],
        "tax": {"name": "VAT", "rate": "20%", "included": True, "amount": "160.00"},
        "deposit": {"due": "2026-11-22", "amount": "192.00"},
        "instalments": [
            {"due": "2026-12-01", "amount": "256.00"},
            {"due": "2026-12-08", "amount": "256.00"},
            {"due": "2026-12-15", "amount": "256.00"},
        ],
        "by_month": [
            {"month": "2026-12", "sessions": 4, "low": "640.00", "high": "640.00"},
            {"month": "2027-01", "sessions": 2, "low": "320.00", "high": "320.00"},
        ],
        "cumulative": [
            {"session": 1, "label": None, "low": "160.00", "high": "160.00"},
            {"session": 2, "label": None, "low": "320.00", "high": "320.00"},
            {"session": 3, "label": None, "low": "480.00", "high": "480.00"},
            {"session": 4, "label": None, "low": "640.00", "high": "640.00"},
            {"session": 5, "label": None, "low": "800.00", "high": "800.00"},
            {"session": 6, "label": None, "low": "960.00", "high": "960.00"},
        ],
    }


@pytest.mark.parametrize(
    ("count", "total", "lines", "tax", "payments", "source"),
    [
        (1, "180.00", "1 session", "30.00", "36.00 144.00", "one instalment for one session"),
        (2, "360.00", "2 session", "60.00", "72.00 144.00 144.00", "two instalments at most"),
        (5, "900.00", "5 session", "150.00", "180.00 240.00 240.00 240.00", "singles are cheaper"),
        (
            *(7, "1140.00", "1 package 1 session", "190.00", "228.00 304.00 304.00 304.00"),
            "a package and a single",
        ),
        (
            *(13, "2100.00", "2 package 1 session", "350.00", "420.00 560.00 560.00 560.00"),
            "two packages and a single",
        ),
    ],
)
def test_other_numbers_of_sessions(
    count: int, total: str, lines: str, tax: str, payments: str, source: str
) -> None:
    cost = cost_of(PRICES, count, rate="20%")
    assert (str(cost.low), str(cost.high)) == (total, total), source
    assert " ".join(f"{line.quantity} {line.kind}" for line in cost.lines) == lines, source
    assert taxed(cost) == tax, source
    assert paid(cost) == payments.split(), source


def test_a_tax_that_is_added() -> None:
    cost = cost_of(PRICES, 6, rate="20%", included=False)
    assert (str(cost.low), taxed(cost)) == ("1152.00", "192.00"), "960 and a fifth of it"
    assert str(cost.lines[0].amount) == "960.00", "lines are before an added tax"
    assert paid(cost) == ["230.40", "307.20", "307.20", "307.20"]
    assert [str(month.low) for month in cost.by_month] == ["960.00", "192.00"], "five and one"


@pytest.mark.parametrize(
    ("session", "rate", "included", "total", "tax", "source"),
    [
        ("0.03", "20%", True, "0.03", "0.01", "half a penny goes up"),
        ("0.14", "12%", True, "0.14", "0.02", "1.5 pence: 3/28 of 14"),
        ("450.10", "12%", True, "450.10", "48.23", "48.225: 3/28 of 450.10"),
        ("3999.94", "12%", True, "3999.94", "428.57", "428.565: 3/28 of 3999.94"),
        ("99.99", "19%", True, "99.99", "15.96", "15.9648: 19/119 of 99.99"),
        ("0.25", "10%", False, "0.28", "0.03", "2.5 pence go up"),
        ("0.24", "10%", False, "0.26", "0.02", "2.4 pence go down"),
        ("100.00", "7.7%", False, "107.70", "7.70", "a rate with a decimal"),
        ("100.00", "0%", False, "100.00", "0.00", "no tax at all"),
    ],
)
def test_tax_is_rounded_half_up(
    session: str, rate: str, included: bool, total: str, tax: str, source: str
) -> None:
    cost = cost_of({"session": session}, 1, rate=rate, included=included)
    assert (str(cost.low), taxed(cost)) == (total, tax), source


@example(45010, "12%")
@given(
    st.integers(1, 10**7), st.sampled_from(["4%", "5.5%", "7%", "12%", "19%", "20%", "22%", "25%"])
)
def test_an_included_tax_is_the_nearest_penny(pence: int, rate: str) -> None:
    share = Fraction(Decimal(rate[:-1])) / 100
    cost = cost_of({"session": str(Decimal(pence).scaleb(-2))}, 1, rate=rate)
    assert Decimal(taxed(cost)) * 100 == floor(pence * share / (1 + share) + Fraction(1, 2))


def test_tax_is_reckoned_once_on_the_total() -> None:
    cost = cost_of({"session": "0.01"}, 3, rate="20%", included=False)
    assert (str(cost.low), taxed(cost)) == ("0.04", "0.01"), "0.6 pence, not three times 0.2"


def test_yen_have_no_decimals() -> None:
    prices: Table = {
        "session": "20000",
        "packages": [{"sessions": 5, "price": "88000"}],
        "deposit": "30%",
        "instalments": 2,
    }
    cost = cost_of(prices, 5, currency="JPY", rate="10%")
    assert (str(cost.low), taxed(cost)) == ("88000", "8000")
    assert paid(cost) == ["26400", "30800", "30800"]
    assert [str(entry.low) for entry in cost.cumulative] == [
        *("17600", "35200", "52800", "70400", "88000")
    ]
    three = cost_of(prices | {"deposit": "33%"}, 3, currency="JPY", rate="10%")
    assert (str(three.low), taxed(three)) == ("60000", "5455"), "an eleventh, 5454.5 and more"
    assert paid(three) == ["19800", "20100", "20100"]


def test_dinars_have_three_decimals() -> None:
    cost = cost_of(
        {"session": "25.5", "instalments": 3}, 3, currency="KWD", rate="5%", included=False
    )
    assert (str(cost.low), taxed(cost)) == ("80.325", "3.825"), "76.500 and a twentieth"
    assert cost.deposit is None
    assert paid(cost) == ["26.775", "26.775", "26.775"]


@pytest.mark.parametrize(
    ("changes", "count", "payments", "source"),
    [
        ({"deposit": "50%"}, 3, "270.00 90.00 90.00 90.00", "half now, the rest in three"),
        ({"deposit": "50"}, 3, "50.00 163.34 163.33 163.33", "490 in three, the penny first"),
        ({"deposit": "33.33%"}, 1, "59.99 120.01", "59.994 rounds down"),
        ({"deposit": "100%"}, 3, "540.00", "nothing is left for instalments"),
        ({"deposit": "540.00"}, 3, "540.00", "exactly the total"),
        ({"deposit": "600.00"}, 3, "540.00", "never more than the total"),
        ({"deposit": "0%"}, 3, "0.00 180.00 180.00 180.00", "a deposit of nothing"),
        ({"deposit": None}, 3, "180.00 180.00 180.00", "instalments alone"),
        ({"instalments": None}, 3, "108.00 432.00", "the rest is one instalment"),
        ({"instalments": 1}, 3, "108.00 432.00", "one instalment"),
        ({"instalments": 12}, 3, "108.00 144.00 144.00 144.00", "at most one a session"),
    ],
)
def test_deposit_and_instalments(changes: Table, count: int, payments: str, source: str) -> None:
    prices = {key: value for key, value in (PRICES | changes).items() if value is not None}
    cost = cost_of(prices, count)
    assert paid(cost) == payments.split(), source
    assert (cost.deposit is None) == ("deposit" not in prices), source
    assert cost.instalments is not None, source
    assert [payment.due for payment in cost.instalments] == SIX[: len(cost.instalments)], source
    assert cost.deposit is None or cost.deposit.due == AS_OF, source


def test_neither_deposit_nor_instalments() -> None:
    cost = cost_of({"session": "180.00"}, 3)
    assert (cost.deposit, cost.instalments) == (None, None)


@given(
    st.integers(1, 10**6),
    st.integers(1, 12),
    st.none() | st.integers(0, 100),
    st.none() | st.integers(1, 15),
)
def test_deposit_and_instalments_make_the_total(
    pence: int, count: int, percent: int | None, instalments: int | None
) -> None:
    prices: Table = {"session": str(Decimal(pence).scaleb(-2))}
    if percent is not None:
        prices["deposit"] = f"{percent}%"
    if instalments is not None:
        prices["instalments"] = instalments
    cost = cost_of(prices, count, rate="20%", included=False)
    if percent is None and instalments is None:
        assert paid(cost) == []
    else:
        assert sum(map(Decimal, paid(cost))) == cost.low
    assert sum(month.low for month in cost.by_month) == cost.low
    assert cost.cumulative[-1].low == cost.low
    assert sum(month.sessions for month in cost.by_month) == count


def test_months_take_equal_parts_and_the_first_the_spare_penny() -> None:
    cost = cost_of(PRICES, 7)
    assert [(month.month, month.sessions, str(month.low)) for month in cost.by_month] == [
        ("2026-12", 5, "814.30"),
        ("2027-01", 2, "325.70"),
    ], "1140 in seven: five times 162.86, then twice 162.85"


def test_the_same_month_of_another_year_is_another_month() -> None:
    dates = days("2026-12-01 2027-12-01 2027-12-08")
    cost = estimate_cost(protocol(prices=[VISIT]), dates, as_of=AS_OF)
    assert cost is not None
    assert [(month.month, month.sessions) for month in cost.by_month] == [
        ("2026-12", 1),
        ("2027-12", 2),
    ]


def test_a_published_range() -> None:
    cost = estimate_cost(protocol(prices=[DOLLARS]), SIX[3:], as_of=AS_OF, first_number=4)
    assert cost is not None
    assert cost.model_dump(mode="json") == {
        "currency": "USD",
        "basis": "published",
        "low": "900.00",
        "high": "1500.00",
        "remaining": None,
        "published_course": None,
        "lines": [
            {
                "label": None,
                "kind": "session",
                "quantity": 3,
                "sessions": 1,
                "unit": "300.00",
                "amount": "900.00",
                "unit_high": "500.00",
                "amount_high": "1500.00",
            }
        ],
        "tax": None,
        "deposit": None,
        "instalments": None,
        "by_month": [
            {"month": "2026-12", "sessions": 1, "low": "300.00", "high": "500.00"},
            {"month": "2027-01", "sessions": 2, "low": "600.00", "high": "1000.00"},
        ],
        "cumulative": [
            {"session": 4, "label": None, "low": "300.00", "high": "500.00"},
            {"session": 5, "label": None, "low": "600.00", "high": "1000.00"},
            {"session": 6, "label": None, "low": "900.00", "high": "1500.00"},
        ],
    }


def test_a_price_for_the_whole_course_alone() -> None:
    cost = estimate_cost(protocol(prices=[COURSE]), SIX[:3], as_of=AS_OF)
    assert cost is not None
    assert (str(cost.low), str(cost.high)) == ("1000.00", "2000.00")
    (line,) = cost.lines
    assert (line.kind, line.quantity, line.sessions) == ("course", 1, 3)
    assert (str(line.amount), str(line.amount_high)) == ("1000.00", "2000.00")
    assert [(str(entry.low), str(entry.high)) for entry in cost.cumulative] == [
        ("333.34", "666.67"),
        ("666.67", "1333.34"),
        ("1000.00", "2000.00"),
    ]


@pytest.mark.parametrize("included", [True, False])
def test_published_prices_are_not_taxed(included: bool) -> None:
    other = clinic(currency="GBP", tax=INCLUDED | {"included": included})
    cost = estimate_cost(protocol(prices=[VISIT]), SIX, clinic=other, as_of=AS_OF)
    assert cost is not None
    assert (str(cost.low), cost.tax, cost.basis) == ("1200.00", None, "published")


@pytest.mark.parametrize(
    ("prices", "currency", "expected", "source"),
    [
        ([VISIT, COURSE], None, "GBP clinic 180.00", "the clinic's own price"),
        ([DOLLARS], None, "GBP clinic 180.00", "the clinic's currency comes before the protocol's"),
        ([DOLLARS], "GBP", "GBP clinic 180.00", "the currency asked for is the clinic's"),
        ([VISIT, DOLLARS], "USD", "USD published 300.00", "the clinic has no price in dollars"),
        ([VISIT], "USD", None, "no price in dollars at all"),
        ([], None, "GBP clinic 180.00", "nothing published"),
        ([], "EUR", None, "no price in euros"),
    ],
)
def test_whose_price_in_which_currency(
    prices: list[Table], currency: str | None, expected: str | None, source: str
) -> None:
    cost = estimate_cost(
        protocol(prices=prices),
        SIX[:1],
        clinic=priced({"session": "180.00"}),
        currency=currency,
        as_of=AS_OF,
    )
    found = f"{cost.currency} {cost.basis} {cost.low}" if cost else None
    assert found == expected, source


@pytest.mark.parametrize(
    ("own", "held", "expected", "source"),
    [
        (protocol(prices=[DOLLARS, VISIT]), clinic(), "USD 300.00", "the protocol's first price"),
        (
            *(protocol(prices=[DOLLARS, VISIT]), clinic(currency="GBP"), "GBP 200.00"),
            "the clinic's currency, without a price of its own",
        ),
        (protocol(prices=[DOLLARS]), clinic(currency="EUR"), None, "no price in euros"),
        (protocol(), clinic(), None, "no price and no currency"),
    ],
)
def test_a_clinic_without_prices(
    own: Protocol, held: Clinic, expected: str | None, source: str
) -> None:
    cost = estimate_cost(own, SIX[:1], clinic=held, as_of=AS_OF)
    assert (f"{cost.currency} {cost.low}" if cost else None) == expected, source


def test_no_dates_cost_nothing() -> None:
    assert estimate_cost(protocol(prices=[VISIT]), [], as_of=AS_OF) is None


def test_the_published_course_price_is_that_of_the_currency() -> None:
    dollars = COURSE | {"currency": "USD"}
    cost = estimate_cost(protocol(prices=[VISIT, dollars]), SIX, clinic=priced(PRICES), as_of=AS_OF)
    assert cost is not None
    assert cost.published_course is None


def test_the_total_of_each_count() -> None:
    held = priced(PRICES, rate="20%", included=False)
    tariff = find_tariff(protocol(), held, CourseRequest())
    assert tariff is not None
    totals = [str(total_cost([(tariff, count)]).high) for count in range(1, 8)]
    assert totals == [*("216.00", "432.00", "648.00", "864.00", "1080.00", "1152.00", "1368.00")], (
        "180 or the package of 960, and a fifth"
    )


@pytest.mark.parametrize(
    ("session", "packages", "count", "mix", "source"),
    [
        ("180", [(6, "960")], 6, [0, 1], "160 each"),
        ("180", [(6, "960")], 5, [5, 0], "exactly five: no package of six"),
        ("180", [(6, "960"), (3, "500")], 9, [0, 1, 1], "960 and 500"),
        ("180", [(6, "960"), (3, "500")], 10, [1, 1, 1], "960, 500 and 180"),
        ("180", [(6, "1200")], 6, [6, 0], "a dear package is left"),
        ("100", [(2, "200")], 3, [3, 0], "the same price: one line instead of two"),
        ("100", [(2, "200")], 2, [0, 1], "the same price and lines: the package"),
        ("100", [(2, "180"), (2, "180")], 4, [0, 2, 0], "two alike: the first named"),
        ("100", [(4, "300"), (3, "210")], 6, [0, 0, 2], "two small ones"),
        ("100", [(4, "250"), (3, "210")], 8, [0, 2, 0], "500, not 250 + 210 + 100"),
        ("100", [], 4, [4], "no packages"),
        ("0", [(2, "0")], 5, [5, 0], "free, in one line"),
        ("100", [(2, "150")], 0, [0, 0], "nothing at all"),
    ],
)
def test_cheapest_mixes(
    session: str, packages: list[tuple[int, str]], count: int, mix: list[int], source: str
) -> None:
    offers = [(size, Decimal(price)) for size, price in packages]
    assert cheapest_mix(Decimal(session), offers, count) == mix, source


@given(
    st.integers(0, 6),
    st.lists(st.tuples(st.integers(2, 6), st.integers(0, 24)), max_size=3),
    st.integers(0, 13),
)
def test_the_cheapest_mix_is_what_trying_everything_finds(
    session: int, offers: list[tuple[int, int]], count: int
) -> None:
    def rank(mix: tuple[int, ...]) -> tuple[int, int, list[int]]:
        cost = mix[0] * session + sum(
            n * price for n, (_, price) in zip(mix[1:], offers, strict=True)
        )
        return cost, sum(n > 0 for n in mix), [-n for n in mix[1:]]

    tried = (
        (count - sum(n * size for n, (size, _) in zip(picked, offers, strict=True)), *picked)
        for picked in product(*(range(count // size + 1) for size, _ in offers))
    )
    best = min((mix for mix in tried if mix[0] >= 0), key=rank)
    packages = [(size, Decimal(price)) for size, price in offers]
    assert tuple(cheapest_mix(Decimal(session), packages, count)) == best


def test_dates_in_any_order_and_a_currency_that_is_none() -> None:
    face = get_protocol("facial-rejuvenation")
    mixed = [on("2027-01-05"), on("2026-12-01"), on("2026-12-08")]
    cost = estimate_cost(face, mixed, as_of=on("2026-11-22"))
    assert cost is not None
    assert [(month.month, month.sessions) for month in cost.by_month] == [
        ("2026-12", 2),
        ("2027-01", 1),
    ]
    with pytest.raises(FormatError):
        estimate_cost(face, mixed, currency="gbp", as_of=on("2026-11-22"))

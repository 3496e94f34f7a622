"""Terms as other programs may write them: ranges, no single price, requests that cannot be read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.book.folding import fold
from meso_schedule.book.payloads import AddedTax, KeptPrice, Terms
from meso_schedule.book.prices import price_of, prices_of, wanted_sessions
from meso_schedule.book.records import Held, Missed, Opened, Record
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.running.account import account_of
from tests.book.samples import kept, opened

DAY = date(2026, 11, 22)
RANGE = KeptPrice(currency="GBP", low=Decimal("80.00"), high=Decimal("100.00"))


def terms(high: str = "100.00", single: KeptPrice | None = None) -> Terms:
    return Terms(
        currency="GBP", low=Decimal("80.00"), high=Decimal(high), sessions=1, single=single
    )


def told(first: Opened, *more: Record) -> CourseState:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    return fold("course", [Entry(number, at, it) for number, it in enumerate([first, *more], 1)])


def held(*numbers: int) -> list[Record]:
    return [Held(number=number, on=DAY) for number in numbers]


def test_a_visit_beyond_a_range_of_prices() -> None:
    state = told(opened(terms=terms(single=RANGE)), *held(1, 2))
    account = account_of(state, DAY)
    assert account is not None
    assert (account.agreed_low, account.agreed_high) == (Decimal("160.00"), Decimal("200.00"))
    assert (account.due, account.balance) == ((), None)
    assert [str(price.high) for price in prices_of(state).values()] == ["100.00", "100.00"]


def test_a_visit_beyond_a_course_that_is_only_sold_whole() -> None:
    state = told(opened(terms=terms("80.00")), *held(1, 2))
    account = account_of(state, DAY)
    assert account is not None
    assert (account.agreed_low, account.balance) == (Decimal("80.00"), Decimal("80.00"))
    assert price_of(terms("80.00"), 2) is None
    assert sum(price.low for price in prices_of(state).values()) == Decimal("80.00")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(["a**", "other*2"], 2), (["a**"], None), ("other*2", None), ([], None), (["other"], None)],
)
def test_what_was_asked_of_several_as_far_as_it_can_be_read(
    asked: object, expected: int | None
) -> None:
    protocols = (kept(), kept(id="other"))
    state = told(opened(protocols=protocols, request={"protocol": asked}))
    assert wanted_sessions(state, "other") == expected


def test_a_fee_needs_a_currency() -> None:
    with pytest.raises(InputError) as caught:
        Missed(number=1, on=DAY, fee=Decimal("5.00"))
    (fault,) = caught.value.faults
    assert (fault.code, fault.field) == ("missing_key", "currency")


def test_visits_beyond_the_course_are_taxed_with_it() -> None:
    half = KeptPrice(currency="GBP", low=Decimal("0.50"), high=Decimal("0.50"))
    three = Terms(
        currency="GBP",
        low=Decimal("1.79"),
        high=Decimal("1.79"),
        sessions=3,
        single=half,
        tax=AddedTax(rate="19%", amount=Decimal("0.29")),
    )
    state = told(opened(terms=three), *held(1, 2, 3, 4, 5))
    account = account_of(state, DAY)
    assert account is not None
    # 2.00 and 0.38 is 2.38; 2.50 and 0.475 is 2.98.
    assert [str(due.amount) for due in account.due] == ["1.79", "0.59", "0.60"]
    assert str(account.agreed_low) == "2.98"

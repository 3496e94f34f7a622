"""Money: currencies against independent tables, strict amounts, splits that add up."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import iso4217
import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from meso_schedule.base.errors import FormatError
from meso_schedule.base.money import (
    CURRENCY_DIGITS,
    Share,
    ShareOrAmount,
    half_up,
    in_currency,
    parse_amount,
    parse_currency,
    split,
)

currencies = st.sampled_from(sorted(CURRENCY_DIGITS))


def test_digits_are_those_of_an_independent_copy_of_the_standard() -> None:
    published = {
        currency.code: currency.exponent
        for currency in iso4217.Currency
        if currency.exponent is not None
    }
    assert published == CURRENCY_DIGITS


def test_every_currency_is_known_to_another_independent_table() -> None:
    # The Arab Accounting Dinar joined the standard in 2025, after that table was made.
    assert set(CURRENCY_DIGITS) - set(Locale("en").currencies) <= {"XAD"}


@pytest.mark.parametrize(
    ("currency", "digits", "source"),
    [
        ("GBP", 2, "ISO 4217: pence"),
        ("JPY", 0, "ISO 4217: yen have none"),
        ("KWD", 3, "ISO 4217: fils are thousandths"),
        ("CLF", 4, "ISO 4217 list one"),
        ("HUF", 2, "ISO 4217 list one; displayed without decimals, reckoned with them"),
    ],
)
def test_digits(currency: str, digits: int, source: str) -> None:
    assert CURRENCY_DIGITS[parse_currency(currency)] == digits, source


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("gbp", "Write GBP."),
        (" GBP ", "Write GBP."),
        ("XYZ", "Write an ISO 4217 code such as GBP, EUR or USD."),
        ("XAU", "Write an ISO 4217 code such as GBP, EUR or USD."),
        ("DEM", "Write an ISO 4217 code such as GBP, EUR or USD."),
        ("£", "Write an ISO 4217 code such as GBP, EUR or USD."),
        ("", "Write an ISO 4217 code such as GBP, EUR or USD."),
    ],
)
def test_currencies_that_are_refused(code: str, remedy: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_currency(code)
    assert (caught.value.code, caught.value.remedy) == ("unknown_currency", remedy)


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ("180.00", "180.00"),
        ("0", "0"),
        ("0.001", "0.001"),
        ("007", "7"),
        ("999999999999.99", "999999999999.99"),
        (Decimal("180.00"), "180.00"),
        (Decimal("1.8E+2"), "180"),
    ],
)
def test_amounts(given: object, amount: str) -> None:
    assert parse_amount(given) == Decimal(amount)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        *(
            (text, f"Cannot read amount {text!r}.")
            for text in ("", " ", "abc", "1_000", "1,000", "1,00", "٤", "１", "-1", "+1", "1e3")
        ),
        *(
            (text, f"Cannot read amount {text!r}.")
            for text in ("NaN", "inf", "Infinity", "1.", ".5", " 4 ", "£4", "4 GBP", "1" * 13)
        ),
        (Decimal("NaN"), "Cannot read amount 'NaN'."),
        (Decimal("sNaN"), "Cannot read amount 'sNaN'."),
        (Decimal("Infinity"), "Cannot read amount 'Infinity'."),
        (Decimal("-1"), "Cannot read amount '-1'."),
        (180.0, "The amount 180.0 is not in quotes."),
        (float("nan"), "The amount nan is not in quotes."),
        (180, "The amount 180 is not in quotes."),
        (True, "The amount True is not in quotes."),
        (None, "The amount None is not in quotes."),
    ],
)
def test_amounts_that_are_refused(given: object, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_amount(given)
    assert (caught.value.code, caught.value.problem) == ("bad_amount", problem)


def test_a_number_without_quotes_is_shown_with_them() -> None:
    with pytest.raises(FormatError) as caught:
        parse_amount(180.5)
    assert caught.value.remedy == 'Write it as text, for example "180.5".'


@pytest.mark.parametrize(
    ("text", "share"),
    [("20%", "0.2"), ("7.7%", "0.077"), ("20 %", "0.2"), ("0%", "0"), ("100%", "1")],
)
def test_shares(text: str, share: str) -> None:
    read = Share.parse(text)
    assert read.fraction == Decimal(share)
    assert Share.parse(str(read)) == read
    assert ShareOrAmount.parse(f"{text} ") == ShareOrAmount(read)
    assert (str(ShareOrAmount(read)), ShareOrAmount(read).amount) == (str(read), None)


@pytest.mark.parametrize(
    "text",
    ["", "20", "%", "-5%", "100.01%", "101%", "1e1%", "nan%", "٢٠%", "20%%", " 20%", 0.2, 20],
)
def test_shares_that_are_refused(text: object) -> None:
    with pytest.raises(FormatError) as caught:
        Share._accept(text)
    is_too_much = text in ("100.01%", "101%")
    remedy = "Write a share up to 100%." if is_too_much else "Write for example 20%."
    assert (caught.value.code, caught.value.remedy) == ("bad_percent", remedy)


@pytest.mark.parametrize(
    ("asked", "total", "currency", "comes_to"),
    [
        ("20%", "960.00", "GBP", "192.00"),
        ("12.5%", "0.20", "GBP", "0.03"),
        ("50%", "101", "JPY", "51"),
        ("100%", "0.01", "GBP", "0.01"),
        ("50", "20.00", "GBP", "50.00"),
        ("0", "20.00", "GBP", "0.00"),
    ],
)
def test_what_is_asked_of_a_sum(asked: str, total: str, currency: str, comes_to: str) -> None:
    assert str(ShareOrAmount.parse(asked).of(Decimal(total), currency)) == comes_to


def test_an_amount_asked_of_a_sum_that_its_currency_cannot_hold() -> None:
    with pytest.raises(FormatError, match="more decimals than JPY knows"):
        ShareOrAmount.parse("0.50").of(Decimal(100), "JPY")


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("180", "GBP", "180.00"),
        ("180.000", "GBP", "180.00"),
        ("5", "KWD", "5.000"),
        ("5.0", "JPY", "5"),
        ("999999999999", "CLF", "999999999999.0000"),
    ],
)
def test_an_amount_in_its_currency(amount: str, currency: str, written: str) -> None:
    assert str(in_currency(Decimal(amount), currency)) == written


@pytest.mark.parametrize(
    ("amount", "currency", "remedy"),
    [
        ("1.005", "GBP", "GBP has 2 decimals."),
        ("1.5", "JPY", "JPY has no decimals."),
        ("1.0001", "KWD", "KWD has 3 decimals."),
        ("0.00000000000000000000000000000001", "GBP", "GBP has 2 decimals."),
    ],
)
def test_too_many_decimals(amount: str, currency: str, remedy: str) -> None:
    with pytest.raises(FormatError) as caught:
        in_currency(Decimal(amount), currency)
    assert (caught.value.code, caught.value.remedy) == ("too_many_decimals", remedy)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded", "source"),
    [
        ("0.125", "GBP", "0.13", "half up"),
        ("0.135", "GBP", "0.14", "half up, not to even"),
        ("0.1249", "GBP", "0.12", "below the half"),
        ("2.5", "JPY", "3", "half of a yen"),
        ("0.0005", "KWD", "0.001", "half of a fils"),
    ],
)
def test_halves_go_up(amount: str, currency: str, rounded: str, source: str) -> None:
    assert str(half_up(Decimal(amount), currency)) == rounded, source


@given(st.decimals(0, 10**9, places=6), currencies)
def test_half_up_is_the_nearest_minor_unit(amount: Decimal, currency: str) -> None:
    units = 10 ** CURRENCY_DIGITS[currency]
    assert half_up(amount, currency) * units == floor(Fraction(amount) * units + Fraction(1, 2))


@pytest.mark.parametrize(
    ("total", "parts", "currency", "shares", "source"),
    [
        ("100.00", 3, "GBP", "33.34 33.33 33.33", "the spare penny goes first"),
        ("960.00", 6, "GBP", "160.00 160.00 160.00 160.00 160.00 160.00", "no spare unit"),
        ("0.02", 3, "GBP", "0.01 0.01 0.00", "fewer pence than parts"),
        ("1000", 3, "JPY", "334 333 333", "yen have no decimals"),
        ("10.000", 3, "KWD", "3.334 3.333 3.333", "fils are thousandths"),
        ("5.00", 1, "GBP", "5.00", "a single part"),
    ],
)
def test_splits(total: str, parts: int, currency: str, shares: str, source: str) -> None:
    assert [str(part) for part in split(Decimal(total), parts, currency)] == shares.split(), source


@given(st.integers(0, 10**12), st.integers(1, 60), currencies)
def test_parts_add_up_and_are_as_equal_as_can_be(units: int, parts: int, currency: str) -> None:
    unit = Decimal(1).scaleb(-CURRENCY_DIGITS[currency])
    shares = split(units * unit, parts, currency)
    assert len(shares) == parts
    assert sum(shares) == units * unit
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] in (0, unit)
    assert all(in_currency(share, currency) == share for share in shares)

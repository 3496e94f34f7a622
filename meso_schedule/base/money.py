"""Money: amounts as `Decimal`, currencies by ISO 4217, splits that add up.

Nothing here converts one currency into another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Self

from meso_schedule.base.dates import TextValue
from meso_schedule.base.errors import Fault, FormatError, shortened

# Minor units by ISO 4217 list one; published tables for displaying money differ from it.
# Checked against an independent copy in tests/test_money.py.
_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
    CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
    LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW
    ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCY_DIGITS = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,12})?) ?%")


def parse_currency(code: str) -> str:
    """Read an ISO 4217 currency code in capitals.

    Raises:
        FormatError: When no such currency is in use.
    """
    if code in CURRENCY_DIGITS:
        return code
    wanted = code.strip().upper()
    remedy = (
        f"Write {wanted}."
        if wanted in CURRENCY_DIGITS
        else "Write an ISO 4217 code such as GBP, EUR or USD."
    )
    raise FormatError("unknown_currency", code, f"There is no currency {shortened(code)}.", remedy)


def parse_amount(text: object) -> Decimal:
    """Read an amount of money from text, `180.00`, or take a finite `Decimal` of zero or more.

    Raises:
        FormatError: For anything else; numbers that are not text may have lost their cents.
    """
    if isinstance(text, Decimal):
        text = format(text, "f")
    if isinstance(text, str) and _AMOUNT.fullmatch(text):
        return Decimal(text)
    if isinstance(text, str):
        raise FormatError(
            "bad_amount",
            text,
            f"Cannot read amount {shortened(text)}.",
            "Write for example 180.00.",
        )
    shown = shortened(text)
    example = shown if _AMOUNT.fullmatch(shown) else "180.00"
    raise FormatError(
        "bad_amount",
        text,
        f"The amount {shown} is not in quotes.",
        f'Write it as text, for example "{example}".',
    )


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """Give an amount the digits of its currency.

    Raises:
        FormatError: When it has more decimals than the currency knows.
    """
    digits = CURRENCY_DIGITS[currency]
    exact = amount.quantize(Decimal(1).scaleb(-digits))
    if exact != amount:
        raise FormatError(
            "too_many_decimals",
            str(amount),
            f"{amount} has more decimals than {currency} knows.",
            f"{currency} has {digits or 'no'} decimals.",
        )
    return exact


def decimals_fault(amount: Decimal, currency: str, place: str) -> Iterator[Fault]:
    """Find an amount with more decimals than its currency knows."""
    try:
        in_currency(amount, currency)
    except FormatError as error:
        yield Fault(error.code, error.problem, None, place, str(amount), error.remedy)


def half_up(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's minor unit, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-CURRENCY_DIGITS[currency]), ROUND_HALF_UP)


def split(total: Decimal, parts: int, currency: str) -> list[Decimal]:
    """Split a total into equal parts that add up to it, spare minor units to the first ones.

    >>> split(Decimal("100.00"), 3, "GBP")
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]
    """
    digits = CURRENCY_DIGITS[currency]
    share, spare = divmod(int(total.scaleb(digits)), parts)
    more, less = (Decimal(amount).scaleb(-digits) for amount in (share + 1, share))
    return [more] * spare + [less] * (parts - spare)


@dataclass(frozen=True, slots=True)
class Share(TextValue):
    """A share of a sum, from none to all of it.

    >>> Share.parse("17.5%").of(Decimal("80.00"), "GBP")
    Decimal('14.00')
    """

    percent: Decimal

    pattern: ClassVar[str] = r"^[0-9]{1,3}(\.[0-9]{1,12})? ?%$"
    example: ClassVar[str] = "20%"

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read a number from 0 to 100 with a percent sign.

        Raises:
            FormatError: When it is anything else.
        """
        match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
        if match and Decimal(match[1]) <= 100:
            return cls(Decimal(match[1]))
        problem, remedy = f"Cannot read share {shortened(text)}.", "Write for example 20%."
        if match:
            problem, remedy = f"{text} is more than all of it.", "Write a share up to 100%."
        raise FormatError("bad_percent", text, problem, remedy)

    @classmethod
    def _accept(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.parse(value)

    def __str__(self) -> str:
        return f"{self.percent}%"

    @property
    def fraction(self) -> Decimal:
        """The share as a number from 0 to 1."""
        return self.percent / 100

    def of(self, total: Decimal, currency: str) -> Decimal:
        """Return the share of a sum, half up."""
        return half_up(total * self.fraction, currency)


@dataclass(frozen=True, slots=True)
class ShareOrAmount(TextValue):
    """What is asked of a sum: a share of it, `20%`, or an amount, `50.00`."""

    asked: Share | Decimal

    pattern: ClassVar[str] = r"^([0-9]{1,3}(\.[0-9]{1,12})? ?% *|[0-9]{1,12}(\.[0-9]{1,12})?)$"
    example: ClassVar[str] = "20%"

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read a share, or an amount.

        Raises:
            FormatError: When it is neither.
        """
        if isinstance(text, str) and text.rstrip().endswith("%"):
            return cls(Share.parse(text.rstrip()))
        return cls(parse_amount(text))

    @classmethod
    def _accept(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.parse(value)

    def __str__(self) -> str:
        return str(self.asked)

    @property
    def amount(self) -> Decimal | None:
        """The amount; None for a share."""
        return None if isinstance(self.asked, Share) else self.asked

    def of(self, total: Decimal, currency: str) -> Decimal:
        """Return what is asked of a sum, in its currency.

        Raises:
            FormatError: When an amount has more decimals than the currency knows.
        """
        if isinstance(self.asked, Share):
            return self.asked.of(total, currency)
        return in_currency(self.asked, currency)

"""What a clinic charges for one protocol, and what is wrong with a price list."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Literal, Self

from pydantic import Field

from meso_schedule.base.errors import Fault
from meso_schedule.base.free_text import Line
from meso_schedule.base.intervals import Interval, distance_faults
from meso_schedule.base.models import MAX_SESSIONS, Amount, Count, FrozenDict, Many, Model, Table
from meso_schedule.base.money import ShareOrAmount, decimals_fault
from meso_schedule.base.times import Weekday
from meso_schedule.clinic.tax import Tax

MAX_INSTALMENTS = 40
# From when on a course that was sold may be used: from session 1, or from the payment.
ValidFrom = Literal["first", "payment"]
_AND = re.compile(r" *(?:,|\+|&| and ) *")


class Package(Model):
    """A number of sessions sold together at one price."""

    sessions: Count
    price: Amount


class PriceOption(Model):
    """What is charged with an option in place of the price list's own prices."""

    session: Amount
    packages: tuple[Package, ...] = ()


class PriceList(Model):
    """What the clinic charges for one protocol.

    Args:
        session: The price of a single session.
        packages: Sessions sold together.
        deposit: A share of the total, `20%`, or an amount; due on the day of planning.
        instalments: The number of equal parts in which the rest is paid.
        deposit_per: Whether an amount is asked once, or for each session.
        deposit_days: The weekdays of visits that a deposit is asked for; left out, all of them.
        rest: With which visits what follows the deposit is due: the first ones, where it is left
            out, those from the second on, the last ones, or month by month before the first.
        valid: How long the course may be used.
        valid_from: Whether that counts from session 1 or from the payment.
        moves: How often the visits of a course may be moved.
        tax: That no tax is charged; left out, that of the clinic.
        options: Other prices, such as of two areas, by name.
    """

    session: Amount
    packages: tuple[Package, ...] = ()
    deposit: ShareOrAmount | None = None
    instalments: Count | None = None
    deposit_per: Literal["course", "session"] = "course"
    deposit_days: Many[Weekday] = ()
    rest: Literal["first", "second", "last", "monthly"] | None = None
    valid: Interval | None = None
    valid_from: ValidFrom | None = None
    moves: Count | None = None
    tax: Literal["none"] | None = None
    options: Table[Line, PriceOption] = Field(default_factory=FrozenDict)

    @property
    def is_deposit_a_session(self) -> bool:
        """Whether the deposit is an amount for each session."""
        return bool(self.deposit and self.deposit.amount and self.deposit_per == "session")

    def with_deposit(self, dates: Iterable[date]) -> list[date]:
        """Return the days of visits that a deposit is asked for."""
        days = {day.number for day in self.deposit_days}
        return [day for day in dates if not days or day.weekday() in days]

    def of(self, option: str | None) -> Self:
        """Return what is charged with an option; where it has none of that name, without."""
        if option not in self.options:
            return self
        return self.model_copy(update=dict(self.options[option]))

    def changed(self, change: Callable[[Decimal], Decimal]) -> Self:
        """Return the list with every price of a session or package changed."""
        packages = tuple(
            package.model_copy(update={"price": change(package.price)}) for package in self.packages
        )
        return self.model_copy(update={"session": change(self.session), "packages": packages})

    def find_option(self, named: Iterable[str], areas: Iterable[str]) -> str | None:
        """Return the option that is asked for by its name, else the one that the areas name."""
        wanted = set(areas)
        by_name = (name for name in named if name in self.options)
        by_area = (name for name in self.options if set(_AND.split(name.casefold())) == wanted)
        return next(chain(by_name, by_area), None)

    @property
    def dearest(self) -> Decimal:
        """What a course is sold for at most: as the dearest package, else in single sessions."""
        return max(map(_dearest, self._sold))

    @property
    def dearest_session(self) -> Decimal:
        """What a single session is sold for at most."""
        return max(prices.session for prices in self._sold)

    @property
    def _sold(self) -> "list[PriceList | PriceOption]":
        return [self, *self.options.values()]


def _dearest(prices: PriceList | PriceOption) -> Decimal:
    packages = [package.price for package in prices.packages]
    return max(prices.session, *packages) if packages else prices.session * MAX_SESSIONS


def price_faults(prices: PriceList, place: str, currency: str, tax: Tax | None) -> Iterator[Fault]:
    """Find amounts the currency cannot hold or nobody would mean, and counts of no sense."""
    digits = list(_digit_faults(prices, place, currency))
    yield from digits
    yield from _count_faults(prices, place)
    yield from _package_faults(prices, place)
    if prices.deposit_days and prices.deposit is None:
        problem, remedy = "Nothing says what the deposit is.", 'Add for example deposit = "20%".'
        value = ", ".join(map(str, prices.deposit_days))
        yield Fault("missing_key", problem, None, f"{place}.deposit_days", value, remedy)
    yield from _validity_faults(prices, place)
    for name in prices.options:
        only: dict[str, object] = {
            "options": FrozenDict(),
            "deposit": None,
            "deposit_days": (),
            "moves": None,
            "instalments": None,
            "valid": None,
        }
        only["valid_from"] = None
        option = prices.of(name).model_copy(update=only)
        yield from price_faults(option, f'{place}.options."{name}"', currency, tax)
    if not digits:
        yield from _deposit_faults(prices, place, currency, tax)


def _digit_faults(prices: PriceList, place: str, currency: str) -> Iterator[Fault]:
    amounts = [("session", prices.session)]
    amounts += [
        (f"packages[{number}].price", package.price)
        for number, package in enumerate(prices.packages, 1)
    ]
    if prices.deposit and prices.deposit.amount is not None:
        amounts.append(("deposit", prices.deposit.amount))
    for name, amount in amounts:
        yield from decimals_fault(amount, currency, f"{place}.{name}")


def _count_faults(prices: PriceList, place: str) -> Iterator[Fault]:
    counts = [
        (f"packages[{number}].sessions", package.sessions, 2)
        for number, package in enumerate(prices.packages, 1)
    ]
    if prices.instalments is not None:
        counts.append(("instalments", prices.instalments, 1))
    if prices.moves is not None:
        counts.append(("moves", prices.moves, 0))
    for name, count, least in counts:
        if not least <= count <= MAX_INSTALMENTS:
            problem = f"{count} is out of range."
            remedy = f"Write a whole number from {least} to {MAX_INSTALMENTS}."
            yield Fault("bad_number", problem, None, f"{place}.{name}", str(count), remedy)


def _package_faults(prices: PriceList, place: str) -> Iterator[Fault]:
    sizes = [package.sessions for package in prices.packages]
    for number, size in enumerate(sizes, 1):
        if size in sizes[: number - 1]:
            problem, field = f"Two packages hold {size} sessions.", f"packages[{number}].sessions"
            remedy = "Keep one of them."
            yield Fault("duplicate_package", problem, None, f"{place}.{field}", str(size), remedy)


def _validity_faults(prices: PriceList, place: str) -> Iterator[Fault]:
    yield from distance_faults(prices.valid, f"{place}.valid")
    if prices.valid_from and prices.valid is None:
        problem, remedy = "Nothing says for how long.", 'Add for example valid = "12 months".'
        value = prices.valid_from
        yield Fault("missing_key", problem, None, f"{place}.valid_from", value, remedy)


def _deposit_faults(
    prices: PriceList, place: str, currency: str, tax: Tax | None
) -> Iterator[Fault]:
    deposit = prices.deposit.amount if prices.deposit else None
    dearest = prices.dearest_session if prices.is_deposit_a_session else prices.dearest
    most = tax.gross(dearest, currency) if tax and prices.tax != "none" else dearest
    if deposit is not None and deposit > most:
        yield Fault(
            "deposit_too_high",
            f"The deposit, {deposit} {currency}, is more than {most}, the most that is charged.",
            None,
            f"{place}.deposit",
            str(deposit),
            f"Write an amount up to {most}, or a share such as 20%.",
        )

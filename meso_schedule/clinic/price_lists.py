"""What a clinic charges for one protocol, and what is wrong with a price list."""

from collections.abc import Iterator
from decimal import Decimal

from meso_schedule.base.errors import Fault
from meso_schedule.base.models import MAX_SESSIONS, Amount, Count, Model
from meso_schedule.base.money import ShareOrAmount, decimals_fault
from meso_schedule.clinic.tax import Tax

MAX_INSTALMENTS = 40


class Package(Model):
    """A number of sessions sold together at one price."""

    sessions: Count
    price: Amount


class PriceList(Model):
    """What the clinic charges for one protocol.

    Args:
        session: The price of a single session.
        packages: Sessions sold together.
        deposit: A share of the total, `20%`, or an amount; due on the day of planning.
        instalments: The number of equal parts in which the rest is paid.
    """

    session: Amount
    packages: tuple[Package, ...] = ()
    deposit: ShareOrAmount | None = None
    instalments: Count | None = None

    @property
    def dearest(self) -> Decimal:
        """What a course is sold for at most: as the dearest package, else in single sessions."""
        packages = [package.price for package in self.packages]
        return max(self.session, *packages) if packages else self.session * MAX_SESSIONS


def price_faults(prices: PriceList, place: str, currency: str, tax: Tax | None) -> Iterator[Fault]:
    """Find amounts the currency cannot hold or nobody would mean, and counts of no sense."""
    digits = list(_digit_faults(prices, place, currency))
    yield from digits
    yield from _count_faults(prices, place)
    yield from _package_faults(prices, place)
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


def _deposit_faults(
    prices: PriceList, place: str, currency: str, tax: Tax | None
) -> Iterator[Fault]:
    deposit = prices.deposit.amount if prices.deposit else None
    most = tax.gross(prices.dearest, currency) if tax else prices.dearest
    if deposit is not None and deposit > most:
        yield Fault(
            "deposit_too_high",
            f"The deposit, {deposit} {currency}, is more than {most}, the most that is charged.",
            None,
            f"{place}.deposit",
            str(deposit),
            f"Write an amount up to {most}, or a share such as 20%.",
        )

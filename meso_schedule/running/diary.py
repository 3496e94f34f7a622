"""What the sessions of a clinic add up to: totals a day, income and consumables a month."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from meso_schedule.book.lines import DiaryLine
from meso_schedule.book.payloads import KeptPrice
from meso_schedule.book.prices import Fee, nothing, prices_of
from meso_schedule.book.state import CourseState
from meso_schedule.rules.protocol import Protocol

# A fact of a rule file: what each session of the protocol takes.
CONSUMABLES = "consumables"

# What each session of a protocol takes.
Taken = tuple[str, ...]
# A course and the protocol of one of its treatments.
Treatment = tuple[str, str]

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?) +(.+)")


class DayTotal(NamedTuple):
    """The sessions of a day; those that were missed are counted apart.

    Args:
        consultations: Beside the sessions.
        tests: Beside them too, before session 1.
        minutes: In the chair, as far as they are known.
        provisional: How many wait for improvement.
    """

    date: date
    sessions: int
    minutes: int
    held: int
    missed: int
    provisional: int
    consultations: int = 0
    tests: int = 0


class Income(NamedTuple):
    """What the sessions and fees of a month bring in, each session its share of its course.

    Args:
        held_low: The part of it that is earned: of sessions held, and of fees.
        provisional: How many sessions in it wait for improvement.
        fees: The part that comes in without a session.
    """

    month: str
    currency: str
    sessions: int
    low: Decimal
    high: Decimal
    held_low: Decimal
    held_high: Decimal
    provisional: int
    fees: Decimal


class Consumable(NamedTuple):
    """What the sessions of a month take.

    Args:
        what: The words of the rule file, without the amount.
        amount: Times the sessions; None where the rule file names no amount.
    """

    month: str
    what: str
    amount: Decimal | None
    sessions: int


def day_totals(lines: Iterable[DiaryLine]) -> list[DayTotal]:
    """Return the totals of each day that has sessions, in order."""
    by_day = groupby(sorted(lines, key=lambda line: line.date), key=lambda line: line.date)
    return [_day_total(day, list(group)) for day, group in by_day]


def _day_total(day: date, lines: Sequence[DiaryLine]) -> DayTotal:
    taking_place = [line for line in lines if line.status != "missed"]
    consultations = sum(line.is_consultation for line in taking_place)
    tests = sum(line.test is not None for line in taking_place)
    return DayTotal(
        date=day,
        consultations=consultations,
        tests=tests,
        sessions=len(taking_place) - consultations - tests,
        minutes=sum(line.minutes or 0 for line in taking_place),
        held=sum(line.status == "held" for line in lines),
        missed=len(lines) - len(taking_place),
        provisional=sum(line.provisional for line in taking_place),
    )


def priced_lines(lines: Iterable[DiaryLine], courses: Mapping[str, CourseState]) -> list[DiaryLine]:
    """Return the sessions with what each brings in, as the accounts of their courses say.

    Args:
        lines: The sessions.
        courses: The courses they belong to, by id.
    """
    known = {course: prices_of(state) for course, state in courses.items()}
    return [_priced(line, known[line.course].get((line.protocol, line.number))) for line in lines]


def _priced(line: DiaryLine, price: KeptPrice | None) -> DiaryLine:
    if price is None or line.status == "missed":
        return line._replace(currency=None, low=None, high=None)
    return line._replace(currency=price.currency, low=price.low, high=price.high)


def month_income(lines: Iterable[DiaryLine], fees: Iterable[Fee] = ()) -> list[Income]:
    """Return what is expected to come in, by month and currency.

    Args:
        lines: The sessions, each with its price.
        fees: What comes in on these days without a session.
    """
    sessions: dict[tuple[str, str], list[DiaryLine]] = defaultdict(list)
    besides: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for line in lines:
        if line.status != "missed" and line.currency:
            sessions[f"{line.date:%Y-%m}", line.currency].append(line)
    for fee in fees:
        besides[f"{fee.date:%Y-%m}", fee.currency].append(fee.amount)
    months = sorted({*sessions, *besides})
    return [_income(*month, sessions.get(month, []), besides.get(month, [])) for month in months]


def _income(
    month: str, currency: str, lines: Sequence[DiaryLine], fees: Sequence[Decimal]
) -> Income:
    held = [line for line in lines if line.status == "held"]
    return Income(
        month=month,
        currency=currency,
        sessions=len(lines),
        low=_sum((*(line.low for line in lines), *fees), currency),
        high=_sum((*(line.high for line in lines), *fees), currency),
        held_low=_sum((*(line.low for line in held), *fees), currency),
        held_high=_sum((*(line.high for line in held), *fees), currency),
        provisional=sum(line.provisional for line in lines),
        fees=_sum(fees, currency),
    )


def _sum(amounts: Iterable[Decimal | None], currency: str) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), nothing(currency))


def month_consumables(
    lines: Iterable[DiaryLine], taken: Mapping[Treatment, Taken]
) -> list[Consumable]:
    """Return what the sessions of each month take, as their rule files say.

    Args:
        lines: The sessions.
        taken: What their protocols say, by course and protocol.
    """
    found: dict[tuple[str, str], list[Decimal | None]] = defaultdict(list)
    for line in lines:
        if line.status != "missed":
            for amount, what in _per_session(taken.get((line.course, line.protocol), ())):
                found[f"{line.date:%Y-%m}", what].append(amount)
    return [
        Consumable(month=month, what=what, amount=_total(amounts), sessions=len(amounts))
        for (month, what), amounts in sorted(found.items())
    ]


def taken_by(protocol: Protocol) -> tuple[str, ...]:
    """Return what each session of a protocol takes: its products, and what facts say besides."""
    told = protocol.facts.entries().get(CONSUMABLES, ()) if protocol.facts else ()
    entries = (told,) if isinstance(told, str) else told
    products = (f"{it.amount:f} {it.unit} {it.name}" for it in protocol.products)
    return tuple(dict.fromkeys((*products, *entries)))


def _total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _per_session(entries: Taken) -> list[tuple[Decimal | None, str]]:
    """Read what a session takes: `2 ml hyaluronic acid`, or words without an amount."""
    read = ((_QUANTITY.fullmatch(entry), entry) for entry in entries)
    return [
        (Decimal(found[1]), found[2].strip()) if found else (None, entry) for found, entry in read
    ]

"""The money of a plan, recomputed in exact decimals from the price lists."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from .arithmetic import Raw

DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "BHD": 3, "TND": 3}
Range = tuple[Decimal, Decimal]


class Prices(NamedTuple):
    """What may be charged in one currency.

    Attributes:
        clinic: the clinic's price table, None when the protocol's prices are used.
        session: lowest and highest price of one session.
        course: lowest and highest published price of a course.
        tax: the clinic's tax table, only with the clinic's prices.
        before: what stands before it on a bill that is taxed once as a whole.
    """

    currency: str
    clinic: Raw | None
    session: Range | None
    course: Range | None
    tax: Raw | None
    before: Decimal = Decimal(0)

    @property
    def unit(self) -> Decimal:
        """The smallest amount of the currency."""
        return Decimal(1).scaleb(-DIGITS.get(self.currency, 2))


class Mix(NamedTuple):
    """The cheapest mix of packages and single sessions."""

    amount: Decimal
    lines: int


def share(text: str) -> Decimal:
    """Return "20%" as 0.2."""
    return Decimal(text.removesuffix("%")) / 100


def _published(protocol: Raw, currency: str, per: str) -> Range | None:
    for price in protocol.get("prices", []):
        if (price["currency"], price["per"]) == (currency, per):
            return Decimal(price["low"]), Decimal(price["high"])
    return None


def price_list(protocol: Raw, request: Raw, clinic: Raw | None) -> Prices | None:
    """Return the prices that count, None when there is none in the currency."""
    clinic = clinic or {}
    first = next((price["currency"] for price in protocol.get("prices", [])), None)
    currency = request.get("currency") or clinic.get("currency") or first
    if currency is None:
        return None
    course = _published(protocol, currency, "course")
    own = clinic.get("prices", {}).get(protocol["id"])
    if own is not None and clinic.get("currency") == currency:
        single = Decimal(own["session"])
        return Prices(currency, own, (single, single), course, clinic.get("tax"))
    session = _published(protocol, currency, "session")
    return (
        None
        if session is None and course is None
        else Prices(currency, None, session, course, None)
    )


def cheapest_mix(single: Decimal, packages: Sequence[tuple[int, Decimal]], sessions: int) -> Mix:
    """Return the cheapest mix that holds exactly `sessions`, ties with the fewest lines."""
    if not packages:
        return Mix(single * sessions, 1 if sessions else 0)
    size, price = packages[0]
    mixes = []
    for count in range(sessions // size + 1):
        rest = cheapest_mix(single, packages[1:], sessions - count * size)
        mixes.append(Mix(rest.amount + count * price, rest.lines + (1 if count else 0)))
    return min(mixes)


def mix_of(prices: Prices, sessions: int) -> Mix | None:
    """Return the cheapest mix at the clinic, None without the clinic's prices."""
    if prices.clinic is None or prices.session is None:
        return None
    packages = [(p["sessions"], Decimal(p["price"])) for p in prices.clinic.get("packages", [])]
    return cheapest_mix(prices.session[0], packages, sessions)


def tax_on(prices: Prices, amount: Decimal) -> Decimal:
    """Return the tax held by or added to an amount; the bill it stands on is rounded once."""
    if prices.tax is None:
        return Decimal(0)
    rate = share(prices.tax["rate"])
    divisor = 1 + rate if prices.tax["included"] else Decimal(1)
    before, whole = (
        (priced * rate / divisor).quantize(prices.unit, ROUND_HALF_UP)
        for priced in (prices.before, prices.before + amount)
    )
    return whole - before


def with_tax(prices: Prices, amount: Decimal) -> Decimal:
    """Return the total to pay for an amount of the price list."""
    added = prices.tax is not None and not prices.tax["included"]
    return amount + tax_on(prices, amount) if added else amount


def listed_amounts(prices: Prices, sessions: int) -> Range:
    """Return the lowest and highest amount for `sessions` before added tax."""
    mix = mix_of(prices, sessions)
    if mix is not None:
        return mix.amount, mix.amount
    if prices.session is not None:
        return prices.session[0] * sessions, prices.session[1] * sessions
    assert prices.course is not None
    return prices.course


def totals(prices: Prices, sessions: int) -> Range:
    """Return the lowest and highest total for `sessions`."""
    low, high = listed_amounts(prices, sessions)
    return with_tax(prices, low), with_tax(prices, high)


def equal_split(total: Decimal, parts: int, unit: Decimal) -> list[Decimal]:
    """Split a total into equal parts, spare minor units to the earliest."""
    each, spare = divmod(int(total / unit), parts)
    return [(each + (1 if part < spare else 0)) * unit for part in range(parts)]


def badly_written(value: object, prices: Prices) -> bool:
    """Tell whether an amount is no decimal text with the currency's digits."""
    digits = DIGITS.get(prices.currency, 2)
    pattern = r"[0-9]+" + (rf"\.[0-9]{{{digits}}}" if digits else "")
    return not isinstance(value, str) or re.fullmatch(pattern, value) is None


def _amounts(cost: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Yield every amount of a cost with the key it stands under."""
    money = {"low", "high", "unit", "amount", "unit_high", "amount_high"}
    if isinstance(cost, Mapping):
        for name, value in cost.items():
            if name in money and value is not None:
                yield f"{key}.{name}", value
            else:
                yield from _amounts(value, f"{key}.{name}")
    elif isinstance(cost, list):
        for index, value in enumerate(cost):
            yield from _amounts(value, f"{key}[{index}]")


def _is_range(value: object, wanted: Range | None) -> bool:
    if not isinstance(value, Mapping) or wanted is None:
        return value is None and wanted is None
    return (Decimal(value["low"]), Decimal(value["high"])) == wanted


def _line_faults(cost: Raw, prices: Prices, sessions: int) -> Iterator[str]:
    lines = cost["lines"]
    wanted = listed_amounts(prices, sessions)
    for line in lines:
        if Decimal(line["unit"]) * line["quantity"] != Decimal(line["amount"]):
            yield f"cost line {line} is not quantity times unit"
        if line.get("unit_high") is not None:
            high = Decimal(line["unit_high"]) * line["quantity"]
            if high != Decimal(line["amount_high"]):
                yield f"cost line {line} is not quantity times unit_high"
    low = sum(Decimal(line["amount"]) for line in lines)
    high = sum(Decimal(line.get("amount_high") or line["amount"]) for line in lines)
    if (low, high) != wanted:
        yield f"cost lines sum to {low} to {high}, not {wanted[0]} to {wanted[1]}"
    mix = mix_of(prices, sessions)
    if mix is None:
        kind = "course" if prices.session is None else "session"
        if [line["kind"] for line in lines] != [kind]:
            yield f"cost should be one line of kind {kind}: {lines}"
    elif len(lines) != mix.lines:
        yield f"{len(lines)} cost lines, the cheapest mix needs {mix.lines}"
    else:
        yield from _mix_faults(lines, prices, sessions)


def _mix_faults(lines: Sequence[Raw], prices: Prices, sessions: int) -> Iterator[str]:
    """Check that each line is on the clinic's list and that they hold the sessions."""
    assert prices.clinic is not None
    on_list = {(p["sessions"], Decimal(p["price"])) for p in prices.clinic.get("packages", [])}
    single = Decimal(prices.clinic["session"])
    held = 0
    for line in lines:
        # Packages of two sizes may cost the same, so the size is read from the line.
        offer = line["sessions"], Decimal(line["unit"])
        held += line["quantity"] * line["sessions"]
        if offer not in (on_list if line["kind"] == "package" else {(1, single)}):
            yield f"cost line {line} is not on the clinic's list"
    if held != sessions:
        yield f"the cost lines hold {held} sessions, not {sessions}"


def _tax_faults(cost: Raw, prices: Prices, sessions: int) -> Iterator[str]:
    tax = cost["tax"]
    if prices.tax is None:
        if tax is not None:
            yield f"tax {tax} where none applies"
        return
    if tax is None:
        yield "the clinic's tax is missing"
        return
    if (tax["name"], tax["included"]) != (prices.tax["name"], prices.tax["included"]):
        yield f"tax {tax} is not the clinic's {prices.tax}"
    if share(tax["rate"]) != share(prices.tax["rate"]):
        yield f"tax rate {tax['rate']} is not {prices.tax['rate']}"
    amount = tax_on(prices, listed_amounts(prices, sessions)[0])
    if Decimal(tax["amount"]) != amount:
        yield f"tax amount {tax['amount']} is not {amount}"


def _payment_faults(cost: Raw, prices: Prices, dates: Sequence[date], as_of: date) -> Iterator[str]:
    """Check deposit and instalments against the total."""
    deposit, parts = cost["deposit"], cost["instalments"]
    wanted = prices.clinic or {}
    if cost["low"] != cost["high"] or not wanted.keys() & {"deposit", "instalments"}:
        if deposit is not None or parts is not None:
            yield f"deposit {deposit} and instalments {parts} where none are asked"
        return
    total = rest = Decimal(cost["high"])
    if "deposit" in wanted:
        if deposit is None:
            yield "the clinic's deposit is missing"
            return
        exact = (
            total * share(wanted["deposit"])
            if wanted["deposit"].endswith("%")
            else Decimal(wanted["deposit"])
        )
        rest = total - Decimal(deposit["amount"])
        if abs(Decimal(deposit["amount"]) - exact) >= prices.unit:
            yield f"deposit {deposit['amount']} is not {wanted['deposit']} of {total}"
        if deposit["due"] != as_of.isoformat():
            yield f"deposit due {deposit['due']}, not {as_of}"
    elif deposit is not None:
        yield f"deposit {deposit} where none is asked"
    count = min(wanted.get("instalments", 1), len(dates))
    amounts = equal_split(rest, count, prices.unit)
    expected = [(day.isoformat(), amount) for day, amount in zip(dates, amounts, strict=False)]
    got = [(part["due"], Decimal(part["amount"])) for part in parts or []]
    if got != expected:
        yield f"instalments {parts} should be {expected}"


def _split_faults(cost: Raw, prices: Prices, dates: Sequence[date]) -> Iterator[str]:
    """Check the running and the monthly sums, both of the equal split."""
    lows = equal_split(Decimal(cost["low"]), len(dates), prices.unit)
    highs = equal_split(Decimal(cost["high"]), len(dates), prices.unit)
    sums = list(zip(accumulate(lows), accumulate(highs), strict=True))
    running = [
        (row["session"], Decimal(row["low"]), Decimal(row["high"])) for row in cost["cumulative"]
    ]
    if running != [(number, *pair) for number, pair in enumerate(sums, 1)]:
        yield f"cumulative {cost['cumulative']} is not the running sum of the equal split"
    months: dict[str, list[Any]] = {}
    for day, low, high in zip(dates, lows, highs, strict=True):
        month = months.setdefault(day.isoformat()[:7], [0, Decimal(0), Decimal(0)])
        month[0] += 1
        month[1] += low
        month[2] += high
    got = [
        (row["month"], [row["sessions"], Decimal(row["low"]), Decimal(row["high"])])
        for row in cost["by_month"]
    ]
    if got != list(months.items()):
        yield f"by_month {cost['by_month']} should be {months}"


def cost_faults(
    cost: Raw | None, prices: Prices | None, dates: Sequence[date], as_of: date
) -> Iterator[str]:
    """Check the cost of the course sessions on `dates`."""
    if cost is None or prices is None:
        if cost is not None:
            yield "a cost without a price in its currency"
        elif prices is not None:
            yield f"no cost, though there are prices in {prices.currency}"
        return
    bad = [f"{key[1:]} {value!r}" for key, value in _amounts(cost) if badly_written(value, prices)]
    if bad or cost["currency"] != prices.currency:
        yield f"cost in {cost['currency']}, wanted {prices.currency}; badly written: {bad}"
        return
    if (cost["basis"] == "clinic") != (prices.clinic is not None):
        yield f"basis {cost['basis']!r} is not where the prices come from"
    wanted = totals(prices, len(dates))
    if not _is_range({"low": cost["low"], "high": cost["high"]}, wanted):
        yield f"cost {cost['low']} to {cost['high']} is not {wanted[0]} to {wanted[1]}"
        return
    if not _is_range(cost["published_course"], prices.course):
        yield f"published_course {cost['published_course']} is not {prices.course}"
    yield from _line_faults(cost, prices, len(dates))
    yield from _tax_faults(cost, prices, len(dates))
    yield from _payment_faults(cost, prices, dates, as_of)
    yield from _split_faults(cost, prices, dates)


def remaining_faults(cost: Raw, prices: Prices, sessions: int, held: int) -> Iterator[str]:
    """Check the shares of the sessions to come; none are given while none is held."""
    got = cost.get("remaining")
    if held == 0:
        if got is not None:
            yield f"remaining {got} though nothing has been held"
        return
    wanted = {
        key: str(
            sum(equal_split(Decimal(cost[key]), sessions, prices.unit)[held:], prices.unit * 0)
        )
        for key in ("low", "high")
    }
    if got != wanted:
        yield f"remaining {got}, not {wanted}"


def top_up_cost_faults(cost: Raw | None, prices: Prices | None, top_ups: int) -> Iterator[str]:
    """Check the total of the top-ups: at single prices, or in the cheapest mix."""
    if top_ups == 0 or prices is None or prices.session is None:
        if cost is not None and (top_ups == 0 or prices is None):
            yield f"top_up_cost {cost} where there is nothing to pay for"
        return
    if cost is None:
        yield "top_up_cost is missing"
        return
    low, high = (with_tax(prices, price * top_ups) for price in prices.session)
    allowed = {(low, high), totals(prices, top_ups)}
    if (Decimal(cost["low"]), Decimal(cost["high"])) not in allowed:
        yield f"top_up_cost {cost['low']} to {cost['high']} is none of {sorted(allowed)}"


def budget_faults(
    budget: str, prices: Prices, sessions: int, asked: int, minimum: int
) -> Iterator[str]:
    """Check that `sessions` is the largest count up to `asked` that the budget pays for."""
    fitting = [k for k in range(minimum, asked + 1) if totals(prices, k)[1] <= Decimal(budget)]
    if not fitting or sessions != fitting[-1]:
        yield f"{sessions} sessions under a budget of {budget}, which pays for {fitting}"

"""What a rule file may not say: checks between its tables.

Each check takes tables that could be read and leaves the others alone, so that all
faults of a file are reported at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from meso_schedule.base.errors import Fault, FormatError, key_path, shown_names
from meso_schedule.base.intervals import Interval, Offset, distance_faults, length_faults
from meso_schedule.base.models import MAX_SESSIONS
from meso_schedule.base.money import in_currency
from meso_schedule.rules.rule_tables import (
    Care,
    Gap,
    Phase,
    Price,
    Results,
    SessionCount,
    Sourced,
    Spacing,
)

MOST_BOUNDS = 12

# Four years from a 1 March hold every month length and both kinds of February.
_LEAP_CYCLE = range(date(2023, 3, 1).toordinal(), date(2027, 3, 1).toordinal())


def cross_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is wrong between tables; a table that could not be read is None."""
    yield from _count_faults(tables)
    yield from _phase_faults(tables["phases"])
    if top_up := tables["top_up"]:
        yield from gap_faults(top_up, "top_up")
    if results := tables["results"]:
        yield from _result_faults(results)
    yield from _source_faults(tables)
    yield from _price_faults(tables["prices"])
    yield from _care_faults(tables["care"])
    yield from _indication_faults(tables["no_published_interval"], tables["indications"])
    yield from _spacing_faults(tables["spacing"], tables["id"])


def _spacing_faults(rules: Sequence[Spacing | None] | None, own: str | None) -> Iterator[Fault]:
    for number, rule in enumerate(rules or ()):
        if rule is None:
            continue
        place = key_path(["spacing", number])
        for name in ("minimum", "minimum_before"):
            yield from distance_faults(getattr(rule, name), f"{place}.{name}")
        if rule.other == own:
            yield Fault(
                "names_itself",
                "The rule names the protocol itself; its phases space its own sessions.",
                None,
                f"{place}.other",
                rule.other,
                "Name a family or another protocol.",
            )


def _indication_faults(
    unpublished: Sequence[str] | None, indications: Sequence[str] | None
) -> Iterator[Fault]:
    for name in unpublished or ():
        if indications is None or name in indications:
            continue
        yield Fault(
            "unknown_indication",
            "It is not among the indications.",
            None,
            "no_published_interval",
            name,
            "Add it to indications or leave it out.",
        )


def _count_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    if tables["sessions"]:
        yield from _count_order(tables["sessions"])
    if tables["areas"] == ():
        yield Fault(
            "missing_key",
            "It is required and empty.",
            None,
            "areas",
            None,
            "Name the areas treated.",
        )


def _phase_faults(phases: Sequence[Phase | None] | None) -> Iterator[Fault]:
    if phases == ():
        yield Fault(
            "missing_key", "It is required and empty.", None, "phases", None, "Write [[phases]]."
        )
    conditional = False
    last = len(phases or ()) - 1
    for number, phase in enumerate(phases or ()):
        if phase is None:
            continue
        place = key_path(["phases", number])
        sessions = phase.sessions
        if number < last if sessions is None else sessions < 1:
            yield Fault(
                "bad_sessions",
                "Only the last phase may leave its number of sessions out; it is 1 or more.",
                None,
                f"{place}.sessions",
                None if sessions is None else str(sessions),
                "Write a whole number.",
            )
        if (number == 0 or conditional) and phase.after_improvement != conditional:
            yield Fault(
                "bad_taper",
                "A phase after improvement is never the first and only such phases follow it.",
                None,
                f"{place}.after_improvement",
                str(phase.after_improvement).lower(),
                "Put the phases that need no improvement first.",
            )
        conditional = conditional or phase.after_improvement
        yield from gap_faults(phase, place)


def _source_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    listed = tables["sources"] or ()
    keys = Counter(source.key for source in listed if source)
    for key in sorted(key for key in keys if keys[key] > 1):
        yield Fault(
            "duplicate_source",
            "The key is used twice.",
            None,
            "sources",
            key,
            "Rename one of them.",
        )
    for place, table in _figures(tables):
        if not table.sources and not table.assumption:
            yield Fault(
                "no_source",
                "The table names no source and states no assumption.",
                None,
                place,
                None,
                'Add sources = ["key"] or assumption = "why this figure".',
            )
        for key in table.sources:
            if key not in keys and None not in listed:
                yield Fault(
                    "unknown_source",
                    "No [[sources]] table has this key.",
                    None,
                    f"{place}.sources",
                    key,
                    f"Known: {shown_names(keys) or 'none'}.",
                )


def _figures(tables: Mapping[str, Any]) -> Iterator[tuple[str, Sourced]]:
    for name, value in tables.items():
        if hasattr(value, "assumption"):
            yield name, value
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                if hasattr(item, "assumption"):
                    yield key_path([name, number]), item


def _price_faults(prices: Sequence[Price | None] | None) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for number, price in enumerate(prices or ()):
        if price is None:
            continue
        place = key_path(["prices", number])
        if price.low > price.high:
            yield Fault(
                "crossing_prices",
                f"low {price.low} is above high {price.high}.",
                None,
                place,
                str(price.low),
                "Write the lower amount first.",
            )
        for name, amount in (("low", price.low), ("high", price.high)):
            yield from decimals_fault(amount, price.currency, f"{place}.{name}")
        if (price.currency, price.per) in seen:
            yield Fault(
                "duplicate_price",
                f"There are two prices per {price.per} in {price.currency}.",
                None,
                place,
                price.currency,
                "Keep one of them.",
            )
        seen.add((price.currency, price.per))


def decimals_fault(amount: Decimal, currency: str, place: str) -> Iterator[Fault]:
    """Find an amount with more decimals than its currency knows."""
    try:
        in_currency(amount, currency)
    except FormatError as error:
        yield Fault(error.code, error.problem, None, place, str(amount), error.remedy)


def _care_faults(care: Sequence[Care | None] | None) -> Iterator[Fault]:
    for number, entry in enumerate(care or ()):
        place = key_path(["care", number])
        if entry and entry.swelling and entry.action != "expect":
            yield Fault(
                "contradiction",
                "swelling is something to expect.",
                None,
                place,
                entry.what,
                "Leave swelling out, or write action = 'expect'.",
            )
        if entry is None or entry.action == "ask":
            continue
        if too_long := [*_offset_faults(entry.starts, place), *_offset_faults(entry.ends, place)]:
            yield from too_long
        elif not entry.starts or not entry.ends:
            yield Fault(
                "missing_key",
                "starts and ends are required unless the action is 'ask'.",
                None,
                place,
                entry.what,
                'Write for example starts = "-7 days" and ends = "0 days".',
            )
        elif _hours(entry.starts) > _hours(entry.ends):
            yield Fault(
                "crossing_bounds",
                f"It ends, {entry.ends}, before it starts, {entry.starts}.",
                None,
                place,
                str(entry.ends),
                "Write the earlier offset as starts.",
            )


def _offset_faults(offset: Offset | None, place: str) -> Iterator[Fault]:
    if offset:
        days = Interval(offset.months, offset.days + (offset.hours or 0) // 24, offset.text)
        yield from length_faults(days, place)


def _hours(offset: Offset) -> int:
    return offset.hours if offset.hours is not None else 24 * (30 * offset.months + offset.days)


def _result_faults(results: Results) -> Iterator[Fault]:
    too_long = [
        fault
        for name in ("settle", "lasts_minimum", "lasts_maximum")
        for fault in length_faults(getattr(results, name), f"results.{name}")
    ]
    yield from too_long or _result_order(results)


def _result_order(results: Results) -> Iterator[Fault]:
    anchor = date(2023, 3, 1)
    if results.settle.after(anchor) < anchor:
        yield Fault(
            "bad_interval",
            "Nothing settles before the session.",
            None,
            "results.settle",
            str(results.settle),
            "Write 0 days or more.",
        )
    least, most = results.lasts_minimum, results.lasts_maximum
    if least and most and least.after(anchor) > most.after(anchor):
        yield Fault(
            "crossing_bounds",
            f"lasts_maximum, {most}, is shorter than lasts_minimum, {least}.",
            None,
            "results.lasts_maximum",
            str(most),
            "Write the longer interval as lasts_maximum.",
        )


def _count_order(sessions: SessionCount) -> Iterator[Fault]:
    """Find counts out of order or out of reach."""
    if not 1 <= sessions.minimum <= sessions.usual <= sessions.maximum <= MAX_SESSIONS:
        counts = f"{sessions.minimum}, {sessions.usual}, {sessions.maximum}"
        yield Fault(
            "bad_sessions",
            f"minimum, usual and maximum are {counts}.",
            None,
            "sessions",
            counts,
            f"Write whole numbers with 1 <= minimum <= usual <= maximum <= {MAX_SESSIONS}.",
        )
    if not 1 <= sessions.minutes <= 24 * 60:
        yield Fault(
            "bad_minutes",
            f"{sessions.minutes} minutes are no chair time.",
            None,
            "sessions.minutes",
            str(sessions.minutes),
            "Write minutes from 1 to 1440.",
        )


def gap_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find bounds that are missing, too many, under a day or over a lifetime, or always cross."""
    if faults := [*_missing_bounds(gap, place), *_gap_lengths(gap, place)]:
        yield from faults
        return
    yield from _grace_faults(gap, place)
    yield from _action_faults(gap, place)
    order = [
        ("minimum", gap.minimum, max),
        ("recommended", (gap.recommended,) if gap.recommended else (), max),
    ]
    order += [("maximum", gap.maximum, min), ("lapse", gap.lapse, min)]
    given = [(name, bounds, pick) for name, bounds, pick in order if bounds]
    crossed: set[str] = set()
    for (low_name, lows, low_pick), (name, bounds, pick) in combinations(given, 2):
        if name not in crossed and all(
            low_pick(_after(low, day) for low in lows) > pick(_after(b, day) for b in bounds)
            for day in _anchors((*lows, *bounds))
        ):
            crossed.add(name)
            shown = ", ".join(map(str, bounds))
            yield Fault(
                "crossing_bounds",
                f"{name} lies before {low_name} whatever the day.",
                None,
                f"{place}.{name}",
                shown,
                f"Write an interval of at least {', '.join(map(str, lows))}.",
            )


def _grace_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find a grace that is negative, or leaves nothing of a minimum."""
    grace = gap.grace
    if grace is None:
        return
    field, shown = f"{place}.grace", str(grace)
    if _earliest_gap(grace) < 0:
        problem, remedy = "A grace is not negative.", "Write 0 days or more."
        yield Fault("bad_interval", problem, None, field, shown, remedy)
    elif any(_earliest_gap(least) < 1 for least in gap.least):
        minimum = ", ".join(map(str, gap.minimum))
        problem = f"The grace leaves nothing of the minimum, {minimum}."
        yield Fault("bad_interval", problem, None, field, shown, "Write a shorter grace.")


def _action_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find a word for what follows a lapse where nothing can lapse."""
    if gap.lapse_action != "review" and not gap.lapse:
        yield Fault(
            "missing_key",
            "It says what follows a lapse, and there is no lapse.",
            None,
            f"{place}.lapse_action",
            gap.lapse_action,
            "Add lapse, or leave lapse_action out.",
        )


def _missing_bounds(gap: Gap, place: str) -> Iterator[Fault]:
    for name in ("minimum", "maximum", "lapse"):
        if (count := len(getattr(gap, name))) > MOST_BOUNDS:
            problem, remedy = f"It has {count} intervals.", f"Write at most {MOST_BOUNDS}."
            yield Fault("too_many", problem, None, f"{place}.{name}", str(count), remedy)
    for name in ("minimum", "maximum"):
        if not getattr(gap, name):
            yield Fault(
                "missing_key",
                "It is required and empty.",
                None,
                f"{place}.{name}",
                None,
                "Write an interval.",
            )


def _gap_lengths(gap: Gap, place: str) -> Iterator[Fault]:
    for name in ("minimum", "recommended", "maximum", "lapse", "grace"):
        bounds = getattr(gap, name) or ()
        for interval in bounds if isinstance(bounds, tuple) else (bounds,):
            field = f"{place}.{name}"
            if too_long := list(length_faults(interval, field)):
                yield from too_long
            elif name == "minimum" and _earliest_gap(interval) < 1:
                problem = "A session would fall on the day of the one before."
                yield Fault(
                    "bad_interval", problem, None, field, str(interval), "Write 1 day or more."
                )


def _after(interval: Interval, ordinal: int) -> int:
    if not interval.months:
        return ordinal + interval.days
    return interval.after(date.fromordinal(ordinal)).toordinal()


def _anchors(intervals: Sequence[Interval]) -> range:
    return _LEAP_CYCLE if any(interval.months for interval in intervals) else _LEAP_CYCLE[:1]


def _earliest_gap(interval: Interval) -> int:
    if min(28 * interval.months, 31 * interval.months) + interval.days >= 1:
        return 1
    return min(_after(interval, day) - day for day in _anchors([interval]))

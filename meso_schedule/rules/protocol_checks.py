"""What a rule file may not say: checks between its tables.

Each check takes tables that could be read and leaves the others alone, so that all
faults of a file are reported at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from meso_schedule.base.errors import Fault, key_path, shown_names
from meso_schedule.base.intervals import Interval, Offset, length_faults, side_faults
from meso_schedule.base.models import MAX_SESSIONS, read_entries
from meso_schedule.base.money import decimals_fault
from meso_schedule.rules.rule_tables import (
    Care,
    Gap,
    Phase,
    Price,
    PriorTest,
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
    if tables["sessions"]:
        yield from _count_faults(tables["sessions"])
    if tables["areas"] == ():
        yield _fault("areas", "missing_key", _EMPTY, "Name the areas treated.")
    yield from _phase_faults(tables["phases"])
    if top_up := tables["top_up"]:
        yield from gap_faults(top_up, "top_up")
    yield from _price_faults(tables["prices"])
    yield from _indication_faults(tables["no_published_interval"], tables["indications"])
    yield from _name_faults(tables)
    yield from shared_faults(tables)


def shared_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is wrong between the tables that several rule files may share."""
    if tables["include"]:
        problem, remedy = "Nothing has been included.", "Read the rules from their file."
        yield _fault("include", "not_included", problem, remedy, ", ".join(tables["include"]))
    if results := tables["results"]:
        yield from _result_faults(results)
    yield from _source_faults(tables)
    yield from _care_faults(tables["care"])
    yield from _test_faults(tables["tests"])
    yield from _spacing_faults(tables["spacing"])


_EMPTY = "It is required and empty."


def _fault(place: str, code: str, problem: str, remedy: str, value: object = None) -> Fault:
    return Fault(code, problem, None, place, None if value is None else str(value), remedy)


def _spacing_faults(rules: Sequence[Spacing | None] | None) -> Iterator[Fault]:
    for place, rule in read_entries(rules, "spacing"):
        yield from side_faults(rule.minimum, rule.minimum_before, place)


def _name_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what names the protocol itself where another one is meant."""
    own = tables["id"]
    if own and tables["variant_of"] == own:
        problem, remedy = "A protocol is no variant of itself.", "Name the other one."
        yield _fault("variant_of", "names_itself", problem, remedy, own)
    for place, rule in read_entries(tables["spacing"], "spacing"):
        if rule.other == tables["family"] and rule.minimum_before and not rule.minimum:
            problem = "A rule of a family with itself needs a minimum."
            remedy = "Write it as minimum; it holds both ways."
            yield _fault(f"{place}.minimum", "missing_key", problem, remedy)
        if rule.other == own:
            problem = "The rule names the protocol itself; its phases space its own sessions."
            remedy = "Name a family or another protocol."
            yield _fault(f"{place}.other", "names_itself", problem, remedy, rule.other)


def _test_faults(tests: Sequence[PriorTest | None] | None) -> Iterator[Fault]:
    for place, test in read_entries(tests, "tests"):
        if too_long := [*_offset_faults(test.before, f"{place}.before")]:
            yield from too_long
        elif _hours(test.before) < 0:
            problem, remedy = "It lies after the first session.", "Write for example 48 hours."
            yield _fault(f"{place}.before", "bad_offset", problem, remedy, test.before)


def _indication_faults(
    unpublished: Sequence[str] | None, indications: Sequence[str] | None
) -> Iterator[Fault]:
    for name in unpublished or ():
        if indications is not None and name not in indications:
            problem = "It is not among the indications."
            remedy = "Add it to indications or leave it out."
            yield _fault("no_published_interval", "unknown_indication", problem, remedy, name)


def _count_faults(sessions: SessionCount) -> Iterator[Fault]:
    """Find counts out of order or out of reach."""
    if not 1 <= sessions.minimum <= sessions.usual <= sessions.maximum <= MAX_SESSIONS:
        counts = f"{sessions.minimum}, {sessions.usual}, {sessions.maximum}"
        problem = f"minimum, usual and maximum are {counts}."
        order = f"1 <= minimum <= usual <= maximum <= {MAX_SESSIONS}"
        yield _fault(
            "sessions", "bad_sessions", problem, f"Write whole numbers with {order}.", counts
        )
    if not 1 <= (minutes := sessions.minutes) <= 24 * 60:
        problem, remedy = f"{minutes} minutes are no chair time.", "Write minutes from 1 to 1440."
        yield _fault("sessions.minutes", "bad_minutes", problem, remedy, minutes)
    yield from presence_faults(sessions, "sessions")
    for number, name in enumerate(sessions.devices):
        if name in sessions.devices[:number]:
            problem, remedy = f"{name} stands there twice.", "Name each device once."
            yield _fault("sessions.devices", "duplicate_id", problem, remedy, name)


def presence_faults(sessions: SessionCount, place: str) -> Iterator[Fault]:
    """Find minutes without the practitioner that leave none with one."""
    alone = {"before": sessions.before, "after": sessions.after}
    for name, minutes in alone.items():
        if minutes < 0:
            problem, remedy = f"{minutes} minutes are no time.", "Write 0 or more."
            yield _fault(f"{place}.{name}", "bad_minutes", problem, remedy, minutes)
    if sum(alone.values()) >= max(sessions.minutes, 1):
        problem = f"before and after leave nothing of {sessions.minutes} minutes."
        remedy = "Write fewer minutes without the practitioner."
        told = f"{sessions.before} + {sessions.after}"
        yield _fault(f"{place}.minutes", "bad_minutes", problem, remedy, told)


def _phase_faults(phases: Sequence[Phase | None] | None) -> Iterator[Fault]:
    if phases == ():
        yield _fault("phases", "missing_key", _EMPTY, "Write [[phases]].")
    first, last = key_path(["phases", 0]), key_path(["phases", len(phases or ()) - 1])
    conditional = False
    for place, phase in read_entries(phases, "phases"):
        sessions = phase.sessions
        if place != last if sessions is None else sessions < 1:
            problem = "Only the last phase may leave its number of sessions out; it is 1 or more."
            remedy = "Write a whole number."
            yield _fault(f"{place}.sessions", "bad_sessions", problem, remedy, sessions)
        if (place == first or conditional) and phase.after_improvement != conditional:
            problem = "A phase after improvement is never the first and only such phases follow it."
            remedy, waits = (
                "Put the phases that need no improvement first.",
                phase.after_improvement,
            )
            field = f"{place}.after_improvement"
            yield _fault(field, "bad_taper", problem, remedy, str(waits).lower())
        conditional = conditional or phase.after_improvement
        yield from gap_faults(phase, place)


def _source_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    listed = tables["sources"] or ()
    keys = Counter(source.key for source in listed if source)
    for key in sorted(key for key in keys if keys[key] > 1):
        problem, remedy = "The key is used twice.", "Rename one of them."
        yield _fault("sources", "duplicate_source", problem, remedy, key)
    for place, table in _figures(tables):
        if not table.sources and not table.assumption:
            problem = "The table names no source and states no assumption."
            remedy = 'Add sources = ["key"] or assumption = "why this figure".'
            yield _fault(place, "no_source", problem, remedy)
        for key in table.sources:
            if key not in keys and None not in listed:
                problem = "No [[sources]] table has this key."
                remedy = f"Known: {shown_names(keys) or 'none'}."
                yield _fault(f"{place}.sources", "unknown_source", problem, remedy, key)


def _figures(tables: Mapping[str, Any]) -> Iterator[tuple[str, Sourced]]:
    for name, value in tables.items():
        if hasattr(value, "assumption"):
            yield name, value
        elif isinstance(value, tuple):
            entries = read_entries(value, name)
            yield from (entry for entry in entries if hasattr(entry[1], "assumption"))


def _price_faults(prices: Sequence[Price | None] | None) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for place, price in read_entries(prices, "prices"):
        if price.low > price.high:
            problem = f"low {price.low} is above high {price.high}."
            remedy = "Write the lower amount first."
            yield _fault(place, "crossing_prices", problem, remedy, price.low)
        for name, amount in (("low", price.low), ("high", price.high)):
            yield from decimals_fault(amount, price.currency, f"{place}.{name}")
        if (price.currency, price.per) in seen:
            problem = f"There are two prices per {price.per} in {price.currency}."
            yield _fault(place, "duplicate_price", problem, "Keep one of them.", price.currency)
        seen.add((price.currency, price.per))


def _care_faults(care: Sequence[Care | None] | None) -> Iterator[Fault]:
    for place, entry in read_entries(care, "care"):
        if entry.swelling and entry.action != "expect":
            remedy = "Leave swelling out, or write action = 'expect'."
            problem = "swelling is something to expect."
            yield _fault(place, "contradiction", problem, remedy, entry.what)
        if entry.stop and entry.action != "ask":
            problem, remedy = "Only a question stops.", "Leave stop out, or write action = 'ask'."
            yield _fault(place, "contradiction", problem, remedy, entry.what)
        if entry.action == "ask":
            continue
        if too_long := [*_offset_faults(entry.starts, place), *_offset_faults(entry.ends, place)]:
            yield from too_long
        elif not entry.starts or not entry.ends:
            problem = "starts and ends are required unless the action is 'ask'."
            remedy = 'Write for example starts = "-7 days" and ends = "0 days".'
            yield _fault(place, "missing_key", problem, remedy, entry.what)
        elif _hours(entry.starts) > _hours(entry.ends):
            problem = f"It ends, {entry.ends}, before it starts, {entry.starts}."
            remedy = "Write the earlier offset as starts."
            yield _fault(place, "crossing_bounds", problem, remedy, entry.ends)


def _offset_faults(offset: Offset | None, place: str) -> Iterator[Fault]:
    if offset:
        days = Interval(offset.months, offset.days + (offset.hours or 0) // 24, offset.text)
        yield from length_faults(days, place)


def _hours(offset: Offset) -> int:
    return offset.hours if offset.hours is not None else 24 * (30 * offset.months + offset.days)


def _result_faults(results: Results) -> Iterator[Fault]:
    too_long = [
        fault
        for name in ("settle", "assess", "lasts_minimum", "lasts_maximum")
        for fault in length_faults(getattr(results, name), f"results.{name}")
    ]
    yield from too_long or _result_order(results)


def _result_order(results: Results) -> Iterator[Fault]:
    anchor = date(2023, 3, 1)
    for name, problem in (
        ("settle", "Nothing settles before the session."),
        ("assess", "No result is judged before the session."),
    ):
        interval: Interval | None = getattr(results, name)
        if interval and interval.after(anchor) < anchor:
            remedy = "Write 0 days or more."
            yield _fault(f"results.{name}", "bad_interval", problem, remedy, interval)
    least, most = results.lasts_minimum, results.lasts_maximum
    if least and most and least.after(anchor) > most.after(anchor):
        problem = f"lasts_maximum, {most}, is shorter than lasts_minimum, {least}."
        remedy = "Write the longer interval as lasts_maximum."
        yield _fault("results.lasts_maximum", "crossing_bounds", problem, remedy, most)


def gap_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find bounds that are missing, too many, under a day or over a lifetime, or always cross."""
    if faults := [*_missing_bounds(gap, place), *_gap_lengths(gap, place)]:
        yield from faults
        return
    yield from _grace_faults(gap, place)
    if gap.lapse_action != "review" and not gap.lapse:
        problem = "It says what follows a lapse, and there is no lapse."
        remedy = "Add lapse, or leave lapse_action out."
        yield _fault(f"{place}.lapse_action", "missing_key", problem, remedy, gap.lapse_action)
    yield from _crossing_faults(gap, place)


def _crossing_faults(gap: Gap, place: str) -> Iterator[Fault]:
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
            problem = f"{name} lies before {low_name} whatever the day."
            remedy = f"Write an interval of at least {_listed(lows)}."
            yield _fault(f"{place}.{name}", "crossing_bounds", problem, remedy, _listed(bounds))


def _listed(intervals: Sequence[Interval]) -> str:
    return ", ".join(map(str, intervals))


def _grace_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find a grace that is negative, or leaves nothing of a minimum."""
    grace, field = gap.grace, f"{place}.grace"
    if grace is None:
        return
    if _earliest_gap(grace) < 0:
        problem, remedy = "A grace is not negative.", "Write 0 days or more."
        yield _fault(field, "bad_interval", problem, remedy, grace)
    elif any(_earliest_gap(least) < 1 for least in gap.least):
        problem = f"The grace leaves nothing of the minimum, {_listed(gap.minimum)}."
        yield _fault(field, "bad_interval", problem, "Write a shorter grace.", grace)


def _missing_bounds(gap: Gap, place: str) -> Iterator[Fault]:
    for name in ("minimum", "maximum", "lapse"):
        if (count := len(getattr(gap, name))) > MOST_BOUNDS:
            problem, remedy = f"It has {count} intervals.", f"Write at most {MOST_BOUNDS}."
            yield _fault(f"{place}.{name}", "too_many", problem, remedy, count)
    for name in ("minimum", "maximum"):
        if not getattr(gap, name):
            yield _fault(f"{place}.{name}", "missing_key", _EMPTY, "Write an interval.")


def _gap_lengths(gap: Gap, place: str) -> Iterator[Fault]:
    for name in ("minimum", "recommended", "maximum", "lapse", "grace"):
        bounds = getattr(gap, name) or ()
        for interval in bounds if isinstance(bounds, tuple) else (bounds,):
            field = f"{place}.{name}"
            if too_long := list(length_faults(interval, field)):
                yield from too_long
            elif name == "minimum" and _earliest_gap(interval) < 1:
                problem = "A session would fall on the day of the one before."
                yield _fault(field, "bad_interval", problem, "Write 1 day or more.", interval)


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

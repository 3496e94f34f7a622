"""What the intervals between two sessions may not say: bounds that are missing, or always cross."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from meso_schedule.base.errors import Fault
from meso_schedule.base.intervals import Interval, length_faults
from meso_schedule.rules.rule_faults import EMPTY, fault_at
from meso_schedule.rules.rule_tables import Gap

MOST_BOUNDS = 12

# Four years from a 1 March hold every month length and both kinds of February.
_LEAP_CYCLE = range(date(2023, 3, 1).toordinal(), date(2027, 3, 1).toordinal())


def gap_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find bounds that are missing, too many, under a day or over a lifetime, or always cross."""
    if faults := [*_missing_bounds(gap, place), *_gap_lengths(gap, place)]:
        yield from faults
        return
    yield from _grace_faults(gap, place)
    if gap.lapse_action != "review" and not gap.lapse:
        problem = "It says what follows a lapse, and there is no lapse."
        remedy = "Add lapse, or leave lapse_action out."
        yield fault_at(f"{place}.lapse_action", "missing_key", problem, remedy, gap.lapse_action)
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
            yield fault_at(f"{place}.{name}", "crossing_bounds", problem, remedy, _listed(bounds))


def _listed(intervals: Sequence[Interval]) -> str:
    return ", ".join(map(str, intervals))


def _grace_faults(gap: Gap, place: str) -> Iterator[Fault]:
    """Find a grace that is negative, or leaves nothing of a minimum."""
    grace, field = gap.grace, f"{place}.grace"
    if grace is None:
        return
    if _earliest_gap(grace) < 0:
        problem, remedy = "A grace is not negative.", "Write 0 days or more."
        yield fault_at(field, "bad_interval", problem, remedy, grace)
    elif any(_earliest_gap(least) < 1 for least in gap.least):
        problem = f"The grace leaves nothing of the minimum, {_listed(gap.minimum)}."
        yield fault_at(field, "bad_interval", problem, "Write a shorter grace.", grace)


def _missing_bounds(gap: Gap, place: str) -> Iterator[Fault]:
    for name in ("minimum", "maximum", "lapse"):
        if (count := len(getattr(gap, name))) > MOST_BOUNDS:
            problem, remedy = f"It has {count} intervals.", f"Write at most {MOST_BOUNDS}."
            yield fault_at(f"{place}.{name}", "too_many", problem, remedy, count)
    for name in ("minimum", "maximum"):
        if not getattr(gap, name):
            yield fault_at(f"{place}.{name}", "missing_key", EMPTY, "Write an interval.")


def _gap_lengths(gap: Gap, place: str) -> Iterator[Fault]:
    for name in ("minimum", "recommended", "maximum", "lapse", "grace"):
        bounds = getattr(gap, name) or ()
        for interval in bounds if isinstance(bounds, tuple) else (bounds,):
            field = f"{place}.{name}"
            if too_long := list(length_faults(interval, field)):
                yield from too_long
            elif name == "minimum" and _earliest_gap(interval) < 1:
                problem = "A session would fall on the day of the one before."
                yield fault_at(field, "bad_interval", problem, "Write 1 day or more.", interval)


def _after(interval: Interval, ordinal: int) -> int:
    if not interval.months:
        return ordinal + interval.days
    return interval.after(date.fromordinal(ordinal)).toordinal()


def _anchors(intervals: Sequence[Interval]) -> range:
    return _LEAP_CYCLE if any(interval.months for interval in intervals) else _LEAP_CYCLE[:1]


def _earliest_gap(interval: Interval) -> int:
    if interval.fewest_days >= 1:
        return 1
    return min(_after(interval, day) - day for day in _anchors([interval]))

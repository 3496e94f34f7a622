"""What an interval rule may not say: bounds that are missing, endless or always cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from meso_schedule.base.dates import Interval
from meso_schedule.base.errors import Fault

if TYPE_CHECKING:
    from meso_schedule.rules.protocol import Gap

LONGEST_DAYS = 100 * 12 * 31
MOST_BOUNDS = 12

# Four years from a 1 March hold every month length and both kinds of February.
_LEAP_CYCLE = range(date(2023, 3, 1).toordinal(), date(2027, 3, 1).toordinal())


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


def length_faults(interval: Interval | None, place: str) -> Iterator[Fault]:
    """Find an interval, there or back, that is longer than a lifetime."""
    if interval and abs(31 * interval.months) + abs(interval.days) > LONGEST_DAYS:
        problem, remedy = "It is longer than a lifetime.", "Write at most 100 years."
        yield Fault("bad_interval", problem, None, place, str(interval), remedy)


def distance_faults(interval: Interval | None, place: str) -> Iterator[Fault]:
    """Find an interval that leads back in time from some day, or over a lifetime."""
    yield from length_faults(interval, place)
    if interval and min(28 * interval.months, 31 * interval.months) + interval.days < 0:
        yield Fault(
            "negative_gap",
            f"{interval} leads back in time.",
            None,
            place,
            str(interval),
            "Write an interval of 0 days or more.",
        )

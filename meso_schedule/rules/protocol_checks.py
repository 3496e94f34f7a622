"""What a rule file may not say: checks between its tables.

Each check takes tables that could be read and leaves the others alone, so that all
faults of a file are reported at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from meso_schedule.base.errors import Fault, key_path, shown_names
from meso_schedule.base.intervals import Interval, Offset, length_faults, side_faults
from meso_schedule.base.models import MAX_SESSIONS
from meso_schedule.base.money import decimals_fault
from meso_schedule.base.readable_fields import read_entries
from meso_schedule.rules.gap_checks import gap_faults
from meso_schedule.rules.prior_test import PriorTest
from meso_schedule.rules.rule_faults import EMPTY, fault_at
from meso_schedule.rules.rule_tables import (
    Care,
    Phase,
    Price,
    Results,
    SessionCount,
    Sourced,
    Spacing,
)


def cross_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is wrong between tables; a table that could not be read is None."""
    if tables["sessions"]:
        yield from _count_faults(tables["sessions"])
    if tables["areas"] == ():
        yield fault_at("areas", "missing_key", EMPTY, "Name the areas treated.")
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
        yield fault_at("include", "not_included", problem, remedy, ", ".join(tables["include"]))
    if results := tables["results"]:
        yield from _result_faults(results)
    yield from _source_faults(tables)
    yield from _care_faults(tables["care"])
    yield from _test_faults(tables["tests"])
    yield from _spacing_faults(tables["spacing"])


def _spacing_faults(rules: Sequence[Spacing | None] | None) -> Iterator[Fault]:
    for place, rule in read_entries(rules, "spacing"):
        yield from side_faults(rule.minimum, rule.minimum_before, place)


def _name_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what names the protocol itself where another one is meant."""
    own = tables["id"]
    if own and tables["variant_of"] == own:
        problem, remedy = "A protocol is no variant of itself.", "Name the other one."
        yield fault_at("variant_of", "names_itself", problem, remedy, own)
    for place, rule in read_entries(tables["spacing"], "spacing"):
        if rule.other == tables["family"] and rule.minimum_before and not rule.minimum:
            problem = "A rule of a family with itself needs a minimum."
            remedy = "Write it as minimum; it holds both ways."
            yield fault_at(f"{place}.minimum", "missing_key", problem, remedy)
        if rule.other == own:
            problem = "The rule names the protocol itself; its phases space its own sessions."
            remedy = "Name a family or another protocol."
            yield fault_at(f"{place}.other", "names_itself", problem, remedy, rule.other)


def _test_faults(tests: Sequence[PriorTest | None] | None) -> Iterator[Fault]:
    for place, test in read_entries(tests, "tests"):
        if too_long := [*_offset_faults(test.before, f"{place}.before")]:
            yield from too_long
        elif _hours(test.before) < 0:
            problem, remedy = "It lies after the first session.", "Write for example 48 hours."
            yield fault_at(f"{place}.before", "bad_offset", problem, remedy, test.before)


def _indication_faults(
    unpublished: Sequence[str] | None, indications: Sequence[str] | None
) -> Iterator[Fault]:
    for name in unpublished or ():
        if indications is not None and name not in indications:
            problem = "It is not among the indications."
            remedy = "Add it to indications or leave it out."
            yield fault_at("no_published_interval", "unknown_indication", problem, remedy, name)


def _count_faults(sessions: SessionCount) -> Iterator[Fault]:
    """Find counts out of order or out of reach."""
    if not 1 <= sessions.minimum <= sessions.usual <= sessions.maximum <= MAX_SESSIONS:
        counts = f"{sessions.minimum}, {sessions.usual}, {sessions.maximum}"
        problem = f"minimum, usual and maximum are {counts}."
        order = f"1 <= minimum <= usual <= maximum <= {MAX_SESSIONS}"
        yield fault_at(
            "sessions", "bad_sessions", problem, f"Write whole numbers with {order}.", counts
        )
    if not 1 <= (minutes := sessions.minutes) <= 24 * 60:
        problem, remedy = f"{minutes} minutes are no chair time.", "Write minutes from 1 to 1440."
        yield fault_at("sessions.minutes", "bad_minutes", problem, remedy, minutes)
    yield from presence_faults(sessions, "sessions")
    for number, name in enumerate(sessions.devices):
        if name in sessions.devices[:number]:
            problem, remedy = f"{name} stands there twice.", "Name each device once."
            yield fault_at("sessions.devices", "duplicate_id", problem, remedy, name)


def presence_faults(sessions: SessionCount, place: str) -> Iterator[Fault]:
    """Find minutes without the practitioner that leave none with one."""
    alone = {"before": sessions.before, "after": sessions.after}
    for name, minutes in alone.items():
        if minutes < 0:
            problem, remedy = f"{minutes} minutes are no time.", "Write 0 or more."
            yield fault_at(f"{place}.{name}", "bad_minutes", problem, remedy, minutes)
    if sum(alone.values()) >= max(sessions.minutes, 1):
        problem = f"before and after leave nothing of {sessions.minutes} minutes."
        remedy = "Write fewer minutes without the practitioner."
        told = f"{sessions.before} + {sessions.after}"
        yield fault_at(f"{place}.minutes", "bad_minutes", problem, remedy, told)


def _phase_faults(phases: Sequence[Phase | None] | None) -> Iterator[Fault]:
    if phases == ():
        yield fault_at("phases", "missing_key", EMPTY, "Write [[phases]].")
    first, last = key_path(["phases", 0]), key_path(["phases", len(phases or ()) - 1])
    conditional = False
    for place, phase in read_entries(phases, "phases"):
        sessions = phase.sessions
        if place != last if sessions is None else sessions < 1:
            problem = "Only the last phase may leave its number of sessions out; it is 1 or more."
            remedy = "Write a whole number."
            yield fault_at(f"{place}.sessions", "bad_sessions", problem, remedy, sessions)
        if (place == first or conditional) and phase.after_improvement != conditional:
            problem = "A phase after improvement is never the first and only such phases follow it."
            remedy, waits = (
                "Put the phases that need no improvement first.",
                phase.after_improvement,
            )
            field = f"{place}.after_improvement"
            yield fault_at(field, "bad_taper", problem, remedy, str(waits).lower())
        conditional = conditional or phase.after_improvement
        yield from gap_faults(phase, place)


def _source_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    listed = tables["sources"] or ()
    keys = Counter(source.key for source in listed if source)
    for key in sorted(key for key in keys if keys[key] > 1):
        problem, remedy = "The key is used twice.", "Rename one of them."
        yield fault_at("sources", "duplicate_source", problem, remedy, key)
    for place, table in _figures(tables):
        if not table.sources and not table.assumption:
            problem = "The table names no source and states no assumption."
            remedy = 'Add sources = ["key"] or assumption = "why this figure".'
            yield fault_at(place, "no_source", problem, remedy)
        for key in table.sources:
            if key not in keys and None not in listed:
                problem = "No [[sources]] table has this key."
                remedy = f"Known: {shown_names(keys) or 'none'}."
                yield fault_at(f"{place}.sources", "unknown_source", problem, remedy, key)


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
            yield fault_at(place, "crossing_prices", problem, remedy, price.low)
        for name, amount in (("low", price.low), ("high", price.high)):
            yield from decimals_fault(amount, price.currency, f"{place}.{name}")
        if (price.currency, price.per) in seen:
            problem = f"There are two prices per {price.per} in {price.currency}."
            yield fault_at(place, "duplicate_price", problem, "Keep one of them.", price.currency)
        seen.add((price.currency, price.per))


def _care_faults(care: Sequence[Care | None] | None) -> Iterator[Fault]:
    for place, entry in read_entries(care, "care"):
        if entry.swelling and entry.action != "expect":
            remedy = "Leave swelling out, or write action = 'expect'."
            problem = "swelling is something to expect."
            yield fault_at(place, "contradiction", problem, remedy, entry.what)
        if entry.stop and entry.action != "ask":
            problem, remedy = "Only a question stops.", "Leave stop out, or write action = 'ask'."
            yield fault_at(place, "contradiction", problem, remedy, entry.what)
        if entry.action == "ask":
            continue
        if too_long := [*_offset_faults(entry.starts, place), *_offset_faults(entry.ends, place)]:
            yield from too_long
        elif not entry.starts or not entry.ends:
            problem = "starts and ends are required unless the action is 'ask'."
            remedy = 'Write for example starts = "-7 days" and ends = "0 days".'
            yield fault_at(place, "missing_key", problem, remedy, entry.what)
        elif _hours(entry.starts) > _hours(entry.ends):
            problem = f"It ends, {entry.ends}, before it starts, {entry.starts}."
            remedy = "Write the earlier offset as starts."
            yield fault_at(place, "crossing_bounds", problem, remedy, entry.ends)


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
            yield fault_at(f"results.{name}", "bad_interval", problem, remedy, interval)
    least, most = results.lasts_minimum, results.lasts_maximum
    if least and most and least.after(anchor) > most.after(anchor):
        problem = f"lasts_maximum, {most}, is shorter than lasts_minimum, {least}."
        remedy = "Write the longer interval as lasts_maximum."
        yield fault_at("results.lasts_maximum", "crossing_bounds", problem, remedy, most)

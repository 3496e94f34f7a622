"""Random rule files, requests and clinic files: plain data, valid input, calendar or not."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

from tests.support.oracles.arithmetic import gap, phase_of_each, window
from tests.support.random_files import (
    TOP_UP_GAPS,
    WEEKDAYS,
    Table,
    amount,
    chance,
    clinic_of,
    clock,
    phases_of,
    protocol_of,
    small_gap,
    some,
    usual_gap,
)

AS_OF_DAYS = (
    *(date(2026, 11, 22), date(2026, 12, 31), date(2027, 1, 28), date(2027, 1, 31)),
    *(date(2027, 3, 24), date(2027, 8, 30), date(2027, 10, 27), date(2028, 1, 29)),
    *(date(2028, 2, 27), date(2028, 2, 29), date(2029, 11, 30), date(2099, 12, 29)),
)


class Case(NamedTuple):
    """One course to plan, as plain data."""

    protocol: Table
    request: Table
    clinic: Table | None
    as_of: date


def add_times(rng: Random, request: Table) -> None:
    """Ask for hours, a time of day or both."""
    if chance(rng, 25):
        request["at"] = clock(rng.randint(36, 80) * 15 + rng.choice((0, 0, 7)))
    if chance(rng, 25):
        between = []
        for weekday in some(rng, ("", "", "tue:", "thu:", "fri:"), 2):
            opens = rng.randint(32, 60) * 15 + rng.choice((0, 0, 5))
            between.append(f"{weekday}{clock(opens)}-{clock(opens + rng.randint(8, 32) * 15)}")
        request["between"] = between[0] if len(between) == 1 else between


def add_patient(rng: Random, request: Table, first: date, span: int, most_away: int) -> None:
    """Ask for weekdays, preferences, times and absences."""
    if chance(rng, 20):
        request["days"] = sorted({*rng.sample(WEEKDAYS, 2), *some(rng, WEEKDAYS, 5)})
    if chance(rng, 40):
        request["prefer"] = some(rng, WEEKDAYS[:6], 2)
    add_times(rng, request)
    if chance(rng, 35):
        request["away"] = []
        for _ in range(rng.randint(1, 3)):
            away = first + timedelta(days=rng.randint(0, span))
            last = away + timedelta(days=rng.randint(0, most_away))
            both = away.isoformat() + (f"..{last.isoformat()}" if last > away else "")
            request["away"].append(both)


def add_busy(rng: Random, request: Table, first: date, span: int) -> None:
    """Add busy times: pieces of days, the same hours for a while, whole days and nights."""
    busy = []
    for _ in range(rng.randint(1, 4)):
        day = datetime.combine(first, time()) + timedelta(days=rng.randint(0, span))
        begins = day + timedelta(minutes=rng.choice((480, 535, 600, 720, 790, 845, 1010, 60)))
        lasts = timedelta(minutes=rng.choice((30, 45, 100, 240, 475, 600, 1440, 2900)))
        for again in range(rng.choice((1, 1, 3, 8))):
            start = begins + timedelta(days=again)
            ends = (start + lasts).isoformat(timespec="minutes")
            busy.append(f"{start.isoformat(timespec='minutes')}/{ends}")
    request["busy"] = busy[0] if len(busy) == 1 else busy


def ideal_dates(protocol: Table, request: Mapping[str, Any], first: date) -> list[date]:
    """Return the course on its recommended days, nothing else looked at."""
    sessions = request.get("sessions", protocol["sessions"]["usual"])
    dates = [first]
    for phase in phase_of_each(protocol, request, sessions)[1:]:
        dates.append(window(gap(phase), dates[-1]).recommended)
    return dates


def add_improvement(rng: Random, protocol: Table, request: Table) -> None:
    """Forecast an improvement, or none, where the protocol has a conditional phase."""
    if any(phase.get("after_improvement") for phase in protocol["phases"]) and chance(rng, 60):
        if chance(rng, 40):
            request["no_improvement"] = True
        else:
            request["improves_after"] = rng.randint(1, protocol["sessions"]["usual"] + 1)


def add_top_ups(rng: Random, protocol: Table, request: Table, last: date, most: int) -> None:
    """Ask for top-ups by number or to a date, where the protocol has them."""
    if "top_up" not in protocol or chance(rng, 40):
        return
    if chance(rng, 40):
        day = last
        for _ in range(rng.randint(0, most)):
            day = window(gap(protocol["top_up"]), day).recommended
        request["until"] = (day + timedelta(days=rng.randint(0, 6))).isoformat()
    else:
        request["top_ups"] = rng.randint(1, most)
        if "pin" not in request and chance(rng, 20):
            sessions = request.get("sessions", protocol["sessions"]["usual"])
            day = window(gap(protocol["top_up"]), last).recommended
            request["pin"] = f"{sessions + 1}={day.isoformat()}"


def add_ends(rng: Random, request: Table, ideal: list[date], as_of: date, most_early: int) -> None:
    """Ask to finish by a day or before an event, tightly or loosely."""
    first = max(ideal[0], as_of)

    def near_the_end() -> str:
        day = ideal[-1] + timedelta(days=rng.choice((14, 10, 8, 6, 5, 4, 3, 2, 0, -most_early)))
        return max(day, first).isoformat()

    if chance(rng, 20):
        request["finish_by"] = near_the_end()
    if chance(rng, 30):
        request["event"] = near_the_end()
        if chance(rng, 50):
            request.pop("start", None)
        if "start" not in request:
            request.pop("start_within", None)


def add_pins(rng: Random, request: Table, ideal: list[date]) -> None:
    """Pin sessions near their recommended days."""
    numbers = some(rng, list(range(1, len(ideal) + 1)), 2)
    pins = [
        f"{number}={(ideal[number - 1] + timedelta(days=rng.choice((0, 1, 2)))).isoformat()}"
        for number in numbers
    ]
    request["pin"] = pins[0] if len(pins) == 1 and chance(rng, 30) else pins


def add_words(rng: Random, protocol: Table, clinic: Table | None, request: Table) -> None:
    """Add a reference, a patient, a currency or a budget."""
    if chance(rng, 20):
        request["reference"] = "R-1"
    if chance(rng, 20):
        request["patient"] = "A. Example"
    currencies = [price["currency"] for price in protocol.get("prices", [])]
    if chance(rng, 20):
        request["currency"] = rng.choice([*currencies, "EUR"])
    currency = request.get("currency") or (clinic or {}).get("currency")
    if currency is not None and currency in currencies and "pin" not in request and chance(rng, 20):
        request["budget"] = amount(rng, currency, 300, 3000)


def small_case(rng: Random) -> Case:
    """Return a course of 2 to 4 sessions that brute force answers quickly."""
    gaps = [small_gap(rng) for _ in range(rng.randint(1, 3))]
    sessions = rng.randint(2, 4)
    limits = {"minimum": rng.randint(1, sessions), "usual": sessions, "minutes": 45}
    # Top-ups a day apart would be too many to try up to a date.
    top_up = small_gap(rng, least=5) if chance(rng, 40) else None
    protocol = protocol_of(rng, phases_of(rng, gaps, 2), limits, top_up)
    as_of = rng.choice(AS_OF_DAYS) + timedelta(days=rng.randint(0, 9))
    start = as_of + timedelta(days=rng.randint(0, 5) - (2 if chance(rng, 10) else 0))
    request: Table = {
        "start": start.isoformat(),
        "start_within": rng.choice((6, 5, 7, 4, 3, 8, 1, 0)),
    }
    if chance(rng, 20):
        request["sessions"] = rng.randint(limits["minimum"], sessions)
    if chance(rng, 40):
        request["late"] = rng.randint(0, 3)
    add_improvement(rng, protocol, request)
    ideal = ideal_dates(protocol, request, start)
    span = max(8, (ideal[-1] - as_of).days + 6)
    add_ends(rng, request, ideal, as_of, 4)
    if "start" not in request and (ideal[-1] - as_of).days > 60:
        request["start"] = start.isoformat()
    if chance(rng, 15):
        add_pins(rng, request, ideal)
    add_top_ups(rng, protocol, request, ideal[-1], 3)
    add_patient(rng, request, as_of, span, 6)
    clinic = clinic_of(rng, protocol, as_of, span) if chance(rng, 70) else None
    if chance(rng, 40):
        add_busy(rng, request, as_of, span)
    return Case(protocol, request, clinic, as_of)


def random_case(rng: Random) -> Case:
    """Return a course of 1 to 40 sessions as a clinic might ask for it."""
    gaps = [usual_gap(rng) for _ in range(rng.randint(1, 4))]
    usual = rng.randint(1, 40) if chance(rng, 40) else rng.randint(1, 12)
    limits = {"minimum": rng.randint(1, usual), "usual": usual}
    if chance(rng, 60):
        limits["maximum"] = rng.randint(usual, 40)
    limits["minutes"] = rng.choice((30, 45, 60, 20, 75))
    top_up = dict(rng.choice(TOP_UP_GAPS)) if chance(rng, 50) else None
    protocol = protocol_of(rng, phases_of(rng, gaps, 8), limits, top_up)
    as_of = rng.choice(AS_OF_DAYS) + timedelta(days=rng.randint(0, 364))
    start = as_of + timedelta(days=rng.randint(0, 60) - (10 if chance(rng, 5) else 0))
    request: Table = {}
    if chance(rng, 80):
        request["start"] = start.isoformat()
    if chance(rng, 20):
        request["start_within"] = rng.randint(0, 30)
    if chance(rng, 40):
        request["sessions"] = rng.randint(limits["minimum"], limits.get("maximum", 40))
    if chance(rng, 30):
        request["late"] = rng.randint(0, 7)
    add_improvement(rng, protocol, request)
    ideal = ideal_dates(protocol, request, start if "start" in request else as_of)
    span = max(20, (ideal[-1] - as_of).days + 60)
    if chance(rng, 50):
        add_ends(rng, request, ideal, as_of, 10)
    if chance(rng, 10):
        add_pins(rng, request, ideal)
    add_top_ups(rng, protocol, request, ideal[-1], 6)
    add_patient(rng, request, as_of, span, 12)
    clinic = clinic_of(rng, protocol, as_of, span) if chance(rng, 75) else None
    add_words(rng, protocol, clinic, request)
    if chance(rng, 40):
        add_busy(rng, request, as_of, span)
    return Case(protocol, request, clinic, as_of)

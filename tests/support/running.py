"""Random courses that have begun, and booked sessions on top: plain data, valid input."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.support.oracles.arithmetic import gap, window
from tests.support.oracles.reading import listed
from tests.support.oracles.replanning import Booked
from tests.support.oracles.standing import standing
from tests.support.random_files import Table, chance, clock
from tests.support.strategies import Case, small_case

GRACES = ("0 days", "1 day", "2 days", "1 week - 5 days")
ACTIONS = ("review", "restart", "continue")
EARLY = ("counts", "repeat", "repeat", "review")
WORDS = ("improved_on", "improved_on", "not_improved_on", "unclear_on")
SAID = ("held", *WORDS[1:])
FORECAST = ("improves_after", "no_improvement")


class BookedCase(NamedTuple):
    """A course to replan, as plain data."""

    case: Case
    booked: dict[int, Booked]


def add_words(rng: Random, rule: Table) -> None:
    """Give an interval a grace, and words for its lapse and what is early."""
    if chance(rng, 30):
        rule["grace"] = rng.choice(GRACES) if _least_days(rule) > 2 else "0 days"
    if "lapse" in rule and chance(rng, 70):
        rule["lapse_action"] = rng.choice(ACTIONS)
    if chance(rng, 60):
        rule["early"] = rng.choice(EARLY)


def _least_days(rule: Table) -> int:
    day = date(2027, 2, 1)
    return (window(gap(rule), day).earliest - day).days


def next_day(rng: Random, protocol: Table, request: Table) -> date | None:
    """Return a day for one more session to have been held on, often on a boundary."""
    last = date.fromisoformat(request["held"][-1])
    now = standing(protocol, request, last)
    if now.window is None:
        return None
    bounds = [now.window.earliest, now.window.recommended, now.window.latest]
    if now.rule:  # one of two rules, where improvement is undecided
        bounds.append(window(gap(now.rule), last).earliest)
    if now.window.lapse:
        bounds.append(now.window.lapse)
    day = rng.choice(bounds) + timedelta(days=rng.choice((0, 0, 0, -1, 1, -2, 2, 5)))
    return max(day, last + timedelta(days=1))


def fits(protocol: Table, request: Table, as_of: date) -> bool:
    """Tell whether the course has room for every session held."""
    try:
        standing(protocol, request, as_of)
    except AssertionError:
        return False
    return True


def with_word(rng: Random, protocol: Table, request: Table) -> Table:
    """Return a request with one more assessment, on or after the day of a session held."""
    day = date.fromisoformat(rng.choice(request["held"])) + timedelta(days=rng.choice((0, 0, 1, 3)))
    name = rng.choice(WORDS)
    told = {key: value for key, value in request.items() if key not in FORECAST}
    told[name] = sorted([*listed(request.get(name)), day.isoformat()])
    # A forecast may stand beside words that leave it open.
    asked = request | {name: told[name]} if name == "unclear_on" else told
    return asked if fits(protocol, asked, day) else request


def held_case(rng: Random) -> Case:
    """Return a small course of which at least one session has been held."""
    protocol, request, clinic, as_of = small_case(rng)
    for rule in [*protocol["phases"], *([protocol["top_up"]] if "top_up" in protocol else [])]:
        add_words(rng, rule)
    request.pop("pin", None)
    request["held"] = [(as_of + timedelta(days=rng.randint(0, 3))).isoformat()]
    sessions = request.get("sessions", protocol["sessions"]["usual"])
    for _ in range(rng.randint(0, sessions)):
        day = next_day(rng, protocol, request)
        if day is None:
            break
        request["held"].append(day.isoformat())
    if any(phase.get("after_improvement") for phase in protocol["phases"]):
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            request = with_word(rng, protocol, request)
    if chance(rng, 25):
        request["reviewed_on"] = rng.choice(request["held"])
    last = date.fromisoformat(max(text for name in SAID for text in listed(request.get(name))))
    as_of = last + timedelta(days=rng.choice((0, 1, 3, 6, 10, 20, 35)))
    for end in ("finish_by", "event"):
        if end in request and chance(rng, 70):
            request[end] = (as_of + timedelta(days=rng.randint(5, 60))).isoformat()
    for end in ("finish_by", "event"):
        if request.get(end, "9") < request.get("start", ""):
            del request[end]
    if "event" in request and "start" not in request:
        request.pop("start_within", None)
    if "until" in request and date.fromisoformat(request["until"]) > as_of + timedelta(days=20):
        # Trying every chain of top-ups up to a far day would take too long.
        del request["until"]
        request["top_ups"] = rng.randint(1, 3)
    return Case(protocol, request, clinic, as_of)


def booked_case(rng: Random) -> BookedCase:
    """Return a small course with booked sessions, begun or not."""
    case = held_case(rng) if chance(rng, 75) else small_case(rng)
    protocol, request, clinic, as_of = case
    request.pop("pin", None)
    sessions = request.get("sessions", protocol["sessions"]["usual"])
    if request.get("held"):
        now = standing(protocol, request, as_of)
        first, day, phases = now.counted + 1, now.last, now.phases
    else:
        first, day, phases = 1, date.fromisoformat(request.get("start", str(as_of))), []
    booked: dict[int, Booked] = {}
    for number in range(first, sessions + 1):
        if number > 1 or request.get("held"):
            rule = phases[number - 1] if phases else protocol["phases"][0]
            day = window(gap(rule), day).recommended
        day += timedelta(days=rng.choice((0, 0, 0, 1, 2, 3)))
        if chance(rng, 85):
            start = clock(rng.randint(32, 64) * 15) if chance(rng, 30) else None
            booked[number] = Booked(day, start, chance(rng, 12))
    if clinic and chance(rng, 40):
        clinic["notice"] = rng.choice(("0 days", "2 days", "1 week"))
    if booked and chance(rng, 40):
        away = rng.choice(list(booked.values())).day
        request.setdefault("away", []).append(away.isoformat())
    return BookedCase(Case(protocol, request, clinic, as_of), hoping(rng, booked))


def hoping(rng: Random, booked: dict[int, Booked]) -> dict[int, Booked]:
    """Let some of the sessions booked, from one on, be booked as if the skin would improve."""
    if not booked or chance(rng, 40):
        return booked
    first = rng.choice(list(booked))
    return {n: it._replace(provisional=n >= first) for n, it in booked.items()}

"""Check every statement of a plan that can be checked without searching for the optimum."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from .arithmetic import Raw, gap, phase_of_each, texts, window
from .checker_care import Dated, care_faults, results_faults
from .checker_costs import (
    budget_faults,
    cost_faults,
    price_list,
    remaining_faults,
    top_up_cost_faults,
)
from .checker_days import Diary
from .checker_held import held_faults
from .checker_sessions import Check, course_faults, differs, top_up_faults
from .reading import read, weekday
from .standing import standing

PLAN_KEYS = frozenset(
    {
        *("format", "reference", "patient", "clinic", "protocols", "as_of", "timezone", "sessions"),
        *("top_ups", "alternatives", "closed", "history", "cost", "top_up_cost", "care"),
        *("screening", "facts", "notices", "results", "findings", "objective", "disclaimer"),
    }
)


def _make(plan: Raw, protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> Check:
    now = standing(protocol, request, as_of) if request.get("held") else None
    planned = len(now.phases) if now else len(plan["sessions"])
    asked = read(protocol, {**request, "sessions": planned}, clinic, as_of)
    has_holidays = clinic is not None and "holidays" in clinic
    closed = [date.fromisoformat(row["date"]) for row in plan["closed"] if has_holidays]
    return Check(
        plan,
        protocol,
        request,
        clinic,
        as_of,
        asked,
        Diary(asked, frozenset(day for day in closed if asked.closure(day) is None)),
        now.phases if now else phase_of_each(protocol, request, planned),
        [date.fromisoformat(session["date"]) for session in plan["sessions"]],
        [date.fromisoformat(session["date"]) for session in plan["top_ups"]],
        now,
    )


def _envelope_faults(check: Check) -> Iterator[str]:
    plan, protocol = check.plan, check.protocol
    yield from differs("format", plan["format"], 1)
    yield from differs("as_of", plan["as_of"], check.as_of.isoformat())
    yield from differs("timezone", plan["timezone"], check.asked.clinic["timezone"])
    yield from differs("patient", plan["patient"], check.request.get("patient"))
    wanted = check.request.get("reference") or plan["reference"]
    yield from differs("reference", plan["reference"], wanted)
    if not plan["reference"] or not plan["disclaimer"]:
        yield "reference or disclaimer is empty"
    if check.clinic is not None:
        yield from differs("clinic", plan["clinic"]["name"], check.clinic["name"])
    named = [tuple(row[key] for key in ("id", "name", "version")) for row in plan["protocols"]]
    wanted_names = [tuple(protocol[key] for key in ("id", "name", "version"))]
    yield from differs("protocols", named, wanted_names)
    if not all(row["digest"].startswith("sha256:") for row in plan["protocols"]):
        yield "a protocol has no sha256 digest"
    if check.now is None:
        yield from differs("history", plan["history"], [])
        yield from differs("next_session", plan.get("next_session"), None)
    if len(plan["alternatives"]) > (check.request.get("alternatives") or 0):
        yield f"{len(plan['alternatives'])} alternatives, more than asked for"


def _text_faults(check: Check) -> Iterator[str]:
    plan, protocol = check.plan, check.protocol
    asks = [item["what"] for item in protocol.get("care", []) if item["action"] == "ask"]
    yield from differs("screening", [row["question"] for row in plan["screening"]], asks)
    clinic = check.clinic or {}
    country = clinic.get("country") or clinic.get("holidays", {}).get("country")
    warnings = [
        notice["text"]
        for notice in protocol.get("notices", [])
        if not country or country in (texts(notice.get("regions")) or [country])
    ]
    yield from differs("notices", plan["notices"], list(dict.fromkeys(warnings)))
    facts = protocol.get("facts", {})
    for key in facts.keys() - {"sources", "assumption"}:
        yield from differs(f"fact {key}", plan["facts"].get(key), facts[key])


def _objective(check: Check) -> dict[str, int | None]:
    asked, dates = check.asked, check.dates
    steps = [
        (window(gap(phase), previous), day)
        for phase, previous, day in zip(check.to_come, check.anchors, dates, strict=True)
        if previous is not None
    ]
    start_days = 0
    if check.now is None or (check.now.restarts and dates):
        first = asked.first if check.now is None else check.as_of
        start_days = (dates[0] - first).days
    if asked.event_only and asked.event_day is not None and dates and not check.restarts:
        start_days = (asked.event_day - dates[-1]).days
    minutes = 0
    if asked.at is not None:
        texts = [session["start"] for session in check.plan["sessions"]]
        starts = [datetime.fromisoformat(text) for text in texts if text is not None]
        minutes = sum(abs(start.hour * 60 + start.minute - asked.at) for start in starts)
    return {
        "late_days": sum(max(0, (day - rule.latest).days) for rule, day in steps),
        "start_days": start_days,
        "visits": None,
        "preference_misses": sum(
            bool(asked.prefer) and weekday(day) not in asked.prefer for day in dates
        ),
        "squared_deviation": sum((day - rule.recommended).days ** 2 for rule, day in steps),
        "time_minutes": minutes,
    }


def _objective_faults(check: Check) -> Iterator[str]:
    wanted = _objective(check)
    given = {key: check.plan["objective"][key] for key in wanted}
    yield from differs("objective", given, wanted)


def _closed_faults(check: Check) -> Iterator[str]:
    days = [row["date"] for row in check.plan["closed"]]
    if days != sorted(set(days)):
        yield "closed dates are not in order, or one is given twice"
    for row in check.plan["closed"]:
        reason = check.asked.closure(date.fromisoformat(row["date"]))
        if reason is None and not check.has_holidays:
            yield f"{row['date']} is called closed and no closure says so"
        elif reason is not None and reason not in row["reason"]:
            yield f"{row['date']} is closed for {reason!r}, not {row['reason']!r}"


def _money_faults(check: Check) -> Iterator[str]:
    plan = check.plan
    prices = price_list(check.protocol, check.request, check.clinic)
    visits = [*check.held_in_course, *check.dates]
    n = len(check.dates) + (min(check.now.counted, len(check.phases)) if check.now else 0)
    yield from cost_faults(plan["cost"], prices, visits, min([check.as_of, *check.held_in_course]))
    if plan["cost"] is not None and prices is not None:
        yield from remaining_faults(plan["cost"], prices, len(visits), len(check.held_in_course))
    yield from top_up_cost_faults(plan["top_up_cost"], prices, len(check.top_up_dates))
    limits: dict[str, Any] = check.protocol["sessions"]
    asked = check.request.get("sessions") or limits["usual"]
    budget = check.request.get("budget")
    if check.now:
        yield from differs("number of sessions", n, len(check.phases))
        asked = n  # what bounds it is told by its own finding
    elif budget is not None and prices is not None:
        yield from budget_faults(budget, prices, n, asked, limits["minimum"])
    else:
        yield from differs("number of sessions", n, asked)
    for session in check.all_sessions:
        single = None if prices is None else prices.session
        written = session["price"]
        if prices is None or single is not None:
            got = None if written is None else (written["low"], written["high"])
            wanted = None
            if prices is not None and single is not None:
                wanted = tuple(str(amount.quantize(prices.unit)) for amount in single)
            yield from differs(f"session {session['number']} price", got, wanted)
    if prices is None and not plan["findings"]:
        yield "there is no price, and no finding says so"
    if asked != n and not plan["findings"]:
        yield "there are fewer sessions than asked, and no finding says so"


def _care_faults(check: Check) -> Iterator[str]:
    sessions = [
        Dated(row["number"], date.fromisoformat(row["date"]), _at(row["start"]), _at(row["end"]))
        for row in check.all_sessions
    ]
    since = check.as_of if check.now else date.min
    if check.now:
        sessions[:0] = [Dated(v.number, v.day, None, None) for v in check.now.verdicts]
    yield from care_faults(check.plan["care"], check.protocol, sessions, since)
    last = check.dates[-1] if check.dates or not check.now else check.now.last
    yield from results_faults(check.plan["results"], check.protocol, last)
    if not check.now and check.dates[0] < check.as_of and not check.plan["findings"]:
        yield "the course starts before as-of, and no finding says so"


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


PARTS: tuple[Callable[[Check], Iterator[str]], ...] = (
    _envelope_faults,
    _text_faults,
    held_faults,
    course_faults,
    top_up_faults,
    _objective_faults,
    _closed_faults,
    _money_faults,
    _care_faults,
)


def faults(plan: Raw, protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> list[str]:
    """Return what is wrong with a plan, one sentence each; empty when all is right.

    Args:
        plan: a plan as parsed from its JSON.
        protocol: the raw rule file.
        request: the raw request.
        clinic: the raw clinic file, None for none.
        as_of: the day of asking.
    """
    if missing := PLAN_KEYS - plan.keys():
        return [f"the plan lacks {sorted(missing)}"]
    if not plan["sessions"] and not plan["history"]:
        return ["the plan has no session"]
    check = _make(plan, protocol, request, clinic, as_of)
    return [sentence for part in PARTS for sentence in part(check)]

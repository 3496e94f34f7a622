"""Check every statement of a plan that can be checked without searching for the optimum."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from .arithmetic import Raw, texts
from .checker_costs import Prices, budget_faults, price_list
from .checker_joint import PARTS, Joint, number_faults
from .checker_sessions import Check, count_faults, differs, slack_faults

PLAN_KEYS = frozenset(
    {
        *("format", "reference", "patient", "clinic", "protocols", "as_of", "timezone", "sessions"),
        *("top_ups", "alternatives", "closed", "history", "cost", "top_up_cost", "care"),
        *("screening", "facts", "notices", "results", "findings", "objective", "disclaimer"),
    }
)


def _envelope_faults(joint: Joint) -> Iterator[str]:
    plan, request = joint.plan, joint.request
    yield from differs("format", plan["format"], 1)
    yield from differs("as_of", plan["as_of"], joint.as_of.isoformat())
    yield from differs("timezone", plan["timezone"], joint.programme.asked[0].clinic["timezone"])
    yield from differs("patient", plan["patient"], request.get("patient"))
    wanted = request.get("reference") or plan["reference"]
    yield from differs("reference", plan["reference"], wanted)
    if not plan["reference"] or not plan["disclaimer"]:
        yield "reference or disclaimer is empty"
    if joint.clinic is not None:
        yield from differs("clinic", plan["clinic"]["name"], joint.clinic["name"])
    keys = ("id", "name", "version")
    named = [[row[key] for key in keys] for row in plan["protocols"]]
    ours = [[table[key] for key in keys] for table in joint.programme.protocols]
    yield from differs("protocols", named, ours)
    if not all(row["digest"].startswith("sha256:") for row in plan["protocols"]):
        yield "a protocol has no sha256 digest"
    if len(plan["alternatives"]) > (request.get("alternatives") or 0):
        yield f"{len(plan['alternatives'])} alternatives, more than asked for"


def _text_faults(joint: Joint) -> Iterator[str]:
    plan, protocols = joint.plan, joint.programme.protocols
    care = [item for table in protocols for item in table.get("care", [])]
    asks = dict.fromkeys(item["what"] for item in care if item["action"] == "ask")
    yield from differs("screening", [row["question"] for row in plan["screening"]], list(asks))
    clinic = joint.clinic or {}
    country = clinic.get("country") or clinic.get("holidays", {}).get("country")
    warnings = dict.fromkeys(
        notice["text"]
        for table in protocols
        for notice in table.get("notices", [])
        if not country or country in (texts(notice.get("regions")) or [country])
    )
    yield from differs("notices", plan["notices"], list(warnings))
    facts = protocols[0].get("facts", {}) if joint.is_alone else {}
    for key in facts.keys() - {"sources", "assumption"}:
        yield from differs(f"fact {key}", plan["facts"].get(key), facts[key])


def _closed_faults(joint: Joint) -> Iterator[str]:
    days = [row["date"] for row in joint.plan["closed"]]
    if days != sorted(set(days)):
        yield "closed dates are not in order, or one is given twice"
    for row in joint.plan["closed"]:
        day = date.fromisoformat(row["date"])
        reason = joint.programme.asked[0].closure(day)
        if reason is None and day not in joint.shut:
            yield f"{row['date']} is called closed and no closure says so"
        elif reason is not None and reason not in row["reason"]:
            yield f"{row['date']} is closed for {reason!r}, not {row['reason']!r}"


def _price_faults(joint: Joint) -> Iterator[str]:
    """Check the price of each session, and how many a budget pays for."""
    for check in joint.checks:
        prices = price_list(check.protocol, check.request, check.clinic)
        for session in check.all_sessions:
            single = None if prices is None else prices.session
            if prices is not None and single is None:
                continue
            wanted = None
            if prices is not None and single is not None:
                wanted = tuple(str(amount.quantize(prices.unit)) for amount in single)
            written = session["price"]
            got = None if written is None else (written["low"], written["high"])
            yield from differs(f"session {session['number']} price", got, wanted)
        if prices is None and not joint.plan["findings"]:
            yield "there is no price, and no finding says so"
        budget = joint.request.get("budget")
        if joint.is_alone and budget is not None and prices is not None and not check.now:
            yield from _budget_faults(check, budget, prices)


def _budget_faults(check: Check, budget: str, prices: Prices) -> Iterator[str]:
    limits: dict[str, Any] = check.protocol["sessions"]
    asked = check.request.get("sessions") or limits["usual"]
    n = len(check.dates)
    yield from budget_faults(budget, prices, n, asked, limits["minimum"])
    if asked != n and not check.plan["findings"]:
        yield "there are fewer sessions than asked, and no finding says so"


def _begin_faults(joint: Joint) -> Iterator[str]:
    days = [day for check in joint.checks for day in check.dates]
    if not joint.has_begun and min(days) < joint.as_of and not joint.plan["findings"]:
        yield "the course starts before as-of, and no finding says so"


def _faults_alone(joint: Joint) -> Iterator[str]:
    """Check what only a course alone lets be known: all slack, and that no top-up is left out."""
    if joint.is_alone and not joint.checks[0].has_holidays:
        yield from slack_faults(joint.checks[0])
        yield from count_faults(joint.checks[0])


OWN_PARTS = (
    _envelope_faults,
    _text_faults,
    _closed_faults,
    _price_faults,
    _begin_faults,
    _faults_alone,
)


def faults(
    plan: Raw, protocols: Sequence[Raw], request: Raw, clinic: Raw | None, as_of: date
) -> list[str]:
    """Return what is wrong with a plan, one sentence each; empty when all is right.

    Args:
        plan: a plan as parsed from its JSON.
        protocols: the raw rule files, of one treatment or several.
        request: the raw request.
        clinic: the raw clinic file, None for none.
        as_of: the day of asking.
    """
    if missing := PLAN_KEYS - plan.keys():
        return [f"the plan lacks {sorted(missing)}"]
    if not plan["sessions"] and not plan["history"]:
        return ["the plan has no session"]
    joint = Joint(plan, protocols, request, clinic, as_of)
    if miscounted := list(number_faults(joint)):
        return miscounted
    return [sentence for part in (*OWN_PARTS, *PARTS) for sentence in part(joint)]

"""What a plan says of sessions held: verdicts, reasons, the next session, what needs a word."""

from collections import Counter
from collections.abc import Iterator

from .arithmetic import Raw
from .checker_sessions import Check, differs
from .standing import Verdict


def _entry_faults(check: Check, row: Raw, verdict: Verdict) -> Iterator[str]:
    here = f"history of {row['date']}"
    got = (row["number"], row["date"], row["verdict"], row["counts"], row["phase"])
    wanted = (
        verdict.number,
        verdict.day.isoformat(),
        verdict.word,
        verdict.counts,
        verdict.phase,
    )
    yield from differs(here, got, wanted)
    window = verdict.window
    if window is None:
        yield from differs(f"{here} window", row["window"], None)
        return
    shown = {key: getattr(window, key).isoformat() for key in ("earliest", "recommended", "latest")}
    yield from differs(f"{here} window", row["window"], shown)
    yield from differs(f"{here} lapse", row["lapse"], window.lapse and window.lapse.isoformat())
    tables = [*check.protocol["phases"], check.protocol.get("top_up", {})]
    sources = [key for table in tables for key in table.get("sources", [])]
    told = row["sources"] or ["assumed"]
    if not set(row["sources"]) <= set(sources) or not all(key in row["reason"] for key in told):
        yield f"{here} does not name its source: {row['reason']}"


def _next_faults(check: Check) -> Iterator[str]:
    assert check.now is not None
    following, window = check.plan["next_session"], check.now.window
    if window is None:
        yield from differs("next session", following, None)
        return
    got = [following[key] for key in ("number", "earliest", "recommended", "latest", "lapse")]
    days = [None if day is None else day.isoformat() for day in window]
    yield from differs("next session", got, [check.now.counted + 1, *days])
    if check.now.is_lapsed:
        status = "lapsed"
    elif check.as_of > window.latest:
        status = "overdue"
    else:
        status = "not yet" if check.as_of < window.earliest else "due"
    yield from differs("status of the next session", following["status"], status)
    kinds = {finding["kind"] for finding in check.plan["findings"]}
    if status == "lapsed" and not kinds & {"review", "lapsed"}:
        yield "the next session has lapsed, and no finding says so"
    if status == "overdue" and "overdue" not in kinds:
        yield "the next session is overdue, and no finding says so"


def held_faults(check: Check) -> Iterator[str]:
    """Check history, next session and their findings."""
    if check.now is None:
        return
    rows, verdicts = check.plan["history"], check.now.verdicts
    yield from differs("number of sessions held", len(rows), len(verdicts))
    for row, verdict in zip(rows, verdicts, strict=False):
        yield from _entry_faults(check, row, verdict)
    yield from _next_faults(check)
    told = Counter(finding["kind"] for finding in check.plan["findings"])
    early = [verdict for verdict in verdicts if verdict.word == "too soon"]
    yield from differs("too soon", told["too_soon"], sum(it.early != "review" for it in early))
    waits = check.now.waits + sum(verdict.asks for verdict in verdicts)
    yield from differs("reviews", told["review"], waits)
    most = check.protocol["sessions"].get("maximum", 40)
    planned = max(0, check.now.wanted - check.now.counted)
    is_told = check.now.given + planned > most
    yield from differs("maximum reached", bool(told["maximum_reached"]), is_told)
    coming = max(0, len(check.now.phases) - check.now.counted)
    if check.now.given + coming > max(most, check.now.given):
        yield f"{check.now.given} treatments given and {coming} planned, more than {most}"

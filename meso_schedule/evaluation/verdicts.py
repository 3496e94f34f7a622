"""One session held against its rule: the verdict with its reason, and the forecast of the next."""

from dataclasses import dataclass
from datetime import date

from meso_schedule.base.phrases import Phrase, days, joined, phrase
from meso_schedule.course.history import Forecast, HeldSession, Status, Verdict, Window
from meso_schedule.rules.rule_tables import Gap, Phase, together
from meso_schedule.rules.windows import GapWindows

TOP_UP = "top-up"


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a day is to a window, in one word and in some."""

    verdict: Verdict
    told: Phrase


def held_session(rule: Gap, number: int, day: date, before: date | None) -> HeldSession:
    """Return a session held, with its verdict.

    Args:
        rule: The interval that leads to it.
        number: Which session of the course it is.
        day: When it was held.
        before: When the one before was held; None for the first.
    """
    if before is None:
        first = _Judged("on schedule", phrase("the first session: no interval leads to it"))
        return _entry(rule, number, day, first)
    window, lapse = window_after(rule, before)
    judged = _judge(rule, window, lapse, before, day)
    entry = _entry(rule, number, day, judged)
    reason = phrase(
        "{days} after the session on {before}; {phase}: {rule}; {told}",
        days=days((day - before).days),
        before=before,
        phase=name_of(rule),
        rule=rule.sourced_text,
        told=judged.told,
    )
    update = {"window": window, "lapse": lapse, "reason": reason}
    return entry.model_copy(update={**update, "interval_days": (day - before).days})


def _entry(rule: Gap, number: int, day: date, judged: _Judged) -> HeldSession:
    return HeldSession(
        number=number,
        date=day,
        verdict=judged.verdict,
        counts=judged.verdict != "too soon",
        reason=judged.told,
        phase=name_of(rule),
        interval_days=None,
        window=None,
        lapse=None,
        lapse_action=rule.lapse_action if judged.verdict == "lapsed" else None,
        sources=rule.sources,
    )


def forecast_of(rule: Gap, number: int, before: date, as_of: date) -> Forecast:
    """Return when a session is due, counted from the one before."""
    window, lapse = window_after(rule, before)
    status = _status(window, lapse, as_of)
    reason = phrase(
        "counted from the session on {before}; {phase}: {rule}",
        before=before,
        phase=name_of(rule),
        rule=rule.sourced_text,
    )
    if lapse and status == "lapsed":
        reason = joined([reason, lapse_text(rule, lapse)], "; ")
    return Forecast(
        number=number,
        phase=name_of(rule),
        earliest=window.earliest,
        recommended=window.recommended,
        latest=window.latest,
        lapse=lapse,
        as_of=as_of,
        status=status,
        reason=reason,
        sources=rule.sources,
    )


def name_of(rule: Gap) -> str:
    """Return the name of a phase; of the rule after the course, `top-up`."""
    return rule.name if isinstance(rule, Phase) else TOP_UP


def window_after(rule: Gap, before: date) -> tuple[Window, date | None]:
    """Return the window that a session opens for the next, and the last day before it lapses."""
    bounds = map(date.fromordinal, GapWindows(rule).after(before.toordinal())[:3])
    window = Window.made(**dict(zip(("earliest", "recommended", "latest"), bounds, strict=True)))
    return window, min((lapse.after(before) for lapse in rule.lapse), default=None)


def lapse_text(rule: Gap, lapse: date) -> Phrase:
    """Say that a lapse has passed, and what the rule makes of it."""
    passed = phrase("after {lapse}, the lapse of {rule}", lapse=lapse, rule=together(rule.lapse))
    if rule.lapse_action == "restart":
        return phrase("{passed}: the phase starts again", passed=passed)
    if rule.lapse_action == "continue":
        return phrase("{passed}: the course goes on", passed=passed)
    return phrase("{passed}: a clinician must review", passed=passed)


def _judge(rule: Gap, window: Window, lapse: date | None, before: date, day: date) -> _Judged:
    least = max(minimum.after(before) for minimum in rule.least)
    if day < min(least, window.earliest):
        return _Judged("too soon", _too_soon(rule, window, least))
    if lapse and day > lapse:
        return _Judged("lapsed", lapse_text(rule, lapse))
    if day > window.latest:
        over = days((day - window.latest).days)
        return _Judged("late", phrase("{days} after {latest}", days=over, latest=window.latest))
    return _Judged("on schedule", _on_schedule(rule, window, day))


def _too_soon(rule: Gap, window: Window, least: date) -> Phrase:
    if rule.grace:
        return phrase(
            "before {least}, the grace of {grace} included: does not count and is repeated",
            least=least,
            grace=rule.grace.words,
        )
    return phrase("before {earliest}: does not count and is repeated", earliest=window.earliest)


def _on_schedule(rule: Gap, window: Window, day: date) -> Phrase:
    if rule.grace and day < window.earliest:
        return phrase(
            "before {earliest}, inside the grace of {grace}",
            earliest=window.earliest,
            grace=rule.grace.words,
        )
    return phrase("inside {earliest} to {latest}", earliest=window.earliest, latest=window.latest)


def _status(window: Window, lapse: date | None, as_of: date) -> Status:
    if lapse and as_of > lapse:
        return "lapsed"
    if as_of > window.latest:
        return "overdue"
    return "due" if as_of >= window.earliest else "not yet"

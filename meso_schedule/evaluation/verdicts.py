"""One session held against its rule: the verdict with its reason, and the forecast of the next."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, days, joined, phrase
from meso_schedule.course.history import Forecast, HeldSession, Status, Verdict, Window
from meso_schedule.course.request import START_WITHIN
from meso_schedule.rules.rule_tables import Gap, Phase, together
from meso_schedule.rules.windows import GapWindows

TOP_UP = "top-up"

# From the best to the worst.
_ORDER: tuple[Verdict, ...] = ("on schedule", "late", "lapsed", "too soon")


@dataclass(frozen=True)
class TurnWindow:
    """What the rule of a session makes of the days after the one before.

    While it is undecided whether the skin has improved there are two rules: the days are those
    from the first that either allows to the last, and only after the later lapse has it lapsed.

    Args:
        rule: The interval that leads to it; undecided, the unconditional one.
        before: The day of the session before.
        other: Undecided, the interval of the conditional phase whose turn it is.
        rest: The days of rest since the session before, by which its lapse comes later.
    """

    rule: Gap
    before: date
    other: Gap | None = None
    rest: int = 0

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases it can be of; none of a top-up."""
        return tuple(it for it in (self.rule, self.other) if isinstance(it, Phase))

    @property
    def is_in_turn(self) -> bool:
        """Whether its turn is that of an unconditional phase, whatever is assessed."""
        return self.other is None and not any(it.after_improvement for it in self.phases)

    @property
    def foreseen(self) -> Gap:
        """The interval it is planned by: undecided, as if the skin had improved."""
        return self.other or self.rule

    @cached_property
    def window(self) -> Window:
        """The days it may be on."""
        own = window_after(self.rule, self.before)
        if self.other is None:
            return own
        other = window_after(self.other, self.before)
        return Window.made(
            earliest=min(own.earliest, other.earliest),
            recommended=other.recommended,
            latest=max(own.latest, other.latest),
        )

    @cached_property
    def least(self) -> date:
        """The first day that is not too soon."""
        least = max(minimum.after(self.before) for minimum in self.rule.least)
        return min(least, self.window.earliest)

    @cached_property
    def lapse(self) -> date | None:
        """The last day before it lapses; None where nothing lapses."""
        return _lapse_after(self.lapsing, self.before)

    @cached_property
    def lapsing(self) -> Gap:
        """The rule whose lapse counts: undecided, the one with the later lapse."""
        rules = [self.rested(rule) for rule in (self.rule, self.other) if rule]
        return max(rules, key=lambda rule: _lapse_after(rule, self.before) or date.max)

    def is_reviewed(self, day: date | None) -> bool:
        """Whether a clinician reviewed the course after the lapse; None is no review."""
        return day is not None and self.lapse is not None and day > self.lapse

    def rested(self, rule: Gap) -> Gap:
        """Return a rule whose lapse comes later by the days of rest."""
        lapse = tuple(Interval(it.months, it.days + self.rest) for it in rule.lapse)
        return rule.model_copy(update={"lapse": lapse}) if self.rest else rule

    def verdict(self, day: date) -> Verdict:
        """Return what a day is to it."""
        if day < self.least:
            return "too soon"
        if self.lapse and day > self.lapse:
            return "lapsed"
        return "late" if day > self.window.latest else "on schedule"

    def rule_on(self, day: date) -> Gap:
        """Return the rule of a session on a day: conditional if its gap reached that minimum."""
        if self.other and day >= window_after(self.other, self.before).earliest:
            return self.other
        return self.rule

    def reason(self, day: date, rule: Gap) -> Phrase:
        """Return the verdict on a day as a sentence: rule, sources, dates and what follows."""
        return phrase(
            "{days} after the session on {before}; {phase}: {rule}; {told}",
            days=days((day - self.before).days),
            before=self.before,
            phase=name_of(rule),
            rule=rule.sourced_text,
            told=self._told(day),
        )

    def _told(self, day: date) -> Phrase:
        verdict, window = self.verdict(day), self.window
        if verdict == "too soon":
            return self._too_soon()
        if verdict == "lapsed":
            assert self.lapse, "only what has a lapse can lapse"
            return lapse_text(self.lapsing, self.lapse)
        if verdict == "late":
            over = days((day - window.latest).days)
            return phrase("{days} after {latest}", days=over, latest=window.latest)
        if self.rule.grace and day < window.earliest:
            return phrase(
                "before {earliest}, inside the grace of {grace}",
                earliest=window.earliest,
                grace=self.rule.grace.words,
            )
        inside = phrase(
            "inside {earliest} to {latest}", earliest=window.earliest, latest=window.latest
        )
        if self.other:
            return phrase("{inside}, improvement undecided", inside=inside)
        return inside

    def _too_soon(self) -> Phrase:
        if self.rule.grace:
            before = phrase(
                "before {least}, the grace of {grace} included",
                least=self.least,
                grace=self.rule.grace.words,
            )
        else:
            before = phrase("before {earliest}", earliest=self.window.earliest)
        if self.rule.early == "repeat":
            return phrase("{before}: does not count and is repeated", before=before)
        if self.rule.early == "review":
            return phrase("{before}: counts, and a clinician must review", before=before)
        return phrase("{before}: counts all the same", before=before)


def rank_of(verdict: Verdict) -> int:
    """Return the place of a verdict, the best first."""
    return _ORDER.index(verdict)


def first_session(rule: Gap, number: int, day: date, told: Phrase) -> HeldSession:
    """Return a session that no interval leads to."""
    return _entry(rule, number, day, "on schedule", reason=told)


def held_session(opening: TurnWindow, number: int, day: date, rule: Gap) -> HeldSession:
    """Return a session held, with its verdict.

    Args:
        opening: What it is judged by.
        number: Which session of the course it is.
        day: When it was held.
        rule: The interval of the phase that it was given of.
    """
    verdict = opening.verdict(day)
    return _entry(
        rule,
        number,
        day,
        verdict,
        reason=opening.reason(day, rule),
        counts=verdict != "too soon" or opening.rule.early != "repeat",
        interval_days=(day - opening.before).days,
        window=opening.window,
        lapse=opening.lapse,
        lapse_action=opening.lapsing.lapse_action if verdict == "lapsed" else None,
        early_action=opening.rule.early if verdict == "too soon" else None,
    )


def _entry(rule: Gap, number: int, day: date, verdict: Verdict, **more: Any) -> HeldSession:
    none = {"counts": True, "interval_days": None, "window": None, "lapse": None}
    fields = {**none, "lapse_action": None, **more}
    return HeldSession(
        number=number,
        date=day,
        verdict=verdict,
        phase=name_of(rule),
        sources=rule.sources,
        **fields,
    )


def forecast_of(
    opening: TurnWindow, number: int, as_of: date, reviewed: date | None = None
) -> Forecast:
    """Return when a session is due, counted from the one before.

    Args:
        opening: What is open to it.
        number: Its number.
        as_of: The day of asking.
        reviewed: The day of a clinician's last review.
    """
    rule, window, lapse = opening.foreseen, opening.window, opening.lapse
    status = _status(window, lapse, as_of)
    reason = phrase(
        "counted from the session on {before}; {phase}: {rule}",
        before=opening.before,
        phase=name_of(rule),
        rule=rule.sourced_text,
    )
    if opening.other:
        undecided = phrase(
            "until improvement is assessed {phase} may go on: {rule}",
            phase=name_of(opening.rule),
            rule=opening.rule.sourced_text,
        )
        reason = joined([reason, undecided], "; ")
    if lapse and status == "lapsed":
        is_reviewed = opening.is_reviewed(reviewed)
        told = lapse_text(opening.lapsing, lapse, is_reviewed=is_reviewed)
        reason = joined([reason, told], "; ")
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


def renewed_forecast(rule: Gap, number: int, day: date, as_of: date) -> Forecast:
    """Return when the first session of a phase that a clinician had start again is due."""
    last = day + timedelta(days=START_WITHIN)
    window = Window.made(earliest=day, recommended=day, latest=last)
    reason = phrase("{phase} starts again on {day}", phase=name_of(rule), day=day)
    return Forecast(
        number=number,
        phase=name_of(rule),
        **window.model_dump(),
        lapse=None,
        as_of=as_of,
        status=_status(window, None, as_of),
        reason=reason,
        sources=rule.sources,
    )


def name_of(rule: Gap) -> str:
    """Return the name of a phase; of the rule after the course, `top-up`."""
    return rule.name if isinstance(rule, Phase) else TOP_UP


def window_after(rule: Gap, before: date) -> Window:
    """Return the window that a session opens for the next."""
    bounds = map(date.fromordinal, GapWindows(rule).after(before.toordinal())[:3])
    return Window.made(**dict(zip(("earliest", "recommended", "latest"), bounds, strict=True)))


def _lapse_after(rule: Gap, before: date) -> date | None:
    return min((lapse.after(before) for lapse in rule.lapse), default=None)


def lapse_text(rule: Gap, lapse: date, *, is_reviewed: bool = False) -> Phrase:
    """Say that a lapse has passed, and what the rule makes of it.

    A rule that goes on after a lapse that it assumes has no source for what follows.
    """
    told = {"lapse": lapse, "rule": together(rule.lapse)}
    if rule.lapse_action == "continue" and rule.assumption:
        return phrase(
            "after {lapse}, away for more than {rule};"
            " no source says what follows, ask a clinician",
            **told,
        )
    passed = phrase("after {lapse}, the lapse of {rule}", **told)
    if rule.lapse_action == "restart":
        return phrase("{passed}: the phase starts again", passed=passed)
    if rule.lapse_action == "continue" or is_reviewed:
        return phrase("{passed}: the course goes on", passed=passed)
    return phrase("{passed}: a clinician must review", passed=passed)


def _status(window: Window, lapse: date | None, as_of: date) -> Status:
    if lapse and as_of > lapse:
        return "lapsed"
    if as_of > window.latest:
        return "overdue"
    return "due" if as_of >= window.earliest else "not yet"

"""Where a running course stands: sessions held, each with its verdict, and the one that is next."""

from typing import Literal

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model, Sentence
from meso_schedule.base.times import Clock
from meso_schedule.rules.rule_tables import EarlyAction, LapseAction

Verdict = Literal["on schedule", "too soon", "late", "lapsed"]
Status = Literal["not yet", "due", "overdue", "lapsed"]


class Window(Model):
    """The days a session may be on: earliest <= recommended <= latest, both ends included."""

    earliest: Day
    recommended: Day
    latest: Day


class DateSpan(Model):
    """Two days and all between them."""

    earliest: Day
    latest: Day


class HeldSession(Model):
    """One session that was held, and what it counts for.

    Args:
        label: The letter of its protocol in a combined plan.
        number: Which session of the course it was; its repeat has the same number.
        start: When it began, where a book knows it.
        verdict: How it lies to the window that opened from the session before.
        counts: Whether it counts: not when it was too soon and is to be repeated, nor when its
            phase has started again.
        reason: The rule with its sources, the dates and what follows, as one sentence.
        phase: The phase whose session it is; `top-up` after the course.
        interval_days: Days since the session before, whether that one counts or not.
        window: The window that opened from the session before; None for the first.
        lapse: The last day before it lapsed; None where nothing lapses.
        lapse_action: What the rule makes of its lapse; None when it has not lapsed.
        early_action: What the rule makes of its coming too soon; None when it did not.
        sources: Keys of the sources that the interval rests on.
    """

    label: str | None = None
    number: int
    date: Day
    start: Clock | None = None
    verdict: Verdict
    counts: bool
    reason: Sentence
    phase: str
    interval_days: int | None
    window: Window | None
    lapse: Day | None
    lapse_action: LapseAction | None
    early_action: EarlyAction | None = None
    sources: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Its number, with the letter of its protocol in a combined plan."""
        return f"{self.label or ''}{self.number}"

    @property
    def asks_for_review(self) -> bool:
        """Whether a clinician must review the course after it."""
        return "review" in (self.lapse_action, self.early_action)


class Forecast(Model):
    """When the next session is due, as the sessions held leave it.

    Args:
        number: Which session is next.
        phase: The phase whose interval leads to it; `top-up` after the course.
        earliest: The first day it may be on.
        recommended: The day it should be on.
        latest: The last day of its window; past due after it.
        lapse: The day after which it has lapsed; None where nothing lapses.
        as_of: The day of asking.
        status: Where the day of asking lies: before earliest, up to latest, after it, after lapse.
        reason: The rule with its sources and the day it counts from, as one sentence.
        sources: Keys of the sources that the interval rests on.
    """

    number: int
    phase: str
    earliest: Day
    recommended: Day
    latest: Day
    lapse: Day | None
    as_of: Day
    status: Status
    reason: Sentence
    sources: tuple[str, ...]

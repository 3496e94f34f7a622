"""Where a running course stands: its sessions held judged, and the next one due."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.history import Forecast, HeldSession
from meso_schedule.course.improvement import Known
from meso_schedule.evaluation.turns import Ahead
from meso_schedule.evaluation.verdicts import TurnWindow, lapse_text
from meso_schedule.rules.rule_tables import Gap, Phase


class Standing(NamedTuple):
    """A running course as the sessions held leave it.

    Args:
        history: The sessions held, in order.
        counted: The number of the last session that counts; top-ups go on counting.
        ahead: The phase of each course session, held or to come.
        opening: What the rule of the next session opens; None when nothing follows.
        forecast: When the next session is due; None when nothing follows.
        restarts: Whether the next session starts its phase again.
        furthest: The highest number by whose rule a session held was judged.
        wanted: How many sessions the course has, whatever bounds them.
        given: How many treatments of the course were given since it last started again.
        given_before: How many before that.
        reviewed: The day of the last review; None where there is none.
        known: What is known of improvement.
    """

    history: tuple[HeldSession, ...]
    counted: int
    ahead: Ahead
    opening: TurnWindow | None
    forecast: Forecast | None
    restarts: bool
    furthest: int
    wanted: int
    given: int
    given_before: int
    reviewed: date | None
    known: Known

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phase of each course session, held or to come."""
        return self.ahead.phases

    @property
    def rule(self) -> Gap | None:
        """The interval before the next session; None when nothing follows."""
        return self.opening.foreseen if self.opening else None

    @property
    def last(self) -> date:
        """The day of the session held last, from which the next window opens."""
        return self.history[-1].date

    @property
    def is_lapsed(self) -> bool:
        """Whether the next session has lapsed already."""
        return self.forecast is not None and self.forecast.status == "lapsed"

    @property
    def awaits_review(self) -> bool:
        """Whether the next session has lapsed, and only a clinician's word leads on."""
        if self.opening is None or not self.is_lapsed or self.opening.is_reviewed(self.reviewed):
            return False
        return self.opening.lapsing.lapse_action == "review"

    @property
    def unreviewed(self) -> tuple[HeldSession, ...]:
        """The sessions held that ask for a review which was not recorded."""
        since = self.reviewed or date.min
        return tuple(it for it in self.history if it.asks_for_review and it.date > since)

    def lapse_words(self) -> Iterator[Phrase]:
        """Say that the next session has lapsed, and what its rule makes of it."""
        if self.opening and self.opening.lapse and self.is_lapsed:
            is_reviewed = self.opening.is_reviewed(self.reviewed)
            yield lapse_text(self.opening.lapsing, self.opening.lapse, is_reviewed=is_reviewed)

    def maximum_words(self, most: int, planned: int, wanted: int) -> Iterator[Phrase]:
        """Say that more was given than a course may have, or that less is planned than is wanted.

        Args:
            most: The most treatments that a course may have.
            planned: How many sessions are planned yet.
            wanted: How many are wanted yet, whatever bounds them.
        """
        told = {"given": self.given, "most": most}
        if self.given > most:
            yield phrase("{given} treatments were given; a course has at most {most}.", **told)
        elif self.given + max(0, wanted) > most:
            yield phrase(
                "{given} treatments were given, and a course has at most {most}: {planned} more"
                " are planned, not {wanted}.",
                planned=max(0, planned),
                wanted=wanted,
                **told,
            )

    @property
    def course(self) -> tuple[HeldSession, ...]:
        """The course sessions held, counting or not; top-ups left out."""
        return tuple(entry for entry in self.history if entry.number <= self.wanted)

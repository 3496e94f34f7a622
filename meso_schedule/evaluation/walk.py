"""A course on its way through the sessions held and the words of clinicians, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.history import Forecast, HeldSession
from meso_schedule.course.improvement import Known, Review, known_by
from meso_schedule.evaluation.standing import Standing
from meso_schedule.evaluation.turns import Turns
from meso_schedule.evaluation.verdicts import (
    TurnWindow,
    first_session,
    forecast_of,
    held_session,
    name_of,
    rank_of,
    renewed_forecast,
)
from meso_schedule.rules.rule_tables import Gap, Phase

_DAY = timedelta(days=1)


class Judged(NamedTuple):
    """How a session is judged, and whose it is: the phase that it was given of."""

    opening: TurnWindow
    rule: Gap
    rank: int


@dataclass(slots=True)
class Walk:
    """The course on its way through the sessions held.

    Args:
        best: How sessions were judged at best, by their place, as far as they were recorded before
            a word that came later: none makes their verdict worse.
        pauses: When the course rested.
        judged: How each is judged.
        given: The phase of each course session that counts.
        since: The day on which it was last started again.
        reviewed: The day of the last review.
        renewed: The review that started a phase again, until a session is held.
    """

    turns: Turns
    sessions: int
    best: Mapping[int, Judged]
    pauses: tuple[DateRange, ...] = ()
    judged: dict[int, Judged] = field(default_factory=dict)
    entries: list[HeldSession] = field(default_factory=list)
    given: list[Phase] = field(default_factory=list)
    counted: int = 0
    furthest: int = 0
    treatments: int = 0
    treatments_before: int = 0
    since: date = date.min
    reviewed: date | None = None
    renewed: Review | None = None

    def go(self, held: Sequence[date], recorded: Sequence[int]) -> None:
        """Add all sessions and reviews, by day."""
        reviews = list(self.turns.improvement.reviews)
        for place, day in enumerate(held):
            entered = recorded[place] if recorded else None
            while reviews and _precedes(reviews[0], day, entered):
                self.review(reviews.pop(0))
            self.hold(day, len(held) - place)
        for review in reviews:
            self.review(review)

    def hold(self, day: date, left: int) -> None:
        """Add the session of a day, the first of so many that are left to be added."""
        number = self.counted + 1
        self.furthest = max(self.furthest, number)
        if self._has_no_rule(number):
            self._go_on(day, left)
        if not self.entries or self.renewed:
            rule, entry = self._without_interval(number, day)
        else:
            judged = self._judged(number, day)
            rule, entry = judged.rule, held_session(judged.opening, number, day, judged.rule)
            if entry.verdict == "lapsed" and entry.lapse_action == "restart":
                number = self.start_again(rule, number, day)
                entry = entry.model_copy(update={"number": number})
        self.entries.append(entry)
        self.renewed = None
        if number <= self.sessions:
            self.treatments += 1
        if entry.counts:
            self.counted = number
            if isinstance(rule, Phase):
                self.given.append(rule)

    def _has_no_rule(self, number: int) -> bool:
        return number > self.sessions and self.turns.protocol.top_up is None

    def _go_on(self, day: date, left: int) -> None:
        """Let the course go on for a treatment given beyond it."""
        most = self.turns.protocol.sessions.maximum
        if self.sessions < most:
            enough = min(self.sessions + left, most)
            raise InputError([_too_many(self.sessions, day, enough)])
        self.sessions += 1

    def _without_interval(self, number: int, day: date) -> tuple[Gap, HeldSession]:
        """Return a session that no interval leads to: the first, or the first again."""
        told = phrase("the first session: no interval leads to it")
        if self.renewed:
            told = _renewed_text(self.renewed)
        rule = self._opening(number, Known(), day).rule
        return rule, first_session(rule, number, day, told)

    def _judged(self, number: int, day: date) -> Judged:
        """Return how a session is judged now, or was before a later word where that is better."""
        place = len(self.entries)
        own = self._judged_now(number, day)
        found = min(own, self.best.get(place, own), key=lambda judged: judged.rank)
        self.judged[place] = found
        return found

    def _judged_now(self, number: int, day: date) -> Judged:
        words = self.turns.improvement.standing
        days = [day - _DAY, day] if any(word.on == day for word in words) else [day - _DAY]
        known = (known_by(words, until, self.since) for until in days)
        openings = [self._opening(number, it, day) for it in known]
        best = min(openings, key=lambda opening: rank_of(opening.verdict(day)))
        both = {rule.after_improvement: rule for opening in openings for rule in opening.phases}
        is_told = best is openings[0] and best.is_in_turn and rank_of(best.verdict(day)) == 0
        is_open = len(both) > 1 and not is_told
        told = TurnWindow(both[False], best.before, both[True], best.rest) if is_open else best
        return Judged(best, told.rule_on(day), rank_of(best.verdict(day)))

    def _opening(self, number: int, known: Known, day: date) -> TurnWindow:
        """Return what is open to a session of a number."""
        last = self.entries[-1].date if self.entries else date.min
        rest = sum(_overlap(pause, last, day) for pause in self.pauses)
        top_up = self.turns.protocol.top_up
        if number > self.sessions and top_up:
            return TurnWindow(top_up, last, rest=rest)
        turn = self.turns.turn(self.given, known)
        other = turn.waiting if turn.firm else None
        return TurnWindow(turn.firm or turn.foreseen, last, other, rest)

    def review(self, review: Review) -> None:
        """Take a clinician's word."""
        self.reviewed = review.on
        if review.outcome != "restart":
            return
        number = self.counted + 1
        rule = self._opening(number, self._known(), review.on).foreseen
        if (last := self.entries[-1]).asks_for_review and last.phase != name_of(rule):
            rule = self.given[-1]
        self.start_again(rule, number, review.on)
        self.renewed = review

    def _known(self) -> Known:
        return known_by(self.turns.improvement.standing, date.max, self.since)

    def start_again(self, rule: Gap, number: int, day: date) -> int:
        """Let the sessions of a phase count no more; return the number of its first."""
        first = self._first_of(rule)
        again = phrase("counts no more: the phase starts again on {day}", day=day)
        for place, entry in enumerate(self.entries):
            if entry.counts and first <= entry.number < number:
                reason = joined([entry.reason, again], "; ")
                self.entries[place] = entry.model_copy(update={"counts": False, "reason": reason})
        self.counted, self.since = first - 1, day
        if isinstance(rule, Phase):
            del self.given[first - 1 :]
            self.treatments_before += self.treatments
            self.treatments = 0
        return first

    def _first_of(self, rule: Gap) -> int:
        """Return the number of the first session of a phase, or of the first top-up."""
        if not isinstance(rule, Phase):
            return self.sessions + 1
        places = (place for place, phase in enumerate(self.given, 1) if phase is rule)
        return next(places, len(self.given) + 1)

    def standing(self, as_of: date) -> Standing:
        """Return where the course stands on a day."""
        wanted, restarts = self.sessions, self.renewed is not None
        opening, forecast = self._next(as_of)
        if opening and forecast and _restarts(opening, forecast):
            restarts = True
            number = self.start_again(opening.foreseen, self.counted + 1, as_of)
            forecast = forecast.model_copy(update={"number": number})
        elif self._is_bounded():
            opening, forecast = self._next(as_of)
        return Standing(
            history=tuple(self.entries),
            counted=self.counted,
            ahead=self.turns.ahead(self.given, self.sessions, self._known()),
            opening=opening,
            forecast=forecast,
            restarts=restarts,
            furthest=self.furthest,
            wanted=wanted,
            given=self.treatments,
            given_before=self.treatments_before,
            reviewed=self.reviewed,
            known=self._known(),
        )

    def _is_bounded(self) -> bool:
        """Cut the course to the most treatments that it may have; tell whether that changes it."""
        left = self.turns.protocol.sessions.maximum - self.treatments
        before, self.sessions = self.sessions, min(self.sessions, self.counted + max(0, left))
        return self.sessions < before

    def _next(self, as_of: date) -> tuple[TurnWindow | None, Forecast | None]:
        """Return what is open to the next session and when it is due; nothing after the last."""
        number = self.counted + 1
        if self._has_no_rule(number):
            return None, None
        opening = self._opening(number, self._known(), as_of)
        if self.renewed:
            return opening, renewed_forecast(opening.rule, number, self.renewed.on, as_of)
        return opening, forecast_of(opening, number, as_of, self.reviewed)


def _overlap(pause: DateRange, before: date, day: date) -> int:
    return max(0, (min(pause.last, day) - max(pause.first, before)).days)


def _restarts(opening: TurnWindow, forecast: Forecast) -> bool:
    return forecast.status == "lapsed" and opening.lapsing.lapse_action == "restart"


def _renewed_text(review: Review) -> Phrase:
    return phrase(
        "a clinician had the phase start again on {day}: no interval leads to it", day=review.on
    )


def _too_many(count: int, day: date, enough: int) -> Fault:
    return Fault(
        "too_many_sessions",
        f"The course of {count} sessions was complete before {day}, and there are no top-ups.",
        None,
        "held",
        str(day),
        f"Give sessions = {enough}.",
    )


def _precedes(review: Review, day: date, entered: int | None) -> bool:
    """Tell whether a review comes before a session: on one day by the order of recording."""
    if review.on == day:
        return entered is not None and review.entered < entered
    return review.on < day

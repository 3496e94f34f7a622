"""Verdicts on sessions held, and where the next window opens.

Each session is judged by the window that opened from the session before *as it was held*,
in the spirit of the evaluation and forecast of CDC CDSi. Where the rule files are silent:

- The first session has no interval before it: it is on schedule and counts.
- Too soon means before the minimum less the `grace`, both counted from the session before as
  one interval; `early` says whether such a session counts. The next window opens from it in any
  case: the treatment was had. Inside the grace it is on schedule.
- Where bounds cross for a day, too soon is looked at first, then lapsed, then late.
- A lapsed session counts. `restart` makes it the first of its phase, and the sessions of that
  phase held before count no more; so does a lapse that has passed without any session, and a
  clinician's word. It ends the assessments made before it.
- A session is judged by the assessments before its day, and by one made on its day as well: the
  better verdict stands. On schedule in the turn of an unconditional phase it is of that phase,
  so that a calendar foreseen for either answer comes true. None recorded after it makes its
  verdict worse. What is undecided is the phase of a session after the unconditional ones, as long
  as no assessment says yes or no; it is told by the gap.
- While a course is paused nothing lapses: the lapse comes later by the days of rest.
- Sessions after the last of the course are top-ups. Where there are none, the last phase goes on
  for whatever was given beyond the protocol's maximum.

Source:
    CDC CDSi Logic Specification v4.6, evaluation (absolute minimum interval, grace period,
    intervals counted from doses that were not valid too) and forecast (earliest,
    recommended and past due date).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.history import Forecast, HeldSession
from meso_schedule.course.improvement import (
    Answer,
    Assessment,
    Improvement,
    Known,
    Review,
    known_by,
)
from meso_schedule.course.wishes import held_faults, word_faults
from meso_schedule.evaluation.turns import Ahead, Turns
from meso_schedule.evaluation.verdicts import (
    TurnWindow,
    first_session,
    forecast_of,
    held_session,
    lapse_text,
    name_of,
    rank_of,
    renewed_forecast,
)
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Gap, Phase

Days = date | Sequence[date] | None

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
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
        lapse = self.opening.lapse if self.opening else None
        if lapse is None or self.opening is None or not self.is_lapsed:
            return False
        is_reviewed = self.reviewed is not None and self.reviewed > lapse
        return self.opening.lapsing.lapse_action == "review" and not is_reviewed

    @property
    def unreviewed(self) -> tuple[HeldSession, ...]:
        """The sessions held that ask for a review which was not recorded."""
        since = self.reviewed or date.min
        return tuple(it for it in self.history if it.asks_for_review and it.date > since)

    def lapse_words(self) -> Iterator[Phrase]:
        """Say that the next session has lapsed, and what its rule makes of it."""
        if self.opening and self.opening.lapse and self.is_lapsed:
            yield lapse_text(self.opening.lapsing, self.opening.lapse)

    @property
    def course(self) -> tuple[HeldSession, ...]:
        """The course sessions held, counting or not; top-ups left out."""
        return tuple(entry for entry in self.history if entry.number <= self.wanted)


def evaluate(
    protocol: Protocol,
    held: Sequence[date],
    *,
    as_of: date,
    sessions: int | None = None,
    improved_on: Days = None,
    not_improved_on: Days = None,
    unclear_on: Days = None,
    improves_after: int | None = None,
    no_improvement: bool = False,
    pauses: Sequence[DateRange] = (),
) -> Standing:
    """Judge each session held, and say when the next one is due.

    Args:
        protocol: The recipe.
        held: The days of the sessions held, at least one, in order.
        as_of: The day of asking.
        sessions: How many sessions the course has; left out, the usual number.
        improved_on: The day, or days, on which it was assessed that the skin had improved.
        not_improved_on: Likewise, that it had not.
        unclear_on: Likewise, that it was unclear.
        improves_after: The session after which improvement is foreseen.
        no_improvement: Whether none is foreseen.
        pauses: When the course rested, which moves no window and lets nothing lapse.

    Raises:
        InputError: When the days are out of order or lie ahead, or there are too many.

    >>> from meso_schedule import get_protocol
    >>> held = [date(2026, 12, 1), date(2026, 12, 7)]
    >>> standing = evaluate(get_protocol("general"), held, as_of=date(2026, 12, 8))
    >>> [entry.verdict for entry in standing.history], standing.forecast.earliest
    (['on schedule', 'too soon'], datetime.date(2026, 12, 14))
    """
    if not held:
        remedy = "Give the days of the sessions held."
        raise InputError.of("missing_argument", "No session is held.", field="held", remedy=remedy)
    told = {
        "improved_on": _listed(improved_on),
        "not_improved_on": _listed(not_improved_on),
        "unclear_on": _listed(unclear_on),
    }
    if faults := [*held_faults(held, as_of), *word_faults(told, held, as_of)]:
        raise InputError(faults)
    answers: tuple[Answer, ...] = ("yes", "no", "unclear")
    words = tuple(
        Assessment(day, answer)
        for days, answer in zip(told.values(), answers, strict=True)
        for day in days
    )
    improvement = Improvement(words, improves_after, no_improvement)
    return standing_of(protocol, held, improvement, as_of=as_of, sessions=sessions, pauses=pauses)


def _listed(days: Days) -> Sequence[date]:
    if days is None:
        return ()
    return (days,) if isinstance(days, date) else days


def standing_of(
    protocol: Protocol,
    held: Sequence[date],
    improvement: Improvement,
    *,
    as_of: date,
    sessions: int | None = None,
    recorded: Sequence[int] = (),
    pauses: Sequence[DateRange] = (),
) -> Standing:
    """Judge sessions held, days and words checked before.

    Args:
        protocol: The recipe.
        held: Their days, at least one, in order.
        improvement: What was said of improvement, and what is foreseen.
        as_of: The day of asking.
        sessions: How many sessions the course has; left out, the usual number.
        recorded: The place of each in the order of recording, beside that of the assessments.
        pauses: When the course rested, which moves no window and lets nothing lapse.

    Raises:
        InputError: When there are more than were asked for and the protocol takes more.
    """
    count = sessions or protocol.sessions.usual
    rests = tuple(pauses)
    best: dict[int, _Judged] = {}
    for change in improvement.changes if recorded else ():
        earlier = _Walk(Turns(protocol, improvement.before(change)), count, best, rests)
        earlier.go(held, recorded)
        best |= {it: found for it, found in earlier.judged.items() if recorded[it] < change}
    walk = _Walk(Turns(protocol, improvement), count, best, rests)
    walk.go(held, recorded)
    return walk.standing(as_of)


def _precedes(review: Review, day: date, entered: int | None) -> bool:
    """Tell whether a review comes before a session: on one day by the order of recording."""
    if review.on == day:
        return entered is not None and review.entered < entered
    return review.on < day


class _Judged(NamedTuple):
    """How a session is judged, and whose it is: the phase that it was given of."""

    opening: TurnWindow
    rule: Gap
    rank: int


@dataclass(slots=True)
class _Walk:
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
    best: Mapping[int, _Judged]
    pauses: tuple[DateRange, ...] = ()
    judged: dict[int, _Judged] = field(default_factory=dict)
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
            self.hold(day)
        for review in reviews:
            self.review(review)

    def hold(self, day: date) -> None:
        """Add the session of a day."""
        number = self.counted + 1
        self.furthest = max(self.furthest, number)
        if self._has_no_rule(number):
            self._go_on(day)
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

    def _go_on(self, day: date) -> None:
        """Let the course go on for a treatment given beyond it."""
        if self.sessions < self.turns.protocol.sessions.maximum:
            raise InputError([_too_many(self.sessions, day)])
        self.sessions += 1

    def _without_interval(self, number: int, day: date) -> tuple[Gap, HeldSession]:
        """Return a session that no interval leads to: the first, or the first again."""
        told = phrase("the first session: no interval leads to it")
        if self.renewed:
            told = _renewed_text(self.renewed)
        rule = self._opening(number, Known(), day).rule
        return rule, first_session(rule, number, day, told)

    def _judged(self, number: int, day: date) -> _Judged:
        """Return how a session is judged now, or was before a later word where that is better."""
        place = len(self.entries)
        own = self._judged_now(number, day)
        found = min(own, self.best.get(place, own), key=lambda judged: judged.rank)
        self.judged[place] = found
        return found

    def _judged_now(self, number: int, day: date) -> _Judged:
        words = self.turns.improvement.standing
        days = [day - _DAY, day] if any(word.on == day for word in words) else [day - _DAY]
        known = (known_by(words, until, self.since) for until in days)
        openings = [self._opening(number, it, day) for it in known]
        best = min(openings, key=lambda opening: rank_of(opening.verdict(day)))
        both = {rule.after_improvement: rule for opening in openings for rule in opening.phases}
        is_told = best is openings[0] and best.is_in_turn and rank_of(best.verdict(day)) == 0
        is_open = len(both) > 1 and not is_told
        told = TurnWindow(both[False], best.before, both[True], best.rest) if is_open else best
        return _Judged(best, told.rule_on(day), rank_of(best.verdict(day)))

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
        return opening, forecast_of(opening, number, as_of)


def _overlap(pause: DateRange, before: date, day: date) -> int:
    return max(0, (min(pause.last, day) - max(pause.first, before)).days)


def _restarts(opening: TurnWindow, forecast: Forecast) -> bool:
    return forecast.status == "lapsed" and opening.lapsing.lapse_action == "restart"


def _renewed_text(review: Review) -> Phrase:
    return phrase(
        "a clinician had the phase start again on {day}: no interval leads to it", day=review.on
    )


def _too_many(count: int, day: date) -> Fault:
    return Fault(
        "too_many_sessions",
        f"The course of {count} sessions was complete before {day}, and there are no top-ups.",
        None,
        "held",
        str(day),
        f"Give sessions = {count + 1}.",
    )

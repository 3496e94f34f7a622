"""Verdicts on sessions held, and where the next window opens.

Each session is judged by the window that opened from the session before *as it was held*,
in the spirit of the evaluation and forecast of CDC CDSi. Where the rule files are silent:

- The first session has no interval before it: it is on schedule and counts.
- Too soon means before the minimum less the `grace`, both counted from the session before as
  one interval. Such a session does not count and is repeated under the same rule, and the next
  window opens from it all the same: the treatment was had. Inside the grace it is on schedule.
- Where bounds cross for a day, too soon is looked at first, then lapsed, then late.
- A lapsed session counts. `restart` makes it the first of its phase, and the sessions of that
  phase held before count no more; so does a lapse that has passed without any session.
- Improvement recorded on a day changes the rule of the sessions after that day; one held on
  the day itself belongs to those before. Unconditional phases cover exactly the sessions that
  counted up to then. Unless it is recorded, sessions follow the phases that were foreseen.
- While a course is paused nothing lapses: the lapse comes later by the days of rest.
- Sessions after the last of the course are top-ups.

Source:
    CDC CDSi Logic Specification v4.6, evaluation (absolute minimum interval, grace period,
    intervals counted from doses that were not valid too) and forecast (earliest,
    recommended and past due date).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.history import Forecast, HeldSession
from meso_schedule.course.wishes import held_faults
from meso_schedule.evaluation.verdicts import forecast_of, held_session, lapse_text
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Gap, Phase


@dataclass(frozen=True, slots=True)
class Standing:
    """A running course as the sessions held leave it.

    Args:
        history: The sessions held, in order.
        counted: The number of the last session that counts; top-ups go on counting.
        phases: The phase of each course session, held or to come.
        rule: The interval before the next session; None when nothing follows.
        forecast: When the next session is due; None when nothing follows.
        restarts: Whether the next session starts its phase again.
        furthest: The highest number by whose rule a session held was judged.
    """

    history: tuple[HeldSession, ...]
    counted: int
    phases: tuple[Phase, ...]
    rule: Gap | None
    forecast: Forecast | None
    restarts: bool
    furthest: int

    @property
    def last(self) -> date:
        """The day of the session held last, from which the next window opens."""
        return self.history[-1].date

    @property
    def is_lapsed(self) -> bool:
        """Whether the next session has lapsed already."""
        return self.forecast is not None and self.forecast.status == "lapsed"

    def lapse_words(self) -> Iterator[Phrase]:
        """Say that the next session has lapsed, and what its rule makes of it."""
        if self.rule and self.forecast and self.forecast.lapse and self.is_lapsed:
            yield lapse_text(self.rule, self.forecast.lapse)

    @property
    def course(self) -> tuple[HeldSession, ...]:
        """The course sessions held, counting or not; top-ups left out."""
        return tuple(entry for entry in self.history if entry.number <= len(self.phases))


def evaluate(
    protocol: Protocol,
    held: Sequence[date],
    *,
    as_of: date,
    sessions: int | None = None,
    improved_on: date | None = None,
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
        improved_on: The day on which improvement was recorded.
        improves_after: Without a record, the session after which it is foreseen.
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
    if faults := list(held_faults(held, as_of, improved_on)):
        raise InputError(faults)
    count = sessions or protocol.sessions.usual
    foreseen = protocol.phase_of_each(count, improves_after, no_improvement or bool(improved_on))
    walk = _Walk(protocol, foreseen, tuple(pauses))
    for day in held:
        if improved_on and day > improved_on:
            walk.improve()
        walk.hold(day)
    if improved_on:
        walk.improve()
    return walk.standing(as_of)


@dataclass(slots=True)
class _Walk:
    """The course on its way through the sessions held."""

    protocol: Protocol
    phases: list[Phase]
    pauses: tuple[DateRange, ...] = ()
    entries: list[HeldSession] = field(default_factory=list)
    counted: int = 0
    furthest: int = 0
    improved: bool = False

    def rule_of(self, number: int) -> Gap | None:
        """Return the interval before a session; after the course, that of the top-ups."""
        return self.phases[number - 1] if number <= len(self.phases) else self.protocol.top_up

    def first_of(self, rule: Gap) -> int:
        """Return the number of the first session of a phase, or of the first top-up."""
        places = (place for place, phase in enumerate(self.phases, 1) if phase is rule)
        return next(places, len(self.phases) + 1)

    def improve(self) -> None:
        """Let the conditional phases follow the sessions that count so far."""
        if not self.improved and self.protocol.has_taper:
            self.phases = self.protocol.phase_of_each(len(self.phases), self.counted)
            self.improved = True

    def hold(self, day: date) -> None:
        """Add the session of a day."""
        number = self.counted + 1
        rule = self.rule_of(number)
        self.furthest = max(self.furthest, number)
        if rule is None:
            raise InputError([_too_many(self, day)])
        before = self.entries[-1].date if self.entries else None
        judged_by = self.rested(rule, before, day) if before else rule
        entry = held_session(judged_by, number, day, before)
        if entry.verdict == "lapsed" and rule.lapse_action == "restart":
            number = self.start_again(rule, number, day)
            entry = entry.model_copy(update={"number": number})
        self.entries.append(entry)
        if entry.counts:
            self.counted = number

    def rested(self, rule: Gap, before: date, day: date) -> Gap:
        """Return a rule whose lapse comes later by the days of rest since the session before."""
        days = sum(_overlap(pause, before, day) for pause in self.pauses)
        lapse = tuple(Interval(it.months, it.days + days) for it in rule.lapse)
        return rule.model_copy(update={"lapse": lapse}) if days else rule

    def start_again(self, rule: Gap, number: int, day: date) -> int:
        """Let the sessions of a phase count no more; return the number of its first."""
        first = self.first_of(rule)
        again = phrase("counts no more: the phase starts again on {day}", day=day)
        for place, entry in enumerate(self.entries):
            if entry.counts and first <= entry.number < number:
                reason = joined([entry.reason, again], "; ")
                self.entries[place] = entry.model_copy(update={"counts": False, "reason": reason})
        return first

    def standing(self, as_of: date) -> Standing:
        """Return where the course stands on a day."""
        last = self.entries[-1].date
        number = self.counted + 1
        rule = self.rule_of(number)
        judged_by = self.rested(rule, last, as_of) if rule else None
        forecast = forecast_of(judged_by, number, last, as_of) if judged_by else None
        restarts = False
        if rule and forecast and forecast.status == "lapsed" and rule.lapse_action == "restart":
            restarts = True
            number = self.start_again(rule, number, as_of)
            self.counted = number - 1
            forecast = forecast.model_copy(update={"number": number})
        return Standing(
            history=tuple(self.entries),
            counted=self.counted,
            phases=tuple(self.phases),
            rule=judged_by,
            forecast=forecast,
            restarts=restarts,
            furthest=self.furthest,
        )


def _overlap(pause: DateRange, before: date, day: date) -> int:
    return max(0, (min(pause.last, day) - max(pause.first, before)).days)


def _too_many(walk: _Walk, day: date) -> Fault:
    protocol, count = walk.protocol, len(walk.phases)
    more = min(count + 1, protocol.sessions.maximum)
    return Fault(
        "too_many_sessions",
        f"The course of {count} sessions was complete before {day}, and there are no top-ups.",
        None,
        "held",
        str(day),
        f"Give sessions = {more}." if more > count else "Leave the day out.",
    )

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

from collections.abc import Mapping, Sequence
from datetime import date

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError
from meso_schedule.course.improvement import Answer, Assessment, Improvement
from meso_schedule.course.wishes import held_faults, word_faults
from meso_schedule.evaluation.standing import Standing
from meso_schedule.evaluation.turns import Turns
from meso_schedule.evaluation.walk import Judged, Walk
from meso_schedule.rules.protocol import Protocol

Days = date | Sequence[date] | None


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
    improvement = Improvement(_assessments(told), improves_after, no_improvement)
    return standing_of(protocol, held, improvement, as_of=as_of, sessions=sessions, pauses=pauses)


def _assessments(told: Mapping[str, Sequence[date]]) -> tuple[Assessment, ...]:
    answers: tuple[Answer, ...] = ("yes", "no", "unclear")
    every = zip(answers, told.values(), strict=True)
    return tuple(Assessment(day, answer) for answer, days in every for day in days)


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
    best: dict[int, Judged] = {}
    for change in improvement.changes if recorded else ():
        earlier = Walk(Turns(protocol, improvement.before(change)), count, best, rests)
        earlier.go(held, recorded)
        best |= {it: found for it, found in earlier.judged.items() if recorded[it] < change}
    walk = Walk(Turns(protocol, improvement), count, best, rests)
    walk.go(held, recorded)
    return walk.standing(as_of)

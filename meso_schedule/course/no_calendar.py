"""The honest no: no calendar keeps every rule, or none was found within the bound."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from meso_schedule.base.dates import Day
from meso_schedule.base.errors import ExitCode, Fault, MesoScheduleError
from meso_schedule.base.models import FrozenDict, Model, Sentence, Table
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.course_plan import SpacingRule
from meso_schedule.course.history import DateSpan


class BlockedDay(Model):
    """A day that cannot be used, and why."""

    date: Day
    reason: Sentence


class Conflict(Model):
    """The first session that cannot be placed, its window, and why no day of it can be used.

    Args:
        protocol: Whose session it is, in a combined plan.
        beside: The protocols that leave it no day.
        spacing: The rules between them.
    """

    session: int
    window: DateSpan
    blocked: tuple[BlockedDay, ...]
    protocol: str | None = None
    beside: tuple[str, ...] = ()
    spacing: tuple[SpacingRule, ...] = ()


# The kinds of ways out; of two that cost the same the earlier stands first.
Kind = Literal["late", "start", "finish_by", "event", "away", "closure", "release", "sessions"]


class Released(NamedTuple):
    """A booked session that may move, by its protocol among several and its number."""

    protocol: str | None
    number: int

    def __str__(self) -> str:
        return f"{self.protocol}:{self.number}" if self.protocol else str(self.number)


class WayOut(Model):
    """The smallest change of one kind that makes a calendar possible.

    Args:
        change: The fields of the request that it changes, with what they say then; `release`
            are booked sessions that move. Empty for a closure, which is a change of the clinic.
        cost_days: Late days, days shifted or freed, sessions released; None for fewer sessions.
    """

    kind: Kind
    message: Sentence
    change: Table[str, Any] = FrozenDict()
    cost_days: int | None

    @property
    def option(self) -> str | None:
        """The whole replacement argument on the command line; None for a closure."""
        if self.kind == "closure":
            return None
        return " ".join(
            str(value) if name == "protocol" else f"--{name.replace('_', '-')} {value}"
            for name, values in self.change.items()
            for value in (values if type(values) is tuple else (values,))
        )


def released(sessions: Sequence[Released]) -> WayOut:
    """Return the way out that lets booked sessions move."""
    message = phrase("Let booked session {numbers} move.", numbers=joined(map(str, sessions)))
    change = {"release": tuple(sessions)}
    return WayOut(kind="release", message=message, change=change, cost_days=len(sessions))


class NoCalendarFits(MesoScheduleError):  # noqa: N818 - a name of the contract
    """No calendar keeps every rule.

    Args:
        conflict: The first session that cannot be placed, its window, and why each day is out.
        relaxations: The cheapest single changes that make a calendar possible, cheapest first.
        is_cut: Whether the bound of work left some change untried.
    """

    exit_code = ExitCode.NO
    code = "no_calendar"

    def __init__(
        self, conflict: Conflict, relaxations: Sequence[WayOut], is_cut: bool = False
    ) -> None:
        self.conflict = conflict
        self.relaxations = tuple(relaxations)
        self.is_cut = is_cut
        self.headline = headline(conflict, str)
        super().__init__(self.headline)

    @property
    def faults(self) -> tuple[Fault, ...]:
        first = self.relaxations[0].message if self.relaxations else "Change the rules asked for."
        return (Fault(self.code, str(self), remedy=first),)


class NoCalendarFound(MesoScheduleError):  # noqa: N818 - beside NoCalendarFits
    """A calendar that the search neither found nor ruled out within its bound of work.

    Args:
        steps: The bound.
    """

    exit_code = ExitCode.NOT_PROVEN
    code = "not_proven"

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(
            f"No calendar was found within {steps} steps; that there is none is not proven."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        remedy = "Ask for fewer sessions or protocols, or for a later start of one of them."
        return (Fault(self.code, str(self), remedy=remedy),)


def headline(conflict: Conflict, write: Callable[[date], str], *, one_day: bool = False) -> Phrase:
    """Say which session has no day, whose it is, and what stands beside it.

    Args:
        conflict: What does not fit.
        write: How dates are written.
        one_day: Whether a window of one day is told as a day.
    """
    first, last = write(conflict.window.earliest), write(conflict.window.latest)
    if one_day and first == last:
        said = phrase(
            "No calendar fits: session {number} has no usable day {day}.",
            number=conflict.session,
            day=first,
        )
    else:
        said = phrase(
            "No calendar fits: session {number} has no usable day from {first} to {last}.",
            number=conflict.session,
            first=first,
            last=last,
        )
    if conflict.beside:
        return phrase(
            "{protocol} beside {others}: {headline}",
            protocol=conflict.protocol,
            others=joined(conflict.beside),
            headline=said,
        )
    if conflict.protocol:
        return phrase("{protocol}: {headline}", protocol=conflict.protocol, headline=said)
    return said

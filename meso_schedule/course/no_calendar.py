"""The honest no: no calendar keeps every rule, none was found in the bound, a law forbids it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from meso_schedule.base.dates import Day
from meso_schedule.base.errors import ExitCode, Fault, MesoScheduleError
from meso_schedule.base.models import FrozenDict, Model, Sentence, Table
from meso_schedule.base.phrases import Phrase, joined, listed, phrase
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
Kind = Literal[
    "late",
    "start",
    "finish_by",
    "event",
    "away",
    "closure",
    "days",
    "between",
    "release",
    "no_improvement",
    "sessions",
    "pair",
]


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
        cost_days: Late days, days shifted or freed, sessions released; of the patient's weekdays
            and hours the days on which they do not hold. None for fewer sessions,
            and where no improvement is expected.
        parts: The two changes of a pair, where no single one is enough.
    """

    kind: Kind
    message: Sentence
    change: Table[str, Any] = FrozenDict()
    cost_days: int | None
    parts: tuple["WayOut", ...] = ()

    @property
    def option(self) -> str | None:
        """The whole replacement argument on the command line; None for a closure."""
        if self.kind == "closure":
            return None
        return " ".join(
            _argument(name, value)
            for name, values in self.change.items()
            for value in _values(name, values)
            if value is not None
        )


def _values(name: str, values: Any) -> tuple[Any, ...]:
    """Return what is given with the option of each; weekdays stand together in one."""
    if name == "days":
        return (",".join(map(str, values)),)
    return values if type(values) is tuple else (values,)


def _argument(name: str, value: Any) -> str:
    if name == "protocol":
        return str(value)
    option = f"--{name.replace('_', '-')}"
    return option if value is True else f"{option} {value}"


def both(first: WayOut, second: WayOut) -> WayOut:
    """Return the way out that takes two changes; what it costs is the sum.

    Of the same treatment the second says both.
    """
    ways = (first, second)
    costs = [way.cost_days for way in ways]
    change = {**first.change, **second.change}
    if wishes := [wish for way in ways for wish in way.change.get("protocol", ())]:
        change["protocol"] = tuple({wish.protocol: wish for wish in wishes}.values())
    return WayOut(
        kind="pair",
        message=phrase("Both: {first} {second}", first=first.message, second=second.message),
        change=change,
        cost_days=None if None in costs else sum(cost or 0 for cost in costs),
        parts=(first, second),
    )


def released(sessions: Sequence[Released]) -> WayOut:
    """Return the way out that lets booked sessions move."""
    message = phrase("Let booked session {numbers} move.", numbers=listed([*map(str, sessions)]))
    change = {"release": tuple(sessions)}
    return WayOut(kind="release", message=message, change=change, cost_days=len(sessions))


class NoCalendarFits(MesoScheduleError):  # noqa: N818 - a name of the contract
    """No calendar keeps every rule.

    Args:
        conflict: The first session that cannot be placed, its window, and why each day is out.
        relaxations: The cheapest single changes that make a calendar possible, cheapest first;
            where there is none, the cheapest pairs.
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


class ProhibitedError(MesoScheduleError):
    """Treatments that no clinic of a country may give.

    Args:
        country: Its ISO code.
        laws: What forbids each, by the id of its protocol.
    """

    exit_code = ExitCode.NO
    code = "prohibited"

    def __init__(self, country: str, laws: Mapping[str, str]) -> None:
        self.country = country
        self.laws = dict(laws)
        told = (_forbidden(name, country, law) for name, law in laws.items())
        self.headline = joined(told, " ")
        super().__init__(str(self.headline))

    @property
    def faults(self) -> tuple[Fault, ...]:
        remedy = (
            "Choose another protocol, or replace it by a rule file of the clinic's own that"
            f" neither has nor includes [[prohibited]] for {self.country}."
        )
        return tuple(
            Fault(self.code, _forbidden(name, self.country, law), None, "protocol", name, remedy)
            for name, law in self.laws.items()
        )


def _forbidden(protocol: str, country: str, law: str) -> Phrase:
    return phrase(
        "{protocol} is not given at a clinic in {country}: {law}",
        protocol=protocol,
        country=country,
        law=law,
    )


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

"""What a rule file says: protocols, their phases, prices, care and sources.

A rule file is read once, checked once and frozen. Every table that holds a figure
names its source or states its assumption, or the file is refused.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, reduce
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, PrivateAttr, ValidationInfo

from meso_schedule.base.dates import Interval, Offset
from meso_schedule.base.errors import Fault, FormatError, shortened
from meso_schedule.base.free_text import (
    LONGEST_LINE,
    LONGEST_TEXT,
    RECORDED,
    Line,
    Text,
    check_text,
    text_up_to,
)
from meso_schedule.base.models import (
    MOST,
    Amount,
    Count,
    Currency,
    Flag,
    InputModel,
    Many,
    Model,
    count_within,
    readable_fields,
)
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.rules.protocol_checks import MAX_SESSIONS, cross_faults

# In which a source can have been published.
YEARS = (1500, 2999)

DEFAULT_SETTLE = Interval.parse("3 days")

Family = Literal["mesotherapy", "toxin", "filler", "lipolysis", "peel", "device"]
Grade = Literal["high", "moderate", "low"]
FAMILIES: tuple[str, ...] = get_args(Family)
LapseAction = Literal["review", "restart", "continue"]

# A figure or a range of two, with a unit or without.
_NUMBER = "[0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+)?|(?:inf|infinity|nan)(?![a-z])"
_FIGURES = re.compile(
    rf"\s*(?P<minus>[-\u2212\u2013]\s*)?(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|\u2013|to)\s*(?P<high>{_NUMBER}))?(?:\s*[a-z%\u00b5]{{1,8}})?\s*",
    re.IGNORECASE,
)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _identifier(value: object, info: ValidationInfo) -> str:
    if isinstance(value, str) and _ID.fullmatch(value):
        if info.context != RECORDED:
            check_text(value, LONGEST_LINE)
        return value
    raise FormatError(
        "bad_id",
        value,
        f"{shortened(value)} is no id.",
        "Write lower-case letters, digits and hyphens, for example 'facial-rejuvenation'.",
    )


def _region(value: object) -> str:
    if isinstance(value, str) and re.fullmatch("[A-Z]{2}", value):
        return value
    raise FormatError(
        "bad_region",
        value,
        f"{shortened(value)} is no country.",
        "Write an ISO code of two capitals.",
    )


def _phase_sessions(value: int, info: ValidationInfo) -> int:
    if value > MAX_SESSIONS and info.context != RECORDED:
        problem = f"A phase of {value} sessions is longer than any course."
        remedy = f"Write a whole number from 1 to {MAX_SESSIONS}."
        raise FormatError("bad_sessions", value, problem, remedy)
    return value


_fact_text = text_up_to(LONGEST_TEXT, lines=True)


def _fact(value: object, info: ValidationInfo) -> object:
    if isinstance(value, list | tuple):
        return tuple(_one_fact(entry, info) for entry in value)
    return _one_fact(value, info)


def _one_fact(value: object, info: ValidationInfo) -> str:
    text = _fact_text(value, info)
    if info.context != RECORDED:
        _check_figures(text)
    return text


def _check_figures(text: str) -> None:
    """Refuse a figure, or a range of two, that measures nothing: `-5`, `nan`, `4-1`."""
    if not (found := _FIGURES.fullmatch(text)):
        return
    low, high = (
        float(figure.replace(",", ".")) for figure in (found["low"], found["high"] or found["low"])
    )
    if found["minus"] or not low <= high <= MOST:
        problem = f"{shortened(text)} is no figure that can be measured."
        remedy = "Write for example 0.5, or 1-4 for a range."
        raise FormatError("bad_figure", text, problem, remedy)


# One text, or a list of them.
Fact = Annotated[str | tuple[str, ...], BeforeValidator(_fact)]
Region = Annotated[str, BeforeValidator(_region)]
Identifier = Annotated[str, BeforeValidator(_identifier)]


class Source(Model):
    """Where a figure comes from, and how well it is supported."""

    key: Identifier
    title: Text
    place: Text | None = None
    year: Annotated[Count, AfterValidator(count_within(*YEARS))] | None = None
    grade: Grade

    @property
    def citation(self) -> str:
        """The source as one line of small print."""
        about = ", ".join(str(part) for part in (self.place, self.year) if part)
        return f"{self.title} ({about})" if about else self.title


class Sourced(Model):
    """A table that holds a figure: it names sources, states an assumption, or both."""

    sources: Many[Line] = ()
    assumption: Text | None = None


class SessionCount(Sourced):
    """How many sessions make a course, and how long one takes in the chair (minutes)."""

    minimum: Count
    usual: Count
    maximum: Count = MAX_SESSIONS
    minutes: Count


class Gap(Sourced):
    """The interval before a session: window bounds and the day after which it has lapsed.

    For several `minimum` the latest date counts, for several `maximum` or `lapse` the earliest.

    Args:
        grace: How much sooner than `minimum` a session may have been held and still count.
        lapse_action: What a session held after `lapse` means: the course goes on once a
            clinician has reviewed it, the phase starts again, or the course goes on.
    """

    minimum: Many[Interval]
    recommended: Interval | None = None
    maximum: Many[Interval]
    lapse: Many[Interval] = ()
    grace: Interval | None = None
    lapse_action: LapseAction = "review"

    @property
    def target(self) -> tuple[Interval, ...]:
        """The recommended interval; where there is none, the minimum."""
        return (self.recommended,) if self.recommended else self.minimum

    @property
    def least(self) -> tuple[Interval, ...]:
        """The minimum less the grace: a session held sooner does not count."""
        grace = self.grace
        return tuple(minimum.less(grace) for minimum in self.minimum) if grace else self.minimum

    @property
    def text(self) -> Phrase:
        """The bounds in words, `7 days to 10 days`."""
        low, high = together(self.minimum), together(self.maximum)
        return low if low == high else phrase("{low} to {high}", low=low, high=high)


def together(intervals: Sequence[Interval]) -> Phrase:
    """Say intervals that hold at the same time, `3 months and 90 days`."""
    words = (interval.words for interval in intervals)
    return reduce(
        lambda first, second: phrase("{first} and {second}", first=first, second=second), words
    )


class Phase(Gap):
    """A run of sessions under one interval; `sessions` left out runs to the end."""

    name: Line
    sessions: Annotated[Count, AfterValidator(_phase_sessions)] | None = None
    after_improvement: Flag = False


class TopUp(Gap):
    """The interval of maintenance sessions after the course."""


class Results(Sourced):
    """When results show and how long they last, counted from the last session."""

    settle: Interval = DEFAULT_SETTLE
    lasts_minimum: Interval | None = None
    lasts_maximum: Interval | None = None


class Facts(Sourced, extra="allow"):
    """What is known of the treatment that is no interval: depth, dose, technique, approval."""

    __pydantic_extra__: dict[str, Fact]

    def entries(self) -> dict[str, Fact]:
        """Return the facts by name."""
        return dict(self.__pydantic_extra__ or {})


class Price(Sourced):
    """A published price range in one currency, per session or per course."""

    currency: Currency
    per: Literal["session", "course"]
    low: Amount
    high: Amount


class Care(Sourced):
    """Something to avoid, expect or do around a session, or a question to ask before the course.

    Args:
        swelling: Whether swelling is part of what is to be expected.
    """

    what: Text
    action: Literal["avoid", "expect", "do", "ask"]
    starts: Offset | None = None
    ends: Offset | None = None
    swelling: bool = False


class Notice(Sourced):
    """A warning shown with the plan; `regions` are ISO country codes."""

    text: Text
    regions: Many[Region] = ()


class Spacing(Sourced):
    """The distance kept to another family of treatments or to another protocol."""

    other: Identifier
    same_area: Flag = True
    minimum: Interval
    minimum_before: Interval | None = None
    same_day: Flag = False


class Protocol(InputModel):
    """A recipe for a treatment, as a rule file states it.

    Raises:
        InputError: With every fault of the data, when it is no valid rule file.
    """

    id: Identifier
    name: Line
    family: Family
    areas: Many[Line]
    indications: Many[Line] = ()
    no_published_interval: Many[Line] = ()
    version: Line
    sessions: SessionCount
    phases: tuple[Phase, ...]
    top_up: TopUp | None = None
    results: Results | None = None
    facts: Facts | None = None
    prices: tuple[Price, ...] = ()
    care: tuple[Care, ...] = ()
    notices: tuple[Notice, ...] = ()
    spacing: tuple[Spacing, ...] = ()
    sources: tuple[Source, ...] = ()

    _replaces_packaged: bool = PrivateAttr(default=False)

    @property
    def replaces_packaged(self) -> bool:
        """Whether a given file took the place of the packaged protocol of this id."""
        return self._replaces_packaged

    @property
    def settle(self) -> Interval:
        """How long an event keeps away from the last session."""
        return self.results.settle if self.results else DEFAULT_SETTLE

    @property
    def has_taper(self) -> bool:
        """Whether a phase waits for improvement."""
        return any(phase.after_improvement for phase in self.phases)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the protocol's content, comments and layout left aside."""
        return "sha256:" + hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @cached_property
    def citations(self) -> dict[str, str]:
        """The sources as lines of small print, by key."""
        return {source.key: source.citation for source in self.sources}

    def origin(self, table: Sourced) -> str:
        """Return the sources of a table as text; without any, its assumption."""
        cited = [self.citations[key] for key in table.sources]
        return "; ".join(cited) or f"Assumption: {table.assumption}"

    def phase_of_each(
        self, sessions: int, improves_after: int | None = None, no_improvement: bool = False
    ) -> list[Phase]:
        """Return the phase of each session, first to last.

        Args:
            sessions: How many sessions the course has.
            improves_after: The unconditional phases cover exactly sessions 1 to this one.
            no_improvement: The last unconditional phase runs to the end.
        """
        firm = [phase for phase in self.phases if not phase.after_improvement]
        waiting = [phase for phase in self.phases if phase.after_improvement]
        if no_improvement:
            return _run(firm, sessions)
        if improves_after is None:
            return _run(self.phases, sessions)
        before = min(improves_after, sessions)
        return _run(firm, before) + _run(waiting, sessions - before)

    def own_faults(self) -> Iterator[Fault]:
        tables = {name: getattr(self, name) for name in type(self).model_fields}
        return cross_faults(tables)

    @classmethod
    def loose_faults(cls, data: Any) -> Iterator[Fault]:
        return cross_faults(readable_fields(cls, data))


def _run(phases: Sequence[Phase], sessions: int) -> list[Phase]:
    order: list[Phase] = []
    for phase in phases[:-1]:
        order += [phase] * min(phase.sessions or 0, sessions - len(order))
    order += [phases[-1]] * (sessions - len(order)) if phases else []
    return order[:sessions]

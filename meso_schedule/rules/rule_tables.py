"""The tables of a rule file: what each may say, with its sources or its assumption."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, model_validator

from meso_schedule.base.countries import Country
from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.free_text import (
    LONGEST_LINE,
    LONGEST_TEXT,
    RECORDED,
    Line,
    Text,
    text_up_to,
)
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.intervals import Interval, Offset, lasting
from meso_schedule.base.models import (
    MAX_SESSIONS,
    MOST,
    Amount,
    Count,
    Currency,
    Flag,
    IsoDate,
    Many,
    Model,
    Turnover,
    count_within,
)
from meso_schedule.base.phrases import Phrase, joined, listed, phrase

# In which a source can have been published.
YEARS = (1500, 2999)
DEFAULT_SETTLE = Interval.parse("3 days")
Grade = Literal["high", "moderate", "low"]
GRADES: tuple[Grade, ...] = get_args(Grade)
LapseAction = Literal["review", "restart", "continue"]
# "same" is a hard rule, "prefer" a criterion of the calendar.
Continuity = Literal["same", "prefer", "any"]
# What trials of the treatment found; how well its schedule is supported is the grade.
Benefit = Literal["shown", "mixed", "disputed", "not shown", "not studied"]
EarlyAction = Literal["counts", "repeat", "review"]

# A figure or a range of two, with a unit or without.
_NUMBER = "[0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+)?|(?:inf|infinity|nan)(?![a-z])"
_FIGURES = re.compile(
    rf"\s*(?P<minus>[-\u2212\u2013]\s*)?(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|\u2013|to)\s*(?P<high>{_NUMBER}))?(?:\s*[a-z%\u00b5]{{1,8}})?\s*",
    re.IGNORECASE,
)


# The form of the DOI Handbook, 2.2: a registrant's number, a slash, and what he likes.
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]*[0-9A-Za-z)>/]")
_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]+)?(?:[/?#][!-~]*)?", re.I)


def _doi(value: object) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_LINE and _DOI.fullmatch(value):
        return value
    problem = f"{shortened(value)} is no doi."
    raise FormatError("bad_doi", value, problem, "Write it bare, for example 10.1000/182.")


def _address(value: object) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_TEXT and _ADDRESS.fullmatch(value):
        return value
    problem = f"{shortened(value)} is no address of a page."
    raise FormatError("bad_url", value, problem, "Write it whole, with https:// in front.")


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


class Source(Model):
    """Where a figure comes from, and how well it supports the schedule.

    Args:
        kind: What it is, where it is no work with a place in print: `page of one clinic`.
        place: The journal with volume and page, the clinic, the publisher.
        doi: Bare, without the address that resolves it.
        url: Where it can be read.
        read: The day on which it was read there.
        grade: How well the schedule is supported; what trials found is the `benefit`.
    """

    key: Identifier
    title: Text
    authors: Text | None = None
    kind: Text | None = None
    place: Text | None = None
    year: Annotated[Count, AfterValidator(count_within(*YEARS))] | None = None
    doi: Annotated[str, BeforeValidator(_doi)] | None = None
    url: Annotated[str, BeforeValidator(_address)] | None = None
    read: IsoDate | None = None
    grade: Grade

    @property
    def citation(self) -> Phrase:
        """The source as one line of small print; its title stays as it was published."""
        title = joined([_names(self.authors), self.title] if self.authors else [self.title])
        about = joined(str(it) for it in (self.kind, self.place, self.year) if it)
        return phrase("{title} ({about})", title=title, about=about) if about else title

    @property
    def link(self) -> str | None:
        """Where it can be looked up."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


def _names(authors: str) -> Phrase:
    first, others, _ = authors.partition(" et al.")
    names = listed(first.split(" and "))
    return phrase("{names} et al.", names=names) if others else names


class Sourced(Model):
    """A table that holds a figure: it names sources, states an assumption, or both."""

    sources: Many[Line] = ()
    assumption: Text | None = None


def graded(table: Sourced, sources: Iterable[Source]) -> Iterator[Phrase]:
    """Yield what a table rests on as lines of small print: sources with grades, the assumption."""
    for source in sources:
        if source.key in table.sources:
            yield phrase("{citation} [{grade}]", citation=source.citation, grade=source.grade)
    if table.assumption:
        yield phrase("Assumption: {text}", text=table.assumption)


class SessionCount(Sourced):
    """How many sessions make a course, and what one takes.

    Args:
        minutes: Time in the chair: the patient is in the room.
        before: Minutes of it at the start without the practitioner (numbing cream).
        after: Minutes of it at the end without the practitioner (mask, rest).
        turnover: Minutes of the room after the patient has left.
        devices: What is in use while the practitioner is.
        continuity: Whether the practitioner has to be the same in every session.
    """

    minimum: Count
    usual: Count
    maximum: Count = MAX_SESSIONS
    minutes: Count
    before: Count = 0
    after: Count = 0
    turnover: Turnover = 0
    devices: Many[Identifier] = ()
    continuity: Continuity = "prefer"

    @property
    def span(self) -> str:
        """How many it may be: `3 to 15`, or `exactly 3`."""
        if self.minimum == self.maximum:
            return f"exactly {self.minimum}"
        return f"{self.minimum} to {self.maximum}"


class Gap(Sourced):
    """The interval before a session: window bounds and the day after which it has lapsed.

    For several `minimum` the latest date counts, for several `maximum` or `lapse` the earliest.

    Args:
        grace: How much sooner than `minimum` a session may have been held and be on schedule.
        lapse_action: What a session held after `lapse` means: the course goes on once a
            clinician has reviewed it, the phase starts again, or the course goes on.
        early: What a session held sooner means: it counts, it is repeated, or it counts and a
            clinician must review the course.
    """

    minimum: Many[Interval]
    recommended: Interval | None = None
    maximum: Many[Interval]
    lapse: Many[Interval] = ()
    grace: Interval | None = None
    lapse_action: LapseAction = "review"
    early: EarlyAction = "counts"

    @model_validator(mode="before")
    @classmethod
    def _as_it_was_recorded(cls, data: Any, info: ValidationInfo) -> Any:
        """A rule of a book from before `early` could be said had early sessions repeated."""
        if info.context == RECORDED and isinstance(data, dict) and "early" not in data:
            return {**data, "early": "repeat"}
        return data

    @property
    def target(self) -> tuple[Interval, ...]:
        """The recommended interval; where there is none, the minimum."""
        return (self.recommended,) if self.recommended else self.minimum

    @property
    def least(self) -> tuple[Interval, ...]:
        """The minimum less the grace: a session held sooner is too soon."""
        grace = self.grace
        return tuple(minimum.less(grace) for minimum in self.minimum) if grace else self.minimum

    @cached_property
    def text(self) -> Phrase:
        """The bounds in words, `7 to 10 days`."""
        low, high = together(self.minimum), together(self.maximum)
        if low == high:
            return low
        return phrase("{low} to {high}", low=_without_unit(low, high), high=high)

    @cached_property
    def sourced_text(self) -> Phrase:
        """The same with the keys of its sources."""
        return self.sourced(self.text)

    def sourced(self, said: Phrase) -> Phrase:
        """Return what is said of the interval, with the keys of its sources."""
        if not self.sources:
            return phrase("{gap} (assumed)", gap=said)
        return phrase("{gap} ({sources})", gap=said, sources=joined(self.sources))


def _without_unit(low: Phrase, high: Phrase) -> Phrase | int:
    """Return the number of a lower bound where the upper one has the same unit."""
    (number, _, unit), (_, _, other) = low.partition(" "), high.partition(" ")
    shared = unit.isalpha() and unit.rstrip("s") == other.rstrip("s")
    return int(number) if shared else low


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
    """When results show and how long they last, counted from the last session.

    Args:
        settle: How long an event keeps away from it.
        assess: When the result is judged.
    """

    settle: Interval = DEFAULT_SETTLE
    assess: Interval | None = None
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
        stop: Whether a question answered with yes needs a clinician's word before the course.
    """

    what: Text
    action: Literal["avoid", "expect", "do", "ask"]
    starts: Offset | None = None
    ends: Offset | None = None
    swelling: bool = False
    stop: Flag = False

    @cached_property
    def lasts(self) -> Phrase:
        """How long it lasts around each session; a question has no length."""
        assert self.starts is not None, "what has dates has a beginning"
        assert self.ends is not None, "what has dates has an end"
        return lasting(self.starts, self.ends)


class Notice(Sourced):
    """A warning shown with the plan; with `regions`, to clinics of these countries only."""

    text: Text
    regions: Many[Country] = ()


class Prohibited(Sourced):
    """A country in which no clinic may give the treatment, and by which law."""

    country: Country
    text: Text


class Spacing(Sourced):
    """The distance kept to a family of treatments or to another protocol, in either direction.

    A direction that is left out has no published figure. One for the own family binds other
    treatments, never the sessions of one protocol.
    """

    other: Identifier
    same_area: Flag = True
    minimum: Interval | None = None
    minimum_before: Interval | None = None
    same_day: Flag = False


class Product(Sourced):
    """What a session uses up."""

    name: Line
    amount: Amount
    unit: Line
    per: Literal["session"] = "session"


class OtherProcedure(Sourced):
    """Another way to the same end that is no course and is not planned here.

    Args:
        visits: How many it takes, where that is published.
        recovery: How long recovery can take.
        permanent: Whether it is meant to last.
    """

    id: Identifier
    name: Line
    text: Text
    visits: Count | None = None
    recovery: Interval | None = None
    permanent: Flag = False

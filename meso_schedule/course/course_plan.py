"""What is answered: `CoursePlan` and its parts."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from pydantic import Field, computed_field, model_validator

from meso_schedule.base.dates import Day
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import FrozenDict, Instant, Model, Sentence, Table
from meso_schedule.base.phrase_table import phrases_in, read_with_phrases
from meso_schedule.base.phrases import Phrase, joined, named, phrase
from meso_schedule.base.times import TimeRange
from meso_schedule.course.bill import CostEstimate, Money, MoneyRange, Statement, TreatmentCost
from meso_schedule.course.criteria import Objective
from meso_schedule.course.history import DateSpan, Forecast, HeldSession, Window
from meso_schedule.course.products import ProductNeed
from meso_schedule.rules.rule_tables import Benefit, Grade

DISCLAIMER = (
    "A scheduling aid, not medical advice. The benefit of mesotherapy is disputed. "
    "Dates and times do not know of bookings that were not given."
)


# What comes before all other findings, in this order.
_FIRST = ("review", "undecided", "without_improvement")
_SAID_FIRST = (*_FIRST, "care_begun", "budget_cut", "package_cheaper")


class Session(Model):
    """One planned treatment.

    Args:
        number: Counted from 1 for each protocol; top-ups go on counting.
        label: The letter of its protocol in a combined plan.
        phase: The phase whose interval leads to this session; `top-up` after the course.
        start: When it begins, in the clinic's zone; None when no time was asked for.
        interval_days: Days since the session before; None for the first.
        window: The days it may be on, given the session before.
        late_days: Days past the window's latest.
        provisional: Whether it depends on improvement not yet recorded.
        top_up: Whether it follows the course; a phase may have any name.
        slack_days: Days it can move later with every later session still placed; None where
            that takes too much work to tell.
        backup: The next usable day it can move to; None when there is none.
        price: What this session costs alone; None when no price is known.
        why: The reasons for the date, in sentences.
        sources: Keys of the sources that the interval rests on.
    """

    number: int
    label: str | None = None
    protocol: str
    phase: str
    status: Literal["planned"] = "planned"
    date: Day
    start: Instant | None
    end: Instant | None
    interval_days: int | None
    window: Window
    late_days: int
    provisional: bool
    top_up: bool = False
    slack_days: int | None
    backup: Day | None
    price: MoneyRange | None
    why: tuple[Sentence, ...]
    sources: tuple[str, ...]
    practitioner: str | None = None
    room: str | None = None

    @property
    def mark(self) -> str:
        """What tells it from every other session of the plan: `3`, or `A3` in a combined one."""
        return f"{self.label or ''}{self.number}"


class Alternative(Model):
    """The best calendar for another day of the first visit.

    Args:
        labels: What tells its sessions from one another in a combined plan: `A1`, `B1`.
    """

    dates: tuple[Day, ...]
    starts: tuple[Instant | None, ...]
    labels: tuple[str, ...] = ()
    objective: Objective


class ClosedDay(Model):
    """A day on which a public holiday or a closure of its own shuts the clinic.

    Args:
        reason: All of it in English.
        estimated: Whether it may turn out to be another day: a holiday alone that is not
            certain yet.
        closures: The clinic's own reasons.
        names: Of a holiday, its name in each language that has one.
    """

    date: Day
    reason: Sentence
    kind: Literal["holiday", "closure"]
    estimated: bool = False
    closures: tuple[str, ...] = ()
    names: Table[str, str] = Field(default_factory=FrozenDict)

    @property
    def told(self) -> str:
        """The reason as languages say it, of a plan read back as well."""
        parts = [*self.closures, *([named(self.names)] if self.names else [])]
        return joined(parts, "; ") if parts else self.reason


class CareSpan(Model):
    """Something to avoid, expect or do from one day, or instant, to another.

    Args:
        lasts: The published duration, around each session.
        before: Whether it is over once the session begins.
        labels: The sessions of a combined plan: `A1`, `B1`.
        swelling: Whether swelling is part of what is expected.
    """

    action: Literal["avoid", "expect", "do"]
    what: str
    first: Day | Instant = Field(alias="from")
    last: Day | Instant = Field(alias="until")
    lasts: Sentence = ""
    before: bool = False
    sessions: tuple[int, ...]
    labels: tuple[str, ...] = ()
    swelling: bool = False
    source: str

    @property
    def marks(self) -> tuple[str, ...]:
        """What tells its sessions from all others of the plan."""
        return self.labels or tuple(map(str, self.sessions))

    def has_begun(self, as_of: date) -> bool:
        """Tell whether something was to be avoided since before a day."""
        return self.action == "avoid" and self.first.toordinal() < as_of.toordinal()


class Question(Model):
    """A screening question to ask before the course."""

    question: str
    source: str


class ResultSpan(Model):
    """When a treatment has settled, how long results last, when a top-up is due.

    Args:
        first: The day by which swelling has settled, of a toxin its effect.
        swells: Whether it is swelling that settles.
        earliest: When results end at the earliest, where a range is published.
        last: When they end at the latest.
    """

    first: Day = Field(alias="from")
    earliest: Day | None = Field(None, alias="until_earliest")
    last: Day | None = Field(alias="until")
    top_up_due: DateSpan | None
    swells: bool = True


class DueAssessment(Model):
    """A day on which a clinician is asked what has become of the skin.

    Args:
        label: The letter of its protocol in a combined plan.
        after_session: The number of the last session given by then.
        decides: Whether it is asked if the skin has improved, on which the sessions to come
            depend; else the result is judged.
    """

    label: str | None = None
    date: Day
    after_session: int
    decides: bool


class Finding(Model):
    """A fact to be told: never an error, never dropped."""

    kind: str
    session: int | None = None
    label: str | None = None
    message: Sentence

    def is_of(self, session: Session) -> bool:
        """Tell whether it is about a session."""
        return (self.session, self.label) == (session.number, session.label)

    @property
    def is_said_first(self) -> bool:
        """Whether it belongs into the first lines of an answer: what is planned costs otherwise."""
        return self.kind in _SAID_FIRST

    @property
    def rank(self) -> int:
        """Its place among findings: what a clinician has to decide comes before all others."""
        return _FIRST.index(self.kind) if self.kind in _FIRST else len(_FIRST)


class Citation(Model):
    """A source the plan rests on; `link` is where it can be looked up."""

    key: str
    citation: Sentence
    grade: Grade
    link: str | None = None


class ProtocolStamp(Model):
    """Which protocol was planned, to the letter.

    Args:
        label: Its name in a combined plan.
        schedule: How well its schedule is supported; None where it is assumed.
        benefit: What trials of the treatment found; None where its rules do not say.
    """

    label: str | None = None
    id: str
    name: str
    version: str
    digest: str
    schedule: Grade | None = None
    benefit: Benefit | None = None


class Letterhead(Model):
    """How the clinic signs, and its weekly hours (`mon` to `sun`).

    Args:
        notice: How long before a visit it can still be changed; None where the clinic sets none.
        call_us: When a patient should call after a treatment, in the clinic's own words.
        feed_url: Where a course's calendar can be subscribed to; `{reference}` is its reference.
        country: Where it is, if known; the clock of outputs is that of the country.
    """

    name: str | None
    address: str | None
    phone: str | None
    email: str | None
    notice: Sentence | None = None
    call_us: str | None = None
    feed_url: str | None = None
    country: str | None = None
    hours: Table[str, tuple[TimeRange, ...]]


class SpacingRule(Model):
    """The distance kept between two treatments, ids or families.

    Args:
        minimum: After `first`, before `other`; of several the latest date counts.
        minimum_before: After `other`, before `first`.
        no_figure: The directions for which no figure is published.
        same_day: Whether both may share a visit.
        origin: Whose rule it is: `clinic`, or ids of protocols; none where no rule is known.
        by_clinic: Whether it is the clinic's own; a protocol may have any id.
        sources: Its sources with their grades, its assumptions, or the clinic's reason.
    """

    first: str
    other: str
    minimum: tuple[str, ...]
    minimum_before: tuple[str, ...]
    no_figure: tuple[Literal["minimum", "minimum_before"], ...] = ()
    same_day: bool
    origin: tuple[str, ...]
    by_clinic: bool = False
    sources: tuple[Sentence, ...]

    def unpublished(self, first: str, other: str) -> Iterator[Phrase]:
        """Yield what is to be asked, since no figure is published.

        Args:
            first: What the first treatment is called.
            other: What the other one is called.
        """
        sides = {"minimum": (first, other), "minimum_before": (other, first)}
        for one, two in (sides[name] for name in self.no_figure):
            yield phrase("{first} before {other}: no published figure, ask", first=one, other=two)

    @property
    def most_days(self) -> int:
        """The most days that it keeps the two apart."""
        intervals = map(Interval.parse, (*self.minimum, *self.minimum_before))
        return max((31 * it.months + it.days for it in intervals), default=0)


class TreatmentPart(Model):
    """One protocol of a combined plan: what the whole plan cannot say of all at once.

    Args:
        sessions: How many course sessions are to come.
        held: How many sessions were held, whether they count or not.
        next_session: When its next session is due; None before its first and after its last.
    """

    label: str
    protocol: str
    name: str
    areas: tuple[str, ...]
    chair_minutes: int
    sessions: int
    top_ups: int
    held: int = 0
    next_session: Forecast | None = None
    results: ResultSpan | None
    facts: Table[str, str | tuple[str, ...]]
    objective: Objective


class PlannedConsultation(Model):
    """The first visit of a new patient, before session 1.

    Args:
        start: When it begins, with `end` in the clinic's zone; None where no time is asked for.
        price: What it costs, tax within; None without prices.
        reflection: The clinic's time to think, between it and session 1.
        redeemed: Whether its price counts against the course as it is planned.
        practitioner: Who gives it; None where the clinic names nobody.
        room: Where it is.
    """

    date: Day
    start: Instant | None
    end: Instant | None
    minutes: int
    price: Money | None
    currency: str | None
    reflection: Sentence
    redeemed: bool
    practitioner: str | None = None
    room: str | None = None


class PlannedTest(Model):
    """A test before the course, a visit of its own."""

    label: str | None = None
    what: str
    before: Sentence
    date: Day


class CoursePlan(Model):
    """The whole answer: calendar, cost, care, findings. Every output is made from it alone.

    Args:
        consultation: The visit before session 1, where one is asked for.
        tests: What its rules want tested before session 1, while that is to come.
        sessions: The course sessions still to come; none once the last one is held.
        without_improvement: While it is undecided whether the skin has improved, the course
            sessions after the decision if it has not; None where there is no such calendar.
        assessments: The days on which it is asked whether the skin has improved, and on which
            the result is judged.
        photos: The days on which photos are taken to compare: before the first session, and
            with each assessment.
        history: The sessions held, whether they count or not.
        next_session: When the next session is due; None before the first and after the last, and
            in a combined plan, where each of its `treatments` has its own.
        products: What its course sessions use up.
        booked: Whether its days are those of the book, not proposed ones.
        account: What was paid of a booked course, and what is left; None in a plan.
    """

    format: Literal[1] = 1
    reference: str
    patient: str | None
    clinic: Letterhead
    protocols: tuple[ProtocolStamp, ...]
    as_of: Day
    timezone: str
    consultation: PlannedConsultation | None = None
    tests: tuple[PlannedTest, ...] = ()
    sessions: tuple[Session, ...]
    top_ups: tuple[Session, ...]
    without_improvement: tuple[Session, ...] | None = None
    assessments: tuple[DueAssessment, ...] = ()
    photos: tuple[Day, ...] = ()
    alternatives: tuple[Alternative, ...]
    closed: tuple[ClosedDay, ...]
    openings: tuple[Day, ...]
    history: tuple[HeldSession, ...] = ()
    next_session: Forecast | None = None
    cost: CostEstimate | None
    top_up_cost: CostEstimate | None
    products: tuple[ProductNeed, ...] = ()
    booked: bool = False
    account: Statement | None = None
    care: tuple[CareSpan, ...]
    screening: tuple[Question, ...]
    assumptions: tuple[Sentence, ...]
    facts: Table[str, str | tuple[str, ...]]
    notices: tuple[str, ...]
    results: ResultSpan | None
    findings: tuple[Finding, ...]
    objective: Objective
    spacing: tuple[SpacingRule, ...] = ()
    treatments: tuple[TreatmentPart, ...] = ()
    costs: tuple[TreatmentCost, ...] = ()
    sources: tuple[Citation, ...]
    disclaimer: str = DISCLAIMER

    @computed_field  # type: ignore[prop-decorator]
    @property
    def phrases(self) -> dict[str, dict[str, Any]]:
        """The template and the values of each sentence made of some, for other languages."""
        return phrases_in(self)

    @model_validator(mode="before")
    @classmethod
    def _with_phrases(cls, data: Any) -> Any:
        return read_with_phrases(data) if isinstance(data, dict) else data

    @property
    def visits(self) -> tuple[Session, ...]:
        """The course sessions and the top-ups, in order."""
        return self.sessions + self.top_ups

    def otherwise(self, session: Session) -> Session | None:
        """Return where a session is if the skin does not improve; None where that is the same."""
        others = self.without_improvement or ()
        found = next((other for other in others if other.mark == session.mark), None)
        return found if found and found.date != session.date else None

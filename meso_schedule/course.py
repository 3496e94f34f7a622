"""What is answered: `CoursePlan` and its parts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from meso_schedule.rules import Grade
from meso_schedule.standing import DateSpan, Day, Forecast, HeldSession, Window
from meso_schedule.times import (
    TimeRange,
)
from meso_schedule.validation import (
    Instant,
    Model,
    Sentence,
    Table,
)

DISCLAIMER = (
    "A scheduling aid, not medical advice. The benefit of mesotherapy is disputed. "
    "Dates and times do not know of bookings that were not given."
)

# Amounts leave as text with the digits of their currency.
Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}),
]


class MoneyRange(Model):
    """An amount, or the least and the most it can be."""

    low: Money
    high: Money


class Session(Model):
    """One planned treatment.

    Args:
        number: Counted from 1; top-ups go on counting.
        phase: The phase whose interval leads to this session; `top-up` after the course.
        start: When it begins, in the clinic's zone; None when no time was asked for.
        interval_days: Days since the session before; None for the first.
        window: The days it may be on, given the session before.
        late_days: Days past the window's latest.
        provisional: Whether it depends on improvement not yet recorded.
        slack_days: Days it can move later with every later session still placed.
        backup: The next usable day it can move to; None when there is none.
        price: What this session costs alone; None when no price is known.
        why: The reasons for the date, in sentences.
        sources: Keys of the sources that the interval rests on.
    """

    number: int
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
    slack_days: int
    backup: Day | None
    price: MoneyRange | None
    why: tuple[Sentence, ...]
    sources: tuple[str, ...]


class Objective(Model):
    """What the calendar minimises, in this order, before the earliest dates decide.

    `moved` and `moved_days` are for booked sessions, `visits` for combined treatments.
    """

    late_days: int
    moved: int | None = None
    moved_days: int | None = None
    start_days: int
    visits: int | None = None
    preference_misses: int
    squared_deviation: int
    time_minutes: int


class Alternative(Model):
    """The best calendar for another first day."""

    dates: tuple[Day, ...]
    starts: tuple[Instant | None, ...]
    objective: Objective


class ClosedDay(Model):
    """A day on which a public holiday or a closure of its own shuts the clinic."""

    date: Day
    reason: Sentence
    kind: Literal["holiday", "closure"]


class CostLine(Model):
    """One line of the bill; `unit` and `amount` are the low end of a range."""

    kind: Literal["session", "package", "course"]
    quantity: int
    sessions: int
    unit: Money
    amount: Money
    unit_high: Money
    amount_high: Money


class TaxPart(Model):
    """The tax in the total."""

    name: str
    rate: str
    included: bool
    amount: Money


class Payment(Model):
    """An amount and the day it is due."""

    due: Day
    amount: Money


class MonthCost(Model):
    """The sessions of a calendar month and their equal share of the total."""

    month: str
    sessions: int
    low: Money
    high: Money


class CumulativeCost(Model):
    """The equal shares of the total up to a session."""

    session: int
    low: Money
    high: Money


class CostEstimate(Model):
    """What the sessions cost.

    Args:
        basis: Whose prices: the clinic's, or published ones.
        low: The total, tax included; with `high` a range where prices are a range.
        remaining: The equal shares of the sessions still to come; None while none is held.
        published_course: The published price of a whole course in this currency.
        lines: The cheapest mix of packages and single sessions.
        deposit: Due on the day of planning; None for a range or where none is asked.
        instalments: The rest in equal parts, due on the first sessions; None as for the deposit.
        by_month: The total by calendar month.
        cumulative: The total as the sessions go by.
    """

    currency: str
    basis: Literal["clinic", "published"]
    low: Money
    high: Money
    remaining: MoneyRange | None = None
    published_course: MoneyRange | None
    lines: tuple[CostLine, ...]
    tax: TaxPart | None
    deposit: Payment | None
    instalments: tuple[Payment, ...] | None
    by_month: tuple[MonthCost, ...]
    cumulative: tuple[CumulativeCost, ...]


class CareSpan(Model):
    """Something to avoid, expect or do from one day, or instant, to another."""

    action: Literal["avoid", "expect", "do"]
    what: str
    first: Day | Instant = Field(alias="from")
    last: Day | Instant = Field(alias="until")
    sessions: tuple[int, ...]
    source: str


class Question(Model):
    """A screening question to ask before the course."""

    question: str
    source: str


class ResultSpan(Model):
    """When results show, how long they last, when a top-up is due."""

    first: Day = Field(alias="from")
    last: Day | None = Field(alias="until")
    top_up_due: DateSpan | None


class Finding(Model):
    """A fact to be told: never an error, never dropped."""

    kind: str
    session: int | None = None
    message: Sentence


class Citation(Model):
    """A source the plan rests on."""

    key: str
    citation: str
    grade: Grade


class ProtocolStamp(Model):
    """Which protocol was planned, to the letter."""

    id: str
    name: str
    version: str
    digest: str


class Letterhead(Model):
    """How the clinic signs, and its weekly hours (`mon` to `sun`)."""

    name: str | None
    address: str | None
    phone: str | None
    email: str | None
    hours: Table[str, tuple[TimeRange, ...]]


class CoursePlan(Model):
    """The whole answer: calendar, cost, care, findings. Every output is made from it alone.

    Args:
        sessions: The course sessions still to come; none once the last one is held.
        history: The sessions held, whether they count or not.
        next_session: When the next session is due; None before the first and after the last.
    """

    format: Literal[1] = 1
    reference: str
    patient: str | None
    clinic: Letterhead
    protocols: tuple[ProtocolStamp, ...]
    as_of: Day
    timezone: str
    sessions: tuple[Session, ...]
    top_ups: tuple[Session, ...]
    alternatives: tuple[Alternative, ...]
    closed: tuple[ClosedDay, ...]
    openings: tuple[Day, ...]
    history: tuple[HeldSession, ...] = ()
    next_session: Forecast | None = None
    cost: CostEstimate | None
    top_up_cost: CostEstimate | None
    care: tuple[CareSpan, ...]
    screening: tuple[Question, ...]
    assumptions: tuple[Sentence, ...]
    facts: Table[str, str | tuple[str, ...]]
    notices: tuple[str, ...]
    results: ResultSpan | None
    findings: tuple[Finding, ...]
    objective: Objective
    sources: tuple[Citation, ...]
    disclaimer: str = DISCLAIMER

    @property
    def visits(self) -> tuple[Session, ...]:
        """The course sessions and the top-ups, in order."""
        return self.sessions + self.top_ups


class BlockedDay(Model):
    """A day that cannot be used, and why."""

    date: Day
    reason: Sentence


class Conflict(Model):
    """The first session that cannot be placed, its window, and why no day of it can be used."""

    session: int
    window: DateSpan
    blocked: tuple[BlockedDay, ...]


class WayOut(Model):
    """The smallest change of one kind that makes a calendar possible.

    Args:
        option: The whole replacement argument; None for a closure.
        cost_days: Late days, days shifted or freed, sessions released; None for fewer sessions.
    """

    kind: Literal["late", "start", "finish_by", "event", "away", "closure", "release", "sessions"]
    message: Sentence
    option: str | None
    cost_days: int | None

"""What is asked, and what is answered: `CourseRequest` in, `CoursePlan` out."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema, model_validator

from meso_schedule.dates import Between, Clock, DateRange, Pin, TimeRange, Weekday
from meso_schedule.errors import Fault
from meso_schedule.rule_checks import MAX_SESSIONS
from meso_schedule.rules import Grade
from meso_schedule.validation import (
    Amount,
    Count,
    Currency,
    InputModel,
    Instant,
    IsoDate,
    Many,
    Model,
    Some,
    Text,
)

START_WITHIN = 13
MAX_DAYS = 366
MAX_ALTERNATIVES = 366

DISCLAIMER = (
    "A scheduling aid, not medical advice. The benefit of mesotherapy is disputed. "
    "Dates and times do not know of bookings that were not given."
)

# Models have fields named `date`.
Day = date

# Amounts leave as text with the digits of their currency.
Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}),
]


class CourseRequest(InputModel):
    """What one patient asks of a protocol; every field may be left out.

    Args:
        protocol: The protocol's id, for request files; it must be that of the protocol planned.
        as_of: The day of asking, for request files; it must be the one planned with.
        start: The earliest day of session 1; left out, the day of asking.
        start_within: Days after `start` on which session 1 may still be.
        sessions: How many sessions; left out, the usual number of the protocol.
        finish_by: The last day a course session may be on.
        event: A day by which the skin must have settled.
        days: Weekdays on which the patient can come.
        between: Hours in which the patient can come, `17:00-20:00` or `tue:17:00-20:00`; those
            of a weekday replace the general ones on it.
        prefer: Weekdays liked best.
        at: Time of day liked best.
        away: Days on which the patient cannot come.
        pin: Sessions fixed to a day, `3=2027-01-05`.
        improves_after: After this session the skin is expected to have improved.
        no_improvement: The skin is not expected to improve.
        late: Days by which a session may pass its window.
        budget: The most the course may cost.
        currency: The currency to reckon in.
        top_ups: How many maintenance sessions follow.
        until: The day up to which maintenance sessions follow.
        alternatives: How many other calendars to give.
        held: Sessions already held.
        patient: Free text on who it is for.
        reference: The caller's own reference.
        no_prices: Leave money out of the plan.

    Raises:
        InputError: With every fault of the data.
    """

    protocol: Many[Text] = ()
    as_of: IsoDate | None = None
    start: IsoDate | None = None
    start_within: Count | None = None
    sessions: Count | None = None
    finish_by: IsoDate | None = None
    event: IsoDate | None = None
    days: Some[Weekday] = None
    between: Some[Between] = None
    prefer: Some[Weekday] = None
    at: Clock | None = None
    away: Many[DateRange] = ()
    pin: Many[Pin] = ()
    improves_after: Count | None = None
    no_improvement: bool = False
    late: Count = 0
    budget: Amount | None = None
    currency: Currency | None = None
    top_ups: Count | None = None
    until: IsoDate | None = None
    alternatives: Count = 0
    held: Many[IsoDate] = ()
    patient: Text | None = None
    reference: Text | None = None
    no_prices: bool = False

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_given(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data

    def own_faults(self) -> Iterator[Fault]:
        yield from self._range_faults()
        if self.no_improvement and self.improves_after is not None:
            yield Fault(
                "contradiction",
                "improves_after and no_improvement exclude each other.",
                None,
                "improves_after",
                str(self.improves_after),
                "Give one of them.",
            )
        if self.top_ups is not None and self.until:
            yield Fault(
                "contradiction",
                "top_ups and until exclude each other.",
                None,
                "until",
                str(self.until),
                "Give a number of top-ups or a date.",
            )
        if self.event and self.start is None and self.start_within is not None:
            yield Fault(
                "contradiction",
                "start_within needs a start when an event is given.",
                None,
                "start_within",
                str(self.start_within),
                "Give start too, or leave start_within out.",
            )
        numbers = [pin.session for pin in self.pin]
        for pin in self.pin:
            if numbers.count(pin.session) > 1:
                yield Fault(
                    "contradiction",
                    f"Session {pin.session} is pinned twice.",
                    None,
                    "pin",
                    str(pin),
                    "Keep one of the pins.",
                )
        if self.held:
            yield Fault(
                "unsupported",
                "A course that has begun cannot be planned yet.",
                None,
                "held",
                ", ".join(map(str, self.held)),
                "Leave held empty.",
            )
        for end, name in ((self.finish_by, "finish_by"), (self.event, "event")):
            if self.start and end and end < self.start:
                yield Fault(
                    "dates_crossed",
                    f"start {self.start} lies after {name} {end}.",
                    None,
                    "start",
                    str(self.start),
                    f"Choose a start before {end}.",
                )

    def _range_faults(self) -> Iterator[Fault]:
        limits = (
            ("start_within", 0, MAX_DAYS),
            ("sessions", 1, MAX_SESSIONS),
            ("improves_after", 1, MAX_SESSIONS),
            ("late", 0, MAX_DAYS),
            ("top_ups", 0, MAX_SESSIONS),
            ("alternatives", 0, MAX_ALTERNATIVES),
        )
        for name, least, most in limits:
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                yield Fault(
                    "bad_number",
                    f"{value} is out of range.",
                    None,
                    name,
                    str(value),
                    f"Write a whole number from {least} to {most}.",
                )

    def derived_reference(self, protocol_id: str, start: date) -> str:
        """Return the caller's reference, or one derived from what is asked, the same each time."""
        if self.reference:
            return self.reference
        asked = self.model_dump_json(exclude={"protocol", "as_of", "start"}, exclude_defaults=True)
        digest = hashlib.sha256(f"{protocol_id} {start} {asked}".encode()).digest()
        return base64.b32encode(digest)[:10].decode()


class Window(Model):
    """The days a session may be on: earliest <= recommended <= latest, both ends included."""

    earliest: Day
    recommended: Day
    latest: Day


class DateSpan(Model):
    """Two days and all between them."""

    earliest: Day
    latest: Day


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
    why: tuple[str, ...]
    sources: tuple[str, ...]


class Objective(Model):
    """What the calendar minimises, in this order, before the earliest dates decide.

    `visits` is for combined treatments.
    """

    late_days: int
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
    """A day on which a holiday or a closure shuts the clinic."""

    date: Day
    reason: str


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
    message: str


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
    hours: dict[str, tuple[TimeRange, ...]]


class CoursePlan(Model):
    """The whole answer: calendar, cost, care, findings. Every output is made from it alone."""

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
    history: tuple[()] = ()
    cost: CostEstimate | None
    top_up_cost: CostEstimate | None
    care: tuple[CareSpan, ...]
    screening: tuple[Question, ...]
    assumptions: tuple[str, ...]
    facts: dict[str, str | tuple[str, ...]]
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
    reason: str


class Conflict(Model):
    """The first session that cannot be placed, its window, and why no day of it can be used."""

    session: int
    window: DateSpan
    blocked: tuple[BlockedDay, ...]


class WayOut(Model):
    """The smallest change of one kind that makes a calendar possible.

    Args:
        option: The whole replacement argument; None for a closure.
        cost_days: Late days, days shifted or days freed; None for fewer sessions.
    """

    kind: Literal["late", "start", "finish_by", "event", "away", "closure", "sessions"]
    message: str
    option: str | None
    cost_days: int | None

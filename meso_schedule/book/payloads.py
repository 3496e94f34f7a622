"""What the records of events are made of: sessions, prices, forecasts, protocols."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, JsonValue, field_validator

from meso_schedule.base.errors import Fault, FormatError, shortened
from meso_schedule.base.free_text import LONGEST_LINE, RECORDED, Whole, check_text, plain_text
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import (
    Amount,
    Count,
    Currency,
    IsoDate,
    Model,
    Table,
    Turnover,
)
from meso_schedule.base.money import Share
from meso_schedule.base.times import Clock
from meso_schedule.clinic.price_lists import ValidFrom
from meso_schedule.course.payments import Rest
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol


def _number(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 999:
        return value
    raise FormatError(
        "bad_number", value, f"{shortened(value)} is no session.", "Write a whole number from 1."
    )


def one_line(value: object, field: str) -> str:
    """Take text of one line that says something.

    Raises:
        InputError: When it is none, or too long.
    """
    try:
        text = plain_text(value)
        check_text(text, LONGEST_LINE)
    except FormatError as error:
        raise error.in_field(field) from None
    return text


def _request(value: object) -> object:
    if isinstance(value, CourseRequest):
        return value.model_dump(mode="json", exclude_defaults=True)
    return value


Number = Annotated[int, BeforeValidator(_number)]
# Kept as it was asked: a later program may read requests in another way.
Asked = Annotated[Table[str, JsonValue], BeforeValidator(_request)]


class KeptProtocol(Model):
    """A protocol as it was on the day it was written down.

    Args:
        canonical: Its content, the text that the digest is of.
    """

    id: Identifier
    version: Whole
    digest: Whole
    canonical: Whole

    @classmethod
    def of(cls, protocol: Protocol) -> Self:
        """Keep a protocol."""
        return cls(
            id=protocol.id,
            version=protocol.version,
            digest=protocol.digest,
            canonical=protocol.model_dump_json(),
        )

    def read(self) -> Protocol:
        """Return the protocol."""
        return _protocol(self.canonical)

    @field_validator("canonical")
    @classmethod
    def _same_digest(cls, text: str, info: Any) -> str:
        if info.data.get("digest") == "sha256:" + hashlib.sha256(text.encode()).hexdigest():
            return text
        raise FormatError("bad_digest", "", "The digest is of another protocol.", "Keep it whole.")


@lru_cache(maxsize=64)
def _protocol(canonical: str) -> Protocol:
    return Protocol.model_validate_json(canonical, context=RECORDED)


class KeptForecast(Model):
    """What the planner expects next; all empty when nothing more is due."""

    number: Number | None = None
    protocol: Identifier | None = None
    earliest: IsoDate | None = None
    recommended: IsoDate | None = None
    latest: IsoDate | None = None

    def faults(self) -> Iterator[Fault]:
        """Find days that are missing, out of order, or of no session."""
        days = (self.earliest, self.recommended, self.latest)
        given = [day for day in days if day is not None]
        if len(given) != (3 if self.number else 0) or given != sorted(given):
            yield Fault(
                "bad_forecast",
                "A forecast names a session, then earliest, recommended and latest in order.",
                field="forecast",
                remedy="Give all of them, or none when nothing more is due.",
            )


class KeptPrice(Model):
    """What one session costs, or the least and the most it can."""

    currency: Currency
    low: Amount
    high: Amount


class AddedTax(Model):
    """The tax that was added to prices.

    Args:
        amount: What it is in the price of the course.
    """

    rate: Share
    amount: Amount

    def on(self, price: Decimal, currency: str) -> Decimal:
        """Return the tax on a sum of prices, half up."""
        return self.rate.of(price, currency)


class Terms(Model):
    """What a course costs, as agreed when it was opened; later prices change nothing.

    Args:
        low: The whole course, tax included; with `high` a range where prices are one.
        sessions: How many sessions that pays for.
        single: The price of a single session, before a tax that is added; None where only
            courses are priced.
        tax: What was added to the prices; None where nothing was, or prices contain it.
        deposit: Due on the day of opening.
        instalments: The rest in parts.
        rest: With which visits they are due; None for the first ones.
        valid: How long the course may be used; None where that has no end.
        valid_from: From when that counts; None from session 1.
        moves: How often visits may be moved; None where nothing is said of it.
    """

    currency: Currency
    low: Amount
    high: Amount
    sessions: Count
    single: KeptPrice | None = None
    tax: AddedTax | None = None
    deposit: Amount | None = None
    instalments: tuple[Amount, ...] = ()
    rest: Rest | None = None
    valid: Interval | None = None
    valid_from: ValidFrom | None = None
    moves: Count | None = None

    @property
    def net(self) -> Decimal:
        """The prices of the course that a tax was added to; none without such a tax."""
        return self.low - self.tax.amount if self.tax else Decimal(0)

    def price(self, low: Decimal, high: Decimal) -> KeptPrice:
        """Return a price in the currency of the course."""
        return KeptPrice(currency=self.currency, low=low, high=high)


class RoomTurnover(Model):
    """A room that would do for a session, and for how many minutes it is turned over after it."""

    room: Identifier
    minutes: Turnover = 0


class DeviceUnits(Model):
    """A device that a session takes one unit of, and how many units there were."""

    device: Identifier
    count: Count


class Takes(Model):
    """What a session takes beside the patient.

    Which room it has, and which unit of a device, follows from all that is booked for its time.

    Args:
        practitioner: Who gives it.
        before: Minutes of it at the start without the practitioner.
        after: Minutes of it at the end without the practitioner.
        rooms: Those that would do, the best first; none where the clinic names none.
        overlaps: Whether it was booked by hand over what was booked.
    """

    practitioner: Identifier
    before: Count = 0
    after: Count = 0
    rooms: tuple[RoomTurnover, ...] = ()
    devices: tuple[DeviceUnits, ...] = ()
    overlaps: bool = False


class KeptConsultation(Model):
    """A consultation before session 1, as it was agreed.

    Args:
        start: When it begins, in the clinic's zone.
        price: What it costs, tax within, in `currency`; None where no price is known.
        reflection: How long after it session 1 may be at the earliest.
        redeemed: Whether the price counts against the course: always, or one begun so soon.
        held: Whether it took place before the course was opened.
        takes: Who gives it, and where; None where the clinic named nobody.
    """

    date: IsoDate
    start: Clock | None = None
    minutes: Count
    currency: Currency | None = None
    price: Amount | None = None
    reflection: Interval
    redeemed: Annotated[Interval | bool, Field(union_mode="left_to_right")] = False
    held: bool = False
    takes: Takes | None = None


class Slot(Model):
    """A session and its day.

    Args:
        number: The session's number; top-ups go on counting.
        protocol: Whose session; left out in a course of one protocol.
        start: When it begins, in the clinic's zone.
        minutes: How long it takes in the chair.
        provisional: Whether it waits for improvement.
        pinned: Whether it was fixed by hand and stays where it is.
        price: What it was to bring in when it was booked; what it does follows from the terms.
        takes: Who gives it, and what it takes; None where the clinic named nobody.
    """

    number: Number
    protocol: Identifier | None = None
    date: IsoDate
    start: Clock | None = None
    minutes: Count | None = None
    phase: Whole | None = None
    provisional: bool = False
    pinned: bool = False
    price: KeptPrice | None = None
    takes: Takes | None = None

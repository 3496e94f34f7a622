"""What is asked: `CourseRequest`."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from meso_schedule.base.busy_times import BusyTime
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import Fault, FormatError
from meso_schedule.base.free_text import Line, Reference
from meso_schedule.base.models import (
    MAX_SESSIONS,
    Amount,
    Count,
    Currency,
    InputModel,
    IsoDate,
    Many,
    Some,
)
from meso_schedule.base.times import Between, Clock, Weekday
from meso_schedule.course.wishes import (
    Held,
    OtherTreatment,
    Pin,
    Wanted,
    day_of,
    order_faults,
    whose,
)

START_WITHIN = 13
MAX_DAYS = 366
MAX_ALTERNATIVES = 366

_LIMITS = (
    ("start_within", 0, MAX_DAYS),
    ("sessions", 1, MAX_SESSIONS),
    ("improves_after", 1, MAX_SESSIONS),
    ("late", 0, MAX_DAYS),
    ("top_ups", 0, MAX_SESSIONS),
    ("alternatives", 0, MAX_ALTERNATIVES),
)
_NEVER_EMPTY = ("days", "between", "prefer")
_NULL = {"type": "null"}
_KIND_KEYS = ("type", "format", "pattern", "items", "minLength", "maxLength", "examples")


class CourseRequest(InputModel):
    """What one patient asks of a protocol; every field may be left out.

    Args:
        protocol: What is planned, for request files, with a number of sessions and a start of its
            own or without: `hyaluronic-acid*3`, `mesobotox@2027-02-01`.
        as_of: The day of asking, for request files; it must be the one planned with.
        start: The earliest day of session 1; left out, the day of asking.
        start_within: Days after `start` on which session 1 may still be; of several protocols
            counted from the first day that keeps the distance to the others.
        sessions: How many sessions; left out, the usual number of the protocol.
        finish_by: The last day a course session may be on.
        event: A day by which the skin must have settled.
        days: Weekdays on which the patient can come.
        between: Hours in which the patient can come, `17:00-20:00` or `tue:17:00-20:00`; those
            of a weekday replace the general ones on it.
        prefer: Weekdays liked best.
        at: Time of day liked best.
        away: Days on which the patient cannot come.
        busy: Times at which no session can be, on the clinic's clock,
            `2026-12-01T09:00/2026-12-01T10:30`; calendar files go to `plan_course` as they are.
        other: Treatments given elsewhere, past or booked, `filler face 2026-12-10`: spacing keeps
            their distance.
        area: The only areas treated; left out, all that the protocol names.
        pin: Sessions fixed to a day, `3=2027-01-05`; of several protocols,
            `mesobotox:3=2027-01-05`.
        improves_after: After this session the skin is expected to have improved.
        no_improvement: The skin is not expected to improve.
        late: Days by which a session may pass its window.
        budget: The most the course may cost.
        currency: The currency to reckon in.
        top_ups: How many maintenance sessions follow.
        until: The day up to which maintenance sessions follow.
        alternatives: How many other calendars to give.
        held: The days of the sessions already held, in order; what is asked of session 1 is
            past then. Of several protocols, `mesobotox:2027-02-01`.
        improved_on: The day on which improvement was recorded.
        patient: Free text on who it is for, one line of up to 200 characters.
        reference: The caller's own reference, up to 60 characters.
        no_prices: Leave money out of the plan.

    Raises:
        InputError: With every fault of the data.
    """

    protocol: Many[Line] = ()
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
    busy: Many[BusyTime] = ()
    other: Many[OtherTreatment] = ()
    area: Many[Line] = ()
    pin: Many[Pin] = ()
    improves_after: Count | None = None
    no_improvement: bool = False
    late: Count = 0
    budget: Amount | None = None
    currency: Currency | None = None
    top_ups: Count | None = None
    until: IsoDate | None = None
    alternatives: Count = 0
    held: Many[Held] = ()
    improved_on: IsoDate | None = None
    patient: Line | None = None
    reference: Reference | None = None
    no_prices: bool = False

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say that null is not given, and which whole numbers are taken."""
        made = handler.resolve_ref_schema(handler(schema))
        limits = {name: (least, most) for name, least, most in _LIMITS}
        for name, field in made["properties"].items():
            kinds = field.pop("anyOf", None) or [
                {key: field.pop(key) for key in list(field) if key in _KIND_KEYS}
            ]
            for kind in kinds:
                if kind.get("type") == "integer" and name in limits:
                    kind["minimum"], kind["maximum"] = limits[name]
                if kind.get("type") == "array" and name in _NEVER_EMPTY:
                    kind["minItems"] = 1
            field["anyOf"] = [*(kind for kind in kinds if kind != _NULL), _NULL]
        return made

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_given(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The protocols asked for, read."""
        return tuple(map(Wanted.parse, self.protocol))

    @property
    def held_days(self) -> tuple[date, ...]:
        """The days of the sessions held, whichever protocol they are of."""
        return tuple(map(day_of, self.held))

    def own_faults(self) -> Iterator[Fault]:
        yield from self._range_faults()
        yield from self._protocol_faults()
        yield from self._exclusions()
        yield from self._pin_faults()
        for name in dict.fromkeys(whose(entry) for entry in self.held):
            yield from order_faults([day_of(it) for it in self.held if whose(it) == name])
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

    def _protocol_faults(self) -> Iterator[Fault]:
        for text in self.protocol:
            try:
                Wanted.parse(text)
            except FormatError as error:
                yield replace(error.faults[0], field="protocol")

    def _exclusions(self) -> Iterator[Fault]:
        for name in ("improves_after", "no_improvement"):
            if self.improved_on and getattr(self, name):
                yield Fault(
                    "contradiction",
                    f"Improvement is recorded on {self.improved_on}, so nothing is foreseen.",
                    None,
                    name,
                    str(getattr(self, name)).lower(),
                    f"Leave {name} out.",
                )
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

    def _pin_faults(self) -> Iterator[Fault]:
        numbers = Counter((pin.protocol, pin.session) for pin in self.pin)
        for pin in self.pin:
            if numbers[pin.protocol, pin.session] > 1:
                yield Fault(
                    "contradiction",
                    f"Session {pin.session} is pinned twice.",
                    None,
                    "pin",
                    str(pin),
                    "Keep one of the pins.",
                )

    def _range_faults(self) -> Iterator[Fault]:
        for name, least, most in _LIMITS:
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

    def of(self, wanted: Wanted) -> "CourseRequest":
        """Return what is asked of one protocol, its own wishes before the common ones.

        Raises:
            InputError: With what is wrong with it.
        """
        own = (None, wanted.protocol)
        return self.changed(
            protocol=(wanted.protocol,),
            start=wanted.start or self.start,
            sessions=wanted.sessions or self.sessions,
            pin=tuple(Pin(pin.session, pin.day) for pin in self.pin if pin.protocol in own),
            held=tuple(day_of(entry) for entry in self.held if whose(entry) in own),
        )

    def reference_on(self, as_of: date) -> str:
        """Return the reference of the plan of this request, made on a day."""
        first = self.wanted[0]
        start = first.start or self.start or min(self.held_days, default=as_of)
        if len(self.wanted) == 1:
            return self.of(first).derived_reference(first.protocol, start)
        return self.derived_reference(" ".join(map(str, self.wanted)), start)

    def derived_reference(self, protocol_id: str, start: date) -> str:
        """Return the caller's reference, or one derived from what is asked, the same each time."""
        if self.reference:
            return self.reference
        # Busy times are a diary, not a wish; what happens later makes no other course.
        aside = {"protocol", "as_of", "start", "busy", "other", "held", "improved_on"}
        asked = self.model_dump_json(exclude=aside, exclude_defaults=True)
        digest = hashlib.sha256(f"{protocol_id} {start} {asked}".encode()).digest()
        return base64.b32encode(digest)[:10].decode()

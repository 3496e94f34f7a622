"""What is asked: `CourseRequest`."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Self, TypeVar

from pydantic import ModelWrapValidatorHandler, model_validator

from meso_schedule.base.busy_times import BusyTime
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import Fault, FormatError
from meso_schedule.base.free_text import Line, Reference
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.models import (
    MAX_SESSIONS,
    Amount,
    Count,
    Currency,
    InputModel,
    IsoDate,
    Many,
    Some,
    Takes,
)
from meso_schedule.base.times import Between, Clock, Weekday
from meso_schedule.course.consultation_wish import ConsultationWish
from meso_schedule.course.improvement import Answer, Assessment, Improvement, Review, known_by
from meso_schedule.course.price_wishes import AgreedPrice, own_price_faults
from meso_schedule.course.request_field import RequestField, asked, known_of
from meso_schedule.course.wishes import (
    Held,
    OtherTreatment,
    Pin,
    Wanted,
    day_of,
    order_faults,
    whose,
)

# What is foreseen of improvement, as long as nothing is recorded of it.
FORESEEN = ("improves_after", "no_improvement")
# What was assessed of it.
ANSWERS: Mapping[str, Answer] = {
    "improved_on": "yes",
    "not_improved_on": "no",
    "unclear_on": "unclear",
}
# What clinicians said, each a list of days.
WORDS = (*ANSWERS, "reviewed_on")

START_WITHIN = 13
MAX_DAYS = 366
MAX_ALTERNATIVES = 366

T = TypeVar("T")

# What a field reads as, and what it takes besides.
Day = Takes[IsoDate | None, date | str | None]
List = Takes[Many[T], T | str | Sequence[T | str] | None]
NonEmptyList = Takes[Some[T], T | str | Sequence[T | str] | None]


class CourseRequest(InputModel):
    """What one patient asks of a protocol; every field may be left out.

    Raises:
        InputError: With every fault of the data.
    """

    protocol: List[Line] = asked(
        "Protocols planned, each with a number of sessions and a start of its own or without:"
        " hyaluronic-acid*3, mesobotox@2027-02-01.",
        RequestField("Calendar", kept=False, telling=False),
        (),
    )
    start: Day = asked(
        "Earliest day of session 1, such as 2026-12-01; left out, the day of asking.",
        RequestField("Calendar", "DATE", compared=True, changeable=True, telling=False),
    )
    start_within: Count | None = asked(
        f"Days after the start on which session 1 may still be; left out, {START_WITHIN}. Of"
        " several protocols counted from the first day that keeps the distance to the others.",
        RequestField("Calendar", "DAYS", within=(0, MAX_DAYS), compared=True),
    )
    sessions: Count | None = asked(
        "Number of sessions; left out, the usual number of the protocol.",
        RequestField("Calendar", "N", within=(1, MAX_SESSIONS), compared=True),
    )
    finish_by: Day = asked(
        "Last day on which a session of the course may be.",
        RequestField("Calendar", "DATE", changeable=True),
    )
    event: Day = asked(
        "A day by which the skin must have settled.",
        RequestField("Calendar", "DATE", changeable=True),
    )
    days: NonEmptyList[Weekday] = asked(
        "Weekdays on which the patient can come, such as mon,tue.",
        RequestField("Patient", "WEEKDAYS", compared=True, changeable=True),
    )
    between: NonEmptyList[Between] = asked(
        "Hours the patient can come, 17:00-20:00, or instead of them on a weekday tue:17:00-20:00.",
        RequestField("Patient", "HOURS", compared=True, changeable=True),
    )
    prefer: NonEmptyList[Weekday] = asked(
        "Weekdays liked best, such as tue.", RequestField("Patient", "WEEKDAYS", changeable=True)
    )
    at: Takes[Clock | None, Clock | str | None] = asked(
        "Time of day liked best, such as 17:30.", RequestField("Patient", "TIME", changeable=True)
    )
    away: List[DateRange] = asked(
        "Days away, 2026-12-24..2027-01-02 or one date.",
        RequestField("Patient", "DAYS", compared=True, changeable=True),
        (),
    )
    busy: List[BusyTime] = asked(
        "Times at which no session can be, on the clinic's clock:"
        " 2026-12-01T09:00/2026-12-01T10:30; calendar files are given beside the request.",
        RequestField("Patient", telling=False),
        (),
    )
    other: List[OtherTreatment] = asked(
        "A treatment given elsewhere, past or booked, such as 'filler face 2026-12-10'.",
        RequestField("Patient", "TREATMENT", telling=False),
        (),
    )
    area: List[Line] = asked(
        "The only area treated; left out, all that the protocol names.",
        RequestField("Patient", "AREA"),
        (),
    )
    pin: List[Pin] = asked(
        "A session fixed to a day: 3=2027-01-05, or of several protocols mesobotox:3=2027-01-05.",
        RequestField("Calendar", "N=DATE", kept=False),
        (),
    )
    improves_after: Count | None = asked(
        "Session after which the skin is expected to have improved.",
        RequestField("Calendar", "N", within=(1, MAX_SESSIONS), rule="taper"),
    )
    no_improvement: Takes[bool, bool | None] = asked(
        "Expect no improvement: the first phases run to the end.",
        RequestField("Calendar", rule="taper", changeable=True),
        False,
    )
    late: Takes[Count, int | None] = asked(
        "Days by which a session may pass its window; left out, 0.",
        RequestField("Calendar", "DAYS", within=(0, MAX_DAYS), compared=True, changeable=True),
        0,
    )
    budget: Takes[Amount | None, Decimal | str | None] = asked(
        "The most the course may cost, such as 900.00.", RequestField("Cost", "AMOUNT")
    )
    price: List[AgreedPrice] = asked(
        "What the course costs by agreement, in place of the price list: 540.00, or of several"
        " protocols mesobotox:540.00; with a reason.",
        RequestField("Cost", "AMOUNT"),
        (),
    )
    reason: Line | None = asked("Why that price was agreed; printed.", RequestField("Cost", "TEXT"))
    option: List[Line] = asked(
        "An option of the clinic's price list, such as 'two areas'; left out, the one that the"
        " areas name, if there is one.",
        RequestField("Cost", "NAME"),
        (),
    )
    tax_exempt: Line | None = asked(
        "Why the patient pays no tax; printed.", RequestField("Cost", "TEXT")
    )
    currency: Currency | None = asked(
        "Currency to reckon in, such as GBP; nothing is converted.",
        RequestField("Cost", "CODE", compared=True),
    )
    top_ups: Count | None = asked(
        "Number of maintenance sessions after the course.",
        RequestField("Calendar", "N", within=(0, MAX_SESSIONS), rule="top_up", changeable=True),
    )
    until: Day = asked(
        "Last day of the maintenance sessions.",
        RequestField("Calendar", "DATE", rule="top_up", compared=True, changeable=True),
    )
    alternatives: Takes[Count, int | None] = asked(
        "Number of other calendars, each with another first day.",
        RequestField("Calendar", "N", within=(0, MAX_ALTERNATIVES), kept=False),
        0,
    )
    consultation: Takes[ConsultationWish | None, ConsultationWish | date | str | None] = asked(
        "The day of a consultation before session 1, past or to come; left out, the first one that"
        " has room.",
        RequestField("Calendar", "[DATE]", kept=False, telling=False),
    )
    held: List[Held] = asked(
        "Day of a session already held, the first one first: 2027-01-05, or of several"
        " protocols mesobotox:2027-01-05.",
        RequestField("Calendar", "DATE", kept=False, telling=False),
        (),
    )
    improved_on: List[Held] = asked(
        "Day on which it was assessed that the skin had improved, of several protocols with its"
        " id: the later phases are firm from then on.",
        RequestField("Calendar", "DATE", rule="taper", telling=False),
        (),
    )
    not_improved_on: List[Held] = asked(
        "Day on which it was assessed that the skin had not improved: the first phases go on.",
        RequestField("Calendar", "DATE", rule="taper", telling=False),
        (),
    )
    unclear_on: List[Held] = asked(
        "Day on which it was assessed, and unclear, whether the skin had improved.",
        RequestField("Calendar", "DATE", rule="taper", telling=False),
        (),
    )
    reviewed_on: List[Held] = asked(
        "Day on which a clinician reviewed the course and had it go on, after a session that came"
        " too soon or a lapse.",
        RequestField("Calendar", "DATE", telling=False),
        (),
    )
    as_of: Day = asked(
        "The day of asking; left out, today in the clinic's zone.",
        RequestField("Calendar", "DATE", compared=True, kept=False, telling=False),
    )
    patient: Line | None = asked(
        "Who it is for; printed, nothing else.", RequestField("Patient", "TEXT", kept=False)
    )
    reference: Reference | None = asked(
        "Your own reference; left out, one is derived from the request.",
        RequestField("Patient", "TEXT"),
    )
    practitioner: Identifier | None = asked(
        "The main practitioner, by the id of the clinic file.",
        RequestField("Calendar", "ID", changeable=True),
    )
    urgent: Takes[bool, bool | None] = asked(
        "Offer what the clinic keeps free for urgent cases too.",
        RequestField("Calendar", kept=False, telling=False),
        False,
    )
    no_prices: Takes[bool, bool | None] = asked(
        "Leave money out.", RequestField("Cost", compared=True), False
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_given(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data

    @model_validator(mode="wrap")
    @classmethod
    def _last_word_of_a_day(cls, data: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Of two assessments on one day keep the later: of the field that was given later."""
        made = read(data)
        given = [name for name in data if name in ANSWERS] if isinstance(data, dict) else []
        said = {entry: name for name in given for entry in getattr(made, name)}
        kept = {name: tuple(it for it in getattr(made, name) if said[it] == name) for name in given}
        vars(made).update(kept)
        return made

    @property
    def improvement(self) -> Improvement:
        """What is said of improvement, and what is foreseen while nothing is."""
        words = [
            Assessment(day_of(entry), answer)
            for name, answer in ANSWERS.items()
            for entry in getattr(self, name)
        ]
        return Improvement(
            tuple(words),
            self.improves_after,
            self.no_improvement,
            tuple(sorted(Review(day_of(entry)) for entry in self.reviewed_on)),
        )

    @property
    def words(self) -> dict[str, tuple[date, ...]]:
        """The days of what clinicians said, whichever protocol it is of, by field."""
        return {name: tuple(map(day_of, getattr(self, name))) for name in WORDS}

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The protocols asked for, read."""
        return tuple(map(Wanted.parse, self.protocol))

    @property
    def starts(self) -> list[date]:
        """The days that were asked for the first sessions, of the course or of its treatments."""
        return [it for it in (self.start, *(wish.start for wish in self.wanted)) if it]

    @property
    def within(self) -> int:
        """How many days after the first one that others leave it session 1 may be."""
        return START_WITHIN if self.start_within is None else self.start_within

    @property
    def held_days(self) -> tuple[date, ...]:
        """The days of the sessions held, whichever protocol they are of."""
        return tuple(map(day_of, self.held))

    def own_faults(self) -> Iterator[Fault]:
        yield from self._range_faults()
        yield from self._protocol_faults()
        yield from own_price_faults({name: getattr(self, name) for name in FIELDS})
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
        if len(self.protocol) < 2:
            days = {name: _days_of_all(getattr(self, name)) for name in ANSWERS}
            yield from foreseen_faults(self, days)
        if self.no_improvement and self.improves_after is not None:
            problem = "improves_after and no_improvement exclude each other."
            yield _contradiction(
                "improves_after", self.improves_after, problem, "Give one of them."
            )
        if self.top_ups is not None and self.until:
            problem, remedy = (
                "top_ups and until exclude each other.",
                "a number of top-ups or a date",
            )
            yield _contradiction("until", self.until, problem, f"Give {remedy}.")
        if self.event and self.start is None and self.start_within is not None:
            problem = "start_within needs a start when an event is given."
            remedy = "Give start too, or leave start_within out."
            yield _contradiction("start_within", self.start_within, problem, remedy)

    def _pin_faults(self) -> Iterator[Fault]:
        numbers = Counter((pin.protocol, pin.session) for pin in self.pin)
        for pin in self.pin:
            if numbers[pin.protocol, pin.session] > 1:
                problem = f"Session {pin.session} is pinned twice."
                yield _contradiction("pin", pin, problem, "Keep one of the pins.")

    def _range_faults(self) -> Iterator[Fault]:
        for name, field in FIELDS.items():
            value, (least, most) = getattr(self, name), field.within or (0, 0)
            if field.within and value is not None and not least <= value <= most:
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
        price = tuple(AgreedPrice(it.amount) for it in self.price if it.protocol in own)
        words = {
            name: tuple(day_of(it) for it in getattr(self, name) if whose(it) in own)
            for name in WORDS
        }
        is_decided = len(self.protocol) > 1 and known_by(_assessed(words), date.max).answer
        aside = left_out(FORESEEN) if is_decided else {}
        return self.changed(
            **words,
            **aside,
            protocol=(wanted.protocol,),
            start=wanted.start or self.start,
            sessions=wanted.sessions or self.sessions,
            price=price,
            reason=self.reason if price else None,
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
        asked = self.model_dump_json(exclude=_UNTOLD, exclude_defaults=True)
        digest = hashlib.sha256(f"{protocol_id} {start} {asked}".encode()).digest()
        return base64.b32encode(digest[:10])[:10].decode()


def _contradiction(name: str, value: object, problem: str, remedy: str) -> Fault:
    return Fault("contradiction", problem, None, name, str(value), remedy)


def foreseen_faults(request: CourseRequest, days: Mapping[str, Iterable[date]]) -> Iterator[Fault]:
    """Find what is foreseen of improvement although it is known.

    Args:
        request: What is asked.
        days: The days of assessments of one treatment, by the fields of a request.
    """
    words = _assessed(days)
    answer = known_by(words, date.max).answer
    for name in FORESEEN:
        foreseen = getattr(request, name)
        if foreseen and answer and not (answer == "no" and name == "no_improvement"):
            day = max(word.on for word in words if word.answer == answer)
            problem = f"Improvement is recorded on {day}, so nothing is foreseen."
            if answer == "no":
                told = "that the skin has not improved"
                problem = f"It is recorded on {day} {told}, so nothing is foreseen."
            value = str(foreseen).lower()
            yield _contradiction(name, value, problem, f"Leave {name} out.")


def _assessed(days: Mapping[str, Iterable[date]]) -> tuple[Assessment, ...]:
    return tuple(Assessment(day, answer) for name, answer in ANSWERS.items() for day in days[name])


def _days_of_all(entries: Iterable[Any]) -> list[date]:
    """Return the days of what names none of several protocols."""
    return [day_of(entry) for entry in entries if whose(entry) is None]


def left_out(names: Iterable[str]) -> dict[str, Any]:
    """Return fields as they are where nothing is asked of them."""
    return {name: CourseRequest.model_fields[name].default for name in names}


FIELDS: Mapping[str, RequestField] = {
    name: known_of(info) for name, info in CourseRequest.model_fields.items()
}
# Busy times are a diary, not a wish; what happens later makes no other course.
_UNTOLD = {name for name, field in FIELDS.items() if not field.telling}
CourseRequest.__doc__ = "\n        ".join(
    [
        f"{CourseRequest.__doc__}\n    Args:",
        *(f"{name}: {info.description}" for name, info in CourseRequest.model_fields.items()),
    ]
)

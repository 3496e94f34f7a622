"""What an event says: one frozen record for each kind.

A record is checked when it is made and when it is read. A kind whose meaning changes gets
a new version, which programs before refuse; what books hold of earlier ones is read for ever.
"""

from collections.abc import Iterator
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, JsonValue

from meso_schedule.base.contact_details import Email, Phone
from meso_schedule.base.errors import Fault, InputError, shortened
from meso_schedule.base.free_text import Line, Text
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.models import Amount, Count, Currency, IsoDate, Table
from meso_schedule.base.times import Clock
from meso_schedule.book.absence_records import AbsenceEnded, Absent
from meso_schedule.book.payloads import (
    Asked,
    KeptConsultation,
    KeptProtocol,
    Number,
    Slot,
    Takes,
    Terms,
)
from meso_schedule.book.record import Record as Record
from meso_schedule.book.screening import ScreeningAnswer
from meso_schedule.course.improvement import Answer, Outcome


class Opened(Record):
    """A course begins.

    Args:
        on: The day, in the clinic's zone.
        patient: The clinic's reference for the patient.
        phone: The number under which the patient is called.
        email: The patient's mail address.
        language: The code of the language in which the patient is written to.
        protocols: The protocols as they are on that day.
        request: What was asked.
        held: Sessions held before, elsewhere or on paper.
        terms: What a course of one protocol costs, in events of version 1.
        treatment_terms: What each treatment costs, by protocol.
        elsewhere: Protocols that treatments given elsewhere are named by, where files were given.
        consultation: The visit before session 1, where one is agreed.
        pushed: By how many days the distances between treatments can push a first session on;
            left out, what is asked allows for it.
    """

    kind = "opened"
    version = 2

    on: IsoDate
    patient: Line | None = None
    phone: Phone | None = None
    email: Email | None = None
    language: Line | None = None
    protocols: Annotated[tuple[KeptProtocol, ...], Field(min_length=1)]
    request: Asked = Field(default_factory=dict)
    timezone: Line | None = None
    held: tuple[Slot, ...] = ()
    terms: Terms | None = None
    treatment_terms: Table[str, Terms] | None = None
    elsewhere: tuple[KeptProtocol, ...] | None = None
    consultation: KeptConsultation | None = None
    pushed: Count | None = None

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        zone = self.timezone or "UTC"
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            problem, remedy = f"There is no time zone {zone!r}.", "Write one such as Europe/London."
            yield Fault("unknown_zone", problem, None, "timezone", zone, remedy)


class _Slots(Record):
    sessions: Annotated[tuple[Slot, ...], Field(min_length=1)]

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        named = [(slot.protocol, slot.number) for slot in self.sessions]
        for place, name in enumerate(named):
            if name in named[:place]:
                yield Fault(
                    "contradiction",
                    f"Session {name[1]} stands there twice.",
                    field=f"sessions[{place + 1}]",
                    value=str(name[1]),
                    remedy="Keep one of them.",
                )


class Planned(_Slots):
    """The sessions not yet booked get days; those planned before and not named are dropped.

    Args:
        request: What is asked from now on; left out, as before.
    """

    kind = "planned"
    version = 2

    request: Asked | None = None


class Booked(_Slots):
    """Sessions are agreed with the patient."""

    kind = "booked"


class _OneSession(Record):
    number: Number
    protocol: Identifier | None = None


class Held(_OneSession):
    """A session took place.

    Args:
        lot: The lot numbers of what was given.
    """

    kind = "held"

    on: IsoDate
    at: Clock | None = None
    reason: Text | None = None
    lot: Line | None = None


class _WithFee(Record):
    currency: Currency | None = None
    fee: Amount | None = None
    waived: Text | None = None

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        if self.fee is not None and self.currency is None:
            remedy = 'Add for example currency = "GBP".'
            yield Fault("missing_key", "A fee needs a currency.", None, "currency", None, remedy)


class _Kept(_WithFee, _OneSession):
    """What the clinic keeps of a visit that was missed, called off or moved.

    Args:
        fee: An amount in `currency`, tax within; beside the course's price.
        forfeited: Whether the session counts as had for money; never for an interval.
        waived: Why nothing is kept although the clinic's terms say so.
    """

    forfeited: bool | None = None


class Consulted(_WithFee):
    """The consultation took place, did not, or goes to another day.

    Args:
        on: The day; of one called off or moved, the day of saying so.
        missed: Whether the patient did not come, or called it off.
        fee: What is kept of one that was missed, in `currency`, tax within.
        waived: Why nothing is kept although the clinic's terms say so.
        to: The new day of one that is moved.
        start: When it begins there.
        takes: Who gives it there, and where; None where the clinic named nobody.
    """

    kind = "consulted"

    on: IsoDate
    missed: bool | None = None
    reason: Text | None = None
    to: IsoDate | None = None
    start: Clock | None = None
    takes: Takes | None = None


class Missed(_Kept):
    """A booked session did not take place.

    Args:
        called_off: Whether the patient said so before; its day may still be to come.
    """

    kind = "missed"

    on: IsoDate
    reason: Text | None = None
    called_off: bool | None = None


class Moved(_Kept):
    """A session goes to another day or time.

    Args:
        pinned: Whether the new day was fixed by hand.
        late: Whether it may lie outside the window.
        takes: Who gives it there, and what it takes; None where the clinic named nobody.
    """

    kind = "moved"

    to: IsoDate
    start: Clock | None = None
    reason: Text | None = None
    pinned: bool = False
    late: bool = False
    takes: Takes | None = None


class Cancelled(Record):
    """Planned or booked sessions are dropped."""

    kind = "cancelled"

    numbers: Annotated[tuple[Number, ...], Field(min_length=1)]
    protocol: Identifier | None = None
    reason: Text | None = None


class Improved(Record):
    """It was assessed whether the skin has improved.

    Args:
        improved: What was found; left out, that it has.
        protocols: Of several treatments, those that it holds for; left out, the whole course.
    """

    kind = "improved"

    on: IsoDate
    improved: Answer | None = None
    protocols: Annotated[tuple[Identifier, ...], Field(min_length=1)] | None = None

    @property
    def answer(self) -> Answer:
        """What was found."""
        return self.improved or "yes"


class Assessed(Improved):
    """It was assessed whether the skin has improved, and found so, not so, or unclear."""

    kind = "assessed"

    improved: Answer


class Reviewed(Record):
    """A clinician reviewed the course, after a session that came too soon or a lapse.

    Args:
        who: The clinician.
        outcome: Whether it goes on, starts its phase again, or stops.
        protocols: Of several treatments, those that it holds for; left out, the whole course.
    """

    kind = "reviewed"

    on: IsoDate
    who: Line
    outcome: Outcome
    protocols: Annotated[tuple[Identifier, ...], Field(min_length=1)] | None = None


class Screened(Record):
    """The patient answered questions before the course, or agreed to it.

    Args:
        screening: The answers, each to a question of its own; a later one takes its place.
        cleared_by: The clinician who has the course go on after a yes that asks for it.
        consent: The day on which the patient agreed to the treatment.
    """

    kind = "screened"

    on: IsoDate
    screening: tuple[ScreeningAnswer, ...] = ()
    cleared_by: Line | None = None
    consent: IsoDate | None = None

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        if not self.screening and self.consent is None:
            problem, remedy = "Nothing is answered.", "Give an answer, or the day of the consent."
            yield Fault("missing_key", problem, None, "screening", None, remedy)
        named = [entry.question for entry in self.screening]
        for place, question in enumerate(named):
            if question in named[:place]:
                yield Fault(
                    "contradiction",
                    "The question is answered twice.",
                    field=f"screening[{place + 1}].question",
                    value=question,
                    remedy="Keep one of the answers.",
                )


class Paid(Record):
    """Money came in or, as a refund, went back.

    Args:
        carried: The course that it came from or, as a refund, went to; it stands in both.
        method: How it was paid, such as by card; left out, it is not known.
    """

    kind = "paid"

    on: IsoDate
    amount: Amount
    currency: Currency
    refund: bool = False
    carried: Line | None = None
    method: Line | None = None

    def beside(self, course: str) -> "Paid":
        """Return what the other course says of money carried over.

        Args:
            course: The course that says this.
        """
        return self.model_copy(update={"carried": course, "refund": not self.refund})

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        if not self.amount:
            remedy = "Give an amount."
            yield Fault("bad_amount", "Nothing is no payment.", None, "amount", "0", remedy)


class Contact(Record):
    """How the patient is reached from now on; what is left out is not known any more."""

    kind = "contact"

    phone: Phone | None = None
    email: Email | None = None


class Note(Record):
    """Free text."""

    kind = "note"

    text: Text


class Stopped(Record):
    """The course ends before its last session.

    Args:
        used: What the sessions had are worth.
        owed: What the patient still owes.
        refund: What the patient gets back.
    """

    kind = "stopped"

    on: IsoDate
    reason: Text | None = None
    currency: Currency | None = None
    used: Amount | None = None
    owed: Amount | None = None
    refund: Amount | None = None


class Extended(Record):
    """The course may be used up to a later day than was agreed."""

    kind = "extended"

    until: IsoDate
    reason: Text


class Paused(Record):
    """The course rests: nothing of it lapses until it goes on."""

    kind = "paused"

    on: IsoDate
    reason: Text


class Resumed(Record):
    """A course that was paused goes on."""

    kind = "resumed"

    on: IsoDate


class Adopted(Record):
    """The course goes on under its protocols as they are now."""

    kind = "adopted"

    protocols: Annotated[tuple[KeptProtocol, ...], Field(min_length=1)]
    reason: Text | None = None


class Corrected(Record):
    """An earlier event of the course was recorded wrongly.

    Args:
        revision: The course revision that the event made.
        replacement: What it should have said, all of it; left out, it did not happen.
        undoes: The first revision of the step that is undone with it; left out, it corrects.
    """

    kind = "corrected"

    revision: Count
    reason: Text
    replacement: Table[str, JsonValue] | None = None
    undoes: Count | None = None


class Erased(Record):
    """The tombstone: what was recorded of the course is gone for good."""

    kind = "erased"


_ALL: tuple[type[Record], ...] = (
    *(Opened, Planned, Booked, Consulted, Held, Missed, Moved, Cancelled, Improved, Assessed),
    *(Reviewed, Screened, Paid, Contact, Note, Stopped, Extended, Paused, Resumed, Adopted),
    *(Corrected, Erased, Absent, AbsenceEnded),
)
# A version reads what those before it wrote; `upgrades` gives that one shape.
RECORDS = {
    (record.kind, version): record for record in _ALL for version in range(1, record.version + 1)
}


def read_record(kind: str, version: int, content: Any, *, context: str | None = None) -> Record:
    """Check the content of an event.

    Args:
        kind: Of which kind it is.
        version: In which version of that kind it was written.
        content: What it says.
        context: `RECORDED` for what a book holds, whose texts are taken as they are.

    Raises:
        InputError: For a kind or version that is not known, or content that does not fit it.
    """
    record = RECORDS.get((kind, version))
    if record is None:
        raise InputError.of(
            "unknown_kind",
            f"No event {shortened(kind)} of version {version} is known.",
            field="kind",
            value=kind,
            remedy="Use the program that wrote it.",
        )
    return record.read(content, context)

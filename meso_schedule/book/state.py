"""The state of a course: what its events tell, folded in `folding.py`."""

from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from pydantic import Field, JsonValue

from meso_schedule.base.dates import DateRange, Day
from meso_schedule.base.models import Amount, Instant, Model, Table
from meso_schedule.base.times import Clock
from meso_schedule.book.patient_identity import Patient
from meso_schedule.book.payloads import (
    KeptConsultation,
    KeptForecast,
    KeptPrice,
    KeptProtocol,
    Takes,
    Terms,
)
from meso_schedule.book.records import Paid, Record, Reviewed, Stopped
from meso_schedule.book.screening import KeptAnswer
from meso_schedule.course.course_plan import Finding
from meso_schedule.course.improvement import Answer, Assessment, Review
from meso_schedule.course.wishes import labels_of

SessionStatus = Literal["planned", "booked", "held", "missed"]
CourseStatus = Literal["running", "paused", "finished", "stopped", "erased", "absence"]


class Entry(NamedTuple):
    """What an event says, where it stands in its course and when it was written down."""

    revision: int
    at: datetime
    record: Record

    @property
    def today(self) -> date:
        """The day of asking."""
        return self.record.as_of or self.at.date()


class CourseSession(Model):
    """A session of a course.

    Args:
        date: The day it was held, or is planned, booked or was missed on.
        lot: The lot numbers of what was given.
        revision: The course revision that last touched it.
    """

    protocol: str
    number: int
    status: SessionStatus
    date: Day
    start: Clock | None = None
    minutes: int | None = None
    phase: str | None = None
    provisional: bool = False
    pinned: bool = False
    price: KeptPrice | None = None
    takes: Takes | None = None
    lot: str | None = None
    revision: int


class RecordedPayment(Model):
    """A payment, with the course revision that entered it."""

    revision: int
    at: Instant
    paid: Paid


class KeptFee(Model):
    """What is kept for a visit that was missed, with the course revision that entered it."""

    revision: int
    protocol: str
    number: int
    on: Day
    currency: str
    amount: Amount


class Forfeit(Model):
    """A session missed, called off or moved that counts as had for money."""

    revision: int
    protocol: str
    number: int
    on: Day


class Remark(Model):
    """A note, with the course revision that entered it and the day of asking."""

    revision: int
    at: Instant
    on: Day
    text: str


class Pause(Model):
    """A time in which a course rested.

    Args:
        ended: The day it went on; None while it rests.
    """

    began: Day
    ended: Day | None = None
    reason: str


class CourseConsultation(KeptConsultation):
    """The consultation of a course.

    In a diary it has the number 0, before session 1, and no protocol.

    Args:
        status: Whether it is to come, took place, or did not.
        fee: What is kept of one that did not.
    """

    status: Literal["booked", "held", "missed"]
    fee: Amount | None = None

    @property
    def end(self) -> datetime | None:
        """When it ends, on the clinic's clock; None where no time is booked."""
        if self.start is None:
            return None
        return datetime.combine(self.date, time()) + timedelta(
            minutes=self.start.minutes + self.minutes
        )


class KeptAssessment(Model):
    """What was assessed of improvement, in the order of recording.

    Args:
        protocols: Of several treatments, those that it holds for; None for the whole course.
        improved: What was found.
        entered: The course revision that entered it.
        since: The revision from which on it says this: that of its correction, if there was one.
        until: The revision that corrected or withdrew it; None while it stands.
    """

    protocols: tuple[str, ...] | None = None
    on: Day
    improved: Answer
    entered: int
    since: int
    until: int | None = None

    def is_of(self, protocol: str) -> bool:
        """Tell whether it holds for a treatment."""
        return self.protocols is None or protocol in self.protocols

    @property
    def word(self) -> Assessment:
        """The same without the treatments that it holds for."""
        return Assessment(self.on, self.improved, self.entered, self.since, self.until)


class KeptReview(Model):
    """A clinician's review of a course, with the course revision that entered it."""

    revision: int
    reviewed: Reviewed

    def is_of(self, protocol: str) -> bool:
        """Tell whether it holds for a treatment."""
        return self.reviewed.protocols is None or protocol in self.reviewed.protocols

    @property
    def word(self) -> Review:
        """The day and what follows."""
        return Review(self.reviewed.on, self.reviewed.outcome, self.revision)


class CourseState(Model):
    """A course as its events tell it.

    Args:
        revision: How many events it has.
        opened_on: The day it was opened.
        sessions: By protocol, then by number.
        improved_on: The day on which it was assessed last that the skin had improved.
        improvements: The same where it was recorded for some of several treatments, by protocol.
        assessments: All that was ever assessed of improvement.
        reviews: The clinicians' reviews, as they stand.
        screening: What was answered to its questions last, in the order of the first answers.
        consent: The day on which the patient agreed to it.
        treatment_terms: What each treatment costs, by protocol, as agreed at its opening.
        elsewhere: Protocols that treatments given elsewhere are named by, where files were given.
        pushed: By how many days the distances between treatments can push a first session on.
        extended_until: Up to which day it may be used, where that was agreed later.
        pauses: The times in which it rested, in order.
        moves: How often sessions were moved, by protocol.
        consultation: The visit before session 1, where one was agreed.
        forecast: What is due next, as the planner said; None when it never did.
        corrected: Revisions whose events were corrected later.
        findings: Facts to be told, such as a clock that went back.
    """

    course: str
    revision: int
    last_at: Instant
    opened_on: Day
    patient: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    protocols: tuple[KeptProtocol, ...] = ()
    request: Table[str, JsonValue] = Field(default_factory=dict)
    sessions: tuple[CourseSession, ...] = ()
    improved_on: Day | None = None
    improvements: Table[str, Day] = Field(default_factory=dict)
    assessments: tuple[KeptAssessment, ...] = ()
    reviews: tuple[KeptReview, ...] = ()
    screening: tuple[KeptAnswer, ...] = ()
    consent: Day | None = None
    payments: tuple[RecordedPayment, ...] = ()
    fees: tuple[KeptFee, ...] = ()
    forfeits: tuple[Forfeit, ...] = ()
    notes: tuple[Remark, ...] = ()
    stopped: Stopped | None = None
    is_erased: bool = False
    treatment_terms: Table[str, Terms] = Field(default_factory=dict)
    elsewhere: tuple[KeptProtocol, ...] = ()
    pushed: int = 0
    extended_until: Day | None = None
    pauses: tuple[Pause, ...] = ()
    moves: Table[str, int] = Field(default_factory=dict)
    consultation: CourseConsultation | None = None

    @property
    def consulting(self) -> CourseConsultation | None:
        """The consultation as long as it stands in the diary: one of a course stopped is off."""
        visit = self.consultation
        is_off = visit and visit.status == "booked" and self.stopped
        return None if is_off else visit

    forecast: KeptForecast | None = None
    corrected: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def status(self) -> CourseStatus:
        """Whether it runs, rests, was stopped, has nothing more due, or is erased."""
        if self.is_erased:
            return "erased"
        if not self.protocols:  # no course at all
            return "absence"
        if self.stopped:
            return "stopped"
        if self.pause:
            return "paused"
        return "finished" if self.forecast and self.forecast.number is None else "running"

    @property
    def pause(self) -> Pause | None:
        """The pause in which it rests; None while it runs."""
        return next((pause for pause in self.pauses if pause.ended is None), None)

    @property
    def whose(self) -> Patient:
        """What is known of whose it is."""
        reference = self.request.get("reference")
        return Patient(self.patient, self.phone, str(reference) if reference else None)

    def rests(self, today: date) -> tuple[DateRange, ...]:
        """Return the days of its pauses; one that has no end yet lasts until today."""
        return tuple(DateRange(it.began, it.ended or max(it.began, today)) for it in self.pauses)

    @property
    def begun(self) -> date | None:
        """The day of its first session, held or to come; None while it has none."""
        days = (session.date for session in self.held or self.upcoming)
        return min(days, default=None)

    def begins_on(self, protocol: str) -> date | None:
        """Return the day of the first session of a treatment, held or to come."""
        days = (it.date for it in (*self.held, *self.upcoming) if it.protocol == protocol)
        return min(days, default=None)

    @property
    def held(self) -> tuple[CourseSession, ...]:
        """The sessions that took place."""
        return tuple(entry for entry in self.sessions if entry.status == "held")

    @property
    def upcoming(self) -> tuple[CourseSession, ...]:
        """The sessions still to come, by date; none once it is stopped."""
        coming = (entry for entry in self.sessions if entry.status in ("planned", "booked"))
        return () if self.stopped else tuple(sorted(coming, key=lambda entry: entry.date))

    def find_session(self, number: int, protocol: str | None = None) -> CourseSession | None:
        """Return a session; None when it has no day."""
        name = self.protocol_id(protocol)
        named = (entry for entry in self.sessions if entry.number == number)
        return next((entry for entry in named if entry.protocol == name), None)

    def label_of(self, protocol: str | None) -> str | None:
        """Return the letter of one of several treatments; None where there is only one."""
        labels = labels_of([kept.id for kept in self.protocols])
        return labels.get(self.protocol_id(protocol))

    def mark(self, number: int, protocol: str | None = None) -> str:
        """Return what tells a session from all others: `2`, or `B2` of several treatments."""
        return f"{self.label_of(protocol) or ''}{number}"

    def protocol_id(self, protocol: str | None) -> str:
        """Return the protocol meant; left out, the course's first."""
        return protocol or (self.protocols[0].id if self.protocols else "")

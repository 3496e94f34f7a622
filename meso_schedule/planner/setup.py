"""What is asked of one treatment: which rules bind it, and its search task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, TypeVar

from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.availability.staff import Staff
from meso_schedule.availability.treatment_spacing import Block, Pair
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.dates import LAST_ORDINAL, DateRange
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.improvement import Improvement, Known
from meso_schedule.course.request import CourseRequest
from meso_schedule.evaluation.standing import Standing
from meso_schedule.evaluation.turns import Ahead, Turns
from meso_schedule.planner.validity import ENDLESS, Validity
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Phase
from meso_schedule.rules.windows import GapWindows, KnownWindows
from meso_schedule.search.task import Booking, Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setup:
    """A request that can be asked of a protocol, with everything it leaves open filled in.

    Args:
        sessions: How many course sessions.
        improvement: What is known and foreseen of improvement.
        ahead: The phase of each session, held or to come, and what else it could be.
        start: The first day session 1 may be on.
        availability: Usable days and times.
        staff: The people, rooms and devices of the clinic; None where it names none.
        busy: Busy times besides those of the request.
        standing: What the sessions held amount to; None while there are none.
        booked: Where sessions to come are booked already, by number.
        fixed: Why booked sessions stay where they are, by number.
        booked_by_hand: Those that were put there by hand.
        pairs: The distances kept to treatments given elsewhere.
        blocks: The days that they, or other protocols, keep free.
        beside: Those of them that other protocols of the same plan keep free.
        is_beside_running: Whether a treatment planned together with it has begun or is booked.
        validity: How long what is sold may be used.
        pauses: When the course rested.
        label: Its letter among several treatments; None where it stands alone.
        windows: What is known of the windows of its phases.
    """

    protocol: Protocol
    request: CourseRequest
    clinic: Clinic
    as_of: date
    sessions: int
    improvement: Improvement
    ahead: Ahead
    start: date
    availability: Availability
    busy: Sequence[BusySource] = ()
    standing: Standing | None = None
    booked: Mapping[int, Booking] = field(default_factory=dict)
    fixed: Mapping[int, Phrase] = field(default_factory=dict)
    booked_by_hand: frozenset[int] = frozenset()
    pairs: tuple[Pair, ...] = ()
    blocks: tuple[Block, ...] = ()
    beside: tuple[Block, ...] = ()
    is_beside_running: bool = False
    validity: Validity = ENDLESS
    pauses: tuple[DateRange, ...] = ()
    label: str | None = None
    staff: Staff | None = None
    windows: KnownWindows = field(default_factory=KnownWindows, repr=False, compare=False)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phase of each session, held or to come."""
        return self.ahead.phases

    @property
    def known(self) -> Known:
        """What is known of improvement."""
        return self.standing.known if self.standing else Known()

    @property
    def expects_no_improvement(self) -> bool:
        """Whether it goes on as one whose skin has not improved: known, or foreseen."""
        return self.improvement.never or self.known.answer == "no"

    @property
    def wanted(self) -> int:
        """How many sessions are asked for, whatever bounds them."""
        return self.request.sessions or self.protocol.sessions.usual

    @property
    def by_hand(self) -> frozenset[int]:
        """The sessions to come that were put on a day by hand."""
        return self.booked_by_hand.union(pin.session for pin in self.request.pin)

    def putting(self, number: int, *, is_free: bool) -> "Setup":
        """Return the same with an undecided session put before the conditional minimum.

        Args:
            number: The session.
            is_free: Whether the session before has no day yet.
        """
        put = {it: phase is not None for it, phase in self.ahead.put.items()} | {number: is_free}
        turns, given = Turns(self.protocol, self.improvement), self.phases[: self.next_number - 1]
        return replace(self, ahead=turns.ahead(given, self.sessions, self.known, put))

    def told(self, alone: T, named: T) -> T:
        """Return what is told of a treatment that stands alone, or of one among several."""
        return named if self.label else alone

    def naming(self, text: Phrase) -> Phrase:
        """Return a text with the name of the treatment, where it is one of several."""
        return self.told(text, phrase("{name}: {text}", name=self.protocol.name, text=text))

    @property
    def named(self) -> str | None:
        """The protocol, where a combined plan has to name it; None where it stands alone."""
        return self.told(None, self.protocol.id)

    def mark(self, number: int) -> str:
        """Return what a request calls one of its sessions: `2`, or `mesobotox:2` among several."""
        return f"{self.named}:{number}" if self.named else str(number)

    @property
    def is_backwards(self) -> bool:
        """Whether the course is planned back from an event, without a start."""
        return self.request.event is not None and self.request.start is None

    @property
    def is_free(self) -> bool:
        """Whether it is planned back from an event and not even its first session is held."""
        return self.is_backwards and self.standing is None

    @property
    def is_running(self) -> bool:
        """Whether the course has begun or is booked, so that no session can be in the past."""
        return self.standing is not None or bool(self.booked) or self.is_beside_running

    @property
    def next_number(self) -> int:
        """The number of the first session to come."""
        return self.standing.counted + 1 if self.standing else 1

    @property
    def repeats(self) -> int:
        """How many sessions held stand beside those that count; they are paid for too."""
        if self.standing is None:
            return 0
        return len(self.standing.course) - min(self.standing.counted, self.sessions)

    @property
    def fewest(self) -> int:
        """The fewest sessions it can have: none that is held or pinned comes after the course."""
        pinned = max((pin.session for pin in self.request.pin), default=0)
        furthest = self.standing.furthest if self.standing else 1
        return max(self.protocol.sessions.minimum, pinned, furthest)

    @property
    def is_complete(self) -> bool:
        """Whether every session of the course has been held."""
        return self.next_number > self.sessions

    @property
    def rules(self) -> tuple[Phase, ...]:
        """The phase of each session to come."""
        return self.phases[self.next_number - 1 :]

    @property
    def event_limit(self) -> int | None:
        """The last day on which a session leaves time to settle before the event."""
        if self.request.event is None:
            return None
        return latest_before(self.request.event, self.protocol.settle)

    @property
    def limit(self) -> int:
        """The last day any course session may be on."""
        ends = [LAST_ORDINAL]
        if self.request.finish_by:
            ends.append(self.request.finish_by.toordinal())
        if (limit := self.event_limit) is not None:
            ends.append(limit)
        if self.validity.until:
            ends.append(self.validity.until.toordinal())
        return min(ends)

    def valid_until(self, first: date) -> date | None:
        """Return the last day on which the course may be used; None where it has no end.

        Args:
            first: The day of the first session to come.
        """
        length = self.validity.length
        return length.after(first) if length else self.validity.until

    def task(self, late: int | None = None) -> Task:
        """Return the search task of the course sessions to come.

        Args:
            late: The lateness allowed, when it is not that of the request.
        """
        if self.is_complete:
            today = self.as_of.toordinal()
            return Task(self.availability, today, today, (), is_empty=True)
        late = self.request.late if late is None else late
        opening = self.opening(late)
        restarts = self.standing is not None and self.standing.restarts
        second, put = self.next_number + 1, self.ahead.put
        return Task(
            days=self.availability,
            first=opening.first,
            last=opening.last,
            gaps=[
                self.windows.of(phase, late, put.get(number))
                for number, phase in enumerate(self.phases[second - 1 :], second)
            ],
            limit=self.limit,
            valid=self.validity.length,
            pins=self.pins(self.next_number),
            # A phase that starts again does so as soon as it can.
            end=self.event_limit if self.is_backwards and not restarts else None,
            prefer=frozenset(day.number for day in self.request.prefer or ()),
            timed=self.request.at is not None,
            staffed=self.staff is not None,
            booked=self.bookings(self.next_number),
            lead=opening.lead,
            opens=opening.opens,
        )

    def opening(self, late: int) -> "FirstDays":
        """Return where the first session to come may be."""
        if self.standing is None:
            first = self.start.toordinal()
            earliest = max(first, self.as_of.toordinal()) if self.is_running else first
            if self.is_backwards and (end := self.event_limit) is not None:
                return FirstDays(earliest, max(first, end))
            return self._from(first, earliest)
        return self.opening_after_held(late)

    def opening_after_held(self, late: int) -> "FirstDays":
        """Return where the next session, or top-up, may be when the one before was held.

        It is not planned before the day of asking. Once it has lapsed, the lapse that can no
        longer be kept does not bind it, unless it waits for a clinician's review: a phase that
        starts again has a window like session 1, else it is late, as far as lateness is allowed.
        """
        standing = self.standing
        assert standing is not None, "asked only when a session was held"
        assert standing.opening is not None, "asked only when a session follows"
        today = self.as_of.toordinal()
        if standing.restarts:
            return self._from(today, today)
        rule = standing.opening.foreseen
        if not self.is_complete:
            rule = self.phases[self.next_number - 1]
        rule = standing.opening.rested(rule)
        if standing.is_lapsed and not standing.awaits_review:
            rule = rule.model_copy(update={"lapse": ()})
        lead = self.windows.of(rule, late), standing.last.toordinal()
        earliest, _, _, last = lead[0].after(lead[1])
        return FirstDays(max(earliest, today), last, lead)

    def _from(self, start: int, earliest: int) -> "FirstDays":
        """Return the days of a first session that are counted from a start."""
        opens = self.first_free(start)
        last = min(opens + self.request.within, LAST_ORDINAL)
        return FirstDays(earliest, last, opens=opens)

    def first_free(self, day: int) -> int:
        """Return the first day from one on that keeps the distance to protocols of the plan."""
        taken = sorted((it.days.first, it.days.last) for it in self.beside if it.is_distance)
        for first, last in taken:
            if first.toordinal() <= day <= last.toordinal():
                day = last.toordinal() + 1
        return day

    def pins(self, number: int) -> dict[int, int]:
        """Return the days to which sessions are fixed, counted from the one of a number."""
        pinned = {pin.session: pin.day.toordinal() for pin in self.request.pin}
        pinned.update((fixed, self.booked[fixed].day) for fixed in self.fixed)
        return {session - number: day for session, day in pinned.items() if session >= number}

    def given(self, number: int, day: int) -> tuple[int, str]:
        """Return when a session on a day begins in a visit of its own, and who gives it."""
        assert isinstance(self.availability, SharedAvailability), "the clinic names who treats"
        booking = self.booked.get(number)
        if booking and booking.practitioner and (minute := booking.minute_on(day)) is not None:
            return minute, booking.practitioner
        choice = self.availability.choice(day)
        return choice.minute, choice.people[0]

    def bookings(self, number: int) -> dict[int, Booking]:
        """Return where sessions are booked, counted from the one of a number."""
        booked = self.booked.items()
        return {session - number: booking for session, booking in booked if session >= number}


class FirstDays(NamedTuple):
    """The days that the first session to come may be on.

    Args:
        first: The first of them.
        last: The last of them, lateness included; before `first` when there is none.
        lead: The rule before it and the day it counts from, when one was held before.
        opens: The first day that other protocols leave it, when the last is counted from there.
    """

    first: int
    last: int
    lead: tuple[GapWindows, int] | None = None
    opens: int | None = None


def latest_before(event: date, settle: Interval) -> int:
    """Return the latest day d with d + settle <= event, as an ordinal; 0 when there is none."""
    day = event.toordinal()
    while day and settle.after(date.fromordinal(day)) > event:
        day -= 1
    return day

"""A repair that is proposed: what becomes of whom, what is written, and what of it is proven."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from meso_schedule.base.errors import InputError, shortened
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import BookedAbsence
from meso_schedule.book.digests import canonical
from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseState
from meso_schedule.capacity.places import PROVEN, RepairMeasure
from meso_schedule.running.fallen_consultations import MovedConsultation
from meso_schedule.running.fallen_tests import MovedTest
from meso_schedule.running.not_allowed import Whys
from meso_schedule.running.repaired_course import Hit, Repaired

_DIGITS = 8
# So long a proposal can be booked.
_DAYS = 7
_ID = re.compile(r"[0-9]{6}-[0-9]{1,12}-[0-9a-f]{8}")


class Proof(NamedTuple):
    """What is known of how good a repair is.

    Args:
        measure: What it costs.
        least: What none costs less than: courses not kept, late days, sessions changed.
    """

    measure: RepairMeasure
    least: RepairMeasure

    @property
    def is_proven(self) -> bool:
        """Whether no repair is better by the criteria that are bounded."""
        return self.measure[:PROVEN] <= self.least[:PROVEN]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair that can be booked as long as nothing of it changes.

    Args:
        absence: What is written of the clinic; None where its file says it.
        courses: In the order of their turn; after them others that make place for them.
        revision: How many events the book had.
        as_of: The day of asking.
        proof: What is known of how good it is; None where nothing is.
        waited: How many courses took their turn after the others were planned at once; None where
            all took their turn.
        whys: By course, why its sessions are no longer allowed, where the file says it.
        past: Of the courses that are hit, the sessions that are past and not recorded.
        consultations: Those that fall away, and where they go.
        opened: Days of the absence on which it does not hold, as the clinic file opens them.
        same: The absence of the book that holds on all its days; it is not written again.
        tests: Tests before session 1 whose day becomes another.
        staying: Courses that nobody is called about, of which the file changes what they take.
    """

    absence: Absent | None
    courses: tuple[Repaired, ...]
    revision: int
    as_of: date
    proof: Proof | None = None
    waited: int | None = None
    whys: Mapping[str, Whys] = field(default_factory=dict)
    past: tuple[Hit, ...] = ()
    consultations: tuple[MovedConsultation, ...] = ()
    opened: tuple[date, ...] = ()
    same: BookedAbsence | None = None
    tests: tuple[MovedTest, ...] = ()
    staying: tuple[Repaired, ...] = ()

    @property
    def method(self) -> str:
        """How it was found."""
        return "one by one" if self.waited is None else "column generation"

    @property
    def hit(self) -> list[Repaired]:
        """The courses of which sessions fall away."""
        return [it for it in self.courses if it.lost]

    @property
    def others(self) -> int:
        """How many are called who are not hit."""
        return len(self.courses) - len(self.hit)

    @property
    def not_kept(self) -> list[Repaired]:
        """The courses that can't be kept."""
        return [it for it in self.courses if it.refusal]

    @property
    def id(self) -> str:
        """What it is booked by: the day, the end of the book, and a digest of all it writes."""
        absence = self.absence.told if self.absence else None
        told = [absence, *([it.state.course, _told(self._written(it))] for it in self.courses)]
        told += [[it.state.course, _told(self._moved(it.state))] for it in self._consulted_alone]
        told += [[it.state.course, _told(it.records)] for it in self.staying]
        digest = hashlib.sha256(canonical(told).encode()).hexdigest()[:_DIGITS]
        return f"{self.as_of:%y%m%d}-{self.revision}-{digest}"

    @property
    def changes(self) -> list[tuple[str | None, Sequence[Record], int | None]]:
        """What is written to the book, all or none."""
        own = [(it.state, self._written(it)) for it in self.courses]
        own += [(it.state, self._moved(it.state)) for it in self._consulted_alone]
        own += [(it.state, list(it.records)) for it in self.staying]
        first = [self.absence] if self.absence and not self.same else []
        written = ((state.course, records, state.revision) for state, records in own if records)
        return [*((None, [it], None) for it in first), *written]

    @property
    def written(self) -> list[str]:
        """The courses of which anything falls away, or makes place."""
        alone = [it.state.course for it in self._consulted_alone]
        tests = [it.state.course for it in self.tests]
        return list(dict.fromkeys([*(it.state.course for it in self.courses), *alone, *tests]))

    @property
    def changed(self) -> list[str]:
        """The courses of which any visit goes to another place, or is let go."""
        sessions = [it.state.course for it in self.courses if it.calls]
        consultations = (it.state.course for it in self.consultations if it.record)
        tests = (it.state.course for it in self.tests if it.after)
        return list(dict.fromkeys([*sessions, *consultations, *tests]))

    @property
    def is_whole(self) -> bool:
        """Whether every course, every consultation and every test is kept."""
        visits = all(it.record for it in self.consultations) and all(it.after for it in self.tests)
        return visits and not self.not_kept

    def _written(self, course: Repaired) -> list[Record]:
        """Return what is written to a course: the consultation first, which its sessions follow."""
        return [*self._moved(course.state), *course.records]

    def _moved(self, state: CourseState) -> list[Record]:
        own = (it for it in self.consultations if it.state.course == state.course)
        return [it.record for it in own if it.record]

    @property
    def _consulted_alone(self) -> list[MovedConsultation]:
        names = {it.state.course for it in self.courses}
        return [it for it in self.consultations if it.state.course not in names]


def _told(records: Iterable[Record]) -> list[object]:
    return [[record.kind, record.told] for record in records]


def is_same(one: str, other: str) -> bool:
    """Tell whether two ids are of proposals that write the same, whenever they were made."""
    return one.rpartition("-")[2] == other.rpartition("-")[2]


def revision_of(proposal: str) -> int:
    """Return the end of the book on which a proposal was made.

    Raises:
        InputError: When it is the id of none.
    """
    try:
        if not _ID.fullmatch(proposal):
            raise ValueError(proposal)
        _day_of(proposal)
    except ValueError:
        raise InputError.of(
            "bad_proposal",
            f"{shortened(proposal)} is no proposal.",
            field="proposal",
            value=proposal,
            remedy="Write it as the preview told it.",
        ) from None
    return int(proposal.split("-")[1])


def is_old(proposal: str, as_of: date) -> bool:
    """Tell whether a proposal was made more than seven days ago."""
    return not 0 <= (as_of - _day_of(proposal)).days <= _DAYS


def _day_of(proposal: str) -> date:
    return datetime.strptime(proposal[:6], "%y%m%d").date()  # noqa: DTZ007

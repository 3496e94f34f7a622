"""What is read of an open book: courses, their histories, lists and what is booked."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from meso_schedule.book.absences import BookedAbsence, absence_of
from meso_schedule.book.book_errors import unknown_course
from meso_schedule.book.events import Event
from meso_schedule.book.ids import parse_course_id
from meso_schedule.book.lines import CourseLine, DiaryLine, Show
from meso_schedule.book.patient_identity import Patient
from meso_schedule.book.reading import entries_of, histories_of, history_of, state_of
from meso_schedule.book.state import CourseState
from meso_schedule.book.storage import queries
from meso_schedule.book.storage.interface import Storage
from meso_schedule.book.storage.quarters_taken import (
    read_masks,
    read_rooms,
    read_visits,
    read_wishes,
)
from meso_schedule.book.takings import BookedVisit
from meso_schedule.clinic.occupancy import DAY_QUARTERS, Occupancy, RoomWish

# From which quarters are counted.
_EPOCH = date(1970, 1, 1)
# So many courses are read in one transaction.
_AT_ONCE = 500


class BookReading:
    """What `Book` reads of its storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @property
    def shown(self) -> str:
        """The address, without a password."""
        return self._storage.shown

    def course(self, course: str) -> CourseState:
        """Return the state of a course.

        Raises:
            InputError: When it is no course id, or of no course in this book.
        """
        (state,) = self.each([course])
        return state

    def each(self, courses: Iterable[str]) -> Iterator[CourseState]:
        """Yield the state of each of some courses, as `course` returns it."""
        names = [parse_course_id(course) for course in courses]
        for place in range(0, len(names), _AT_ONCE):
            some = names[place : place + _AT_ONCE]
            with self._storage.reading() as within:
                states = [state_of(it, self.shown) for it in histories_of(within, some)]
            for state in states:
                if state.status == "absence":
                    raise unknown_course(state.course)
                yield state

    def courses_of(
        self, patient: Patient, home: str | None, *, without: str | None = None
    ) -> list[CourseState]:
        """Return the courses of a patient, told by whole name, phone or reference.

        Args:
            patient: What is known of the patient.
            home: The clinic's country, of which phones without one are; None where that is unknown.
            without: A course that is left out.
        """
        return self._of_each([(patient, without)], home)[0]

    def beside(self, state: CourseState, home: str | None) -> list[CourseState]:
        """Return the other courses of the patient of a course; `home` as in `courses_of`."""
        return self.beside_each([state], home)[0]

    def beside_each(
        self, states: Iterable[CourseState], home: str | None
    ) -> list[list[CourseState]]:
        """Return of each course what `beside` returns; what all courses tell is read once."""
        return self._of_each([(it.whose, it.course) for it in states], home)

    def _of_each(
        self, patients: Sequence[tuple[Patient, str | None]], home: str | None
    ) -> list[list[CourseState]]:
        """Return the courses of each patient, each without one of them."""
        with self._storage.reading() as within:
            found = queries.courses_of_each(within, [it for it, _ in patients], home)
        others = [
            (patient, [name for name in own if name != without])
            for own, (patient, without) in zip(found, patients, strict=True)
        ]
        known = {it.course: it for it in self.each(sorted({it for _, own in others for it in own}))}
        return [
            [known[name] for name in own if known[name].whose.is_same(patient, home)]
            for patient, own in others
        ]

    def absences(self) -> list[BookedAbsence]:
        """Return the absences and closures that were booked, by their days."""
        with self._storage.reading() as within:
            names = queries.absences(within)
            entries = [entries_of(it, self.shown) for it in histories_of(within, names)]
        found = list(map(absence_of, names, entries))
        return sorted(found, key=lambda it: (it.first, it.last, it.id))

    def changed_since(self, count: int) -> list[str]:
        """Return the courses to which something was written after so many events."""
        with self._storage.reading() as within:
            return queries.changed_since(within, count)

    def history(self, course: str) -> list[Event]:
        """Return the events of a course, oldest first; `record_of` reads what one says.

        Raises:
            InputError: When there is no such course.
        """
        with self._storage.reading() as within:
            return history_of(within, parse_course_id(course))

    def courses(self, show: Show = "all", *, as_of: date | None = None) -> list[CourseLine]:
        """List courses, the one due first at the front.

        `show` is `all`, or on the day `as_of`: `due`, `overdue`, or `unbooked` from then on.
        """
        with self._storage.reading() as within:
            return list(queries.list_courses(within, show, as_of))

    def unrecorded(self, as_of: date) -> dict[str, int]:
        """Count the sessions booked for days before a day that nobody recorded, by course.

        Courses that are not running, or have none, are left out.
        """
        with self._storage.reading() as within:
            return queries.count_unrecorded(within, as_of)

    def phones(self) -> dict[str, str]:
        """Return under which number the patient of each course is called, where that is known."""
        with self._storage.reading() as within:
            found = queries.phones(within)
        told = {it: phone or self.course(it).phone for it, phone in found.items()}
        return {course: phone for course, phone in told.items() if phone}

    def told_of_patients(self) -> list[tuple[str, str, str]]:
        """Return every phone, mail address and reference ever told: course, field, text."""
        with self._storage.reading() as within:
            return list(queries.told_of_patients(within))

    def diary(self, first: date, last: date) -> list[DiaryLine]:
        """List the sessions from one day to another, both included."""
        with self._storage.reading() as within:
            return list(queries.list_sessions(within, first, last))

    def courses_with_tests(self, first: date, last: date) -> list[str]:
        """Return the courses of which a test is to be done by a day from one to another."""
        with self._storage.reading() as within:
            return queries.courses_with_tests(within, first, last)

    def occupancy(
        self, first: date, last: date | None = None, *, without: str | None = None
    ) -> Occupancy:
        """Return what is booked of practitioners, rooms and devices from a day on.

        Args:
            first: The first day.
            last: The last day; left out, all that follow.
            without: A course whose own visits are left aside.
        """
        days = [None if day is None else (day - _EPOCH).days for day in (first, last)]
        begin, end = (days[0] or 0) - 1, None if days[1] is None else days[1] + 1
        with self._storage.reading() as within:
            masks = read_masks(within, begin, end, without)

        def wishes(begin: int, end: int) -> Sequence[RoomWish]:
            with self._storage.reading() as within:
                return read_wishes(within, begin, end, without)

        return Occupancy(masks, wishes)

    def visits(self, first: date) -> list[BookedVisit]:
        """Return what booked visits take from a day on."""
        with self._storage.reading() as within:
            return read_visits(within, ((first - _EPOCH).days - 1) * DAY_QUARTERS)

    def rooms(self, first: date, last: date) -> dict[tuple[str, str], str]:
        """Return the room that each booked visit has from one day to another, by course and day.

        It may be another tomorrow: a visit changes its room to make place for others.
        """
        with self._storage.reading() as within:
            return read_rooms(within, str(first), str(last))

    def courses_with_fees(self, since: date) -> list[str]:
        """Return the courses that may have brought in something without a session since a day."""
        with self._storage.reading() as within:
            return queries.courses_with_fees(within, since)

    def courses_with_moves(self, since: date) -> list[str]:
        """Return the courses whose days may have become others since a day."""
        with self._storage.reading() as within:
            return queries.courses_with_moves(within, since)

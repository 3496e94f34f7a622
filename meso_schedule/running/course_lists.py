"""The lists of a book of running courses: what is due, found, changed, free."""

from collections.abc import Sequence
from datetime import date

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.dates import DateRange
from meso_schedule.book.lines import CourseLine, DiaryLine, Show
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.free_times import FreeDays, free_days
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.changed_visits import ChangedVisit, changed_visits
from meso_schedule.running.course_view import with_bookings
from meso_schedule.running.diary import priced_lines
from meso_schedule.running.due_visits import DueVisit, due_visits
from meso_schedule.running.finding import courses_found
from meso_schedule.running.given_values import Day, day_of
from meso_schedule.running.kept_book import KeptBook
from meso_schedule.running.prior_tests import visit_lines


class CourseLists(KeptBook):
    """What `CourseBook` tells of many courses."""

    def courses(self, show: Show = "all", *, as_of: Day | None = None) -> list[CourseLine]:
        """List courses, the one due first at the front.

        Args:
            show: `all`, or on the day of asking `due`, `overdue` or `unbooked` from then on.
            as_of: The day of asking.
        """
        return self._book.courses(show, as_of=None if as_of is None else day_of(as_of, "as_of"))

    def due(
        self, as_of: Day, *, until: Day | None = None, unbooked: bool = False
    ) -> list[DueVisit]:
        """List the next session or top-up of every treatment, with whom to call.

        Args:
            as_of: The day of asking.
            until: Only what is due by this day; left out, all.
            unbooked: Only what has no day agreed from then on.
        """
        today = day_of(as_of, "as_of")
        last = date.max if until is None else day_of(until, "until")
        return due_visits(self._book, today, last, unbooked=unbooked)

    def find(self, text: str) -> list[CourseLine]:
        """List the courses of a patient, of a reference, or whose id begins so.

        Args:
            text: Part of the patient's name or of the reference, in capitals or not.
        """
        return courses_found(self._book, text, self._clinic)

    def diary(self, first: Day, last: Day) -> list[DiaryLine]:
        """List the sessions from one day to another, both included, with what they bring in."""
        days = DateRange(day_of(first, "first"), day_of(last, "last"))
        lines = visit_lines(self._book, self._clinic, days)
        courses = self._book.each({it.course for it in lines})
        return priced_lines(lines, {it.course: it for it in courses})

    def changed(self, since: Day, *, as_of: Day) -> list[ChangedVisit]:
        """List the visits that have another day or time, or none, with whom to tell and what.

        Args:
            since: The first day of the changes.
            as_of: The day of asking; what lies before it is told to nobody.
        """
        days = day_of(since, "since"), day_of(as_of, "as_of")
        return changed_visits(self._book, self._clinic, *days)

    def free(
        self,
        protocol: Protocol,
        *,
        as_of: Day,
        around: Day | None = None,
        request: CourseRequest | None = None,
        limit: int = 5,
        busy: Sequence[BusySource] = (),
    ) -> FreeDays:
        """Return the free times of the days nearest to one; what is booked counts.

        The sessions before and after it are left aside.

        Args:
            protocol: Whose session.
            as_of: The day of asking.
            around: Where to look; left out, the day of asking.
            request: Days, hours and practitioner that are asked for.
            limit: How many days.
            busy: Calendars whose events leave no room.
        """
        today = day_of(as_of, "as_of")
        return free_days(
            protocol,
            request or CourseRequest(),
            clinic=with_bookings(self._clinic, self._book, today),
            as_of=today,
            around=today if around is None else day_of(around, "around"),
            most=limit,
            busy=busy,
        )

"""`CourseBook`, offered as `meso_schedule.book.Book`: what the commands of `courses` do."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Contact
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.catalogue import get_protocol
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running import assigning
from meso_schedule.running import course_drafts as drafts
from meso_schedule.running.asked_anew import changes_of
from meso_schedule.running.course_drafts import CourseDraft
from meso_schedule.running.course_lists import CourseLists
from meso_schedule.running.course_opening import CourseOpening, opened_in
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.given_values import (
    Day,
    asked_as,
    day_of,
    given_day,
    speech_of,
)
from meso_schedule.running.kept_book import today_of
from meso_schedule.running.payment_book import PaymentBook
from meso_schedule.running.replanning import Replanned
from meso_schedule.running.visit_book import VisitBook


class Rebooking(NamedTuple):
    """What becomes of the booked sessions of a course.

    Args:
        replanned: The new calendar with its changes; None of a repeat under a key.
        receipt: What was written; None where nothing was.
    """

    replanned: Replanned | None
    receipt: Receipt | None


class CourseBook(CourseLists, VisitBook, PaymentBook):
    """A book of running courses, written to and read as the commands of `courses` do it.

    Each method that writes returns a receipt once what it wrote has reached the disk, and takes:

    - `course`, the course's id, and `by`, a `Context`: who writes, the moment with the offset of
      the clinic's zone, and if wanted a key, the revision that was seen and the day of asking;
    - `on`, the day it happened; left out, the day of asking; days, times and amounts as values or
      as text, `2026-12-01`, `17:30`, `180.00`;
    - `session` as people write it, 3 or of several treatments `B2`, and `treatment`, the letter
      or the protocol's id of one among several; left out, all of the next visit;
    - `busy`, calendars whose events leave no room for a session.

    What is asked again under a key is answered as it was the first time, and never written twice.
    Where another program was quicker it is thought over again, unless a revision is given. What
    does more than was asked for (a fee by the clinic's terms, more paid than is left) is refused
    with `not_confirmed` until `yes` is given. No clock is read.

    Calls of several threads wait for each other, and a call in the middle of another is refused
    by name (`BookFault`, code `in_use`); for writers that shall not wait open the book once for
    each. A book goes to no other process: open it there.
    """

    def open_course(
        self,
        protocols: Protocol | Sequence[Protocol],
        request: CourseRequest,
        *,
        by: Context,
        busy: Sequence[BusySource] = (),
        known: Mapping[str, Protocol] | None = None,
        phone: str | None = None,
        email: str | None = None,
        language: str | None = None,
        screening: Mapping[str, str] | None = None,
        cleared_by: str | None = None,
        consent: Day | None = None,
        yes: bool = False,
    ) -> Receipt:
        """Plan a course, book its sessions and give it an id; `print_plan` returns its plan.

        The visits of other courses of the same patient count as treatments given elsewhere.

        Args:
            protocols: The recipe, or those of one combined calendar.
            request: What is asked.
            known: Protocols besides the packaged ones that treatments given elsewhere may name.
            phone: How the patient is called.
            email: How the patient is written to.
            language: The language in which the patient is written to, such as `de`.
            screening: Answers to the screening questions: `{"Are you pregnant?": "no"}`.
            cleared_by: The clinician who has the course go on after a yes that stops it.
            consent: The day on which the patient agreed to it.
            yes: Whether another course of a patient who has one is meant, or a start long past.

        Raises:
            NoCalendarFits: When there is no calendar.
            RefusedError: For a yes that nobody cleared.
            InputError: When the request does not go with the protocols.
        """
        every = [protocols] if isinstance(protocols, Protocol) else list(protocols)
        asked = CourseOpening(
            every,
            request,
            busy,
            known or {},
            Contact(phone=phone, email=email),
            speech_of(language),
            screening or {},
            cleared_by,
            given_day(consent, "consent"),
        )
        by = asked_as(by, "open", **asked.told)
        return self._recall(by) or opened_in(self._book, self._clinic, asked, by, yes=yes)

    def replan(
        self,
        course: str,
        *,
        by: Context,
        changes: Mapping[str, Any] | None = None,
        release: Sequence[int | str] = (),
        busy: Sequence[BusySource] = (),
        urgent: bool = False,
        yes: bool = False,
    ) -> Rebooking:
        """Return the calendar that moves as few booked sessions as it can; with `yes`, book it.

        Args:
            changes: What is asked from now on, by the names of a request, as a request file says
                it: `{"finish_by": "2027-03-01"}`.
            release: Sessions that may move although they were fixed by hand or are inside the
                clinic's notice.
            urgent: Whether what the clinic keeps free for urgent cases is offered.
            yes: Whether the new days are booked.

        Raises:
            NoCalendarFits: When no calendar keeps every rule.
        """
        asked, named = dict(changes or {}), [str(it) for it in release]
        told = {"changes": asked, "release": named, **({"urgent": True} if urgent else {})}
        by = asked_as(by, "replan", course=course, yes=yes, **told)
        if repeated := self._recall(by):
            return Rebooking(None, repeated)

        def draft(seen: CourseView) -> CourseDraft:
            changed = changes_of(seen.now, asked)
            made = drafts.replanned(seen, changes=changed, release=named, busy=busy, urgent=urgent)
            return CourseDraft(made.records if yes else (), replanned=made)

        made, receipt = self._written(course, by, draft)
        return Rebooking(made.replanned, receipt)

    def adopt(
        self,
        course: str,
        *,
        by: Context,
        rules: Sequence[Protocol] = (),
        reason: str | None = None,
    ) -> Receipt | None:
        """Let a course go on under its protocols as they are now; None where they are the same.

        Booked days stay until `replan`.

        Args:
            rules: Protocols as they are now; those left out are the packaged ones.

        Raises:
            UnknownNameError: When a protocol of the course is neither given nor packaged.
            InputError: When the course has more or fewer sessions than the rules now take.
        """
        given = {it.id: it for it in rules}
        digests = [it.digest for it in rules]
        by = asked_as(by, "adopt", course=course, rules=digests, reason=reason)
        if repeated := self._recall(by):
            return repeated

        def draft(seen: CourseView) -> CourseDraft:
            named = {kept.id: given.get(kept.id) for kept in seen.state.protocols}
            return drafts.adopted(
                seen, named=lambda it: named.get(it) or get_protocol(it), reason=reason
            )

        return self._written(course, by, draft)[1]

    def assign(
        self, course: str | None = None, *, by: Context, yes: bool = False
    ) -> list[assigning.Assignment]:
        """Return people and rooms for sessions that nobody is named for; with `yes`, book them.

        Courses take their turn in the order of their opening; each is planned beside what is
        booked and what those before it got, and moves as few of its days as it can.

        Args:
            course: The course; left out, every course with such sessions.
            by: Who writes; without a key or a revision, since several courses may be written to.
            yes: Whether they are booked.

        Raises:
            InputError: When the clinic names no practitioners, or for a key or a revision.
        """
        for name in ("key", "revision"):
            if getattr(by, name) is not None:
                problem = "Courses that are assigned are written to one by one."
                raise InputError.of("contradiction", problem, field=name, remedy="Leave it out.")
        clinic, today = assigning.staffed(self._clinic), today_of(by)
        if course is not None:
            check_course(course)
            course = self.course(course_named(self._book, course)).course
        views = assigning.views_of(self._book, clinic, today, by.at, course)
        return list(assigning.booked(views, by) if yes else assigning.proposed(views))

    def extend(self, course: str, until: Day, reason: str, *, by: Context) -> Receipt:
        """Let a course be used up to a later day than was agreed.

        Raises:
            InputError: When it has no last day, or the new one is no later.
        """
        given = {"until": day_of(until, "until"), "reason": reason}
        return self._write("extend", course, by, drafts.extended, given)

    def pause(
        self,
        course: str,
        *,
        by: Context,
        reason: str | None = None,
        on: Day | None = None,
        end: bool = False,
    ) -> Receipt:
        """Let a course rest: its booked visits are given up, and nothing of it lapses.

        Args:
            reason: Why, such as an illness or a pregnancy.
            end: Whether the pause is over: the course goes on, and `replan` gives it new days.

        Raises:
            RefusedError: When it rests already, or does not.
            InputError: For a pause without a reason, or an end with one.
        """
        given = {"on": given_day(on, "on"), "reason": reason, "end": end}
        return self._write("pause", course, by, drafts.paused, given)

    def screen(
        self,
        course: str,
        screening: Mapping[str, str] | None = None,
        *,
        by: Context,
        cleared_by: str | None = None,
        consent: Day | None = None,
        on: Day | None = None,
    ) -> Receipt:
        """Record answers to the screening questions, or the consent; a later answer counts.

        Args:
            screening: `yes` or `no` by question, as the plan words it.
            cleared_by: The clinician who has the course go on after a yes that stops it.
            consent: The day on which the patient agreed to it.

        Raises:
            RefusedError: For a yes that nobody cleared.
            InputError: When nothing is answered, or a question is none of the course's.
        """
        given = {
            "screening": dict(screening or {}),
            "cleared_by": cleared_by,
            "consent": given_day(consent, "consent"),
            "on": given_day(on, "on"),
        }
        return self._write("screen", course, by, drafts.screened, given)

    def contact(
        self, course: str, *, by: Context, phone: str | None = None, email: str | None = None
    ) -> Receipt:
        """Say how the patient is reached from now on; what is left out stays as it is.

        An empty text takes out what was known.

        Raises:
            InputError: When neither is given.
        """
        given = {"phone": phone, "email": email}
        return self._write("contact", course, by, drafts.contacted, given, is_stopped_too=True)

    def note(self, course: str, text: str, *, by: Context) -> Receipt:
        """Write a note on a course."""
        return self._write("note", course, by, drafts.noted, {"text": text}, is_stopped_too=True)

    def correct(
        self,
        course: str,
        revision: int,
        reason: str,
        *,
        by: Context,
        changes: Mapping[str, str | None] | None = None,
        returned: bool = False,
        yes: bool = False,
    ) -> Receipt:
        """Say that an event was recorded wrongly; it stays in the book beside its correction.

        Args:
            revision: The event that was wrong, as `history` counts them.
            reason: What was wrong.
            changes: What it should have said; None takes a word out. Left out, it did not happen.
            returned: Whether it did happen although it was withdrawn.
            yes: Whether more may be paid by it than is left to pay.

        Raises:
            RefusedError: When there is no such event, or others rest on it.
            InputError: When the changes do not fit it.
        """
        given = {
            "revision": revision,
            "reason": reason,
            "changes": dict(changes or {}),
            "returned": returned,
        }
        return self._write(
            "correct", course, by, drafts.corrected, given, yes=yes, is_stopped_too=True
        )

    def undo(self, course: str, *, by: Context, reason: str | None = None) -> Receipt:
        """Take back what was recorded last; asked again, what was recorded before that.

        The step stays in the history, beside what undoes it.

        Raises:
            RefusedError: When nothing but the opening is left, or others rest on it.
        """
        given = {"reason": reason}
        return self._write("undo", course, by, _undone, given, is_stopped_too=True)


def _undone(seen: CourseView, *, reason: str | None) -> CourseDraft:
    return CourseDraft(drafts.undone(seen, reason=reason).records)

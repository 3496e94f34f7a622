"""`CourseBook`, offered as `meso_schedule.book.Book`: what the commands of `courses` do."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.book.patient_identity import Patient
from meso_schedule.book.records import Contact
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.course.improvement import Answer
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.given_here import check_treats, given_at
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running import course_drafts as drafts
from meso_schedule.running.course_view import (
    twice,
    with_bookings,
)
from meso_schedule.running.elsewhere import check_cleared, elsewhere
from meso_schedule.running.given_values import Day, Time, asked_as, clock_of, day_of
from meso_schedule.running.hardly_meant import hardly_begun
from meso_schedule.running.kept_book import KeptBook, agree_to, today_of
from meso_schedule.running.opening import opening
from meso_schedule.running.replanning import Replanned


class Rebooking(NamedTuple):
    """What becomes of the booked sessions of a course.

    Args:
        replanned: The new calendar with its changes; None of a repeat under a key.
        receipt: What was written; None where nothing was.
    """

    replanned: Replanned | None
    receipt: Receipt | None


class CourseBook(KeptBook):
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
            yes: Whether another course of a patient who has one is meant, or a start long past.

        Raises:
            NoCalendarFits: When there is no calendar.
            InputError: When the request does not go with the protocols.
        """
        recipes = [protocols] if isinstance(protocols, Protocol) else list(protocols)
        asked = [it.digest for it in recipes], request.model_dump(mode="json", exclude_none=True)
        named = {"protocols": asked[0], "request": asked[1], "phone": phone, "email": email}
        by = asked_as(by, "open", **named)
        if repeated := self._recall(by):
            return repeated
        today, own = today_of(by), {**(known or {}), **{it.id: it for it in recipes}}
        if self._clinic:
            check_treats(self._clinic, own)
            recipes = [given_at(self._clinic, recipe) for recipe in recipes]
        beside = self._others(request, phone, today, yes=yes)
        check_cleared(beside, recipes, None, None)
        others, reached = elsewhere(beside), Contact(phone=phone, email=email)
        every, wish = {**others.known, **own}, others.beside(request)

        def planned() -> Receipt:
            now = with_bookings(self._clinic, self._book, min(today, request.start or today))
            made = plan_combined(recipes, wish, clinic=now, as_of=today, busy=busy, known=every)
            opened, *more = opening(recipes, request, made, own, now, reached=reached)
            return self._book.open_course(opened, *more, context=by)

        return twice(planned)

    def _others(
        self, request: CourseRequest, phone: str | None, today: date, *, yes: bool
    ) -> list[CourseState]:
        """Return the other courses of a patient, whose sessions keep their distance."""
        others = self._book.courses_of(Patient(request.patient, phone, request.reference))
        doubts = [*hardly_begun(request, today)]
        if running := [it.course for it in others if it.status in ("running", "paused")]:
            doubts.append(f"The patient has a course already: {', '.join(running)}.")
        if doubts:
            agree_to(f"{' '.join(doubts)} Open {'another' if running else 'it'}?", yes=yes)
        return others

    def hold(
        self,
        course: str,
        *,
        by: Context,
        on: Day | None = None,
        session: int | str | None = None,
        treatment: str | None = None,
        at: Time | None = None,
        reason: str | None = None,
        lot: str | None = None,
        improved: Answer | None = None,
        yes: bool = False,
    ) -> Receipt:
        """Record that a visit was held; the next window follows.

        Args:
            on: Its day; left out, the day of asking.
            at: When it began.
            reason: Why it was that day.
            lot: The lot numbers of what was given.
            improved: Whether the skin had improved by then; left out, it was not assessed.
            yes: Whether a session is meant that the course does not have.

        Raises:
            RefusedError: When what is recorded does not allow it.
            InputError: When there is no such course or session.
        """
        given = {
            "on": on and day_of(on, "on"),
            "session": _text(session),
            "treatment": treatment,
            "at": at and clock_of(at, "at"),
            "reason": reason,
            "lot": lot,
            "improved": improved,
        }
        return self._write("hold", course, by, drafts.held, given, yes=yes)

    def miss(
        self,
        course: str,
        *,
        by: Context,
        on: Day | None = None,
        session: int | str | None = None,
        treatment: str | None = None,
        reason: str | None = None,
        fee: Decimal | str | None = None,
        called_off: bool = False,
        waive: str | None = None,
        yes: bool = False,
    ) -> Receipt:
        """Record that a visit did not take place.

        Args:
            on: The day, of one called off that of calling; left out, the next booked visit's.
            fee: What is kept for it, tax within; left out, by the clinic's terms.
            called_off: Whether the patient said so before.
            waive: Why nothing is kept although the clinic's terms say so.
            yes: Whether what the terms keep is agreed to.

        Raises:
            RefusedError: When no such session is booked.
            InputError: When the terms keep something and `yes` is not given.
        """
        given = {
            "on": on and day_of(on, "on"),
            "session": _text(session),
            "treatment": treatment,
            "reason": reason,
            "fee": fee,
            "called_off": called_off,
            "waive": waive,
        }
        return self._write("miss", course, by, drafts.missed, given, yes=yes)

    def move(
        self,
        course: str,
        session: int | str,
        to: Day,
        *,
        by: Context,
        at: Time | None = None,
        late: bool = False,
        reason: str | None = None,
        busy: Sequence[BusySource] = (),
        waive: str | None = None,
        alone: bool = False,
        yes: bool = False,
    ) -> Receipt:
        """Move a session to a day that the patient asks for; it stays there when replanned.

        Where sessions after it must follow, as few as can be are moved with it.

        Args:
            session: Which session; of several treatments `B2`.
            to: The new day.
            at: The new time; left out, the time it had, or the first that is free.
            late: Whether the day may be past the window, up to the lapse; with a reason.
            waive: Why nothing is kept although the clinic's terms say so.
            alone: Whether no other session moves, although some may no longer fit.
            yes: Whether it is agreed to what the terms keep, and to the sessions that follow.

        Raises:
            RefusedError: When the session cannot be on that day.
            InputError: When the terms keep something or others must follow, without `yes`.
        """
        given = {
            "session": _text(session),
            "to": day_of(to, "to"),
            "at": at and clock_of(at, "at"),
            "late": late,
            "reason": reason,
            "waive": waive,
            "alone": alone,
        }
        return self._write(
            "move",
            course,
            by,
            lambda seen, **asked: drafts.moved(seen, busy=busy, **asked),
            given,
            yes=yes,
        )

    def assess(
        self,
        course: str,
        improved: Answer,
        *,
        by: Context,
        on: Day | None = None,
        treatment: str | None = None,
    ) -> Receipt:
        """Record whether the skin has improved, which decides the days of the sessions to come.

        Args:
            improved: `yes`, `no` or `unclear`.
            treatment: Of several treatments only this one; left out, all that wait for it.

        Raises:
            RefusedError: When nothing of the course waits for it, or none was held by then.
        """
        given = {"improved": improved, "on": on and day_of(on, "on"), "treatment": treatment}
        return self._write("assess", course, by, drafts.assessed, given)

    def replan(
        self,
        course: str,
        *,
        by: Context,
        changes: Mapping[str, Any] | None = None,
        release: Sequence[int | str] = (),
        busy: Sequence[BusySource] = (),
        yes: bool = False,
    ) -> Rebooking:
        """Return the calendar that moves as few booked sessions as it can; with `yes`, book it.

        Args:
            changes: What is asked from now on, by the names of a request, as a request file says
                it: `{"finish_by": "2027-03-01"}`.
            release: Sessions that may move although they were fixed by hand or are inside the
                clinic's notice.
            yes: Whether the new days are booked.

        Raises:
            NoCalendarFits: When no calendar keeps every rule.
        """
        asked, named = dict(changes or {}), [str(it) for it in release]
        by = asked_as(by, "replan", course=course, yes=yes, changes=asked, release=named)
        if repeated := self._recall(by):
            return Rebooking(None, repeated)
        made, receipt = self._written(
            course,
            by,
            lambda seen: drafts.replanned(seen, changes=asked, release=named, busy=busy, yes=yes),
        )
        return Rebooking(made.replanned, receipt)

    def pay(
        self,
        course: str,
        amount: Decimal | str,
        *,
        by: Context,
        on: Day | None = None,
        currency: str | None = None,
        refund: bool = False,
        source: str | None = None,
        method: str | None = None,
        yes: bool = False,
    ) -> Receipt:
        """Record a payment, or money given back.

        Args:
            amount: What was paid; never a float.
            currency: ISO 4217; left out, the course's.
            refund: Whether the money went back to the patient.
            source: The course it was paid for and is carried over from; it stands in both.
            method: How it was paid, such as by card.
            yes: Whether it may be more than all that is left to pay.

        Raises:
            RefusedError: For more given back than was paid.
            InputError: For another currency than the course's, or more than is left to pay.
        """
        given = {
            "amount": amount,
            "on": on and day_of(on, "on"),
            "currency": currency,
            "refund": refund,
            "source": source,
            "method": method,
        }
        return self._write("pay", course, by, drafts.paid, given, yes=yes, is_stopped_too=True)

    def stop(
        self,
        course: str,
        *,
        by: Context,
        on: Day | None = None,
        reason: str | None = None,
        used: Decimal | str | None = None,
    ) -> Receipt:
        """End a course before its last session, and settle what is owed or given back.

        Args:
            used: What the sessions had are worth, as agreed; left out, by the clinic's rule.

        Raises:
            RefusedError: When it was stopped before.
        """
        given = {"on": on and day_of(on, "on"), "reason": reason, "used": used}
        return self._write("stop", course, by, drafts.ended, given, is_stopped_too=True)

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


def _text(session: int | str | None) -> str | None:
    return None if session is None else str(session)

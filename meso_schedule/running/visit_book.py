"""The visits of running courses in a book, and what clinicians say at them."""

from collections.abc import Sequence
from decimal import Decimal

from meso_schedule.base.busy_times import BusySource
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.course.improvement import Answer, Outcome
from meso_schedule.running import visit_drafts as drafts
from meso_schedule.running.given_values import (
    Day,
    Time,
    day_of,
    given_clock,
    given_day,
    text_of,
)
from meso_schedule.running.kept_book import KeptBook


class VisitBook(KeptBook):
    """What `CourseBook` writes of visits."""

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
        consultation: bool = False,
        yes: bool = False,
    ) -> Receipt:
        """Record that a visit was held; the next window follows.

        Args:
            on: Its day; left out, the day of asking.
            at: When it began.
            reason: Why it was that day.
            lot: The lot numbers of what was given.
            improved: Whether the skin had improved by then; left out, it was not assessed.
            consultation: Whether it was the consultation before session 1.
            yes: Whether a session is meant that the course does not have.

        Raises:
            RefusedError: When what is recorded does not allow it.
            InputError: When there is no such course or session.
        """
        given = {
            "on": given_day(on, "on"),
            "session": text_of(session),
            "treatment": treatment,
            "at": given_clock(at, "at"),
            "reason": reason,
            "lot": lot,
            "improved": improved,
            "consultation": consultation,
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
        consultation: bool = False,
        yes: bool = False,
    ) -> Receipt:
        """Record that a visit did not take place.

        Args:
            on: The day, of one called off that of calling; left out, the next booked visit's.
            fee: What is kept for it, tax within; left out, by the clinic's terms.
            called_off: Whether the patient said so before.
            waive: Why nothing is kept although the clinic's terms say so.
            consultation: Whether it was the consultation before session 1.
            yes: Whether what the terms keep is agreed to.

        Raises:
            RefusedError: When no such session is booked.
            InputError: When the terms keep something and `yes` is not given.
        """
        given = {
            "on": given_day(on, "on"),
            "session": text_of(session),
            "treatment": treatment,
            "reason": reason,
            "fee": fee,
            "called_off": called_off,
            "waive": waive,
            "consultation": consultation,
        }
        return self._write("miss", course, by, drafts.missed, given, yes=yes)

    def move(
        self,
        course: str,
        session: int | str | None,
        to: Day,
        *,
        by: Context,
        at: Time | None = None,
        late: bool = False,
        reason: str | None = None,
        busy: Sequence[BusySource] = (),
        waive: str | None = None,
        alone: bool = False,
        consultation: bool = False,
        practitioner: str | None = None,
        urgent: bool = False,
        yes: bool = False,
    ) -> Receipt:
        """Move a session to a day that the patient asks for; it stays there when replanned.

        Where sessions after it must follow, as few as can be are moved with it.

        Args:
            session: Which session; of several treatments `B2`; None for the consultation.
            to: The new day.
            at: The new time; left out, the time it had, or the first that is free.
            late: Whether the day may be past the window, up to the lapse; with a reason.
            waive: Why nothing is kept although the clinic's terms say so.
            alone: Whether no other session moves, although some may no longer fit.
            consultation: Whether it is the consultation before session 1 that moves.
            practitioner: Who is to give it there; left out, who gives it now, if free.
            urgent: Whether what the clinic keeps free for urgent cases is offered.
            yes: Whether it is agreed to what the terms keep, and to the sessions that follow.

        Raises:
            RefusedError: When the session cannot be on that day.
            InputError: When the terms keep something or others must follow, without `yes`.
        """
        given = {
            "session": text_of(session),
            "to": day_of(to, "to"),
            "at": given_clock(at, "at"),
            "late": late,
            "reason": reason,
            "waive": waive,
            "alone": alone,
            "consultation": consultation,
            # What was asked under a key before there were these is known again.
            **({"practitioner": practitioner} if practitioner else {}),
            **({"urgent": True} if urgent else {}),
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
        given = {"improved": improved, "on": given_day(on, "on"), "treatment": treatment}
        return self._write("assess", course, by, drafts.assessed, given)

    def improve(
        self, course: str, *, by: Context, on: Day | None = None, treatment: str | None = None
    ) -> Receipt:
        """Record that the skin has improved for the first time: what depends on it becomes firm.

        Args:
            treatment: Of several treatments only this one; left out, all that wait for it.

        Raises:
            RefusedError: When nothing of the course waits for it.
        """
        given = {"on": given_day(on, "on"), "treatment": treatment}
        return self._write("improve", course, by, drafts.improved, given)

    def review(
        self,
        course: str,
        outcome: Outcome,
        *,
        by: Context,
        who: str | None = None,
        on: Day | None = None,
        treatment: str | None = None,
    ) -> Receipt:
        """Record a clinician's review, after a session that came too soon or a lapse.

        Args:
            outcome: `go-on`, `restart` its phase, or `stop`: then it is settled as by `stop`.
            who: The clinician; left out, who writes.
            treatment: Of several treatments only this one; left out, those that ask for a review.

        Raises:
            RefusedError: When nothing asks for one.
            InputError: For another outcome.
        """
        given = {
            "who": who or by.who,
            "outcome": outcome,
            "on": given_day(on, "on"),
            "treatment": treatment,
        }
        return self._write("review", course, by, drafts.reviewed, given)

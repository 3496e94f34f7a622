"""The distance between the treatments of a course: what is booked or held too close to another."""

from collections.abc import Iterator
from datetime import date

from meso_schedule.availability.named_treatments import treatment_of
from meso_schedule.availability.treatment_spacing import Pair, blocks_around, pair_of
from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model, Sentence
from meso_schedule.base.phrases import Phrase, listed, phrase
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.state import CourseSession, CourseState, SessionStatus
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import SpacingRule
from meso_schedule.rules.catalogue import packaged_ids
from meso_schedule.rules.known_treatments import treatment_names
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.treatment_progress import TreatmentProgress


class TooClose(Model):
    """A session of another treatment that a day is too close to.

    Args:
        session: The session that is on the day, `B2`.
        day: The day.
        other: The session it is too close to, `A1`.
        date: The day of that one.
        status: Whether that one was held or is to come.
        reason: What the rule asks for, as one sentence.
        rule: The rule, with its sources.
    """

    session: str
    day: Day
    other: str
    date: Day
    status: SessionStatus
    reason: Sentence
    rule: SpacingRule

    @property
    def whose(self) -> Phrase:
        """Whose rule it is, in words."""
        if self.rule.by_clinic:
            return phrase("the clinic's rule")
        if not self.rule.origin:
            return phrase("no rule is known; ask the clinician")
        return phrase("the rule of {treatments}", treatments=listed(self.rule.origin))


def spacing_known(clinic: Clinic, state: CourseState) -> Clinic:
    """Leave out a clinic's spacing rules for treatments that the course knows nothing of."""
    own = (kept.id for kept in (*state.protocols, *state.elsewhere))
    known = {*treatment_names(), *packaged_ids(), *own}
    kept = tuple(rule for rule in clinic.spacing if known.issuperset(rule.names))
    return clinic.model_copy(update={"spacing": kept})


def too_close(
    course: CourseProgress, one: TreatmentProgress, number: int, day: date, clinic: Clinic | None
) -> Iterator[TooClose]:
    """Yield the sessions of the other treatments that a session on a day is too close to.

    Args:
        course: The course.
        one: The treatment of the session.
        number: The session's number in the book.
        day: The day it is on, or is to go to.
        clinic: Its own spacing rules come before those of rule files.
    """
    for other in course.beside(one):
        pair = pair_between(one, other, clinic)
        for session in (*other.held, *other.ahead):
            for block in blocks_around(pair, session.date):
                if day in block.days:
                    yield TooClose(
                        session=one.mark(number),
                        day=day,
                        other=other.mark(session.number),
                        date=session.date,
                        status=session.status,
                        reason=block.reason,
                        rule=pair.rule,
                    )


def all_too_close(course: CourseProgress, clinic: Clinic | None) -> list[TooClose]:
    """Return the sessions that are too close to an earlier one of another treatment."""
    return [
        found
        for one in course.treatments
        for session in (*one.held, *one.ahead)
        for found in too_close(course, one, session.number, session.date, clinic)
        if (found.date, found.other) < (session.date, found.session)
    ]


def pair_between(one: TreatmentProgress, other: TreatmentProgress, clinic: Clinic | None) -> Pair:
    """Return the distance that holds between two treatments of a course."""
    area = one.request.area
    first, second = treatment_of(one.protocol, area), treatment_of(other.protocol, area)
    return pair_of(first, second, clinic or Clinic.default())


def check_distance(
    course: CourseProgress, one: TreatmentProgress, number: int, to: date, clinic: Clinic | None
) -> None:
    """Refuse a day that is too close to another treatment.

    Raises:
        RefusedError: It names the rule.
    """
    for found in too_close(course, one, number, to, clinic):
        raise RefusedError(
            "too_close",
            f"{to} is too close for session {found.session} to session {found.other} on"
            f" {found.date}: {found.reason} ({found.whose}).",
            "Choose another day, or move the other session first.",
            field="to",
            value=to,
        )


def sharing(
    course: CourseProgress, one: TreatmentProgress, day: date
) -> list[tuple[TreatmentProgress, CourseSession]]:
    """Return the sessions of the other treatments that are to come on a day, by their letters."""
    return [
        (other, session)
        for other in course.beside(one)
        for session in other.ahead
        if session.date == day
    ]

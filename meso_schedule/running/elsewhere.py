"""The other courses of a patient: their sessions are treatments given elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from meso_schedule.book.records import Screened
from meso_schedule.book.screening import KeptAnswer, not_cleared, questions_of
from meso_schedule.book.state import CourseState
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import OtherTreatment
from meso_schedule.rules.catalogue import packaged_ids
from meso_schedule.rules.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other courses of a patient keep free.

    Args:
        treatments: Their sessions, held and to come.
        known: Their protocols that are not packaged ones, by id.
    """

    treatments: tuple[OtherTreatment, ...] = ()
    known: Mapping[str, Protocol] = field(default_factory=dict)

    def beside(self, request: CourseRequest) -> CourseRequest:
        """Return a request with these treatments among those given elsewhere."""
        every = dict.fromkeys((*request.other, *self.treatments))
        return request.model_copy(update={"other": tuple(every)})


NOTHING = Elsewhere()


def elsewhere(courses: Sequence[CourseState]) -> Elsewhere:
    """Return what other courses of the same patient keep free."""
    protocols = (kept for state in courses for kept in state.protocols)
    own = {kept.id: kept.read() for kept in protocols if kept.id not in packaged_ids()}
    return Elsewhere(tuple(it for state in courses for it in _treatments(state)), own)


def _treatments(state: CourseState) -> Iterator[OtherTreatment]:
    areas = state.request.get("area")
    only = areas[0] if isinstance(areas, list) and len(areas) == 1 else None
    for session in (*state.held, *state.upcoming):
        yield OtherTreatment(session.protocol, session.date, str(only) if only else None)


def check_cleared(
    courses: Sequence[CourseState],
    protocols: Sequence[Protocol],
    screened: Screened | None,
    cleared_by: str | None,
) -> None:
    """Refuse a course that other courses of the patient know a reason against.

    Args:
        courses: The other courses.
        protocols: What is to be given.
        screened: What is answered anew.
        cleared_by: The clinician who has the course go on all the same.

    Raises:
        RefusedError: For a yes that nobody cleared.
    """
    questions = questions_of(protocols)
    answered = [it.question for it in screened.screening] if screened else []
    for entry in answers_in(courses):
        stops = questions.get(entry.question) and entry.question not in answered
        if stops and entry.answer == "yes" and not (entry.cleared_by or cleared_by):
            raise not_cleared(entry.question)


def answers_in(courses: Sequence[CourseState]) -> list[KeptAnswer]:
    """Return what a patient answered last to each question, in any of several courses.

    Of two answers of one day a yes stands.
    """
    every = (it for state in courses for it in state.screening)
    said = sorted(every, key=lambda it: (it.on, it.answer == "yes"))
    return list({entry.question: entry for entry in said}.values())

"""A course of the book as the planner sees it.

The book counts visits: every session held has a number of its own. The planner counts the
sessions of the protocol, and repeats the number of one that does not count. `offset` is the
difference between the two.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from meso_schedule.base.dates import DateRange
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.payloads import Terms
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.course.course_plan import Finding
from meso_schedule.course.improvement import Improvement, known_by
from meso_schedule.course.request import WORDS, CourseRequest, left_out
from meso_schedule.course.request_checks import own_words, rules_of_others
from meso_schedule.course.wishes import Wanted
from meso_schedule.evaluation.evaluate import standing_of
from meso_schedule.evaluation.standing import Standing
from meso_schedule.planner.preparation import Prepared, after_consultation
from meso_schedule.planner.progress import BookedSession, Progress
from meso_schedule.planner.validity import Validity
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.agreed_validity import agreed_validity


class TreatmentProgress(NamedTuple):
    """A course of one treatment under way on a day of asking, or one treatment of several.

    Args:
        protocol: As it was kept with the course.
        request: What is asked now, with the sessions held.
        improvement: What is known and foreseen of improvement, and what was reviewed.
        standing: What the sessions held amount to; None while there are none.
        label: The letter of one of several treatments.
    """

    state: CourseState
    protocol: Protocol
    request: CourseRequest
    improvement: Improvement
    as_of: date
    standing: Standing | None
    label: str | None = None

    @property
    def terms(self) -> Terms | None:
        """What the treatment costs, as agreed; None where no price is known."""
        return self.state.treatment_terms.get(self.protocol.id)

    @property
    def known(self) -> dict[str, Protocol]:
        """The protocols besides the packaged ones that treatments given elsewhere may name."""
        return {kept.id: kept.read() for kept in self.state.elsewhere}

    @property
    def validity(self) -> Validity:
        """How long it may be used, as agreed."""
        return agreed_validity(self.state, self.terms, self.as_of)

    @property
    def valid_until(self) -> date | None:
        """The last day on which it may be used; None where it has no end, or no day yet."""
        if self.validity.length and self.ahead:
            return self.validity.length.after(self.ahead[0].date)
        return self.validity.until

    @property
    def prepared(self) -> Prepared | None:
        """What the consultation leaves session 1, while that is to come."""
        visit = self.state.consultation
        if visit is None or self.standing or visit.status == "missed":
            return None
        return after_consultation(visit.date, visit.reflection, visit.end)

    @property
    def rests_since(self) -> tuple[DateRange, ...]:
        """The pauses since the last session held that nobody reviewed, while more are to come."""
        if self.standing is None or self.standing.forecast is None:
            return ()
        return self.improvement.unreviewed(self.state.rests(self.as_of), self.standing.last)

    @property
    def held(self) -> tuple[CourseSession, ...]:
        """The sessions held, in the order in which they were judged."""
        return tuple(sorted(self.state.held, key=lambda session: session.date))

    @property
    def progress(self) -> Progress:
        """What was held, and what is known of improvement, as the planner takes it."""
        return Progress(
            held=tuple(session.date for session in self.held),
            improvement=self.improvement,
            recorded=tuple(session.revision for session in self.held),
            begins=self.ahead[0].date if self.ahead and not self.standing else None,
        )

    @property
    def improved_on(self) -> date | None:
        """The day on which it was assessed that the skin had improved, if that is the last word."""
        words = self.improvement.standing
        if known_by(words, date.max).answer != "yes":
            return None
        return max(word.on for word in words if word.answer == "yes")

    @property
    def decides(self) -> bool:
        """Whether the days of the sessions to come depend on whether the skin has improved now."""
        standing = self.standing
        return standing is not None and standing.ahead.decided_after == standing.counted

    @property
    def maximum_findings(self) -> Iterator[Finding]:
        """That the most treatments a course may have were passed, or bound what is to come."""
        if self.standing is None:
            return
        counted, most = self.standing.counted, self.protocol.sessions.maximum
        ends = (len(self.standing.phases), self.standing.wanted)
        planned, wanted = (0, 0) if self.state.stopped else (end - counted for end in ends)
        for message in self.standing.maximum_words(most, planned, wanted):
            yield Finding.made(kind="maximum_reached", label=self.label, message=message)

    @property
    def asks_for_review(self) -> bool:
        """Whether a session that came too soon, or a lapse, waits for a clinician's review."""
        standing = self.standing
        return standing is not None and (standing.awaits_review or bool(standing.unreviewed))

    @property
    def last_visit(self) -> int:
        """The number of the last visit held, in the book; 0 before the first."""
        return max((session.number for session in self.state.held), default=0)

    @property
    def offset(self) -> int:
        """What is added to a session's number in a plan to have its number in the book."""
        return self.last_visit - (self.standing.counted if self.standing else 0)

    @property
    def ahead(self) -> tuple[CourseSession, ...]:
        """The sessions to come after the last visit held, by date."""
        return tuple(it for it in self.state.upcoming if it.number > self.last_visit)

    @property
    def movable(self) -> tuple[CourseSession, ...]:
        """The sessions after the last visit held that can get another day: those missed too."""
        missed = (it for it in self.state.sessions if it.status == "missed")
        return (*self.ahead, *(it for it in missed if it.number > self.last_visit))

    @property
    def passed_over(self) -> tuple[CourseSession, ...]:
        """The sessions that have days still, although a later visit was held."""
        return tuple(it for it in self.state.upcoming if it.number < self.last_visit)

    @property
    def next_visit(self) -> int:
        """The number that the next visit has in the book."""
        return self.last_visit + 1

    def mark(self, number: int) -> str:
        """Return what tells a session of the book from all others: `2`, or `B2`."""
        return f"{self.label or ''}{number}"


def running(
    part: CourseState, state: CourseState, asked: CourseRequest, as_of: date
) -> TreatmentProgress:
    """Return one treatment of a course as the planner sees it.

    Args:
        part: What concerns the treatment, as `parts_of` returns it.
        state: The whole course.
        asked: What is asked of the whole course.
        as_of: The day of asking, none before the last session held.

    Raises:
        InputError: When what is recorded does not go with its protocol.
    """
    kept = part.protocols[0]
    protocol, label = kept.read(), state.label_of(kept.id)
    of_others = rules_of_others(protocol, [it.read() for it in state.protocols])
    said = own_words(protocol, asked.model_copy(update={"held": _held(part)}))
    own = asked.model_copy(update=left_out(WORDS))
    request = _asked_now(part, _asked_of_one(protocol, own, of_others))
    improvement = _improvement(part, request.model_copy(update=said))
    count = request.sessions or protocol.sessions.usual
    made = TreatmentProgress(part, protocol, request, improvement, as_of, None, label)
    if not part.held:
        return made
    standing = standing_of(
        protocol,
        made.progress.held,
        improvement,
        as_of=as_of,
        sessions=count,
        recorded=made.progress.recorded,
        pauses=part.rests(as_of),
    )
    return made._replace(standing=standing)


def _improvement(part: CourseState, request: CourseRequest) -> Improvement:
    """Return what was said of improvement, when the course was opened and since."""
    protocol = part.protocols[0].id
    known = request.improvement
    # What was said when it was opened was recorded with it.
    opened = tuple(word._replace(entered=1, since=1) for word in known.assessments)
    since = tuple(entry.word for entry in part.assessments if entry.is_of(protocol))
    reviews = (*known.reviews, *(it.word for it in part.reviews if it.is_of(protocol)))
    return known._replace(assessments=opened + since, reviews=tuple(sorted(reviews)))


def asked_of(state: CourseState) -> CourseRequest:
    """Return what is asked of a course, as it was recorded."""
    return CourseRequest.read(dict(state.request), RECORDED)


def as_agreed(state: CourseState, asked: CourseRequest) -> dict[str, object]:
    """Return what a course is asked besides: for whom, and no budget.

    What it costs is agreed, and no later price cuts it short.
    """
    reference = asked.reference or state.course
    return {"patient": state.patient, "reference": reference, "budget": None}


def _asked_now(part: CourseState, asked: CourseRequest) -> CourseRequest:
    """Return what is asked with what was held since."""
    values = as_agreed(part, asked)
    if part.held:
        values["held"] = _held(part)
    return asked.changed(**values)


def _held(part: CourseState) -> tuple[date, ...]:
    return tuple(sorted(session.date for session in part.held))


def _asked_of_one(
    protocol: Protocol, asked: CourseRequest, of_others: Iterable[str]
) -> CourseRequest:
    """Return what is asked of one treatment, without what only others have a rule for."""
    wishes = {wish.protocol: wish for wish in asked.wanted}
    own = asked.of(wishes.get(protocol.id, Wanted(protocol.id)))
    return own.changed(protocol=(), **left_out(of_others))


def bookings_of(course: TreatmentProgress) -> tuple[BookedSession, ...]:
    """Return the sessions to come that have days, numbered as the planner counts them."""
    return tuple(
        BookedSession(
            number=session.number - course.offset,
            date=session.date,
            start=session.start,
            pinned=session.pinned,
            practitioner=session.takes.practitioner if session.takes else None,
            provisional=session.provisional,
        )
        for session in course.ahead
    )


def parts_of(state: CourseState) -> tuple[CourseState, ...]:
    """Return what concerns each treatment of a course, as if it were a course of its own.

    What is asked stays that of the whole.

    Args:
        state: A course that was not erased.
    """
    return tuple(
        state.model_copy(
            update={
                "protocols": (kept,),
                "sessions": tuple(it for it in state.sessions if it.protocol == kept.id),
                "improved_on": state.improvements.get(kept.id, state.improved_on),
                "improvements": {},
            }
        )
        for kept in state.protocols
    )

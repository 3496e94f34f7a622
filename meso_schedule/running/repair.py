"""What becomes of booked sessions that an absence, a closure or a changed clinic file hits.

All courses that are hit are planned at once, by the search of `capacity`, with a bound on what any
repair costs. Where its solver is not installed they take their turn, the one whose first lost
session is nearest before all others: each is planned exactly beside those before it, all together
are not.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import BookedAbsence, days_opened, find_same, is_hit, with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, visits_of
from meso_schedule.capacity.places import RepairMeasure
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.fallen_consultations import (
    fallen_by,
    moved_consultations,
    sessions_too_soon,
)
from meso_schedule.running.fallen_tests import moved_tests, with_tests
from meso_schedule.running.not_allowed import (
    all_not_allowed,
    fallen_in_file,
    lost_of,
    views_of,
    visits_today,
    with_today,
)
from meso_schedule.running.not_moved import BEGUN, as_if_held, past_of, unrecorded, with_begun
from meso_schedule.running.proposal import Proof, Proposal
from meso_schedule.running.repair_in_turn import in_turn
from meso_schedule.running.repaired_course import Hit, Loss, Repaired

if TYPE_CHECKING:
    from meso_schedule.running.repair_at_once import AtOnce


def has_solver() -> bool:
    """Tell whether the extra `capacity` is installed."""
    return find_spec("highspy") is not None


def proposals(
    book: Book,
    clinic: Clinic,
    absence: Absent,
    *,
    now: datetime,
    as_of: date,
    late: int = 0,
    others: int | None = None,
) -> Iterator[Proposal]:
    """Yield what becomes of the courses that an absence hits, if only their patients are called.

    Then the same if others may be called too, unless none may; each is made as it is asked for.

    Args:
        book: Where they are booked.
        clinic: As its file says.
        absence: Who is not there, or that the clinic is closed, and when.
        now: The moment of asking.
        as_of: The day of asking; sessions before it stay.
        late: How many days late sessions may be, where the course itself allows fewer.
        others: How many other patients may be called; None for any.

    Raises:
        InputError: For an absence that lies wholly in the past.
    """
    if absence.last < as_of:
        raise InputError.of(
            "past",
            f"The absence ends on {absence.last}, before the day of asking, {as_of}.",
            field="days",
            value=absence.last,
            remedy="Name days that are still to come.",
        )
    revision, visits = book.head().count, with_begun(book.visits(as_of), as_of, now)
    opened, booked = days_opened(clinic, absence, as_of), book.absences()
    now_closed, clinic = (with_absences(clinic, it) for it in (booked, [*booked, _known(absence)]))

    @cache
    def view_of(name: str) -> CourseView:
        state = book.course(name)
        seen = as_if_held(state, unrecorded(state, as_of, now))
        return CourseView(seen, as_of, clinic, book, now, book.beside(state, clinic.home_country))

    views = list(map(view_of, _booked_on(book, absence, as_of)))
    fallen = moved_consultations(fallen_by(absence, views, opened), visits, clinic)
    later = {it.state.course: it.later for it in fallen}

    def moved_view_of(name: str) -> CourseView:
        return _with_consultation(view_of(name), later)

    moved = (_with_consultation(it, later) for it in views)
    hit = by_turn(_hits((it, _lost(it.state, absence, as_of, opened)) for it in moved))
    loss = Loss(hit, _with_moved(visits, later), clinic, late)
    tested = [moved_view_of(it).state for it in with_tests(book, absence, as_of)]
    for courses, proof, waited in _repairs(loss, moved_view_of, others):
        yield Proposal(
            absence,
            courses,
            revision,
            as_of,
            proof,
            waited,
            past=past_of(book, hit, now),
            consultations=tuple(fallen),
            tests=tuple(moved_tests(tested, courses, (now_closed, clinic), as_of)),
            opened=opened,
            same=find_same(absence, as_of, booked),
        )


def proposals_of_file(
    book: Book,
    clinic: Clinic,
    *,
    now: datetime,
    as_of: date,
    late: int = 0,
    others: int | None = None,
) -> Iterator[Proposal]:
    """Yield what becomes of courses with sessions that a clinic file no longer allows.

    Args:
        book: Where they are booked.
        clinic: As its file says.
        now: The moment of asking.
        as_of: The day of asking; sessions before it stay.
        late: How many days late sessions may be, where the course itself allows fewer.
        others: How many other patients may be called; None for any.
    """
    revision, clinic = book.head().count, with_absences(clinic, book.absences())
    views = {it.state.course: it for it in views_of(book, clinic, now=now, as_of=as_of)}
    whys = all_not_allowed(list(views.values()))
    booked = with_begun(book.visits(as_of), as_of, now)
    visits = [it for it in booked if it.course == BEGUN]
    visits += [visit for view in views.values() for visit in visits_today(view)]
    fallen = moved_consultations(fallen_in_file(whys, views), visits, clinic)
    later = {it.state.course: it.later for it in fallen}
    views = {name: _with_consultation(it, later) for name, it in views.items()}
    hit = by_turn(_hits((views[it], lost_of(views[it].state, own)) for it, own in whys.items()))
    loss = Loss(hit, _with_moved(visits, later), clinic, late)
    for courses, proof, waited in _repairs(loss, views.__getitem__, others):
        changed = {*later, *(it.state.course for it in courses)}
        rest = [with_today(it) for name, it in views.items() if name not in changed]
        yield Proposal(
            None,
            courses,
            revision,
            as_of,
            proof,
            waited,
            whys,
            past=past_of(book, hit, now),
            consultations=tuple(fallen),
            tests=tuple(moved_tests((), courses, (clinic, clinic), as_of)),
            staying=tuple(it for it in rest if it),
        )


def proposal(
    book: Book, clinic: Clinic, absence: Absent, *, now: datetime, as_of: date, late: int = 0
) -> Proposal:
    """Return what becomes of the courses that an absence hits if only their patients are called.

    The arguments and errors are those of `proposals`.
    """
    return next(proposals(book, clinic, absence, now=now, as_of=as_of, late=late))


def _known(absence: Absent) -> BookedAbsence:
    return BookedAbsence.made(
        id="",
        practitioner=absence.practitioner,
        first=absence.first,
        last=absence.last,
        reason=absence.reason,
    )


def _repairs(
    loss: Loss, view_of: Callable[[str], CourseView], others: int | None
) -> Iterator[tuple[tuple[Repaired, ...], Proof | None, int | None]]:
    if loss.clinic.practitioners and has_solver():
        # What the extra brings is loaded only here.
        from meso_schedule.running.chosen_calendars import OtherPatients
        from meso_schedule.running.repair_at_once import repaired_at_once

        if alone := repaired_at_once(loss):
            yield alone.courses, _proof(alone), alone.waited
            if others == 0:
                return
            allowed = OtherPatients(view_of, others)
            if beside := repaired_at_once(loss, others=allowed, known=alone.found):
                yield beside.courses, _proof(beside), beside.waited
            return
    courses = tuple(in_turn(loss))
    # Where nobody is named courses do not stand in one another's way.
    measure = _measure(courses)
    yield courses, None if loss.clinic.practitioners else Proof(measure, measure), None


def _measure(courses: Sequence[Repaired]) -> RepairMeasure:
    kept = [it for it in courses if not it.refusal]
    changed = sum(call.before is not None for it in kept for call in it.calls)
    return RepairMeasure(not_kept=len(courses) - len(kept), changed=changed)


def _proof(made: "AtOnce") -> Proof | None:
    if made.least is None:
        return None
    own = _measure(made.courses)
    measure = made.found.measure._replace(not_kept=own.not_kept, changed=own.changed)
    return Proof(measure, made.least)


def _booked_on(book: Book, absence: Absent, as_of: date) -> list[str]:
    """Return the courses that have anything booked while somebody is not there."""
    lines = book.diary(max(absence.first, as_of), absence.last)
    return list(dict.fromkeys(it.course for it in lines if it.status == "booked"))


def _hits(lost: Iterable[tuple[CourseView, Sequence[CourseSession]]]) -> list[Hit]:
    """Return the courses of which sessions fall away, or are too soon after the consultation."""
    every = ((view, {*own, *sessions_too_soon(view.state)}) for view, own in lost)
    return [
        Hit(view, tuple(it for it in view.state.upcoming if it in own))
        for view, own in every
        if own
    ]


def _with_consultation(view: CourseView, later: Mapping[str, CourseState]) -> CourseView:
    return replace(view, state=later.get(view.state.course, view.state))


def _with_moved(
    visits: Sequence[BookedVisit], later: Mapping[str, CourseState]
) -> list[BookedVisit]:
    """Return what is booked, with the consultations where they go."""
    kept = [it for it in visits if it.course not in later]
    return [*kept, *(visit for state in later.values() for visit in visits_of(state))]


def by_turn(hit: Iterable[Hit]) -> list[Hit]:
    """Return courses in the order of their turn: the one whose first loss is nearest first."""
    return sorted(
        hit, key=lambda it: (it.lost[0].date, str(it.lost[0].start), it.view.state.course)
    )


def _lost(
    state: CourseState, absence: Absent, as_of: date, opened: Collection[date]
) -> list[CourseSession]:
    days = DateRange(max(absence.first, as_of), absence.last)
    return [
        it
        for it in state.upcoming
        if it.status == "booked"
        and it.date not in opened
        and is_hit(absence.practitioner, days, it.date, it.takes.practitioner if it.takes else None)
    ]

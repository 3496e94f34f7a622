"""A course of the book planned anew: what becomes of its sessions, and the events that say so."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from meso_schedule.availability.busy_times import BusySource
from meso_schedule.base.errors import NoCalendarFits
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.payloads import Slot
from meso_schedule.book.records import Booked, Cancelled, Planned, Record
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.replan import Change, Replan
from meso_schedule.running.course_progress import Followed, followed
from meso_schedule.running.numbering import as_in_the_book, change_in_the_book
from meso_schedule.running.remaking import Name, remade
from meso_schedule.running.treatment_progress import Running, slots_of


@dataclass(frozen=True, slots=True)
class Replanned:
    """A new calendar and the events that book it; none where nothing changes.

    Args:
        made: The new calendar.
        offsets: What is added to the numbers of each treatment in it to have the book's.
        stays: What becomes different of sessions that stay on their days, by their marks: the
            names of a slot's fields.
        wishes: What is asked from now on that was not before, by the names of a request.
    """

    made: Replan
    offsets: Mapping[str | None, int]
    records: tuple[Record, ...]
    stays: Mapping[str, tuple[str, ...]]
    wishes: Mapping[str, Any]

    def number_of(self, change: Change) -> int:
        """Return the number that a session has in the book."""
        return change.number + self.offsets[change.label]


def replanned(
    state: CourseState,
    *,
    clinic: Clinic | None,
    as_of: date,
    changes: Mapping[str, Any] | None = None,
    busy: Sequence[BusySource] = (),
    release: Collection[Name] = (),
) -> Replanned:
    """Return the calendar of a course that moves as few booked sessions as it can.

    Args:
        state: The course.
        clinic: Hours, closures, spacing rules and notice, as they are now.
        as_of: The day of asking.
        changes: What is asked from now on, by the names of a request.
        busy: Calendars whose events leave no room for a session.
        release: Sessions, by protocol and number, that may move although they would have to stay.

    Raises:
        InputError: When the changes do not go with the course.
        NoCalendarFits: When no calendar keeps every rule.
    """
    before, asked = state, dict(changes or {})
    state = state.model_copy(update={"request": {**state.request, **asked}})
    course = followed(state, as_of)
    try:
        made = remade(course, clinic=clinic, busy=busy, release=release)
    except NoCalendarFits as error:
        raise as_in_the_book(error, course) from None
    dropped = [change for one in course.treatments for change in _passed_over(one)]
    told = (change_in_the_book(change, course) for change in made.changes)
    made = made.model_copy(update={"changes": (*dropped, *told)})
    slots = tuple(slot for one in course.treatments for slot in _slots(one, made, release))
    stays = {state.mark(it.number, it.protocol): _differences(it, state) for it in slots}
    changed = tuple(it for it in slots if stays[state.mark(it.number, it.protocol)])
    wishes = _wishes(before, state, asked, made, is_used=bool(changed)) if slots else {}
    records = tuple(_records(course, made, slots if wishes else changed, is_asked=bool(wishes)))
    return Replanned(made, course.offsets, records, _staying(stays), wishes)


def _wishes(
    before: CourseState,
    after: CourseState,
    asked: Mapping[str, Any],
    made: Replan,
    *,
    is_used: bool,
) -> dict[str, Any]:
    """Return what is asked from now on that was not before.

    More lateness is leave, no wish: where no session makes use of it nothing is agreed anew.
    """
    old, new = (
        CourseRequest.model_validate(dict(state.request), context=RECORDED)
        for state in (before, after)
    )
    latest = max(visit.late_days for visit in made.plan.visits)
    is_idle = not (is_used or made.changes or latest > old.late) and new.late > old.late
    return {
        name: value
        for name, value in asked.items()
        if getattr(old, name) != getattr(new, name) and not (name == "late" and is_idle)
    }


def _staying(different: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {mark: names for mark, names in different.items() if names and "date" not in names}


def _passed_over(one: Running) -> Iterator[Change]:
    """Drop what is still booked although a later visit was held."""
    for session in one.passed_over:
        yield Change(
            label=one.label,
            protocol=one.protocol.id if one.label else None,
            number=session.number - one.offset,
            kind="dropped",
            before=session.date,
            after=None,
            start_before=str(session.start) if session.start else None,
            why=(f"session {one.mark(one.last_visit)} was held",),
        )


def _records(
    course: Followed, made: Replan, slots: tuple[Slot, ...], *, is_asked: bool
) -> Iterator[Record]:
    if is_asked:
        kept = CourseRequest.model_validate(dict(course.state.request), context=RECORDED)
        yield Planned(sessions=slots, request=kept)
    for one in course.treatments:
        own = (change for change in _own(one, made) if change.kind == "dropped")
        if dropped := tuple(change.number + one.offset for change in own):
            protocol = one.protocol.id if one.label else None
            yield Cancelled(numbers=dropped, protocol=protocol, forecast=course.forecast)
    if slots:
        yield Booked(sessions=slots, forecast=course.forecast)


def _slots(one: Running, made: Replan, release: Collection[Name]) -> tuple[Slot, ...]:
    return slots_of(
        [visit for visit in made.plan.visits if visit.label == one.label],
        one.protocol,
        one.state.terms,
        offset=one.offset,
        pinned=_still_pinned(one, made, release),
    )


def _own(one: Running, made: Replan) -> Iterator[Change]:
    return (change for change in made.changes if change.label == one.label)


def _still_pinned(one: Running, made: Replan, release: Collection[Name]) -> set[int]:
    """Return the numbers, in the plan, of sessions fixed by hand that stay where they are."""
    moved = {change.number for change in _own(one, made)}
    pinned = {session.number for session in one.state.upcoming if session.pinned}
    kept = {number - one.offset for number in pinned if (one.protocol.id, number) not in release}
    return kept - moved


def _differences(slot: Slot, state: CourseState) -> tuple[str, ...]:
    """Return in what the book says something else of a session, its price aside."""
    names = ("date", "start", "minutes", "phase", "provisional", "pinned")
    there = state.find_session(slot.number, slot.protocol)
    if there is None or there.status != "booked":
        return names
    return tuple(name for name in names if getattr(there, name) != getattr(slot, name))

"""A course of the book planned anew: what becomes of its sessions, and the events that say so."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError, shortened
from meso_schedule.base.times import MIDNIGHT, Clock
from meso_schedule.book.payloads import Slot, Takes
from meso_schedule.book.records import Booked, Cancelled, Moved, Planned, Record
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.wishes import Wanted
from meso_schedule.planner.replan import Change, Replan
from meso_schedule.running.booked_slots import slots_of
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.course_replan import Name, replan_of, without_gone
from meso_schedule.running.forecasts import following
from meso_schedule.running.names import as_in_the_book, change_in_the_book
from meso_schedule.running.treatment_progress import TreatmentProgress


class Replanned(NamedTuple):
    """A new calendar and the events that book it; none where nothing changes.

    Args:
        made: The new calendar.
        offsets: What is added to the numbers of each treatment in it to have the book's.
        stays: What becomes different of sessions that stay on their days, by their marks: the
            names of a slot's fields, `rooms` where it takes other rooms, devices or minutes.
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
    course: CourseProgress,
    *,
    clinic: Clinic | None,
    changes: Mapping[str, Any] | None = None,
    busy: Sequence[BusySource] = (),
    release: Collection[Name] = (),
    asked_at: Clock = MIDNIGHT,
) -> Replanned:
    """Return the calendar of a course that moves as few booked sessions as it can.

    Args:
        course: The course.
        clinic: Hours, closures, spacing rules and notice, as they are now.
        changes: What is asked from now on, by the names of a request.
        busy: Calendars whose events leave no room for a session.
        release: Sessions, by protocol and number, that may move although they would have to stay.
        asked_at: The time of asking, from which a notice in hours counts; left out, midnight.

    Raises:
        InputError: When the changes do not go with the course.
        NoCalendarFits: When no calendar keeps every rule.
    """
    before, asked = course, {**without_gone(course.asked, clinic), **(changes or {})}
    state = before.state.model_copy(update={"request": {**before.state.request, **asked}})
    course = progress_of(state, before.as_of, before)
    try:
        made = replan_of(course, clinic=clinic, busy=busy, release=release, asked_at=asked_at)
    except NoCalendarFits as error:
        raise as_in_the_book(error, course) from None
    dropped = [change for one in course.treatments for change in _passed_over(one)]
    told = (change_in_the_book(change, course) for change in made.changes)
    made = made.model_copy(update={"changes": (*dropped, *told)})
    slots = tuple(slot for one in course.treatments for slot in _slots(one, made, release, clinic))
    stays = {state.mark(it.number, it.protocol): _differences(it, state) for it in slots}
    changed = tuple(it for it in slots if stays[state.mark(it.number, it.protocol)])
    wishes = _wishes(before, course, asked, made, is_used=bool(changed)) if slots else {}
    records = tuple(_records(course, made, slots if wishes else changed, is_asked=bool(wishes)))
    stays = {mark: names for mark, names in stays.items() if names and "date" not in names}
    return Replanned(made, course.offsets, records, stays, wishes)


def moved_to(
    course: CourseProgress,
    after: CourseState,
    *,
    clinic: Clinic,
    changes: Mapping[str, Any],
    busy: Sequence[BusySource] = (),
    release: Collection[Name] = (),
    asked_at: Clock = MIDNIGHT,
) -> tuple[Record, ...] | None:
    """Return the events that book the sessions of a course where another state has them.

    None where a rule, or what is booked, leaves any of them no place there.

    Args:
        course: The course as it is.
        after: The same with sessions elsewhere.
        clinic: As it is then.
        changes: What is asked from now on, by the names of a request.
        busy: Calendars whose events leave no room for a session.
        release: Sessions, by protocol and number, that may move although they would have to stay.
        asked_at: The time of asking.
    """
    asked = dict(changes)
    after = after.model_copy(update={"request": {**after.request, **asked}})
    then = progress_of(after, course.as_of, course)
    try:
        made = replan_of(then, clinic=clinic, busy=busy, is_fixed=True, asked_at=asked_at)
    except NoCalendarFits:
        return None
    slots = tuple(slot for one in then.treatments for slot in _slots(one, made, release, clinic))
    if made.changes or any("takes" in _differences(it, after) for it in slots):
        return None
    changed = tuple(it for it in slots if _differences(it, course.state))
    wishes = _wishes(course, then, asked, made, is_used=bool(changed))
    return tuple(_records(then, made, slots if wishes else changed, is_asked=bool(wishes)))


def following_moves(
    course: CourseProgress,
    record: Moved,
    late_days: int,
    *,
    clinic: Clinic | None,
    busy: Sequence[BusySource] = (),
    asked_at: Clock = MIDNIGHT,
) -> Replanned | NoCalendarFits | None:
    """Return the fewest moves that others have to make after one that stays where it goes.

    None where none have to, and where it could not stay; the no where they cannot.

    Args:
        course: The course before it.
        record: What moves the one.
        late_days: The days past its window that were agreed for it, and are remembered.
        clinic: Hours, closures, spacing rules and notice, as they are now.
        busy: Calendars whose events leave no room for a session.
        asked_at: The time of asking.
    """
    later = progress_of(following(course.state, record), course.as_of, course)
    agreed = {"late": max(late_days, later.asked.late)} if late_days else {}
    try:
        made = replanned(later, clinic=clinic, changes=agreed, busy=busy, asked_at=asked_at)
    except NoCalendarFits as error:
        return error
    moved = later.state.mark(record.number, record.protocol)
    told = [f"{it.label or ''}{made.number_of(it)}" for it in made.made.changes]
    return made if told and moved not in told else None


def _wishes(
    before: CourseProgress,
    after: CourseProgress,
    asked: Mapping[str, Any],
    made: Replan,
    *,
    is_used: bool,
) -> dict[str, Any]:
    """Return what is asked from now on that was not before.

    More lateness is leave, no wish: where no session makes use of it nothing is agreed anew.
    """
    old, new = before.asked, after.asked
    latest = max(visit.late_days for visit in made.plan.visits)
    is_idle = not (is_used or made.changes or latest > old.late) and new.late > old.late
    return {
        name: value
        for name, value in asked.items()
        if getattr(old, name) != getattr(new, name) and not (name == "late" and is_idle)
    }


def _passed_over(one: TreatmentProgress) -> Iterator[Change]:
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
    course: CourseProgress, made: Replan, slots: tuple[Slot, ...], *, is_asked: bool
) -> Iterator[Record]:
    if is_asked:
        yield Planned(sessions=slots, request=course.asked)
    for one in course.treatments:
        own = (change for change in _own(one, made) if change.kind == "dropped")
        if dropped := tuple(change.number + one.offset for change in own):
            yield Cancelled(numbers=dropped, protocol=one.protocol.id, forecast=course.forecast)
    if slots:
        yield Booked(sessions=slots, forecast=course.forecast)


def _slots(
    one: TreatmentProgress, made: Replan, release: Collection[Name], clinic: Clinic | None
) -> tuple[Slot, ...]:
    return slots_of(
        [visit for visit in made.plan.visits if visit.label == one.label],
        one.protocol,
        one.terms,
        clinic=clinic,
        offset=one.offset,
        pinned=_still_pinned(one, made, release),
    )


def _own(one: TreatmentProgress, made: Replan) -> Iterator[Change]:
    return (change for change in made.changes if change.label == one.label)


def _still_pinned(one: TreatmentProgress, made: Replan, release: Collection[Name]) -> set[int]:
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
    told = tuple(name for name in names if getattr(there, name) != getattr(slot, name))
    if _giver(there.takes) != _giver(slot.takes):
        return (*told, "takes")
    return told if _beside(there.takes) == _beside(slot.takes) else (*told, "rooms")


def _giver(takes: Takes | None) -> str | None:
    return takes.practitioner if takes else None


def _beside(takes: Takes | None) -> Takes | None:
    """Return what a session takes beside who gives it, whether over others or not."""
    return takes.model_copy(update={"overlaps": False}) if takes else None


def with_wishes(course: CourseProgress, wanted: Sequence[Wanted]) -> list[str]:
    """Return what each of several treatments is asked, some of them anew.

    What is not said anew stays: the number of sessions, or the start.

    Raises:
        InputError: For a treatment that the course does not have, or a course of one.
    """
    wishes = {wish.protocol: wish for wish in course.asked.wanted if course.is_combined}
    for new in wanted:
        if new.protocol not in wishes:
            raise InputError.of(
                "unknown_treatment",
                f"The course has no treatment {shortened(new.protocol)} among several.",
                field="treatment",
                value=str(new),
                remedy=f"Known: {', '.join(wishes) or 'none; it has one protocol'}.",
            )
        old = wishes[new.protocol]
        wishes[new.protocol] = Wanted(
            new.protocol, new.sessions or old.sessions, new.start or old.start
        )
    return list(map(str, wishes.values()))

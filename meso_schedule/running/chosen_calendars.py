"""What the planner makes of the calendars that a search chose for many courses."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from meso_schedule.base.times import Clock
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, occupancy_of, share_out, visits_of
from meso_schedule.capacity.generation import Found
from meso_schedule.capacity.places import Calendar, Placement
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.assigning import with_booked
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.repair_in_turn import in_turn
from meso_schedule.running.repaired_course import Hit, Loss, Repaired
from meso_schedule.running.replanning import moved_to


class OtherPatients(NamedTuple):
    """Who else may be called.

    Args:
        view_of: Returns a course by its id.
        most: How many; None for any.
    """

    view_of: Callable[[str], CourseView]
    most: int | None


@dataclass(frozen=True)
class ChosenCalendars:
    """The planner's word on calendars that are chosen together.

    Args:
        loss: What falls away, of a clinic in which what stays is booked.
        others: Who else may be called; None for nobody.
    """

    loss: Loss
    others: OtherPatients | None
    _made: dict[tuple[str, Calendar], Repaired | None] = field(default_factory=dict)

    def refused(self, found: Found) -> Collection[str]:
        """Return the courses whose calendars can't be, alone or all together; none if all can.

        Each is looked at by itself, then who gets which room, then what is kept for urgent cases.
        """
        changes = self._changes(found)
        for hit, calendar in changes:
            if self._booked(hit, calendar) is None:
                return [_name(hit)]
        kept = self._kept(changes)
        after = self._after(kept)
        lacking = share_out(after).without - share_out(self.loss.visits).without
        if lacking:
            days = {day for _, day in lacking}
            return [it for it in kept if any(visit.date in days for visit in _visits(kept[it]))]
        if self.loss.clinic.reserve and not all(self._is_left(*it, after) for it in changes):
            return list(kept)
        return []

    def repaired(self, found: Found) -> tuple[Repaired, ...]:
        """Return what is written to each course; those with no calendar take their turn now."""
        kept = self._kept(self._changes(found))
        states = {name: with_booked(it.state, it.records) for name, it in kept.items()}
        names = [_name(it) for it in self.loss.hit]
        loss = self.loss._replace(hit=self._left(kept), visits=self._after(kept))
        kept |= {it.state.course: it for it in in_turn(loss, states)}
        return tuple(kept[name] for name in (*names, *sorted(kept.keys() - set(names))))

    def _changes(self, found: Found) -> list[tuple[Hit, Calendar]]:
        """Return each course that is kept or makes place, and where its sessions go.

        Those of which a top-up is dropped are none of them: the planner says which, in their turn.
        """
        hit = {_name(it): it for it in self.loss.hit}
        changes = (
            (hit.get(name) or self._other(name), calendar)
            for name, calendar in found.calendars.items()
            if calendar is not None
        )
        return [(hit, calendar) for hit, calendar in changes if is_whole(hit, calendar)]

    def _other(self, name: str) -> Hit:
        assert self.others, "nobody else changes"
        return Hit(self.others.view_of(name), ())

    def _kept(self, changes: Sequence[tuple[Hit, Calendar]]) -> dict[str, Repaired]:
        made = {_name(hit): self._booked(hit, calendar) for hit, calendar in changes}
        return {name: it for name, it in made.items() if it}

    def _left(self, kept: Collection[str]) -> list[Hit]:
        return [it for it in self.loss.hit if _name(it) not in kept]

    def _after(self, kept: dict[str, Repaired]) -> list[BookedVisit]:
        """Return what is booked after a repair, before those that are left take their turn."""
        gone = kept.keys() | {_name(it) for it in self.loss.hit}
        after = [it for it in self.loss.visits if it.course not in gone]
        after += [visit for it in kept.values() for visit in _visits(it)]
        return after + [visit for it in self._left(kept) for visit in remaining(it)]

    def _is_left(self, hit: Hit, calendar: Calendar, visits: Sequence[BookedVisit]) -> bool:
        """Tell whether a course leaves what is kept for urgent cases, beside all others."""
        beside = [it for it in visits if it.course != _name(hit)]
        clinic = self.loss.clinic.with_booked(occupancy_of(beside))
        return self._look(hit, calendar, clinic) is not None

    def _booked(self, hit: Hit, calendar: Calendar) -> Repaired | None:
        key = _name(hit), calendar
        if key not in self._made:
            self._made[key] = self._look(hit, calendar, self.loss.clinic)
        return self._made[key]

    def _look(self, hit: Hit, calendar: Calendar, clinic: Clinic) -> Repaired | None:
        view = hit.view
        records = moved_to(
            view.now,
            _state_at(view.state, calendar),
            clinic=clinic,
            changes=self.loss.asked_of(view),
            busy=view.past_hours,
            release=hit.released,
            asked_at=view.asked_at,
        )
        return None if records is None else Repaired(view.state, hit.lost, records)


def remaining(hit: Hit) -> list[BookedVisit]:
    """Return the visits that a course has still when it can't be kept."""
    first = str(hit.lost[0].date) if hit.lost else ""
    return [visit for visit in visits_of(hit.view.state) if visit.date < first]


def is_whole(hit: Hit, calendar: Calendar | None) -> bool:
    """Tell whether a calendar has every session of a course."""
    return calendar is not None and len(calendar) == len(booked_sessions(hit.view.state))


def booked_sessions(state: CourseState) -> list[CourseSession]:
    """Return the sessions of a course that are booked, in their order."""
    booked = (it for it in state.upcoming if it.status == "booked")
    return sorted(booked, key=lambda it: it.number)


def _name(hit: Hit) -> str:
    return hit.view.state.course


def _visits(made: Repaired) -> Iterator[BookedVisit]:
    yield from visits_of(with_booked(made.state, made.records))


def _state_at(state: CourseState, calendar: Calendar) -> CourseState:
    """Return a course with its booked sessions at other places, in their order."""
    booked = booked_sessions(state)
    moved = {it.number: _at(it, place) for it, place in zip(booked, calendar, strict=True)}
    sessions = tuple(moved[it.number] if it in booked else it for it in state.sessions)
    return state.model_copy(update={"sessions": sessions})


def _at(session: CourseSession, place: Placement) -> CourseSession:
    assert session.takes, "only sessions that somebody gives are moved"
    takes = session.takes.model_copy(update={"practitioner": place.practitioner})
    day = date.fromordinal(place.day)
    return session.model_copy(update={"date": day, "start": Clock(place.minute), "takes": takes})

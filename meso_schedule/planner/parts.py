"""What a plan says of each treatment: its sessions with windows and reasons, and its bills."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from meso_schedule.base.models import FrozenDict
from meso_schedule.costs.estimate import bill_of, taxed_part
from meso_schedule.course.bill import CostEstimate
from meso_schedule.course.course_plan import Session
from meso_schedule.course.history import Forecast, HeldSession
from meso_schedule.planner.booked import free_to_move
from meso_schedule.planner.placing import PlacedProgramme, PlacedTreatment, marks_of
from meso_schedule.planner.sessions import planned_sessions
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.visit_times import Shared, shared_times
from meso_schedule.search.feasibility import room_to_move
from meso_schedule.search.programme import Room
from meso_schedule.search.solving import room


class Part(NamedTuple):
    """One treatment of a plan.

    Args:
        treatment: Its sessions on their days.
        sessions: The course sessions to come.
        top_ups: The top-ups to come.
        history: Its sessions held.
        cost: Of the whole course, what was held included; None when no price is known.
        top_up_cost: Of the top-ups to come.
    """

    treatment: PlacedTreatment
    sessions: tuple[Session, ...]
    top_ups: tuple[Session, ...]
    history: tuple[HeldSession, ...]
    cost: CostEstimate | None
    top_up_cost: CostEstimate | None

    @property
    def setup(self) -> Setup:
        """What is asked of it."""
        return self.treatment.setup

    @property
    def visits(self) -> tuple[Session, ...]:
        """The course sessions and the top-ups, in order."""
        return self.sessions + self.top_ups

    @property
    def forecast(self) -> Forecast | None:
        """When its next session is due; None before its first and after its last."""
        return self.setup.standing.forecast if self.setup.standing else None

    @property
    def facts(self) -> FrozenDict[str, str | tuple[str, ...]]:
        """What its protocol states of the treatment."""
        facts = self.setup.protocol.facts
        return FrozenDict(facts.entries() if facts else {})

    @property
    def last_day(self) -> date:
        """The day of the last course session, or of what was held after all of them."""
        if self.sessions:
            return self.sessions[-1].date
        return self.history[-1].date

    @property
    def course_dates(self) -> list[date]:
        """The days of all course sessions: of those held, counting or not, and to come."""
        return _course_dates(self.setup, self.sessions)


def parts_of(placed: PlacedProgramme) -> list[Part]:
    """Return what a plan says of each treatment; their bills are one, and taxed once."""
    parts: list[Part] = []
    told = sessions_of(placed, [0] * len(placed.treatments))
    for treatment, visits in zip(placed.treatments, told, strict=True):
        parts.append(_part(treatment, *visits, parts))
    return parts


def sessions_of(
    placed: PlacedProgramme, ends: Sequence[int]
) -> list[tuple[tuple[Session, ...], tuple[Session, ...]]]:
    """Return of each treatment the course sessions to come, and the top-ups.

    Args:
        placed: All on their days.
        ends: The number after which the course sessions of each are told.
    """
    asked = placed.asked
    # Where it is only asked whether all can stay, each could move all the same.
    free = free_to_move(asked.setups, asked.begun) if asked.stays else ()
    tasks = [setup.task() for setup in free] or None
    spaces = room(asked.programme(tasks), placed.calendar.dates)
    marks = dict(marks_of([treatment.tracks for treatment in placed.treatments]))
    shared = shared_times(placed.asked, placed.taken, marks)
    return [
        _sessions(treatment, space, own, end)
        for treatment, space, own, end in zip(placed.treatments, spaces, shared, ends, strict=True)
    ]


def _sessions(
    treatment: PlacedTreatment, space: Room, shared: dict[int, Shared], end: int
) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
    course, top_ups = treatment.course, treatment.top_ups
    sessions = tuple(planned_sessions(course, space, shared, end)) if course else ()
    if top_ups is None:
        return sessions, ()
    free = room_to_move(top_ups.task, top_ups.dates)
    return sessions, tuple(planned_sessions(top_ups, free, shared))


def _part(
    treatment: PlacedTreatment,
    sessions: tuple[Session, ...],
    later: tuple[Session, ...],
    beside: Sequence[Part],
) -> Part:
    setup = treatment.setup
    held = setup.standing.history if setup.standing else ()
    history = tuple(entry.model_copy(update={"label": setup.label}) for entry in held)
    return Part(
        treatment,
        sessions,
        later,
        history,
        _course_cost(treatment, sessions, sum((taxed_part(it.cost) for it in beside), Decimal(0))),
        _top_up_cost(
            treatment, later, sum((taxed_part(it.top_up_cost) for it in beside), Decimal(0))
        ),
    )


def _course_dates(setup: Setup, sessions: Sequence[Session]) -> list[date]:
    held = [entry.date for entry in setup.standing.course] if setup.standing else []
    return [*held, *(session.date for session in sessions)]


def _course_cost(
    treatment: PlacedTreatment, sessions: Sequence[Session], before: Decimal
) -> CostEstimate | None:
    """Return the cost of the whole course: of what was held, whether it counts or not, too."""
    setup = treatment.setup
    held = len(setup.standing.course) if setup.standing else 0
    return _cost(treatment, _course_dates(setup, sessions), before, held)


def _top_up_cost(
    treatment: PlacedTreatment, later: Sequence[Session], before: Decimal
) -> CostEstimate | None:
    """Top-ups are no course, and are paid as they come: nothing is due on the day of planning."""
    first = later[0].number if later else 1
    tariff = treatment.tariff and replace(treatment.tariff, agreed=None)
    listed = treatment._replace(tariff=tariff if tariff and tariff.is_listed else None)
    cost = _cost(listed, [session.date for session in later], before, first_number=first)
    course_only = {"deposit": None, "instalments": None, "published_course": None}
    return cost.model_copy(update=course_only) if cost else None


def _cost(
    treatment: PlacedTreatment,
    dates: Sequence[date],
    before: Decimal,
    held: int = 0,
    first_number: int = 1,
) -> CostEstimate | None:
    setup, tariff = treatment.setup, treatment.tariff
    if tariff is None or not dates or setup.request.no_prices:
        return None
    return bill_of(
        tariff,
        dates,
        setup.as_of,
        first_number=first_number,
        held=held,
        before=before,
    )

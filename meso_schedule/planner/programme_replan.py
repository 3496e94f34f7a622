"""Replan a course of several treatments: what is held is fixed, as little as possible moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import LABELS, HeldDay
from meso_schedule.planner.booked import Progress
from meso_schedule.planner.combined_planning import PlacedProgramme, placed_programme
from meso_schedule.planner.move_reasons import move_reasons
from meso_schedule.planner.programme_setup import ProgrammeSetup, join
from meso_schedule.planner.replan import Change, Replan, changes_of, replan_course
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.top_ups import VisitDays, bits_of
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.best_first import MOST_STEPS
from meso_schedule.search.programme import Guest


def replan_combined(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    begun: Mapping[str, Progress],
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
    known: Mapping[str, Protocol] | None = None,
    most_steps: int = MOST_STEPS,
) -> Replan:
    """Return the best calendar of several treatments that moves as few booked sessions as it can.

    The order of `plan_combined` holds, with two criteria after the days of lateness, as in
    `replan_course`: the number of booked sessions that move, of all treatments together, then the
    days by which they move. Sessions held of one treatment keep days free for the others, and are
    judged each by the rule of its own. A visit that holds several treatments begins so that the
    most booked times can stay.

    Args:
        protocols: One to four, in the order of their labels.
        request: What is asked of all, as `plan_combined` takes it, with improvement recorded.
        begun: By the id of a protocol: what is held and booked of it, and what may move. The
            sessions held may stand in the request instead.
        clinic: Hours, closures, prices, spacing rules and notice, as they are now.
        as_of: The day of asking.
        busy: Calendars whose events leave no room for a session, other than the booked ones.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        most_steps: The bound of work; past it the plan is the best one found, and says so.

    Raises:
        InputError: When the request or what has begun does not go with the protocols.
        NoCalendarFits: When no calendar keeps every rule; ways out name whom to release.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
    """
    clinic = clinic or Clinic.default()
    if faults := list(_faults(protocols, request, begun)):
        raise InputError(faults)
    request = _with_held(protocols, request, begun)
    if len(protocols) == 1:
        own = begun.get(protocols[0].id, Progress())
        return replan_course(
            protocols[0],
            request,
            own.booked,
            clinic=clinic,
            as_of=as_of,
            busy=busy,
            release=own.release,
            known=known,
        )
    asked = join(protocols, request, clinic, as_of, known=known or {}, busy=busy, begun=begun)
    made = placed_programme(asked, most_steps)
    changes = [change for place in range(len(protocols)) for change in _changes(asked, made, place)]
    return Replan(plan=made.plan, changes=tuple(changes))


def _faults(
    protocols: Sequence[Protocol], request: CourseRequest, begun: Mapping[str, Progress]
) -> Iterator[Fault]:
    ids = [protocol.id for protocol in protocols]
    for name, own in begun.items():
        if name not in ids:
            problem, remedy = f"{name} is none of the protocols.", f"Known: {', '.join(ids)}."
            yield Fault("bad_begun", problem, None, "begun", name, remedy)
        told = _held_of(request, name)
        if own.held and told and own.held != told:
            yield Fault(
                "contradiction",
                f"Other sessions of {name} are held in the request than are given with it.",
                None,
                "held",
                ", ".join(map(str, told)),
                "Give them once.",
            )


def _held_of(request: CourseRequest, name: str) -> tuple[date, ...]:
    entries = (entry for entry in request.held if isinstance(entry, HeldDay))
    return tuple(entry.day for entry in entries if entry.protocol == name)


def _with_held(
    protocols: Sequence[Protocol], request: CourseRequest, begun: Mapping[str, Progress]
) -> CourseRequest:
    """Return the request with the sessions held that stand with what has begun."""
    more = [
        HeldDay(protocol.id, day)
        for protocol in protocols
        if not _held_of(request, protocol.id)
        for day in begun.get(protocol.id, Progress()).held
    ]
    return request.model_copy(update={"held": (*request.held, *more)}) if more else request


def _changes(asked: ProgrammeSetup, made: PlacedProgramme, place: int) -> Iterator[Change]:
    """Yield how the sessions of one protocol differ from what was booked."""
    label, setup = LABELS[place], asked.setups[place]
    protocol = setup.protocol.id
    own = asked.begun.get(protocol, Progress())
    chains = [chain for chain in (made.courses[place], made.top_ups[place]) if chain]
    reasons = partial(_reasons, asked, made, place)
    for change in changes_of(setup, _own_plan(made, place), chains, own.booked, reasons):
        yield change.model_copy(update={"label": label, "protocol": protocol})


def _own_plan(made: PlacedProgramme, place: int) -> CoursePlan:
    """Return the plan of one protocol with the times of the visits that it shares."""
    label = LABELS[place]
    return made.parts[place].model_copy(
        update={
            "sessions": tuple(it for it in made.plan.sessions if it.label == label),
            "top_ups": tuple(it for it in made.plan.top_ups if it.label == label),
        }
    )


def _reasons(
    asked: ProgrammeSetup, made: PlacedProgramme, place: int, chain: PlacedTrack, number: int
) -> Iterator[str]:
    """Say why a session moves, among the visits of the others as they are placed."""
    others = {
        day: [guest for guest in guests if guest.place != place]
        for day, guests in made.taken.items()
    }
    days = VisitDays(chain.setup.availability, asked, place, others)
    task = replace(chain.task, days=days)
    beside = tuple(_beside(asked, place, chain, number, others))
    yield from move_reasons(replace(chain, task=task), number, beside)


def _beside(
    asked: ProgrammeSetup,
    place: int,
    chain: PlacedTrack,
    number: int,
    others: Mapping[int, Sequence[Guest]],
) -> Iterator[Phrase]:
    """Say what other treatments have against the booked day or time of a session."""
    booking = chain.task.booked[number]
    guests = others.get(booking.day)
    if not guests or not chain.setup.availability.is_usable(booking.day):
        return
    names = joined([asked.setups[guest.place].protocol.name for guest in guests])
    whole = bits_of([*guests, Guest(place)])
    if not asked.shared(whole).is_usable(booking.day):
        yield phrase(
            "no room for one visit with {treatments}: {minutes} minutes in the chair",
            treatments=names,
            minutes=asked.minutes(whole),
        )
    elif chain.dates[number] == booking.day and booking.is_kept:
        yield phrase("its visit with {treatments} begins at another time", treatments=names)

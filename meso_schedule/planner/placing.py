"""The best calendar of what is asked, with the top-ups of each treatment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from meso_schedule.costs.tariffs import Tariff, find_tariff
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import Finding
from meso_schedule.course.no_calendar import NoCalendarFound
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.programme_spacing import blocks_of, without_days_of
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.top_ups import Taken, TopUps, own_guest, place_top_ups
from meso_schedule.search.feasibility import reachable
from meso_schedule.search.programme import Calendar, Guest
from meso_schedule.search.solving import solve
from meso_schedule.search.task import OutOfWork

_FEW_STEPS = 20_000


class PlacedTreatment(NamedTuple):
    """One treatment with its sessions on their days.

    Args:
        setup: What is asked of it, the days that the others keep free left out.
        tariff: The prices that hold; None when none are known.
        course: The course sessions to come; None where all are held.
        top_ups: The top-ups to come; None where there are none.
        findings: What there is to say of placing the top-ups.
    """

    setup: Setup
    tariff: Tariff | None
    course: PlacedTrack | None
    top_ups: PlacedTrack | None
    findings: tuple[Finding, ...]

    @property
    def tracks(self) -> list[PlacedTrack]:
        """Its sessions to come: the course, the top-ups."""
        return [track for track in (self.course, self.top_ups) if track]


class PlacedProgramme(NamedTuple):
    """One or several treatments in one calendar.

    Args:
        asked: What was asked.
        calendar: The days of the course sessions, and what they are measured by.
        treatments: Each with its sessions.
        taken: Who is treated on each day.
    """

    asked: ProgrammeSetup
    calendar: Calendar
    treatments: tuple[PlacedTreatment, ...]
    taken: Taken


def placed_programme(asked: ProgrammeSetup, most_steps: int) -> PlacedProgramme:
    """Return the best calendar of what is asked together, with its top-ups.

    Raises:
        NoCalendarFits: When no calendar keeps every rule.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
    """
    return placed_on(*best_staffed(asked, most_steps))


def placed_on(asked: ProgrammeSetup, calendar: Calendar) -> PlacedProgramme:
    """Return what is asked on the days of a calendar, with its top-ups."""
    taken = taken_by(asked, calendar)
    placed = [list(days) for days in calendar.dates]
    top_ups = _top_ups_beside(asked, placed, taken)
    treatments = tuple(
        _treatment(asked, place, _beside(asked, place, placed), days, top_ups[place])
        for place, days in enumerate(calendar.dates)
    )
    return PlacedProgramme(asked, calendar, treatments, taken)


def best_staffed(asked: ProgrammeSetup, most_steps: int) -> tuple[ProgrammeSetup, Calendar]:
    """Return the best calendar, and what is asked with the main practitioner that makes it.

    Raises:
        NoCalendarFits: When no calendar keeps every rule.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
    """
    mains = [asked.with_main(main) for main in asked.mains]
    found = [
        (one, calendar)
        for one in mains
        if (calendar := _find_calendar(one, most_steps)) is not None
    ]
    if found:
        return min(
            found, key=lambda it: (*it[1].measure.values(), it[1].dates, it[0].times_of(it[1]))
        )
    # Where nobody can give all, whoever gets furthest says why.
    furthest = max(mains, key=_reach, default=asked)
    return furthest, best_calendar(furthest, most_steps)


def _reach(asked: ProgrammeSetup) -> int:
    """Return how many sessions can be placed of each treatment alone, summed."""
    return sum(len(reachable(task).layers) for task in asked.tasks if task.count)


def best_calendar(asked: ProgrammeSetup, most_steps: int) -> Calendar:
    """Return the best calendar; a hard one is begun only when no two or three rule it out.

    Raises:
        NoCalendarFits: When no calendar keeps every rule.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
    """
    calendar = _find_calendar(asked, most_steps)
    if calendar is None:
        # What explains a no is most of the planner, and most requests have a calendar.
        from meso_schedule.planner.conflicts import no_calendar

        raise no_calendar(asked)
    return calendar


def _find_calendar(asked: ProgrammeSetup, most_steps: int) -> Calendar | None:
    try:
        return solve(asked.programme(), min(most_steps, _FEW_STEPS))
    except OutOfWork:
        from meso_schedule.planner.conflicts import proven_conflict

        if conflict := proven_conflict(asked):
            raise conflict from None
        try:
            return solve(asked.programme(), most_steps, or_any=True)
        except OutOfWork:
            raise NoCalendarFound(most_steps) from None


def taken_by(asked: ProgrammeSetup, calendar: Calendar) -> Taken:
    """Return who is treated on each day."""
    taken: Taken = {}
    for place, days in enumerate(calendar.dates):
        for number, day in enumerate(days, asked.setups[place].next_number):
            guest = Guest(place, asked.booked_minute(place, number, day))
            taken.setdefault(day, []).append(guest)
    return taken


def _top_ups_beside(asked: ProgrammeSetup, placed: list[list[int]], taken: Taken) -> list[TopUps]:
    """Return the top-ups of each treatment, and add them to what is placed."""
    if not (asked.request.top_ups or asked.request.until):
        return [(None, ())] * len(placed)
    found = []
    for place, days in enumerate([list(days) for days in placed]):
        setup = _beside(asked, place, placed)
        track, findings = place_top_ups(asked, place, setup, days[-1] if days else None, taken)
        found.append((track, findings))
        if track:
            placed[place] += track.dates
            for number, day in enumerate(track.dates, track.number):
                guest = own_guest(place, asked.booked_minute(place, number, day))
                taken.setdefault(day, []).append(guest)
    return found


def _beside(asked: ProgrammeSetup, place: int, placed: Sequence[Sequence[int]]) -> Setup:
    """Return what is asked of one without the days that the others, as placed, keep free."""
    blocks = [
        block
        for other, days in enumerate(placed)
        if other != place
        for block in blocks_of(asked.pairs, place, other, [date.fromordinal(d) for d in days])
    ]
    return without_days_of(asked.setups[place], blocks)


def _treatment(
    asked: ProgrammeSetup,
    place: int,
    setup: Setup,
    days: list[int],
    top_ups: TopUps,
) -> PlacedTreatment:
    tariff = find_tariff(setup.protocol, setup.clinic, setup.request)
    price = tariff.session if tariff and not setup.request.no_prices else None
    course = course_track(asked, place, setup, days, price) if days else None
    track, findings = top_ups
    later = track._replace(setup=setup, price=price) if track else None
    return PlacedTreatment(setup, tariff, course, later, findings)


def course_track(
    asked: ProgrammeSetup, place: int, setup: Setup, days: list[int], price: MoneyRange | None
) -> PlacedTrack:
    """Return the course sessions of one treatment on their days.

    Args:
        asked: What is asked of all.
        place: Which treatment.
        setup: What is asked of it, the days that the others keep free left out.
        days: Its days, at least one.
        price: Of a session.
    """
    task = asked.tasks[place] if setup is asked.setups[place] else setup.task()
    if setup.is_free:
        task = replace(task, last=days[0])
    task = task.valid_from(days[0])
    return PlacedTrack(setup, task, days, setup.next_number, setup.rules, price)


def marks_of(tracks: Sequence[Sequence[PlacedTrack]]) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield what tells each session from all others, by the place of its treatment and its day."""
    for place, own in enumerate(tracks):
        for track in own:
            for number, day in enumerate(track.dates, track.number):
                yield (place, day), f"{track.setup.label or ''}{number}"

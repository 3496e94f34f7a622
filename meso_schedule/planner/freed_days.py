"""Ways out of a conflict that free days, or booked sessions from their days."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.availability.days import Availability
from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import Phrase, counted, joined, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import WayOut
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.setup import Setup, availability_for
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import Task


def _freed(task: Task, open_days: Availability) -> list[int]:
    """Return the fewest days to free, as ordinals, when those of `open_days` could be used."""
    days = task.days

    def costs(_: int, day: int) -> bool:
        return not days.usable(day, day)

    dates = best_dates(replace(task, days=open_days, day_cost=costs))
    return [day for day in dates if costs(0, day)] if dates else []


def less_away(setup: Setup, task: Task) -> WayOut | None:
    """Let the patient come on the fewest days of absence."""
    if not setup.request.away:
        return None
    home = setup.request.model_copy(update={"away": ()})
    freed = _freed(
        task, availability_for(setup.protocol, home, setup.clinic, setup.busy, setup.blocks)
    )
    if not freed:
        return None
    left = absences_left(setup.request, freed)
    message = phrase("Come on {days} after all.", days=joined(map(named_day, freed), "; "))
    option = " ".join(f"--away {absence}" for absence in left)
    return WayOut(kind="away", message=message, option=option, cost_days=len(freed))


def absences_left(request: CourseRequest, freed: Sequence[int]) -> Iterator[DateRange]:
    """Yield the absences with some days taken out."""
    for absence in request.away:
        first = absence.first.toordinal()
        for day in [*freed, absence.last.toordinal() + 1]:
            if not first <= day <= absence.last.toordinal() + 1:
                continue
            if first < day:
                yield DateRange(date.fromordinal(first), date.fromordinal(day - 1))
            first = day + 1


def extra_openings(setup: Setup, task: Task) -> WayOut | None:
    """Let the clinic open on the fewest closed days."""
    clinic = setup.clinic
    if not clinic.closures and not clinic.holidays:
        return None
    lifted = clinic.model_copy(update={"closures": (), "holidays": None})
    freed = _freed(
        task, availability_for(setup.protocol, setup.request, lifted, setup.busy, setup.blocks)
    )
    if not freed:
        return None
    lines = "\n".join(opening_lines(clinic, date.fromordinal(day)) for day in freed)
    message = phrase(
        "Open on {days}, in the clinic file:\n{lines}",
        days=counted(len(freed), "a closed day", "{count} closed days"),
        lines=lines,
    )
    return WayOut(kind="closure", message=message, option=None, cost_days=len(freed))


def opening_lines(clinic: Clinic, day: date) -> str:
    """Write the lines of a clinic file that open a day at its usual hours."""
    hours = ", ".join(f'"{hours}"' for hours in clinic.hours.of_weekdays()[day.weekday()])
    return f'[[openings]]\ndate = "{day}"\nhours = [{hours}]'


def release(setup: Setup, task: Task) -> WayOut | None:
    """Let the fewest booked sessions move that have to stay where they are."""
    places = [number - setup.next_number for number in setup.fixed]
    fixed = {place: task.pins[place] for place in places}
    if not fixed:
        return None

    def costs(session: int, day: int) -> bool:
        return fixed.get(session, day) != day

    pins = {session: day for session, day in task.pins.items() if session not in fixed}
    dates = best_dates(replace(task, pins=pins, day_cost=costs))
    if dates is None:
        return None
    freed = [setup.next_number + place for place, day in enumerate(dates) if costs(place, day)]
    return WayOut(
        kind="release",
        message=phrase("Let booked session {numbers} move.", numbers=joined(map(str, freed))),
        option=" ".join(f"--release {number}" for number in freed),
        cost_days=len(freed),
    )


def named_day(ordinal: int) -> Phrase:
    """Say a day."""
    return phrase("{day}", day=date.fromordinal(ordinal))

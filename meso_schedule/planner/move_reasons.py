"""Why a booked session moves: what is wrong with its day, or what else would be."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.availability.session_days import Availability
from meso_schedule.base.phrases import Phrase, counted, days, joined, phrase
from meso_schedule.planner.conflicts import hard_reasons
from meso_schedule.planner.placing import PlacedProgramme
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.shared_visits import bits_of
from meso_schedule.planner.top_ups import Taken, days_beside, others_of
from meso_schedule.search.feasibility import reachable
from meso_schedule.search.programme import Guest
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import measure

_TIME_REASONS = {
    "opening": phrase("the opening hours no longer hold its time"),
    "busy": phrase("its time is busy"),
    "clock": phrase("the clock is put forward over its time"),
    "quarter": phrase("its time is not on the quarter hour"),
}


def reasons_beside(
    made: PlacedProgramme, place: int, chain: PlacedTrack, session: int
) -> Iterator[str]:
    """Say why a session does not stay where it is booked, among the visits of the others.

    Args:
        made: What is placed.
        place: Which treatment.
        chain: Its course, or its top-ups.
        session: Which session of them, counted from 0.
    """
    others = others_of(made.taken, place)
    days = days_beside(made.asked, place, chain.setup.availability, others)
    beside = tuple(_beside(made.asked, place, chain, session, others))
    yield from _move_reasons(chain._replace(task=replace(chain.task, days=days)), session, beside)


def _beside(
    asked: ProgrammeSetup, place: int, chain: PlacedTrack, number: int, others: Taken
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


def _move_reasons(chain: PlacedTrack, place: int, beside: Sequence[Phrase]) -> Iterator[str]:
    """Say why a session does not stay where it is booked; one reason at least.

    Args:
        chain: The sessions placed.
        place: Which of them.
        beside: What other treatments have against its booked day or time.
    """
    booking = chain.task.booked[place]
    told = list(hard_reasons(chain.setup, chain.task, place, booking.day, chain.number))
    told += [*_outside(chain, place, booking.day), *beside]
    if not told and booking.lost is not None:
        told += _time_reasons(chain.setup.availability, booking.day, booking.lost)
    yield from told or [_forced(chain, place, booking.day)]


def _time_reasons(availability: Availability, day: int, minute: int) -> Iterator[Phrase]:
    """Say what is wrong with the time of a booking whose day is free."""
    for cause in availability.causes(day, minute):
        if cause == "patient":
            yield phrase(
                "the patient's hours, {hours}, do not hold its time",
                hours=availability.open_days.patient_hours(day),
            )
        elif cause == "full":
            yield from availability.full_reasons(day, minute)
        else:
            yield _TIME_REASONS[cause]


def drop_reason(setup: Setup, last: int, number: int, day: date) -> Phrase:
    """Say why a booked session is dropped: it is needed no longer, or has no day any more.

    Args:
        setup: What is asked of its treatment.
        last: The last session, planned or held.
        number: The one that is dropped.
        day: Where it was booked.
    """
    until, asked = setup.request.until, setup.request.top_ups or 0
    if number > setup.sessions and until and day > until:
        return phrase("after {day}, the last day of the top-ups", day=until)
    if number > setup.sessions and (until or number <= setup.sessions + asked):
        return phrase("no day is left for session {number}", number=number)
    return phrase(
        "session {number} is the last: {dropped} is not needed", number=last, dropped=number
    )


def _outside(chain: PlacedTrack, place: int, day: int) -> Iterator[Phrase]:
    """Say how a day lies outside the window that the session before it leaves."""
    step = chain.task.step(place, chain.dates)
    if step is None:
        if not chain.task.first <= day <= chain.task.last:
            yield (
                phrase("outside the days on which its phase may start again")
                if chain.setup.standing
                else phrase("outside the days the course may begin on")
            )
        return
    earliest, _, _, last = step[0].after(step[1])
    if earliest <= day <= last:
        return
    window = (
        phrase("too soon: its window opens on {day}", day=date.fromordinal(earliest))
        if day < earliest
        else phrase("too late: its window ends on {day}", day=date.fromordinal(last))
    )
    if place and chain.task.move(place - 1, step[1]) is not None:
        yield phrase(
            "session {number} moves to {day}; {window}",
            number=chain.number + place - 1,
            day=date.fromordinal(step[1]),
            window=window,
        )
    else:
        yield phrase(
            "the session before is on {day}; {window}",
            day=date.fromordinal(step[1]),
            window=window,
        )


def _forced(chain: PlacedTrack, place: int, day: int) -> Phrase:
    """Say what would be worse if a session stayed on a day that is free for it."""
    task = chain.task
    stays = replace(task, pins={**task.pins, place: day})
    dates = best_dates(stays)
    if dates is None:
        number = chain.number + len(reachable(stays).layers)
        return phrase("if it stayed, no day would be left for session {number}", number=number)
    forced, best = measure(task, dates), measure(task, chain.dates)
    if late := forced["late_days"] - best["late_days"]:
        return phrase("if it stayed, the course would be {days} later", days=days(late))
    if forced["moved"] > best["moved"]:
        return phrase(
            "if it stayed, {sessions} would move, not {count}",
            sessions=counted(forced["moved"], "{count} session", "{count} sessions"),
            count=best["moved"],
        )
    if forced["moved_days"] > best["moved_days"]:
        return phrase(
            "if it stayed, others would move by {days}, not {count}",
            days=days(forced["moved_days"]),
            count=best["moved_days"],
        )
    return phrase("as many would move if it stayed, and the rest would lie worse")

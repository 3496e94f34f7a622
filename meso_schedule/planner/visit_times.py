"""When each treatment of a visit begins that several of them share, and what is said of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.shared_visits import bits_of, visit_start
from meso_schedule.search.programme import Guest

# Who is treated on each day.
Taken = Mapping[int, Sequence[Guest]]


class Shared(NamedTuple):
    """The part of one treatment in a visit that it shares.

    Args:
        start: When it begins, after the treatments named before it; None without a time.
        end: When it ends.
        why: With whom it shares the visit.
        practitioner: Who gives it; None where nobody is known.
        room: Where the visit is.
    """

    start: datetime | None
    end: datetime | None
    why: Phrase
    practitioner: str | None = None
    room: str | None = None


def shared_times(
    asked: ProgrammeSetup, taken: Taken, marks: Mapping[tuple[int, int], str]
) -> list[dict[int, Shared]]:
    """Return for each treatment its part in the visits that it shares, by day.

    Args:
        asked: What is asked.
        taken: Who is treated on each day.
        marks: What tells each session from all others, by place and day.
    """
    parts: list[dict[int, Shared]] = [{} for _ in asked.setups]
    for day, guests in taken.items():
        if len(guests) > 1:
            for place, part in _parts(asked, day, guests, marks):
                parts[place][day] = part
    return parts


def _parts(
    asked: ProgrammeSetup, day: int, guests: Sequence[Guest], marks: Mapping[tuple[int, int], str]
) -> list[tuple[int, Shared]]:
    places = sorted(guest.place for guest in guests)
    whole = asked.shared(bits_of(guests))
    minute = visit_start(guests, day, asked.shared).start
    begin = None if minute is None else whole.instants(day, minute)[0]
    givers, room = _takes(whole, day, minute)
    parts = []
    for rank, place in enumerate(places):
        why = phrase(
            "one visit with {sessions}: {minutes} minutes in the chair",
            sessions=joined([marks[other, day] for other in places if other != place]),
            minutes=whole.minutes,
        )
        earlier = asked.minutes(sum(1 << other for other in places if other < place))
        start = _after(begin, earlier)
        end = _after(begin, earlier + asked.minutes(1 << place))
        parts.append((place, Shared(start, end, why, givers[rank] if givers else None, room)))
    return parts


def _takes(whole: Availability, day: int, minute: int | None) -> tuple[tuple[str, ...], str | None]:
    """Return who gives each treatment of a visit, and where."""
    if not isinstance(whole, SharedAvailability) or minute is None:
        return (), None
    choice = whole.people_at(day, minute)
    return choice.people if choice else (), whole.room_at(day, minute)


def _after(begin: datetime | None, minutes: int) -> datetime | None:
    """Return a moment so many minutes of elapsed time after another."""
    if begin is None:
        return None
    return (begin.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(begin.tzinfo)

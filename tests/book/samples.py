"""Small courses for tests of the book, and randomness that is the same each time."""

import random
from datetime import UTC, date, datetime
from typing import Any

from meso_schedule.book.ids import Randomness
from meso_schedule.book.payloads import KeptForecast, KeptProtocol, Slot
from meso_schedule.book.records import Booked, Held, Note, Opened, Paid, Record
from meso_schedule.book.writing import Context
from tests.support.samples import protocol

TODAY = "2026-11-22"


def fixed(seed: int = 1) -> Randomness:
    """Return a source of random bytes that gives the same ones each time."""
    return random.Random(seed).randbytes


def now(day: str = TODAY, **more: Any) -> Context:
    """Return who writes and when."""
    return Context(
        **{"who": "nurse", "at": datetime.fromisoformat(f"{day}T09:00:00+00:00"), **more}
    )


def kept(**changes: Any) -> KeptProtocol:
    """Return a small protocol as a course keeps it."""
    return KeptProtocol.of(protocol(**changes))


def opened(**changes: Any) -> Opened:
    """Return the opening of a course."""
    values = {"on": TODAY, "patient": "Anna Secret", "protocols": (kept(),), **changes}
    return Opened(**values)


def slot(number: int, day: str = TODAY, **more: Any) -> Slot:
    """Return a session on a day."""
    return Slot(number=number, date=date.fromisoformat(day), **more)


def forecast(number: int, earliest: str, recommended: str, latest: str) -> KeptForecast:
    """Return what is due next."""
    return KeptForecast(
        number=number,
        earliest=date.fromisoformat(earliest),
        recommended=date.fromisoformat(recommended),
        latest=date.fromisoformat(latest),
    )


def booked(*days: str, first: int = 1) -> Booked:
    """Return sessions booked on days, counted up."""
    return Booked(sessions=tuple(slot(first + place, day) for place, day in enumerate(days)))


def day_to_day() -> tuple[Record, ...]:
    """Return the events of a course under way: three sessions booked, one held and paid."""
    return (
        booked(TODAY, "2026-11-30", "2026-12-08"),
        Held(
            number=1,
            on=date(2026, 11, 22),
            forecast=forecast(2, "2026-11-29", "2026-11-30", "2026-12-02"),
        ),
        Paid(on=date(2026, 11, 22), amount="180.00", currency="GBP"),
        Note(text="Prefers mornings."),
    )


MIDDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)

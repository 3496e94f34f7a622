"""Books of absences drawn at random, as the package keeps them."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from meso_schedule import CourseRequest, Protocol
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.book.payloads import DeviceUnits, KeptProtocol, RoomTurnover, Slot, Takes
from meso_schedule.book.records import Booked, Held, Opened
from meso_schedule.book.writing import Context, write
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.proposal import Proposal
from meso_schedule.running.repair import proposals
from tests.support.oracles.repairs import MONDAY, RULES, WEEK, WITHIN, Absence, Course, Place

OPENED = MONDAY - timedelta(3)
NOW = datetime(2027, 1, 1, 8, tzinfo=UTC)
_PROTOCOLS = {rule.id: Protocol.read(rule.table()) for rule in RULES}


def kept(path: Path, absence: Absence) -> Book:
    """Return a book in which the courses of an absence are booked."""
    book = Book.open(path)
    with book._storage.writing() as within:
        for number, course in enumerate(absence.courses):
            at = Context(who="nurse", at=NOW)
            slots = [_slot(absence, course, it, place) for place, it in enumerate(course.places, 1)]
            if not course.is_named:
                slots[-1] = slots[-1].model_copy(update={"takes": None})
            begun, held = _first(course), []
            if course.is_held:
                slots = [it.model_copy(update={"number": it.number + 1}) for it in slots]
                held = [Held(number=1, on=begun)]
            opened = Opened(
                on=min(begun, OPENED),
                patient=course.patient or f"P{number}",
                protocols=(KeptProtocol.of(_PROTOCOLS[course.rule.id]),),
                request=_request(course),
                timezone="UTC",
            )
            write(within, None, [opened, *held, Booked(sessions=tuple(slots))], at, os.urandom)
    return book


def repairs(
    book: Book, absence: Absence, *, others: int | None = None, late: int = 0
) -> list[Proposal]:
    """Return what is proposed."""
    clinic = Clinic.read(absence.clinic())
    made = proposals(book, clinic, away(absence), now=NOW, as_of=OPENED, late=late, others=others)
    return list(made)


def away(absence: Absence) -> Absent:
    """Return who is away and when, as the book keeps it."""
    first, last = (str(MONDAY + timedelta(day)) for day in (absence.first, absence.last))
    return Absent.read({"practitioner": absence.who, "first": first, "last": last})


def _first(course: Course) -> date:
    """Return the day from which a course may begin, or on which its only session was held."""
    return MONDAY + timedelta(course.first - (course.rule.top_up[0] if course.is_held else 0))


def _request(course: Course) -> CourseRequest:
    return CourseRequest(
        start=_first(course),
        sessions=max(1, course.fewest),
        top_ups=course.top_ups or None,
        days=[WEEK[day] for day in course.days],
        start_within=WITHIN,
        between=f"{_clock(course.begin)}-{_clock(course.end)}",
        **course.asked,
    )


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def _slot(absence: Absence, course: Course, place: Place, number: int) -> Slot:
    rule = course.rule
    units = (DeviceUnits(device="mesogun", count=absence.devices),) if rule.devices else ()
    rooms = (
        RoomTurnover(room=f"room-{room}", minutes=15 * rule.turnover)
        for room in range(absence.rooms)
    )
    return Slot(
        number=number,
        date=MONDAY + timedelta(place.day),
        start=_clock(place.start),
        minutes=15 * rule.length,
        phase="weekly",
        pinned=course.pinned,
        takes=Takes(
            practitioner=place.who, before=15 * rule.before, rooms=tuple(rooms), devices=units
        ),
    )

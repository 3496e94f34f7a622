"""What comes before session 1: a consultation with time to think, and tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from meso_schedule.availability.open_days import OpenDays
from meso_schedule.availability.session_days import Availability
from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.errors import InputError
from meso_schedule.base.intervals import Interval, Offset
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.consultation import ConsultationTerms
from meso_schedule.course.request import MAX_DAYS, CourseRequest
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import PriorTest

# A test takes no longer than that; rule files say nothing of it.
_TEST_MINUTES = 15


@dataclass(frozen=True, slots=True)
class FirstVisit:
    """A consultation on its day.

    Args:
        terms: What it is like at the clinic.
    """

    terms: ConsultationTerms
    day: date
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The first day that what comes before session 1 leaves it, and why."""

    ready: date
    why: Phrase


def after_consultation(day: date, reflection: Interval) -> Prepared:
    """Return what a consultation on a day leaves session 1, with the time to think."""
    why = phrase(
        "less than {interval} after the consultation on {day}",
        interval=reflection.words,
        day=day,
    )
    return Prepared(reflection.after(day), why)


def first_visit_of(
    request: CourseRequest, clinic: Clinic, open_days: OpenDays, as_of: date
) -> FirstVisit | None:
    """Return the consultation on the day that is wished, or the first one that has room.

    It is None where none is asked for.

    Raises:
        InputError: When the clinic has none, or no room for it.
    """
    wish, terms = request.consultation, clinic.consultation
    if wish is None:
        return None
    if terms is None:
        raise InputError.of(
            "no_consultation",
            "The clinic file says nothing of a consultation.",
            field="consultation",
            value=wish,
            remedy="Add [consultation] with its minutes, or leave consultation out.",
        )
    at = request.at.minutes if request.at else None
    availability = Availability(open_days, terms.minutes, at=at)
    if wish.day and wish.day < as_of:
        return FirstVisit(terms, wish.day, None, None)
    first = (wish.day or as_of).toordinal()
    last = first if wish.day else min(first + MAX_DAYS, LAST_ORDINAL)
    if not (days := availability.usable(first, last)):
        raise InputError.of(
            "no_room",
            f"There is no room for the consultation on {date.fromordinal(first)}:"
            f" {joined(availability.reasons(first), '; ')}.",
            field="consultation",
            value=wish,
            remedy="Choose another day.",
        )
    start, end = availability.instants(days[0]) if availability.timed else (None, None)
    return FirstVisit(terms, date.fromordinal(days[0]), start, end)


def prepared_for(
    protocol: Protocol, visit: FirstVisit | None, open_days: OpenDays, as_of: date
) -> Prepared | None:
    """Return what comes before session 1 of a treatment; None for nothing.

    Args:
        visit: The consultation before it.
    """
    steps = list(_steps(protocol, visit, open_days, as_of))
    return max(steps, key=lambda step: step.ready, default=None)


def _steps(
    protocol: Protocol, visit: FirstVisit | None, open_days: OpenDays, as_of: date
) -> Iterator[Prepared]:
    if visit:
        yield after_consultation(visit.day, visit.terms.reflection)
    since = max(as_of, visit.day) if visit else as_of
    for test in protocol.tests:
        days = _test_days(open_days).usable(since.toordinal(), since.toordinal() + MAX_DAYS)
        first = day = date.fromordinal(days[0]) if days else since
        while last_day_before(test, day) < first:
            day += timedelta(days=1)
        why = phrase("a test comes before it: {what}", what=test.what)
        yield Prepared(day, why)


def day_for_test(test: PriorTest, first: date, since: date, open_days: OpenDays) -> date | None:
    """Return the last open day that leaves a test its time before session 1.

    Args:
        first: The day of session 1.
        since: The first day it may be on.
    """
    last = last_day_before(test, first)
    days = _test_days(open_days).usable(since.toordinal(), last.toordinal())
    return date.fromordinal(days[-1]) if days else None


def last_day_before(test: PriorTest, day: date) -> date:
    """Return the last day that lies so long before a day; hours are whole days, rounded up."""
    number, unit = test.before.parts
    if unit == "hour":
        return day - timedelta(days=-(-number // 24))
    return Offset.parse(f"-{number} {unit}s").from_day(day)


def _test_days(open_days: OpenDays) -> Availability:
    return Availability(open_days, _TEST_MINUTES)

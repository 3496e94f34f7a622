"""What comes before session 1: a consultation with time to think, and tests."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from meso_schedule.availability.asked_days import consultation_days, staff_for
from meso_schedule.availability.busy_spans import AskedBusy
from meso_schedule.availability.open_days import OpenDays
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.base.busy_times import BusySource, BusyTime
from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.errors import InputError
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.consultation import ConsultationTerms
from meso_schedule.course.request import MAX_DAYS, CourseRequest
from meso_schedule.rules.prior_test import PriorTest
from meso_schedule.rules.protocol import Protocol

# A test takes no longer than that; rule files say nothing of it.
_TEST_MINUTES = 15


class FirstVisit(NamedTuple):
    """A consultation on its day.

    Args:
        terms: What it is like at the clinic.
        practitioner: Who gives it; None where the clinic names nobody, or it took place before.
        room: Where it is.
    """

    terms: ConsultationTerms
    day: date
    start: datetime | None = None
    end: datetime | None = None
    practitioner: str | None = None
    room: str | None = None

    @property
    def busy(self) -> tuple[BusySource, ...]:
        """The day up to its end, in which no session can be."""
        return _day_up_to(self.day, self.end.replace(tzinfo=None)) if self.end else ()


class Prepared(NamedTuple):
    """The first day that what comes before session 1 leaves it, why, and what it takes of it."""

    ready: date
    why: Phrase
    busy: tuple[BusySource, ...] = ()


def after_consultation(day: date, reflection: Interval, until: datetime | None = None) -> Prepared:
    """Return what a consultation on a day leaves session 1, with the time to think.

    Args:
        until: When it ends, on the clinic's clock; None where no time is known.
    """
    why = phrase("before the consultation on {day}", day=day)
    if reflection.after(day) > day:
        why = phrase(
            "less than {interval} after the consultation on {day}",
            interval=reflection.words,
            day=day,
        )
    return Prepared(reflection.after(day), why, _day_up_to(day, until) if until else ())


def _day_up_to(day: date, end: datetime) -> tuple[BusySource, ...]:
    return (AskedBusy([BusyTime(datetime.combine(day, time()), end)]),)


def first_visit_of(
    protocol: Protocol,
    request: CourseRequest,
    clinic: Clinic,
    open_days: OpenDays,
    as_of: date,
) -> FirstVisit | None:
    """Return the consultation on the day that is wished, or the first one that has room.

    It is None where none is asked for.

    Args:
        protocol: What it is about; of several, the first.

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
    if wish.day and wish.day < as_of:
        return FirstVisit(terms, wish.day)
    staff = staff_for(request, clinic, as_of)
    availability = consultation_days(protocol, terms.minutes, request, open_days, staff)
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
    return FirstVisit(terms, date.fromordinal(days[0]), start, end, *_takes(availability, days[0]))


def _takes(availability: Availability, day: int) -> tuple[str | None, str | None]:
    """Return who gives a consultation on a day, and where."""
    if not isinstance(availability, SharedAvailability):
        return None, None
    choice = availability.choice(day)
    return choice.people[0], availability.room_at(day, choice.minute)


def prepared_for(
    protocol: Protocol, visit: FirstVisit | None, open_days: OpenDays, as_of: date
) -> Prepared | None:
    """Return what comes before session 1 of a treatment; None for nothing.

    Args:
        visit: The consultation before it.
    """
    known = after_consultation(visit.day, visit.terms.reflection) if visit else None
    since = max(as_of, visit.day) if visit else as_of
    return _last_of(known, _tested(protocol.tests, open_days, since))


def still_prepared(
    protocol: Protocol, known: Prepared | None, first: date, open_days: OpenDays, as_of: date
) -> Prepared | None:
    """Return what comes before session 1 of a treatment whose session 1 is booked.

    Args:
        known: What the consultation leaves it.
        first: The day on which session 1 is booked; tests before it that are past were done.
    """
    waiting = [test for test, _ in dated_tests(protocol, first, as_of, open_days)]
    return _last_of(known, _tested(waiting, open_days, as_of))


def _last_of(known: Prepared | None, steps: Iterable[Prepared]) -> Prepared | None:
    every = [*([known] if known else []), *steps]
    return max(every, key=lambda step: step.ready, default=None)


def _tested(tests: Iterable[PriorTest], open_days: OpenDays, since: date) -> Iterator[Prepared]:
    for test in tests:
        days = _test_days(open_days).usable(since.toordinal(), since.toordinal() + MAX_DAYS)
        first = day = date.fromordinal(days[0]) if days else since
        while test.last_day(day) < first:
            day += timedelta(days=1)
        why = phrase("a test comes before it: {what}", what=test.what)
        yield Prepared(day, why)


def dated_tests(
    protocol: Protocol, first: date, since: date, open_days: OpenDays
) -> Iterator[tuple[PriorTest, date]]:
    """Yield the tests of a protocol, each on the last open day that leaves it its time.

    One that has no such day is left out: it was done, or is done no more.

    Args:
        first: The day of session 1.
        since: The first day they may be on.
    """
    for test in protocol.tests:
        last = test.last_day(first).toordinal()
        if days := _test_days(open_days).usable(since.toordinal(), last):
            yield test, date.fromordinal(days[-1])


def _test_days(open_days: OpenDays) -> Availability:
    return Availability(open_days, _TEST_MINUTES)

"""How far a treatment has come: its sessions held, and those to come that have a day."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.base.dates import DateRange
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.models import Count, InputModel, IsoDate
from meso_schedule.base.times import MIDNIGHT, Clock
from meso_schedule.course.improvement import Assessment, Improvement
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.preparation import Prepared
from meso_schedule.planner.validity import Validity


class BookedSession(InputModel):
    """A session to come that has a date already.

    Args:
        number: Which session it is, as the sessions held count now; see `renumbered`.
        date: The day it is booked for; one before the day of asking was missed.
        start: The time it is booked for; None when only the day is.
        pinned: Whether it was fixed by hand.
        practitioner: Who gives it; None where that is not known.
        provisional: Whether it was booked as if the skin would improve.
    """

    number: Count
    date: IsoDate
    start: Clock | None = None
    pinned: bool = False
    practitioner: Identifier | None = None
    provisional: bool = False


class Progress(NamedTuple):
    """How far one of several treatments has come.

    Args:
        held: The days of its sessions held, in order.
        booked: Its sessions to come that have dates; others may have none.
        release: Numbers of its sessions that may move although they would have to stay.
        improved_on: The day on which it was assessed that it had improved, when the request does
            not say it of all.
        asked_at: The time of asking, from which a notice in hours counts.
        validity: How long it may be used, as agreed; left out, by the clinic's prices.
        pauses: When it rested.
        prepared: What comes before session 1, where that is known; left out, by what is asked.
        begins: The day on which session 1 is booked, while it is to come.
        improvement: All that is known of improvement, in place of what the request says.
        recorded: The places of its sessions held in the order of recording.
        stays: Whether every booked session has to stay.
    """

    held: tuple[date, ...] = ()
    booked: tuple[BookedSession, ...] = ()
    release: frozenset[int] = frozenset()
    improved_on: date | None = None
    asked_at: Clock = MIDNIGHT
    validity: Validity | None = None
    pauses: tuple[DateRange, ...] = ()
    prepared: Prepared | None = None
    begins: date | None = None
    improvement: Improvement | None = None
    recorded: tuple[int, ...] = ()
    stays: bool = False

    def known_of(self, request: CourseRequest) -> Improvement:
        """Return what is known and foreseen of improvement, beside what a request says."""
        if self.improvement:
            return self.improvement
        known = request.improvement
        if self.improved_on is None:
            return known
        return known._replace(assessments=(*known.assessments, Assessment(self.improved_on, "yes")))


def renumbered(booked: Sequence[BookedSession], number: int) -> tuple[BookedSession, ...]:
    """Return booked sessions numbered by their dates, the first of them `number`.

    When a session does not count, or a phase starts again, the dates that are booked serve
    the sessions that come first now.
    """
    by_date = sorted(booked, key=lambda entry: entry.date)
    return tuple(
        entry.model_copy(update={"number": place}) for place, entry in enumerate(by_date, number)
    )

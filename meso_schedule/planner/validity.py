"""How long a course may be used: to a day, or for so long after its first session."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from meso_schedule.base.errors import Fault
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import counted
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.tariffs import find_tariff
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Phase
from meso_schedule.rules.windows import GapWindows


class Validity(NamedTuple):
    """How long the sessions of a course may be had; without either, as long as one likes.

    Args:
        until: The last day.
        length: How long after session 1 the last one may be.
    """

    until: date | None = None
    length: Interval | None = None


ENDLESS = Validity()


def validity_of(
    protocol: Protocol, request: CourseRequest, clinic: Clinic, as_of: date
) -> Validity:
    """Return how long a course may be used that is sold by the prices of a clinic.

    What counts from the payment counts from the day of asking: none is known yet.
    """
    tariff = find_tariff(protocol, clinic, request)
    prices = tariff.price_list if tariff else None
    if prices is None or prices.valid is None:
        return ENDLESS
    begin = as_of if prices.valid_from == "payment" else min(request.held_days, default=None)
    return Validity(prices.valid.after(begin)) if begin else Validity(length=prices.valid)


def validity_faults(
    protocol: Protocol, validity: Validity, phases: tuple[Phase, ...], start: date, within: int
) -> Iterator[Fault]:
    """Find what ends before the shortest course does, on whichever day that begins.

    Args:
        validity: How long the course may be used.
        phases: The phase of each session.
        start: The first day session 1 may be on.
        within: How many days later it may be.
    """
    if validity.length is None:
        return
    starts = [start + timedelta(days=later) for later in range(within + 1)]
    ends = [_earliest_end(phases, day) for day in starts]
    last = [validity.length.after(day).toordinal() for day in starts]
    if all(valid < end for valid, end in zip(last, ends, strict=True)):
        takes = counted(ends[0] - start.toordinal(), "{count} day", "{count} days")
        yield Fault(
            "too_short",
            f"{validity.length} is shorter than the course: its {len(phases)} sessions take"
            f" {takes} at least.",
            "clinic file",
            f"prices.{protocol.id}.valid",
            str(validity.length),
            f"Write at least {takes}, or plan fewer sessions.",
        )


def _earliest_end(phases: tuple[Phase, ...], day: date) -> int:
    """Return the first day on which the last session can be, as an ordinal."""
    end = day.toordinal()
    for phase in phases[1:]:
        end = GapWindows(phase, 0).after(end)[0]
    return end

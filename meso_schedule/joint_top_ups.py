"""Top-ups of combined treatments: one protocol after another, beside what is placed."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from meso_schedule.availability import Availability
from meso_schedule.course import Finding
from meso_schedule.dates import LAST_ORDINAL
from meso_schedule.joint import Programme
from meso_schedule.joint_search import best_calendar
from meso_schedule.phrases import phrase
from meso_schedule.problem import Task
from meso_schedule.programme import Joined
from meso_schedule.reach import Reach, reachable, shortened
from meso_schedule.rule_checks import MAX_SESSIONS
from meso_schedule.rules import TopUp
from meso_schedule.tasks import Setup
from meso_schedule.windows import GapWindows


class VisitDays:
    """Usable days of one protocol on which the visits already placed leave room for it.

    Args:
        alone: The days on which it fits alone.
        joined: What else is placed.
        own: Its bit.
        taken: What each day holds already.
    """

    def __init__(
        self, alone: Availability, joined: Joined, own: int, taken: Mapping[int, int]
    ) -> None:
        self._alone = alone
        self._joined = joined
        self._own = own
        self._taken = taken

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from first to last, in order."""
        return [day for day in self._alone.usable(first, last) if self._has_room(day)]

    def _has_room(self, day: int) -> bool:
        held = self._taken.get(day, 0) | self._own
        return held == self._own or self._joined.shared(held).is_usable(day)

    def lookup(self, first: int, last: int) -> Container[int]:
        """Return what tells of each day from first to last whether it is usable."""
        return frozenset(self.usable(first, last))

    def minutes_off(self, day: int) -> int:
        """Return the minutes between the start alone and the preferred time."""
        return self._alone.minutes_off(day)


@dataclass(frozen=True, slots=True)
class TopUps:
    """Top-ups placed, and where there are fewer than asked for, how far they could come."""

    task: Task
    rule: TopUp
    dates: list[int]
    reach: Reach | None
    wanted: int


def place_top_ups(
    joined: Joined, place: int, setup: Setup, last: int, taken: Mapping[int, int]
) -> TopUps | None:
    """Return the best top-ups of one protocol, or None when none are asked for.

    Args:
        place: Which protocol.
        setup: What is asked of it, the days that the others keep free left out.
        last: Its last course session.
        taken: What each day holds already, as bits.
    """
    request, gap = setup.request, setup.protocol.top_up
    wanted = MAX_SESSIONS if request.until else request.top_ups or 0
    if gap is None or not wanted:
        return None
    windows = GapWindows(gap, request.late)
    earliest, _, _, latest = windows.after(last)
    whole = Task(
        days=VisitDays(setup.availability, joined, 1 << place, taken),
        first=earliest,
        last=latest,
        gaps=[windows] * (wanted - 1),
        limit=request.until.toordinal() if request.until else LAST_ORDINAL,
        pins=setup.pins(setup.sessions + 1),
        prefer=frozenset(day.number for day in request.prefer or ()),
        timed=request.at is not None,
        lead=(windows, last),
    )
    reach = reachable(whole)
    count = len(reach.layers)
    task = shortened(whole, count)
    dates = _best(joined, place, task, taken) if count else []
    is_cut = count < wanted or request.until is not None
    return TopUps(task, gap, dates, reach if is_cut else None, wanted)


def _best(joined: Joined, place: int, task: Task, taken: Mapping[int, int]) -> list[int]:
    def shared(held: int) -> Availability:
        return joined.shared(held >> 1 | (held & 1) << place)

    moved = {day: held << 1 for day, held in taken.items()}
    found = best_calendar(Programme((task,), {}, frozenset(), shared, moved))
    assert found is not None, "days that can be reached have a best calendar"
    return found.dates[0]


def missing_rule_findings(joined: Joined) -> Iterator[Finding]:
    """Say which protocols have no rule for the top-ups asked for."""
    if not joined.request.top_ups and not joined.request.until:
        return
    for setup in joined.setups:
        if setup.protocol.top_up is None:
            message = phrase(
                "{name} has no rule for top-ups: none are planned.", name=setup.protocol.name
            )
            yield Finding(kind="no_top_up_rule", message=message)

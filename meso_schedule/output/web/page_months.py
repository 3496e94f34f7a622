"""The days of a plan on its web page: moments as programs and people read them, and months."""

from calendar import monthcalendar
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from meso_schedule.base.times import WEEKDAY_NAMES
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.words.calendar_marks import (
    MEANINGS,
    SHAPES,
    SIGNS,
    Mark,
    day_marks,
    months_of,
    ordinary_marks,
    used_kinds,
)
from meso_schedule.output.words.details import session_text
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.session_table import special_text
from meso_schedule.output.words.text import as_day, day_runs
from meso_schedule.output.words.treatments import legend_of, shape_of


class Moment(NamedTuple):
    """A day or an instant: as programs and as people read it."""

    machine: str
    shown: str


class DayCell(NamedTuple):
    """A day of a month and its marks."""

    day: date
    marks: list[Mark]


class Month(NamedTuple):
    """A month by weeks from Monday; days of other months are None."""

    title: str
    weeks: list[list[DayCell | None]]


class Moments:
    """Days and instants in one language.

    Args:
        language: How it writes them.
    """

    def __init__(self, language: Language) -> None:
        self._language = language

    def day(self, day: date) -> Moment:
        """Write a day with weekday and year."""
        return Moment(day.isoformat(), self._language.day(day))

    def near(self, day: date, other: date) -> Moment:
        """Write a day beside another one, whose year is left out where it is the same."""
        return Moment(day.isoformat(), self._language.near(day, other.year))

    def window(self, visit: Session) -> list[Moment]:
        """Write the days between which a session can move."""
        days = dict.fromkeys((visit.window.earliest, visit.window.latest))
        return [self.near(day, visit.date) for day in days]

    def times(self, visit: Session) -> list[Moment]:
        """Write when a session begins and ends."""
        moments = filter(None, (visit.start, visit.end))
        return [Moment(it.isoformat(), self._language.clock(it)) for it in moments]

    def span(self, first: date | datetime, last: date | datetime | None) -> list[Moment]:
        """Write a day, or the first and the last of several; times where they are known."""
        if last is None or last == first:
            return [self._moment(first)]
        end = self._moment(last)
        if isinstance(last, datetime) and as_day(first) == last.date():
            end = Moment(end.machine, self._language.clock(last))
        return [self._moment(first), end]

    def _moment(self, moment: date | datetime) -> Moment:
        shown = self._language.day(as_day(moment))
        if isinstance(moment, datetime):
            shown = f"{shown} {self._language.clock(moment)}"
        return Moment(moment.isoformat(), shown)


class Months:
    """The months of a plan in one language.

    Args:
        plan: The plan.
        language: Its words and dates.
        moments: How days are written.
    """

    def __init__(self, plan: CoursePlan, language: Language, moments: Moments) -> None:
        self._plan = plan
        self._language = language
        self._moments = moments
        self._marks = day_marks(plan)
        self._say = language.say

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """The weekdays from Monday, short and in full."""
        return [
            (short, self._say(name))
            for short, name in zip(self._language.weekdays, WEEKDAY_NAMES, strict=True)
        ]

    @property
    def shown(self) -> Iterator[Month]:
        """The months that have a session."""
        for year, month in months_of(self._plan):
            weeks = [
                [self._cell(date(year, month, day)) if day else None for day in week]
                for week in monthcalendar(year, month)
            ]
            yield Month(self._language.month(year, month), weeks)

    def _cell(self, day: date) -> DayCell:
        return DayCell(day, self._marks.get(day) or ordinary_marks(self._plan, day))

    def words(self, mark: Mark) -> str:
        """Say a mark for those who do not see it."""
        if not mark.visit:
            return self._say(MEANINGS[mark.kind])
        name = self._say(session_text(mark.visit.mark))
        special = special_text(self._plan, mark.visit, self._language)
        return ", ".join(filter(None, (name, special)))

    @property
    def legend(self) -> list[tuple[str, str, str]]:
        """The kinds of marks with their signs and what they mean; treatments by their letters."""
        treatments = [
            (f"session {shape_of(label)}", f"{SHAPES[label]}{label}", name)
            for label, name in legend_of(self._plan, self._language)
        ]
        kinds = used_kinds(self._plan, self._marks)
        return [*treatments, *((kind, SIGNS[kind], self._say(MEANINGS[kind])) for kind in kinds)]

    @property
    def closed(self) -> Iterator[tuple[list[Moment], str]]:
        """The days on which the clinic is closed, and why."""
        for first, last, reason in day_runs((day.date, day.told) for day in self._plan.closed):
            yield self._moments.span(first, last), self._say(reason)

"""Special days of a plan: what marks them in a calendar of months, in signs and in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.words.session_table import PROVISIONAL, TOP_UP

Kind = Literal["session", "provisional", "top-up", "holiday", "closed", "open", "off"]

SIGNS: dict[Kind, str] = {
    "session": "#",
    "provisional": PROVISIONAL,
    "top-up": TOP_UP,
    "holiday": "h",
    "closed": "x",
    "open": "o",
    "off": "-",
}
MEANINGS: dict[Kind, Phrase] = {
    "session": phrase("session"),
    "provisional": phrase("provisional session"),
    "top-up": phrase("top-up"),
    "holiday": phrase("public holiday"),
    "closed": phrase("closed by the clinic"),
    "open": phrase("opened specially"),
    "off": phrase("closed every week"),
}


# In a combined plan each treatment has a sign of its own, whatever its colour.
SHAPES: Mapping[str, str] = {"A": "#", "B": "*", "C": "%", "D": "&"}


class Mark(NamedTuple):
    """What is special about a day.

    Args:
        kind: What marks it; a session hides everything else.
        visit: The session held on it.
    """

    kind: Kind
    visit: Session | None = None

    @property
    def sign(self) -> str:
        """The sign in the calendar, with the number of a session."""
        if self.visit is None:
            return SIGNS[self.kind]
        own = SHAPES.get(self.visit.label or "", SIGNS["session"])
        shape = own if self.kind == "session" else SIGNS[self.kind]
        return f"{shape}{self.visit.mark}"


def day_marks(plan: CoursePlan) -> dict[date, list[Mark]]:
    """Return the marks of each special day of a plan: several where it holds several sessions."""
    marks = {
        day.date: [Mark("holiday" if day.kind == "holiday" else "closed")] for day in plan.closed
    }
    marks.update({day: [Mark("open")] for day in plan.openings})
    marks.update({visit.date: [] for visit in plan.visits})
    for visit in plan.visits:
        marks[visit.date].append(Mark(visit_kind(visit), visit))
    return marks


def visit_kind(visit: Session) -> Kind:
    """Return what marks a session."""
    if visit.provisional:
        return "provisional"
    return "top-up" if visit.top_up else "session"


def ordinary_marks(plan: CoursePlan, day: date) -> list[Mark]:
    """Return the marks of a day that has none of its own: the weekly closing day, or none."""
    is_open = bool(plan.clinic.hours.get(WEEKDAYS[day.weekday()]))
    return [] if is_open else [Mark("off")]


def months_of(plan: CoursePlan) -> list[tuple[int, int]]:
    """Return the months, year and month, that have a session."""
    return sorted({(visit.date.year, visit.date.month) for visit in plan.visits})


def used_kinds(plan: CoursePlan, marks: Mapping[date, Sequence[Mark]]) -> Iterator[Kind]:
    """Yield the kinds of marks that a legend explains; of treatments each has a line of its own."""
    used = {mark.kind for day in marks.values() for mark in day}
    if plan.treatments:
        used.discard("session")
    if not all(plan.clinic.hours.get(name) for name in WEEKDAYS):
        used.add("off")
    yield from (kind for kind in SIGNS if kind in used)

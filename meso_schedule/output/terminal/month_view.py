"""Months as on a wall calendar: sessions by number, days on which the clinic is closed."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.terminal.layout import Page, Text
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
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.treatments import legend_of

_COLOURS = {
    "session": "green",
    "provisional": "yellow",
    "top-up": "green",
    "holiday": "red",
    "closed": "red",
    "open": "cyan",
    "off": "dim",
}
_GAP = 3
_DAYS = len(WEEKDAYS)


def add_months(page: Page, plan: CoursePlan, language: Language = ENGLISH) -> None:
    """Add the months that have a session, as many beside each other as fit, and a legend."""
    marks = day_marks(plan)
    months = months_of(plan)
    longest = max((len(_signs(day)) for day in marks.values()), default=0)
    cell = max(7 if page.width >= 7 * _DAYS else 5, 5 + longest if plan.treatments else 0)
    month_width = cell * _DAYS
    beside = max(1, (page.width + _GAP) // (month_width + _GAP))
    for place in range(0, len(months), beside):
        blocks = [
            _month(plan, marks, month, cell, language) for month in months[place : place + beside]
        ]
        page.block()
        for row in range(max(map(len, blocks))):
            row_of = [block[row] if row < len(block) else [] for block in blocks]
            page.line(_beside(row_of, month_width))
    page.block()
    page.paragraph(", ".join(_legend(plan, marks, language)), "dim")


def _month(
    plan: CoursePlan,
    marks: Mapping[date, Sequence[Mark]],
    when: tuple[int, int],
    cell: int,
    language: Language,
) -> list[list[Text]]:
    year, month = when
    first_weekday, length = monthrange(year, month)
    lead = 1 if cell > 5 else 0  # in narrow columns day and sign stand close
    week = "".join(" " * lead + f"{name:<{cell - lead}}" for name in language.weekdays)
    made = [[Text(language.month(year, month), "bold")], [Text(week, "dim")]]
    line = [Text(" " * cell * first_weekday)]
    for day in range(1, length + 1):
        held = date(year, month, day)
        known = marks.get(held) or ordinary_marks(plan, held)
        sign, style = (_signs(known), _COLOURS[known[-1].kind]) if known else ("", "")
        shown = " " * lead + f"{day:>2}" + " " * lead + sign
        line.append(Text(f"{shown:<{cell}}", style))
        if held.weekday() == _DAYS - 1 or day == length:
            made.append(line)
            line = []
    return made


def _signs(marks: Sequence[Mark]) -> str:
    """Write the signs of a day; of treatments that share it, one after the other."""
    if marks[-1].visit and marks[-1].visit.label:
        return "".join(mark.sign for mark in marks)
    return marks[-1].sign


def _beside(blocks: list[list[Text]], month_width: int) -> Iterator[Text]:
    for block in blocks:
        yield from block
        yield Text(" " * (month_width + _GAP - sum(len(part.words) for part in block)))


def _legend(
    plan: CoursePlan, marks: Mapping[date, Sequence[Mark]], language: Language
) -> Iterator[str]:
    for label, name in legend_of(plan, language):
        yield f"{SHAPES[label]}{label} {name}"
    for kind in used_kinds(plan, marks):
        yield f"{SIGNS[kind]} {language.say(MEANINGS[kind])}"
    yield language.say(phrase("months without a session are left out"))

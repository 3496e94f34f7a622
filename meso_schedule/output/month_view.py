"""Months as on a wall calendar: sessions by number, days on which the clinic is closed."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date

from meso_schedule.course import CoursePlan
from meso_schedule.output.columns import PROVISIONAL, TOP_UP, is_top_up
from meso_schedule.output.language import ENGLISH, Language
from meso_schedule.output.terminal import Page, Text
from meso_schedule.phrases import phrase
from meso_schedule.times import WEEKDAYS

HOLIDAY = "h"
CLOSED = "x"
OPEN = "o"
OFF = "-"
SESSION = "#"
_GAP = 3
_DAYS = len(WEEKDAYS)


def add_months(page: Page, plan: CoursePlan, language: Language = ENGLISH) -> None:
    """Add the months that have a session, as many beside each other as fit, and a legend."""
    marks = _marks(plan)
    months = sorted({(visit.date.year, visit.date.month) for visit in plan.visits})
    cell = 7 if page.width >= 7 * _DAYS else 5
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


def _marks(plan: CoursePlan) -> dict[date, Text]:
    """Return the sign of each special day; a session hides every other sign."""
    marks = {
        day.date: Text(HOLIDAY if day.kind == "holiday" else CLOSED, "red") for day in plan.closed
    }
    marks.update({day: Text(OPEN, "cyan") for day in plan.openings})
    for visit in plan.visits:
        sign = PROVISIONAL if visit.provisional else TOP_UP if is_top_up(visit) else SESSION
        marks[visit.date] = Text(
            f"{sign}{visit.number}", "yellow" if visit.provisional else "green"
        )
    return marks


def _month(
    plan: CoursePlan,
    marks: Mapping[date, Text],
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
        sign, style = marks.get(held) or _ordinary(plan, held)
        shown = " " * lead + f"{day:>2}" + " " * lead + sign
        line.append(Text(f"{shown:<{cell}}", style))
        if held.weekday() == _DAYS - 1 or day == length:
            made.append(line)
            line = []
    return made


def _ordinary(plan: CoursePlan, when: date) -> Text:
    is_open = bool(plan.clinic.hours.get(WEEKDAYS[when.weekday()]))
    return Text("") if is_open else Text(OFF, "dim")


def _beside(blocks: list[list[Text]], month_width: int) -> Iterator[Text]:
    for block in blocks:
        yield from block
        yield Text(" " * (month_width + _GAP - sum(len(part.words) for part in block)))


def _legend(plan: CoursePlan, marks: Mapping[date, Text], language: Language) -> Iterator[str]:
    used = {sign.words[0] for sign in marks.values()}
    meanings = (
        (SESSION, phrase("session")),
        (PROVISIONAL, phrase("provisional session")),
        (TOP_UP, phrase("top-up")),
        (HOLIDAY, phrase("public holiday")),
        (CLOSED, phrase("closed by the clinic")),
        (OPEN, phrase("opened specially")),
    )
    yield from (f"{sign} {language.say(meaning)}" for sign, meaning in meanings if sign in used)
    if not all(plan.clinic.hours.get(name) for name in WEEKDAYS):
        yield f"{OFF} {language.say(phrase('closed every week'))}"
    yield language.say(phrase("months without a session are left out"))

"""A diary of given days as text for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from meso_schedule.base.times import Clock
from meso_schedule.course.day_grid import DayGrid, GridPart, day_grid
from meso_schedule.course.diary_sheet import DiaryDay, DiaryEntry, DiarySheet
from meso_schedule.output.diary_files import day_note, day_total, notes_of
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import day_text, short_day, span_text

_LINES = (
    Column("Time"),
    Column("Min.", is_number=True),
    Column("Patient, phone", folds=True),
    Column("Treatment", folds=True),
    Column("Course"),
    Column("Notes", folds=True),
)


def diary_sheet_text(diary: DiarySheet, *, width: int, colour: bool = False) -> str:
    """Return the days of a diary: of several, first a grid of each week."""
    page, spoken = Page(width, colour=colour), ENGLISH.in_country(diary.country)
    page.block(f"Diary, {span_text(diary.days[0].date, diary.days[-1].date)}")
    if len(diary.days) > 1:
        for monday, days in groupby(diary.days, key=lambda day: _monday(day.date)):
            page.block(f"Week of {day_text(monday)}")
            _add_week(page, list(days), spoken)
    for day in diary.days:
        page.block(f"{day_text(day.date)}: {day_total(day)}")
        if grid := day_grid(day, diary.people):
            _add_grid(page, grid, spoken)
        if day.entries:
            page.table(_LINES, [list(_cells(entry, spoken)) for entry in day.entries])
        page.paragraph(day_note(day, spoken))
    return str(page)


def _add_grid(page: Page, grid: DayGrid, spoken: Language) -> None:
    """Add a column for each person; what is hatched is without the practitioner."""
    heads = [Column("Time"), *(Column(name, folds=True) for name in grid.names)]
    rows = [[cell(spoken.clock(row.time)), *map(_grid_cell, row.cells)] for row in grid.rows]
    page.table(heads, rows)


def _grid_cell(parts: Sequence[GridPart]) -> Cell:
    signs = ((it, "\u2591" if it.is_hatched else "\u2588") for it in parts)
    return cell(*(f"{sign} {it.who}" if it.is_first else sign for it, sign in signs))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _add_week(page: Page, days: Sequence[DiaryDay], spoken: Language) -> None:
    """Add a grid: a line for each time that something begins, a column for each day with any."""
    shown = [day for day in days if day.entries]
    if not shown:
        page.paragraph("No sessions.")
        return
    starts = {it.start for day in shown for it in day.entries}
    heads = [Column("Time"), *(Column(_head(day.date), folds=True) for day in shown)]
    page.table(
        heads,
        [
            [cell(_clock(start, spoken)), *(_slot(day, start) for day in shown)]
            for start in sorted(starts, key=lambda it: it.minutes if it else -1)
        ],
    )


def _head(day: date) -> str:
    return f"{day:%a} {short_day(day)}"


def _slot(day: DiaryDay, start: Clock | None) -> Cell:
    entries = [it for it in day.entries if it.start == start]
    return cell(*(f"{'! ' if it.clashes else ''}{it.who}" for it in entries))


def _clock(start: Clock | None, spoken: Language) -> str:
    return spoken.clock(start) if start else ""


def _cells(entry: DiaryEntry, spoken: Language) -> Iterator[Cell]:
    yield cell(_clock(entry.start, spoken))
    yield cell(str(entry.minutes or ""))
    yield cell(*filter(None, [entry.patient, entry.phone]))
    yield cell(entry.short)
    yield cell(entry.course)
    yield cell(*notes_of(entry, spoken))

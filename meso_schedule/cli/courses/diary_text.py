"""The diary as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from meso_schedule.base.times import Clock
from meso_schedule.book.lines import DiaryLine
from meso_schedule.book.prices import Fee
from meso_schedule.output.diary_files import visits_text
from meso_schedule.output.terminal.layout import Column, Page, cell
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import count_text, day_text, span_text
from meso_schedule.running.diary import (
    DayTotal,
    Taken,
    Treatment,
    day_totals,
    month_consumables,
    month_income,
)

_LINES = (
    Column("Time"),
    Column("Course"),
    Column("Patient", folds=True),
    Column("Protocol", folds=True),
    Column("No.", is_number=True),
    Column("Status", folds=True),
    Column("Min.", is_number=True),
)


def diary_text(
    first: date,
    last: date,
    lines: Sequence[DiaryLine],
    taken: Mapping[Treatment, Taken] | None,
    fees: Sequence[Fee] = (),
    *,
    width: int,
    colour: bool = False,
    spoken: Language,
) -> str:
    """Return the sessions of some days, with totals a day.

    Args:
        first: The first day.
        last: The last day.
        lines: The sessions.
        taken: What the protocols of courses say; None leaves the month's figures out.
        fees: What comes in without a session.
        width: Columns of the terminal.
        colour: Whether it shows styles.
        spoken: How the time is written.
    """
    page = Page(width, colour=colour)
    page.block(f"Diary, {span_text(first, last)}")
    if not lines:
        page.paragraph("No sessions.")
    totals = {total.date: total for total in day_totals(lines)}
    for day, group in groupby(lines, key=lambda line: line.date):
        page.block(f"{day_text(day)}: {_total(totals[day])}")
        page.table(_LINES, [list(map(cell, _cells(line, spoken))) for line in group])
    if taken is not None:
        _add_month(page, lines, taken, fees)
    return str(page)


def month_text(
    lines: Sequence[DiaryLine],
    taken: Mapping[Treatment, Taken] | None,
    fees: Sequence[Fee],
    *,
    width: int,
    colour: bool,
) -> str:
    """Return what comes in and what is used up in a month; the arguments are those of a diary."""
    page = Page(width, colour=colour)
    if taken is not None:
        _add_month(page, lines, taken, fees)
    return str(page)


def _total(total: DayTotal) -> str:
    words = [visits_text(total.sessions, total.consultations, total.tests), f"{total.minutes} min."]
    for count, word in (
        (total.held, "held"),
        (total.missed, "missed"),
        (total.provisional, "provisional"),
    ):
        if count:
            words.append(f"{count} {word}")
    return ", ".join(words)


def _cells(line: DiaryLine, spoken: Language) -> Iterator[str]:
    yield spoken.clock(Clock.parse(line.start)) if line.start else ""
    yield line.course
    yield line.patient or ""
    yield f"{line.protocol}: {line.test}" if line.test else line.protocol
    yield str(line.number or "")
    yield f"{line.status}, provisional" if line.provisional else line.status
    yield str(line.minutes or "")


def _add_month(
    page: Page,
    lines: Sequence[DiaryLine],
    taken: Mapping[Treatment, Taken],
    fees: Sequence[Fee],
) -> None:
    if income := month_income(lines, fees):
        page.block("Expected income")
        page.pairs(
            (
                f"{entry.month}, {count_text(entry.sessions, 'session')}",
                f"{_range(entry.low, entry.high)} {entry.currency},"
                f" of it held {_range(entry.held_low, entry.held_high)}"
                + (f", without a session {entry.fees}" if entry.fees else ""),
            )
            for entry in income
        )
    if consumables := month_consumables(lines, taken):
        page.block("Consumables")
        page.pairs(
            (
                f"{entry.month}, {entry.what}",
                f"for {count_text(entry.sessions, 'session')}"
                if entry.amount is None
                else f"{entry.amount}, for {count_text(entry.sessions, 'session')}",
            )
            for entry in consumables
        )


def _range(low: object, high: object) -> str:
    return str(low) if low == high else f"{low} - {high}"

"""A comparison of protocols as a table, CSV or Markdown."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from meso_schedule.base.phrases import Phrase, counted, phrase
from meso_schedule.course.comparison import Comparison, ComparisonRow
from meso_schedule.output.tables import csv_table, markdown_table
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import money_text
from meso_schedule.rules.rule_tables import OtherProcedure

_PROTOCOL = phrase("Protocol")
_VISITS = phrase("Visits")
_FIRST = phrase("First")
_LAST = phrase("Last")
_COST = phrase("Cost")
_CURRENCY = phrase("Currency")
_CHAIR = phrase("Chair minutes")
_SWELLING = phrase("Swelling days")
_DATES = phrase("Dates")
_LATER = phrase("Days later")
_PROBLEM = phrase("Problem")
_YEAR = phrase("12 months")
_TWO_YEARS = phrase("24 months")
_YEARS = (_YEAR, _TWO_YEARS)
_NUMBERS = (_VISITS, _CHAIR, _SWELLING)
_FOLDED = (_PROTOCOL, _COST, *_YEARS)


def comparison_text(
    comparison: Comparison, *, width: int, colour: bool = False, language: Language = ENGLISH
) -> str:
    """Return a comparison for a terminal; what has no calendar is told below the table."""
    say = language.say
    header = [
        name for name in _header(comparison) if name not in (_CURRENCY, _DATES, _LATER, _PROBLEM)
    ]
    page = Page(width, colour=colour)
    page.block(say(_period(comparison, language)))
    columns = [Column(say(name), name in _NUMBERS, name in _FOLDED) for name in header]
    rows = [list(map(cell, _shown(row, header, language))) for row in comparison.rows]
    turned = _turned(columns, rows)
    page.table(
        *(turned if page.fits(*turned) and not page.fits(columns, rows) else (columns, rows))
    )
    problems = [f"{row.protocol}: {say(row.problem)}" for row in comparison.rows if row.problem]
    if problems:
        page.block(say(phrase("No calendar")))
        page.bullets(problems)
    if _is_visit_by_visit(comparison):
        page.block(say(phrase("Visit by visit, with the days of difference to the first")))
        page.table(*_visits(comparison, language))
    if comparison.others:
        page.block(say(phrase("Other ways that the sources name")))
        page.pairs([_other(it, language) for it in comparison.others])
    return str(page)


def _is_visit_by_visit(comparison: Comparison) -> bool:
    return any(row.days_later for row in comparison.rows)


def _visits(comparison: Comparison, language: Language) -> tuple[list[Column], list[list[Cell]]]:
    """Return a table with a column for each schedule and a row for each of its visits."""
    columns = [Column(row.protocol, folds=True) for row in comparison.rows]
    shown = [list(_apart(row, language)) for row in comparison.rows]
    rows = zip_longest(*shown, fillvalue="")
    return columns, [list(map(cell, row)) for row in rows]


def _apart(row: ComparisonRow, language: Language) -> Iterator[str]:
    for day, later in zip_longest(row.dates, row.days_later):
        yield language.dated(day) + (f" ({later:+d})" if later else "")


def _other(other: OtherProcedure, language: Language) -> tuple[str, str]:
    facts = []
    if other.visits:
        facts.append(counted(other.visits, "{count} visit", "{count} visits"))
    if other.recovery:
        facts.append(phrase("up to {time} of recovery", time=other.recovery))
    if other.permanent:
        facts.append(phrase("for good"))
    told = ", ".join(map(language.say, facts))
    return language.say(other.name), f"{told}. {language.say(other.text)}".removeprefix(". ")


def _turned(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> tuple[list[Column], list[list[Cell]]]:
    """Return a table with a column for each of its rows, which are few."""
    first, *others = columns
    names = [Column(row[0][0].words, folds=True) for row in rows]
    turned = [
        [cell(column.header), *(row[place] for row in rows)]
        for place, column in enumerate(others, 1)
    ]
    return [first._replace(folds=False), *names], turned


def comparison_csv(comparison: Comparison) -> str:
    """Return a comparison as CSV, dates in ISO form."""
    header = _header(comparison)
    return csv_table(header, [_written(row, header) for row in comparison.rows])


def comparison_markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown."""
    header = [name for name in _header(comparison) if name != _CURRENCY]
    rows = [_shown(row, header, ENGLISH) for row in comparison.rows]
    table = markdown_table(header, rows, [name in _NUMBERS for name in header])
    others = [": ".join(_other(it, ENGLISH)) for it in comparison.others]
    told = "".join(f"\n- {line}" for line in others)
    return f"{_period(comparison, ENGLISH)}:\n\n{table}" + (f"\n{told}\n" if told else "")


def _period(comparison: Comparison, language: Language) -> Phrase:
    return phrase(
        "From {first} to {last}",
        first=language.day(comparison.start),
        last=language.day(comparison.until),
    )


def _header(comparison: Comparison) -> list[Phrase]:
    header = [_PROTOCOL, _VISITS, _FIRST, _LAST]
    if any(row.cost for row in comparison.rows):
        header += [_COST, *(_YEARS if _is_combined(comparison) else ()), _CURRENCY]
    header += [_CHAIR, _SWELLING]
    header += [_DATES, _LATER] if _is_visit_by_visit(comparison) else []
    return [*header, _PROBLEM] if any(row.problem for row in comparison.rows) else header


def _is_combined(comparison: Comparison) -> bool:
    return any(len(row.protocols) > 1 for row in comparison.rows)


def _written(row: ComparisonRow, header: Sequence[Phrase]) -> list[str]:
    cells = {
        **_counts(row),
        _PROTOCOL: row.protocol,
        _FIRST: str(row.first or ""),
        _LAST: str(row.last or ""),
        _COST: money_text(row.cost, "-"),
        _YEAR: money_text(row.cost_12_months, "-"),
        _TWO_YEARS: money_text(row.cost_24_months, "-"),
        _CURRENCY: row.currency or "",
    }
    return [cells[name] for name in header]


def _shown(row: ComparisonRow, header: Sequence[Phrase], language: Language) -> list[str]:
    cells = {
        **_counts(row),
        _PROTOCOL: language.say(row.name),
        _FIRST: language.dated(row.first) if row.first else "",
        _LAST: language.dated(row.last) if row.last else "",
        _COST: language.price(row.cost, row.currency) if row.cost and row.currency else "",
        _YEAR: language.sums(row.cost_12_months),
        _TWO_YEARS: language.sums(row.cost_24_months),
    }
    return [cells[name] for name in header]


def _counts(row: ComparisonRow) -> dict[Phrase, str]:
    return {
        _VISITS: str(row.visits),
        _CHAIR: str(row.chair_minutes),
        _SWELLING: str(row.swelling_days),
        _DATES: " ".join(map(str, row.dates)),
        _LATER: " ".join(map(str, row.days_later)),
        _PROBLEM: row.problem or "",
    }

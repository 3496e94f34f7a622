"""Excel: what is a date or an amount is one there too, and no text acts as a formula.

The same content gives the same bytes: the file bears the day of asking as its time of making.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from meso_schedule.base.errors import EnvironmentFault
from meso_schedule.base.harmless import harmless
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.listing import Table, Value
from meso_schedule.output.words.details import ACTIONS, bill_lines, payment_lines
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.session_table import (
    NOTES,
    TREATMENT,
    WHY,
    price_header,
    special_text,
    why_text,
)
from meso_schedule.output.words.treatments import costs_of, pays_rest

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_DAY, _CLOCK = "yyyy-mm-dd", "hh:mm"
_WIDTH_OF_A_DAY, _WIDEST = 11, 60
_REFUSED = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TAB = 31


def workbook(tables: Iterable[Table], made_on: date) -> bytes:
    """Return an Excel workbook.

    Args:
        tables: Its sheets.
        made_on: The day that it says it was made on.

    Raises:
        EnvironmentFault: When the extra `excel` is not installed.
    """
    try:
        from xlsxwriter.workbook import Workbook
    except ImportError:
        problem = "Excel files need XlsxWriter, which is not installed."
        raise EnvironmentFault(problem, "output", "Install meso_schedule[excel].") from None
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    book.set_properties({"created": datetime.combine(made_on, time())})
    for table in tables:
        _add(book, table)
    book.close()
    return file.getvalue()


def plan_tables(plan: CoursePlan, language: Language) -> Iterator[Table]:
    """Yield the appointments of a plan, what they cost, and the care, each with its days."""
    say = language.say
    yield _appointments(plan, language)
    for title, cost in costs_of(plan):
        lines = [
            *bill_lines(cost, language),
            *payment_lines(cost, language, is_rest=pays_rest(plan, cost)),
        ]
        yield _table(
            say(title),
            language,
            (title, [say(label) for label, _ in lines]),
            (phrase("At least"), [sums.low for _, sums in lines]),
            (phrase("At most"), [_more(sums) for _, sums in lines]),
        )
    yield _table(
        say(phrase("Before and after")),
        language,
        (phrase("Before and after"), [say(ACTIONS[span.action]) for span in plan.care]),
        (phrase("What"), [say(span.what) for span in plan.care]),
        (phrase("From"), [span.first for span in plan.care]),
        (phrase("Until"), [span.last for span in plan.care]),
        (phrase("Lasts"), [say(span.lasts) or None for span in plan.care]),
        (phrase("Sessions"), [", ".join(span.marks) for span in plan.care]),
    )


def _appointments(plan: CoursePlan, language: Language) -> Table:
    """Return the sessions: of each column that says nothing of any, none."""
    zone, say = ZoneInfo(plan.timezone), language.say
    names = {stamp.id: say(stamp.name) for stamp in plan.protocols}
    visits = plan.visits
    return _table(
        say(phrase("Appointments")),
        language,
        (phrase("No."), [visit.mark if visit.label else visit.number for visit in visits]),
        (phrase("Date"), [visit.date for visit in visits]),
        (phrase("Time"), [_clock(visit.start, zone) for visit in visits]),
        (phrase("Ends"), [_clock(visit.end, zone) for visit in visits]),
        (TREATMENT, [names[visit.protocol] for visit in visits]),
        (phrase("Days since last"), [visit.interval_days for visit in visits]),
        (phrase("Earliest"), [visit.window.earliest for visit in visits]),
        (phrase("Latest"), [visit.window.latest for visit in visits]),
        (phrase("Backup"), [visit.backup for visit in visits]),
        (phrase("Slack days"), [visit.slack_days for visit in visits]),
        (price_header(plan), [visit.price.low if visit.price else None for visit in visits]),
        (phrase("At most"), [_more(visit.price) for visit in visits]),
        (NOTES, [special_text(plan, visit, language) or None for visit in visits]),
        (WHY, [why_text(visit, language) for visit in visits]),
    )


def _table(name: str, language: Language, *columns: tuple[Phrase, list[Value]]) -> Table:
    """Return a sheet of the columns that say something."""
    told = [(title, cells) for title, cells in columns if any(it is not None for it in cells)]
    rows = list(zip(*(cells for _, cells in told), strict=True))
    return Table(name, [language.say(title) for title, _ in told], rows)


def _more(price: MoneyRange | None) -> Decimal | None:
    """Return the most that a session can cost, where that is not the least too."""
    return price.high if price and price.high != price.low else None


def _clock(moment: datetime | None, zone: ZoneInfo) -> time | None:
    return moment.astimezone(zone).time() if moment else None


def _add(book: "Workbook", table: Table) -> None:
    """Add a sheet, its head frozen, its columns as wide as what they hold."""
    sheet = book.add_worksheet(_tab(table.name, [it.get_name() for it in book.worksheets()]))
    sheet.freeze_panes(1, 0)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for place, title in enumerate(table.header):
        sheet.write_string(0, place, harmless(title), bold)
        column = [row[place] for row in table.rows]
        sheet.set_column(place, place, min(_WIDEST, max(map(_width, (title, *column)))) + 2)
        for number, value in enumerate(column, 1):
            _write(book, sheet, (number, place), value, wrapped)


def _write(
    book: "Workbook", sheet: "Worksheet", cell: tuple[int, int], value: Value, text: "Format"
) -> None:
    if isinstance(value, str):
        sheet.write_string(*cell, harmless(value, keep="\n"), text)
    elif isinstance(value, datetime):
        sheet.write_datetime(*cell, value.replace(tzinfo=None), _shown(book, f"{_DAY} {_CLOCK}"))
    elif isinstance(value, date):
        sheet.write_datetime(*cell, datetime.combine(value, time()), _shown(book, _DAY))
    elif isinstance(value, time):
        sheet.write_datetime(*cell, value, _shown(book, _CLOCK))
    elif isinstance(value, Decimal):
        digits = -int(value.as_tuple().exponent)
        places = f".{'0' * digits}" if digits else ""
        sheet.write_number(*cell, float(value), _shown(book, f"#,##0{places}"))
    elif value is not None:
        sheet.write_number(*cell, value)


def _shown(book: "Workbook", form: str) -> "Format":
    return book.add_format({"num_format": form})


def _width(value: Value) -> int:
    """Return the columns that a value takes, of a text those of its longest line."""
    if isinstance(value, str):
        return max(map(len, value.splitlines()), default=0)
    return 0 if value is None else _WIDTH_OF_A_DAY


def _tab(name: str, taken: Sequence[str]) -> str:
    """Return what a tab says: short, without the signs that Excel refuses, like no other."""
    plain = _REFUSED.sub(" ", harmless(name)).strip("' ")[:_LONGEST_TAB] or "-"
    folded = [other.casefold() for other in taken]
    names = (plain, *(f"{plain[: _LONGEST_TAB - 4]} {number}" for number in range(2, 99)))
    return next(it for it in names if it.casefold() not in folded)

"""A call list as files: a table, a workbook, and a sheet to work through on the phone."""

from collections.abc import Iterator
from datetime import time

from meso_schedule.course.call_list import CallLine, CallList, CallPlace
from meso_schedule.output.listing import Table, Value
from meso_schedule.output.print.lists import list_pdf
from meso_schedule.output.words.language import ENGLISH, Language

_PLACE = ("date", "start", "practitioner")
_COLUMNS = (
    *("patient", "phone", "course", "protocol", "number"),
    *(f"from_{name}" for name in _PLACE),
    *(f"to_{name}" for name in _PLACE),
    "why",
)


def _values(line: CallLine) -> list[Value]:
    return [
        *(line.patient, line.phone, line.course, line.protocol, line.number),
        *_place(line.before),
        *_place(line.after),
        line.why,
    ]


def _place(place: CallPlace | None) -> tuple[Value, ...]:
    if place is None:
        return (None,) * len(_PLACE)
    start = time(*divmod(place.start.minutes, 60)) if place.start else None
    return place.date, start, place.called


def call_tables(calls: CallList) -> list[Table]:
    """Return whom to call, and who is not kept, for a spreadsheet."""
    rows = [_values(line) for line in calls.lines]
    kept: list[list[Value]] = [
        [it.who, it.course, reason.strip()] for it in calls.not_kept for reason in it.reasons
    ]
    return [
        Table("Calls", _COLUMNS, rows),
        Table("Not kept", ("patient", "course", "why"), kept),
    ]


def call_pdf(calls: CallList, *, paper: str = "a4") -> bytes:
    """Return a call list as a PDF, with a box to tick for each session.

    Raises:
        InputError: When it holds letters that no font has.
    """
    year, spoken = calls.made_on.year, ENGLISH.in_country(calls.country)
    marks = "22mm" if not all(it.number for it in calls.lines) else "9mm"
    told = {
        "title": calls.title,
        "clinic": calls.clinic,
        "widths": ["11mm", "1.3fr", marks, "1.1fr", "1.3fr", "1.2fr"],
        "heads": ["Called", "Patient", "No.", "From", "To", "Why"],
        "parts": [
            {
                "title": "To call, the most urgent first" if calls.lines else "Nobody to call",
                "rows": [_cells(line, year, spoken) for line in calls.lines],
                "note": calls.summary,
            },
            *(
                {
                    "title": f"{it.who} can't be kept",
                    "rows": [],
                    "note": "\n".join(map(str.strip, it.reasons)),
                }
                for it in calls.not_kept
            ),
        ],
    }
    return list_pdf(told, calls, calls.made_on, paper=paper)


def _cells(line: CallLine, year: int, spoken: Language) -> list[str]:
    who = "\n".join(filter(None, [line.who, line.phone]))
    return ["", who, line.mark, *places_text(line, year, spoken), line.why]


def places_text(line: CallLine, year: int, spoken: Language) -> tuple[str, str]:
    """Write where a session is booked and where it goes; with whom, where that becomes another.

    Args:
        line: The session.
        year: The year that goes without saying.
        spoken: How the time is written.
    """
    before = " ".join(_place_words(line.before, year, spoken)) if line.before else "no day"
    if line.after is None:
        return before, line.gone
    after = [*_place_words(line.after, year, spoken)]
    if line.after.called and line.after.called != (line.before and line.before.called):
        after.append(f"with {line.after.called}")
    return before, " ".join(after)


def _place_words(place: CallPlace, year: int, spoken: Language) -> Iterator[str]:
    yield spoken.weekday_near(place.date, year)
    if place.start:
        yield spoken.clock(place.start)

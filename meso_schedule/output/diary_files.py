"""A diary as files: a table, a workbook, a calendar, and a sheet to hang up."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from meso_schedule.base.harmless import harmless
from meso_schedule.course.day_grid import GridPart, day_grid
from meso_schedule.course.diary_sheet import DiaryDay, DiaryEntry, DiarySheet
from meso_schedule.output.calendar_file import (
    Gone,
    add_span,
    appointment,
    calendar_file,
    event_uid,
    sequence_of,
)
from meso_schedule.output.listing import Table, Value
from meso_schedule.output.print.lists import list_pdf
from meso_schedule.output.web.grid_page import grid_page
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import count_text, day_text, span_text

if TYPE_CHECKING:
    from icalendar import Event

_COLUMNS = (
    *("date", "start", "minutes", "patient", "phone", "protocol", "number", "status"),
    *("provisional", "practitioner", "course", "clashes", "test"),
)


def _plain(entry: DiaryEntry, name: str) -> str:
    value = getattr(entry, name)
    return "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def diary_tables(diary: DiarySheet) -> list[Table]:
    """Return the sessions of a diary, and its days, for a spreadsheet."""
    sessions: list[list[Value]] = [
        [
            entry.date,
            time(*divmod(entry.start.minutes, 60)) if entry.start else None,
            entry.minutes,
            *(_plain(entry, name) or None for name in _COLUMNS[3:]),
        ]
        for entry in diary.entries
    ]
    days: list[list[Value]] = [
        [day.date, *_counts(day), day.minutes, day.missed, ", ".join(map(str, day.free))]
        for day in diary.days
    ]
    heads = ("date", "sessions", "consultations", "tests", "minutes", "missed", "free")
    return [Table("Sessions", _COLUMNS, sessions), Table("Days", heads, days)]


def diary_feed(
    diary: DiarySheet, gone: Sequence[DiaryEntry] = (), practitioner: str | None = None
) -> bytes:
    """Return the sessions of a diary as a calendar file, those that are off as cancelled.

    A session has a UID of its own in the calendar of each practitioner, so that what is handed
    over is cancelled in one and new in the other for who sees both; and a SEQUENCE that is higher
    after each change of its course.

    Args:
        diary: The diary.
        gone: Sessions that stood in it and do no longer.
        practitioner: Whose diary it is; None for that of all.
    """
    events = [_event(entry, diary, practitioner) for entry in (*diary.entries, *gone)]
    days = [day.date for day in diary.days]
    return calendar_file(events, days, diary.timezone, 0, published_in=ENGLISH)


def _event(entry: DiaryEntry, diary: DiarySheet, practitioner: str | None) -> "Event":
    name = f"{entry.protocol} {entry.test or entry.number}"
    whose = f"{practitioner} " if practitioner else ""
    event = appointment(event_uid(f"diary {whose}{entry.course}", name), diary.made_on)
    add_span(event, _appointment_of(entry, diary.timezone), diary.timezone)
    event.add("SEQUENCE", sequence_of(diary.made_on, entry.revision))
    event.add("SUMMARY", harmless(f"{entry.who}: {entry.what}"))
    event.add(
        "DESCRIPTION",
        harmless("\n".join(_told(entry, ENGLISH.in_country(diary.country))), keep="\n"),
    )
    is_off = entry.status in ("missed", "cancelled")
    event.add(
        "STATUS", "CANCELLED" if is_off else "TENTATIVE" if entry.provisional else "CONFIRMED"
    )
    event.add("CLASS", "PRIVATE")
    return event


def _appointment_of(entry: DiaryEntry, timezone: str) -> Gone:
    if entry.start is None:
        return Gone(entry.number, entry.date)
    start = datetime.combine(entry.date, time(), ZoneInfo(timezone))
    start += timedelta(minutes=entry.start.minutes)
    return Gone(entry.number, entry.date, start, _later(start, entry.minutes or 0))


def _later(start: datetime, minutes: int) -> datetime:
    """Return a moment so much later, as time passes."""
    return start.astimezone(UTC) + timedelta(minutes=minutes)


def _told(entry: DiaryEntry, spoken: Language) -> Iterator[str]:
    yield f"Course {entry.course}"
    for label, value in (("Phone", entry.phone), ("With", entry.called)):
        if value:
            yield f"{label}: {value}"
    yield from (f"At the same time: {spoken.say(other)}" for other in entry.clashes)


def diary_pdf(diary: DiarySheet, *, paper: str = "a4") -> bytes:
    """Return a diary as a PDF, each day with its sessions and what is free.

    Raises:
        InputError: When it holds letters that no font has.
    """
    spoken = ENGLISH.in_country(diary.country)
    told = {
        "title": f"Diary, {span_text(diary.days[0].date, diary.days[-1].date)}",
        "clinic": diary.clinic,
        "widths": ["18mm" if spoken.halves else "13mm", "10mm", "1.2fr", "1fr", "1fr"],
        "heads": ["Time", "Min.", "Patient", "Treatment", "Notes"],
        "parts": [
            {
                "title": f"{day_text(day.date)}: {day_total(day)}",
                "rows": [_cells(entry, spoken) for entry in day.entries],
                "note": day_note(day, spoken),
                "grid": _printed_grid(day, diary, spoken),
            }
            for day in diary.days
        ],
    }
    return list_pdf(told, diary, diary.made_on, paper=paper)


def _printed_grid(day: DiaryDay, diary: DiarySheet, spoken: Language) -> dict[str, Any] | None:
    """Return the grid of a day: of each place its words, and whether it is hatched."""
    grid = day_grid(day, diary.people)
    if grid is None:
        return None
    return {
        "heads": ["", *grid.names],
        "rows": [
            [
                {"text": spoken.clock(row.time), "is_hatched": False, "is_taken": False},
                *(_printed_place(parts) for parts in row.cells),
            ]
            for row in grid.rows
        ],
    }


def _printed_place(parts: Sequence[GridPart]) -> dict[str, Any]:
    begun = (f"{it.who}, {it.what}" for it in parts if it.is_first)
    return {
        "text": "\n".join(begun),
        "is_hatched": bool(parts) and all(it.is_hatched for it in parts),
        "is_taken": bool(parts),
    }


def diary_page(diary: DiarySheet) -> str:
    """Return the grids of a diary as a self-contained web page."""
    title = f"Diary, {span_text(diary.days[0].date, diary.days[-1].date)}"
    spoken = ENGLISH.in_country(diary.country)
    grids = [
        (day_text(day.date), day_note(day, spoken), day_grid(day, diary.people))
        for day in diary.days
    ]
    return grid_page(title, diary.clinic, grids, spoken)


def _cells(entry: DiaryEntry, spoken: Language) -> list[str]:
    who = ", ".join(filter(None, [entry.who, entry.phone]))
    notes = "; ".join(notes_of(entry, spoken))
    start = spoken.clock(entry.start) if entry.start else ""
    return [start, str(entry.minutes or ""), who, entry.what, notes]


def notes_of(entry: DiaryEntry, spoken: Language) -> Iterator[str]:
    """Say what is to be known of a session besides."""
    if entry.status != "booked":
        yield entry.status
    if entry.provisional:
        yield "provisional"
    if entry.called:
        yield entry.called
    yield from (f"! at the same time as {spoken.say(other)}" for other in entry.clashes)


def visits_text(sessions: int, consultations: int, tests: int) -> str:
    """Say how many sessions there are, and how many visits before session 1 beside them."""
    beside = ((consultations, "consultation"), (tests, "test"))
    more = [count_text(count, what) for count, what in beside if count]
    return ", ".join([count_text(sessions, "session"), *more])


def _counts(day: DiaryDay) -> tuple[int, int, int]:
    return day.sessions, day.consultations, day.tests


def day_total(day: DiaryDay) -> str:
    """Say how many sessions a day has, how long they take, and how many were missed."""
    words = [visits_text(*_counts(day)), f"{day.minutes} min."]
    return ", ".join([*words, *([f"{day.missed} missed"] if day.missed else [])])


def day_note(day: DiaryDay, spoken: Language) -> str:
    """Say why a day is closed, or which opening hours nobody has booked."""
    if day.shut:
        return f"Not open: {', '.join(day.shut)}."
    return f"Not booked: {', '.join(map(spoken.hours, day.free))}." if day.free else "Booked up."

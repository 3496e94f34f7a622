"""The days of a diary: who comes, what clashes, and which opening hours nobody has booked."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from meso_schedule.availability.open_days import OpenDays
from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.base.times import TimeRange
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.lines import DiaryLine
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.diary_sheet import DiaryDay, DiaryEntry, DiarySheet, Person
from meso_schedule.running.prior_tests import visit_lines


def diary_sheet(
    book: Book,
    clinic: Clinic,
    days: DateRange,
    as_of: date,
    *,
    practitioner: str | None = None,
    room: str | None = None,
) -> DiarySheet:
    """Return the days of a diary, those without a session too.

    Args:
        book: The courses.
        clinic: Its hours and closures, as they are now.
        days: The days.
        as_of: The day of asking.
        practitioner: Whose sessions alone are shown.
        room: The room for which alone they are shown: all that it would do for.
    """
    lines = visit_lines(book, clinic, days)
    courses = {course: book.course(course) for course in dict.fromkeys(it.course for it in lines)}
    entries = [_entry(line, courses[line.course]) for line in lines]
    shown = [
        entry
        for entry in _with_clashes(entries)
        if practitioner in (None, entry.practitioner) and (room is None or room in entry.rooms)
    ]
    by_day: dict[date, list[DiaryEntry]] = defaultdict(list)
    for entry in shown:
        by_day[entry.date].append(entry)
    open_days, count = (
        OpenDays(with_absences(clinic, book.absences())),
        (days.last - days.first).days + 1,
    )
    all_days = (days.first + timedelta(days=place) for place in range(count))
    return DiarySheet(
        clinic=clinic.name,
        timezone=clinic.timezone,
        made_on=as_of,
        country=clinic.home_country,
        days=tuple(_day(open_days, day, by_day[day]) for day in all_days),
        people=tuple(
            Person(id=who.id, name=who.name)
            for who in clinic.practitioners
            if practitioner in (None, who.id)
        ),
    )


def _entry(line: DiaryLine, state: CourseState) -> DiaryEntry:
    is_first = line.is_consultation
    kept = state.consultation if is_first else state.find_session(line.number, line.protocol)
    takes = kept.takes if kept else None
    return DiaryEntry(
        date=line.date,
        start=line.start,
        minutes=line.minutes,
        course=line.course,
        patient=line.patient,
        phone=state.phone,
        protocol=line.protocol,
        number=line.number,
        test=line.test,
        status=line.status,
        provisional=line.provisional,
        practitioner=takes.practitioner if takes else None,
        rooms=tuple(it.room for it in takes.rooms) if takes else (),
        revision=state.revision,
        before=takes.before if takes else 0,
        after=takes.after if takes else 0,
    )


def _with_clashes(entries: Sequence[DiaryEntry]) -> Iterator[DiaryEntry]:
    """Yield the sessions of a diary, each with what is booked at its time."""
    found: dict[int, list[Phrase]] = defaultdict(list)
    for one, other in _pairs(entries):
        if _clash(entries[one], entries[other]):
            found[one].append(_named(entries[other]))
            found[other].append(_named(entries[one]))
    for place, entry in enumerate(entries):
        yield entry.model_copy(update={"clashes": tuple(found[place])})


def _named(entry: DiaryEntry) -> Phrase:
    return phrase("{time} {who}", time=entry.start, who=entry.who)


def _pairs(entries: Sequence[DiaryEntry]) -> Iterator[tuple[int, int]]:
    """Yield the places of two sessions that overlap; they stand by date and start."""
    for one, entry in enumerate(entries):
        for other in range(one + 1, len(entries)):
            span, following = entry.span, entries[other].span
            if span is None or entries[other].date != entry.date:
                break
            if following and following.start >= span.end:
                break
            if following:
                yield one, other


def _clash(one: DiaryEntry, other: DiaryEntry) -> bool:
    """Tell whether two sessions at one time need the same people; those of a visit do not."""
    givers = {one.practitioner, other.practitioner}
    return one.course != other.course and (len(givers) == 1 or None in givers)


def _day(open_days: OpenDays, day: date, entries: Sequence[DiaryEntry]) -> DiaryDay:
    shut = tuple(map(str, open_days.clinic_reasons(day)))
    hours = () if shut else open_days.hours(day)
    taken = sorted((span.start, span.end) for entry in entries if (span := entry.span))
    return DiaryDay(
        date=day,
        entries=tuple(entries),
        shut=shut,
        free=tuple(_free(hours, taken)),
        minutes=sum(entry.minutes or 0 for entry in entries if entry.status != "missed"),
    )


def _free(hours: Sequence[TimeRange], taken: Sequence[tuple[int, int]]) -> Iterator[TimeRange]:
    """Yield what is left of the hours of a day."""
    for span in hours:
        begin = span.start
        for start, end in taken:
            if begin < min(start, span.end):
                yield TimeRange(begin, min(start, span.end))
            begin = max(begin, end)
        if begin < span.end:
            yield TimeRange(begin, span.end)

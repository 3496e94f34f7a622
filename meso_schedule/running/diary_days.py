"""The days of a diary: who comes, what clashes, and which opening hours nobody has booked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from meso_schedule.availability.open_days import OpenDays
from meso_schedule.availability.quarters import hours_of
from meso_schedule.availability.working_hours import WorkingHours
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
        room: The room for which alone they are shown; what is over, where it would have done.
    """
    lines = visit_lines(book, clinic, days)
    courses = {it.course: it for it in book.each(dict.fromkeys(it.course for it in lines))}
    rooms = book.rooms(days.first, days.last)
    entries = [_entry(line, courses[line.course], clinic, rooms) for line in lines]
    shown = [
        entry
        for entry in _with_clashes(entries)
        if practitioner in (None, entry.practitioner) and (room is None or _is_in(entry, room))
    ]
    by_day: dict[date, list[DiaryEntry]] = defaultdict(list)
    for entry in shown:
        by_day[entry.date].append(entry)
    now, count = with_absences(clinic, book.absences()), (days.last - days.first).days + 1
    opens = _Opening(now, practitioner, room)
    all_days = (days.first + timedelta(days=place) for place in range(count))
    return DiarySheet(
        clinic=clinic.name,
        timezone=clinic.timezone,
        made_on=as_of,
        country=clinic.home_country,
        days=tuple(_day(opens, day, by_day[day]) for day in all_days),
        people=tuple(
            Person(id=who.id, name=who.name)
            for who in clinic.practitioners
            if practitioner in (None, who.id)
        ),
    )


class _Opening:
    """When a clinic, or what alone is shown of it, can be booked.

    Args:
        clinic: Its hours, closures and absences.
        practitioner: Whose hours they are; None for those of all.
        room: That of which they are; None for all.
    """

    def __init__(self, clinic: Clinic, practitioner: str | None, room: str | None) -> None:
        self._open_days, self._working = OpenDays(clinic), WorkingHours(clinic)
        self._who = next((it for it in clinic.practitioners if it.id == practitioner), None)
        self._room = next((it for it in clinic.rooms if it.id == room), None)

    def shut(self, day: date) -> tuple[str, ...]:
        """Return why nothing can be booked on a day; empty where something can."""
        if shut := tuple(map(str, self._open_days.clinic_reasons(day))):
            return shut
        if self._who and not self._working.spans(self._who, day):
            return (f"{self._who.name} does not work",)
        if self._room and not self._working.is_open(self._room, day):
            return (f"{self._room.id} is closed",)
        return ()

    def hours(self, day: date) -> Sequence[TimeRange]:
        """Return the hours of a day on which it is open."""
        if self._who is None:
            return self._open_days.hours(day)
        return list(hours_of(self._working.spans(self._who, day), day, self._working.zone))


def _is_in(entry: DiaryEntry, room: str) -> bool:
    return room in entry.rooms if entry.room is None else room == entry.room


def _entry(
    line: DiaryLine, state: CourseState, clinic: Clinic, rooms: Mapping[tuple[str, str], str]
) -> DiaryEntry:
    is_first = line.is_consultation
    kept = state.consultation if is_first else state.find_session(line.number, line.protocol)
    takes = kept.takes if kept else None
    giver = takes.practitioner if takes else None
    room = rooms.get((line.course, str(line.date))) if takes and line.status == "booked" else None
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
        practitioner=giver,
        rooms=tuple(it.room for it in takes.rooms) if takes else (),
        room=room,
        called=_called(clinic, giver, room),
        revision=state.revision,
        before=takes.before if takes else 0,
        after=takes.after if takes else 0,
    )


def _called(clinic: Clinic, giver: str | None, room: str | None) -> str | None:
    names = {who.id: who.name for who in clinic.practitioners}
    told = [names.get(giver, giver) if giver else None, room if room in clinic.called else None]
    return ", ".join(filter(None, told)) or None


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
    """Tell whether two sessions at one time need the same people; those of a visit do not.

    Who gives both is with the one patient while the other is numbed, or rests.
    """
    givers, first, second = {one.practitioner, other.practitioner}, one.hands_on, other.hands_on
    if one.course == other.course or (len(givers) > 1 and None not in givers):
        return False
    if None in givers or not (first and second):
        return True
    return first.start < second.end and second.start < first.end


def _day(opens: _Opening, day: date, entries: Sequence[DiaryEntry]) -> DiaryDay:
    shut = opens.shut(day)
    hours = () if shut else opens.hours(day)
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

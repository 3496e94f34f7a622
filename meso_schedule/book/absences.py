"""Absences and closures of a clinic as the book has them."""

from collections.abc import Sequence
from datetime import date, timedelta

from meso_schedule.base.dates import DateRange
from meso_schedule.base.models import IsoDate, Model
from meso_schedule.book.absence_records import AbsenceEnded, Absent
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.record import Record
from meso_schedule.book.state import Entry
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.opening_hours import Closure
from meso_schedule.clinic.resources import Absence


class BookedAbsence(Model):
    """Days on which a practitioner is not there, or the clinic is closed.

    Args:
        id: By which it is ended.
        practitioner: None where the clinic is closed.
        ended: From which day on all is as the clinic file says; None while it holds.
    """

    id: str
    practitioner: str | None
    first: IsoDate
    last: IsoDate
    reason: str | None
    ended: IsoDate | None = None

    @property
    def days(self) -> DateRange | None:
        """The days on which it holds; None where it ended before the first."""
        last = min(self.last, self.ended - timedelta(1)) if self.ended else self.last
        return DateRange(self.first, last) if last >= self.first else None


def find_same(
    absence: Absent, since: date, absences: Sequence[BookedAbsence]
) -> BookedAbsence | None:
    """Return a booked absence that holds on all days of another; None where none does.

    Args:
        absence: Who is not there, or that the clinic is closed, and when.
        since: Days before it are left out.
        absences: Those that were booked.
    """
    own = (max(absence.first, since), absence.last)
    same = (it for it in absences if it.practitioner == absence.practitioner)
    return next((it for it in same if it.days and all(day in it.days for day in own)), None)


def absence_of(name: str, entries: Sequence[Entry]) -> BookedAbsence:
    """Return what the events of an absence say.

    Args:
        name: Its id.
        entries: Its events, the first of which is that it was booked.
    """
    first, *later = (entry.record for entry in entries)
    assert isinstance(first, Absent), "an absence begins with itself"
    ended = [it.on for it in later if isinstance(it, AbsenceEnded)]
    return BookedAbsence.made(
        id=name,
        practitioner=first.practitioner,
        first=first.first,
        last=first.last,
        reason=first.reason,
        ended=min(ended, default=None),
    )


def check_absence(entries: Sequence[Entry], record: Record) -> None:
    """Refuse what may not follow in an absence.

    Raises:
        RefusedError: For all but its beginning and, once, its end.
    """
    if not entries or (isinstance(record, AbsenceEnded) and len(entries) == 1):
        return
    is_over = len(entries) > 1
    raise RefusedError(
        "absence_ended" if is_over else "no_course",
        "It is an absence that has ended." if is_over else "It is an absence, no course.",
        "'clinic absent --list' shows those that hold.",
        field="end" if is_over else "course",
    )


def with_absences(clinic: Clinic, absences: Sequence[BookedAbsence]) -> Clinic:
    """Return a clinic as if absences and closures stood in its file."""
    held = [(it, it.days) for it in absences]
    closures = [
        _dated(Closure, days, it.reason) for it, days in held if days and it.practitioner is None
    ]
    people = []
    for who in clinic.practitioners:
        own = [
            _dated(Absence, days, it.reason)
            for it, days in held
            if days and it.practitioner == who.id
        ]
        people.append(who.model_copy(update={"absences": (*who.absences, *own)}) if own else who)
    update = {"closures": (*clinic.closures, *closures), "practitioners": tuple(people)}
    return clinic.model_copy(update=update) if held else clinic


def _dated(kind: type[Closure] | type[Absence], days: DateRange, reason: str | None) -> object:
    told = {"reason": reason} if reason else {}
    return kind.model_validate({"from": days.first, "to": days.last, **told})


def days_opened(clinic: Clinic, absence: Absent, since: date) -> tuple[date, ...]:
    """Return the days of an absence that the clinic file opens by name, which beats the absence.

    Args:
        clinic: With shifts of its practitioners, and openings of its own.
        absence: Who is not there, or that the clinic is closed.
        since: Days before it are left out.
    """
    people = (who for who in clinic.practitioners if who.id == absence.practitioner)
    shifts = [it.date for who in people for it in who.shifts]
    openings = [day for it in clinic.openings for day in it.days]
    opened = shifts if absence.practitioner else openings
    days = DateRange(max(absence.first, since), absence.last)
    return tuple(sorted(it for it in opened if it in days))


def is_hit(practitioner: str | None, days: DateRange, day: date, giver: str | None) -> bool:
    """Tell whether a session on a day falls away.

    Args:
        practitioner: Who is not there; None where the clinic is closed.
        days: On which days.
        day: The day of the session.
        giver: Who gives it.
    """
    return day in days and practitioner in (None, giver)

"""When practitioners work, rooms are open and devices at hand: by the clinic file alone."""

from collections.abc import Sequence
from datetime import date

from meso_schedule.availability.busy_spans import Minutes, free_pieces
from meso_schedule.availability.open_days import OpenDays
from meso_schedule.availability.quarters import joined_spans, minutes_of, whole_quarters
from meso_schedule.base.times import TimeRange
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.resources import Device, Practitioner, Room


class WorkingHours:
    """When each resource of a clinic can be used; days are looked at as they are asked for.

    Args:
        clinic: Whose resources they are.
    """

    def __init__(self, clinic: Clinic) -> None:
        self._open_days = OpenDays(clinic)
        self.zone = self._open_days.zone
        self._shut: dict[date, bool] = {}
        self._spans: dict[tuple[str, date], tuple[Minutes, ...]] = {}

    def spans(self, who: Practitioner, day: date) -> tuple[Minutes, ...]:
        """Return when a practitioner works on a day, in minutes after its beginning.

        A shift beats rota and absences; a rota replaces the week, which is the clinic's where the
        practitioner has none. Nobody works while the clinic is shut all day.
        """
        known = self._spans.get((who.id, day))
        if known is None:
            known = self._spans[who.id, day] = self._look(who, day)
        return known

    def free(self, who: Practitioner, day: date) -> int:
        """Return the quarters of a day on which a practitioner works."""
        return whole_quarters(self.spans(who, day))

    def is_shut(self, day: date) -> bool:
        """Tell whether the clinic is closed all day."""
        known = self._shut.get(day)
        if known is None:
            known = self._shut[day] = any(self._open_days.clinic_reasons(day))
        return known

    def _look(self, who: Practitioner, day: date) -> tuple[Minutes, ...]:
        if self.is_shut(day):
            return ()
        zone = self.zone
        shift = next((shift.hours for shift in who.shifts if shift.date == day), None)
        if shift is not None:
            return joined_spans(minutes_of(shift, day, zone))
        absences = [absence for absence in who.absences if day in absence.days]
        if not all(absence.hours for absence in absences):
            return ()
        away = (minutes_of(absence.hours, day, zone) for absence in absences)
        gone = joined_spans(span for spans in away for span in spans)
        works = joined_spans(minutes_of(self._hours(who, day), day, zone))
        return tuple(free for span in works for free in free_pieces(span, gone))

    def _hours(self, who: Practitioner, day: date) -> Sequence[TimeRange]:
        week = next((rota for rota in who.rota if day in rota.days), who.hours)
        return week.of_weekdays()[day.weekday()] if week else self._open_days.hours(day)

    def is_open(self, room: Room, day: date) -> bool:
        """Tell whether a room can be used on a day on which the clinic is open."""
        return not (any(day in it.days for it in room.closures) or self.is_shut(day))

    def room_spans(self, room: Room, day: date) -> tuple[Minutes, ...]:
        """Return when a room can be used on a day, in minutes after its beginning."""
        if not self.is_open(room, day):
            return ()
        return joined_spans(minutes_of(self._open_days.hours(day), day, self.zone))

    def at_hand(self, device: Device, day: date) -> int:
        """Return how many of a device can be used on a day on which the clinic is open."""
        if self.is_shut(day):
            return 0
        closed = (it.count for it in device.closures if day in it.days)
        gone = sum(device.count if count is None else count for count in closed)
        return max(device.count - gone, 0)

"""Whether a day, or a time of it, has room for a session."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.availability.session_days import Availability
from meso_schedule.base.errors import ExitCode, InputError, MesoScheduleError
from meso_schedule.base.times import Clock
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.resources import Practitioner, unknown_name
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.treatment_progress import TreatmentProgress


class NoRoomError(MesoScheduleError):
    """A day, or a time, on which no session can be."""

    exit_code = ExitCode.NO
    code = "no_room"
    remedy = "Choose another day or time: 'courses free' lists those that are free."

    def __init__(
        self, day: date, at: Clock | None, reasons: Sequence[str], remedy: str | None = None
    ) -> None:
        self.day = day
        self.at = at
        self.reasons = tuple(map(str, reasons))
        self.remedy = remedy or self.remedy
        self.field, self.value = ("at", str(at)) if at else ("to", str(day))
        when = f"{day} at {at}" if at else str(day)
        super().__init__(f"No session can be on {when}: {'; '.join(self.reasons)}.")


def check_giver(one: TreatmentProgress, number: int, practitioner: str | None) -> None:
    """Refuse to hand over one session of a treatment that stays with one practitioner.

    Raises:
        InputError: With who gives it.
    """
    session = one.state.find_session(number)
    giver = session.takes.practitioner if session and session.takes else None
    if practitioner in (None, giver) or one.protocol.sessions.continuity != "same":
        return
    raise InputError.of(
        "contradiction",
        f"{practitioner} takes no single session of {one.protocol.id}: all are with {giver}.",
        field="practitioner",
        value=practitioner,
        remedy="Hand all of them over: replan with that practitioner.",
    )


def offering(
    clinic: Clinic | None, practitioner: str | None, protocol: Protocol, *, urgent: bool
) -> Clinic | None:
    """Return a clinic as it is offered to one visit that is put in its place by hand.

    Args:
        clinic: Whose practitioners and reserve they are.
        practitioner: Who alone is to give it; None for whoever is free.
        protocol: What is given.
        urgent: Whether what is kept free for urgent cases is offered.

    Raises:
        InputError: When the clinic names no such practitioner, or one who does not treat it.
    """
    names = [who.id for who in clinic.practitioners] if clinic else []
    if practitioner and practitioner not in names:
        raise InputError([unknown_name("practitioner", "practitioner", practitioner, names)])
    if clinic is None or not (practitioner or urgent):
        return clinic
    for who in clinic.practitioners:
        if who.id == practitioner and (why := not_treating(who, protocol)):
            remedy = "Name somebody else: 'courses free' lists who is free."
            raise InputError.of(
                "not_treating", f"{why}.", field="practitioner", value=practitioner, remedy=remedy
            )
    people = tuple(
        who if practitioner in (None, who.id) else who.model_copy(update={"treats": ()})
        for who in clinic.practitioners
    )
    reserve = None if urgent else clinic.reserve
    return clinic.model_copy(update={"practitioners": people, "reserve": reserve})


def not_treating(who: Practitioner, protocol: Protocol) -> str | None:
    """Say that a practitioner may not give a protocol; None where it is no fault."""
    may = who.takes(protocol.id, protocol.family)
    return None if may else f"{who.name} ({who.id}) does not treat {protocol.id}"


def check_room(days: Availability, to: date, at: Clock | None) -> None:
    """Refuse a day, or a time, that the clinic or the patient cannot keep.

    Raises:
        NoRoomError: With every reason.
    """
    day = to.toordinal()
    if not days.is_usable(day):
        raise NoRoomError(to, None, days.reasons(day), _remedy(days, to, None))
    if at and not days.can_start(day, at.minutes):
        raise NoRoomError(to, at, list(_time_reasons(days, to, at)), _remedy(days, to, at))


def _remedy(availability: Availability, to: date, at: Clock | None) -> str | None:
    """Say what to do besides choosing another day; None where that is all."""
    causes = availability.causes(to.toordinal(), at.minutes) if at else ()
    if "opening" in causes or any(availability.open_days.clinic_reasons(to)):
        return "Choose another day, or add an opening to the clinic file."
    if "patient" in causes or any(availability.open_days.patient_reasons(to)):
        return (
            "Choose another day, or say when the patient can come from now on: "
            "'courses replan' with --days, --between or --away."
        )
    return None


def _time_reasons(availability: Availability, to: date, at: Clock) -> Iterator[str]:
    """Say why a session cannot begin at a time of a day that is free."""
    day = to.toordinal()
    words = {
        "opening": "the session does not fit into the opening hours",
        "busy": "that time is busy",
        "clock": "the clock is put forward over that time",
        "quarter": "people and rooms are booked from the quarter hour on",
    }
    for cause in availability.causes(day, at.minutes):
        if cause == "patient":
            hours = availability.open_days.patient_hours(day)
            yield f"the session does not fit into the patient's hours, {hours}"
        elif cause == "full":
            yield from availability.full_reasons(day, at.minutes)
        else:
            yield words[cause]

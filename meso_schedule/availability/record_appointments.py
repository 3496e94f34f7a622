"""Appointments of a record system (FHIR R4), told as the calendar that they amount to.

Source:
    HL7 FHIR R4 (4.0.1): Appointment.status, Slot.status, and the data type instant.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from meso_schedule.base.errors import InputError, shortened
from meso_schedule.base.text_files import decode, parse_json

# By these nobody is kept; whatever else a record says, known today or not, takes its time.
_FREE = {
    "Appointment": ("proposed", "waitlist", "cancelled", "noshow", "entered-in-error"),
    "Slot": ("free", "entered-in-error"),
}


def is_record(data: bytes) -> bool:
    """Tell whether a file is JSON, as record systems write it, and no calendar."""
    return data[:64].removeprefix(BOM_UTF8).lstrip().startswith(b"{")


def as_calendar(data: bytes, name: str | None) -> bytes:
    """Return the appointments of a Bundle, or a single one, as an iCalendar file.

    Args:
        data: The content of the file.
        name: What to call it when it is refused.

    Raises:
        InputError: When it holds no appointment that can be read, or a time that cannot.
    """
    source = name or "calendar"
    document = parse_json(decode(data.removeprefix(BOM_UTF8), source), source)
    events = [line for it in _resources(document, name) for line in _event(it, name)]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:FHIR", *events, "END:VCALENDAR", ""]
    ).encode()


def _resources(document: Any, name: str | None) -> list[Mapping[str, Any]]:
    kind = document.get("resourceType")
    entries = document.get("entry", []) if kind == "Bundle" else [{"resource": document}]
    if not isinstance(entries, list) or kind not in ("Bundle", *_FREE):
        _refuse(f"It is {shortened(str(kind))}, no Bundle of appointments.", name)
    found = (it.get("resource") for it in entries if isinstance(it, dict))
    return [it for it in found if isinstance(it, dict) and _kind(it) in _FREE]


def _kind(resource: Mapping[str, Any]) -> str:
    return str(resource.get("resourceType"))


def _event(resource: Mapping[str, Any], name: str | None) -> Iterator[str]:
    if resource.get("status") in _FREE[_kind(resource)]:
        return
    start = _instant(resource.get("start"), resource, name)
    minutes = resource.get("minutesDuration")
    if resource.get("end") is None and isinstance(minutes, int) and 0 < minutes < 10_000:
        end = start + timedelta(minutes=minutes)
    else:
        end = _instant(resource.get("end"), resource, name)
    if end < start:
        _refuse(f"{_named(resource)} ends before it starts.", name)
    yield from ("BEGIN:VEVENT", f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}", "END:VEVENT")


def _utc(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None, microsecond=0):%Y%m%dT%H%M%S}Z".rjust(16, "0")


def _instant(text: object, resource: Mapping[str, Any], name: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        what = shortened(str(text))
        _refuse(f"{_named(resource)} has a time that cannot be read: {what}.", name)


def _named(resource: Mapping[str, Any]) -> str:
    return f"{_kind(resource)} {shortened(str(resource.get('id', 'without an id')))}"


def _refuse(problem: str, name: str | None) -> NoReturn:
    remedy = "Export it again as a FHIR R4 Bundle of appointments, or as iCalendar (.ics)."
    raise InputError.of("bad_calendar", problem, field="busy", value=name, remedy=remedy) from None

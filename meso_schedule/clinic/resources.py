"""What a session takes beside the patient: practitioners, rooms, devices, and what is reserved."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from meso_schedule.base.errors import Fault, near_or_known
from meso_schedule.base.free_text import Line, Text
from meso_schedule.base.identifiers import FAMILIES, Identifier
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import (
    Count,
    IsoDate,
    Model,
    OneOrMany,
    Turnover,
    count_within,
    one_or_many,
)
from meso_schedule.base.money import Share
from meso_schedule.base.readable_fields import read_entries, readable_fields
from meso_schedule.clinic.opening_hours import Closure, Dated, Hours, Rota, WeekHours, range_faults

MOST_DEVICES = 99

# Whether a person may book something over what is booked.
Overlap = Literal["refuse", "warn"]
_Devices = Annotated[Count, AfterValidator(count_within(0, MOST_DEVICES))]


def _some_or_all(value: object) -> object:
    return value if value is None else one_or_many(value)


# Families and protocols; None means all of them, an empty list none.
Treats = Annotated[tuple[Identifier, ...] | None, BeforeValidator(_some_or_all), OneOrMany(least=0)]


class Treating(Model):
    """What sessions of some protocols take: a practitioner, a room."""

    id: Identifier
    treats: Treats = None

    def takes(self, protocol: str, family: str) -> bool:
        """Tell whether a protocol of a family may be given by or in this."""
        return self.treats is None or protocol in self.treats or family in self.treats


class Shift(Model):
    """The hours of a practitioner on one date; they beat rota and absences."""

    date: IsoDate
    hours: Hours


class Absence(Dated):
    """Days, or hours of days, on which a practitioner is not there; both ends included.

    Args:
        hours: Left out, whole days.
        reason: For staff, never on a patient's paper.
    """

    hours: Hours = ()
    reason: Text = "absent"


class Practitioner(Treating):
    """Who treats.

    Args:
        id: Kept in events.
        treats: Families or protocols; left out, everything.
        hours: Of each weekday; left out, the clinic's.
        rota: Other hours for a while.
    """

    name: Line
    hours: WeekHours | None = None
    rota: tuple[Rota, ...] = ()
    shifts: tuple[Shift, ...] = ()
    absences: tuple[Absence, ...] = ()


class Room(Treating):
    """Where a session takes place.

    Args:
        turnover: Minutes after a session; the greater of this and the rule's counts.
    """

    turnover: Turnover = 0
    closures: tuple[Closure, ...] = ()


class DeviceClosure(Closure):
    """Days on which devices cannot be used; `count` of them, left out all."""

    count: _Devices | None = None


class Device(Model):
    """A kind of device.

    Args:
        count: How many there are, each as good as the other.
        rooms: Where they can be used; left out, anywhere.
    """

    id: Identifier
    count: _Devices = 1
    rooms: Treats = None
    closures: tuple[DeviceClosure, ...] = ()


class Reserve(Model):
    """What is kept free for urgent cases.

    Args:
        share: Of each practitioner's hours of a week.
        beyond: How far ahead it begins; nearer than that everything is offered.
    """

    share: Share
    beyond: Interval = Interval.parse("0 days")

    def faults(self) -> Iterator[Fault]:
        """Find a distance that lies back."""
        if self.beyond.months < 0 or self.beyond.days < 0:
            problem, remedy = f"{self.beyond} lies back.", "Write for example 3 days."
            yield Fault("bad_interval", problem, None, "reserve.beyond", str(self.beyond), remedy)


KINDS: Mapping[str, type[Model]] = {
    "practitioners": Practitioner,
    "rooms": Room,
    "devices": Device,
}

# The fields of one resource by name; what could not be read is None.
Fields = Mapping[str, Any]


def resources_of(data: Any) -> dict[str, Sequence[Fields]]:
    """Return what can be read of each resource of a clinic file some field of which is wrong."""
    tables = data if isinstance(data, Mapping) else {}
    lists = {kind: tables.get(kind) for kind in KINDS}
    return {
        kind: [readable_fields(KINDS[kind], entry) for entry in found]
        for kind, found in lists.items()
        if isinstance(found, list)
    }


def resource_faults(kinds: Mapping[str, Iterable[Fields]]) -> Iterator[Fault]:
    """Find what is wrong between the resources of a clinic, and inside each of them.

    Args:
        kinds: The fields of each resource, by its kind.
    """
    placed = [
        (kind, place, fields)
        for kind in KINDS
        for place, fields in read_entries(kinds.get(kind, ()), kind)
    ]
    yield from _duplicates(placed)
    rooms = [fields["id"] for kind, _, fields in placed if kind == "rooms"]
    for _, place, fields in placed:
        for table in ("rota", "absences", "closures"):
            yield from range_faults(fields.get(table), f"{place}.{table}")
        yield from _shift_faults(fields.get("shifts"), f"{place}.shifts")
        for name in fields.get("rooms") or ():
            if name not in rooms:
                yield unknown_name("room", f"{place}.rooms", name, [*filter(None, rooms)])


def _duplicates(placed: Iterable[tuple[str, str, Fields]]) -> Iterator[Fault]:
    seen = Counter[str]()
    for _, place, fields in placed:
        name = fields["id"]
        seen[name] += 1
        if name is not None and seen[name] > 1:
            problem = f"{name} is the id of another practitioner, room or device."
            remedy = "Give each an id of its own."
            yield Fault("duplicate_id", problem, None, f"{place}.id", name, remedy)


def _shift_faults(shifts: Sequence[Shift | None] | None, table: str) -> Iterator[Fault]:
    seen = set()
    for place, shift in read_entries(shifts, table):
        if shift.date in seen:
            problem = f"{shift.date} has two shifts."
            remedy = "Write all hours of a day in one."
            yield Fault("duplicate_shift", problem, None, place, str(shift.date), remedy)
        seen.add(shift.date)


def treats_faults(
    kinds: Mapping[str, Iterable[Fields]], protocols: Collection[str]
) -> Iterator[Fault]:
    """Find families and protocols that do not exist.

    Args:
        kinds: The fields of each resource, by its kind.
        protocols: The ids of all that are known.
    """
    for kind, entries in kinds.items():
        for place, fields in read_entries(entries, kind):
            for name in fields.get("treats") or ():
                if name not in FAMILIES and name not in protocols:
                    known = (*FAMILIES, *protocols)
                    yield unknown_name("family or protocol", f"{place}.treats", name, known)


def unknown_name(what: str, place: str, name: str, known: Sequence[str]) -> Fault:
    """Return the fault of a name that nothing has.

    Args:
        what: What it should be the name of.
        place: Where it stands.
        known: The names there are.
    """
    problem, remedy = f"There is no {what} {name}.", near_or_known(name, known)
    return Fault("unknown_name", problem, None, place, name, remedy)

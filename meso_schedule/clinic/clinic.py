"""A clinic: when it is open, what it charges, how it signs its letters."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PrivateAttr

from meso_schedule.base.contact_details import Email
from meso_schedule.base.countries import Country
from meso_schedule.base.errors import Fault, FormatError, shortened
from meso_schedule.base.free_text import Line, Text, Whole
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.models import Currency, FrozenDict, InputModel, Many, Table
from meso_schedule.base.papers import Paper
from meso_schedule.base.phrases import LanguageCode
from meso_schedule.base.readable_fields import readable_fields
from meso_schedule.base.text_files import parse_model, read_model
from meso_schedule.base.times import TimeRange
from meso_schedule.clinic.cancelling import Cancelling
from meso_schedule.clinic.clinic_spacing import ClinicSpacing, spacing_faults
from meso_schedule.clinic.consultation import ConsultationTerms
from meso_schedule.clinic.feed_link import FeedLink
from meso_schedule.clinic.holidays import HolidayRegion
from meso_schedule.clinic.notice_period import NoticePeriod
from meso_schedule.clinic.occupancy import EMPTY, Occupancy
from meso_schedule.clinic.opening_hours import (
    Closure,
    Hours,
    MonthDay,
    Opening,
    Rota,
    WeekHours,
    opening_faults,
    range_faults,
)
from meso_schedule.clinic.own_way import OwnWay
from meso_schedule.clinic.price_lists import PriceList, price_faults
from meso_schedule.clinic.resources import (
    KINDS,
    Device,
    Fields,
    Overlap,
    Practitioner,
    Reserve,
    Room,
    resource_faults,
    resources_of,
)
from meso_schedule.clinic.stopping import Stopping
from meso_schedule.clinic.tax import Tax

# Area and location. Other names are those of the machine, count leap seconds, are known for one
# offset of a year only (EST), or turn its sign around (Etc/GMT+5).
_PLACE = re.compile("(?!posix/|right/|Etc/(?!UTC$))[A-Za-z_]+/.+")


def check_zone(name: str) -> str:
    """Take the name of a zone that is the same on every machine.

    Raises:
        FormatError: When there is no such zone.
    """
    try:
        if name != "UTC" and not _PLACE.fullmatch(name):
            raise KeyError(name)
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise FormatError(
            "unknown_zone",
            name,
            f"There is no time zone {shortened(name)}.",
            "Write an IANA name such as Europe/London.",
        ) from None
    return name


Zone = Annotated[Whole, AfterValidator(check_zone)]


class Clinic(InputModel):
    """A clinic file: letterhead, zone, opening hours, closures and prices.

    Args:
        country: For notices and prohibitions; left out, that of the holidays.
        language: That of what is printed, where none is asked for; so the paper.
        rules: Rule files or folders of them, seen from the clinic file, that the command line
            takes where none are given; the library reads none of them.
        notice: How long before it a booked visit stays as it is.
        call_us: When a patient should call after a treatment, in the clinic's own words.
        feed_url: Where a course's calendar can be subscribed to, as the code on its papers says it;
            `{reference}` is the course's reference.
        rota: Other hours for a while, in place of the week's.
        yearly: Hours of a day of every year; they replace those of the week and of a holiday.
        openings: Hours of single days; they replace whatever the day had.
        treatments: What the clinic does otherwise than the rule files, by protocol.
        logo: A PNG or SVG picture for printed letterheads: a path, seen from the clinic file.
        zones: What names of time zones in calendars mean, where nobody else knows them.
        stopping: What is paid by who stops a course.
        cancelling: What is kept of a visit that is missed, called off or moved.
        consultation: The first visit of new patients.
        overlap: Whether a person may book something over what is booked.
        practitioners: Who treats; without any nothing is known of who, where and with what.
        reserve: What is kept free for urgent cases.

    Raises:
        InputError: With every fault of the data.
    """

    name: Line
    timezone: Zone
    country: Country | None = None
    currency: Currency | None = None
    language: LanguageCode | None = None
    paper: Paper | None = None
    rules: Many[Text] = ()
    notice: NoticePeriod | None = None
    address: Text | None = None
    phone: Line | None = None
    email: Email | None = None
    call_us: Text | None = None
    feed_url: FeedLink | None = None
    logo: Text | None = None
    hours: WeekHours
    rota: tuple[Rota, ...] = ()
    yearly: Table[MonthDay, Hours] = Field(default_factory=FrozenDict)
    holidays: HolidayRegion | None = None
    closures: tuple[Closure, ...] = ()
    openings: tuple[Opening, ...] = ()
    treatments: Table[Identifier, OwnWay] = Field(default_factory=FrozenDict)
    prices: Table[Identifier, PriceList] = Field(default_factory=FrozenDict)
    tax: Tax | None = None
    spacing: tuple[ClinicSpacing, ...] = ()
    stopping: Stopping | None = None
    cancelling: Cancelling | None = None
    consultation: ConsultationTerms | None = None
    zones: Table[Text, Zone] = Field(default_factory=FrozenDict)
    overlap: Overlap = "refuse"
    practitioners: tuple[Practitioner, ...] = ()
    rooms: tuple[Room, ...] = ()
    devices: tuple[Device, ...] = ()
    reserve: Reserve | None = None

    _is_default: bool = PrivateAttr(default=False)
    _booked: Occupancy = PrivateAttr(default=EMPTY)

    @property
    def home_country(self) -> str | None:
        """The country it is in, where that is known."""
        return self.country or (self.holidays.country if self.holidays else None)

    @property
    def is_default(self) -> bool:
        """Whether no clinic was given and the default hours are used."""
        return self._is_default

    @property
    def booked(self) -> Occupancy:
        """What is booked of its practitioners, rooms and devices; nothing where none was given."""
        return self._booked

    @property
    def called(self) -> dict[str, str]:
        """What practitioners and rooms are called, by their ids, where there are several."""
        people = {who.id: who.name for who in self.practitioners}
        rooms = {room.id: room.id for room in self.rooms} if people else {}
        return {
            name: told for kind in (people, rooms) if len(kind) > 1 for name, told in kind.items()
        }

    def with_booked(self, booked: Occupancy) -> Self:
        """Return the clinic as it is with what is booked of it."""
        made = self.model_copy()
        made._booked = booked
        return made

    def knowing(self, devices: Iterable[str]) -> Self:
        """Return the clinic with none at hand of each device that its file does not name."""
        known = {it.id for it in self.devices}
        gone = [Device(id=it, count=0) for it in dict.fromkeys(devices) if it not in known]
        return self.model_copy(update={"devices": (*self.devices, *gone)}) if gone else self

    @classmethod
    def default(cls) -> "Clinic":
        """Return the clinic used when none is given: Monday to Friday, 09:00-17:00, UTC."""
        return _default()

    @property
    def resources(self) -> dict[str, list[Fields]]:
        """The fields of practitioners, rooms and devices, by the names of their tables."""
        return {kind: [dict(it) for it in getattr(self, kind)] for kind in KINDS}

    def own_faults(self) -> Iterator[Fault]:
        yield from _cross_faults({name: getattr(self, name) for name in type(self).model_fields})
        yield from resource_faults(self.resources)

    @classmethod
    def loose_faults(cls, data: Any) -> Iterator[Fault]:
        yield from _cross_faults(readable_fields(cls, data))
        yield from resource_faults(resources_of(data))


def _cross_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is wrong between tables; what could not be read is None."""
    if tables["notice"]:
        yield from tables["notice"].faults("notice")
    if stopping := tables["stopping"]:
        yield from stopping.faults(tables["currency"])
    if cancelling := tables["cancelling"]:
        yield from cancelling.faults(tables["notice"], tables["currency"])
    if consultation := tables["consultation"]:
        yield from consultation.faults(tables["notice"], tables["currency"])
    yield from range_faults(tables["closures"], "closures")
    yield from range_faults(tables["rota"], "rota")
    yield from opening_faults(tables["openings"])
    for protocol, way in (tables["treatments"] or {}).items():
        yield from way.faults(f"treatments.{protocol}")
    yield from spacing_faults(tables["spacing"])
    if tables["holidays"]:
        yield from tables["holidays"].faults()
    if tables["reserve"]:
        yield from tables["reserve"].faults()
    if tables["prices"] and not tables["currency"]:
        remedy = 'Add for example currency = "GBP".'
        yield Fault("missing_key", "Prices need a currency.", None, "currency", None, remedy)
    elif tables["prices"]:
        for protocol, prices in tables["prices"].items():
            place = f"prices.{protocol}"
            yield from price_faults(prices, place, tables["currency"], tables["tax"])


@cache
def _default() -> Clinic:
    weekday = (TimeRange(9 * 60, 17 * 60),)
    hours = WeekHours.made(mon=weekday, tue=weekday, wed=weekday, thu=weekday, fri=weekday)
    clinic = Clinic.made(name="No clinic given", timezone="UTC", hours=hours)
    clinic._is_default = True
    return clinic


def read_clinic(path: str | Path) -> Clinic:
    """Read a clinic file.

    Raises:
        UnreadableFileError: When it cannot be read as a TOML file.
        InputError: With every fault of its content.
    """
    return read_model(Clinic, path)


def parse_clinic(text: str, source: str = "clinic") -> Clinic:
    """Read the text of a clinic file.

    Args:
        text: The TOML.
        source: What faults are said to be in.

    Raises:
        UnreadableFileError: When it is no TOML.
        InputError: With every fault of its content.
    """
    return parse_model(Clinic, text.encode(), source)

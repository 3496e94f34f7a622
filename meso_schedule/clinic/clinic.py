"""A clinic: when it is open, what it charges, how it signs its letters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, ValidationInfo

from meso_schedule.base.countries import Country
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import Fault, FormatError, shortened
from meso_schedule.base.free_text import RECORDED, Line, Text, Whole
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import (
    Currency,
    FrozenDict,
    InputModel,
    IsoDate,
    Many,
    Model,
    Table,
    read_entries,
    readable_fields,
)
from meso_schedule.base.text_files import read_model
from meso_schedule.base.times import WEEKDAYS, TimeRange
from meso_schedule.clinic.clinic_spacing import ClinicSpacing, spacing_faults
from meso_schedule.clinic.holidays import HolidayRegion
from meso_schedule.clinic.price_lists import PriceList, price_faults
from meso_schedule.clinic.stopping import Stopping
from meso_schedule.clinic.tax import Tax

MAX_NOTICE = 366


# Area and location. Other names are those of the machine, count leap seconds, are known for one
# offset of a year only (EST), or turn its sign around (Etc/GMT+5).
_PLACE = re.compile("(?!posix/|right/|Etc/(?!UTC$))[A-Za-z_]+/.+")
_MAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+")


def _mail_address(text: str, info: ValidationInfo) -> str:
    if info.context == RECORDED or _MAIL.fullmatch(text):
        return text
    problem, remedy = f"{shortened(text)} is no address.", "Write for example desk@example.com."
    raise FormatError("bad_address", text, problem, remedy)


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


def _in_order(hours: tuple[TimeRange, ...]) -> tuple[TimeRange, ...]:
    for first, second in pairwise(hours):
        if second.start < first.end:
            raise FormatError(
                "overlapping_hours",
                f"{first}, {second}",
                f"{second} starts before {first} has ended.",
                "Write the hours of a day in order, without overlap.",
            )
    return hours


Zone = Annotated[Whole, AfterValidator(check_zone)]
Hours = Annotated[Many[TimeRange], AfterValidator(_in_order)]


class WeekHours(Model):
    """Opening hours of each weekday; days left out are closed."""

    mon: Hours = ()
    tue: Hours = ()
    wed: Hours = ()
    thu: Hours = ()
    fri: Hours = ()
    sat: Hours = ()
    sun: Hours = ()

    def of_weekdays(self) -> list[tuple[TimeRange, ...]]:
        """Return the hours from Monday to Sunday."""
        return [getattr(self, name) for name in WEEKDAYS]


class Closure(Model):
    """Days on which the clinic is closed for a reason of its own; both ends included."""

    model_config = ConfigDict(validate_by_name=False)

    first: IsoDate = Field(alias="from")
    last: IsoDate = Field(alias="to")
    reason: Text = "closed by the clinic"

    @property
    def days(self) -> DateRange:
        """The days from first to last."""
        return DateRange(self.first, self.last)


class Opening(Model):
    """Extra opening hours of one day; they replace whatever the day had."""

    date: IsoDate
    hours: Hours


class Clinic(InputModel):
    """A clinic file: letterhead, zone, opening hours, closures and prices.

    Args:
        country: For notices and prohibitions; left out, that of the holidays.
        notice: How far ahead of the day of asking booked sessions stay as they are.
        logo: A PNG or SVG picture for printed letterheads: a path, seen from the clinic file.
        zones: What names of time zones in calendars mean, where nobody else knows them.
        stopping: What is paid by who stops a course.

    Raises:
        InputError: With every fault of the data.
    """

    name: Line
    timezone: Zone
    country: Country | None = None
    currency: Currency | None = None
    notice: Interval | None = None
    address: Text | None = None
    phone: Line | None = None
    email: Annotated[Line, AfterValidator(_mail_address)] | None = None
    logo: Text | None = None
    hours: WeekHours
    holidays: HolidayRegion | None = None
    closures: tuple[Closure, ...] = ()
    openings: tuple[Opening, ...] = ()
    prices: Table[Identifier, PriceList] = Field(default_factory=FrozenDict)
    tax: Tax | None = None
    spacing: tuple[ClinicSpacing, ...] = ()
    stopping: Stopping | None = None
    zones: Table[Text, Zone] = Field(default_factory=FrozenDict)

    _is_default: bool = PrivateAttr(default=False)

    @property
    def home(self) -> str | None:
        """The country it is in, where that is known."""
        return self.country or (self.holidays.country if self.holidays else None)

    @property
    def is_default(self) -> bool:
        """Whether no clinic was given and the default hours are used."""
        return self._is_default

    @classmethod
    def default(cls) -> "Clinic":
        """Return the clinic used when none is given: Monday to Friday, 09:00-17:00, UTC."""
        return _default()

    def own_faults(self) -> Iterator[Fault]:
        return _cross_faults({name: getattr(self, name) for name in type(self).model_fields})

    @classmethod
    def loose_faults(cls, data: Any) -> Iterator[Fault]:
        return _cross_faults(readable_fields(cls, data))


def _cross_faults(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is wrong between tables; what could not be read is None."""
    yield from _notice_faults(tables["notice"])
    if stopping := tables["stopping"]:
        yield from stopping.faults(tables["currency"])
    yield from _closure_faults(tables["closures"])
    yield from _opening_faults(tables["openings"])
    yield from spacing_faults(tables["spacing"])
    if tables["holidays"]:
        yield from tables["holidays"].faults()
    if tables["prices"] and not tables["currency"]:
        remedy = 'Add for example currency = "GBP".'
        yield Fault("missing_key", "Prices need a currency.", None, "currency", None, remedy)
    elif tables["prices"]:
        for protocol, prices in tables["prices"].items():
            place = f"prices.{protocol}"
            yield from price_faults(prices, place, tables["currency"], tables["tax"])


def _notice_faults(notice: Interval | None) -> Iterator[Fault]:
    if notice and not 0 <= 28 * notice.months + notice.days <= MAX_NOTICE:
        problem, remedy = f"{notice} is no notice.", f"Write 0 to {MAX_NOTICE} days."
        yield Fault("bad_interval", problem, None, "notice", str(notice), remedy)


def _closure_faults(closures: Sequence[Closure | None] | None) -> Iterator[Fault]:
    for place, closure in read_entries(closures, "closures"):
        if closure.last < closure.first:
            problem = f"The closure ends on {closure.last}, before it starts on {closure.first}."
            remedy = "Write the earlier day first."
            yield Fault("bad_range", problem, None, place, str(closure.last), remedy)


def _opening_faults(openings: Sequence[Opening | None] | None) -> Iterator[Fault]:
    seen: set[date] = set()
    for place, opening in read_entries(openings, "openings"):
        if opening.date in seen:
            problem = f"{opening.date} has two openings."
            remedy = "Write all hours of a day in one opening."
            yield Fault("duplicate_opening", problem, None, place, str(opening.date), remedy)
        seen.add(opening.date)


@cache
def _default() -> Clinic:
    weekday = (TimeRange(9 * 60, 17 * 60),)
    hours = WeekHours(mon=weekday, tue=weekday, wed=weekday, thu=weekday, fri=weekday)
    clinic = Clinic(name="No clinic given", timezone="UTC", hours=hours)
    clinic._is_default = True
    return clinic


def read_clinic(path: str | Path) -> Clinic:
    """Read a clinic file.

    Raises:
        UnreadableFileError: When it cannot be read as a TOML file.
        InputError: With every fault of its content.
    """
    return read_model(Clinic, path)

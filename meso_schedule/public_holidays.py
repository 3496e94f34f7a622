"""Public holidays of a country or region, year by year."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from meso_schedule.errors import Fault, InputError, UnknownNameError
from meso_schedule.free_text import Line
from meso_schedule.validation import Model

if TYPE_CHECKING:
    from holidays import HolidayBase


class HolidayRegion(Model):
    """The country, and within it the region, whose public holidays close the clinic."""

    country: Line
    subdivision: Line | None = None

    def faults(self) -> Iterator[Fault]:
        """Find a country or region that is not known."""
        try:
            public_holidays(self.country, self.subdivision)
        except UnknownNameError as error:
            for fault in error.faults:
                yield Fault(
                    fault.code,
                    fault.message,
                    None,
                    f"holidays.{fault.field}",
                    fault.value,
                    fault.remedy,
                )


def public_holidays(country: str, subdivision: str | None) -> "HolidayBase":
    """Return the public holidays of a country or one of its regions, named in English.

    Raises:
        UnknownNameError: When the country or the region is not known.
    """
    from holidays import country_holidays
    from holidays.registry import COUNTRIES

    codes = sorted({names[1] for names in COUNTRIES.values()})
    if country not in codes:
        raise UnknownNameError("country", country, codes)
    known = country_holidays(country)
    if subdivision is not None and subdivision not in known.subdivisions:
        raise UnknownNameError("subdivision", subdivision, known.subdivisions)
    languages: Sequence[Any] = known.supported_languages or ()
    english = [language for language in languages if language.startswith("en")]
    language = "en_US" if "en_US" in english else next(iter(english), None)
    return country_holidays(country, subdiv=subdivision, language=language)


def holidays_of_year(region: HolidayRegion, year: int) -> dict[date, str]:
    """Return the public holidays of one year by date.

    Raises:
        InputError: When the holidays of that year are not known.
    """
    return _holidays_of_year(region.country, region.subdivision, year)


@cache
def _holidays_of_year(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    # An object of its own for each year: the library's objects change when they are asked.
    known = public_holidays(country, subdivision)
    if not known.start_year <= year <= known.end_year:
        raise InputError.of(
            "unknown_holiday_year",
            f"The holidays of {country} are known from {known.start_year}"
            f" to {known.end_year}, not for {year}.",
            field="start",
            value=year,
            remedy="Plan within those years, or leave [holidays] out and write closures.",
        )
    known.get(date(year, 1, 1))  # a year is filled when it is first asked for a day of it
    return {day: name for day, name in known.items() if day.year == year}

"""Public holidays of a country or region, year by year."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from inspect import signature
from typing import TYPE_CHECKING, Any, NamedTuple

from meso_schedule.base.errors import Fault, InputError, UnknownNameError
from meso_schedule.base.free_text import Line
from meso_schedule.base.models import Model
from meso_schedule.base.phrases import LANGUAGES, Phrase, named

if TYPE_CHECKING:
    from holidays import HolidayBase

# How the library marks the name of a day that is not certain, and what has it do so.
_LABELS = ("estimated_label", "observed_estimated_label")
_ESTIMATES = "islamic_show_estimated"


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
                yield replace(fault, field=f"holidays.{fault.field}")


class Holiday(NamedTuple):
    """What is celebrated on a day.

    Args:
        name: As each language has it; several are joined by semicolons.
        estimated: Whether the day is not certain yet; one that is certain settles it.
    """

    name: Phrase
    estimated: bool


def public_holidays(country: str, subdivision: str | None, language: str = "en") -> "HolidayBase":
    """Return the public holidays of a country or one of its regions.

    Args:
        country: Its ISO code.
        subdivision: The code of a region of it; None for what holds everywhere.
        language: Two letters; where it is not known there, they are named as the country does.

    Raises:
        UnknownNameError: When the country or the region is not known.
    """
    kind = _library_of(country)
    known = kind()
    if subdivision is not None and subdivision not in known.subdivisions:
        raise UnknownNameError("subdivision", subdivision, known.subdivisions)
    # Some countries would not say which of their days are estimated.
    estimates = {_ESTIMATES: True} if _ESTIMATES in signature(kind).parameters else {}
    made: HolidayBase = kind(subdiv=subdivision, language=_spoken(known, language), **estimates)
    return made


@cache
def _library_of(country: str) -> Any:
    """Return what knows the holidays of a country, without those of all others.

    The library's package of countries loads every one of them as soon as one is asked for.
    """
    import holidays
    from holidays.registry import COUNTRIES

    names = {codes[1]: (module, codes[0]) for module, codes in COUNTRIES.items()}
    if country not in names:
        raise UnknownNameError("country", country, sorted(names))
    module, name = names[country]
    countries = [f"{folder}/countries" for folder in holidays.__path__]
    spec = PathFinder.find_spec(f"holidays.countries.{module}", countries)
    assert spec
    assert spec.loader
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, name)


def _spoken(known: "HolidayBase", language: str) -> str | None:
    """Return the name by which holidays are told in a language; American of several English."""
    names: Sequence[Any] = known.supported_languages or ()
    spoken = [name for name in names if name.split("_")[0] == language]
    return "en_US" if "en_US" in spoken else next(iter(spoken), None)


def holidays_of_year(region: HolidayRegion, year: int) -> dict[date, Holiday]:
    """Return the public holidays of one year by date.

    Raises:
        InputError: When the holidays of that year are not known.
    """
    return _holidays_of_year(region.country, region.subdivision, year)


@cache
def _holidays_of_year(country: str, subdivision: str | None, year: int) -> dict[date, Holiday]:
    # Objects of their own for each year: the library's objects change when they are asked.
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
    told = {"en": known}
    for code in LANGUAGES:
        if code not in told and _spoken(known, code):
            told[code] = public_holidays(country, subdivision, code)
    for one in told.values():
        one.get(date(year, 1, 1))  # a year is filled when it is first asked for a day of it
    return {
        day: Holiday(
            named({code: one[day] for code, one in told.items()}), _is_estimated(known, day)
        )
        for day in list(known)
        if day.year == year
    }


def _is_estimated(known: "HolidayBase", day: date) -> bool:
    """Tell whether every holiday of a day is one that the library marks as estimated."""
    labels = [getattr(known, name, None) for name in _LABELS]
    ends = [tuple(known.tr(label).split("%s")) for label in labels if label]
    return all(
        any(name.startswith(before) and name.endswith(after) for before, after in ends)
        for name in known.get_list(day)
    )

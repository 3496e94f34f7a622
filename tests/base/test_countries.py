"""Countries by their codes."""

import pytest
from babel import Locale
from holidays.registry import COUNTRIES as HOLIDAY_COUNTRIES

from meso_schedule.base.countries import COUNTRIES
from tests.support.samples import clinic, codes_and_fields, faults_of

# In CLDR, and no country of ISO 3166-1: an exile's code, unions, reserved and unknown places.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK"}


def test_the_codes_are_those_of_cldr() -> None:
    names = map(str, Locale("en").territories)
    territories = {code for code in names if len(code) == 2 and code.isalpha()}
    assert territories - _NO_COUNTRIES - {"ZZ"} == COUNTRIES


def test_holidays_are_those_of_countries() -> None:
    assert {names[1] for names in HOLIDAY_COUNTRIES.values()} - COUNTRIES <= {"XK"}


@pytest.mark.parametrize("country", ["ZZ", "fr", "FRA", "", "EU", 33, True])
def test_what_is_no_country_is_refused(country: object) -> None:
    faults = faults_of(lambda: clinic(country=country))
    assert codes_and_fields(faults) == {("bad_region", "country")}


def test_the_country_of_a_clinic_is_its_own_or_that_of_its_holidays() -> None:
    assert clinic(country="FR", holidays={"country": "GB"}).home_country == "FR"
    assert clinic(holidays={"country": "GB"}).home_country == "GB"
    assert clinic().home_country is None

"""Where a day has twice twelve hours, after CLDR: by language and country."""

from collections.abc import Mapping

_ENGLISH = """
AE AG AS AU BB BD BM BS CA CY DM ER FJ FM GD GH GM GU GY HK IN JM KI KN KY LC LR LS MH MO MP MW MY
NA NZ PG PH PK PR PW SB SD SG SL SS SZ TC TO TT UM US VC VG VI VU WS
"""
_FRENCH = "DJ DZ MR SY TD TN VU"
_SPANISH = "CO CR CU DO EC GT HN MX NI PA PE PH PR SV US VE BO"
# Before and after noon, as each writes them.
_HALVES = {"en": ("am", "pm"), "fr": ("AM", "PM"), "es": ("a.\u00a0m.", "p.\u00a0m.")}
_COUNTRIES: Mapping[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "es": frozenset(_SPANISH.split()),
}


def halves_of_day(language: str, country: str | None) -> tuple[str, str] | None:
    """Return how a language writes the halves of a day in a country; None for 24 hours.

    >>> halves_of_day("en", "US"), halves_of_day("en", "GB")
    (('am', 'pm'), None)
    """
    return _HALVES[language] if country in _COUNTRIES.get(language, ()) else None

"""Time zones by the names that calendars have for them beside the world's own.

A name that shows places, `(UTC+01:00) Amsterdam, Berlin, …`, means their clocks, summer time
included; an offset alone, `UTC+01`, means just that.

Source:
    CLDR, windowsZones.xml, for the names that Windows has inside; for those that it shows,
    the places named in them, and the table here where they name none.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

_REGIONS = (
    *("Africa", "America", "Antarctica", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific"),
)
_OFFSET = re.compile(r"(?:utc|gmt|z|coordinated universal time)?\s*([+-])\s*(\d{1,2})[:.]?(\d\d)?")
_SHOWN = re.compile(r"\((?:utc|gmt)?\s*([^()]*)\)\s*(\S.*)|(.*\S)\s*\((?:utc|gmt)\s*([^()]*)\)")
_BETWEEN = re.compile(r"\s*[,/;:|]\s*")
_ASIDE = re.compile(r"^city of |(?: is(?:lands?|\.)| time)?(?: \(.*\))?$")
_LONDON = re.compile(r"^greenwich mean time\s*[:;]\s*")
_YEAR = 2026
# What Windows shows for zones that it names after no place of the world's table.
_SHOWN_AS = {
    "abu dhabi": "Asia/Dubai",
    "alaska": "America/Anchorage",
    "arizona": "America/Phoenix",
    "astana": "Asia/Almaty",
    "baja california": "America/Tijuana",
    "brasilia": "America/Sao_Paulo",
    "cabo verde is.": "Atlantic/Cape_Verde",
    "chetumal": "America/Cancun",
    "chokurdakh": "Asia/Srednekolymsk",
    "coordinated universal time": "UTC",
    "greenwich mean time": "UTC",
    "hawaii": "Pacific/Honolulu",
    "indiana (east)": "America/Indiana/Indianapolis",
    "international date line west": "Etc/GMT+12",
    "mid-atlantic": "Etc/GMT+2",
    "new caledonia": "Pacific/Noumea",
    "nuku'alofa": "Pacific/Tongatapu",
    "port louis": "Indian/Mauritius",
    "saint pierre and miquelon": "America/Miquelon",
    "salvador": "America/Bahia",
    "saskatchewan": "America/Regina",
    "solomon is.": "Pacific/Guadalcanal",
    "sri jayawardenepura": "Asia/Colombo",
    "west central africa": "Africa/Lagos",
    "z": "UTC",
}


def plain_name(name: str) -> str:
    """Return a name of a zone in small letters, without quotes, signs of escape or blanks."""
    return " ".join(name.replace("\\", "").strip("\"' \t").casefold().split())


@lru_cache(maxsize=1_000)
def zone_named(name: str) -> tzinfo | None:
    """Return the zone that a name means anywhere; None when it means none.

    Args:
        name: Of IANA, Windows or Outlook, or an offset; small letters or capitals.

    >>> zone_named("W. Europe Standard Time"), zone_named("tzone://Microsoft/Utc")
    (zoneinfo.ZoneInfo(key='Europe/Berlin'), zoneinfo.ZoneInfo(key='UTC'))
    """
    plain = plain_name(name)
    return _of_the_world(plain) or _of_windows(plain) or _shown(plain) or _last_of_path(plain)


def is_of_the_world(name: str) -> bool:
    """Tell whether a name is one of IANA's with its region, which no file gives another sense."""
    return "/" in name and _of_the_world(plain_name(name)) is not None


@cache
def _iana() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _of_the_world(plain: str) -> ZoneInfo | None:
    known = _iana().get(plain.replace(" ", "_"))
    return ZoneInfo(known) if known else None


@cache
def _windows() -> dict[str, str]:
    from babel.core import get_global

    return {name.casefold(): zone for name, zone in get_global("windows_zone_mapping").items()}


def _of_windows(plain: str) -> ZoneInfo | None:
    known = _windows().get(plain.replace(" daylight time", " standard time"))
    return ZoneInfo(known) if known else None


def _shown(plain: str) -> tzinfo | None:
    """Return the zone of the first place named that keeps the offset named beside it."""
    offset, words = None, plain
    if found := _SHOWN.fullmatch(plain):
        offset, words = _offset(found[1] or found[4] or "+00"), found[2] or found[3]
    if (alone := _offset(words.strip("()"))) is not None:
        return timezone(alone)
    places = _BETWEEN.split(_LONDON.sub("", words), 20)
    if offset is None and len(places) < 2 and " time" not in words and words not in _SHOWN_AS:
        return None
    zones = [zone for place in (words, *places) for zone in _zones_of(place)]
    fitting = (zone for zone in zones if offset is None or _standard(zone) == offset)
    # Some countries have changed their offset since the name was given.
    return next(fitting, next(iter(zones), None))


def _zones_of(place: str) -> Iterator[ZoneInfo]:
    plain = _ASIDE.sub("", place)
    names = _SHOWN_AS.get(place), _windows().get(f"{plain} standard time")
    yield from map(ZoneInfo, filter(None, names))
    yield from map(ZoneInfo, _places().get(plain.replace(" ", "_"), ()))


@cache
def _places() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        region, slash, place = name.partition("/")
        if slash and region in _REGIONS:
            found.setdefault(place.rpartition("/")[2].casefold(), []).append(name)
    return found


def _standard(zone: ZoneInfo) -> timedelta:
    """Return the offset of a zone outside its summer time."""
    moments = (datetime(_YEAR, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return min(offset for offset in moments if offset is not None)


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3] or 0) > 59:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -length if found[1] == "-" else length


def _last_of_path(plain: str) -> tzinfo | None:
    """Return the zone at the end of a name with its maker before it, `/vendor/Europe/Berlin`."""
    parts = plain.strip("/").split("/")
    ends = ("/".join(parts[start:]) for start in range(1, len(parts)))
    return next(filter(None, map(_of_the_world, ends)), None)

"""A commented clinic file to start from, with what is usual in a country."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from meso_schedule.base.errors import UnknownNameError
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.base.times import WEEKDAYS, parse_weekday
from meso_schedule.clinic.holidays import public_holidays

_TEMPLATE = """\
# A clinic file: what the planner knows of your clinic. Lines that begin with # say nothing yet:
# take the sign away from those that you need, and put your own words and figures in.
# `meso-schedule clinic check FILE` tells every fault of it, `meso-schedule guide clinic-files`
# what each line means. Lengths are whole days, weeks, months or years; amounts are text.

name = {name}
timezone = "{timezone}"
country = "{country}"                # for notices and laws
currency = "{currency}"
{language:<29} # of what is printed; --language beats it
# paper = "letter"            # left out: a4
# rules = "rules"             # your own rule files, or a folder of them, seen from this file
# notice = "24 hours"         # until when a visit can be changed; or "2 days", whole days
# address = "1 Example Street"
# phone = "+44 20 7946 0000"
# email = "reception@example.com"
# call_us = "Ring us if it swells more on the third day."
# feed_url = "https://clinic.example/{{reference}}.ics" # a code for telephones: the course's feed
# logo = "logo.png"           # PNG or SVG, seen from this file

# Days left out are closed.
[hours]
{hours}

# Public holidays close the clinic.
{holidays}

# Every year: the hours of a month and day; [] is closed.
# [yearly]
# "12-24" = ["09:00-12:00"]

# Both ends included.
# [[closures]]
# from = "2027-08-01"
# to = "2027-08-14"
# reason = "Summer"

# Other hours of single days, holidays too.
# [[openings]]
# date = "2027-02-06"
# hours = ["10:00-14:00"]

# Who treats, and where: nobody and no room is booked twice. Add a table for each of them.
[[practitioners]]
id = "practitioner-1"
name = "Practitioner"         # as patients know them
# treats = ["mesotherapy"]    # families or protocols; left out: everything

# Hours of their own; left out: the clinic's.
# [practitioners.hours]
# mon = ["09:00-13:00"]

[[rooms]]
id = "room-1"
# turnover = 10               # minutes after the patient has left

# Prices, by the id of a protocol: `meso-schedule protocols` lists them.
# [prices.facial-rejuvenation]
# session = "180.00"
# packages = [{{ sessions = 6, price = "960.00" }}]
# deposit = "20%"             # or an amount
# instalments = 3

# [tax]
# name = "VAT"
# rate = "20%"
# included = true
"""


class ClinicBasics(NamedTuple):
    """What a clinic file begins with.

    Args:
        country: The code of its country.
        timezone: The IANA name of its zone.
        currency: The code of its currency.
        hours: The hours of each weekday on which it is open.
    """

    name: str
    country: str
    timezone: str
    currency: str
    hours: Mapping[str, Sequence[str]]


def clinic_file(answers: ClinicBasics) -> str:
    """Return a clinic file with one practitioner and one room, so that neither is booked twice."""
    return _TEMPLATE.format(
        name=json.dumps(answers.name, ensure_ascii=False),
        timezone=answers.timezone,
        country=answers.country,
        currency=answers.currency,
        language=_language(answers.country),
        hours="\n".join(
            f"{day} = {json.dumps(list(answers.hours[day]))}"
            for day in WEEKDAYS
            if answers.hours.get(day)
        ),
        holidays=_holidays(answers.country),
    )


def week_hours(text: str) -> dict[str, list[str]]:
    """Read opening hours as they are typed; without weekdays they are those of Monday to Friday.

    >>> week_hours("mon,tue 09:00-13:00 14:00-18:00; sat 10:00-12:00")["tue"]
    ['09:00-13:00', '14:00-18:00']

    Raises:
        FormatError: When a weekday is none. The hours are read with the clinic file.
    """
    week: dict[str, list[str]] = {}
    for part in text.split(";"):
        words = part.replace(",", " ").split()
        named = [day for word in words if word[0].isalpha() for day in _days(word)]
        if words:
            hours = [word for word in words if not word[0].isalpha()]
            week |= dict.fromkeys(named or WEEKDAYS[:5], hours)
    return week


def only_zone(country: str) -> str | None:
    """Return the time zone of a country; None where it has several, or none."""
    from babel.core import get_global

    zones = get_global("territory_zones").get(country, [])
    return zones[0] if len(zones) == 1 else None


def usual_currency(country: str) -> str | None:
    """Return the currency of a country; None where it has none of its own."""
    from babel.numbers import get_territory_currencies

    return next(iter(get_territory_currencies(country)), None)


def _days(word: str) -> list[str]:
    """Return the weekdays of `sat`, or of `mon-fri`."""
    first, hyphen, last = word.partition("-")
    begin = parse_weekday(first)
    end = parse_weekday(last) if hyphen else begin
    return [WEEKDAYS[(begin + it) % 7] for it in range((end - begin) % 7 + 1)]


def _language(country: str) -> str:
    """Return the line with the language of a country that the program speaks."""
    from babel.languages import get_official_languages

    spoken = [code for code in get_official_languages(country, de_facto=True) if code in LANGUAGES]
    return f'language = "{spoken[0]}"' if spoken else f'# language = "{LANGUAGES[0]}"'


def _holidays(country: str) -> str:
    """Return the table of the public holidays of a country, where they are known."""
    try:
        regions = public_holidays(country, None).subdivisions
    except UnknownNameError:
        return '# [holidays]\n# country = "GB"'
    lines = ["[holidays]", f'country = "{country}"']
    if regions:
        lines.append(f'# subdivision = "{regions[0]}"')
    return "\n".join(lines)

"""Countries by their codes."""

from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo

from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.free_text import RECORDED
from meso_schedule.base.phrases import LANGUAGES

# ISO 3166-1 alpha-2: tests/base/test_countries.py holds them against two other lists.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())


def _country(value: object, info: ValidationInfo) -> str:
    if isinstance(value, str) and (value in COUNTRIES or info.context == RECORDED):
        return value
    raise FormatError(
        "bad_region",
        value,
        f"{shortened(value)} is no country.",
        f"Write its ISO code of two capitals, for example {_code_of(value) or 'GB'}.",
    )


def _code_of(name: object) -> str | None:
    """Return the code of a country by its name in a language that the program speaks."""
    from babel import Locale

    wanted = str(name).strip().casefold()
    for language in LANGUAGES:
        for code, known in Locale.parse(language).territories.items():
            if code in COUNTRIES and wanted in (known.casefold(), code.casefold()):
                return str(code)
    return None


Country = Annotated[str, BeforeValidator(_country)]

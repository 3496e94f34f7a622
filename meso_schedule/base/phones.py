"""Telephone numbers: which two are the same, however they are written down."""

# What is written before a national number at home, and what it stands for abroad.
# Source: ITU-T E.164, list of assigned country codes; E.123 and national numbering plans.
_HOMES = {
    "0": "AT43 AU61 BE32 BG359 CH41 DE49 FI358 FR33 GB44 HR385 IE353 IL972 IN91 JP81 MA212 NL31"
    " NZ64 RO40 RS381 SE46 SI386 SK421 TR90 UA380 ZA27",
    "": "AD376 CY357 CZ420 DK45 EE372 ES34 GR30 IS354 IT39 LI423 LU352 LV371 MC377 MT356 NO47 PL48"
    " PT351 SM378",
    "06": "HU36",
    "1": "CA1 US1",
}
# Those that national numbers may be written without.
_LEFT_OUT = ("", "1")
_TRUNKS = {it[:2]: (trunk, it[2:]) for trunk, homes in _HOMES.items() for it in homes.split()}


def digits(phone: str) -> str:
    """Return the digits of a phone number, `+` and `00` before the country alike.

    >>> digits("+44 (0)20 7946-0000") == digits("0044 (20) 79460000")
    True
    """
    if not _is_abroad(phone):
        return _decimals(phone)
    return _decimals(phone.replace("(0)", "")).removeprefix("00")


def abroad(phone: str, home: str | None) -> str:
    """Return the digits of a number with those of its country, as it is called from abroad.

    Args:
        phone: The number.
        home: The ISO code of the country in which it was written down; where nothing is known of
            it, a number without a country stays as it is.

    >>> abroad("07700 900123", "GB") == abroad("+44 7700 900123", None)
    True
    >>> abroad("07700 900123", "GB") == abroad("+49 7700 900123", None)
    False
    """
    found = digits(phone)
    if _is_abroad(phone) or home not in _TRUNKS:
        return found
    trunk, code = _TRUNKS[home]
    is_national = trunk in _LEFT_OUT or found.startswith(trunk)
    return code + found.removeprefix(trunk) if is_national else found


def _is_abroad(phone: str) -> bool:
    return phone.strip().startswith("+") or _decimals(phone).startswith("00")


def _decimals(phone: str) -> str:
    return "".join(filter(str.isdecimal, phone))

"""Addresses as they may be shown: whatever the way a password was written, it is not repeated."""

import re
from collections.abc import Iterable

HIDDEN = "***"

# What an address begins with, also after a slip of the hand, and the name before the password.
# `user:password@` is how the remedies say where one stands.
_AFTER_A_NAME = re.compile(
    r"((?:postgres[\w+.-]*:/*|[a-z][\w+.-]*:/{1,3}|//)[^\s:/@%]*(?::|%3a))(?!password@)\S*(?=@|%40)",
    re.IGNORECASE,
)
# `?password=`, `sslpassword=`, `PGPASSWORD=`, `password = '…'` of a connection string.
_BY_ITS_NAME = re.compile(
    r"((?:password|passwd|pwd|%70assword)\s*(?:=|%3d)\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&'\"]+)",
    re.IGNORECASE,
)
# Not `C:\\Users\\anna@clinic`.
_LOOKS_LIKE_ONE = re.compile(r"postgres\S*:|(?![a-z]:[\\/])/*[^\s/]*:\S*@", re.IGNORECASE)


def without_passwords(text: str) -> str:
    """Return a sentence in which no address shows its password.

    >>> without_passwords("postgres://nurse:secret@host/db?sslpassword=too")
    'postgres://nurse:***@host/db?sslpassword=***'
    """
    text = _AFTER_A_NAME.sub(rf"\1{HIDDEN}", text)
    return _BY_ITS_NAME.sub(rf"\1{HIDDEN}", text)


def may_be_an_address(text: str) -> bool:
    """Tell whether a name is rather a mistyped address, which may hold a password."""
    return bool(_LOOKS_LIKE_ONE.match(text) or _BY_ITS_NAME.search(text))


def is_harmless(texts: Iterable[str]) -> bool:
    """Tell whether parts of an address hold nothing that could be a password gone astray."""
    return not any("@" in text or _BY_ITS_NAME.search(text) for text in texts)

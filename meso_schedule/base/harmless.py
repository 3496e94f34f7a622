"""Data made harmless: what would command a terminal or turn the reading order is taken out."""

import re
import unicodedata

# Colours, titles and links of a terminal, whole: what is left of them would be litter. Of what only
# begins like one, the character that commands goes and what can be read stays.
_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
)

# Marks that turn the reading order around can make a date read as another one.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JSON_HARMFUL = re.compile(f"[\x7f-\x9f{''.join(sorted(_TURNS))}]")


def harmless(text: str, keep: str = "") -> str:
    r"""Take from data what would command a terminal; line ends and tabs become spaces.

    Args:
        text: The data.
        keep: Characters that stay as they are.

    >>> harmless("Anna\x1b[31m\nSmith")
    'Anna Smith'
    """
    if text.isprintable():  # nothing that commands, turns or ends a line is
        return text
    seen = (char if char in keep else _seen(char) for char in _ESCAPES.sub("", text))
    return "".join(seen)


def _seen(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if char in "\t\n\v\f\r" or kind in ("Zl", "Zp"):
        return " "
    return "" if kind == "Cc" or char in _TURNS else char


def json_harmless(text: str) -> str:
    r"""Write as JSON escapes the characters of a JSON text that could command a terminal.

    >>> json_harmless('"\x9b31m"')
    '"\\u009b31m"'
    """
    return _JSON_HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

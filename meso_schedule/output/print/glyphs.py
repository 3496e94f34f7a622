"""The letters that the fonts of the sheet have, and the refusal of those they lack."""

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category, name

from meso_schedule.base.errors import Fault, InputError, shortened
from meso_schedule.base.harmless import harmless
from meso_schedule.base.models import Model

FONTS = Path(__file__).with_name("fonts")

# Where the texts of a plan were written; those that are not here come from the rules.
_FIELDS = {
    "patient": "patient",
    "reference": "reference",
    "payments": "method",
    "clinic": "clinic",
    "closed": "clinic",
    "cost": "clinic",
    "top_up_cost": "clinic",
}
# They join or part the letters of Arabic scripts; every other invisible sign is left out.
_JOINERS = "\u200c\u200d"
_LEFT_OUT = ("Cf", "Zl", "Zp")
_LONGEST_WORD = 30
_LONGEST_ADDRESS = 45  # so that an e-mail address can be copied
_PIECE = 12
_BREAK = "\u200b"
# They hold numbers and units together, and take nothing away.
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2009\u202f"), " ")


def cleaned(text: str) -> str:
    r"""Return data without the signs that nobody sees.

    >>> cleaned("Anna\x1b[31m\n\u202eSmith")
    'Anna Smith'
    """
    if text.translate(_SPACES).isprintable():
        return text
    return "".join(char for char in harmless(text) if not _is_left_out(char))


def printed(text: str) -> str:
    """Return data as the sheet prints it: cleaned, long words breakable."""
    text = cleaned(text)
    if len(text) <= _LONGEST_WORD:
        return text
    return " ".join(map(_breakable, text.split(" ")))


def check_letters(plan: Model) -> None:
    """Refuse a plan with a letter that no font of the sheet has.

    Raises:
        InputError: With one fault for each text that has such letters.
    """
    lacking = set(filter(_is_lacking, set(plan.model_dump_json())))
    if faults := lacking_faults(plan, lacking):
        raise InputError(faults)


def lacking_faults(plan: Model, lacking: Collection[str]) -> list[Fault]:
    """Return one fault for each text of a plan that has letters of those that are lacking."""
    if not lacking:
        return []
    return [
        _fault(place, text, found)
        for place, text in _texts(plan.model_dump(mode="json"), "")
        if (found := [char for char in dict.fromkeys(harmless(text)) if char in lacking])
    ]


def _fault(place: str, text: str, lacking: Sequence[str]) -> Fault:
    named = ", ".join(f"{char!r} ({_code(char)})" for char in lacking)
    return Fault(
        "unprintable",
        f"The sheet cannot print {named} in {shortened(text)}: its fonts do not have it.",
        None,
        _FIELDS.get(place, "rules"),
        "".join(lacking),
        "Write it in Latin, Greek, Cyrillic or Arabic letters.",
    )


def _code(char: str) -> str:
    return f"U+{ord(char):04X} {name(char, '')}".rstrip()


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a document with the name of the table at its top that it is in."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _texts(entry, place or key)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry, place)


def _is_lacking(char: str) -> bool:
    return not " " <= char <= "~" and ord(char) not in covered() and bool(cleaned(char).strip())


def _is_left_out(char: str) -> bool:
    return category(char) in _LEFT_OUT and char not in _JOINERS


def _breakable(word: str) -> str:
    """Let a word that might be wider than its place break; marks stay with their letter."""
    if len(word) <= (_LONGEST_ADDRESS if "@" in word else _LONGEST_WORD):
        return word
    pieces = [""]
    for char in word:
        if len(pieces[-1]) >= _PIECE and category(char)[0] != "M":
            pieces.append("")
        pieces[-1] += char
    return _BREAK.join(pieces)


@cache
def covered() -> frozenset[int]:
    """Return the code points that the fonts of regular weight have between them."""
    return frozenset().union(*(_points(path) for path in sorted(FONTS.glob("*-Regular.ttf"))))


def _points(path: Path) -> set[int]:
    """Read the character map of a TrueType font (format 12 of its table `cmap`)."""
    data = path.read_bytes()
    tables = struct.iter_unpack(">4sLLL", data[12 : 12 + 16 * int.from_bytes(data[4:6])])
    start = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    count = int.from_bytes(data[start + 2 : start + 4])
    maps = struct.iter_unpack(">HHL", data[start + 4 : start + 4 + 8 * count])
    whole = start + next(offset for *kind, offset in maps if kind == [3, 10])
    groups = int.from_bytes(data[whole + 12 : whole + 16])
    ranges = struct.iter_unpack(">LLL", data[whole + 16 : whole + 16 + 12 * groups])
    return {point for first, last, _ in ranges for point in range(first, last + 1)}

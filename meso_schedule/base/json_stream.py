"""JSON read piece by piece: an object with one long list in it, which is never held whole."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NoReturn

from meso_schedule.base.source_files import refuse, refuse_reading, refuse_size
from meso_schedule.base.text_files import DECODER

# The longest of the values: an event keeps the text of the protocols it was planned by.
LONGEST = 10_000_000
NOT_TEXT = "not_utf8"
_PIECE = 100_000
# What can follow where a number was cut.
_NUMBER = re.compile(r"[-+.eE0-9]*")
_BLANKS = re.compile(r"[ \t\r\n]*")


def pieces_of(file: BinaryIO, source: str, limit: int) -> Iterator[str]:
    """Yield the text of a file in pieces.

    Raises:
        UnreadableFileError: When it cannot be read, is not UTF-8, or goes on after the limit.
    """
    decoder, size = getincrementaldecoder("utf-8")(), 0
    while True:
        try:
            data = file.read(_PIECE)
        except (OSError, ValueError) as error:
            refuse_reading(source, error)
        size += len(data)
        if size > limit:
            refuse_size(source, limit)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            refuse(source, NOT_TEXT, "It is not UTF-8.", "Check that it is the right file.")
        if text:
            yield text
        if not data:
            return


def members(pieces: Iterable[str], source: str, listed: str) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object; of one of them, each entry of its list by itself.

    Args:
        pieces: The text of the object.
        source: The file's name, for errors.
        listed: The key of the list.

    Raises:
        UnreadableFileError: When it is not such JSON.

    >>> list(members(['{"a": 1, "b": [2', "0, 3]}"], "x.json", "b"))
    [('a', 1), ('b', 20), ('b', 3)]
    """
    text, seen = _Text(iter(pieces), source), set[str]()
    for _ in text.parts("{", "}"):
        key = text.value()
        if not isinstance(key, str) or key in seen:
            text.refuse(f"{key!r:.50} is no key, or one written twice")
        seen.add(key)
        text.expect(":")
        if key == listed:
            yield from ((key, text.value()) for _ in text.parts("[", "]"))
        else:
            yield key, text.value()
    if text.next():
        text.refuse("more follows after its end")


def _after_blanks(text: str, place: int) -> int:
    blanks = _BLANKS.match(text, place)
    return blanks.end() if blanks else place


class _Text:
    """What was read of a text and not yet understood."""

    def __init__(self, pieces: Iterator[str], source: str) -> None:
        self._pieces = pieces
        self._source = source
        self._read = ""
        self._place = 0
        self._line = 1

    def next(self) -> str:
        """Return the next character that is no blank; nothing at the end."""
        while True:
            self._place = _after_blanks(self._read, self._place)
            if self._place < len(self._read) or not self._more():
                return self._read[self._place : self._place + 1]

    def expect(self, sign: str) -> None:
        if self.next() != sign:
            self.refuse(f"{sign!r} is missing")
        self._place += 1

    def parts(self, first: str, last: str) -> Iterator[None]:
        """Go through the parts between two signs, which are separated by commas."""
        self.expect(first)
        while self.next() != last:
            yield
            if self.next() != last:
                self.expect(",")
                if self.next() == last:
                    self.refuse("a part is missing")
        self.expect(last)

    def value(self) -> Any:
        self.next()
        while True:
            try:
                value, end = DECODER.raw_decode(self._read, self._place)
            except RecursionError:
                refuse(self._source, "too_deep", "It is nested too deep.", "Flatten it.")
            except json.JSONDecodeError as error:
                if not self._goes_on():
                    self.refuse(error.msg)
            except ValueError as error:
                self.refuse(str(error))
            else:
                if not _NUMBER.fullmatch(self._read, end) or not self._goes_on():
                    self._place = end
                    return value

    def _goes_on(self) -> bool:
        """Read on where a value may have been cut between two pieces."""
        return len(self._read) - self._place <= LONGEST and self._more()

    def _more(self) -> bool:
        piece = next(self._pieces, "")
        self._line += self._read.count("\n", 0, self._place)
        self._read = self._read[self._place :] + piece
        self._place = 0
        return bool(piece)

    def refuse(self, problem: str) -> NoReturn:
        line = self._line + self._read.count("\n", 0, self._place)
        message = f"It is not valid JSON: {problem}, line {line}."
        refuse(self._source, "bad_json", message, "Correct it.")

"""Where in a TOML text a key is written twice, or a number that nobody can read.

Python's parser tells at most one place; this scan is made once it has failed, and takes the rest
of TOML as it comes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from meso_schedule.base.errors import key_path
from meso_schedule.base.source_files import MOST_DIGITS

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}|"(?:[^"\\\n]|\\[^\n])*"|\'[^\'\n]*\''
    r"|#[^\n]*|\n|[\[\]{},=.]|[^\s\[\]{},=.#\"']+",
    re.DOTALL,
)
_DIGITS = re.compile(r"[+-]?[0-9_]+")

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """A key where it is written.

    Args:
        path: The whole key; items of lists are counted from 0.
        line: Counted from 1.
        number: What its value begins with, which may be a number.
        table: How much of the path is the table in which it is written.
    """

    path: Path
    line: int
    number: str = ""
    table: int = 0

    @property
    def key(self) -> str:
        """The path as it stands in messages."""
        return key_path(self.path)


def written_twice(text: str) -> tuple[Place, Place] | None:
    """Return the first key that is written twice, both times; None when the scan sees none."""
    reader = _Reader(text)
    seen: dict[Path, Place] = {}
    for place in reader.places():
        if place.path in seen:
            return seen[place.path], place
        seen[place.path] = place
        for end in range(place.table + 1, len(place.path)):
            if (begun := place.path[:end]) in reader.values and begun in seen:
                return seen[begun], Place(begun, place.line)
    return None


def endless_number(text: str) -> Place | None:
    """Return the first number that has too many digits to be read."""
    return next((it for it in _Reader(text).places() if _is_endless(it.number)), None)


def _is_endless(number: str) -> bool:
    digits = number.lstrip("+-").replace("_", "")
    return len(digits) > MOST_DIGITS and bool(_DIGITS.fullmatch(number))


class _Reader:
    """Reads keys in their order; `values` are those that are no table of their own."""

    def __init__(self, text: str) -> None:
        self.values: set[Path] = set()
        self._tokens = self._lines(text)
        self._line = 1
        self._token = ""
        self._tables: dict[Path, int] = {}

    def places(self) -> Iterator[Place]:
        """Yield each key where it is written, a header as the table that it begins."""
        prefix: Path = ()
        self._next()
        while self._token:
            if self._token == "\n":
                self._next()
            elif self._token == "[":
                line, many, name = self._line, *self._header()
                prefix = self._begun(name, many=many)
                if not many:
                    yield Place(prefix, line)
            else:
                yield from self._pair(prefix)

    def _lines(self, text: str) -> Iterator[tuple[str, int]]:
        line = 1
        for found in _TOKEN.finditer(text):
            if not found[0].startswith("#"):
                yield found[0], line
            line += found[0].count("\n")

    def _next(self) -> None:
        self._token, self._line = next(self._tokens, ("", self._line))

    def _header(self) -> tuple[bool, Path]:
        self._next()
        many = self._token == "["
        if many:
            self._next()
        name = self._name()
        while self._token not in ("", "\n"):
            self._next()
        return many, name

    def _begun(self, name: Path, *, many: bool) -> Path:
        path: Path = ()
        for part in name[:-1]:
            path = self._latest((*path, part))
        path = (*path, *name[-1:])
        if not many:
            return path
        self._tables[path] = self._tables.get(path, 0) + 1
        return self._latest(path)

    def _latest(self, path: Path) -> Path:
        return (*path, self._tables[path] - 1) if path in self._tables else path

    def _name(self) -> Path:
        parts: list[str] = []
        while self._token not in ("", "\n", "=", "]", "}", ","):
            if self._token != ".":
                parts.append(self._token.strip("\"'"))
            self._next()
        return tuple(parts)

    def _pair(self, prefix: Path) -> Iterator[Place]:
        line = self._line
        path = (*prefix, *self._name())
        self._next()
        self.values.add(path)
        begins = self._token
        inner = list(self._value(path))
        yield Place(path, line, begins, len(prefix))
        yield from inner

    def _value(self, path: Path) -> Iterator[Place]:
        if self._token == "{":
            yield from self._inline_table(path)
        elif self._token == "[":
            yield from self._array(path)
        else:
            while self._token not in ("", "\n", ",", "]", "}"):
                self._next()

    def _inline_table(self, path: Path) -> Iterator[Place]:
        self._next()
        while self._token not in ("", "}"):
            if self._token in (",", "\n"):
                self._next()
            else:
                yield from self._pair(path)
        self._next()

    def _array(self, path: Path) -> Iterator[Place]:
        self._next()
        count = 0
        while self._token not in ("", "]"):
            if self._token in (",", "\n"):
                self._next()
                continue
            yield Place((*path, count), self._line, self._token, len(path))
            yield from self._value((*path, count))
            count += 1
        self._next()

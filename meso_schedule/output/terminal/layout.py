"""A page of text for a terminal: tables, lists and paragraphs of a given width.

The layout is small enough to do here: a general library for it takes longer to load than
a plan takes to make. Nothing is ever cut off; what does not fit is folded.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from unicodedata import category, east_asian_width

from meso_schedule.base.harmless import harmless

WIDE = 140
NARROW = 72
GAP = 2

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "1;32", "yellow": "33"}
_RULE = "─"


class Text(NamedTuple):
    """Words in one style: bold, dim, red, green, yellow or none."""

    words: str
    style: str = ""


Cell = tuple[Text, ...]


class Column(NamedTuple):
    """How a column of a table is set.

    Args:
        header: Its title; over numbers it breaks at spaces.
        is_number: Whether it is set to the right.
        folds: Whether its lines may break.
    """

    header: str
    is_number: bool = False
    folds: bool = False


def text(data: str, style: str = "") -> Text:
    """Return data as text that is no command to the terminal."""
    return Text(harmless(data), style)


def cell(*parts: str | Text) -> Cell:
    """Return texts that stand below each other in one place of a table."""
    return tuple(text(part) if isinstance(part, str) else part for part in parts)


def display_width(words: str) -> int:
    """Return how many columns words take on a terminal.

    >>> display_width("Zoë"), display_width("美容")
    (3, 4)
    """
    if words.isascii():
        return len(words)
    return sum(_char_width(char) for char in words)


def wrap(words: str, width: int) -> list[str]:
    """Break words into lines at spaces; a word too long for a line is broken too.

    >>> wrap("to be or not", 6)
    ['to be', 'or not']
    """
    lines = [""]
    for word in _words(words):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(joined) <= width:
            lines[-1] = joined
            continue
        pieces = _pieces(word, width)
        lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return lines


def clipped(words: str, width: int) -> str:
    """Cut words that do not fit into a line at a space, and show by dots that they go on.

    >>> clipped("to be or not to be", 12), clipped("to be", 12)
    ('to be or...', 'to be')
    """
    if display_width(words) <= width:
        return words
    return wrap(words, width - 3)[0] + "..."


def _words(words: str) -> list[str]:
    """Split at plain spaces; French sets others before its signs, where no line may break."""
    return [word for word in words.split(" ") if word]


class Page:
    """Text as it grows, block by block, an empty line between two blocks.

    Args:
        width: Columns of the terminal.
        colour: Whether it shows styles.
    """

    def __init__(self, width: int, *, colour: bool = False) -> None:
        self.width = width
        self.colour = colour
        self._lines: list[str] = []

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def block(self, title: str = "") -> None:
        """Begin a block, under a heading if it has one."""
        if self._lines:
            self._lines.append("")
        if title:
            self.paragraph(title, "bold")

    def line(self, parts: Iterable[Text]) -> None:
        """Add one line, as it is, of parts in different styles."""
        self._lines.append("".join(self._styled(*part) for part in parts).rstrip())

    def paragraph(self, words: str, style: str = "") -> None:
        """Add words, wrapped."""
        for line in wrap(harmless(words), self.width):
            self.line([Text(line, style)])

    @property
    def height(self) -> int:
        """How many lines it has."""
        return len(self._lines)

    def ends(self, left: str, right: str, style: str = "") -> None:
        """Add words at both ends of a line; below one another where they do not fit in one."""
        left, right = harmless(left), harmless(right)
        room = self.width - display_width(left) - display_width(right)
        if right and room < GAP:
            self.paragraph(left, style)
            left, room = "", self.width - display_width(right)
        if right and room < 0:
            self.paragraph(right)
            return
        self.line([Text(left, style), Text(" " * room), Text(right)])

    def bullets(self, entries: Iterable[str]) -> None:
        """Add a list."""
        for entry in entries:
            self._rows([(1, False), (self.width - 5, False)], [cell("-"), cell(entry)], indent=2)

    def pairs(
        self, entries: Iterable[tuple[str, str | Cell]], *, align_right: bool = False
    ) -> None:
        """Add lines of a label and what belongs to it, a little indented.

        Args:
            entries: Labels and texts.
            align_right: Whether the texts end in one column, as amounts do.
        """
        rows = [
            (cell(label), cell(body) if isinstance(body, str) else body) for label, body in entries
        ]
        label_width = min(_widest([row[0] for row in rows]), self.width // 2)
        left = max(8, self.width - label_width - GAP - 2)
        right = min(left, _widest([row[1] for row in rows])) if align_right else left
        for row in rows:
            self._rows([(label_width, False), (right, align_right)], row, indent=2)

    def fits(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> bool:
        """Tell whether a table would be set as one."""
        return self._setting(columns, rows) is not None

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, ruled: bool = True
    ) -> None:
        """Add a table; where it does not fit, row after row.

        Args:
            columns: How each is set.
            rows: Its cells.
            ruled: Whether a rule stands under its header.
        """
        if (found := self._setting(columns, rows)) is None:
            self._row_after_row(columns, rows)
            return
        header, widths = found
        setting = [(w, column.is_number) for w, column in zip(widths, columns, strict=True)]
        lowered = max(map(len, header))
        self._rows(setting, [(Text(""),) * (lowered - len(name)) + name for name in header])
        if ruled:
            self.line([Text(_RULE * (sum(widths) + GAP * (len(widths) - 1)))])
        for row in rows:
            self._rows(setting, row)

    def _setting(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
    ) -> tuple[list[Cell], list[int]] | None:
        """Return the header and the width of each column; None where they do not fit."""
        if self.width < NARROW:
            return None
        # Headers are longer in some languages: then all of them fold.
        for must_fold in (False, True):
            header = [_header(column, folds=must_fold or column.is_number) for column in columns]
            if widths := _widths(columns, [header, *rows], self.width):
                return header, widths
        return None

    def _row_after_row(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        for number, row in enumerate(rows):
            if number:
                self.block()
            named = zip((column.header for column in columns), row, strict=True)
            self.pairs((name, body) for name, body in named if any(part.words for part in body))

    def _rows(
        self, setting: Sequence[tuple[int, bool]], row: Sequence[Cell], indent: int = 0
    ) -> None:
        """Add the lines of one row of cells, each column of its own width."""
        folded = [
            [Text(line, part.style) for part in body for line in wrap(part.words, width)]
            for (width, _), body in zip(setting, row, strict=True)
        ]
        for number in range(max(map(len, folded))):
            parts = [Text(" " * indent)]
            for place, ((width, is_number), lines) in enumerate(zip(setting, folded, strict=True)):
                words, style = lines[number] if number < len(lines) else Text("")
                room = Text(" " * (width - display_width(words)))
                gap = Text(" " * GAP if place else "")
                parts += (
                    [gap, room, Text(words, style)]
                    if is_number
                    else [gap, Text(words, style), room]
                )
            self.line(parts)

    def _styled(self, words: str, style: str) -> str:
        if not self.colour or not style or not words.strip():
            return words
        return f"\x1b[{_CODES[style]}m{words}\x1b[0m"


def _header(column: Column, *, folds: bool) -> Cell:
    words = _words(column.header) if folds else [column.header]
    return cell(*(Text(word, "bold") for word in words))


def _widest(cells: Iterable[Cell]) -> int:
    return max((display_width(part.words) for body in cells for part in body), default=0)


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], room: int
) -> list[int] | None:
    """Return the width of each column, the folding ones made narrower until all fit."""
    by_column = list(zip(*rows, strict=True))
    widths = [_widest(cells) for cells in by_column]
    least = [
        max(
            display_width(word)
            for body in cells
            for part in body
            for word in _words(part.words) or [""]
        )
        if column.folds
        else width
        for column, cells, width in zip(columns, by_column, widths, strict=True)
    ]
    room -= GAP * (len(columns) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        spare = [width - low for width, low in zip(widths, least, strict=True)]
        widest = max((width, place) for place, width in enumerate(widths) if spare[place])[1]
        widths[widest] -= 1
    return widths


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and display_width(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _char_width(char: str) -> int:
    if category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1

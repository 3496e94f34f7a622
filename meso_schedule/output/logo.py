"""The picture of a letterhead: read, checked, and made ready for the sheet."""

import re
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from meso_schedule.errors import InputError
from meso_schedule.sources import read_source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LOGO_BYTES = 2_000_000
MAX_SIDE = 4000

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
# Of SVG, what runs, or needs fonts of its own, is left to other programs.
_REFUSED = ("script", "foreignObject", "text")
_URL = re.compile(r"url\(\s*['\"]?#[^)]*\)", re.IGNORECASE)
_PALETTE = 3
# By the kind of colour: how many values a pixel has, and of how many bits.
_CHANNELS = {0: 1, 2: 3, _PALETTE: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), _PALETTE: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def read_logo(path: Path) -> bytes:
    """Read a PNG or SVG picture.

    Raises:
        InputError: When it is missing, too large, no such picture, damaged, or an SVG
            that loads something from elsewhere.
    """
    source = str(path)
    data = read_source(path, MAX_LOGO_BYTES)
    try:
        logo_svg(data)
    except InputError as error:
        raise error.at(source) from None
    return data


def logo_svg(data: bytes) -> str:
    """Return a picture as SVG text, which can be handed to the template as data.

    Raises:
        InputError: When it cannot be printed.
    """
    if data.startswith(_PNG):
        width, height = _checked_png(data)
        picture = b64encode(data).decode()
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
            f'<image width="{width}" height="{height}" href="data:image/png;base64,{picture}"/>'
            "</svg>"
        )
    return _checked_svg(data)


def _checked_png(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG whose parts are all there and whole.

    A picture that is not would leave a gap in the letterhead without a word.
    """
    parts = list(_png_parts(data)) if data.startswith(_PNG) else []
    if not parts or parts[0][0] != b"IHDR" or len(parts[0][1]) != 13 or parts[-1][0] != b"IEND":
        _damaged()
    width, height, depth, colour, *_, interlaced = struct.unpack(">LLBBBBB", parts[0][1])
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        problem = f"The logo measures {width} x {height} pixels."
        _refuse("bad_logo", problem, f"Make it {MAX_SIDE} x {MAX_SIDE} at the most.")
    if depth not in _DEPTHS.get(colour, ()) or (colour == _PALETTE) > (b"PLTE" in dict(parts)):
        _damaged()
    row = 1 + (width * depth * _CHANNELS[colour] + 7) // 8
    pixels = _unpacked(b"".join(body for kind, body in parts if kind == b"IDAT"), height * row)
    # Each row begins with the number of its filter; there are five.
    if not interlaced and (len(pixels) < height * row or max(pixels[::row]) > 4):
        _damaged()
    return width, height


def _unpacked(packed: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, size)
    except zlib.error:
        _damaged()


def _png_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(data):
        (size,) = struct.unpack(">L", data[place : place + 4].rjust(4, b"\xff"))
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        check = data[place + 8 + size : place + 12 + size]
        if zlib.crc32(kind + body).to_bytes(4) != check:
            _damaged()
        yield kind, body
        place += 12 + size


def _checked_svg(data: bytes) -> str:
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        text = data.decode("utf-8-sig")
        if re.search(r"<!(DOCTYPE|ENTITY)|<\?xml-stylesheet", text, re.IGNORECASE):
            _not_plain("a document type or a style sheet from elsewhere")
        root = fromstring(text)
    except (UnicodeDecodeError, ParseError, ValueError):
        root = None
    if root is None or root.tag != f"{_SVG}svg":
        _refuse("no_picture", "It is no PNG or SVG picture.", "Name a PNG or SVG file.")
    for element in root.iter():
        _check_element(element)
    _check_copies(root)
    return text


def _check_element(element: "Element") -> None:
    kind = element.tag.removeprefix(_SVG)
    if kind in _REFUSED:
        _not_plain(f"<{kind}>")
    texts = [*element.attrib.values(), element.text or "" if kind == "style" else ""]
    for told in texts:
        outside = _URL.sub("", told)
        if "url(" in outside.lower() or "@import" in told.lower() or "\\" in told:
            _not_plain("something from elsewhere")
    for name, target in element.attrib.items():
        if name.rpartition("}")[2] == "href" and not target.startswith("#"):
            _check_embedded(target)


def _check_embedded(target: str) -> None:
    head, _, body = target.partition(",")
    if head != "data:image/png;base64":
        _not_plain("something from elsewhere")
    try:
        _checked_png(b64decode("".join(body.split()), validate=True))
    except ValueError:
        _damaged()


def _check_copies(root: "Element") -> None:
    """Refuse copies of copies: a few lines of them could be drawn for ever."""
    copies = list(root.iter(f"{_SVG}use"))
    targets = {target for copy in copies for target in copy.attrib.values()}
    for element in root.iter():
        if f"#{element.get('id')}" in targets and any(True for _ in element.iter(f"{_SVG}use")):
            _not_plain("a copy of a copy")


def _not_plain(what: str) -> NoReturn:
    remedy = "Save it as a plain SVG with text as paths, or as PNG."
    _refuse("bad_logo", f"The picture has {what}, which is not printed.", remedy)


def _damaged() -> NoReturn:
    _refuse("bad_logo", "The PNG is damaged.", "Save the picture again.")


def _refuse(code: str, message: str, remedy: str) -> NoReturn:
    raise InputError.of(code, message, field="logo", remedy=remedy)

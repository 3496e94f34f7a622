"""The picture of a letterhead: read, checked, and made ready for the sheet."""

import re
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from meso_schedule.base.errors import InputError
from meso_schedule.base.source_files import open_source, refuse_size

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LOGO_BYTES = 2_000_000
MAX_SIDE = 2000
# Elements that an SVG may have drawn, copies, clips, masks and patterns followed.
MAX_DRAWN = 20_000

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
# Of SVG, what runs, or needs fonts of its own, is left to other programs.
_REFUSED = ("script", "foreignObject", "text")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"]*)['\"]?\s*\)|^#(.*)$", re.IGNORECASE)
_FIGURE = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:e[-+]?[0-9]+)?", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
# Filters work on every pixel of their region; these steps do so too often to be drawn.
_HEAVY = (
    *("feTurbulence", "feConvolveMatrix", "feMorphology", "feImage", "feTile"),
    *("feDiffuseLighting", "feSpecularLighting", "feDisplacementMap"),
)
_STEP = 500  # what another step of a filter takes, in elements drawn
_MOST_TIMES = 2  # what a region may be larger than what it is for
_PIXELS = 1_000  # of an embedded picture, for as long as one element takes
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
    with open_source(path) as file:
        data = file.read(MAX_LOGO_BYTES + 1)
    try:
        if data.startswith(_PNG):
            _check_size(*_png_size(data))
        if len(data) > MAX_LOGO_BYTES:
            refuse_size(source, MAX_LOGO_BYTES)
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
    _check_size(width, height)
    if depth not in _DEPTHS.get(colour, ()) or (colour == _PALETTE) > (b"PLTE" in dict(parts)):
        _damaged()
    row = 1 + (width * depth * _CHANNELS[colour] + 7) // 8
    pixels = _unpacked(b"".join(body for kind, body in parts if kind == b"IDAT"), height * row)
    # Each row begins with the number of its filter; there are five.
    if not interlaced and (len(pixels) < height * row or max(pixels[::row]) > 4):
        _damaged()
    return width, height


def _png_size(data: bytes) -> tuple[int, int]:
    """Return what a PNG says of its width and height, zero where it says nothing."""
    width, height = struct.unpack(">LL", data[16:24].ljust(8, b"\0"))
    return width, height


def _check_size(width: int, height: int) -> None:
    if 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE:
        return
    larger = max(width, height, 1)
    fitting = " x ".join(str(max(1, side * MAX_SIDE // larger)) for side in (width, height))
    problem = f"The logo measures {width} x {height} pixels."
    _refuse("bad_logo", problem, f"Make it {fitting} at the most.")


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
    _check_work(root)
    extent = _extent(root)
    for element in root.iter():
        _check_element(element)
        if element.tag == f"{_SVG}filter":
            _check_region(element, extent)
    return text


def _check_element(element: "Element") -> None:
    kind = element.tag.removeprefix(_SVG)
    if kind in (*_REFUSED, *_HEAVY):
        _not_plain(f"<{kind}>")
    texts = [*element.attrib.values(), element.text or "" if kind == "style" else ""]
    for told in texts:
        outside = _URL.sub("", told)
        if "url(" in outside.lower() or "@import" in told.lower() or "\\" in told:
            _not_plain("something from elsewhere")
    for name, target in element.attrib.items():
        if name.rpartition("}")[2] == "href" and not target.startswith("#"):
            _check_embedded(target)


def _extent(root: "Element") -> float:
    """Return the longer side of a picture in its own units; zero where it does not say."""
    told = root.get("viewBox") or f"{root.get('width')} {root.get('height')}"
    return max((float(number) for number in _FIGURE.findall(told)), default=0.0)


def _check_region(element: "Element", extent: float) -> None:
    """Refuse a filter that works far outside of what it is for."""
    is_own = element.get("filterUnits") != "userSpaceOnUse"
    most = _MOST_TIMES if is_own else _MOST_TIMES * extent
    for name in ("x", "y", "width", "height"):
        told = element.get(name) or "0"
        (figure, *more) = _FIGURE.findall(told) or [""]
        share = 100 if told.strip().endswith("%") else 1
        if more or not figure or abs(float(figure)) > most * (share if is_own else 1):
            _not_plain("a filter of a large region")


def _check_work(root: "Element") -> None:
    """Refuse what a few lines could have drawn for ever: clips in clips, masks in masks.

    Every reference is followed as a renderer does, until the bound is reached.
    """
    named = {element.get("id"): element for element in root.iter()}
    styles = [rule for it in root.iter(f"{_SVG}style") for rule in _RULE.findall(it.text or "")]
    waiting, drawn = [root], 0
    while waiting:
        element = waiting.pop()
        drawn += _weight(element)
        if drawn > MAX_DRAWN:
            _not_plain("too much to draw")
        waiting += element
        waiting += (named[target] for target in _targets(element, styles) if target in named)


def _targets(element: "Element", styles: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the ids that an element has drawn besides itself, a marker at each point of a line."""
    own = (element.get("class") or "").split()
    texts = list(element.attrib.items())
    for selector, told in styles:
        if "." not in selector or any(f".{name}" in selector for name in own):
            texts.append(("style", told))
    for name, told in texts:
        points = len(element.get("d") or element.get("points") or "") // 2
        times = max(1, points) if "marker" in f"{name} {told}" else 1
        for found in _REFERENCE.finditer(told):
            yield from [found[1] or found[2] or ""] * min(times, MAX_DRAWN)


def _weight(element: "Element") -> int:
    kind = element.tag.removeprefix(_SVG)
    if kind.startswith("fe"):
        return _STEP
    if kind == "image":
        return 1 + sum(map(_pixels, element.attrib.values())) // _PIXELS
    return 1


def _pixels(told: str) -> int:
    """Return how many pixels an embedded picture says that it has."""
    head, comma, body = told.partition(",")
    if not comma or not head.startswith("data:"):
        return 0
    try:
        width, height = _png_size(b64decode("".join(body[:64].split())[:32]))
    except ValueError:
        return 0
    return width * height


def _check_embedded(target: str) -> None:
    head, _, body = target.partition(",")
    if head != "data:image/png;base64":
        _not_plain("something from elsewhere")
    try:
        _checked_png(b64decode("".join(body.split()), validate=True))
    except ValueError:
        _damaged()


def _not_plain(what: str) -> NoReturn:
    remedy = "Save it as a plain SVG with text as paths, or as PNG."
    _refuse("bad_logo", f"The picture has {what}, which is not printed.", remedy)


def _damaged() -> NoReturn:
    _refuse("bad_logo", "The PNG is damaged.", "Save the picture again.")


def _refuse(code: str, message: str, remedy: str) -> NoReturn:
    raise InputError.of(code, message, field="logo", remedy=remedy)

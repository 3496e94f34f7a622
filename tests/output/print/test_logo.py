"""Logos: PNG and SVG that print, and all that is refused rather than left out."""

import struct
import tracemalloc
import zlib
from base64 import b64encode
from pathlib import Path

import pikepdf
import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.output.print.logo import MAX_LOGO_BYTES, logo_svg, read_logo
from tests.support.sheets import elements, facial, opened, printed_sheet

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">{}</svg>'
CIRCLE = '<circle id="a" cx="9" cy="9" r="8" fill="#123456"/>'


def part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(
    width: int = 30,
    height: int = 20,
    *,
    depth: int = 8,
    colour: int = 2,
    interlaced: int = 0,
    rows: bytes | None = None,
    between: bytes = b"",
    packed: bytes | None = None,
) -> bytes:
    head = struct.pack(">LLBBBBB", width, height, depth, colour, 0, 0, interlaced)
    rows = (b"\0" + bytes(range(90))) * height if rows is None else rows
    data = zlib.compress(rows) if packed is None else packed
    parts = part(b"IHDR", head) + between + part(b"IDAT", data) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def is_stream(found: object) -> bool:
    return isinstance(found, pikepdf.Stream)


@pytest.mark.parametrize(
    "picture",
    [
        png(),
        png(1, 1, interlaced=1, rows=b"\0abc"),
        png(colour=3, between=part(b"PLTE", bytes(768)), rows=(b"\0" + bytes(30)) * 20),
    ],
)
def test_a_png_is_in_the_sheet(picture: bytes, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture)
    pdf = opened(printed_sheet(facial(sessions=3), logo=read_logo(tmp_path / "logo.png")))
    assert any(str(it.get("/Subtype")) == "/Image" for it in pdf.objects if is_stream(it))
    (figure,) = [node for kind, node in elements(pdf) if kind == "/Figure"]
    assert figure.Alt == "Example Clinic"


@pytest.mark.parametrize(
    "inside",
    [
        CIRCLE,
        '<style>.a{fill:url(#g)}</style><rect class="a" width="9" height="9"/>',
        f'<defs>{CIRCLE}</defs><use href="#a"/><use xlink:href="#a" x="9"/>'.replace(
            "<defs>", '<defs xmlns:xlink="http://www.w3.org/1999/xlink">', 1
        ).replace('xlink:href="#a" x', 'href="#a" x'),
    ],
)
def test_an_svg_is_in_the_sheet(inside: str) -> None:
    plain, made = (
        printed_sheet(facial(sessions=3), logo=logo) for logo in (None, SVG.format(inside).encode())
    )
    kinds = [kind for kind, _ in elements(opened(made))]
    assert kinds.count("/Figure") == 1
    assert made != plain


def test_an_svg_may_hold_a_png() -> None:
    inside = logo_svg(png())
    assert logo_svg(inside.encode()) == inside


OTHERS = 'xlink:href="{}" xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_picture"),
        (b"hello", "no_picture"),
        (b"\xff\xfe<\0s\0v\0g\0", "no_picture"),
        (b"\xff\xd8\xff\xe0 a JPEG", "no_picture"),
        (b"<html/>", "no_picture"),
        (b"<svg/>", "no_picture"),
        (b"<svg", "no_picture"),
        (png()[:-1], "bad_logo"),
        (png()[:40], "bad_logo"),
        (png()[:8], "bad_logo"),
        (png() + b"x", "bad_logo"),
        (png().replace(b"IDAT", b"IDAX"), "bad_logo"),
        (png(rows=b"\0" * 9), "bad_logo"),
        (png(rows=(b"\7" + bytes(90)) * 20), "bad_logo"),
        (png(packed=b"no zlib"), "bad_logo"),
        (png(depth=3), "bad_logo"),
        (png(colour=5), "bad_logo"),
        (png(colour=3), "bad_logo"),
        (png(width=0), "bad_logo"),
        (png(width=5000), "bad_logo"),
        (png(height=60000), "bad_logo"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.format("&a;").encode(), "bad_logo"),
        (b"<?xml-stylesheet href='http://x/y.css'?>" + SVG.format("").encode(), "bad_logo"),
        *(
            (SVG.format(inside).encode(), "bad_logo")
            for inside in (
                "<script>alert(1)</script>",
                "<text>Clinic</text>",
                "<foreignObject/>",
                '<image href="http://example.com/a.png"/>',
                '<image href="/etc/passwd"/>',
                f"<image {OTHERS.format('file:///etc/passwd')}/>",
                '<image href="data:image/png;base64,AAAA"/>',
                '<image href="data:image/png;base64,#"/>',
                '<image href="data:image/svg+xml;base64,AAAA"/>',
                '<use href="http://example.com/a.svg#a"/>',
                '<rect fill="url(http://example.com/a.svg#b)"/>',
                "<rect style=\"fill: URL( 'http://example.com' )\"/>",
                "<style>@import 'http://example.com/a.css';</style>",
                "<style>.a { fill: u\\72l(http://example.com) }</style>",
                '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
            )
        ),
    ],
)
def test_what_cannot_be_printed_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "logo"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_logo(path)
    (fault,) = caught.value.faults
    assert (fault.code, fault.source, fault.field) == (code, str(path), "logo")
    assert fault.remedy


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(b"")
    with (tmp_path / "large.png").open("r+b") as file:
        file.truncate(50_000_000)
    names = {"none.png": "missing_file", ".": "is_folder", "large.png": "too_large"}
    for name, code in {**names, "a\0b": "unreadable"}.items():
        with pytest.raises(InputError) as caught:
            read_logo(tmp_path / name)
        assert caught.value.faults[0].code == code
        assert caught.value.exit_code == 2


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match="larger than 2 MB"):
        read_logo(tmp_path / "large.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * MAX_LOGO_BYTES


def test_an_svg_that_cannot_be_drawn_is_bad_input() -> None:
    empty = b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'
    with pytest.raises(InputError) as caught:
        printed_sheet(facial(sessions=3), logo=empty)
    assert caught.value.faults[0].code == "bad_logo"


def nested(kind: str, attribute: str, copies: int = 10, depth: int = 6) -> str:
    """Return definitions each of which draws the next so many times."""
    drawn = f'<rect width="1" height="1" {attribute}="url(#m{{}})"/>' * copies
    made = [
        f'<{kind} id="m{level}">{drawn.replace("{}", str(level + 1))}</{kind}>'
        for level in range(depth)
    ]
    last = f'<{kind} id="m{depth}"><rect width="1" height="1"/></{kind}>'
    return f'<defs>{"".join(made)}{last}</defs><rect width="9" height="9" {attribute}="url(#m0)"/>'


def embedded(width: int, height: int) -> str:
    """Return an embedded picture that says it has so many pixels."""
    picture = b64encode(png(width, height, rows=b"\0" * height * (1 + 3 * width))).decode()
    return f'<image width="1" height="1" href="data:image/png;base64,{picture}"/>'


FILTER = '<filter id="f" {}>{}</filter><rect width="9" height="9" filter="url(#f)"/>'


@pytest.mark.parametrize(
    "inside",
    [
        nested("mask", "mask"),
        nested("clipPath", "clip-path"),
        nested("pattern", "fill"),
        nested("pattern", "stroke"),
        nested("mask", "style").replace('style="url', 'style="mask: url'),
        nested("filter", "filter"),
        nested("mask", "mask", copies=1, depth=0).replace("#m0", "#m1")
        + '<mask id="m1" mask="url(#m1)"/>'
        '<rect mask="url(#m1)"/>',
        "<style>.a{mask:url(#m)}</style>" + '<mask id="m"><g class="a"/></mask><g class="a"/>',
        "<style>g{mask:url(#m)}</style>" + '<mask id="m"><g/></mask><g/>',
        f'<marker id="m">{CIRCLE * 9}</marker><path d="M0 0{"h1" * 4000}" marker-mid="url(#m)"/>',
        f'<g id="b">{CIRCLE * 50}</g>' + '<use href="#b"/>' * 500,
        '<image href="data:image/png;base64,é"/>',
        embedded(1500, 1500) * 20,
        FILTER.format("", '<feGaussianBlur stdDeviation="1"/>' * 60),
        FILTER.format("", '<feTurbulence numOctaves="9000"/>'),
        FILTER.format('x="-100000%" width="200000%"', "<feOffset/>"),
        FILTER.format('width="300"', "<feOffset/>"),
        FILTER.format('filterUnits="userSpaceOnUse" width="20000" height="20000"', "<feOffset/>"),
        FILTER.format('width="wide"', "<feOffset/>"),
    ],
)
def test_what_would_be_drawn_for_ever_is_refused_at_once(inside: str) -> None:
    with pytest.raises(InputError) as caught:
        logo_svg(SVG.format(inside).encode())
    (fault,) = caught.value.faults
    assert (fault.code, fault.field) == ("bad_logo", "logo")
    assert fault.remedy


@pytest.mark.parametrize(
    "inside",
    [
        nested("mask", "mask", copies=2, depth=2),
        nested("clipPath", "clip-path", copies=3, depth=2),
        f'<defs>{CIRCLE}<clipPath id="c"><use href="#a"/></clipPath></defs>'
        '<rect width="20" height="20" clip-path="url(#c)"/>',
        '<linearGradient id="g"><stop offset="0"/></linearGradient>'
        '<linearGradient id="h" href="#g"/><rect width="9" height="9" fill="url(#h)"/>',
        "<style>.a{fill:url(#g)} .b{fill:red}</style>"
        '<linearGradient id="g"><stop offset="0"/></linearGradient><rect class="a b"/>',
        embedded(100, 50) * 5,
        FILTER.format(
            'x="-20%" y="-20%" width="140%" height="140%"',
            '<feGaussianBlur stdDeviation="1"/><feOffset dx="1"/>'
            '<feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge>',
        ),
        FILTER.format('filterUnits="userSpaceOnUse" width="40" height="20"', "<feOffset/>"),
    ],
)
def test_what_drawing_programs_write_is_drawn(inside: str) -> None:
    made = printed_sheet(facial(sessions=3), logo=SVG.format(inside).encode())
    assert [kind for kind, _ in elements(opened(made))].count("/Figure") == 1


@pytest.mark.parametrize(
    ("width", "height", "fitting"),
    [
        (4000, 4000, "2000 x 2000"),
        (4000, 1000, "2000 x 500"),
        (2001, 1, "2000 x 1"),
        (0, 9, "1 x 2000"),
    ],
)
def test_a_large_picture_is_refused_by_its_size_first(
    width: int, height: int, fitting: str, tmp_path: Path
) -> None:
    head = png(width, height, rows=b"")[:33]
    (tmp_path / "logo.png").write_bytes(head + bytes(3 * MAX_LOGO_BYTES))
    with pytest.raises(InputError) as caught:
        read_logo(tmp_path / "logo.png")
    (fault,) = caught.value.faults
    assert fault.message == f"The logo measures {width} x {height} pixels."
    assert fault.remedy == f"Make it {fitting} at the most."

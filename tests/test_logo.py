"""Logos: PNG and SVG that print, and all that is refused rather than left out."""

import struct
import tracemalloc
import zlib
from pathlib import Path

import pikepdf
import pytest

from meso_schedule.errors import InputError
from meso_schedule.output.logo import MAX_LOGO_BYTES, logo_svg, read_logo
from tests.sheets import elements, facial, opened, printed_sheet

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

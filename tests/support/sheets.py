"""Plans worth printing, and the sheet read back with PDF readers of others."""

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pikepdf
import pypdfium2
from pypdf import PdfReader

from meso_schedule import Clinic, CoursePlan, CourseRequest, get_protocol, plan_course, read_clinic
from meso_schedule.course.plan_json import plan_digest
from meso_schedule.output.print.pdf import sheet
from meso_schedule.output.words.translation import find_language
from tests.support.samples import ROOT, on
from tests.support.tracing import untraced

AS_OF = on("2026-11-22")
PAPERS = ("a4", "letter")
# Millimetres of white around everything but the numbers of the pages.
MARGIN = 12

_KEPT: dict[tuple[str, str, str], bytes] = {}
_POINTS = 72 / 25.4
_JOINTS = str.maketrans("", "", "\u200b")


def example_clinic() -> Clinic:
    """Return the clinic of the examples."""
    return read_clinic(ROOT / "examples" / "clinic.toml")


def facial(clinic: Clinic | None = None, **asked: Any) -> CoursePlan:
    """Plan a course for the face with times, prices, closed days and care."""
    request = CourseRequest.read({"start": "2026-12-01", "at": "17:30", **asked})
    protocol = get_protocol("facial-rejuvenation")
    return plan_course(protocol, request, clinic=clinic or example_clinic(), as_of=AS_OF)


def printed_sheet(plan: CoursePlan, language: str = "en", **options: Any) -> bytes:
    """Return the sheet of a plan."""
    return sheet(plan, language=find_language(language), **options)


def kept_sheet(plan: CoursePlan, language: str = "en", paper: str = "a4") -> bytes:
    """Return the sheet of a plan that several tests look at, printed once."""
    key = plan_digest(plan), language, paper
    if key not in _KEPT:
        _KEPT[key] = printed_sheet(plan, language, paper=paper)
    return _KEPT[key]


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page in the order of reading, without its footer."""
    return ["\n".join(text.split("\n")[:-1]) for text in _texts(pdf)]


def page_count(pdf: bytes) -> int:
    """Return how many pages a sheet has."""
    return len(opened(pdf).pages)


def footers(pdf: bytes) -> list[str]:
    """Return the last line of each page."""
    return [text.split("\n")[-1] for text in _texts(pdf)]


@lru_cache(32)
@untraced
def _texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def squeezed(*texts: str) -> str:
    """Leave out what tells where a line breaks: spaces, and a hyphen that is said again."""
    return "".join("".join(texts).translate(_JOINTS).split()).replace("--", "-")


def opened(pdf: bytes) -> pikepdf.Pdf:
    """Open a sheet to look at its objects."""
    return pikepdf.open(io.BytesIO(pdf))


def elements(pdf: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """Return the elements of the structure in the order of reading, each with its object."""
    found: list[tuple[str, Any]] = []
    waiting: list[Any] = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if "/S" in node:
            found.append((str(node.S), node))
        kids = node.get("/K", pikepdf.Array())
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        waiting += [kid for kid in reversed(kids) if isinstance(kid, pikepdf.Dictionary)]
    return found


def outside(pdf: bytes) -> Iterator[tuple[int, str]]:
    """Yield the page and the text of each letter that is set into the margins."""
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, 1):
        width, height = page.get_size()
        text = page.get_textpage()
        for place in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(place)
            side, foot = (MARGIN - 1) * _POINTS, 5 * _POINTS
            if left < side or right > width - side or bottom < foot or top > height - side:
                yield number, text.get_text_range(place, 1)
    document.close()

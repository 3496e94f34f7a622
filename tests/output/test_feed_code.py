"""The code that leads to a course's calendar, as zxing reads it from the printed page."""

import io
from base64 import b64decode
from typing import Any

import pypdfium2
import pytest
import typst
import zxingcpp
from html5lib import parse
from PIL import Image

from meso_schedule import Clinic, CoursePlan
from meso_schedule.base.errors import InputError
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.output import to_html
from meso_schedule.output.feed_code import feed_code
from meso_schedule.output.words.translation import find_language
from tests.support.lengths import sampled
from tests.support.sheets import elements, example_clinic, facial, opened, pages, printed_sheet

TEMPLATE = "https://calendar.clinic.example/feeds/{reference}.ics"
LINK = "https://calendar.clinic.example/feeds/EX%200001%2F%C5%81.ics"


def plan(template: str | None = TEMPLATE) -> CoursePlan:
    table = example_clinic().model_dump(mode="json", exclude_defaults=True)
    own = Clinic.read({**table, "notice": "2 days", "feed_url": template})
    return facial(own, patient="A. Example", reference="EX 0001/Ł")


def codes(picture: object) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("language", sampled(["de", *(it for it in LANGUAGES if it != "de")], 6))
def test_the_sheet_has_the_link_and_no_more_pages(language: str) -> None:
    pdf = printed_sheet(plan(), language, paper="letter")
    first, second = pypdfium2.PdfDocument(pdf)
    assert codes(first.render(scale=150 / 72).to_pil()) == [LINK]
    assert codes(second.render(scale=150 / 72).to_pil()) == []
    told = feed_code(plan(), find_language(language))
    assert told is not None
    assert "".join(told.told.split()) in "".join(pages(pdf)[0].split())
    with opened(pdf) as document:
        figures = [node for kind, node in elements(document) if kind == "/Figure"]
    assert [str(node.Alt) for node in figures] == [LINK]


def test_the_page_has_it_beside_the_link_itself() -> None:
    page = parse(to_html(plan(), language="fr"), namespaceHTMLElements=False)
    (place,) = page.findall(".//p[@class='feed']")
    assert [it.get("href") for it in place.iter("a")] == [LINK]
    ((head, drawn),) = (str(it.get("src")).split(",") for it in place.iter("img"))
    assert head == "data:image/svg+xml;base64"
    template = b'#set page(width: auto, height: auto)\n#image("a.svg", width: 4cm)'
    files: Any = {"main.typ": template, "a.svg": b64decode(drawn)}
    shown = typst.compile(files, format="png")
    assert codes(Image.open(io.BytesIO(shown))) == [LINK]


def test_without_a_link_or_without_anything_to_come_there_is_none() -> None:
    english = find_language("en")
    assert feed_code(plan(None), english) is None
    assert feed_code(plan().model_copy(update={"sessions": (), "top_ups": ()}), english) is None


@pytest.mark.parametrize(
    "link",
    [
        "http://clinic.example/a.ics",
        "webcal://clinic.example/a.ics",
        "clinic.example/a.ics",
        "https://",
        "https:///a.ics",
        "https://{reference}.example/a",
        "https://a:b:c/",
        "https://clinic.example:99999/",
        "https://[::1/a",
        "https://desk:secret@clinic.example/",
        "https://clinic.example/{patient}.ics",
        "https://clinic.example/{reference",
        "https://a b/",
        "https://clinic.example/ł.ics",
        "https://clinic.example/" + "a" * 200,
        "BEGIN:VEVENT",
        "",
    ],
)
def test_links_that_are_refused(link: str) -> None:
    table = example_clinic().model_dump(mode="json", exclude_defaults=True)
    with pytest.raises(InputError) as caught:
        Clinic.read({**table, "feed_url": link})
    (fault,) = caught.value.faults
    assert (fault.field, str(fault.value)[:20]) == ("feed_url", link[:20])
    assert fault.remedy

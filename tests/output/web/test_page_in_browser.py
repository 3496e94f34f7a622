"""The web page in a real browser: nothing asked for, nothing cut off, nothing lost on paper."""

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from pypdf import PdfReader

from meso_schedule import CoursePlan
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.output.print.content import sheet_content
from meso_schedule.output.web.page import page
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.session_table import number_text
from meso_schedule.output.words.translation import find_language
from tests.output.test_output import full_clinic, planned
from tests.output.web.test_page import LETTERHEAD, SVG, with_texts
from tests.support import browser as browsing
from tests.support.browser import ADDRESS, shown
from tests.support.lengths import crossed, length, sampled
from tests.support.payloads import PAYLOADS
from tests.support.sheets import facial, squeezed

NARROW, TABLET, WIDE = 320, 768, 1280
# An attack that got past every escape: the policy has to hold it.
ATTACK = (
    "<script>window.hit = 1</script><script src='http://other.test/a.js'></script>"
    "<img src='http://other.test/a.png' onerror='window.hit = 1'>"
    "<style>main { display: none } body { background: url('http://other.test/b.png') }</style>"
    "<iframe src='http://other.test/c.html'></iframe><link rel=stylesheet href='http://other.test/d.css'>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.launched() as browser:
        yield browser


def with_everything(sessions: int) -> CoursePlan:
    where = full_clinic(**LETTERHEAD)
    return planned(where, top_ups=2, patient="Zoë", alternatives=2, at="11:00", sessions=sessions)


@pytest.fixture(scope="module")
def plan() -> CoursePlan:
    """A course with everything in it."""
    return with_everything(9)


@pytest.fixture(scope="module")
def made(plan: CoursePlan) -> str:
    return page(plan, language=ENGLISH, logo=SVG)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_complaint_and_no_request(browser: Browser, made: str, scheme: Any) -> None:
    with shown(browser, made, color_scheme=scheme) as watch:
        watch.settle()
        assert watch.complaints == []
        assert watch.requests == [ADDRESS]
        assert watch.page.title() == "House mix – Example Clinic"
        image = "i => i.complete && i.naturalWidth > 0"
        assert watch.page.locator(".logo").evaluate(image)


def test_the_record_of_requests_sees_everything(browser: Browser, made: str) -> None:
    start, end = made.index("<meta http-equiv"), made.index('<meta name="viewport"')
    attack = made[:start] + made[end:].replace("</main>", f"{ATTACK}</main>")
    with shown(browser, attack) as watch:
        watch.settle()
        assert watch.page.evaluate("window.hit") == 1
        asked = {path.rpartition("/")[2] for path in watch.requests}
        assert {"a.js", "a.png", "b.png", "c.html", "d.css"} <= asked
        assert watch.complaints


def test_the_policy_holds_what_an_escape_would_let_through(browser: Browser, made: str) -> None:
    with shown(browser, made.replace("</main>", f"{ATTACK}</main>")) as watch:
        watch.settle()
        assert watch.requests == [ADDRESS]
        assert watch.page.evaluate("window.hit") is None
        assert watch.page.locator("main").is_visible()
        assert len(watch.complaints) >= 5


def test_texts_take_no_effect(browser: Browser, plan: CoursePlan) -> None:
    hostile = page(with_texts(plan, " ".join(text[:100] for text in PAYLOADS)), language=ENGLISH)
    start, end = hostile.index("<meta http-equiv"), hostile.index('<meta name="viewport"')
    with shown(browser, hostile[:start] + hostile[end:], width=NARROW) as watch:
        watch.settle()
        assert watch.page.evaluate("window.hit") is None
        assert watch.requests == [ADDRESS]
        assert watch.complaints == []


@pytest.mark.parametrize(("width", "scheme"), crossed((NARROW, WIDE), ("light", "dark")))
def test_axe_finds_nothing(browser: Browser, width: int, scheme: Any) -> None:
    # It looks at each element by itself, and takes as long.
    made = page(with_everything(length(3, 9)), language=ENGLISH, logo=SVG)
    with shown(browser, made, width=width, color_scheme=scheme) as watch:
        unfolded(watch)
        found = Axe().run(watch.page).response
        assert [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]] == []
        assert len(found["passes"]) > 20
        background = "getComputedStyle(document.body).backgroundColor"
        is_light = watch.page.evaluate(background) == "rgb(255, 255, 255)"
        assert is_light == (scheme == "light")


def unfolded(watch: browsing.Watch) -> None:
    """Open all that is folded."""
    watch.page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")


def overflow(watch: browsing.Watch) -> Any:
    """Return what stands out of the page to the right, and by how much the page is too wide."""
    return watch.page.evaluate(
        """() => {
          const root = document.documentElement, wide = root.clientWidth;
          const out = [...document.querySelectorAll('body *:not(.unseen, .visits thead *)')]
            .filter(it => it.getBoundingClientRect().right > wide + 0.5);
          return [root.scrollWidth - wide, out.map(it => it.outerHTML.slice(0, 80))];
        }"""
    )


@pytest.mark.parametrize("code", sampled(LANGUAGES, 3))
def test_nothing_is_wider_than_a_small_screen(
    browser: Browser, plan: CoursePlan, code: str
) -> None:
    translated = page(plan, language=find_language(code), logo=SVG)
    with shown(browser, translated, width=NARROW) as watch:
        unfolded(watch)
        assert overflow(watch) == [0, []]
        for width in (500, TABLET, 1000, 1020, WIDE):
            watch.page.set_viewport_size({"width": width, "height": 800})
            assert overflow(watch) == [0, []], width


def test_long_words_stay_on_a_small_screen(browser: Browser, plan: CoursePlan) -> None:
    hostile = with_texts(plan, "A" * 300)
    long = plan.model_copy(update={"patient": "A" * 5_000, "reference": "مريم" * 200})
    for shown_plan in (hostile, long):
        with shown(browser, page(shown_plan, language=ENGLISH), width=NARROW) as watch:
            unfolded(watch)
            assert overflow(watch) == [0, []]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_screen_reader_meets_tables(
    browser: Browser, made: str, plan: CoursePlan, width: int
) -> None:
    with shown(browser, made, width=width) as watch:
        unfolded(watch)
        tables = watch.page.get_by_role("table")
        course = tables.nth(0)
        assert course.get_by_role("row").count() == len(plan.sessions) + 1
        assert course.get_by_role("columnheader").count() == 8
        assert course.get_by_role("rowheader").count() == len(plan.sessions)
        assert course.get_by_role("cell").count() == len(plan.sessions) * 7
        assert tables.count() == watch.page.locator("table").count()
        landmarks: tuple[Literal["banner", "main", "contentinfo"], ...]
        landmarks = ("banner", "main", "contentinfo")
        for landmark in landmarks:
            assert watch.page.get_by_role(landmark).count() == 1


@pytest.mark.parametrize("paper", sampled(["A4", "Letter"], 2))
def test_paper_holds_every_session(
    browser: Browser, made: str, plan: CoursePlan, paper: str
) -> None:
    with shown(browser, made, width=NARROW, color_scheme="dark") as watch:
        printed = PdfReader(BytesIO(watch.page.pdf(format=paper)))
        text = " ".join(it.extract_text() for it in printed.pages)
        said = " ".join(unicodedata.normalize("NFKC", text).split())  # ligatures as letters
    for visit in plan.visits:
        assert visit.start
        assert visit.end
        day = f"{visit.date:%a} {visit.date.day} {visit.date:%b} {visit.date.year}"
        row = f"{number_text(visit)} {day} {visit.start:%H:%M} – {visit.end:%H:%M} "
        assert said.count(row) == 1, row
    assert plan.cost
    for wanted in (f"{plan.cost.low:f}", plan.disclaimer, plan.reference, "Why these days"):
        assert wanted in said
    assert f"1 / {len(printed.pages)}" in said


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_appointments_are_on_the_first_screen_of_a_phone(browser: Browser, code: str) -> None:
    six = facial(patient="A. Example")
    with shown(browser, page(six, language=find_language(code)), width=390) as watch:
        ends = (
            "it => [it.getBoundingClientRect().bottom, parseFloat(getComputedStyle(it).fontSize)]"
        )
        next_day, size = watch.page.locator(".next .day").evaluate(ends)
        last, _ = watch.page.locator(".appointments").evaluate(ends)
        assert next_day < 300
        assert size >= 20
        assert last <= 844
        assert watch.page.evaluate("document.documentElement.scrollHeight") <= 4 * 844
        assert watch.page.locator("details[open]").count() == 0
        # What is folded away opens by a tap, without a script.
        watch.page.locator("summary").first.click()
        assert watch.page.locator("details[open]").count() == 1


def test_paper_says_what_the_sheet_says(browser: Browser) -> None:
    six = facial(patient="A. Example")
    with shown(browser, page(six, language=ENGLISH), width=390) as watch:
        printed = PdfReader(BytesIO(watch.page.pdf(format="A4")))
    told = squeezed(*(it.extract_text() for it in printed.pages))
    told = unicodedata.normalize("NFKC", told)
    content = sheet_content(six, ENGLISH)
    for part in ("lists", "small"):
        for entry in content[part]:
            assert squeezed(entry["title"]) in told
            if entry["form"] in ("questions", "points", "facts"):
                for words in (word for line in entry["entries"] for word in line):
                    assert squeezed(words) in told, words
    for column in content["care"]["columns"]:
        for rule in column["rules"]:
            assert squeezed(*rule) in told, rule
    for part in content["pay"]["parts"]:
        assert squeezed(part["told"]) in told

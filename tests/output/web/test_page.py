"""The web page: what it says read back by another parser, its rules for browsers, odd texts."""

import itertools
import re
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random
from xml.etree.ElementTree import Element

import pytest

from meso_schedule import CoursePlan, CourseRequest, NoCalendarFits, plan_course
from meso_schedule.base.errors import BudgetTooSmallError
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.cli.app import main
from meso_schedule.course.bill import Statement
from meso_schedule.output.web.page import page
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.translation import find_language
from tests.output.test_output import AS_OF, full_clinic, planned
from tests.support import page_reading as read
from tests.support.lengths import length, sampled
from tests.support.payloads import PAYLOADS, TERMINAL
from tests.support.planning import Table, plain, plan_of
from tests.support.samples import on, protocol, python
from tests.support.strategies import random_case

COURSES = length(16, 300)
BLOCKS = 2
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>hit=1</script></svg>'
LETTERHEAD = {
    "address": "1 Example Street,\nLondon",
    "phone": "+44 20 7946 0000",
    "email": "reception@example.com",
}


def png() -> bytes:
    """Return a small image, written by hand."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.fixture(scope="module")
def plan() -> CoursePlan:
    """A course with everything in it."""
    return planned(full_clinic(**LETTERHEAD), top_ups=2, patient="Zoë", alternatives=2, at="11:00")


@pytest.fixture(scope="module")
def root(plan: CoursePlan) -> Element:
    return read.parsed(page(plan, language=ENGLISH, logo=png()))


def random_plans(seeds: range) -> Iterator[CoursePlan]:
    for seed in seeds:
        try:
            yield plan_of(random_case(Random(seed)))
        except (NoCalendarFits, BudgetTooSmallError):
            continue


def ends(money: Table | None) -> list[Decimal]:
    """Return a range as the page prints it: one sum where both ends are the same."""
    if money is None:
        return []
    return [Decimal(end) for end in dict.fromkeys((money["low"], money["high"]))]


def bill_of(cost: Table) -> list[tuple[list[str], list[Decimal]]]:
    """Return the days and the sums that the page of a cost has to show, in order."""
    lines: list[tuple[list[str], list[Decimal]]] = [
        ([], ends({"low": line["amount"], "high": line["amount_high"]})) for line in cost["lines"]
    ]
    lines += [([], [Decimal(cost["tax"]["amount"])])] if cost["tax"] else []
    lines += [([], ends(cost))]
    lines += [([], ends(cost["published_course"]))] if cost["published_course"] else []
    due = [cost["deposit"], *(cost["instalments"] or ())]
    lines += [([part["due"]], [Decimal(part["amount"])]) for part in due if part]
    return [*lines, *(([], ends(month)) for month in cost["by_month"])]


def sign_of(visit: Table) -> str:
    late = "!" if visit["late_days"] else ""
    top_up = "+" if visit["phase"] == "top-up" else ""
    return f"{late}{top_up}{'~' if visit['provisional'] else ''}{visit['number']}"


def assert_same_days(root: Element, table: Table) -> None:
    visits = table["sessions"] + table["top_ups"]
    for shown, visit in zip(read.sessions(root), visits, strict=True):
        window = visit["window"]
        assert shown["sign"] == sign_of(visit)
        assert shown["date"] == visit["date"]
        assert shown["times"] == [end for end in (visit["start"], visit["end"]) if end]
        assert shown["interval_days"] == visit["interval_days"]
        assert shown["window"] == (window["earliest"], window["latest"])
        assert shown["backup"] == visit["backup"]
        assert shown["price"] == ends(visit["price"])
        assert ("provisional" in shown["notes"]) == visit["provisional"]
    marked = read.marked_days(root)
    for visit in visits:
        assert any(sign.endswith(str(visit["number"])) for sign in marked[visit["date"]])
    held = {visit["date"] for visit in visits}
    months = {day[:7] for day in held}
    for day in table["closed"]:
        if day["date"][:7] in months and day["date"] not in held:
            kind = "h" if day["kind"] == "holiday" else "x"
            opened = day["date"] in table["openings"]
            assert marked[day["date"]] == ["o" if opened else kind]
    assert {day: " ".join(reason.split()) for day, reason in read.closed(root).items()} == {
        day["date"]: " ".join(day["reason"].split()) for day in table["closed"]
    }


def assert_same_sums(root: Element, table: Table) -> None:
    costs = [cost for cost in (table["cost"], table["top_up_cost"]) if cost]
    assert read.bills(root) == [bill_of(cost) for cost in costs]


def assert_same_care(root: Element, table: Table) -> None:
    shown = read.care(root)
    spans: dict[tuple[str, ...], list[str]] = {
        (it["from"], it["until"], it["action"]): [] for it in table["care"]
    }
    for span in table["care"]:
        spans[span["from"], span["until"], span["action"]].append(" ".join(span["what"].split()))
    assert len(shown) == len(table["care"])
    for *span, text in shown:
        assert any(text.startswith(what) for what in spans[tuple(span)])
    for is_expected in (True, False):
        begins = [first for first, _, kind, _ in shown if (kind == "expect") == is_expected]
        assert [day[:10] for day in begins] == sorted(day[:10] for day in begins)


@pytest.mark.untraced
@pytest.mark.parametrize("block", range(BLOCKS))
def test_dates_times_and_sums_of_random_courses_read_back(block: int) -> None:
    seen = 0
    for plan in random_plans(range(block, COURSES * 2, BLOCKS)):
        root, table = read.quickly_parsed(page(plan, language=ENGLISH)), plain(plan)
        assert_same_days(root, table)
        assert_same_sums(root, table)
        assert_same_care(root, table)
        seen += 1
        if seen == COURSES // BLOCKS:
            return
    pytest.fail(f"only {seen} courses were planned")


def test_both_parsers_see_the_same_page(root: Element, plan: CoursePlan) -> None:
    quick = read.quickly_parsed(page(plan, language=ENGLISH, logo=png()))
    assert skeleton(quick) == skeleton(root)
    assert read.words(quick) == read.words(root)


def test_results_and_other_calendars_read_back(root: Element, plan: CoursePlan) -> None:
    results = plain(plan)["results"]
    due = results["top_up_due"]
    assert read.section(root, "Results") == [
        [results["from"]],
        [results["until_earliest"], results["until"]],
        [due["earliest"], due["latest"]],
    ]
    others = [[str(day) for day in other.dates] for other in plan.alternatives]
    assert read.section(root, "Other calendars") == others


def test_months_are_whole(root: Element) -> None:
    assert read.shown_days(root) == [*range(1, 32), *range(1, 32), *range(1, 32), *range(1, 31)]


def test_every_text_of_the_plan_is_on_the_page(root: Element, plan: CoursePlan) -> None:
    said = read.words(root)
    stamp = plan.protocols[0]
    wanted = [plan.disclaimer, plan.reference, "Zoë", stamp.name, f"version {stamp.version}"]
    wanted += [stamp.digest, "Europe/London", "1 Example Street, London", *plan.notices]
    wanted += [entry.citation for entry in plan.sources]
    wanted += [entry.question for entry in plan.screening]
    wanted += [reason[1:] for visit in plan.visits for reason in visit.why]
    wanted += [finding.message[1:] for finding in plan.findings]
    wanted += [assumption[1:] for assumption in plan.assumptions]
    assert [text for text in wanted if text not in said] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_gives_the_same_days_and_sums(plan: CoursePlan, code: str) -> None:
    plainly = read.parsed(page(plan, language=ENGLISH))
    other = read.parsed(page(plan, language=find_language(code)))
    assert other.get("lang") == code
    for sought in ("time", "table", "li", "section"):
        assert len(list(other.iter(sought))) == len(list(plainly.iter(sought)))
    days = [[it.get("datetime") for it in root.iter("time")] for root in (plainly, other)]
    assert days[0] == days[1]
    sums = [
        [
            re.sub("[^0-9]", "", read.words(cell))
            for table in read.of_class(root, "sums")
            for cell in table.iter("td")
        ]
        for root in (plainly, other)
    ]
    assert sums[0] == sums[1]


def test_the_same_plan_gives_the_same_bytes(plan: CoursePlan) -> None:
    code = (
        "import sys; from meso_schedule import CoursePlan\n"
        "from meso_schedule.output.words.language import ENGLISH\n"
        "from meso_schedule.output.web.page import page\n"
        f"plan = CoursePlan.model_validate_json({plan.model_dump_json()!r})\n"
        "import hashlib; print(hashlib.sha256(page(plan, language=ENGLISH).encode()).hexdigest())"
    )
    here = sha256(
        page(CoursePlan.model_validate_json(plan.model_dump_json()), language=ENGLISH).encode()
    )
    for seed in ("1", "2"):
        assert python(code, PYTHONHASHSEED=seed).strip() == here.hexdigest()


def policy(root: Element) -> dict[str, str]:
    """Return the Content-Security-Policy, which has to come before everything it rules."""
    head = root.find("head")
    assert head is not None
    assert head[0].get("charset") == "utf-8"
    assert head[1].get("http-equiv") == "Content-Security-Policy"
    parts = (part.split(maxsplit=1) for part in head[1].get("content", "").split(";"))
    return dict(parts)


def test_the_policy_allows_this_style_and_nothing_else(root: Element) -> None:
    (style,) = root.iter("style")
    digest = b64encode(sha256((style.text or "").encode()).digest()).decode()
    assert policy(root) == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_asks_for_nothing(root: Element) -> None:
    allowed = {"href": ("data:,", "tel:+442079460000", "mailto:reception@example.com")}
    for it in root.iter():
        assert it.tag not in ("script", "iframe", "object", "embed", "form", "base", "svg")
        for name, value in it.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("src", "href", "srcset", "action", "data", "poster", "background"):
                assert value in allowed.get(name, ()) or value.startswith("data:image/png;base64,")
    (style,) = root.iter("style")
    assert not re.search(r"url\(|@import|@font-face|image-set|//", style.text or "")


def test_headings_tables_and_landmarks(root: Element) -> None:
    levels = [int(it.tag[1]) for it in root.iter() if re.fullmatch("h[1-6]", str(it.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    body = root.find("body")
    assert body is not None
    assert [it.tag for it in body] == ["header", "main", "footer"]
    tables = list(root.iter("table"))
    assert len(tables) == 2 + 4 + 2
    for table in tables:
        assert table[0].tag == "caption"
        assert read.words(table[0])
        assert all(cell.get("scope") in ("col", "row") for cell in table.iter("th"))
    titles = [read.words(it) for it in root.iter("title")]
    assert titles == ["House mix – Example Clinic"]


def test_cards_stay_tables(root: Element) -> None:
    """Laid out as cards, elements of a table keep their meaning only where a role says it."""
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    for table in read.of_class(root, "visits"):
        for it in table.iter():
            if it.tag == "th":
                assert (
                    it.get("role")
                    == {"col": "columnheader", "row": "rowheader"}[it.attrib["scope"]]
                )
            elif it.tag in roles:
                assert it.get("role") == roles[it.tag]


def test_marks_are_told_in_words_too(root: Element) -> None:
    (first, *_) = [
        cell
        for month in read.of_class(root, "month")
        for cell in month.iter("td")
        if "session" in cell.get("class", "")
    ]
    (unseen,) = read.of_class(first, "unseen")
    assert read.words(unseen) == "session 1"
    said = [read.words(it) for it in read.of_class(root, "unseen")]
    assert {
        "session 4, provisional",
        "session 6, top-up",
        "closed by the clinic",
        "closed every week",
    } <= set(said)


def test_a_logo_is_an_image_and_never_a_part_of_the_page(plan: CoursePlan) -> None:
    for logo, kind in ((png(), "image/png"), (SVG, "image/svg+xml")):
        (image,) = read.parsed(page(plan, language=ENGLISH, logo=logo)).iter("img")
        head, _, data = image.get("src", "").partition(",")
        assert head == f"data:{kind};base64"
        assert b64decode(data) == logo
        assert image.get("alt") == ""
    assert "<img" not in page(plan, language=ENGLISH)


@pytest.mark.parametrize(
    ("letterhead", "targets"),
    [
        ({"phone": "+44 (0)20 7946-0000"}, ["tel:+4402079460000"]),
        ({"phone": "020 7946 0000, ask for Ann"}, []),
        ({"email": "a.b+c@clinic.example"}, ["mailto:a.b+c@clinic.example"]),
        ({"email": "Reception <a@b.example>"}, []),
        ({"email": "a@b.example?subject=x"}, []),
        ({"phone": "javascript:alert(1)", "email": "javascript:alert(1)"}, []),
    ],
)
def test_a_tap_calls_or_writes(letterhead: Table, targets: list[str]) -> None:
    # As in an old book: a clinic file with such an address is refused today.
    plain = planned(full_clinic())
    assert plain.clinic is not None
    where = plain.clinic.model_copy(update=letterhead)
    shown = read.parsed(page(plain.model_copy(update={"clinic": where}), language=ENGLISH))
    assert [it.get("href") for it in shown.iter("a")] == targets
    assert all(words in read.words(shown) for words in letterhead.values())


def test_a_bare_plan_has_no_empty_parts() -> None:
    request = CourseRequest(start=on("2026-12-01"))
    bare = plan_course(protocol(), request, as_of=AS_OF)
    bare = bare.model_copy(update={"assumptions": (), "sources": (), "findings": (), "closed": ()})
    root = read.parsed(page(bare, language=ENGLISH))
    assert [read.words(it) for it in root.iter("h2")] == [
        *("Your next appointment", "Appointments", "Sessions", "Calendar"),
        *("Why these days", "Rules"),
    ]
    assert not list(root.iter("header"))
    assert not list(root.iter("h3"))
    assert read.words(next(root.iter("title"))) == "House mix"
    assert {"Time", "Price", "Notes"}.isdisjoint(read.words(it) for it in root.iter("th"))


def test_sessions_on_one_day_are_all_shown(plan: CoursePlan) -> None:
    first, second, *_ = plan.sessions
    both = plan.model_copy(
        update={"sessions": (first, second.model_copy(update={"date": first.date}))}
    )
    marked = read.marked_days(read.parsed(page(both, language=ENGLISH)))
    assert marked[str(first.date)] == ["#1", "#2"]


def with_texts(plan: CoursePlan, text: str) -> CoursePlan:
    """Return the plan with one text in every place where people or files give one."""
    table = plain(plan)
    table["patient"] = table["reference"] = text
    table["clinic"] |= {"name": text, "address": text, "phone": text, "email": text}
    for stamp in table["protocols"]:
        stamp |= {"name": text, "version": text}
    for visit in table["sessions"] + table["top_ups"]:
        visit |= {"why": [text], "sources": [text, "unnamed-key"], "phase": text}
    for name, key in (("closed", "reason"), ("care", "what"), ("screening", "question")):
        table[name] = [entry | {key: text} for entry in table[name]]
    table["findings"] = [{"kind": "x", "session": None, "message": text}]
    table["sources"] = [{"key": text, "citation": text, "grade": "low"}]
    table |= {"notices": [text], "assumptions": [text], "facts": {text: [text, text]}}
    table["cost"]["tax"] |= {"name": text}
    return CoursePlan.model_validate(table)


def skeleton(root: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements of a page and the names of their attributes."""
    return [(str(it.tag), tuple(it.attrib)) for it in root.iter()]


@pytest.mark.parametrize("text", sampled(PAYLOADS, 3), ids=lambda text: ascii(text[:24]))
def test_a_text_is_never_more_than_text(plan: CoursePlan, text: str) -> None:
    plainly = skeleton(read.parsed(page(with_texts(plan, "Anna"), language=ENGLISH)))
    made = page(with_texts(plan, text), language=ENGLISH)
    root = read.parsed(made)
    assert skeleton(root) == plainly
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", made
    )
    if text not in TERMINAL[1:]:
        # Control characters that are no spaces leave nothing behind.
        written = " ".join(re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", text).split())
        assert read.words(root).count(written) >= 20
        patient = next(next(read.of_class(root, "whom")).iter("bdi"))
        assert read.words(patient) == written


def test_names_of_two_directions_keep_to_themselves(root: Element, plan: CoursePlan) -> None:
    isolated = {read.words(it) for it in root.iter("bdi")}
    assert {"Zoë", "Example Clinic", plan.reference, "House mix"} <= isolated


def test_the_command_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "schedule.html"
    words = ("plan", "facial-rejuvenation", "--start", "2026-12-01", "--as-of", "2026-11-22")
    assert main((*words, "--output", str(target), "--language", "fr")) == 0
    assert "".join(capsys.readouterr().err.split()) == f"Wrote{target}."
    root = read.parsed(target.read_text("utf-8"))
    assert root.get("lang") == "fr"
    days = [it.get("datetime") for it in root.iter("time")]
    assert {"2026-11-22", "2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"} <= set(days)
    assert main((*words, "--output", str(target))) == 2


def test_a_reprint_asks_for_nothing_twice(plan: CoursePlan) -> None:
    account = Statement.model_validate(
        {
            "currency": "GBP",
            "agreed": "960.00",
            "paid": "192.00",
            "left": "768.00",
            "received": [{"on": "2026-11-29", "amount": "192.00", "refund": False}],
            "due": [{"due": "2026-12-08", "amount": "768.00"}],
        }
    )
    booked = plan.model_copy(update={"booked": True, "account": account})
    root = read.parsed(page(booked, language=ENGLISH))
    told = read.words(root)
    assert "☒ 192.00 paid on 29 Nov 2026 ☐ 768.00 on 8 Dec 2026" in told
    assert "paid so far: 192.00, left to pay: 768.00" in told
    for asked in ("Deposit", "Instalment", "Can move"):
        assert asked not in told
        assert asked in read.words(read.parsed(page(plan, language=ENGLISH)))

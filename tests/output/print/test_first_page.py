"""The first page of the sheet as a patient meets it: sizes, what comes first, what was paid."""

import re
from collections.abc import Iterator
from itertools import groupby

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from meso_schedule import Clinic, CourseRequest, get_protocol, plan_combined, plan_course
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.course.bill import DuePart, Received, Statement
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.words.patient import told_with
from meso_schedule.output.words.translation import find_language
from tests.support.lengths import crossed
from tests.support.samples import ASSUMED, EVERY_DAY, clinic, protocol
from tests.support.sheets import (
    AS_OF,
    PAPERS,
    example_clinic,
    facial,
    pages,
    printed_sheet,
    squeezed,
)

DAY = {
    "en": "Tuesday, 1 December 2026, 17:30",
    "fr": "mardi 1er décembre 2026, 17:30",
    "de": "Dienstag, 1. Dezember 2026, 17:30",
    "es": "martes, 1 de diciembre de 2026, 17:30",
    "it": "martedì 1 dicembre 2026, 17:30",
    "pl": "wtorek, 1 grudnia 2026, 17:30",
}


def with_notice(**more: object) -> Clinic:
    table = example_clinic().model_dump(mode="json", exclude_defaults=True)
    return Clinic.read({**table, "notice": "2 days", **more})


def runs(pdf: bytes, page: int = 0) -> Iterator[tuple[float, str]]:
    """Yield the size in points and the text of each run of letters of a page."""
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    letters = [
        (round(pdfium.FPDFText_GetFontSize(text, place), 1), text.get_text_range(place, 1))
        for place in range(text.count_chars())
    ]
    letters = [(size, letter) for size, letter in letters if letter.strip()]
    for size, run in groupby(letters, key=lambda letter: letter[0]):
        yield size, "".join(letter for _, letter in run)


def size_of(pdf: bytes, words: str) -> float:
    (size,) = {size for size, run in runs(pdf) if squeezed(words) in run}
    return size


@pytest.mark.parametrize(("language", "paper"), crossed(list(LANGUAGES), PAPERS))
def test_the_next_appointment_is_the_largest_and_nothing_is_small(
    language: str, paper: str
) -> None:
    pdf = printed_sheet(facial(with_notice(), patient="A. Example"), language, paper=paper)
    sizes = {size for size, _ in runs(pdf)}
    assert size_of(pdf, DAY[language]) == max(sizes) >= 22
    assert size_of(pdf, "+44 20 7946 0000") >= 16
    assert min(sizes) >= 8
    # What is read as text, and not as a label: the days of the list, the rules, what to pay.
    for words in (DAY[language].rpartition(",")[0], "256", "8"):
        assert any(size >= 11 and squeezed(words) in run for size, run in runs(pdf)), words


def test_large_print_is_larger_throughout() -> None:
    plan = facial(patient="A. Example")
    usual, large = printed_sheet(plan), printed_sheet(plan, large=True)
    for words in (DAY["en"], "+44 20 7946 0000", "Appointments"):
        assert size_of(large, words) >= 1.2 * size_of(usual, words)
    assert min(size for size, run in runs(large) if "page1of" not in run) >= 8


def test_what_comes_first() -> None:
    first, second = pages(printed_sheet(facial(with_notice(), patient="A. Example")))
    told = ("To change or cancel, until 2 days before", "Your next appointment", DAY["en"],
            "Appointments", "December 2026", "Before each session", "After each session",
            "This is normal", "Call us", "To pay")  # fmt: skip
    places = [squeezed(first).index(squeezed(words)) for words in told[:4]]
    assert places == sorted(places)
    for words in told:
        assert squeezed(words) in squeezed(first), words
    for words in ("Ask before the first session", "The treatment", "Sources", "Assumptions"):
        assert words in second
        assert words not in first


def test_each_rule_is_said_once_with_its_duration() -> None:
    first, second = (squeezed(page) for page in pages(printed_sheet(facial())))
    for rule in (
        "7 days avoid: Aspirin",
        "8 hours avoid: Hot showers",
        "48 hours avoid: Strenuous activity",
        "2 hours Redness",
        "6 to 72 hours Swelling",
    ):
        assert first.count(squeezed(rule)) == 1, rule
    assert squeezed("next: 24 Nov – 22 Dec 2026") in first
    # Their dates belong to the file.
    assert squeezed("19 Jan 18:15 – 20 Jan 02:15 (session 6)") in second


def test_the_clinics_own_words_and_how_else_it_is_reached() -> None:
    own = with_notice(call_us="Ring at once if you have a fever.", phone=None)
    (first, _) = pages(printed_sheet(facial(own)))
    assert squeezed("Call us Ring at once if you have a fever.") in squeezed(first)
    assert squeezed("until 2 days before reception@example.com") in squeezed(first)
    assert first.count("reception@example.com") == 1


def test_what_is_told_of_the_bill() -> None:
    first, second = (squeezed(page) for page in pages(printed_sheet(facial())))
    told = "£960.00, VAT of 160.00 included, package of 6, 120.00 less than single sessions"
    assert squeezed(told) in first
    assert squeezed("256.00 on 15 Dec 2026") in first
    assert squeezed("Package of 6 sessions 960.00") in second
    # Tax that is added makes a saving no plain sum: none is told.
    tax = {"name": "VAT", "rate": "20%", "included": False}
    assert "less than" not in pages(printed_sheet(facial(with_notice(tax=tax))))[0]
    published = protocol(
        prices=[{"currency": "GBP", "per": "session", "low": "50.00", "high": "60.00", **ASSUMED}]
    )
    asked = CourseRequest.read({"start": "2026-12-01", "sessions": 2})
    plan = plan_course(published, asked, clinic=clinic(currency="GBP"), as_of=AS_OF)
    assert squeezed("£100.00 – £120.00, published prices") in squeezed(*pages(printed_sheet(plan)))


def statement(
    left: str | None, *, paid: str = "192.00", due: tuple[DuePart, ...] = ()
) -> Statement:
    received = [
        Received.model_validate({"on": "2026-11-29", "amount": paid, "refund": False}),
        Received.model_validate({"on": "2026-11-30", "amount": "1.00", "refund": True}),
    ]
    values = {"currency": "GBP", "agreed": left and "960.00", "paid": paid, "left": left}
    return Statement.model_validate({**values, "received": received, "due": due})


LATER = DuePart(due=None, amount="7.00")


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (statement("768.00", due=(LATER,)), "paid so far: 192.00, left to pay: 768.00"),
        (statement("768.00", due=(LATER,)), "7.00 with a later session"),
        (statement("0.00", paid="960.00"), "all is paid"),
        (statement("-40.00", paid="1000.00"), "goes back to you: 40.00"),
        (statement(None), "paid so far: 192.00"),
        (statement("768.00"), "192.00 paid on 29 Nov 2026"),
        (statement("768.00"), "1.00 paid back on 30 Nov 2026"),
    ],
)
def test_what_was_paid_and_what_is_left(account: Statement, told: str) -> None:
    booked = facial().model_copy(update={"booked": True, "account": account})
    text = squeezed(*pages(printed_sheet(booked)))
    assert squeezed(told) in text
    # Nothing is asked for that the account does not ask for.
    assert "256.00" not in text
    assert squeezed("Can move") not in text


def test_money_without_a_plan_of_costs() -> None:
    booked = facial().model_copy(update={"cost": None, "account": statement("1.00")})
    assert squeezed("£960.00, paid so far: 192.00") in squeezed(*pages(printed_sheet(booked)))


def combined() -> CoursePlan:
    price = [{"currency": "GBP", "per": "session", "low": "50.00", "high": "50.00", **ASSUMED}]
    rose = protocol(id="rose", name="Rose treatment", prices=price)
    spacing = [{"other": "rose", "minimum": "3 days", "same_day": True, **ASSUMED}]
    lily = protocol(id="lily", name="Lily treatment", prices=price, spacing=spacing)
    asked = CourseRequest.read({"start": "2026-12-01", "sessions": 3, "at": "10:00"})
    own = clinic(hours=EVERY_DAY, currency="GBP")
    return plan_combined([rose, lily], asked, clinic=own, as_of=AS_OF)


def test_visits_of_several_treatments_are_one_list_and_one_sum() -> None:
    first, *rest = pages(printed_sheet(combined()))
    assert len(re.findall(r"^A\d ?B\d \w+day, ", first, re.MULTILINE)) == 3
    assert squeezed("A1, Rose treatment · B1, Lily treatment") in squeezed(first)
    whole = squeezed(first, *rest)
    assert first.count("£300.00") == 1
    assert whole.count("CostinGBP") == 1


def test_every_word_of_the_first_page_is_said_in_every_language() -> None:
    plan = facial(with_notice(), patient="A. Example")
    english = set(pages(printed_sheet(plan))[0].split("\n"))
    for code in LANGUAGES[1:]:
        told = set(pages(printed_sheet(plan, code))[0].split("\n"))
        same = {line for line in told & english if re.search(r"[^\W\d_]{4}", line)}
        assert same <= {"Example Clinic", "1 Example Street, London", "reception@example.com"}, code
        assert find_language(code).say("Appointments") in told


def test_a_top_up_that_comes_next_is_told_as_one() -> None:
    request = CourseRequest.read(
        {"start": "2026-12-01", "sessions": 3, "no_improvement": True, "top_ups": 1}
    )
    plan = plan_course(get_protocol("facial-rejuvenation"), request, as_of=AS_OF)
    assert [str(told) for told in told_with(plan, [*plan.top_ups])] == ["top-up"]

"""The printed sheet, read back with PDF readers that share no code with its maker."""

import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from meso_schedule import (
    Clinic,
    CoursePlan,
    MesoScheduleError,
    Protocol,
    catalogue,
    get_protocol,
    plan_course,
)
from meso_schedule.base.errors import InputError
from meso_schedule.base.free_text import RECORDED
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.plan_json import plan_digest, plan_json
from meso_schedule.course.request import CourseRequest
from meso_schedule.output.print import pdf as sheet_module
from meso_schedule.output.print.content import sheet_content
from meso_schedule.output.words.translation import LOCALES, find_language
from tests.support.lengths import crossed, length, sampled
from tests.support.payloads import ARABIC, CLEANED, PAYLOADS, TERMINAL
from tests.support.planning import plan_of
from tests.support.samples import (
    ASSUMED,
    clinic,
    clinic_table,
    on,
    phase,
    protocol,
    python,
    rule_table,
)
from tests.support.sheets import (
    AS_OF,
    PAPERS,
    elements,
    example_clinic,
    facial,
    footers,
    kept_sheet,
    opened,
    outside,
    page_count,
    pages,
    printed_sheet,
    squeezed,
)
from tests.support.strategies import random_case

NAMES = ("Świętosława Żółć-Łąka", "Дмитрий Щёголев", "Δημήτρης Ψαρράς", "Zoë Nuñez-Ødegård")
MOHAMMED = "محمد بن عبد الله"


@pytest.fixture(scope="module")
def six() -> CoursePlan:
    return facial(patient="A. Example")


@pytest.fixture(scope="module")
def long() -> CoursePlan:
    return facial(sessions=15, top_ups=2, alternatives=2)


# What it says


def dates_of(plan: CoursePlan, locale: str) -> Iterator[str]:
    """Yield what must be read of each session, in order, written by Babel alone."""
    for visit in plan.visits:
        yield format_date(visit.date, "full", locale)
        if visit.start:
            yield f"{visit.start:%H:%M}"


def sums_of(plan: CoursePlan) -> set[Decimal]:
    """Return every amount of a plan that is paid or compared."""
    amounts: list[Decimal | MoneyRange] = [visit.price for visit in plan.visits if visit.price]
    for cost in (plan.cost, plan.top_up_cost):
        if cost is None:
            continue
        amounts += [cost.low, cost.high]
        amounts += [end for line in cost.lines for end in (line.amount, line.amount_high)]
        amounts += [end for month in cost.by_month for end in (month.low, month.high)]
        amounts += [part.amount for part in cost.instalments or ()]
        amounts += [cost.deposit.amount] if cost.deposit else []
        amounts += [cost.tax.amount] if cost.tax else []
        amounts += [cost.published_course] if cost.published_course else []
    ends = [(it.low, it.high) if isinstance(it, MoneyRange) else (it, it) for it in amounts]
    return {end for pair in ends for end in pair}


def due_days(plan: CoursePlan) -> Iterator[Any]:
    for cost in (plan.cost, plan.top_up_cost):
        if cost:
            yield from (part.due for part in cost.instalments or ())
            yield from [cost.deposit.due] if cost.deposit else []
    if plan.results:
        yield plan.results.first


@pytest.mark.parametrize("language", sampled(list(LOCALES), 2))
def test_every_date_time_and_sum_is_read_back_in_order(long: CoursePlan, language: str) -> None:
    locale, text = LOCALES[language], squeezed(*pages(kept_sheet(long, language)))
    place = 0
    for told in dates_of(long, locale):
        place = text.find(squeezed(told), place)
        assert place >= 0, told
    for amount in sums_of(long):
        assert squeezed(format_decimal(amount, "#,##0.00", locale)) in text, amount
    for day in due_days(long):
        assert squeezed(format_skeleton("yMMMd", day, locale=locale)) in text, day
    years = dict[tuple[str, str], int]()
    for span in long.care:
        last, piece = span.last, (span.action, span.what)
        # The year stands once, until it changes.
        form = "MMMd" if years.get(piece) == span.first.year == last.year else "yMMMd"
        years[piece] = last.year
        assert squeezed(format_skeleton(form, last, locale=locale)) in text, span
        if isinstance(last, datetime):
            assert f"{last:%H:%M}" in text


def strings_of(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, entry in content.items():
            if key not in ("lang", "subject", "kind", "ground", "form", "paper", "logo", "footer"):
                yield from strings_of(entry)
    elif isinstance(content, list):
        for entry in content:
            yield from strings_of(entry)


@pytest.mark.parametrize(("language", "paper"), crossed(list(LOCALES), PAPERS))
def test_no_word_is_lost(long: CoursePlan, language: str, paper: str) -> None:
    content = sheet_content(long, find_language(language))
    marks = {mark for mark, _ in content["calendar"]["legend"]}
    heads = {name for part in ("visits", "dates") for name, _ in content[part]["heads"]}
    pdf = kept_sheet(long, language, paper)
    text = squeezed(*pages(pdf))
    for told in set(strings_of(content)) - marks - heads - {content["digest"]}:
        assert squeezed(told) in text, told
    assert list(outside(pdf)) == []


def test_a_provisional_session_says_what_it_waits_for(six: CoursePlan) -> None:
    (page, *_) = pages(kept_sheet(six))
    rows = [line for line in page.split("\n") if re.match(r"\d \w+day, ", line)]
    assert [line[0] for line in rows if "only if the skin has improved" in line] == ["5", "6"]
    assert len(rows) == 6


def test_a_late_session_says_so_to_the_file_and_blames_no_patient() -> None:
    closed = [{"from": "2026-12-08", "to": "2026-12-12", "reason": "Works"}]
    where = clinic(closures=closed)
    asked = CourseRequest.read({"start": "2026-12-01", "late": 9, "start_within": 0})
    plan = plan_course(protocol(), asked, clinic=where, as_of=AS_OF)
    assert plan.sessions[1].late_days == 3
    first, second = pages(printed_sheet(plan))
    assert "3 days past the window, as allowed" in second
    assert "past the window" not in first
    assert not re.search(r"\blate\b", first + second)


def test_a_course_that_has_begun_tells_what_was_held() -> None:
    held = ["2026-10-01", "2026-10-08"]
    asked = CourseRequest.read({"start": "2026-10-01", "sessions": 6, "held": held})
    rules = get_protocol("facial-rejuvenation")
    plan = plan_course(rules, asked, clinic=example_clinic(), as_of=on("2026-10-14"))
    first, second = pages(printed_sheet(plan))
    kept = [first.index(told) for told in ("1 October 2026", "8 October 2026", "15 October 2026")]
    assert first.index("Appointments") < kept[0]
    assert kept[:2] == sorted(kept[:2])
    assert first.count("held") == 2
    assert first.index("15 October 2026") < first.index("Appointments")
    assert first.index("15 October 2026", kept[1]) > kept[1]
    places = [second.index(told) for told in ("Held so far", "8 Oct 2026", "Next: session 3")]
    assert places == sorted(places)


def test_a_course_that_is_over_has_no_calendar() -> None:
    held = ["2026-10-01", "2026-10-08", "2026-10-15"]
    asked = CourseRequest.read({"start": "2026-10-01", "sessions": 3, "held": held})
    rules = get_protocol("facial-rejuvenation")
    plan = plan_course(rules, asked, clinic=example_clinic(), as_of=on("2026-10-20"))
    assert plan.visits == ()
    for language in LOCALES:
        pdf = opened(printed_sheet(plan, language))
        assert [kind for kind, _ in elements(pdf)].count("/Table") == 1  # what was held
    page = "\n".join(pages(printed_sheet(plan)))
    assert "Held so far" in page
    assert "Calendar" not in page
    assert "Your next appointment" not in page


def test_nothing_is_shown_that_is_not_known() -> None:
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 1})
    plan = plan_course(protocol(), request, as_of=AS_OF)
    page = "\n".join(pages(printed_sheet(plan)))
    for unknown in ("Time", "Price", "Cost", "To pay", "Before", "To change", "Call us", "minutes"):
        assert unknown not in page, unknown


def test_every_footer_has_the_digest_of_the_json_document(long: CoursePlan) -> None:
    digest = sha256(plan_json(long).encode()).hexdigest()[:12]
    assert plan_digest(long) == digest
    found = footers(kept_sheet(long))
    assert found == [f"plan {digest} page {number} of 4" for number in range(1, 5)]


# How it is laid out


@pytest.mark.parametrize(("language", "paper"), crossed(list(LOCALES), PAPERS))
def test_it_takes_no_more_paper_than_it_must(
    six: CoursePlan, long: CoursePlan, language: str, paper: str
) -> None:
    assert page_count(kept_sheet(six, language, paper)) == 2
    assert page_count(kept_sheet(long, language, paper)) <= 4


@pytest.mark.parametrize(
    ("rules", "language", "paper"), crossed(list(catalogue()), list(LOCALES), PAPERS)
)
def test_six_sessions_of_any_protocol_fit_one_leaf(rules: str, language: str, paper: str) -> None:
    own = get_protocol(rules)
    if own.sessions.minimum > 6:
        return
    asked = {"start": "2026-12-01", "at": "17:30", "sessions": min(6, own.sessions.maximum)}
    request = CourseRequest.read(asked)
    plan = plan_course(own, request, clinic=example_clinic(), as_of=AS_OF)
    assert page_count(printed_sheet(plan, language, paper=paper)) <= 2


def rows_of(content: dict[str, Any]) -> list[str]:
    """Return what must stand on one page: appointments, their dates for the file, rules of care."""
    rows = [f"{row['date']}{row['time']}{row['note']}" for row in content["visits"]["rows"]]
    rows += [f"{row['gap']}{row['window']}{row['backup']}" for row in content["dates"]["rows"]]
    return rows + ["".join(rule) for it in content["care"]["columns"] for rule in it["rules"]]


@pytest.mark.parametrize(("sessions", "paper"), crossed([6, 15], PAPERS))
def test_no_row_is_split_and_no_heading_stands_alone(sessions: int, paper: str) -> None:
    plan = facial(sessions=sessions, top_ups=sessions % 4)
    for language in sampled(list(LOCALES), 3):
        content = sheet_content(plan, find_language(language))
        made = pages(printed_sheet(plan, language, paper=paper))
        titles = {entry["title"] for entry in (*content["lists"], *content["small"])}
        titles |= {content[part]["title"] for part in ("visits", "calendar", "dates", "pay")}
        titles |= {entry["title"] for entry in (*content["costs"], *content["care"]["columns"])}
        for page in made:
            assert page.split("\n")[-1] not in titles
        whole = [squeezed(page) for page in made]
        rows = rows_of(content)
        rows += ["".join(line[:2]) for cost in content["costs"] for line in cost["bill"]]
        for row in rows:
            assert any(squeezed(row) in page for page in whole), row


@pytest.mark.parametrize("lines", range(0, 12, length(5, 2)))
def test_rows_stay_whole_wherever_a_page_ends(lines: int) -> None:
    long_text = "Something to avoid that takes more than one line of the sheet to be told. " * 5
    care = {"what": long_text, "action": "avoid", "starts": "0 hours", "ends": "8 hours"}
    limits = {"minimum": 1, "usual": 40, "maximum": 40, "minutes": 45, **ASSUMED}
    phases = [phase(sessions=1), {**phase(), "name": "then", "after_improvement": True}]
    rules = protocol(sessions=limits, phases=phases, care=[{**care, **ASSUMED}])
    asked: dict[str, Any] = {
        "start": "2026-12-01",
        "at": "11:00",
        "patient": "Long name of a patient " * 5 * lines,
    }
    asked["patient"] = asked["patient"] or None
    request = CourseRequest.read(asked, context=RECORDED)
    plan = plan_course(rules, request, as_of=AS_OF)
    whole = [squeezed(page) for page in pages(printed_sheet(plan))]
    content = sheet_content(plan, find_language("en"))
    rows = rows_of(content)
    assert len(rows) == 80 + 1
    for row in rows:
        assert any(squeezed(row) in page for page in whole), row


def test_a_name_of_five_thousand_letters() -> None:
    for name in sampled(("Anna Maria " * 455, "W" * 5000, "ж" * 5000), 3):
        plain = facial(patient="A", reference="A", clinic=clinic())
        assert plain.clinic is not None
        where = plain.clinic.model_copy(update={"name": name, "address": name})
        told = {"patient": name, "reference": name, "clinic": where}
        plan = plain.model_copy(update=told)
        pdf = printed_sheet(plan)
        assert squeezed(*pages(pdf)).count(squeezed(name)) == 4
        assert list(outside(pdf)) == []


@pytest.mark.parametrize("seed", range(length(5, 25)))
def test_no_session_is_lost(seed: int) -> None:
    try:
        plan = plan_of(random_case(Random(seed)))
    except MesoScheduleError:
        return
    pdf = printed_sheet(plan)
    text = squeezed(*pages(pdf))
    place = 0
    for told in dates_of(plan, "en_GB"):
        place = text.find(squeezed(told), place)
        assert place >= 0, told
    for amount in sums_of(plan):
        assert format(amount, ",f") in text
    assert list(outside(pdf)) == []


# Whatever is written


def test_names_are_printed_as_written() -> None:
    pdf = printed_sheet(facial(patient="; ".join(NAMES)))
    text = squeezed(*pages(pdf))
    for name in NAMES:
        assert squeezed(name) in text
    assert list(outside(pdf)) == []


def test_an_arabic_name_is_printed_from_right_to_left() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(printed_sheet(facial(patient=MOHAMMED)))
    text = document[0].get_textpage()
    places = {
        text.get_text_range(place, 1): text.get_charbox(place)[0]
        for place in range(text.count_chars())
    }
    assert set(MOHAMMED) - {" "} <= set(places)
    # The first letters of the first and the last word are in no other text of the page.
    assert places["م"] > places["ه"]
    assert places["ح"] > places["د"]


def seen(payload: str) -> str:
    """Leave out what only a terminal would see; the terminal's own have a list of their own."""
    kinds = ("Cc", "Cf", "Zl", "Zp")
    return squeezed("".join(char for char in payload if unicodedata.category(char) not in kinds))


@pytest.mark.parametrize(
    "payload", sampled([it for it in PAYLOADS if it not in (*TERMINAL, *ARABIC)], 3)
)
def test_no_text_is_taken_for_a_command(payload: str) -> None:
    table = rule_table(
        name=payload,
        facts={"procedure": payload, **ASSUMED},
        notices=[{"text": payload, **ASSUMED}],
        care=[
            {"what": payload, "action": action, **ASSUMED, **offsets}
            for action, offsets in (
                ("avoid", {"starts": "-1 days", "ends": "0 days"}),
                ("expect", {"starts": "0 days", "ends": "1 days"}),
                ("ask", {}),
            )
        ],
    )
    house = clinic_table(
        name=payload,
        address=payload,
        phone=payload,
        email=payload,
        currency="GBP",
        prices={"house-mix": {"session": "180.00"}},
        tax={"name": payload, "rate": "20%", "included": True},
        closures=[{"from": "2026-12-03", "to": "2026-12-03", "reason": payload}],
    )
    asked = {"start": "2026-12-01", "patient": payload, "reference": payload}
    # As in an old book: what is written today is refused when it holds a control character.
    rules = Protocol.read(table, context=RECORDED)
    where = Clinic.read(house, context=RECORDED)
    request = CourseRequest.read(asked, context=RECORDED)
    plan = plan_course(rules, request, clinic=where, as_of=AS_OF)
    made = printed_sheet(plan)
    # The lines of an address are joined by commas.
    count = 16 - (len(payload.splitlines()) > 1)
    text = squeezed(*pages(made))
    if len(payload) < 1000:
        assert text.count(seen(payload)) >= count
    else:  # rows as long as that go on beside their other columns on the next page
        assert text.count(payload[0]) >= count * len(payload)
    pdf = opened(made)
    assert squeezed(str(pdf.docinfo["/Title"])) == f"{seen(payload)}({seen(payload)})"


@pytest.mark.parametrize(("written", "read"), CLEANED.items())
def test_what_commands_a_terminal_is_left_out(written: str, read: str) -> None:
    plan = facial().model_copy(update={"patient": written})
    text = pages(printed_sheet(plan))[0]
    assert squeezed(f"Patient {read} Reference") in squeezed(text)


def test_a_letter_that_no_font_has_is_named() -> None:
    where = clinic(name="山田 Clinic", email="é@example.com")
    with pytest.raises(InputError) as caught:
        printed_sheet(facial(where, patient="Anna ☃ 田"))
    assert [(fault.code, fault.field, fault.value) for fault in caught.value.faults] == [
        ("unprintable", "patient", "☃田"),
        ("unprintable", "clinic", "山田"),
    ]
    assert "U+2603 SNOWMAN" in str(caught.value)
    assert "U+7530" in str(caught.value)


def test_a_letter_of_the_rules_that_no_font_has() -> None:
    request = CourseRequest.read({"start": "2026-12-01"})
    plan = plan_course(protocol(name="Mix 美"), request, as_of=AS_OF)
    with pytest.raises(InputError) as caught:
        printed_sheet(plan)
    assert {fault.field for fault in caught.value.faults} == {"rules"}


def test_letters_and_marks_that_no_font_has_together() -> None:
    """Each of them is in a font; only typst can tell, and what it says names the letters."""
    with pytest.raises(InputError) as caught:
        printed_sheet(facial(patient="2\u08d6 \u221f\u08ed"))
    (fault,) = caught.value.faults
    assert (fault.code, fault.field) == ("unprintable", "patient")
    assert fault.value
    assert set(fault.value) <= set("2\u08d6\u221f\u08ed")


class Broken:
    """A compiler that fails."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def compile(self, **_: object) -> bytes:
        raise self.error


class PanicException(BaseException):
    """What a panic of the compiler looks like: no `Exception`."""


@pytest.mark.parametrize(
    "error", [RuntimeError("unknown variable: x"), PanicException("unwrap"), KeyboardInterrupt()]
)
def test_a_failing_compiler_is_a_defect(
    six: CoursePlan, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(sheet_module, "_compiler", lambda: Broken(error))
    kept = RuntimeError if isinstance(error, PanicException) else type(error)
    with pytest.raises(kept) as caught:
        printed_sheet(six)
    assert not isinstance(caught.value, MesoScheduleError)


# The document


@pytest.mark.parametrize("language", LOCALES)
def test_screen_readers_can_follow(long: CoursePlan, language: str) -> None:
    pdf = opened(kept_sheet(long, language))
    content = sheet_content(long, find_language(language))
    assert pdf.Root.Lang == language
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == content["subject"]
    kinds = [kind for kind, _ in elements(pdf)]
    headings = [kind for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert headings[0] == "/H1"
    assert set(headings[1:]) == {"/H2"}
    named = content["costs"] + content["lists"] + content["small"] + content["care"]["columns"]
    # The course, appointments, months, to pay, dates, closed days.
    assert len(headings) == 6 + len(named)
    months = len(content["calendar"]["months"])
    assert kinds.count("/Table") == kinds.count("/THead") == months + 2
    heads = len(content["visits"]["heads"]) + len(content["dates"]["heads"])
    assert kinds.count("/TH") == heads + 8 * months
    scopes = [node.A[0].Scope for kind, node in elements(pdf) if kind == "/TH"]
    assert set(map(str, scopes)) == {"/Column"}


def test_its_fonts_are_in_it() -> None:
    pdf = opened(printed_sheet(facial(patient=f"{MOHAMMED} Ж", sessions=3)))
    names = set()
    for page in pdf.pages:
        for font in page.Resources.Font.values():
            for inner in font.DescendantFonts:
                names.add(str(inner.BaseFont)[1:].partition("+")[2])
                held = inner.FontDescriptor
                assert "/FontFile2" in held or "/FontFile3" in held
            assert "/ToUnicode" in font
    # The name is set bold; Arabic has one weight, and a letter that no font has is an error.
    assert names == {"SheetSans-Regular", "SheetSans-SemiBold", "NotoSansArabic-Regular"}


def test_nothing_in_it_runs_or_reaches_out(long: CoursePlan) -> None:
    pdf = opened(kept_sheet(long))
    for key in ("/OpenAction", "/AA", "/Names", "/AcroForm"):
        assert key not in pdf.Root
    assert all("/Annots" not in page for page in pdf.pages)


def test_the_same_plan_gives_the_same_bytes(six: CoursePlan) -> None:
    code = (
        "from hashlib import sha256\n"
        "from tests.support.sheets import *\n"
        "print(sha256(printed_sheet(facial(patient='A. Example'))).hexdigest())"
    )
    # Parts of a sheet printed before are used again: they must be the same as those laid out anew.
    printed_sheet(facial(patient="B. Other", start="2026-12-03"))
    here = sha256(printed_sheet(six)).hexdigest()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        assert python(code, PYTHONHASHSEED=seed, TZ=zone, LANG="pl_PL").strip() == here


def test_threads_do_not_disturb_each_other(six: CoursePlan, long: CoursePlan) -> None:
    plans = [six, long] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(printed_sheet, plans))
    assert found == [printed_sheet(six), printed_sheet(long)] * 4


@pytest.mark.parametrize("as_of", ["0001-01-01", "9990-01-01"])
def test_the_ends_of_the_calendar(as_of: str) -> None:
    request = CourseRequest.read({"start": as_of, "sessions": 2})
    plan = plan_course(protocol(), request, as_of=on(as_of))
    assert printed_sheet(plan).startswith(b"%PDF")

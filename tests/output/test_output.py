"""What people read: the plan at several widths, months, CSV, Markdown, protocols, comparisons."""

import csv
import json
import re
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest

from meso_schedule import (
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    get_protocol,
    plan_course,
)
from meso_schedule.base.harmless import harmless, json_harmless
from meso_schedule.base.phrases import joined
from meso_schedule.cli.formats import Style, text_of
from meso_schedule.course.comparison import Comparison
from meso_schedule.course.history import DateSpan
from meso_schedule.course.no_calendar import BlockedDay, Conflict, WayOut
from meso_schedule.output.tables import csv_plan, csv_table, markdown_plan, markdown_table
from meso_schedule.output.terminal.comparison_text import (
    comparison_csv,
    comparison_markdown,
    comparison_text,
)
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.terminal.layout import Column, Page, cell, display_width, text, wrap
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.terminal.protocol_text import list_text, protocol_text
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.text import day_runs, encodable, numbers_text, sentence, span_text
from meso_schedule.planner.side_by_side import compare
from tests.support.samples import ASSUMED, EVERY_DAY, clinic, on, phase, protocol

AS_OF = on("2026-11-22")
ESCAPE = re.compile("\x1b\\[[0-9;]*m")
WIDTHS = (24, 40, 71, 72, 80, 100, 139, 140, 200)

PRICES = {
    "session": "180.00",
    "packages": [{"sessions": 4, "price": "640.00"}],
    "deposit": "20%",
    "instalments": 2,
}
TAX = {"name": "VAT", "rate": "20%", "included": True}
CARE = [
    {"what": "Aspirin", "action": "avoid", "starts": "-7 days", "ends": "0 days", **ASSUMED},
    {"what": "Sunscreen", "action": "do", "starts": "0 days", "ends": "2 days", **ASSUMED},
    {"what": "Swelling", "action": "expect", "starts": "0 hours", "ends": "48 hours", **ASSUMED},
    {"what": "Are you pregnant?", "action": "ask", **ASSUMED},
]


def full_protocol(**changes: Any) -> Protocol:
    return protocol(
        phases=[
            phase(sessions=3, lapse="6 weeks"),
            {**phase("2 weeks", "3 weeks"), "name": "fortnightly", "after_improvement": True},
        ],
        top_up={"minimum": "3 months", "maximum": "5 months", "recommended": "4 months", **ASSUMED},
        results={"lasts_maximum": "5 months", "lasts_minimum": "3 months", **ASSUMED},
        facts={"depth_mm": "1-4", "techniques": ["nappage", "papule"], **ASSUMED},
        notices=[{"text": "Not approved anywhere.", **ASSUMED}],
        indications=["dull skin", "acne"],
        no_published_interval=["acne"],
        prices=[
            {"currency": "USD", "per": "session", "low": "300.00", "high": "500.00", **ASSUMED}
        ],
        spacing=[
            {"other": "peel", "minimum": "2 weeks", "minimum_before": "1 week", **ASSUMED},
            {"other": "toxin", "minimum": "2 weeks", "same_area": False, "same_day": True}
            | {"sources": ["study"]},
        ],
        care=CARE,
        **changes,
    )


def full_clinic(**changes: Any) -> Clinic:
    return clinic(
        currency="GBP",
        prices={"house-mix": PRICES},
        tax=TAX,
        closures=[{"from": "2026-12-24", "to": "2027-01-02", "reason": "Christmas"}],
        **changes,
    )


def planned(where: Clinic | None = None, **asked: Any) -> CoursePlan:
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 5, **asked})
    return plan_course(full_protocol(), request, clinic=where, as_of=AS_OF)


@pytest.fixture(scope="module")
def plan() -> CoursePlan:
    """A course with everything in it."""
    return planned(full_clinic(), top_ups=2, patient="Anna", alternatives=2)


def block(page: str, title: str) -> list[str]:
    """Return the lines under a heading, up to the next empty line."""
    lines = page.split("\n")
    start = lines.index(title) + 1
    return lines[start : lines.index("", start)]


def test_the_session_table_at_80_columns(plan: CoursePlan) -> None:
    lines = plan_text(plan, width=80).split("\n")
    first = next(place for place, line in enumerate(lines) if line.strip() == "Days")
    assert lines[first : first + 11] == [
        "                       Days",
        "                      since                     Slack   Price",
        "No.  Date              last  Can move   Backup   days     GBP",
        "─" * 61,
        "  1  Tue 1 Dec 2026          1-14 Dec   2 Dec       8  180.00",
        "  2  Wed 9 Dec 2026       8  8-11 Dec   10 Dec      2  180.00",
        "  3  Fri 18 Dec 2026      9  16-19 Dec              0  180.00",
        " ~4  Mon 4 Jan 2027      17  1-8 Jan    5 Jan       4  180.00",
        "     provisional",
        " ~5  Mon 18 Jan 2027     14  18-25 Jan  19 Jan      7  180.00",
        "     provisional",
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("asked", [{}, {"at": "11:00", "top_ups": 3}, {"no_prices": True}])
def test_no_line_is_wider_than_the_terminal(width: int, asked: dict[str, Any]) -> None:
    page = plan_text(planned(full_clinic(), **asked), width=width, calendar=width >= 49)
    assert max(map(display_width, page.split("\n"))) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_every_fact_is_on_the_page_at_every_width(plan: CoursePlan, width: int) -> None:
    said = " ".join(plan_text(plan, width=width).split())
    squeezed = said.replace(" ", "")
    for visit in plan.visits:
        assert f"{visit.date.day}{visit.date:%b%Y}" in squeezed
        for reason in visit.why:
            assert sentence(reason).replace(" ", "") in squeezed
    for words in (plan.disclaimer, plan.reference, "Anna", "Example Clinic", "Not approved"):
        assert words.replace(" ", "") in squeezed
    for finding in plan.findings:
        assert sentence(finding.message).replace(" ", "") in squeezed


def test_blocks_below_the_table(plan: CoursePlan) -> None:
    page = plan_text(plan, width=80)
    assert block(page, "Closed days nearby") == ["  24 Dec 2026 - 2 Jan 2027  Christmas"]
    assert block(page, "Cost in GBP, the clinic's prices") == [
        "  Package of 4 sessions             640.00",
        "  1 session                         180.00",
        "  VAT 20%, included                 136.67",
        "  Total                             820.00",
        "  Deposit, due Sun 22 Nov 2026      164.00",
        "  Instalment 1, due Tue 1 Dec 2026  328.00",
        "  Instalment 2, due Wed 9 Dec 2026  328.00",
        "  December 2026, 3 sessions         492.00",
        "  January 2027, 2 sessions          328.00",
    ]
    assert block(page, "Ask before the first session") == ["  -  Are you pregnant?"]
    assert block(page, "The treatment") == [
        "  Depth (mm)  1-4",
        "  Techniques  nappage, papule",
    ]
    assert "  Avoid  Aspirin" in block(page, "Before and after")
    assert "  Do     Sunscreen" in block(page, "Before and after")
    assert block(page, "What to expect")[0] == "  -  Swelling"
    assert block(page, "Other calendars") == [
        "  Wed 2 Dec 2026  10 Dec, 18 Dec, 4 Jan 2027, 18 Jan 2027",
        "  Thu 3 Dec 2026  10 Dec, 18 Dec, 4 Jan 2027, 18 Jan 2027",
    ]
    assert block(page, "Results") == [
        "  Swelling settled by  Thu 21 Jan 2027",
        "  Results end between  18 Apr - 18 Jun 2027",
        "  Top-up due           18 Apr - 18 Jun 2027",
    ]


def test_without_prices_there_is_no_money() -> None:
    free = planned(full_clinic(), no_prices=True, top_ups=1)
    for kind in ("table", "csv", "markdown"):
        page = text_of(free, kind, Style(200))
        assert not re.search("GBP|Price|Cost|Total|[0-9]+[.][0-9]{2}", page)


def test_a_range_and_a_course_outside_the_clinic() -> None:
    page = plan_text(planned(currency="USD"), width=80)
    assert "  5 sessions, each 300.00 - 500.00  1500.00 - 2500.00" in page
    assert "Cost in USD, published prices" in page


def test_a_bare_plan_has_no_empty_headings() -> None:
    request = CourseRequest(start=on("2026-12-01"))
    bare = plan_course(protocol(), request, as_of=AS_OF)
    bare = bare.model_copy(update={"assumptions": (), "sources": (), "findings": ()})
    page = plan_text(bare, width=200)
    headings = [line for line in page.split("\n") if re.match("[A-Z][a-z]+( [a-z]+)*$", line)]
    assert headings == ["House mix"]
    assert "Notes" not in csv_plan(bare)


def test_bills_of_packages_and_whole_courses() -> None:
    several = {"session": "180.00", "packages": [{"sessions": 2, "price": "300.00"}]}
    page = plan_text(planned(clinic(currency="GBP", prices={"house-mix": several})), width=80)
    assert "  2 x package of 2 sessions, each 300.00  600.00" in page
    assert "Deposit" not in page
    course = {"currency": "EUR", "per": "course", "low": "900.00", "high": "900.00", **ASSUMED}
    request = CourseRequest(start=on("2026-12-01"), sessions=3)
    whole = plan_course(protocol(prices=[course]), request, as_of=AS_OF)
    assert re.search("Whole course +900.00", plan_text(whole, width=80))


def test_results_and_top_ups_that_are_not_known() -> None:
    known = {"results": {"settle": "3 days", **ASSUMED}}
    request = CourseRequest(start=on("2026-12-01"))
    some = plan_course(protocol(**known), request, as_of=AS_OF)
    assert len(block(plan_text(some, width=80), "Results")) == 1


def test_sums_so_far_are_shown_where_there_is_room(plan: CoursePlan) -> None:
    assert "Up to session" in plan_text(plan, width=140)
    assert "Up to session" not in plan_text(plan, width=139)


def test_late_sessions_are_marked_by_a_sign_and_a_word() -> None:
    late = planned(full_clinic(), sessions=4, late=20, away=["2027-01-03..2027-01-24"])
    page = plan_text(late, width=80)
    assert re.search(r"^!~4  Mon 25 Jan 2027 .*\n +provisional, 12 days late$", page, re.MULTILINE)
    assert "! later than the window, as allowed" in page.replace("as\nallowed", "as allowed")
    rows = list(csv.DictReader(StringIO(csv_plan(late), newline="")))
    assert rows[3]["Notes"] == "provisional, 12 days late"


def test_colour_adds_nothing_but_colour(plan: CoursePlan) -> None:
    plain = plan_text(plan, width=100, calendar=True)
    coloured = plan_text(plan, width=100, calendar=True, colour=True)
    assert "\x1b" not in plain
    assert [line.rstrip() for line in ESCAPE.sub("", coloured).split("\n")] == plain.split("\n")
    assert {"\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[1;32m"} <= set(ESCAPE.findall(coloured))


def test_the_month_view(plan: CoursePlan) -> None:
    page = plan_text(plan, width=80, calendar=True)
    assert block(page, "December 2026") == [
        " Mon    Tue    Wed    Thu    Fri    Sat    Sun",
        "         1 #1   2      3      4      5 -    6 -",
        "  7      8      9 #2  10     11     12 -   13 -",
        " 14     15     16     17     18 #3  19 -   20 -",
        " 21     22     23     24 x   25 x   26 x   27 x",
        " 28 x   29 x   30 x   31 x",
    ]
    assert "~4" in " ".join(block(page, "January 2027"))
    assert "+6" in page
    legend = page[page.index("# session") :].split("\n\n")[0].replace("\n", " ")
    for meaning in ("~ provisional", "+ top-up", "x closed by the clinic", "- closed every week"):
        assert meaning in legend


def test_the_month_view_tells_holidays_closures_and_openings_apart() -> None:
    week = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    table: dict[str, Any] = {"name": "Example", "timezone": "Europe/London", "hours": week}
    table |= {"holidays": {"country": "GB", "subdivision": "ENG"}}
    table |= {"closures": [{"from": "2026-12-24", "to": "2026-12-25"}]}
    table |= {"openings": [{"date": "2026-12-19", "hours": ["10:00-12:00"]}]}
    made = plan_course(
        get_protocol("cellulite"),
        CourseRequest.read({"start": "2026-12-01", "sessions": 3}),
        clinic=Clinic.read(table),
        as_of=date(2026, 11, 22),
    )
    page = plan_text(made, width=80, calendar=True)
    assert block(page, "December 2026")[3:] == [
        " 14     15 #3  16     17     18     19 o   20 -",
        " 21     22     23     24 x   25 h   26 h   27 -",
        " 28 h   29     30     31",
    ]
    assert "h public holiday, x closed by the clinic, o opened specially" in page


def test_a_narrow_month_fits(plan: CoursePlan) -> None:
    page = plan_text(plan, width=40, calendar=True)
    assert block(page, "December 2026")[:3] == [
        "Mon  Tue  Wed  Thu  Fri  Sat  Sun",
        "      1#1  2    3    4    5-   6-",
        " 7    8    9#2 10   11   12-  13-",
    ]


def test_markdown_holds_cost_and_care(plan: CoursePlan) -> None:
    page = markdown_plan(plan)
    for heading in ("## Cost in GBP", "## Before and after", "## What to expect", "## Ask before"):
        assert heading in page
    assert re.search(r"^- Total: ", page, re.MULTILINE)
    assert re.search(r"^- Avoid: .+ Dec 2026", page, re.MULTILINE)


def test_months_stand_beside_each_other_where_there_is_room(plan: CoursePlan) -> None:
    wide = plan_text(plan, width=200, calendar=True)
    assert re.search("^December 2026 +January 2027 ", wide, re.MULTILINE)


def test_a_clinic_open_every_day_has_no_weekly_sign() -> None:
    page = plan_text(planned(clinic(hours=EVERY_DAY)), width=80, calendar=True)
    assert "closed every week" not in page


def test_csv_is_for_programs(plan: CoursePlan) -> None:
    assert "\r\n" in csv_plan(plan)
    rows = list(csv.DictReader(StringIO(csv_plan(plan), newline="")))
    assert [row["Date"] for row in rows] == [str(visit.date) for visit in plan.visits]
    assert rows[1]["Can move"] == "2026-12-08..2026-12-11"
    assert [row["Notes"] for row in rows[2:6]] == ["", "provisional", "provisional", "top-up"]
    assert rows[0]["Price GBP"] == "180.00"
    assert rows[0]["Days since last"] == ""


def test_csv_and_markdown_have_the_columns_of_the_table(plan: CoursePlan) -> None:
    timed = planned(full_clinic(), at="11:00")
    for made in (plan, timed):
        header = next(csv.reader(StringIO(csv_plan(made))))
        wide = plan_text(made, width=200).split("\n")
        titles = " ".join(" ".join(wide[6:13]).split())
        assert all(word in titles for name in header for word in name.split())
        assert f"| {' | '.join(header)} |" in markdown_plan(made)
    assert "Time" in next(csv.reader(StringIO(csv_plan(timed))))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_never_acts_as_a_formula(sign: str) -> None:
    made = csv_table(["Name"], [[f"{sign}1+1"]])
    assert list(csv.reader(StringIO(made, newline="")))[1] == [f"'{sign}1+1"]


def test_csv_quotes_what_needs_it() -> None:
    cells = ['say "so"', "a,b", "two\r\nlines"]
    made = csv_table(["A", "B", "C"], [cells])
    assert made.startswith('A,B,C\r\n"say ""so""","a,b",')
    assert list(csv.reader(StringIO(made, newline="")))[1] == cells


def test_markdown_escapes_its_own_signs() -> None:
    made = markdown_table(["Name", "N"], [["a|b *c* <d>\n[e]", "1"]], [False, True])
    assert made == "| Name | N |\n| --- | ---: |\n| a\\|b \\*c\\* \\<d\\> \\[e\\] | 1 |\n"


def test_markdown_tells_findings_and_notices(plan: CoursePlan) -> None:
    made = markdown_plan(plan)
    assert made.startswith("# House mix\n\nReference ")
    assert "Patient: Anna." in made
    assert "- Not approved anywhere." in made
    assert made.rstrip().endswith("given.")
    nothing = {"findings": (), "notices": (), "patient": None, "cost": None, "top_up_cost": None}
    quiet = plan.model_copy(
        update={**nothing, "care": (), "screening": (), "assessments": (), "photos": ()}
    )
    assert "Patient" not in markdown_plan(quiet)
    assert "\n- " not in markdown_plan(quiet)
    assert "##" not in markdown_plan(quiet)


def test_json_is_one_document(plan: CoursePlan) -> None:
    made = text_of(plan, "json", Style(80))
    assert made.endswith("}\n")
    assert json.loads(made)["sessions"][0]["date"] == "2026-12-01"


ODD_NAME = "Anna [bold]x[/bold]\x1b]0;title\x07\x1b[31m\x9b1mSmith\u202e\n\n  9  Tue"


@pytest.mark.parametrize("kind", ["table", "csv", "markdown", "json"])
def test_data_commands_no_terminal(kind: str) -> None:
    plain = planned(full_clinic())
    assert plain.clinic is not None
    where = plain.clinic.model_copy(update={"name": ODD_NAME, "address": ODD_NAME})
    odd = plain.model_copy(update={"clinic": where, "patient": ODD_NAME})
    page = text_of(odd, kind, Style(80, calendar=True))
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", page)
    if kind == "table":
        assert "Anna [bold]x[/bold]Smith 9 Tue" in " ".join(page.split())


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ("a\x1b[31;1mb\x1b[0m", "ab"),
        ("a\x1b]8;;http://x\x1b\\b", "ab"),
        ("a\x1bcb\x1b", "acb"),
        ("a\x1bAnna\x1b]0;Smith", "aAnna]0;Smith"),
        ("a\x1b[31", "a[31"),
        ("a\tb\nc\u2028d", "a b c d"),
        ("a\x00\x08\x7f\x85b", "ab"),
        ("\u2066a\u200fb", "ab"),
        ("Zoë \u200d 美", "Zoë \u200d 美"),
        ("bad \udcff byte", "bad \ufffd byte"),
    ],
)
def test_harmless(data: str, seen: str) -> None:
    assert harmless(data) == seen


def test_what_can_be_printed_stays_as_it_is() -> None:
    """Alone, where it is not looked into, and beside what is taken out."""
    signs = "".join(filter(str.isprintable, map(chr, range(0x30000))))
    assert harmless(signs) == harmless(f"{signs}\x00") == signs


def test_json_keeps_its_meaning() -> None:
    data = {"name": "a\x9b1m\x7f\u202eé"}
    written = json_harmless(json.dumps(data, ensure_ascii=False))
    assert json.loads(written) == data
    assert not re.search("[\x7f-\x9f\u202e]", written)


def test_text_without_good_signs() -> None:
    assert encodable("──", "ascii") == "--"
    assert encodable("──", "cp437") == "──"
    said = "l’été\u202f: „1–2“\u00a0€…"
    assert encodable(said, "cp1252").encode("cp1252")
    assert encodable(said, "latin-1") == 'l\'été : "1-2"\u00a0€...'


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2026-12-08", "2026-12-08", "8 Dec 2026"),
        ("2026-12-08", "2026-12-11", "8-11 Dec 2026"),
        ("2026-11-30", "2026-12-03", "30 Nov - 3 Dec 2026"),
        ("2026-12-29", "2027-01-05", "29 Dec 2026 - 5 Jan 2027"),
    ],
)
def test_spans(first: str, last: str, shown: str) -> None:
    assert span_text(on(first), on(last)) == shown
    assert ENGLISH.moments(on(first), on(last)) == shown


def test_spans_with_times() -> None:
    timed = planned(full_clinic(), at="11:00")
    lines = [
        ENGLISH.moments(span.first, span.last) for span in timed.care if span.what == "Swelling"
    ]
    assert lines[0] == "1 Dec 11:45 - 3 Dec 2026 11:45"
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert ENGLISH.moments(noon, noon.replace(hour=14)) == "1 Dec 2026 12:00-14:00"
    first, last = datetime(2026, 12, 31, 11, tzinfo=UTC), datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert ENGLISH.moments(first, last) == "31 Dec 2026 11:00 - 2 Jan 2027 09:00"
    assert ENGLISH.moments(on("2026-12-30"), first) == "30-31 Dec 2026"


def test_numbers_and_runs() -> None:
    assert numbers_text([1, 2, 3, 5]) == "1-3 and 5"
    assert numbers_text([5, 6]) == "5 and 6"
    day = date(2026, 12, 1)
    runs = day_runs([(day, "a"), (date(2026, 12, 2), "a"), (date(2026, 12, 4), "a")])
    assert [(str(first), str(last)) for first, last, _ in runs] == [
        ("2026-12-01", "2026-12-02"),
        ("2026-12-04", "2026-12-04"),
    ]
    assert sentence("why?") == "Why?"


def test_wrapping() -> None:
    assert wrap("", 5) == [""]
    assert wrap("a verylongword b", 5) == ["a", "veryl", "ongwo", "rd b"]
    assert wrap("美容美容 x", 4) == ["美容", "美容", "x"]
    assert display_width("e\u0301") == 1


def test_a_table_folds_its_widest_column_first() -> None:
    page = Page(72)
    columns = [Column("Id"), Column("Text", folds=True), Column("More", folds=True)]
    page.table(columns, [[cell("x"), cell("word " * 20), cell("other " * 5)]])
    assert max(map(len, str(page).split("\n"))) <= 72
    assert "other other other other other" in str(page)


def test_a_table_that_cannot_fit_becomes_blocks() -> None:
    page = Page(72)
    page.table([Column("Name"), Column("Empty")], [[cell(text("w" * 80)), cell("")]] * 2)
    lines = str(page).split("\n")
    assert max(map(len, lines)) <= 72
    assert lines[0].startswith("  Name  www")
    assert "" in lines[:-1]
    assert "Empty" not in str(page)


def test_the_list_of_protocols() -> None:
    made = list_text([full_protocol()], width=80)
    assert "house-mix  House mix  1-12, usually 3  dull skin, acne*" in made
    assert "* no interval of its own is published" in made
    fixed = protocol(sessions={"minimum": 3, "usual": 3, "maximum": 3, "minutes": 45, **ASSUMED})
    made = list_text([fixed], width=80)
    assert re.search("House mix +3$", made, re.MULTILINE)
    assert "*" not in made


def test_one_protocol_with_all_its_figures() -> None:
    made = protocol_text(full_protocol(), width=120)
    assert block(made, "Gap before each session") == [
        "  weekly, 3 sessions                          7 to 10 days; lapsed after 6 weeks"
        " (Assumption: Assumed for the test)",
        "  fortnightly, to the end, after improvement  2 to 3 weeks"
        " (Assumption: Assumed for the test)",
        "  Top-ups                                     3 to 5 months, best 4 months"
        " (Assumption: Assumed for the test)",
    ]
    for words in (
        "300.00 - 500.00 USD",
        "Settled after",
        "3 months to 5 months",
        "2 weeks before peel, 1 week after peel in the same area",
        "2 weeks before toxin, after toxin: no published figure, ask; the same day is allowed",
        "filler, lipolysis, device: no figure here",
        "Aspirin: -7 days to 0 days",
        "Are you pregnant?",
        "study: Study of the test [high]",
        "* no interval of its own is published",
    ):
        assert words in made
    bare = protocol_text(protocol(results={"settle": "3 days", **ASSUMED}), width=80)
    assert "Top-ups" not in bare
    assert "Last" not in bare
    half = protocol_text(
        protocol(results={"lasts_maximum": "5 months", "sources": ["study"], **ASSUMED}), width=80
    )
    assert re.search("Last +5 months", half)
    assert "(study; Assumption: Assumed for the test)" in half
    assert "Results" not in protocol_text(protocol(), width=80)


def test_a_protocol_tells_what_a_session_uses_up() -> None:
    vial = {"name": "Hyaluronic acid", "amount": "2.5", "unit": "ml", **ASSUMED}
    made = protocol_text(protocol(products=[vial]), width=100)
    assert block(made, "Uses up in a session") == [
        "  Hyaluronic acid  2.5 ml (Assumption: Assumed for the test)"
    ]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """A protocol that fits, and one that does not."""
    hopeless = protocol(id="long-gap", name="Long gap", phases=[phase("3 days", "3 days")])
    request = CourseRequest(start=on("2026-12-01"), sessions=3, days=["tue"])
    return compare([full_protocol(), hopeless], request, clinic=full_clinic(), as_of=AS_OF)


def test_a_comparison(comparison: Comparison) -> None:
    page = comparison_text(comparison, width=80)
    assert page.startswith("From Tue 1 Dec 2026 to Wed 1 Dec 2027\n")
    assert re.search("^House mix +[0-9]+  1 Dec 2026 .* GBP +[0-9]+ +[0-9]+$", page, re.MULTILINE)
    assert "long-gap: No calendar fits" in page
    assert max(map(len, page.split("\n"))) <= 80
    rows = list(csv.DictReader(StringIO(comparison_csv(comparison), newline="")))
    assert rows[0]["First"] == "2026-12-01"
    assert (rows[0]["Currency"], rows[1]["Currency"]) == ("GBP", "")
    assert rows[1]["Problem"].startswith("No calendar fits")
    assert "| Long gap | 0 |" in comparison_markdown(comparison)


def test_a_comparison_without_money_or_problems() -> None:
    request = CourseRequest(start=on("2026-12-01"), no_prices=True)
    made = compare([full_protocol()], request, as_of=AS_OF)
    assert "Cost" not in comparison_text(made, width=80) + comparison_csv(made)
    assert "No calendar" not in comparison_text(made, width=80)


def conflict(*ways: WayOut, last: str = "2026-12-13") -> NoCalendarFits:
    window = DateSpan(earliest=on("2026-12-11"), latest=on(last))
    reasons = {"2026-12-11": "away", "2026-12-12": "away", "2026-12-13": "away; closed"}
    blocked = [BlockedDay(date=on(day), reason=why) for day, why in reasons.items()]
    return NoCalendarFits(Conflict(session=2, window=window, blocked=tuple(blocked)), ways)


def test_a_conflict_for_people() -> None:
    ways = [
        WayOut(kind="away", message="Come after all.", change={"away": ()}, cost_days=1),
        WayOut(kind="late", message="Be late.", change={"late": 4}, cost_days=4),
        WayOut(kind="closure", message="Open:\n[[openings]]", cost_days=5),
    ]
    assert list(conflict_lines(conflict(*ways))) == [
        "No calendar fits: session 2 has no usable day from Fri 11 Dec 2026 to Sun 13 Dec 2026.",
        "  Fri 11 Dec 2026 to Sat 12 Dec 2026: away",
        "  Sun 13 Dec 2026: away; closed",
        "Ways out, the smallest change first:",
        "  1. Come after all. Leave --away out.",
        "  2. Be late. Write --late 4",
        "  3. Open:",
        "       [[openings]]",
    ]


def test_days_that_share_a_reason_stand_together() -> None:
    reasons = {
        "2026-12-11": joined(["away"], "; "),
        "2026-12-12": joined(["closed", "away"], "; "),
        "2026-12-13": joined(["closed", "away"], "; "),
        "2026-12-15": joined(["closed", "away"], "; "),
    }
    window = DateSpan(earliest=on("2026-12-11"), latest=on("2026-12-15"))
    blocked = tuple(BlockedDay(date=on(day), reason=why) for day, why in reasons.items())
    error = NoCalendarFits(Conflict(session=2, window=window, blocked=blocked), ())
    assert list(conflict_lines(error))[1:3] == [
        "  Fri 11 Dec 2026 to Sun 13 Dec 2026: away",
        "  Tue 15 Dec 2026: closed; away",
    ]


def test_a_conflict_without_a_way_out() -> None:
    lines = list(conflict_lines(conflict(last="2026-12-11")))
    assert lines[0].endswith("no usable day Fri 11 Dec 2026.")
    assert lines[-1] == "No single change makes a calendar possible, and no pair was found."


def test_a_conflict_whose_ways_out_are_not_all_tried_says_no_more_than_it_knows() -> None:
    asked = conflict().conflict
    *_, before, last = conflict_lines(NoCalendarFits(asked, (), is_cut=True))
    assert before == "  Sun 13 Dec 2026: away; closed"
    assert last.startswith("Other ways out may work")


def test_a_line_does_not_break_at_a_no_break_space() -> None:
    assert wrap("Durée\u202f: deux  heures", 9) == ["Durée\u202f:", "deux", "heures"]

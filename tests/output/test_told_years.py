"""A date says its year wherever that is not plain from what stands beside it."""

import re
from datetime import date

import pytest

from meso_schedule import CoursePlan, CourseRequest, plan_course
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.output.print.content import sheet_content
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.web.page import page
from meso_schedule.output.words.details import alternative_lines
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.session_table import session_columns
from meso_schedule.output.words.translation import find_language
from tests.support.page_reading import parsed, words
from tests.support.samples import clinic, on, phase, protocol

EVERY = [ENGLISH, *map(find_language, LANGUAGES)]


def plan(start: str, as_of: str, **asked: object) -> CoursePlan:
    """Return a course of three, whose sessions have half a year each."""
    rules = protocol(phases=[phase("20 days", "200 days")])
    request = CourseRequest.read({"start": start, "sessions": 3, **asked})
    closures = [
        {"from": f"{start[:4]}-{start[5:7]}-{day}", "to": f"{start[:4]}-{start[5:7]}-{last}"}
        for day, last in (("01", "02"), ("09", "09"))
    ]
    where = clinic(closures=closures)
    return plan_course(rules, request, clinic=where, as_of=on(as_of))


@pytest.mark.parametrize("language", EVERY, ids=lambda it: type(it).__name__ + it.code)
@pytest.mark.parametrize(
    ("first", "last", "year", "is_said"),
    [
        ("2026-12-01", "2026-12-02", 2026, []),
        ("2026-12-01", "2026-12-02", 2027, ["2026"]),
        ("2027-12-01", "2027-12-02", 2026, ["2027"]),
        ("2027-12-02", "2027-12-02", 2026, ["2027"]),
        ("2027-12-02", "2027-12-02", 2027, []),
        # The same days of two years.
        ("2026-12-01", "2027-12-02", 2026, ["2026", "2027"]),
        ("2026-12-01", "2027-12-02", 2027, ["2026", "2027"]),
        ("2026-12-28", "2027-01-10", 2027, ["2026", "2027"]),
        ("2025-12-28", "2026-01-10", 2027, ["2025", "2026"]),
    ],
)
def test_a_span_beside_a_year(
    language: Language, first: str, last: str, year: int, is_said: list[str]
) -> None:
    told = language.span_near(on(first), on(last), year)
    assert re.findall(r"\d{4}", told) == is_said
    assert re.findall(r"\d{4}", language.near(on(last), year)) == (
        [last[:4]] if int(last[:4]) != year else []
    )


@pytest.mark.parametrize("language", EVERY, ids=lambda it: type(it).__name__ + it.code)
def test_closed_days_of_another_year_than_that_of_planning(language: Language) -> None:
    """The first two and the ninth of December."""
    there, later = (
        sheet_content(plan("2026-12-03", "2026-11-22"), language),
        sheet_content(plan("2027-12-03", "2026-11-22"), language),
    )
    years = [
        [re.findall(r"\d{4}", line.partition(": ")[0]) for line in told["calendar"]["closed"]]
        for told in (there, later)
    ]
    assert years[0][:2] == [[], []]
    assert years[1][:2] == [["2027"], ["2027"]]


def rows(made: CoursePlan, language: Language) -> list[dict[str, str]]:
    """Return the days of each session as a terminal, a sheet and a page show them."""
    columns = {str(it.header): it for it in session_columns(made, language)}
    said = language.say
    text = [
        {
            "window": columns[said("Can move")].shown(visit),
            "backup": columns[said("Backup")].shown(visit),
        }
        for visit in made.visits
    ]
    return text + [
        {name: row[name] for name in ("window", "backup")}
        for row in sheet_content(made, language)["dates"]["rows"]
    ]


def test_windows_and_backups_over_new_year() -> None:
    made = plan("2026-12-10", "2026-11-22")
    first, second, third = made.visits
    told = rows(made, ENGLISH)
    assert (first.date, second.date, third.date) == (
        *(date(2026, 12, 10), date(2026, 12, 30)),
        date(2027, 1, 19),
    )
    assert [row["window"] for row in told[:3]] == [
        "10-23 Dec",
        "30 Dec 2026 - 28 Jun 2027",
        "19 Jan - 18 Jul",
    ]
    assert [row["window"] for row in told[3:]] == [row["window"] for row in told[:3]]
    assert told[1]["backup"] == told[4]["backup"] == "31 Dec"
    later = second.model_copy(update={"backup": date(2027, 1, 4)})
    changed = made.model_copy(update={"sessions": (first, later, third)})
    assert (
        rows(changed, ENGLISH)[1]["backup"] == rows(changed, ENGLISH)[4]["backup"] == "4 Jan 2027"
    )
    shown = words(parsed(page(changed, language=ENGLISH)))
    assert "4 Jan 2027" in shown
    assert "30 Dec – 28 Jun 2027" in shown
    assert "30 Dec 2026 - 28 Jun 2027" in plan_text(changed, width=160)


def test_alternatives_over_new_year() -> None:
    made = plan("2026-12-10", "2026-11-22", alternatives=1)
    assert list(alternative_lines(made)) == [("Fri 11 Dec 2026", "31 Dec, 20 Jan 2027")]
    assert "20 Jan 2027" in words(parsed(page(made, language=ENGLISH)))

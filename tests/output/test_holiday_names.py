"""Holidays are told in the language of what is printed, and those not certain yet are marked."""

from datetime import date
from typing import Any

import holidays
import pytest
from holidays.registry import COUNTRIES

from meso_schedule import CoursePlan, CourseRequest, plan_course
from meso_schedule.base.phrases import LANGUAGES, named
from meso_schedule.clinic.holidays import HolidayRegion, holidays_of_year
from meso_schedule.course.plan_json import plan_json
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.web.page import page
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.translation import LOCALES, find_language
from tests.support.lengths import sampled
from tests.support.page_reading import parsed, words
from tests.support.samples import clinic, no_of, on, protocol
from tests.support.sheets import pages, printed_sheet

GERMAN = ("Erster Weihnachtstag", "Zweiter Weihnachtstag", "Neujahr", "Heilige Drei Könige")
# As the labour law of each country names 1 May and 25 December, or as nearly as can be read.
NAMES = [
    ("DE", "de", "Erster Weihnachtstag"),
    ("FR", "fr", "Noël"),
    ("ES", "es", "Natividad del Señor"),
    ("IT", "it", "Natale"),
    ("PL", "pl", "Boże Narodzenie (pierwszy dzień)"),
    ("CH", "fr", "Noël"),
    ("CH", "it", "Natale"),
    ("GB", "en", "Christmas Day"),
    # Where the package does not tell them in the language, the catalogue does.
    ("DE", "pl", "Boże Narodzenie"),
    ("GB", "de", "Erster Weihnachtstag"),
    ("GB", "es", "Navidad"),
]


def planned(country: str = "DE", region: str | None = "BY", **asked: Any) -> CoursePlan:
    request = CourseRequest.read({"start": "2026-12-15", "sessions": 4, **asked})
    where = clinic(
        holidays={"country": country, "subdivision": region} if region else {"country": country}
    )
    return plan_course(protocol(), request, clinic=where, as_of=on("2026-11-22"))


def language_of(code: str) -> Language:
    return ENGLISH if code == "en" else find_language(code)


@pytest.mark.parametrize("is_read_back", [False, True])
def test_every_output_tells_holidays_in_its_language(is_read_back: bool) -> None:
    made = planned()
    if is_read_back:
        made = CoursePlan.model_validate_json(plan_json(made))
    assert [day.reason for day in made.closed if day.kind == "holiday"][:2] == [
        *("Christmas Day", "Second Day of Christmas")
    ]
    german = find_language("de")
    on_page = words(parsed(page(made, language=german)))
    in_text, on_paper = (
        plan_text(made, width=100, language=german),
        "".join(pages(printed_sheet(made, "de"))),
    )
    for name in GERMAN:
        assert name in on_page
        assert name in in_text
        assert name.replace(" ", "") in on_paper.replace(" ", "").replace("\n", "")
    assert "Second Day" not in in_text + on_paper + on_page
    assert "Second Day of Christmas" in plan_text(made, width=100)


@pytest.mark.parametrize(("country", "code", "name"), NAMES)
def test_the_language_of_the_sheet(country: str, code: str, name: str) -> None:
    made = planned(country, None)
    told = {day.date: language_of(code).say(day.told) for day in made.closed}
    assert told[on("2026-12-25")] == name


def test_a_language_in_two_spellings_takes_one() -> None:
    """The library tells the holidays of Canada in Canadian and in American English."""
    assert {"en_CA", "en_US"} <= {*holidays.country_holidays("CA").supported_languages}
    found = holidays_of_year(HolidayRegion(country="CA"), 2027)[on("2027-09-06")]
    assert (found.name, find_language("fr").say(found.name)) == ("Labor Day", "Fête du Travail")


def test_reasons_name_holidays_in_the_language() -> None:
    error = no_of(planned, start="2026-12-25", start_within=1)
    german, english = (
        "\n".join(conflict_lines(error, it)) for it in (find_language("de"), ENGLISH)
    )
    assert "Erster Weihnachtstag" in german
    assert "Christmas" not in german
    assert "Christmas Day" in english


def test_closures_stay_in_the_words_of_the_clinic() -> None:
    where = clinic(
        holidays={"country": "DE"},
        closures=[
            {"from": "2026-12-23", "to": "2026-12-25", "reason": "Inventur"},
            {"from": "2026-12-28", "to": "2026-12-28"},
        ],
    )
    request = CourseRequest.read({"start": "2026-12-15", "sessions": 4})
    made = plan_course(protocol(), request, clinic=where, as_of=on("2026-11-22"))
    again = CoursePlan.model_validate_json(plan_json(made))
    for plan in (made, again):
        told = {str(day.date): find_language("de").say(day.told) for day in plan.closed}
        assert told["2026-12-24"] == "Inventur"
        assert told["2026-12-25"] == "Inventur; Erster Weihnachtstag"
        assert told["2026-12-28"] == "von der Praxis geschlossen"
    assert made.closed[2].reason == "Inventur; Christmas Day"


def test_a_plan_of_before_is_told_as_it_was() -> None:
    made = planned()
    old = made.model_dump(mode="json")
    old["closed"] = [
        {name: day[name] for name in ("date", "reason", "kind")} for day in old["closed"]
    ]
    read = CoursePlan.model_validate(old)
    assert [day.told for day in read.closed] == [day.reason for day in made.closed]


def test_a_name_that_some_languages_have() -> None:
    name = named({"en": "Market Day", "de": "Markttag"})
    told = {code: find_language(code).say(name) for code in LANGUAGES}
    assert told == dict.fromkeys(LANGUAGES, "Market Day") | {"de": "Markttag"}
    assert tuple(LOCALES) == LANGUAGES


def estimated(country: str, year: int) -> dict[str, bool]:
    found = holidays_of_year(HolidayRegion(country=country), year)
    return {str(day): held.estimated for day, held in found.items()}


@pytest.mark.parametrize(
    ("country", "sure", "unsure", "source"),
    [
        ("AE", "2027-12-02", "2027-05-16", "National Day; Eid al-Adha"),
        # The library would not say that these are estimated.
        ("SA", "2027-09-23", "2027-03-10", "National Day; Eid al-Fitr"),
        ("CI", "2027-05-17", "2027-05-16", "Whit Monday, whatever else; Tabaski"),
        ("PS", "2027-11-15", "2027-05-17", "Independence Day; Eid al-Adha"),
        # Its label is French even where the names are asked for in English.
        ("NE", "2027-08-03", "2027-05-17", "Independence Day; Tabaski"),
        ("ID", "2027-08-17", "2027-05-17", "Independence Day; Eid al-Adha"),
    ],
)
def test_holidays_that_are_not_certain_yet(
    country: str, sure: str, unsure: str, source: str
) -> None:
    found = estimated(country, 2027)
    assert (found[sure], found[unsure]) == (False, True), source


@pytest.mark.parametrize("country", ["TN", "LB", "IQ", "BH"])
def test_a_day_that_is_certain_for_another_reason(country: str) -> None:
    """A day with two names, one of them not certain, is closed either way."""
    both = {
        day: held
        for year in range(2026, 2060)
        for day, held in holidays_of_year(HolidayRegion(country=country), year).items()
        if "; " in held.name
    }
    mixed = {day: held for day, held in both.items() if held.name.count("estimated") == 1}
    assert mixed
    assert not any(held.estimated for held in mixed.values() if held.name.count(";") == 1)


def findings(plan: CoursePlan) -> list[tuple[date, str]]:
    days = {day.date for day in plan.closed if day.estimated}
    messages = [it.message for it in plan.findings if it.kind == "estimated_holiday"]
    return list(zip(sorted(days), messages, strict=True))


def test_the_finding_follows_the_field_and_not_a_word() -> None:
    asked = CourseRequest.read({"start": "2027-03-02", "sessions": 2})

    def made(*closures: Any) -> CoursePlan:
        where = clinic(holidays={"country": "SA"}, closures=list(closures))
        return plan_course(protocol(), asked, clinic=where, as_of=on("2027-02-01"))

    assert [str(day) for day, _ in findings(made())][:2] == ["2027-03-09", "2027-03-10"]
    assert "Eid al-Fitr" in findings(made())[0][1]
    # The clinic is closed for sure; its own words are only words.
    own = {"from": "2027-03-09", "to": "2027-03-09", "reason": "Works"}
    assert str(findings(made(own))[0][0]) == "2027-03-10"
    words = {"from": "2027-03-24", "to": "2027-03-24", "reason": "Works (estimated)"}
    assert len(findings(made(words))) == len(findings(made()))


@pytest.mark.parametrize("country", sampled(sorted(it[1] for it in COUNTRIES.values()), 30))
def test_a_country_that_is_loaded_alone_has_the_days_of_the_library(country: str) -> None:
    told = holidays.country_holidays(country, years=2026)
    found = holidays_of_year(HolidayRegion(country=country), 2026)
    assert found.keys() == {day for day in told if day.year == 2026}

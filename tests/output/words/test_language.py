"""Dates, sums and sentences in six languages; the figures are typed, after CLDR."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from gettext import NullTranslations

import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from meso_schedule import CourseRequest, NoCalendarFits, get_protocol, plan_course, read_clinic
from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import days, joined, phrase, weeks
from meso_schedule.base.times import Clock, TimeRange
from meso_schedule.course.bill import MoneyRange
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.words.half_days import halves_of_day
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import numbers_text
from meso_schedule.output.words.translation import LOCALES, Translation, find_language
from tests.support.lengths import crossed
from tests.support.texts import rule_texts, source_texts

DAY = date(2026, 12, 1)
TABLE = {
    "en": ("Tue, 1 Dec 2026", "Tuesday, 1 December 2026", "1 Dec", "December 2026", "Mon"),
    "fr": ("mar. 1er déc. 2026", "mardi 1er décembre 2026", "1er déc.", "décembre 2026", "lun"),
    "de": ("Di., 1. Dez. 2026", "Dienstag, 1. Dezember 2026", "1. Dez.", "Dezember 2026", "Mo"),
    "es": (
        "mar, 1 dic 2026",
        "martes, 1 de diciembre de 2026",
        "1 dic",
        "diciembre de 2026",
        "lun",
    ),
    "it": ("mar 1 dic 2026", "martedì 1 dicembre 2026", "1 dic", "dicembre 2026", "lun"),
    "pl": ("wt., 1 gru 2026", "wtorek, 1 grudnia 2026", "1 gru", "grudzień 2026", "pon"),
}
SUMS = {
    "en": ("1,234.50", "£1,234.50", "JP¥180", "KWD 1.250", "£200.00 – £300.00"),
    "fr": ("1 234,50", "1 234,50 £GB", "180 JPY", "1,250 KWD", "200,00 £GB – 300,00 £GB"),
    "de": ("1.234,50", "1.234,50 £", "180 ¥", "1,250 KWD", "200,00 £ – 300,00 £"),
    "es": ("1.234,50", "1.234,50 GBP", "180 JPY", "1,250 KWD", "200,00 GBP – 300,00 GBP"),
    "it": ("1.234,50", "1.234,50 £", "180 JPY", "1,250 KWD", "200,00 £ – 300,00 £"),
    "pl": ("1 234,50", "1 234,50 GBP", "180 JPY", "1,250 KWD", "200,00 GBP – 300,00 GBP"),
}


def spaced(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ").replace("\u2009", " ")


@pytest.mark.parametrize("code", LOCALES)
def test_dates(code: str) -> None:
    language = find_language(code)
    shown = (
        language.day(DAY),
        language.full_day(DAY),
        language.short_day(DAY),
        language.month(2026, 12),
        language.weekdays[0],
    )
    assert tuple(map(spaced, shown)) == TABLE[code]
    assert len(set(language.weekdays)) == 7


@pytest.mark.parametrize("code", LOCALES)
def test_sums_have_the_digits_of_their_currency(code: str) -> None:
    language = find_language(code)

    def price(low: str, currency: str, high: str = "") -> str:
        return language.price(MoneyRange(low=Decimal(low), high=Decimal(high or low)), currency)

    shown = (
        language.amount(Decimal("1234.50")),
        price("1234.50", "GBP"),
        price("180", "JPY"),
        price("1.250", "KWD"),
        price("200.00", "GBP", "300.00"),
    )
    assert tuple(map(spaced, shown)) == SUMS[code]


@pytest.mark.parametrize("code", [None, *LOCALES])
def test_spans_hold_both_ends(code: str | None) -> None:
    language: Language = find_language(code) if code else ENGLISH
    assert "2026" in language.span(DAY, DAY)
    assert "2026" not in language.span(DAY, DAY, year=False)
    across = language.span(date(2026, 12, 28), date(2027, 1, 4))
    assert all(part in across for part in ("28", "2026", "4", "2027"))
    assert "2027" not in language.span(date(2026, 12, 28), date(2027, 1, 4), year=False)
    first = datetime(2026, 12, 1, 9, 45, tzinfo=UTC)
    last = datetime(2026, 12, 2, 11, 45, tzinfo=UTC)
    assert "09:45" in language.moments(first, last)
    assert language.moments(first, first.replace(hour=11)).endswith(f"09:45{language.dash}11:45")
    assert language.moments(DAY, last) == language.span(DAY, last.date())
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    turn = language.moments(midnight.replace(year=2026, month=12, day=31), midnight)
    assert "2026" in turn
    assert language.sums(None) == ""


def test_plain_english_needs_no_locale() -> None:
    assert ENGLISH.full_day(DAY) == "Tuesday 1 December 2026"
    assert ENGLISH.price(MoneyRange(low=Decimal("9.50"), high=Decimal("9.50")), "GBP") == "9.50 GBP"


def test_a_sentence_is_said_with_its_values() -> None:
    spoken = find_language("pl")
    told = phrase("{what}: {text}", what=days(1), text=joined(["closed", "Anna"], "; "))
    assert spoken.say(told) == "1 dzień: nieczynne; Anna"
    weeks_told = [spoken.say(weeks(count)) for count in (1, 2, 5, 12, 22)]
    assert weeks_told == ["1 tydzień", "2 tygodnie", "5 tygodni", "12 tygodni", "22 tygodnie"]
    away = phrase("away {days}", days=DateRange(DAY, date(2026, 12, 3)))
    assert spaced(spoken.say(away)) == "away 1–3 gru 2026"
    assert spoken.say(phrase("on {day}", day=DAY)) == "on wt., 1 gru 2026"
    assert spoken.say(phrase("{sum} due", sum=Decimal("9.50"))) == "9,50 due"
    assert spoken.say("never heard") == "never heard"
    assert spoken.say("") == ""


WAYS = {
    "en": ("1–3, 5 and 6", "closed on Saturdays; away", "0.01", "1–4"),
    "fr": ("1–3, 5 et 6", "fermé le samedi ; away", "0,01", "1–4"),
    "de": ("1–3, 5 und 6", "samstags geschlossen; away", "0,01", "1–4"),
    "es": ("1–3, 5 y 6", "cerrado los sábados; away", "0,01", "1–4"),
    "it": ("1–3, 5 e 6", "chiuso il sabato; away", "0,01", "1–4"),
    "pl": ("1–3, 5 i 6", "w soboty nieczynne; away", "0,01", "1–4"),
}


@pytest.mark.parametrize("code", LOCALES)
def test_lists_weekdays_and_figures(code: str) -> None:
    language = find_language(code)
    shut = joined([phrase("closed on {weekday}s", weekday="Saturday"), "away"], "; ")
    shown = (language.say(numbers_text([1, 2, 3, 5, 6])), language.say(shut))
    facts = (language.fact("0.01"), language.fact("1-4"))
    assert tuple(map(spaced, (*shown, *facts))) == WAYS[code]
    assert language.fact("1 to 4") == "1 to 4"


def test_what_a_source_is_is_said_in_the_language() -> None:
    cited = {it.key: it.citation for it in get_protocol("facial-rejuvenation").sources}
    for code, names, kind in (
        ("pl", "Abdallah i in., ", "kontrolowane badanie pilotażowe cytowane w przeglądzie, "),
        ("fr", "Abdallah et al., ", "étude pilote contrôlée citée par une revue, "),
    ):
        told = find_language(code).say(cited["abdallah"])
        assert told == cited["abdallah"].replace("Abdallah et al., ", names).replace(
            "controlled pilot study cited by a review, ", kind
        )
    assert find_language("de").say(cited["uses"]).endswith(" (Patienteninformation)")


def test_plain_english_keeps_what_a_terminal_can_show() -> None:
    assert ENGLISH.say(numbers_text([1, 2, 3, 5, 6])) == "1-3, 5 and 6"
    assert ENGLISH.fact("1-4") == "1-4"


def test_days_of_italian_spans_have_no_zero() -> None:
    span = find_language("it").span(date(2026, 12, 1), date(2026, 12, 8))
    assert spaced(span) == "1–8 dic 2026"


class Bracketed(NullTranslations):
    """The English texts that the sources name, in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message in source_texts()[0] | rule_texts() else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        assert source_texts()[1][msgid2] == msgid1
        return f"⟦{super().ngettext(msgid1, msgid2, n)}⟧"


class Marked(Translation):
    """A language in which every known text stands in brackets: what is outside was not said."""

    def __init__(self) -> None:
        super().__init__("en", Bracketed())


def outside(text: str) -> str:
    while (fewer := re.sub("⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = fewer
    return text


def dated_words() -> set[str]:
    days = [date(2026, 1, 1 + day) for day in range(7)]
    months = [date(2026, month, 1) for month in range(1, 13)]
    return {word for day in [*days, *months] for word in re.findall(r"\w+", f"{day:%a %b %B}")}


@pytest.mark.parametrize(
    ("name", "width"),
    crossed(["facial-rejuvenation", "mesobotox", "fat-reduction", "general"], [60, 90, 200]),
)
def test_every_word_on_the_terminal_is_said_in_the_language(name: str, width: int) -> None:
    clinic = read_clinic("examples/clinic.toml")
    protocol = get_protocol(name)
    asked = CourseRequest(
        start=date(2026, 12, 22),
        alternatives=2,
        top_ups=2 if protocol.top_up else None,
        late=3,
        days=["mon"],
        pin=["2=2027-01-04"],
    )
    try:
        plan = plan_course(protocol, asked, clinic=clinic, as_of=DAY)
        shown = plan_text(plan, width=width, calendar=True, language=Marked())
        data = f"{plan.clinic.model_dump()} {plan.reference} {plan.protocols} {plan.sources}"
        data += f" {plan.timezone} {plan.closed} {plan.cost} GBP Sept {plan.facts.keys()}"
    except NoCalendarFits as error:
        shown = "\n".join(conflict_lines(error, Marked()))
        data = "--late --away --start start late Christmas Boxing Day New Year"
    left = set(re.findall(r"[^\W\d_]{2,}", outside(" ".join(shown.split()))))
    assert not left - set(re.findall(r"[^\W\d_]+", data)) - dated_words()


def test_both_ends_of_an_absence_are_told_as_dates() -> None:
    away = DateRange(date(2027, 1, 4), date(2027, 1, 12))
    told = joined([phrase("the patient is away {days}", days=away)], "; ")
    assert ENGLISH.tell(told) == "the patient is away 4 Jan 2027..12 Jan 2027"


def counts_twelve_hours(identifier: str) -> bool:
    return "h" in str(Locale.parse(identifier).time_formats["short"].pattern)


@pytest.mark.parametrize("code", LOCALES)
def test_countries_that_count_twice_twelve_hours(code: str) -> None:
    """As CLDR has them, of which Canada in French writes an h and counts to 24."""
    known = [it for it in locale_identifiers() if re.fullmatch(rf"{code}_[A-Z]{{2}}", it)]
    twelve = {it[-2:] for it in known if counts_twelve_hours(it)}
    said = {it[-2:] for it in known if halves_of_day(code, it[-2:])}
    # Those of which versions of CLDR say different things, and Canada as above, left aside.
    unsure = {"en": {"ZM"}, "es": {"AR", "CL", "PY", "UY"}, "fr": {"CA"}}.get(code, set())
    assert said - unsure == twelve - unsure


def test_the_clock_of_a_country() -> None:
    times = [datetime(2026, 12, 1, hour, 30, tzinfo=UTC) for hour in (0, 9, 12, 17)]
    american = ENGLISH.in_country("US")
    assert [spaced(american.clock(it)) for it in times] == [
        "12:30 am",
        "9:30 am",
        "12:30 pm",
        "5:30 pm",
    ]
    assert ENGLISH.in_country("GB").clock(times[3]) == "17:30"
    assert find_language("de").in_country("US").clock(times[3]) == "17:30"
    mexican = find_language("es").in_country("MX")
    assert spaced(mexican.clock(times[3])) == "5:30 p. m."
    told = phrase("{day} at {time}", day="martes", time=Clock.parse("17:30"))
    assert spaced(mexican.say(told)) == "martes a las 5:30 p. m."


def test_hours_in_a_sentence_are_those_of_the_language() -> None:
    said = phrase("the patient is away {days}", days=TimeRange.parse("10:00-16:00"))
    assert find_language("de").say(said).endswith(": 10:00–16:00")

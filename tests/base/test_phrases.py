"""A phrase is its English text, and keeps what it was made of."""

import copy
import pickle
from datetime import date

import pytest

from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrase_table import phrases_in, read_with_phrases
from meso_schedule.base.phrases import Phrase, counted, days, joined, phrase
from meso_schedule.base.times import Clock, TimeRange
from meso_schedule.course.course_plan import Finding
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.rules.rule_tables import Gap


def test_a_phrase_is_its_english_text() -> None:
    made = phrase("due {day}", day=date(2026, 12, 1))
    assert made == "due 2026-12-01"
    assert (made.template, made.values) == ("due {day}", {"day": date(2026, 12, 1)})
    assert phrase("braces stay {as they are").template == "braces stay {as they are"


@pytest.mark.parametrize("number", [0, 1, 2, 22])
def test_a_count_takes_the_form_of_its_number(number: int) -> None:
    assert days(number) == ("1 day" if number == 1 else f"{number} days")
    assert (days(number).singular, days(number).template) == ("{count} day", "{count} days")
    assert counted(number, "one thing", "{count} things of {who}", who="Ann").values == {
        "count": number,
        "who": "Ann",
    }


def test_joined_texts_stay_apart() -> None:
    made = joined([phrase("closed"), "a {brace}", days(2)], "; ")
    assert made == "closed; a {brace}; 2 days"
    assert [str(part) for part in made.values.values()] == ["closed", "a {brace}", "2 days"]
    assert joined([]) == ""


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_a_copy_keeps_its_parts(again: object) -> None:
    assert callable(again)
    made = again(phrase("{days} late", days=days(3)))
    assert isinstance(made, Phrase)
    assert made == "3 days late"
    assert made.values["days"].values == {"count": 3}
    assert made.values["days"].singular == "{count} day"


def test_a_record_keeps_a_phrase_and_json_gives_plain_text() -> None:
    finding = Finding(kind="late", message=phrase("{days} late", days=days(3)))
    assert isinstance(finding.message, Phrase)
    read = Finding.model_validate_json(finding.model_dump_json())
    assert read == finding
    assert type(read.message) is str


@pytest.mark.parametrize(
    ("entry", "singular"),
    [
        ({"template": "{count} children", "singular": "{count} child"}, "{count} child"),
        # As plans of before have it.
        ({"template": "{count} top-ups"}, "{count} top-up"),
        ({"template": "Package of {count} sessions"}, ""),
    ],
)
def test_json_keeps_both_templates_of_a_count(entry: dict[str, str], singular: str) -> None:
    told = {"phrases": {"some": {**entry, "values": {"count": 2}}}, "message": "some"}
    message = read_with_phrases(told)["message"]
    assert (message.template, message.singular) == (entry["template"], singular)


def test_json_keeps_times_as_times() -> None:
    """A clock of twelve hours writes them otherwise, also in what is read back."""
    hours = TimeRange.parse("09:00-17:30")
    made = phrase("{hours}, not at {time}", hours=hours, time=Clock.parse("17:00"))
    told = Finding.made(kind="x", message=made)
    back = read_with_phrases({"message": str(made), "phrases": phrases_in(told)})["message"]
    assert back.values == made.values
    english = ENGLISH.in_country("US").say(joined([back, days(1), days(2)]))
    assert english == ("9:00\xa0am - 5:30\xa0pm, not at 5:00\xa0pm, 1 day, 2 days")
    assert ENGLISH.say(back) == "09:00-17:30, not at 17:00"


@pytest.mark.parametrize(
    "text", ["7 days", "1 month", "6 months + 4 weeks", "1 year - 3 days", "10  days"]
)
def test_the_words_of_an_interval_are_its_text(text: str) -> None:
    words = Interval.parse(text).words
    assert words == text
    units = [str(value) for value in words.values.values()] or [words.template]
    assert all(unit.split()[1].rstrip("s") in ("day", "week", "month", "year") for unit in units)


def test_an_interval_without_text_has_words_too() -> None:
    assert Interval(1, 0).words == "1 month"


def test_the_text_of_a_gap() -> None:
    gap = Gap.model_validate({"minimum": ["3 months", "90 days"], "maximum": "4 months"})
    assert gap.text == "3 months and 90 days to 4 months"
    assert Gap.model_validate({"minimum": "7 days", "maximum": "7 days"}).text == "7 days"

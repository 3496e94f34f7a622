"""What is answered before a course: recorded, cleared where it stops, shown, and erased."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import RULES, Counter

STOPS = "Do you have a disease of the nerves?"
OTHER = "Are you afraid of needles?"
ASKING = f"""
[[care]]
action = "ask"
what = "{STOPS}"
stop = true
assumption = "test"
[[care]]
action = "ask"
what = "{OTHER}"
assumption = "test"
"""


def answers(**said: str) -> str:
    """Write a file of answers: by `stops` and `other`."""
    questions = {"stops": STOPS, "other": OTHER}
    told = [{"question": questions[name], "answer": answer} for name, answer in said.items()]
    Path("answers.json").write_text(json.dumps(told))
    return "answers.json"


@pytest.fixture
def asking(counter: Counter) -> Counter:
    Path("skin.toml").write_text(RULES + ASKING)
    return counter


def fault(counter: Counter, *words: str) -> tuple[int, Any]:
    """Run what is refused and changes nothing; return its exit code and its fault."""
    counter.refused(*words)
    ran = counter.ask(*words, "--format", "json")
    return ran.code, ran.json.get("error") or ran.json["errors"][0]


OPEN = ("courses", "open", "skin", "--rules", "skin.toml")


def test_a_yes_that_stops_books_nothing_until_it_is_cleared(asking: Counter) -> None:
    told = ("--screening", answers(stops="yes", other="no"))
    code, error = fault(asking, *OPEN, *told)
    assert (code, error["code"], error["field"]) == (4, "not_cleared", "cleared_by")
    assert error["value"] == STOPS
    assert "--cleared-by NAME" in error["remedy"]
    course = asking.open(*told, "--cleared-by", "Dr A", "--consent", "2026-11-30")
    shown = asking.done("courses", "show", course)
    kept = [(it["question"], it["answer"], it["cleared_by"]) for it in shown["screening"]]
    assert kept == [(STOPS, "yes", "Dr A"), (OTHER, "no", "Dr A")]
    assert {it["on"] for it in shown["screening"]} == {"2026-12-01"}
    assert shown["consent"] == "2026-11-30"
    text = " ".join(asking.ask("courses", "show", course, "--full").out.split())
    assert f"{STOPS} Yes, cleared by Dr A." in text
    assert "Consent Mon 30 Nov 2026" in text
    assert "Not answered" not in text
    assert "screened" in asking.ask("courses", "history", course).out


def test_a_no_and_a_yes_that_stops_nothing_need_nobody(asking: Counter) -> None:
    course = asking.open("--screening", answers(stops="no", other="yes"))
    assert [it["answer"] for it in asking.done("courses", "show", course)["screening"]] == [
        "no",
        "yes",
    ]


def test_answers_are_recorded_later_and_anew(asking: Counter) -> None:
    course = asking.open()
    assert asking.done("courses", "show", course)["screening"] == []
    screen = ("courses", "screen", course)
    said = asking.ask(*screen, "--screening", answers(other="yes"))
    assert f"Not answered: {STOPS}" in said.out
    told = ("--screening", answers(stops="yes"))
    assert asking.refused(*screen, *told) == (4, "not_cleared")
    asking.done(*screen, *told, "--cleared-by", "Dr B")
    asking.set_day("2026-12-03")
    asking.done(*screen, "--screening", answers(other="no"), "--on", "2026-12-02")
    asking.done(*screen, "--consent", "2026-12-01")
    shown = asking.done("courses", "show", course)
    kept = [(it["question"], it["answer"], it["on"]) for it in shown["screening"]]
    assert kept == [(OTHER, "no", "2026-12-02"), (STOPS, "yes", "2026-12-01")]
    assert shown["consent"] == "2026-12-01"


@pytest.mark.parametrize(
    ("text", "code", "field", "value"),
    [
        ('[{"question": "Do you smoke?", "answer": "yes"}]', "unknown_question", "[1].question", 0),
        ('[{"question": "X", "answer": "maybe"}]', "bad_value", "[1].answer", "'maybe'"),
        ('[{"question": "X", "answer": true}]', "bad_value", "[1].answer", "True"),
        ('[{"question": "X"}]', "missing_key", "[1].answer", None),
        ('[{"question": "X", "answer": "yes", "b": 1}]', "unknown_key", "[1].b", 0),
        ('["yes"]', "bad_type", "[1]", "'yes'"),
        ('{"question": "X", "answer": "yes"}', "bad_type", "", 0),
        ("yes", "bad_json", None, None),
        ("[]", "missing_key", "", None),
        (
            f'[{{"question": "{OTHER}", "answer": "no"}}, {{"question": "{OTHER}",'
            ' "answer": "yes"}]',
            "contradiction",
            "[2].question",
            OTHER,
        ),
    ],
)
def test_answers_that_are_none(
    asking: Counter, text: str, code: str, field: str | None, value: object
) -> None:
    Path("bad.json").write_text(text)
    course = asking.open()
    for words in (("courses", "screen", course), (*OPEN, "--patient", "Ben")):
        exit_code, error = fault(asking, *words, "--screening", "bad.json")
        assert exit_code == 2
        assert error["code"] == code
        assert error["field"] == (None if field is None else f"screening{field}")
        if value != 0:
            assert error["value"] == value


def test_nothing_to_record(asking: Counter) -> None:
    course = asking.open()
    assert asking.refused("courses", "screen", course) == (2, "missing_argument")
    clears = ("--cleared-by", "Dr A")
    assert asking.refused("courses", "screen", course, *clears) == (2, "contradiction")
    assert asking.refused(*OPEN, *clears) == (2, "contradiction")
    late = ("--consent", "2026-12-02")
    assert asking.refused("courses", "screen", course, *late) == (4, "in_the_future")
    assert asking.refused(*OPEN, "--consent", "1.12.") == (2, "bad_date")


def test_answers_go_with_the_course(asking: Counter) -> None:
    course = asking.open("--screening", answers(other="yes"), "--consent", "2026-11-30")
    assert b"needles" in asking.path.read_bytes()
    asking.done("courses", "erase", course, "--yes")
    left = asking.path.read_bytes()
    assert b'"answer"' not in left
    assert b"2026-11-30" not in left

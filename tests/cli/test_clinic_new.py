"""A clinic file begun on a terminal or without one: it is in order, plans, and books none twice."""

import re
import sys
import tomllib
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from meso_schedule.base.errors import UnknownNameError
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.cli import clinic_template
from meso_schedule.cli.app import main
from meso_schedule.cli.clinic_template import week_hours
from meso_schedule.rules.catalogue import packaged_ids
from tests.support.command_line import Ran, Run, write
from tests.support.lengths import sampled

# A line of the template that is a commented-out part of the file, and no sentence.
_SLEEPING = re.compile(r'(?m)^# (?=\[|[a-z_]+ = |"[0-9-]+" = )')
_PLAN = ("--start", "2027-02-01", "--as-of", "2027-01-04", "--clinic", "new.toml")

Answered = Callable[..., Ran]


class Terminal(TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Answered:
    """Return how to run a command on a terminal."""

    def run(answers: str, *words: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", Terminal(BytesIO(answers.encode())))
        return Ran(main(words), *capsys.readouterr())

    return run


def test_without_a_terminal_it_is_a_commented_file(run: Run) -> None:
    ran = run("clinic", "new", "new.toml")
    assert (ran.code, ran.out) == (0, "")
    text = Path("new.toml").read_text()
    assert tomllib.loads(text) == {
        "name": "Example Clinic",
        "timezone": "Europe/London",
        "country": "GB",
        "currency": "GBP",
        "language": "en",
        "hours": {day: ["09:00-17:00"] for day in WEEKDAYS[:5]},
        "holidays": {"country": "GB"},
        "practitioners": [{"id": "practitioner-1", "name": "Practitioner"}],
        "rooms": [{"id": "room-1"}],
    }
    assert run("clinic", "check", "new.toml").code == 0
    write("mine.toml", "my own")
    for name in ("new.toml", "mine.toml"):
        before = Path(name).read_text()
        refused = run("clinic", "new", name)
        assert (refused.code, "--force" in refused.err) == (2, True)
        assert Path(name).read_text() == before
    assert run("clinic", "new", "mine.toml", "--force").code == 0
    assert Path("mine.toml").read_text() == text
    assert run("clinic", "new", "nowhere/new.toml").code == 5


def test_every_sleeping_line_can_be_woken(run: Run) -> None:
    run("clinic", "new", "new.toml")
    woken, count = _SLEEPING.subn("", Path("new.toml").read_text())
    assert count > 30
    write("new.toml", woken)
    Path("rules").mkdir()
    write("rules/mine.toml", run("protocols", "new", "mine", "--from", "general").out)
    ran = run("clinic", "check", "new.toml")
    assert ran.code == 0, ran.err


def test_every_packaged_protocol_is_planned_by_it(run: Run) -> None:
    run("clinic", "new", "new.toml")
    for name in sampled(packaged_ids(), 8):
        ran = run("plan", name, *_PLAN, "--format", "json")
        assert ran.code == 0, (name, ran.out)
        assert ran.json["sessions"][0]["practitioner"] == "practitioner-1"


def test_a_clinic_of_one_is_never_booked_twice(run: Run) -> None:
    run("clinic", "new", "new.toml")
    words = ("--at", "10:00", "--sessions", "3", "--format", "json", "--book", "mine.book")
    made = [
        run("courses", "open", "mesobotox", *_PLAN, *words, "--patient", name)
        for name in ("Anna", "Ben")
    ]
    taken = [it["start"] for ran in made for it in ran.json["plan"]["sessions"]]
    assert (len(taken), len(set(taken))) == (6, 6)


def test_what_was_answered_stands_in_the_file(answered: Answered, run: Run) -> None:
    hours = "mon-wed 09:00-13:00, 14:00-18:00; sat 10:00-12:00;"
    ran = answered(f'Clinique "Été"\nfr\n\n\n{hours}\n', "clinic", "new", "new.toml")
    assert ran.code == 0
    for told in ("[Example Clinic]: ", "[GB]: ", "[Europe/Paris]: ", "[EUR]: ", "[09:00-17:00]: "):
        assert told in ran.err
    made = tomllib.loads(Path("new.toml").read_text())
    day = ["09:00-13:00", "14:00-18:00"]
    assert made["hours"] == {"mon": day, "tue": day, "wed": day, "sat": ["10:00-12:00"]}
    assert (made["name"], made["language"]) == ('Clinique "Été"', "fr")
    assert (made["holidays"], made["currency"]) == ({"country": "FR"}, "EUR")
    assert "séances" in run("plan", "general", *_PLAN).out


def test_enter_takes_what_is_offered(answered: Answered, run: Run) -> None:
    assert answered("\n" * 5, "clinic", "new", "asked.toml").code == 0
    run("clinic", "new", "new.toml")
    assert Path("asked.toml").read_text() == Path("new.toml").read_text()


def test_a_bad_answer_is_asked_again(answered: Answered, run: Run) -> None:
    wrong = {
        "": "",
        "Deutschland": "for example DE.",
        "us": "",
        "Paris": "Write an IANA name",
        # Of several zones none is offered: Enter is no answer.
        "\nAmerica/Chicago": "Write an IANA name",
        "dollars": "currency",
        "usd": "",
        "noon": "no weekday",
        "mon 9-17": "Cannot read time '9'",
        "fri-mon 10:00-12:00": "",
    }
    ran = answered("\n".join([*wrong, ""]), "clinic", "new", "new.toml")
    assert ran.code == 0, ran.err
    for told in wrong.values():
        assert told in ran.err, told
    made = tomllib.loads(Path("new.toml").read_text())
    assert (made["country"], made["timezone"], made["currency"]) == ("US", "America/Chicago", "USD")
    assert list(made["hours"]) == ["mon", "fri", "sat", "sun"]
    assert run("clinic", "check", "new.toml").code == 0


@pytest.mark.parametrize("answers", ["", "Mine\n", "Mine\nGB\n\n\nnoon\n"])
def test_who_goes_away_leaves_no_file(answered: Answered, answers: str) -> None:
    ran = answered(answers, "clinic", "new", "new.toml")
    assert (ran.code, "Nothing was written." in ran.err) == (1, True)
    assert not Path("new.toml").exists()


def test_a_country_of_which_little_is_known(
    answered: Answered, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(country: str, _: str | None) -> None:
        raise UnknownNameError("country", country, ["GB"])

    monkeypatch.setattr(clinic_template, "public_holidays", unknown)
    answers = "Mine\nAQ\nAntarctica/Troll\nEUR\n\n"
    assert answered(answers, "clinic", "new", "new.toml").code == 0
    made = tomllib.loads(Path("new.toml").read_text())
    assert ("holidays" in made, "language" in made) == (False, False)
    assert run("clinic", "check", "new.toml").code == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-12:00", {day: ["09:00-12:00"] for day in WEEKDAYS[:5]}),
        ("Sunday 09:00-12:00", {"sun": ["09:00-12:00"]}),
        (
            "09:00-12:00; wed",
            {day: [] if day == "wed" else ["09:00-12:00"] for day in WEEKDAYS[:5]},
        ),
    ],
)
def test_hours_as_they_are_typed(text: str, expected: dict[str, list[str]]) -> None:
    assert week_hours(text) == expected

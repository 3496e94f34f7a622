"""Whom to tell of another day, and in which words; days worked by hand."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, Counter

PHONE = "+44 20 7946 0018"


def changed(counter: Counter, since: str, *words: str) -> list[dict[str, Any]]:
    visits: list[dict[str, Any]] = counter.done("courses", "changed", "--since", since, *words)[
        "visits"
    ]
    return visits


def days(visits: list[dict[str, Any]]) -> list[tuple[str, str, str | None, str | None]]:
    return [(it["session"], it["kind"], it["before"], it["after"]) for it in visits]


def test_a_session_that_moved_and_those_that_followed(counter: Counter) -> None:
    course = counter.open("--phone", PHONE, "--at", "10:00")
    counter.done("courses", "hold", course)
    assert changed(counter, "2026-12-01") == [], "what it was opened with has been told"
    counter.done("courses", "move", course, "2", "--to", "2026-12-09", "--yes")
    told = [
        ("2", "moved", "2026-12-08", "2026-12-09"),
        ("3", "moved", "2026-12-15", "2026-12-16"),
        ("4", "moved", "2026-12-29", "2026-12-30"),
    ]
    visits = changed(counter, "2026-12-01")
    assert days(visits) == told
    assert {(it["patient"], it["phone"], it["course"]) for it in visits} == {
        ("Anna Secret", PHONE, course)
    }
    counter.set_day("2026-12-02")
    assert changed(counter, "2026-12-02") == []
    # Told yesterday of the 9th, today of the 10th: the old day is that of yesterday.
    counter.done("courses", "move", course, "2", "--to", "2026-12-10", "--alone")
    assert days(changed(counter, "2026-12-02")) == [("2", "moved", "2026-12-09", "2026-12-10")]
    assert days(changed(counter, "2026-12-01"))[0] == ("2", "moved", "2026-12-08", "2026-12-10")
    # Moved back, nothing is to be told.
    counter.done("courses", "move", course, "2", "--to", "2026-12-09", "--alone")
    assert changed(counter, "2026-12-02") == []
    # Another time on the same day is.
    counter.done(
        *("courses", "move", course, "2", "--to", "2026-12-09", "--at", "11:30", "--alone")
    )
    (visit,) = changed(counter, "2026-12-02")
    assert (visit["start_before"], visit["start_after"]) == ("10:00", "11:30")


def test_sessions_that_are_off_and_new_ones(counter: Counter) -> None:
    anna, ben = counter.open(), counter.open(patient="Ben")
    counter.set_day("2026-12-02")
    counter.done("courses", "replan", anna, "--top-ups", "1", "--yes")
    counter.done("courses", "stop", ben)
    told = days(changed(counter, "2026-12-02"))
    assert ("5", "new", None) in [entry[:3] for entry in told]
    # Of what is off, what lies before the day of asking is told to nobody.
    assert [entry for entry in told if entry[1] == "dropped"] == [
        ("2", "dropped", "2026-12-08", None),
        ("3", "dropped", "2026-12-15", None),
        ("4", "dropped", "2026-12-29", None),
    ]
    counter.done("courses", "erase", ben, "--yes")
    assert {it["course"] for it in changed(counter, "2026-12-02")} == {anna}


def test_what_was_missed_is_told_of_once_it_has_a_day(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-08", 18)
    counter.done("courses", "miss", course)
    assert changed(counter, "2026-12-08") == []
    counter.done("courses", "move", course, "2", "--to", "fri", "--yes")
    assert days(changed(counter, "2026-12-08"))[0] == ("2", "moved", "2026-12-08", "2026-12-11")
    counter.set_day("2026-12-12")
    assert [entry[0] for entry in days(changed(counter, "2026-12-08"))] == ["3", "4"], "11 is past"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (None, "Your appointment on Tue, 8 Dec 2026 at 10:00 is now on Fri, 11 Dec 2026 at 10:00."),
        ("fr", "Votre rendez-vous du mar. 8 déc. 2026 à 10:00 est maintenant le ven. 11 déc. 2026"),
        ("de", "Ihr Termin am Di., 8. Dez. 2026 um 10:00 Uhr ist jetzt am Fr., 11. Dez. 2026 um"),
        ("es", "Su cita del mar, 8 dic 2026 a las 10:00 pasa al vie, 11 dic 2026 a las 10:00."),
        ("it", "Il Suo appuntamento di mar 8 dic 2026 alle 10:00 è spostato a ven 11 dic 2026"),
        ("pl", "Państwa wizyta wt., 8 gru 2026 o godz. 10:00 odbędzie się w innym terminie: pt."),
    ],
)
def test_the_text_is_in_the_language_of_the_patient(
    counter: Counter, language: str | None, words: str
) -> None:
    Path("clinic.toml").write_text(f'phone = "020 7946 0000"\n{CLINIC}')
    spoken = ("--language", language) if language else ()
    course = counter.open("--at", "10:00", *spoken)
    counter.done("courses", "move", course, "2", "--to", "2026-12-11", "--alone")
    (visit,) = changed(counter, "2026-12-01")
    assert visit["message"].replace("\u202f", " ").startswith(words)
    assert visit["message"].endswith(("call 020 7946 0000.", "020 7946 0000."))
    (other,) = changed(counter, "2026-12-01", "--language", "en")
    assert other["message"].startswith("Your appointment")


def test_as_text_and_csv(counter: Counter) -> None:
    course = counter.open("--phone", PHONE, patient="=A. Example")
    ask = ("courses", "changed", "--since", "2026-12-01")
    assert counter.ask(*ask).out == "No visit has changed.\n"
    counter.done("courses", "move", course, "4", "--to", "2026-12-30")
    text = counter.ask(*ask).out
    assert PHONE in text
    assert "=A. Example: Your appointment on Tue, 29 Dec 2026 is now on Wed," in text
    (row,) = csv.DictReader(StringIO(counter.ask(*ask, "--format", "csv").out))
    assert (row["phone"], row["before"], row["after"]) == (PHONE, "2026-12-29", "2026-12-30")
    assert row["patient"] == "'=A. Example", "no formula"
    assert counter.ask(*ask, "-o", "a.csv").err == "Wrote a.csv.\n"
    assert list(csv.DictReader(StringIO(Path("a.csv").read_text("utf-8")))) == [row]
    assert counter.refused(*ask, "-o", "a.csv")[0] == 2
    counter.done("courses", "stop", course)
    assert "does not take place" in counter.ask(*ask).out
    assert counter.refused(*ask, "--language", "xx")[0] == 2
    assert counter.refused("courses", "changed", "--since", "soon") == (2, "bad_date")

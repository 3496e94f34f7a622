"""A course of the book on one screen, and whom to call in the list of courses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from meso_schedule.output.terminal.layout import display_width
from meso_schedule.output.words.translation import LOCALES
from tests.cli.courses.desk import Counter

LANGUAGES = ("en", *LOCALES)
FACE = (
    *("courses", "open", "facial-rejuvenation", "--patient", "A. Example", "--at", "17:00"),
    *("--phone", "+44 20 7946 0000", "--reference", "LY-1"),
)

OPENED = """\
Facial rejuvenation mesotherapy                                A. Example   LY-1
6 sessions, Tue 1 Dec 2026 - Tue 19 Jan 2027                          560.00 GBP
Next: session 1, 1-14 Dec 2026                                  +44 20 7946 0000

No.  Day             Time   Could also be  Notes
  1  Tue 1 Dec 2026  17:00  2-14 Dec
  2  Tue 8 Dec       17:00  9-11 Dec
  3  Tue 15 Dec      17:00  16-18 Dec
  4  Tue 22 Dec      17:00  Wed 23 Dec     then closed 24-26 Dec
 ~5  Tue 5 Jan 2027  17:00  6-12 Jan       if the skin improves, else 29 Dec
 ~6  Tue 19 Jan      17:00  20-26 Jan      if the skin improves, else 5 Jan

  !  Session 5 is on 5 Jan 2027 if the skin has improved, else on 29 Dec 2026:
     to be assessed on 22 Dec 2026.
  !  Aspirin and other anti-inflammatory painkillers (NSAIDs): begun 24 Nov, ask
     now
  Pay     4 x 140.00, 1-15 Dec
""".splitlines()


@pytest.fixture
def face(counter: Counter) -> str:
    text = Path("clinic.toml").read_text().replace("[prices.skin]", "[prices.facial-rejuvenation]")
    Path("clinic.toml").write_text(text.replace("09:00-17:00", "09:00-19:00"))
    course: str = counter.done(*FACE, "--clinic", "clinic.toml")["course"]
    return course


def screen(counter: Counter, course: str, *words: str) -> list[str]:
    shown = counter.ask("courses", "show", course, "--clinic", "clinic.toml", *words)
    assert shown.code == 0, shown
    return list(shown.out.splitlines())


def moments(counter: Counter, course: str) -> Iterator[str]:
    """Yield what a course is like: opened, half held, with one forgotten, stopped."""
    yield "opened"
    for day in ("2026-12-01", "2026-12-08"):
        counter.set_day(day)
        counter.done("courses", "hold", course)
    counter.done("courses", "pay", course, "100.00")
    counter.done("courses", "note", course, "Prefers mornings")
    yield "half held"
    counter.set_day("2026-12-20")
    yield "forgotten"
    counter.done("courses", "stop", course, "--reason", "moves away")
    yield "stopped"


def test_six_sessions_of_the_book_fit_on_one_screen(counter: Counter, face: str) -> None:
    for moment in moments(counter, face):
        for language in LANGUAGES:
            lines = screen(counter, face, "--language", language)
            assert len(lines) <= 24, (moment, "\n".join(lines))
            assert max(map(display_width, lines)) <= 80, (moment, language)
            assert "+44 20 7946 0000" in lines[2]
            assert len([line for line in lines if "17:00" in line]) == 6


def test_what_one_screen_of_a_course_says(counter: Counter, face: str) -> None:
    for moment in moments(counter, face):
        lines = screen(counter, face)
        if moment == "opened":
            assert lines[:17] == OPENED
        elif moment == "half held":
            assert "held" in lines[5]
            assert lines[-1] == f"  Next    meso-schedule courses print {face} --output sheet.pdf"
        elif moment == "forgotten":
            assert "  !  Past and not recorded: 3." in lines
            assert lines[-1] == f"  Next  meso-schedule courses hold {face}"
        else:
            assert lines[2].startswith("stopped  ")
            assert [line.split()[-1] for line in lines[5:11]] == ["held"] * 2 + ["stopped"] * 4


def test_missed_and_fixed_by_hand(counter: Counter, face: str) -> None:
    counter.done("courses", "move", face, "2", "--to", "2026-12-09", "--alone", "--yes")
    assert counter.ask("courses", "miss", face).code == 0
    lines = screen(counter, face)
    assert lines[1].startswith("6 sessions, Wed 9 Dec 2026 - ")
    assert lines[5].split()[-1] == "missed"
    assert lines[6].endswith("fixed by hand")
    cannot = [line for line in lines if "cannot be printed as it is booked. Session 3:" in line]
    assert cannot[0].startswith("  !  ")
    assert lines[-1] == f"  Next  meso-schedule courses replan {face}"


def test_what_the_book_finds_is_told_in_the_language(counter: Counter, face: str) -> None:
    other = counter.open("--start", "2027-03-02", patient="A. Example")
    counter.done("courses", "miss", face)
    counter.done("courses", "pause", face, "--reason", "travaux")
    text = " ".join(" ".join(screen(counter, face, "--language", "fr")).split())
    assert "La cure est en pause depuis le " in text
    assert f"La cure {other}, skin, en cours" in text, text
    for english in ("paused", "The course", "Session", "running", "to come"):
        assert english not in text


def test_all_that_the_book_says_is_told_in_the_language(counter: Counter) -> None:
    course = counter.open("--days", "tue", "--between", "tue:09:00-20:00", "--late", "3")
    counter.done("courses", "hold", course, "--improved", "no")
    counter.done("courses", "pay", course, "100", "--method", "cash")
    text = counter.ask("courses", "show", course, "--full", "--language", "de").out
    for told in (
        "Stand             läuft",
        "Tage              Di\n",
        "Uhrzeiten         Di 09:00–20:00",
        "Verspätung        bis zu 3 Tage",
        "Nicht verbessert  Di., 1. Dez. 2026",
        "Weiter            Sitzung 2, Di., 8. Dez. 2026 bis Fr., 11. Dez. 2026",
        "erfolgt",
        "gebucht",
        "1, im Plan",
        "90,00 GBP am Di., 1. Dez. 2026, bezahlt",
        "80,00 offen",
        "Noch zu zahlen",
    ):
        assert told in text, (told, text)
    for english in ("Status", "booked", "held", "Paid", "session", "Days"):
        assert english not in text, (english, text)


def test_reasons_are_added_below_the_screen(counter: Counter, face: str) -> None:
    lines = screen(counter, face, "--why")
    assert lines[: len(OPENED)] == OPENED
    assert "Why these days" in lines


def test_whom_to_call_stands_in_the_list(counter: Counter, face: str) -> None:
    def phones() -> list[str | None]:
        shown = counter.done("courses", "list")["courses"]
        return [it["phone"] for it in shown]

    counter.open(patient="Zoe Other")
    assert sorted(map(str, phones())) == ["+44 20 7946 0000", "None"]
    assert "+44 20 7946 0000" in counter.ask("courses", "list").out
    counter.done("courses", "contact", face, "--phone", "020 1")
    assert "020 1" in phones()
    counter.done("courses", "undo", face)
    assert "+44 20 7946 0000" in phones()
    counter.done("courses", "contact", face, "--phone", "")
    assert phones() == [None, None]


def test_options_of_the_screen_go_with_the_screen(counter: Counter, face: str) -> None:
    for option in ("--why", "--full", "--language=de"):
        words = ("courses", "show", face, option)
        assert counter.refused(*words) == (2, "contradiction")

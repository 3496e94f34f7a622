"""What was hardly meant is asked about once, and what is easily overlooked is told."""

import sys
from collections.abc import Callable, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from meso_schedule.cli.app import main
from tests.cli.courses.desk import Counter

NEW = ("courses", "open", "skin", "--rules", "skin.toml")


class Terminal(TextIOWrapper):
    """Where somebody answers."""

    def isatty(self) -> bool:
        return True


Answered = Callable[..., tuple[int, str, str]]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Answered:
    """Return how to run a command on a terminal; of two answers the second is left."""

    def run(answer: str, *words: str) -> tuple[int, str, str]:
        terminal = Terminal(BytesIO(f"{answer}\nleft".encode()))
        monkeypatch.setattr(sys, "stdin", terminal)
        code = main(words)
        assert terminal.read() == "left"
        return (code, *capsys.readouterr())

    return run


def revision(counter: Counter, course: str) -> int:
    number: int = counter.done("courses", "show", course)["revision"]
    return number


@pytest.mark.parametrize(
    ("words", "question"),
    [
        (("hold", "{}", "--session", "9"), "The course has no session 9: its last is 4."),
        (("pay", "{}", "360.01"), "360.01 GBP is more than the 360.00 GBP left to pay."),
    ],
)
def test_asked_once_and_nothing_is_written_unasked(
    counter: Counter, answered: Answered, words: Sequence[str], question: str
) -> None:
    course = counter.open()
    asking = ("courses", *(word.format(course) for word in words))
    assert counter.refused(*asking) == (2, "not_confirmed")
    code, out, err = answered("n", *asking)
    assert (code, out) == (1, "")
    assert question in err
    assert "Nothing was written." in err
    assert revision(counter, course) == 2
    code, out, _ = answered("y", *asking)
    assert code == 0
    assert revision(counter, course) == 3
    assert "Recorded: course" in out


def test_days_and_times_as_a_clinic_writes_them(counter: Counter) -> None:
    """Tuesday 1 December 2026 is today; the clinic writes German."""
    Path("clinic.toml").write_text('language = "de"\n' + Path("clinic.toml").read_text())
    course = counter.open("--start", "1.12.2026")
    counter.done("courses", "hold", course, "--on", "today")
    counter.set_day("2026-12-02")
    counter.done("courses", "move", course, "2", "--to", "9.12.2026", "--at", "16h", "--yes")
    (line,) = counter.done("diary", "9.12.2026")["sessions"]
    assert (line["date"], line["start"], line["number"]) == ("2026-12-09", "16:00", 2)
    assert "9 Dec 2026" in counter.ask("courses", "changed", "--since", "yesterday").out
    assert counter.ask("clinic", "closed", "9.12.2026").code == 0
    free = counter.done("courses", "free", "skin", "--rules", "skin.toml", "--around", "tomorrow")
    assert free["days"][0]["date"] == "2026-12-02"


@pytest.mark.parametrize("number", ["4", "5"])
def test_the_session_after_the_last_is_no_question(counter: Counter, number: str) -> None:
    """Four are booked; once those were held, the fifth is the next."""
    course = counter.open("--sessions", "4")
    if number == "5":
        for day in ("01", "08", "15", "29"):
            counter.set_day(f"2026-12-{day}")
            counter.done("courses", "hold", course)
        counter.set_day("2027-03-30")
    else:
        counter.set_day("2026-12-29")
    counter.done("courses", "hold", course, "--session", number)


def test_a_start_long_past_is_asked_about(counter: Counter) -> None:
    last_year = (*NEW, "--patient", "B", "--start", "2025-12-01")
    assert counter.refused(*last_year) == (2, "not_confirmed")
    assert "The course begins on Mon 1 Dec 2025, before" in counter.ask(*last_year).err
    assert counter.refused(*NEW, "--start", "2026-11-02") == (2, "not_confirmed")
    several = ("courses", "open", "hyaluronic-acid", "mesobotox@2025-02-01", "--patient", "C")
    assert counter.refused(*several) == (2, "not_confirmed")
    counter.open(patient="B")
    both = counter.ask(*last_year).err.replace("\n", " ")
    assert "2025, before Tue 1 Dec 2026. The patient has a course already" in both, "asked once"
    counter.done(*last_year, "--yes")
    counter.done(*NEW, "--patient", "C", "--start", "2026-11-03")
    counter.done(*NEW, "--patient", "D", "--start", "2026-10-01", "--held", "2026-11-24")


def test_a_course_that_nobody_finds_by_name_says_so(counter: Counter) -> None:
    told = "The course has neither patient nor reference: only its id tells whose it is."
    ran = counter.ask(*NEW)
    assert told in ran.out
    (course,) = (it["course"] for it in counter.done("courses", "list")["courses"])
    assert told in counter.ask("courses", "show", course, "--full").out.replace("\n    ", "")
    (finding,) = counter.done("courses", "show", course)["findings"]
    assert finding["kind"] == "unnamed"
    named = counter.done(*NEW, "--reference", "EX-1")
    assert named["state"]["findings"] == []
    counter.done("courses", "erase", course, "--yes")
    assert told not in counter.ask("courses", "show", course, "--full").out


def test_what_is_past_and_not_recorded_is_flagged(counter: Counter) -> None:
    """Sessions are booked for 1, 8, 15 and 29 December."""
    anna, ben = counter.open(), counter.open(patient="Ben")
    counter.done("courses", "hold", anna)

    def missing(*words: str) -> dict[str, int]:
        lines = counter.done("courses", *words)["courses"]
        return {line["course"]: line["unrecorded"] for line in lines}

    assert missing("list") == {anna: 0, ben: 0}, "today is not past"
    counter.set_day("2026-12-09")
    assert missing("list") == {anna: 1, ben: 2}
    assert missing("find", "ben") == {ben: 2}
    assert missing("list", "--overdue") == {}
    shown = counter.ask("courses", "list").out
    assert "! 2 past and" in shown
    counter.done("courses", "miss", anna)
    counter.done("courses", "stop", ben)
    assert missing("list") == {anna: 0, ben: 0}
    assert "not recorded" not in counter.ask("courses", "list").out


def test_a_stop_says_account_reason_and_fee(counter: Counter) -> None:
    fee = '\n[stopping]\nfee = "50.00"\nfee_of = "course"\n'
    with Path("clinic.toml").open("a", encoding="utf-8") as file:
        file.write(fee)
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.done("courses", "pay", course, "200")
    told = counter.ask("courses", "stop", course, "--reason", "moved away").out
    assert "Reason: moved away.\n" in told
    assert "Used: 150.00 GBP for 1 session by the single price and a fee of 50.00 GBP" in told
    assert "Paid: 200.00 GBP.\nTo give back: 50.00 GBP.\n" in told
    other = counter.open(patient="Ben")
    assert "Reason" not in counter.ask("courses", "stop", other).out


def test_a_missed_session_is_moved_in_one_step(counter: Counter) -> None:
    """Missed on Tuesday the 8th, it can be until Friday; the next follow by 7 and 14 days."""
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-08", 18)
    told = counter.ask("courses", "miss", course).out
    assert f"'meso-schedule courses move {course} 2 --to DATE'" in told
    move = ("courses", "move", course, "2", "--to", "fri")
    assert counter.refused(*move) == (2, "not_confirmed")
    counter.done(*move, "--yes")
    assert counter.sessions(course) == [
        (1, "held", "2026-12-01"),
        (2, "booked", "2026-12-11"),
        (3, "booked", "2026-12-18"),
        (4, "booked", "2027-01-01"),
    ]
    assert counter.refused("courses", "move", course, "1", "--to", "fri")[0] == 4, "it was held"


def test_what_a_missed_visit_costs_is_kept_once(counter: Counter) -> None:
    with Path("clinic.toml").open("a", encoding="utf-8") as file:
        file.write('\n[cancelling]\nmissed = "20.00"\nmoved = "30.00"\n')
    text = Path("clinic.toml").read_text("utf-8")
    Path("clinic.toml").write_text(f'notice = "24 hours"\n{text}')
    course = counter.open()
    counter.set_day("2026-12-01", 18)
    assert counter.done("courses", "miss", course, "--yes")["kept"]
    moved = counter.done("courses", "move", course, "1", "--to", "thu", "--yes")
    assert "kept" not in moved
    assert counter.done("courses", "show", course)["account"]["fees"] == "20.00"

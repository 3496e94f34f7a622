"""The diary of given days: who comes, what clashes, which hours nobody has booked; by hand."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import html5lib
import openpyxl
import pypdfium2
import pytest
import vobject
from icalendar import Calendar

from tests.cli.courses.desk import CLINIC, RULES, Counter
from tests.cli.courses.test_file_changed import NURSE
from tests.cli.courses.test_practitioners import DOCTOR
from tests.support.tools import ical_js

PHONE = "+44 20 7946 0018"


@pytest.fixture
def two(counter: Counter) -> tuple[str, str]:
    """Book two courses of 45 minutes on the same Tuesdays, from 10:00 and from 10:30."""
    anna = counter.open("--at", "10:00", "--phone", PHONE, patient="A. Example")
    return anna, counter.open("--at", "10:30", patient="B. Example")


def diary(counter: Counter, *words: str) -> Any:
    return counter.done("diary", *words)


def test_a_day(counter: Counter, two: tuple[str, str]) -> None:
    told = counter.ask("diary", "2026-12-08").out
    assert "Tue 8 Dec 2026: 2 sessions, 90 min.\n" in told
    assert "! at the same time as 10:30" in told
    assert PHONE in told
    assert "Not booked: 09:00-10:00, 11:15-20:00.\n" in told, "on Tuesdays until 20:00"
    made = diary(counter, "2026-12-08")
    assert [(it["course"], it["number"], it["clashes"]) for it in made["sessions"]] == [
        (two[0], 2, ["10:30 B. Example"]),
        (two[1], 2, ["10:00 A. Example"]),
    ]
    assert [it["low"] for it in made["sessions"]] == ["90.00", "90.00"]
    assert made["days"][0]["free"] == ["09:00-10:00", "11:15-20:00"]


def test_weeks_with_what_is_closed_and_missed(counter: Counter, two: tuple[str, str]) -> None:
    counter.set_day("2026-12-08", 18)
    counter.done("courses", "miss", two[1], "--session", "1")
    made = diary(counter, "2026-11-30..2026-12-26")
    assert len(made["days"]) == 27
    days = {it["date"]: it for it in made["days"]}
    first = days["2026-12-01"]
    assert (first["sessions"], first["missed"], first["minutes"]) == (1, 1, 45)
    assert first["free"] == ["09:00-10:00", "10:45-20:00"], "who did not come takes no time"
    assert made["sessions"][0]["clashes"] == []
    assert days["2026-12-05"]["shut"] == ["closed on Saturdays"]
    assert days["2026-12-24"]["shut"] == ["Christmas"]
    assert days["2026-12-24"]["free"] == []
    told = counter.ask("diary", "2026-11-30..2026-12-13").out
    assert "Week of Mon 7 Dec 2026\nTime   Tue 8 Dec" in told
    assert "10:30  ! B. Example" in told
    assert "Not open: closed on Saturdays.\n" in told
    assert "1 session, 45 min., 1 missed" in told
    assert "No sessions." in counter.ask("diary", "2027-06-07..2027-06-08").out


def test_booked_up_and_without_a_time(counter: Counter) -> None:
    short = CLINIC.replace('tue = ["09:00-20:00"]', 'tue = ["09:00-09:45"]')
    Path("clinic.toml").write_text(short)
    counter.open("--at", "09:00", "--days", "tue", patient="A. Example")
    assert "Booked up.\n" in counter.ask("diary", "2026-12-08").out
    Path("clinic.toml").write_text(CLINIC)
    counter.open(patient="B. Example")
    sessions = diary(counter, "2026-12-08")["sessions"]
    assert [(it["start"], it["clashes"]) for it in sessions] == [("09:00", []), (None, [])]
    events = counter.ask("diary", "2026-12-08", "-o", "a.ics")
    assert events.code == 0
    calendar = Calendar.from_ical(Path("a.ics").read_bytes())
    starts = [str(event.decoded("DTSTART")) for event in calendar.walk("VEVENT")]
    assert starts == ["2026-12-08 09:00:00+00:00", "2026-12-08"]


def test_two_people_at_one_time_do_not_clash(counter: Counter) -> None:
    people = '[[practitioners]]\nid = "a"\nname = "A"\n[[practitioners]]\nid = "b"\nname = "B"\n'
    Path("clinic.toml").write_text(
        f'{CLINIC}{people}[[rooms]]\nid = "one"\n[[rooms]]\nid = "two"\n'
    )
    course = counter.open("--at", "10:00", "--practitioner", "a", patient="A. Example")
    counter.open("--at", "10:00", "--practitioner", "b", patient="B. Example")
    sessions = diary(counter, "2026-12-08")["sessions"]
    assert {(it["practitioner"], *it["clashes"]) for it in sessions} == {("a",), ("b",)}
    counter.open("--at", "14:00", "--practitioner", "b", patient="C. Example")
    told = counter.ask("diary", "2026-12-29", "--practitioner", "b").out
    assert "10:00    45  B. Example" in told
    assert "provisional" in told
    only, _ = diary(counter, "2026-12-08", "--practitioner", "b")["sessions"]
    assert only["patient"] == "B. Example"
    month = ("2026-12-08", "--month", "--practitioner", "b")
    figures = diary(counter, *month)
    assert [it["sessions"] for it in figures["income"]] == [len(figures["sessions"])]
    assert {(it["what"], it["sessions"]) for it in figures["consumables"]} == {
        (what, len(figures["sessions"])) for what in ("gauze", "ml hyaluronic acid", "needle")
    }
    assert "\n\nExpected income\n" in counter.ask("diary", *month).out
    rooms = {
        name: {it["patient"] for it in diary(counter, "2026-12-08", "--room", name)["sessions"]}
        for name in ("one", "two")
    }
    together = {"A. Example", "B. Example"}
    assert sorted(rooms["one"] | rooms["two"]) == ["A. Example", "B. Example", "C. Example"]
    assert [len(it & together) for it in rooms.values()] == [1, 1]
    assert re.search("B, (one|two)", counter.ask("diary", "2026-12-08").out)
    away = '[[practitioners.absences]]\nfrom = "2026-12-09"\nto = "2026-12-09"\n'
    shut = '[[rooms.closures]]\nfrom = "2026-12-09"\nto = "2026-12-09"\n'
    hours = 'hours = { tue = ["09:00-11:30", "13:00-15:00"], wed = ["09:00-12:00"] }\n'
    places = f'[[rooms]]\nid = "one"\n[[rooms]]\nid = "two"\n{shut}'
    Path("clinic.toml").write_text(f"{CLINIC}{people}{hours}{away}{places}")
    for day, whose, told in (
        ("2026-12-09", ("--practitioner", "b"), "Not open: B does not work."),
        ("2026-12-09", ("--room", "two"), "Not open: two is closed."),
        ("2026-12-29", ("--practitioner", "b"), "09:00-10:00, 10:45-11:30, 13:00-14:00, 14:45-15"),
    ):
        assert told in counter.ask("diary", day, *whose).out, day
    counter.set_day("2026-12-09")
    counter.done("courses", "hold", course, "--on", "2026-12-01")
    was = diary(counter, "2026-12-01", "--room", "two")["sessions"]
    assert course in {it["course"] for it in was}, "of what is over either room would have done"
    assert counter.refused("diary", "2026-12-08", "--room", "three") == (2, "unknown_room")


def test_as_files(counter: Counter, two: tuple[str, str]) -> None:
    names = ("a.pdf", "a.csv", "a.xlsx", "a.ics")
    counter.done("courses", "miss", two[1], "--session", "1")
    words = [word for name in names for word in ("-o", name)]
    assert counter.ask("diary", "2026-12-01..2026-12-08", *words).err == "".join(
        f"Wrote {name}.\n" for name in names
    )
    rows = list(csv.DictReader(StringIO(Path("a.csv").read_text("utf-8"))))
    assert [(row["date"], row["start"], row["patient"], row["status"]) for row in rows] == [
        ("2026-12-01", "10:00", "A. Example", "booked"),
        ("2026-12-01", "10:30", "B. Example", "missed"),
        ("2026-12-08", "10:00", "A. Example", "booked"),
        ("2026-12-08", "10:30", "B. Example", "booked"),
    ]
    sheets = openpyxl.load_workbook(BytesIO(Path("a.xlsx").read_bytes()))
    assert [len(list(sheet.rows)) for sheet in sheets] == [5, 9]
    calendar = Calendar.from_ical(Path("a.ics").read_bytes())
    titles = [(str(it["SUMMARY"]), str(it["STATUS"])) for it in calendar.walk("VEVENT")]
    assert titles == [
        (f"{who}. Example: skin, session {n}", status)
        for who, n, status in (
            *(("A", 1, "CONFIRMED"), ("B", 1, "CANCELLED")),
            *(("A", 2, "CONFIRMED"), ("B", 2, "CONFIRMED")),
        )
    ]
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument("a.pdf"))
    assert "Tue 8 Dec 2026: 2 sessions, 90 min." in text
    assert "B. Example" in text
    assert counter.refused("diary", "2026-12-01", "-o", "a.pdf")[0] == 2, "it exists"


def test_the_feed_as_another_parser_reads_it(counter: Counter, two: tuple[str, str]) -> None:
    counter.done("courses", "miss", two[1], "--session", "1")
    assert counter.ask("diary", "2026-12-01..2026-12-08", "-o", "a.ics").code == 0
    (events,) = ical_js("read", [Path("a.ics").read_bytes()])
    assert [
        (it["wall"], (it["end"] - it["start"]) / 60_000, it["values"]["status"]) for it in events
    ] == [
        ("2026-12-01T10:00:00", 45, "CONFIRMED"),
        ("2026-12-01T10:30:00", 45, "CANCELLED"),
        ("2026-12-08T10:00:00", 45, "CONFIRMED"),
        ("2026-12-08T10:30:00", 45, "CONFIRMED"),
    ]
    assert [it["values"]["summary"] for it in events] == [
        f"{who}. Example: skin, session {number}" for number in (1, 2) for who in "AB"
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("2026-12-08", "--week", "--month"), "contradiction"),
        (("2026-12-08..2026-12-09", "--week"), "bad_date"),
        (("2026-12-08..2027-12-08",), "bad_range"),
        (("2026-12-08..2026-12-01",), "bad_range"),
        (("soon",), "bad_date"),
        (("2026-12-08", "-o", "a.txt"), "unknown_format"),
        (("2026-12-08", "--practitioner", "x"), "unknown_practitioner"),
    ],
)
def test_refused(counter: Counter, words: tuple[str, ...], error: str) -> None:
    counter.open()
    assert counter.refused("diary", *words) == (2, error)


@pytest.mark.parametrize("name", ["\U000104b0", "2\u08d6 \u221f\u08ed"])
def test_letters_that_no_font_has(counter: Counter, name: str) -> None:
    counter.open(patient=name)
    assert counter.refused("diary", "2026-12-08", "-o", "a.pdf")[0] == 2


def fed(counter: Counter, *who: str) -> dict[str, tuple[str, int, date]]:
    ask = ("diary", "2026-12-01..2026-12-31", *who, "-o", "a.ics", "--force")
    assert counter.ask(*ask).code == 0
    events = list(read_base_components(Path("a.ics").read_text("utf-8")))
    assert len({it.uid.value for it in events}) == len(events)
    return {
        it.uid.value: (it.status.value, int(it.sequence.value), it.dtstart.value.date())
        for it in events
    }


def read_base_components(text: str) -> Iterator[Any]:
    for calendar in vobject.readComponents(text):
        yield from calendar.contents.get("vevent", ())


def test_a_handover_is_cancelled_in_one_feed_and_new_in_the_other(counter: Counter) -> None:
    people = '[[practitioners]]\nid = "a"\nname = "A"\n[[practitioners]]\nid = "b"\nname = "B"\n'
    Path("clinic.toml").write_text(f'{CLINIC}{people}[[rooms]]\nid = "one"\n')
    course = counter.open("--at", "10:00", "--practitioner", "a", patient="A. Example")
    before, second = fed(counter, "--practitioner", "a"), date(2026, 12, 8)
    assert len(before) == 4
    (handed,) = [uid for uid, (_, _, day) in before.items() if day == second]
    counter.set_day("2026-12-02")
    seen = counter.done("clinic", "absent", "a", "2026-12-07..2026-12-12")
    counter.done(
        "clinic", "absent", "a", "2026-12-07..2026-12-12", "--yes", "--proposal", seen["id"]
    )
    mine, other = fed(counter, "--practitioner", "a"), fed(counter, "--practitioner", "b")
    assert mine.keys() == before.keys()
    assert mine[handed][::2] == ("CANCELLED", second)
    assert [told[:2] for told in other.values()] == [("CONFIRMED", mine[handed][1])]
    assert handed not in other, "who sees both has it once, not called off"
    assert {status for uid, (status, *_) in mine.items() if uid != handed} <= {
        *("CONFIRMED", "TENTATIVE")
    }
    assert all(mine[uid][1] > sequence for uid, (_, sequence, _) in before.items())
    assert "CANCELLED" not in {status for status, *_ in fed(counter).values()}
    counter.done("courses", "erase", course, "--yes")
    assert fed(counter, "--practitioner", "a") == {}


def test_a_day_is_a_grid_with_a_column_for_each_person(counter: Counter, tmp_path: Path) -> None:
    """Ten minutes of numbing are hatched, and the next patient's beside the one before."""
    Path("clinic.toml").write_text(f"{CLINIC}{DOCTOR}{NURSE}")
    numbing = RULES.replace("minutes = 45\n", "minutes = 45\nbefore = 15\n", 1)
    Path("skin.toml").write_text(numbing)
    counter.open("--sessions", "2", "--at", "10:00", "--practitioner", "doctor-a")
    second = ("--at", "10:30", "--practitioner", "doctor-a")
    counter.open("--sessions", "2", *second, patient="Berta Secret")
    third = ("--at", "11:00", "--practitioner", "nurse-b")
    counter.open("--sessions", "2", *third, patient="Carla Secret")
    shown = counter.ask("diary", "2026-12-01").out.splitlines()
    (head,) = (place for place, line in enumerate(shown) if re.match("Time +Dr A", line))
    rows = [" ".join(line.split()) for line in shown[head + 2 : head + 10]]
    assert rows == [
        "10:00 ░ Anna Secret",
        "10:15 █",
        "10:30 █",
        "░ Berta Secret",
        "10:45 █",
        "11:00 █ ░ Carla Secret",
        "11:15 █",
        "11:45",
    ]
    sessions = diary(counter, "2026-12-01")["sessions"]
    assert [it["clashes"] for it in sessions] == [[], [], []], "numbed at the side of another"
    files = [tmp_path / f"day{ending}" for ending in (".html", ".pdf")]
    words = [word for path in files for word in ("-o", str(path))]
    counter.done("diary", "2026-12-01..2026-12-02", *words)
    page = files[0].read_text()
    assert html5lib.HTMLParser(strict=True).parse(page) is not None
    assert "<bdi>Carla Secret</bdi>, skin 1" in page
    assert page.count('class="without"') == 2
    assert files[1].read_bytes().startswith(b"%PDF-")

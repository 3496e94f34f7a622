"""Where the country counts twice twelve hours, all that staff reads does; files of data do not."""

import re
from pathlib import Path

import pypdfium2
import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import DOCTOR, OTHERS

# Two digits for the hour, or an hour without its half of the day.
TWENTY_FOUR = re.compile(r"\b(?:0\d|1[3-9]|2[0-4]):\d\d|:\d\d(?!\s[ap]m)\b")


@pytest.fixture
def american(counter: Counter) -> Counter:
    """Put the clinic into a country of twelve hours, with two people and a room for each."""
    head = 'country = "US"\noverlap = "warn"\n'
    staff = f'{DOCTOR}{OTHERS}[[rooms]]\nid = "room-2"\n'
    Path("clinic.toml").write_text(head + CLINIC + staff)
    return counter


def test_staff_reads_the_clock_of_the_country(american: Counter) -> None:
    asked = ("--sessions", "3", "--at", "16:00")
    course, other = american.open(*asked), american.open(*asked, patient="Berta Secret")
    later = ("--to", "2026-12-09", "--at", "15:15", "--alone")
    plan = ("plan", "skin", "--rules", "skin.toml", "--between")
    for words, told in (
        (("courses", "free", "skin", "--rules", "skin.toml"), "9:00 am to 3:15 pm"),
        (("courses", "show", course, "--full"), "4:00 pm"),
        (("courses", "move", course, "2", *later), "at 3:15 pm."),
        (("courses", "undo", course), "at 4:00 pm."),
        (("courses", "move", other, "2", *later), "at 3:15 pm."),
        (("courses", "replan", course, "--at", "10:00", "--release", "1"), "10:00 am"),
        (("courses", "changed", "--since", "2026-12-01"), "4:00 pm"),
        (("diary", "2026-12-01..2026-12-09"), "9:00 am - 4:00 pm"),
        (("diary", "--week"), "4:00 pm"),
        (("clinic", "absent", "doctor-a", "2026-12-08..2026-12-09"), "4:00 pm"),
        ((*plan, "17:00-17:30"), "between 5:00 pm - 5:30 pm"),
    ):
        ran = american.ask(*words)
        # What is to be typed keeps the form in which it is typed.
        read = re.sub(r"--between [a-z:]*[\d:-]+", "", ran.out + ran.err).replace("\xa0", " ")
        assert told in read, ran
        assert not TWENTY_FOUR.search(read), (words, TWENTY_FOUR.search(read))


def test_what_is_hung_up_too_and_data_never(american: Counter) -> None:
    american.open("--sessions", "2", "--at", "16:00")
    names = [f"diary{ending}" for ending in (".pdf", ".html", ".csv")]
    words = [word for name in names for word in ("-o", name)]
    american.ask("diary", "2026-12-01..2026-12-02", *words)
    page = pypdfium2.PdfDocument("diary.pdf")[0].get_textpage().get_text_range()
    for read in (page, Path("diary.html").read_text("utf-8")):
        assert "4:00 pm" in read.replace("\xa0", " ")
        assert not TWENTY_FOUR.search(read)
    assert ",16:00," in Path("diary.csv").read_text("utf-8")
    shown = american.done("diary", "2026-12-01")
    assert shown["sessions"][0]["start"] == "16:00"
    assert shown["days"][0]["free"] == ["09:00-16:00", "16:45-20:00"]

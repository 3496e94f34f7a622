"""The feed in programs that people use: khal imports it, a CalDAV server keeps it."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import CoursePlan, CourseRequest, plan_course
from meso_schedule.output.calendar_file import event_uid
from meso_schedule.output.feed import feed
from tests.support.lengths import sampled
from tests.support.samples import clinic, on, protocol
from tests.support.tools import need

Khal = Callable[..., str]

CONFIGURATION = """
[calendars]
[[mine]]
path = {folder}/calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
default_timezone = Europe/London
local_timezone = Europe/London
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = mine
"""


def plan(as_of: str, at: str, sessions: int = 3) -> CoursePlan:
    request = CourseRequest.read(
        {"start": "2027-03-01", "sessions": sessions, "at": at, "reference": "R-1"}
    )
    return plan_course(protocol(), request, clinic=clinic(), as_of=on(as_of))


FIRST, SECOND = plan("2026-11-22", "10:00"), plan("2026-11-23", "15:00")
DATES = ["2027-03-01", "2027-03-08", "2027-03-15"]


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    """Return a call of khal with a calendar of its own, whose clock is that of London."""
    program = shutil.which("khal", path=str(Path(sys.executable).parent)) or shutil.which("khal")
    need(program, "khal")
    assert program is not None
    Path(tmp_path, "config").write_text(CONFIGURATION.format(folder=tmp_path), "utf-8")
    Path(tmp_path, "calendar").mkdir()

    def call(*words: str) -> str:
        command = [program, "-c", str(tmp_path / "config"), *words]
        environment = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


def imported(khal: Khal, folder: Path, data: bytes, first: str) -> list[str]:
    """Import a feed and list what khal then knows of most of a year."""
    Path(folder, "plan.ics").write_bytes(data)
    khal("import", "--batch", str(folder / "plan.ics"))
    listed = khal("list", first, "300d", "-f", "{start} {title} {uid}")
    return [line for line in listed.splitlines() if "Appointment" in line]


def test_khal_updates_what_it_imported_before(khal: Khal, tmp_path: Path) -> None:
    for made, hour in ((FIRST, "10:00"), (SECOND, "15:00")):
        assert imported(khal, tmp_path, feed(made), "2027-02-01") == [
            f"{day} {hour} Appointment {event_uid('R-1', number)}"
            for number, day in enumerate(DATES, 1)
        ]


@pytest.mark.parametrize(
    ("zone", "start"),
    sampled(
        [
            ("Europe/Dublin", "2026-10-12"),
            ("Australia/Lord_Howe", "2027-03-22"),
            ("Africa/Casablanca", "2027-02-01"),
            ("Asia/Jerusalem", "2027-03-15"),
        ],
        2,
    ),
)
def test_khal_knows_the_time_over_a_change_of_the_clock(
    khal: Khal, tmp_path: Path, zone: str, start: str
) -> None:
    """It has to read the table: nobody knows the zone by this name."""
    request = CourseRequest.read({"start": start, "sessions": 6, "at": "15:00"})
    made = plan_course(protocol(), request, clinic=clinic(timezone=zone), as_of=on("2026-09-01"))
    data = feed(made).replace(zone.encode(), b"Somewhere/Else")
    times = [
        visit.start.astimezone(ZoneInfo("Europe/London")) for visit in made.visits if visit.start
    ]
    told = [line[:16] for line in imported(khal, tmp_path, data, "2026-10-01")]
    assert told == [f"{time:%Y-%m-%d %H:%M}" for time in times]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Start a CalDAV server of its own, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "radicale", "--config", "", "--auth-type", "none"]
    command += ["--storage-filesystem-folder", str(tmp_path / "store")]
    command += ["--hosts", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urlopen(address, timeout=5).close()
                break
            except URLError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(method: str, address: str, data: bytes | None = None) -> tuple[int, str]:
    # The server takes any name and makes a home for it.
    headers = {"Content-Type": "text/calendar", "Authorization": "Basic YW5uYTo="}
    request = Request(address, data, headers, method=method)
    with urlopen(request, timeout=20) as answer:
        return answer.status, answer.read().decode()


def starts(text: str) -> list[str]:
    events = text.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    return sorted(re.findall(r"DTSTART;TZID=Europe/London:(\w+)", "".join(events)))


def test_a_server_takes_a_whole_course_and_its_update(server: str) -> None:
    home = f"{server}/anna/course/"
    for made, hour in ((FIRST, "100000"), (SECOND, "150000")):
        assert ask("PUT", home, feed(made))[0] in (201, 204)
        _, kept = ask("GET", home)
        assert starts(kept) == [f"{day.replace('-', '')}T{hour}" for day in DATES]
    assert ask("PUT", home, feed(plan("2026-11-24", "15:00", sessions=2)))[0] in (201, 204)
    assert len(starts(ask("GET", home)[1])) == 2


def test_a_server_updates_one_session_in_place(server: str) -> None:
    home = f"{server}/anna/course/"
    ask("MKCALENDAR", home)
    for made, hour in ((FIRST, "100000"), (SECOND, "150000")):
        whole = feed(made).decode()
        # One object of a CalDAV collection holds one event and no method.
        head, *events = whole.partition("END:VCALENDAR")[0].split("BEGIN:VEVENT")
        head = head.replace("METHOD:PUBLISH\r\n", "")
        for number, event in enumerate(events, 1):
            single = f"{head}BEGIN:VEVENT{event}END:VCALENDAR\r\n"
            address = f"{home}{event_uid('R-1', number)}.ics"
            assert ask("PUT", address, single.encode())[0] in (201, 204)
        _, kept = ask("GET", home)
        assert starts(kept) == [f"{day.replace('-', '')}T{hour}" for day in DATES]

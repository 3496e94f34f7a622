"""What is said of a calendar reaches every plan, in every language, and standard error."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import (
    Clinic,
    CourseRequest,
    get_protocol,
    plan_combined,
    plan_course,
    read_busy,
    replan_course,
)
from meso_schedule.availability.busy_spans import AskedBusy
from meso_schedule.base.busy_times import BusySource
from meso_schedule.cli.app import main
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.words.translation import LOCALES, find_language
from meso_schedule.planner.batch import plan_courses as plan_lot
from meso_schedule.planner.replan import BookedSession
from tests.support.calendars import calendar, event
from tests.support.samples import faults_of

AS_OF = date(2026, 11, 22)
BAD = calendar(*event("DTSTART:20261201T090000", "DURATION:1H", uid="bad@example"))
EMPTY = calendar()
REQUEST = CourseRequest(start=date(2026, 12, 1), sessions=3)


def kinds(plan: CoursePlan) -> list[str]:
    return [it.kind for it in plan.findings if it.kind.startswith("calendar")]


BOTH = ["calendar_event_whole_days", "calendar_blocks_nothing"]


def single(busy: Sequence[BusySource]) -> CoursePlan:
    return plan_course(get_protocol("cellulite"), REQUEST, as_of=AS_OF, busy=busy)


def combined(busy: Sequence[BusySource]) -> CoursePlan:
    protocols = [get_protocol("cellulite"), get_protocol("mesobotox")]
    request = CourseRequest(start=date(2026, 12, 1))
    return plan_combined(protocols, request, as_of=AS_OF, busy=busy)


def batch(busy: Sequence[BusySource]) -> CoursePlan:
    (answer,) = plan_lot([(get_protocol("cellulite"), REQUEST)], as_of=AS_OF, busy=busy)
    assert isinstance(answer, CoursePlan)
    return answer


def replan(busy: Sequence[BusySource]) -> CoursePlan:
    booked = [BookedSession(number=2, date=date(2026, 12, 9))]
    request = CourseRequest(held=[date(2026, 12, 1)], sessions=3)
    protocol = get_protocol("cellulite")
    return replan_course(protocol, request, booked, as_of=date(2026, 12, 1), busy=busy).plan


@pytest.mark.parametrize("make", [single, combined, batch, replan])
def test_findings_of_calendars_reach_every_plan_once(
    make: Callable[[Sequence[BusySource]], CoursePlan],
) -> None:
    made = make([read_busy(BAD, "room.ics"), read_busy(EMPTY, "none.ics"), AskedBusy(())])
    assert kinds(made) == BOTH
    assert all(it.session is None for it in made.findings if it.kind.startswith("calendar"))
    assert date(2026, 12, 1) not in [visit.date for visit in made.visits]


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_findings_of_calendars_in_every_language(language: str) -> None:
    lines = [
        *event("DTSTART:20261201T090000", "DURATION:1H", uid="bad@example"),
        *event("DTSTART:soon", uid=""),
        *event("DTSTART:20261201T99", "STATUS:CANCELLED", uid="3"),
        *event("DTSTART:20261203T090000Z", "EXDATE:x", uid="4"),
    ]
    busy = read_busy(calendar(*lines))
    made = plan_course(get_protocol("cellulite"), REQUEST, as_of=AS_OF, busy=[busy])
    told = plan_text(made, width=200, language=find_language(language))
    english = [str(it.message) for it in busy.findings(AS_OF, ZoneInfo("UTC"))]
    assert len(english) == 4
    shown = " ".join(told.split())
    assert all((line in shown) is (language == "en") for line in english)
    assert "bad@example" in shown


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("MESO_CLINIC", raising=False)
    (tmp_path / "room.ics").write_bytes(BAD)
    lines = event("DTSTART;TZID=Office time:20261201T080000", "DURATION:PT9H", uid="office@example")
    (tmp_path / "zone.ics").write_bytes(calendar(*lines))
    (tmp_path / "clinic.toml").write_text(
        'name = "x"\ntimezone = "Europe/Berlin"\n[hours]\ntue = ["08:00-17:00"]\n'
        '[zones]\n"Office time" = "Europe/Berlin"\n'
    )
    return tmp_path


PLAN = ("plan", "cellulite", "--sessions", "3", "--start", "2026-12-01", "--as-of", "2026-11-22")


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_findings_are_told_on_standard_error(
    folder: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    assert main([*PLAN, "--busy", str(folder / "room.ics"), "--format", format]) == 0
    told = capsys.readouterr()
    words = "Calendar room.ics, line 4: the event bad@example takes whole days"
    assert words in told.err
    if format == "json":
        found = [it["message"] for it in json.loads(told.out)["findings"]]
        assert any(message.startswith(words) for message in found)


@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        ((), 2, None),
        (("--zone", "Office time=Europe/Berlin"), 0, "2026-12-01T16:00"),
        (("--zone", "office TIME=Asia/Tokyo"), 0, "2026-12-01T09:00"),
        (("--clinic", "clinic.toml"), 0, "2026-12-08T09:00"),
        # What is typed beats the clinic file.
        (("--clinic", "clinic.toml", "--zone", "Office time=Asia/Tokyo"), 0, "2026-12-01T09:00"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_zone_is_named_at_the_desk(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, first: str | None
) -> None:
    given = ("--busy", "zone.ics", "--at", "09:00", "--format", "json")
    assert main([*PLAN, *given, *words]) == code
    told = json.loads(capsys.readouterr().out)
    if first is None:
        assert told["error"]["code"] == "unknown_zone"
    else:
        assert told["sessions"][0]["start"].startswith(first)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--busy", "zone.ics", "--zone", "Office time"), "bad_zone"),
        (("--busy", "zone.ics", "--zone", "=Europe/Berlin"), "bad_zone"),
        (("--busy", "zone.ics", "--zone", "Office time=Nowhere"), "bad_zone"),
        (("--zone", "Office time=Europe/Berlin"), "contradiction"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_zones_that_cannot_be(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    assert main([*PLAN, "--format", "json", *words]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["field"]) == (code, "zone")


@pytest.mark.usefixtures("folder")
def test_a_batch_takes_zones_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("jobs.jsonl").write_text('{"id": 1, "protocol": "cellulite", "start": "2026-12-01"}\n')
    words = ["plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", "--as-of", "2026-11-22"]
    zones = ["--zone", "Office time=Europe/Berlin"]
    assert main([*words, "--busy", "room.ics", "--busy", "zone.ics", *zones]) == 0
    assert "bad@example" in capsys.readouterr().err
    plan = CoursePlan.model_validate(json.loads(Path("plans.jsonl").read_text())["plan"])
    assert kinds(plan) == BOTH[:1]


def test_zones_of_a_clinic_file_are_checked() -> None:
    hours = {"mon": ["09:00-17:00"]}
    data = {"name": "x", "timezone": "UTC", "hours": hours, "zones": {"Office": "Nowhere"}}
    (fault,) = faults_of(lambda: Clinic.read(data))
    assert (fault.code, fault.field) == ("unknown_zone", "zones.Office")

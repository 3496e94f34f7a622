"""Calendars that come in at the desk: their findings, and the names of their zones."""

from pathlib import Path

import pytest

from tests.cli.courses.desk import Counter
from tests.support.calendars import calendar, event


@pytest.mark.parametrize("command", [("replan",), ("move", "--alone", "2", "--to", "2026-12-09")])
def test_findings_of_calendars_at_the_desk(counter: Counter, command: tuple[str, ...]) -> None:
    lines = [
        *event("DTSTART:20261220T090000", "DURATION:1H", uid="bad@example"),
        *event("DTSTART;TZID=Office:20261221T090000", "DURATION:PT1H", uid="2"),
    ]
    Path("room.ics").write_bytes(calendar(*lines))
    busy = ("--busy", "room.ics")
    zone = ("--zone", "Office=Europe/Berlin")
    opening = ("courses", "open", "skin", "--rules", "skin.toml", "--start", "2026-12-01")
    opened = counter.ask(*opening, *busy, *zone, "--format", "json")
    assert opened.code == 0
    assert "bad@example" in opened.err
    assert "calendar_event_whole_days" in [it["kind"] for it in opened.json["plan"]["findings"]]
    name, *rest = command
    words = ("courses", name, opened.json["course"], *rest, *busy)
    assert counter.ask(*words).code == 2
    done = counter.ask(*words, *zone, "--format", "json")
    assert done.code == 0, done.err
    assert "bad@example" in done.err
    assert [it["kind"] for it in done.json["calendar_findings"]] == ["calendar_event_whole_days"]

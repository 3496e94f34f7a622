from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import CourseRequest, NoCalendarFits, plan_course, plan_courses, read_busy
from meso_schedule.availability.busy_spans import AskedBusy, Minutes, free_pieces, spans_by_day
from meso_schedule.availability.busy_spans import taken_minutes as taken_of
from meso_schedule.base.busy_times import BusyTime
from tests.support.calendars import calendar, event
from tests.support.samples import clinic, faults_of, on, protocol

LONDON = ZoneInfo("Europe/London")


def taken(*times: str, year: int = 2026, zone: ZoneInfo = LONDON) -> dict[str, list[Minutes]]:
    source = AskedBusy([BusyTime.parse(text) for text in times])
    days = spans_by_day([source], year, zone)
    return {str(day): list(taken_of(spans, day, zone)) for day, spans in days.items()}


def test_a_busy_time_is_text_and_back() -> None:
    text = "2026-12-01T09:00/2026-12-02T10:30"
    assert str(BusyTime.parse(f" {text} ")) == text
    assert str(BusyTime.parse("2026-12-01T09:00/2026-12-01T24:00")).endswith("/2026-12-02T00:00")


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01",
        "2026-12-01/2026-12-02",
        "2026-12-01T09:00",
        "2026-12-01T09:00/10:30",
        "2026-12-01T09:00/2026-12-01T09:00",
        "2026-12-02T09:00/2026-12-01T10:00",
        "2026-12-01T9:00/2026-12-01T10:00",
        "2026-02-30T09:00/2026-03-01T10:00",
        "0001-01-01T09:00/2026-03-01T10:00",
        "2026-01-01T09:00/9999-12-31T10:00",
        "9999-12-31T09:00/9999-12-31T24:00",
    ],
)
def test_what_is_no_busy_time(text: str) -> None:
    (fault,) = faults_of(lambda: CourseRequest.read({"busy": [text]}))
    assert (fault.code, fault.field, fault.value) == ("bad_busy", "busy[1]", text)


def test_busy_times_by_day() -> None:
    assert taken("2026-12-01T09:00/2026-12-01T10:30", "2026-12-01T10:00/2026-12-01T11:00") == {
        "2026-12-01": [(540, 660)]
    }
    assert taken("2026-12-01T22:00/2026-12-03T02:00") == {
        "2026-12-01": [(1320, 1440)],
        "2026-12-02": [(0, 1440)],
        "2026-12-03": [(0, 120)],
    }
    assert taken("2026-12-31T22:00/2027-01-01T02:00") == {"2026-12-31": [(1320, 1440)]}
    assert taken("2026-12-31T22:00/2027-01-01T02:00", year=2027) == {"2027-01-01": [(0, 120)]}
    assert taken("2026-12-31T22:00/2027-01-01T02:00", year=2028) == {}


def test_a_time_that_occurs_twice_makes_the_longer_span() -> None:
    source = AskedBusy([BusyTime.parse("2026-10-25T01:30/2026-10-25T01:45")])
    (spans,) = spans_by_day([source], 2026, LONDON).values()
    assert [f"{start:%H:%M}-{end:%H:%M}" for start, end in spans] == ["00:30-01:45"]


def test_a_minute_begun_is_taken_and_no_time_at_all_takes_none() -> None:
    data = calendar(
        *event("DTSTART:20261201T090030Z", "DTEND:20261201T093030Z"),
        *event("DTSTART:20261202T090000Z", "DTEND:20261202T090000Z", uid="2"),
    )
    days = spans_by_day([read_busy(data)], 2026, LONDON)
    assert {day: list(taken_of(spans, day, LONDON)) for day, spans in days.items()} == {
        date(2026, 12, 1): [(540, 571)]
    }


@pytest.mark.parametrize(
    ("busy", "left"),
    [
        ([], [(540, 780)]),
        ([(600, 660)], [(540, 600), (660, 780)]),
        ([(0, 560), (760, 1440)], [(560, 760)]),
        ([(0, 1440)], []),
        ([(540, 780)], []),
        ([(0, 100), (900, 1000)], [(540, 780)]),
        ([(540, 600), (600, 780)], []),
    ],
)
def test_what_is_left_of_the_opening_hours(busy: list[Minutes], left: list[Minutes]) -> None:
    assert list(free_pieces((540, 780), busy)) == left


def first(**asked: object) -> tuple[str, str | None, tuple[str, ...]]:
    """Return day, time and reasons of the first session of a course in December 2026."""
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 1, **asked})
    plan = plan_course(protocol(), request, clinic=clinic(), as_of=on("2026-11-22"))
    (session,) = plan.sessions
    start = f"{session.start:%H:%M}" if session.start else None
    return str(session.date), start, session.why


DAY = "2026-12-01T09:00/2026-12-01T"


def test_a_day_with_room_stays_usable() -> None:
    assert first(busy=f"{DAY}16:15")[0] == "2026-12-01"
    assert first(busy=[f"{DAY}12:00", "2026-12-01T12:45/2026-12-01T17:00"])[0] == "2026-12-01"


def test_a_day_without_room_is_passed_over_with_its_reason() -> None:
    day, _, why = first(busy=f"{DAY}16:16")
    assert day == "2026-12-02"
    assert why[1] == "Tue 2026-12-01: busy: no 45 minutes are free"


def test_times_are_free_ones_on_the_quarter_hour() -> None:
    assert first(busy=f"{DAY}10:05", at="09:30")[1] == "10:15"
    assert first(busy=f"{DAY}10:05", between="09:00-12:00")[1] == "10:15"
    assert first(busy="2026-12-01T13:00/2026-12-01T14:00", at="13:00")[1] == "12:15"
    assert first(busy=f"{DAY}11:20", between="09:00-12:00")[2][1] == (
        "Tue 2026-12-01: busy: no 45 minutes are free between 09:00-12:00"
    )


def test_hours_too_short_are_not_blamed_on_the_calendar() -> None:
    why = first(busy=f"{DAY}10:00", between=["09:00-12:00", "tue:09:00-09:30"])[2]
    assert why[1] == ("Tue 2026-12-01: the opening hours hold no 45 minutes between 09:00-09:30")


def test_busy_times_do_not_change_the_reference() -> None:
    request = CourseRequest.read({"start": "2026-12-01", "busy": f"{DAY}10:00"})
    free = CourseRequest.read({"start": "2026-12-01"})
    day = on("2026-12-01")
    assert request.derived_reference("x", day) == free.derived_reference("x", day)


def test_calendars_hold_for_every_course_of_a_batch() -> None:
    rule = "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"
    busy = read_busy(calendar(*event("DTSTART;VALUE=DATE:20261130", rule)))
    jobs = [(protocol(), CourseRequest.read({"start": "2026-12-01", "sessions": 2}))]
    (plan,) = plan_courses(jobs, clinic=clinic(), as_of=on("2026-11-22"), busy=[busy])
    assert not isinstance(plan, Exception)
    assert [str(session.date) for session in plan.sessions] == ["2026-12-04", "2026-12-11"]


def test_ways_out_know_the_calendars_too() -> None:
    """Coming back from a journey frees no day on which there is no room."""
    busy = read_busy(calendar(*event("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203")))
    request = CourseRequest.read(
        {"start": "2026-12-01", "start_within": 2, "sessions": 1, "away": "2026-12-01..2026-12-03"}
    )
    with pytest.raises(NoCalendarFits) as caught:
        plan_course(protocol(), request, clinic=clinic(), as_of=on("2026-12-01"), busy=[busy])
    reasons = [day.reason for day in caught.value.conflict.blocked]
    assert reasons[0] == "the patient is away 2026-12-01..2026-12-03"
    ways = {way.kind: way for way in caught.value.relaxations}
    assert ways["away"].option == "--away 2026-12-01..2026-12-02"


def test_a_plan_without_busy_times_looks_at_no_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meso_schedule.availability.open_days.spans_by_day", None)
    assert first()[0] == "2026-12-01"


def test_the_night_in_which_the_clock_goes_back() -> None:
    """The hour from one to two comes twice; half of it is taken the second time.

    A session at 01:30 would run into it, one at 01:15 ends as it begins.
    """
    night = clinic(hours={"sun": "00:00-03:00"})
    data = calendar(*event("DTSTART:20261025T010000Z", "DTEND:20261025T013000Z"))
    request = CourseRequest.read(
        {"start": "2026-10-25", "start_within": 0, "sessions": 1, "at": "01:30"}
    )
    plan = plan_course(
        protocol(), request, clinic=night, as_of=on("2026-10-01"), busy=[read_busy(data)]
    )
    start = plan.sessions[0].start
    assert start is not None
    assert start.astimezone(ZoneInfo("UTC")).replace(tzinfo=None) == datetime(2026, 10, 25, 0, 15)  # noqa: DTZ001

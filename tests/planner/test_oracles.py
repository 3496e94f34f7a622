"""The oracles against figures worked by hand, so that they can be trusted themselves."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

import pytest

from tests.support.lengths import length
from tests.support.oracles import example
from tests.support.oracles.arithmetic import (
    after,
    gap,
    interval,
    last_day_before_event,
    phase_of_each,
    window,
)
from tests.support.oracles.brute_force import (
    Days,
    best_course,
    best_top_ups,
    course_chain,
    first_conflict,
)
from tests.support.oracles.checker import faults
from tests.support.oracles.checker_care import CareSpan, Dated, care_of, merged
from tests.support.oracles.checker_costs import (
    Mix,
    cheapest_mix,
    equal_split,
    price_list,
    tax_on,
    totals,
)
from tests.support.oracles.checker_days import Diary, Future
from tests.support.oracles.reading import read
from tests.support.oracles.ways_out import Question, away_way, ways_out
from tests.support.random_files import SMALL_MONTHS, TOP_UP_GAPS, USUAL_GAPS, WEEKDAYS
from tests.support.strategies import Case, random_case, small_case

Table = dict[str, Any]
WEEKLY = {"minimum": "7 days", "maximum": "10 days"}


def on(text: str) -> date:
    return date.fromisoformat(text)


def dates(*texts: str) -> tuple[date, ...]:
    return tuple(on(text) for text in texts)


def course(*phases: Mapping[str, Any], **sessions: int) -> Table:
    """Return the parts of a rule file that the calendar reads."""
    limits = {"minimum": 1, "usual": 3, "minutes": 45, **sessions}
    named = [{"name": f"phase-{i}", **phase} for i, phase in enumerate(phases, 1)]
    return {"id": "test", "sessions": limits, "phases": named}


def every(interval_text: str) -> Table:
    return {"minimum": interval_text, "maximum": interval_text}


def days_of(protocol: Table, request: Table, start: str = "2027-03-01") -> list[int]:
    """Return the days of a course counted from its first session, every day open."""
    clinic = {"timezone": "UTC", "hours": {day: ["08:00-20:00"] for day in WEEKDAYS}}
    asked = {"start": start, "start_within": 0, **request}
    best = best_course(protocol, asked, clinic, on(start))
    assert best is not None
    return [(day - best.dates[0]).days for day in best.dates]


@pytest.mark.parametrize(
    ("anchor", "text", "expected", "source"),
    [
        ("2000-11-01", "6 months", "2001-05-01", "CDSi 4.6 CALCDT-2"),
        ("2000-03-31", "6 months", "2000-10-01", "CDSi 4.6 CALCDT-5"),
        ("2027-01-31", "1 month", "2027-03-01", "trap: a minimum is never shortened"),
        ("2028-01-31", "1 month", "2028-03-01", "leap year"),
        ("2028-01-29", "1 month", "2028-02-29", "leap year"),
        ("2027-01-29", "1 month", "2027-03-01", "common year"),
        ("2028-02-29", "1 year", "2029-03-01", "leap day"),
        ("2028-02-29", "4 years", "2032-02-29", "leap day"),
        ("2027-01-31", "1 month + 4 weeks", "2027-03-29", "months first, then days"),
        ("2027-01-31", "1 month - 3 days", "2027-02-26", "corrected before days are taken off"),
        ("2027-01-31", "1 year + 1 month", "2028-03-01", "one number of months, corrected once"),
        ("2027-12-15", "1 month", "2028-01-15", "year end"),
        ("2027-02-01", "3 months", "2027-05-01", "trap: 89 days"),
        ("2100-02-28", "1 day", "2100-03-01", "no leap day in 2100"),
    ],
)
def test_after(anchor: str, text: str, expected: str, source: str) -> None:
    assert after(on(anchor), text) == on(expected), source


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7 days", (0, 7)), ("1 month", (1, 0)), ("2 years + 6 months - 3 weeks + 1 day", (30, -20))],
)
def test_interval_text(text: str, expected: tuple[int, int]) -> None:
    assert interval(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.5 weeks", "-1 day", " 1 day", "1 day ", "1 day 2 days", "1 day +", "٤ days"],
)
def test_no_interval(text: str) -> None:
    with pytest.raises(ValueError, match="not an interval"):
        interval(text)


def test_a_list_of_minimums_means_the_latest_date() -> None:
    label = gap({"minimum": ["3 months", "90 days"], "maximum": ["4 months", "115 days"]})
    assert (on("2027-05-01") - on("2027-02-01")).days == 89
    assert window(label, on("2027-02-01"))[:3] == dates("2027-05-02", "2027-05-02", "2027-05-27")
    assert window(label, on("2027-03-01"))[:3] == dates("2027-06-01", "2027-06-01", "2027-06-24")


def test_bounds_that_cross_give_way_to_the_minimum() -> None:
    label = gap({"minimum": "90 days", "recommended": "3 months", "maximum": "3 months"})
    assert window(label, on("2027-02-01"))[:3] == (on("2027-05-02"),) * 3
    monthly = gap({"minimum": "30 days", "recommended": "1 month", "maximum": "30 days"})
    assert window(monthly, on("2027-01-05"))[:3] == dates("2027-02-04", "2027-02-05", "2027-02-05")


def test_lateness_ends_at_the_lapse() -> None:
    rule = window(gap({**WEEKLY, "lapse": ["2 weeks", "12 days"]}), on("2027-03-01"))
    assert rule.last(0) == on("2027-03-11")
    assert rule.last(1) == on("2027-03-12")
    assert rule.last(30) == on("2027-03-13")


@pytest.mark.parametrize("table", [*SMALL_MONTHS, *USUAL_GAPS, *TOP_UP_GAPS])
def test_intervals_of_the_random_files_are_valid(table: Table) -> None:
    rule = gap(table)
    crossing = 0
    for shift in range(1461):
        anchor = on("2026-01-01") + timedelta(days=shift)
        here = window(rule, anchor)
        asked_latest = min(after(anchor, text) for text in rule.maximum)
        crossing += here.latest > asked_latest or here.last(0) < here.earliest
        assert anchor < here.earliest <= here.recommended <= here.latest
    assert crossing < 1461


@pytest.mark.parametrize(
    ("phases", "sessions", "expected", "source"),
    [
        ([every("2 weeks")], 6, [0, 14, 28, 42, 56, 70], "El-Domyati 2012"),
        ([every("15 days")], 4, [0, 15, 30, 45], "Savoia 2013; 15 days is not two weeks"),
        (
            [every("2 weeks") | {"sessions": 3}, every("4 weeks")],
            5,
            [0, 14, 28, 56, 84],
            "Med Lasers 2018",
        ),
        ([every("4 weeks")], 3, [0, 28, 56], "Clin Cosmet Investig Dermatol 2019"),
        (
            [
                every("1 week") | {"sessions": 4},
                every("2 weeks") | {"sessions": 2},
                every("4 weeks") | {"sessions": 1},
            ],
            7,
            [0, 7, 14, 21, 35, 49, 77],
            "Abdallah, controlled pilot",
        ),
    ],
)
def test_published_courses(
    phases: list[Table], sessions: int, expected: list[int], source: str
) -> None:
    assert days_of(course(*phases), {"sessions": sessions}) == expected, source


def test_four_weekly_gives_thirteen_sessions_a_year_and_monthly_twelve() -> None:
    year = on("2028-01-01") - on("2027-01-01")
    four_weekly = days_of(course(every("4 weeks")), {"sessions": 14}, "2027-01-01")
    monthly = days_of(course(every("1 month")), {"sessions": 14}, "2027-01-01")
    # The session on day 364 is the fourteenth of four-weekly visits, 13 gaps after the first.
    assert sum(0 < day < year.days for day in four_weekly) == 13
    assert sum(0 < day <= year.days for day in monthly) == 12


TAPER = course(
    {**every("1 week"), "sessions": 3},
    {**every("8 days"), "sessions": 2},
    {**every("2 weeks"), "sessions": 1, "after_improvement": True},
    {**every("1 month"), "sessions": 1, "after_improvement": True},
)


@pytest.mark.parametrize(
    ("request_", "sessions", "expected"),
    [
        ({}, 8, "11122344"),
        ({}, 4, "1112"),
        ({"improves_after": 2}, 6, "113444"),
        ({"improves_after": 5}, 7, "1112234"),
        ({"improves_after": 6}, 8, "11122234"),
        ({"improves_after": 8}, 7, "1112222"),
        ({"no_improvement": True}, 8, "11122222"),
    ],
)
def test_phases(request_: Table, sessions: int, expected: str) -> None:
    phases = phase_of_each(TAPER, request_, sessions)
    assert "".join(phase["name"][-1] for phase in phases) == expected


def test_the_event_keeps_its_distance() -> None:
    assert last_day_before_event(course(WEEKLY), on("2027-02-01")) == on("2027-01-29")
    monthly = course(WEEKLY) | {"results": {"settle": "1 month"}}
    # 29, 30, 31 January and 1 February all settle on 1 March; no later day does.
    assert last_day_before_event(monthly, on("2027-03-01")) == on("2027-02-01")
    assert last_day_before_event(monthly, on("2027-02-28")) == on("2027-01-28")


def test_course_before_an_event_runs_backwards() -> None:
    request = {"event": "2027-02-01", "sessions": 3}
    best = best_course(course(WEEKLY), request, None, on("2026-12-01"))
    assert best is not None
    assert best.dates == dates("2027-01-15", "2027-01-22", "2027-01-29")
    assert best.objective[:5] == (0, 0, 0, 0, 0)
    assert (best.slack[0], best.backup[0]) == (0, None)
    # The last session could wait for nothing: 30 January is past the day the event allows.
    assert best.slack == (0, 0, 0)
    later = best_course(course(WEEKLY), request | {"event": "2027-02-03"}, None, on("2026-12-01"))
    assert later is not None
    assert later.objective[1] == 2, "31 January 2027 is a Sunday, 29 January the last day open"


def test_lateness_outranks_the_start_and_the_start_outranks_preference() -> None:
    request = {"start": "2027-03-01", "sessions": 2, "start_within": 4, "late": 3}
    away = {"away": "2027-03-08..2027-03-11"}
    best = best_course(course(WEEKLY), request | away, None, on("2027-03-01"))
    assert best is not None
    # From 1 March 12 March would be a day late; from 2 March it is the last day of the window.
    assert best.dates == dates("2027-03-02", "2027-03-12")
    assert best.objective[:5] == (0, 1, 0, 9, 0)
    best = best_course(course(WEEKLY), request | {"prefer": ["thu"]}, None, on("2027-03-01"))
    assert best is not None
    assert best.dates == dates("2027-03-01", "2027-03-11"), "one Thursday, and no later start"
    assert best.objective[:5] == (0, 0, 1, 9, 0)


def test_a_gap_counts_from_the_session_before_as_it_is() -> None:
    """Windows counted from the first day would leave 11 and 12 March a day apart."""
    request = {"start": "2027-03-01", "start_within": 0, "away": "2027-03-08..2027-03-10"}
    best = best_course(course(WEEKLY), request, None, on("2027-03-01"))
    assert best is not None
    assert best.dates == dates("2027-03-01", "2027-03-11", "2027-03-18")


def test_a_session_pushed_by_a_closure_leaves_the_next_one_a_day() -> None:
    clinic = {
        "timezone": "UTC",
        "hours": {day: ["09:00-17:00"] for day in ("mon", "thu", "fri")},
        "closures": [{"from": "2027-03-15", "to": "2027-03-18"}],
    }
    request = {"start": "2027-03-01", "start_within": 0, "sessions": 3}
    best = best_course(course(WEEKLY), request, clinic, on("2027-03-01"))
    assert best is not None
    # From 8 March, the recommended day, only closed days would follow.
    assert best.dates == dates("2027-03-01", "2027-03-11", "2027-03-19")
    assert best.objective[:5] == (0, 0, 0, 9 + 1, 0)


def test_pins_hold_inside_the_window_only() -> None:
    request = {"start": "2027-03-01", "start_within": 0, "sessions": 2}
    best = best_course(course(WEEKLY), request | {"pin": "2=2027-03-10"}, None, on("2027-03-01"))
    assert best is not None
    assert (best.dates[1], best.slack[1], best.backup[1]) == (on("2027-03-10"), 0, None)
    outside = request | {"pin": ["2=2027-03-12"]}
    assert best_course(course(WEEKLY), outside, None, on("2027-03-01")) is None
    late = outside | {"late": 1}
    best = best_course(course(WEEKLY), late, None, on("2027-03-01"))
    assert best is not None
    assert best.objective[:5] == (1, 0, 0, 16, 0)


def test_top_ups_by_number_and_by_date() -> None:
    protocol = course(WEEKLY) | {"top_up": {"minimum": "1 month", "maximum": "1 month + 4 days"}}
    request: Table = {"sessions": 2, "top_ups": 2}
    best = best_top_ups(protocol, request, None, on("2027-01-01"), on("2027-01-29"))
    assert best is not None
    assert best.dates == dates("2027-03-01", "2027-04-01")
    until = {"sessions": 2, "until": "2027-03-31"}
    best = best_top_ups(protocol, until, None, on("2027-01-01"), on("2027-01-29"))
    assert best is not None
    assert best.dates == dates("2027-03-01")
    none = {"sessions": 2, "until": "2027-02-28"}
    assert best_top_ups(protocol, none, None, on("2027-01-01"), on("2027-01-29")) is None


def test_a_top_up_that_cannot_be_placed_ends_the_chain() -> None:
    protocol = course(WEEKLY) | {"top_up": {"minimum": "1 month", "maximum": "1 month + 4 days"}}
    request = {"sessions": 2, "top_ups": 3, "away": "2027-04-01..2027-04-30"}
    best = best_top_ups(protocol, request, None, on("2027-01-01"), on("2027-01-29"))
    assert best is not None
    assert best.dates == dates("2027-03-01")


def clinic_on(day: str, hours: str, zone: str = "Europe/London") -> Table:
    return {"timezone": zone, "hours": {}, "openings": [{"date": day, "hours": [hours]}]}


@pytest.mark.parametrize(
    ("day", "hours", "minutes", "at", "expected", "reason"),
    [
        ("2027-03-02", "09:00-17:00", 45, "17:07", 16 * 60 + 15, "the last start that fits"),
        ("2027-03-02", "09:00-17:00", 45, "12:07", 12 * 60, "nearest quarter hour"),
        ("2027-03-02", "09:00-17:00", 45, "12:08", 12 * 60 + 15, "nearest quarter hour"),
        ("2027-03-02", "09:10-17:00", 45, "08:00", 9 * 60 + 15, "on the quarter hour"),
        ("2027-03-02", "09:10-09:55", 45, "08:00", None, "only a start off the grid would fit"),
        ("2027-03-28", "00:00-24:00", 45, "01:15", 45, "01:15 does not exist, 02:00 is further"),
        ("2027-03-28", "00:00-24:00", 45, "01:45", 120, "01:45 does not exist"),
        ("2027-03-28", "00:30-02:00", 60, "00:30", None, "an hour later it is 02:30"),
        ("2027-03-28", "00:30-02:30", 60, "00:30", 30, "an hour later it is 02:30"),
        ("2027-10-31", "00:30-02:00", 150, "00:30", 30, "the clocks go back: 150 minutes"),
        ("2027-10-31", "00:30-02:00", 165, "00:30", None, "the clocks go back: 150 minutes"),
        ("2027-10-31", "00:30-01:45", 90, "00:30", None, "the first 01:45 closes, 75 minutes on"),
        ("2027-10-31", "00:00-24:00", 45, "01:30", 90, "01:30 occurs twice, the first counts"),
    ],
)
def test_times(
    day: str, hours: str, minutes: int, at: str, expected: int | None, reason: str
) -> None:
    protocol = course(WEEKLY, minutes=minutes)
    asked = read(protocol, {"at": at}, clinic_on(day, hours), on(day))
    days = Days(asked, asked.opening_hours)
    assert days.usable(on(day)) == (expected is not None), reason
    assert Diary(asked).minute(on(day)) == expected, reason
    if expected is not None:
        assert days.minute(on(day)) == expected, reason


def test_equally_near_starts_mean_the_earlier() -> None:
    clinic = {"timezone": "UTC", "hours": {"tue": ["09:00-10:00", "14:00-15:00"]}}
    asked = read(course(WEEKLY, minutes=60), {"at": "11:30"}, clinic, on("2027-03-02"))
    assert Days(asked, asked.opening_hours).minute(on("2027-03-02")) == 9 * 60
    assert Diary(asked).minute(on("2027-03-02")) == 9 * 60


def test_hours_of_one_weekday_replace_the_general_ones() -> None:
    request = {"between": ["09:00-10:00", "tue:16:00-20:00"]}
    asked = read(course(WEEKLY), request, None, on("2027-03-01"))
    diary = Diary(asked)
    assert diary.minute(on("2027-03-01")) == 9 * 60
    assert diary.minute(on("2027-03-02")) == 16 * 60
    only = read(course(WEEKLY), {"between": "tue:16:30-20:00"}, None, on("2027-03-01"))
    assert Diary(only).minute(on("2027-03-01")) == 9 * 60
    assert not Diary(only).usable(on("2027-03-02")), "45 minutes do not fit before 17:00"


def test_conflict_and_ways_out_of_a_day_to_finish_by() -> None:
    protocol = course(WEEKLY, minimum=2)
    request = {"start": "2026-12-01", "start_within": 0, "finish_by": "2026-12-14"}
    conflict = first_conflict(protocol, request, None, on("2026-11-22"))
    assert conflict is not None
    assert conflict[:3] == (3, on("2026-12-15"), on("2026-12-21"))
    assert len(conflict.blocked) == 7
    assert ways_out(protocol, request, None, on("2026-11-22")) == [
        ("start", 1, "--start 2026-11-30"),
        ("finish_by", 1, "--finish-by 2026-12-15"),
        ("sessions", None, "--sessions 2"),
    ]
    # The start never moves before the day of asking, and forwards it does not help.
    late_asked = ways_out(protocol, request, None, on("2026-12-01"))
    assert [way.kind for way in late_asked] == ["finish_by", "sessions"]


def test_equally_near_starts_mean_the_earlier_day() -> None:
    clinic = {"timezone": "UTC", "hours": {"tue": ["09:00-17:00"], "thu": ["09:00-17:00"]}}
    request = {"start": "2026-12-02", "start_within": 0, "sessions": 1}
    assert ways_out(course(WEEKLY), request, clinic, on("2026-12-01")) == [
        ("start", 1, "--start 2026-12-01")
    ]
    assert ways_out(course(WEEKLY), request, clinic, on("2026-12-02")) == [
        ("start", 1, "--start 2026-12-03")
    ]


def test_ways_out_of_an_absence() -> None:
    protocol = course(WEEKLY, minimum=3)
    request = {"start": "2026-12-01", "start_within": 0, "away": ["2026-12-08..2026-12-11"]}
    assert ways_out(protocol, request, None, on("2026-11-22")) == [
        ("start", 1, "--start 2026-11-30"),
        ("away", 1, None),
        ("late", 3, "--late 3"),
    ]
    lapsing = course({**WEEKLY, "lapse": "12 days"}, minimum=3)
    kinds = [way.kind for way in ways_out(lapsing, request, None, on("2026-11-22"))]
    assert kinds == ["start", "away"]


def test_ways_out_of_a_closure() -> None:
    clinic = {
        "timezone": "UTC",
        "hours": {"tue": ["09:00-17:00"]},
        "closures": [{"from": "2026-12-14", "to": "2026-12-23", "reason": "Works"}],
    }
    protocol = course(WEEKLY, minimum=1)
    request = {"start": "2026-12-01", "start_within": 0, "sessions": 4}
    assert ways_out(protocol, request, clinic, on("2026-12-01")) == [
        ("closure", 2, None),
        ("late", 11, "--late 11"),
        ("start", 28, "--start 2026-12-29"),
        ("sessions", None, "--sessions 2"),
    ]


def test_fewest_absences_given_up_are_the_smallest_set_that_works() -> None:
    rng = Random(3)
    compared = 0
    for _ in range(length(100, 400)):
        case = small_case(rng)
        if "away" not in case.request or best_course(*case) is not None:
            continue
        question = Question(*case)
        way = away_way(question)
        away = sorted(_away_days(case))
        if len(away) > 9:
            continue
        sizes = (
            len(freed)
            for size in range(len(away) + 1)
            for freed in combinations(away, size)
            if _fits(case, set(away) - set(freed))
        )
        assert (None if way is None else way.cost) == next(sizes, None)
        compared += 1
    assert compared > length(100, 400) // 20


def _away_days(case: Case) -> set[date]:
    asked = read(*case)
    return {
        first + timedelta(days=shift)
        for first, last in asked.away
        for shift in range((last - first).days + 1)
    }


def _fits(case: Case, away: set[date]) -> bool:
    request = case.request | {"away": [day.isoformat() for day in sorted(away)]}
    asked = read(case.protocol, request, case.clinic, case.as_of)
    days = Days(asked, asked.opening_hours)
    return course_chain(case.protocol, request, asked, days).feasible()


def test_the_two_oracles_agree_on_times_slack_and_backup() -> None:
    rng = Random(1)
    placed = 0
    for _ in range(length(120, 600)):
        case = small_case(rng)
        best = best_course(*case)
        if best is None:
            assert first_conflict(*case) is not None
            continue
        placed += 1
        assert best.ties == 1
        asked = read(*case)
        diary = Diary(asked)
        phases = phase_of_each(case.protocol, case.request, asked.sessions)
        future = Future(asked, diary, [gap(phase) for phase in phases])
        anchors = (None, *best.dates)
        found = [
            future.slack(number, previous, day)
            for number, (previous, day) in enumerate(zip(anchors, best.dates, strict=False), 1)
        ]
        assert found == list(zip(best.slack, best.backup, strict=True)), case
        if asked.timed:
            assert [diary.minute(day) for day in best.dates] == list(best.starts), case
    assert placed > length(120, 600) // 3


def test_lateness_of_the_new_optimum_is_that_of_the_best_course() -> None:
    rng = Random(5)
    compared = 0
    for _ in range(length(60, 150)):
        case = small_case(rng)
        if best_course(*case) is not None:
            continue
        late = next((way for way in ways_out(*case) if way.kind == "late"), None)
        if late is None or late.option is None or int(late.option.split()[1]) > 8:
            continue
        request = case.request | {"late": int(late.option.split()[1])}
        best = best_course(case.protocol, request, case.clinic, case.as_of)
        assert best is not None
        assert best.objective[0] == late.cost
        compared += 1
    assert compared > length(2, 3)


def test_random_cases_are_valid() -> None:
    rng = Random(2)
    for _ in range(300):
        _assert_valid(random_case(rng))
        small = small_case(rng)
        _assert_valid(small)
        assert 1 <= read(*small).sessions <= 4


def _assert_valid(case: Case) -> None:
    protocol, request, _, as_of = case
    asked = read(*case)
    limits = protocol["sessions"]
    assert limits["minimum"] <= limits["usual"] <= limits.get("maximum", 40)
    assert limits["minimum"] <= asked.sessions <= limits.get("maximum", 40)
    assert max(asked.pins, default=1) <= asked.sessions + (asked.top_ups or 0)
    assert not ("top_ups" in request and "until" in request)
    assert "top_up" in protocol or not request.keys() & {"top_ups", "until"}
    assert not (asked.event_only and "start_within" in request)
    assert as_of <= on(request.get("event", "9999-12-31"))
    for key in ("finish_by", "event"):
        assert request.get("start", "0001-01-01") <= request.get(key, "9999-12-31")
    forecasts = request.keys() & {"improves_after", "no_improvement"}
    assert len(forecasts) <= 1
    hoped = [bool(phase.get("after_improvement")) for phase in protocol["phases"]]
    assert any(hoped) or not forecasts
    assert hoped == sorted(hoped)
    assert not hoped[0]
    assert all("sessions" in phase for phase in protocol["phases"][:-1])


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("-7 days", "0 days", ("2027-03-03", "2027-03-10")),
        ("0 days", "8 hours", ("2027-03-10", "2027-03-11")),
        ("-8 hours", "0 hours", ("2027-03-09", "2027-03-10")),
        ("6 hours", "72 hours", ("2027-03-10", "2027-03-13")),
        ("-30 hours", "-6 hours", ("2027-03-08", "2027-03-10")),
        ("-30 hours", "-30 hours", ("2027-03-08", "2027-03-09")),
        ("1 day", "+2 weeks", ("2027-03-11", "2027-03-24")),
        ("-1 months", "1 month", ("2027-02-10", "2027-04-10")),
    ],
)
def test_care_without_a_time_is_whole_days(
    starts: str, ends: str, expected: tuple[str, str]
) -> None:
    item = {"action": "avoid", "what": "x", "starts": starts, "ends": ends}
    span = care_of(item, Dated(1, on("2027-03-10"), None, None), zero_is_end=True)
    assert (span.starts, span.ends) == dates(*expected)


def test_care_of_neighbouring_sessions_is_one_span() -> None:
    first = CareSpan("avoid", "aspirin", on("2026-11-24"), on("2026-12-01"), (1,))
    touching = CareSpan("avoid", "aspirin", on("2026-12-02"), on("2026-12-09"), (2,))
    apart = CareSpan("avoid", "aspirin", on("2026-12-11"), on("2026-12-18"), (3,))
    assert merged([first, touching, apart]) == [
        CareSpan("avoid", "aspirin", on("2026-11-24"), on("2026-12-09"), (1, 2)),
        apart,
    ]


@pytest.mark.parametrize(
    ("packages", "sessions", "expected"),
    [
        ([], 3, Mix(Decimal(300), 1)),
        ([(3, Decimal(250))], 2, Mix(Decimal(200), 1)),
        ([(3, Decimal(250))], 7, Mix(Decimal(600), 2)),
        ([(3, Decimal(250)), (6, Decimal(500))], 6, Mix(Decimal(500), 1)),
        ([(2, Decimal(210))], 2, Mix(Decimal(200), 1)),
        ([(4, Decimal(300)), (3, Decimal(230))], 10, Mix(Decimal(760), 2)),
    ],
)
def test_cheapest_mix(packages: list[tuple[int, Decimal]], sessions: int, expected: Mix) -> None:
    assert cheapest_mix(Decimal(100), packages, sessions) == expected


def test_money_adds_up_to_the_minor_unit() -> None:
    unit = Decimal("0.01")
    assert equal_split(Decimal("100.00"), 3, unit) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert equal_split(Decimal(100), 3, Decimal(1)) == [34, 33, 33]
    clinic = {
        "currency": "GBP",
        "prices": {"test": {"session": "10.25"}},
        "tax": {"name": "VAT", "rate": "10%", "included": False},
    }
    prices = price_list(course(WEEKLY), {}, clinic)
    assert prices is not None
    assert tax_on(prices, Decimal("10.25")) == Decimal("1.03"), "half up, not half even"
    assert totals(prices, 2) == (Decimal("22.55"),) * 2, "taxed once, on the total"


def test_no_price_in_the_currency() -> None:
    protocol = course(WEEKLY) | {
        "prices": [{"currency": "USD", "per": "session", "low": "100.00", "high": "200.00"}]
    }
    euros = {"currency": "EUR", "prices": {"test": {"session": "10.25"}}}
    assert price_list(protocol, {"currency": "GBP"}, euros) is None
    assert price_list(course(WEEKLY), {}, None) is None
    dollars = price_list(protocol, {"currency": "USD"}, euros)
    assert dollars is not None
    assert (dollars.clinic, totals(dollars, 3)) == (None, (Decimal(300), Decimal(600)))


def test_the_plan_worked_by_hand_is_the_optimum() -> None:
    best = best_course(example.PROTOCOL, example.REQUEST, example.CLINIC, example.AS_OF)
    assert best is not None
    sessions = example.PLAN["sessions"]
    assert best.dates == dates(*(row["date"] for row in sessions))
    assert best.starts == (17 * 60 + 30,) * 6
    assert best.slack == tuple(row["slack_days"] for row in sessions)
    assert best.backup == dates(*(row["backup"] for row in sessions))
    top_up = best_top_ups(
        example.PROTOCOL, example.REQUEST, example.CLINIC, example.AS_OF, best.dates[-1]
    )
    assert top_up is not None
    assert top_up.dates == dates("2027-05-19")
    assert top_up.slack == (28,), "16 June is the last Wednesday in the window"
    assert top_up.backup == dates("2027-05-25")


def faults_of(plan: Table, **request: Any) -> list[str]:
    asked = example.REQUEST | request
    return faults(plan, [example.PROTOCOL], asked, example.CLINIC, example.AS_OF)


def test_the_plan_worked_by_hand_has_no_fault() -> None:
    assert faults_of(example.PLAN) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", 2),
        ("as_of", "2026-11-23"),
        ("timezone", "UTC"),
        ("patient", "A. Example"),
        ("reference", ""),
        ("disclaimer", ""),
        ("clinic.name", "Other Clinic"),
        ("protocols.0.version", "2"),
        ("protocols.0.digest", "md5:00"),
        ("sessions", []),
        ("sessions.1.number", 3),
        ("sessions.1.date", "2026-12-09"),
        ("sessions.5.date", "2027-01-21"),
        ("sessions.3.date", "2026-12-25"),
        ("sessions.0.date", "2026-11-24"),
        ("sessions.1.phase", "fortnightly"),
        ("sessions.1.status", "held"),
        ("sessions.1.provisional", True),
        ("sessions.5.provisional", False),
        ("sessions.1.start", "2026-12-08T17:15:00+00:00"),
        ("sessions.1.start", "2026-12-08T18:30:00+01:00"),
        ("sessions.1.start", None),
        ("sessions.1.end", "2026-12-08T18:30:00+00:00"),
        ("sessions.1.end", "2026-12-08T19:15:00+01:00"),
        ("sessions.1.interval_days", 8),
        ("sessions.0.interval_days", 0),
        ("sessions.1.window.earliest", "2026-12-07"),
        ("sessions.1.window.recommended", "2026-12-09"),
        ("sessions.1.window.latest", "2026-12-12"),
        ("sessions.0.window.latest", "2026-12-15"),
        ("sessions.1.late_days", 1),
        ("sessions.1.slack_days", 0),
        ("sessions.0.slack_days", 8),
        ("sessions.1.backup", None),
        ("sessions.1.backup", "2026-12-10"),
        ("sessions.1.price", None),
        ("sessions.1.price.low", "160.00"),
        ("sessions.1.why", []),
        ("sessions.1.sources", []),
        ("top_ups", []),
        ("top_ups.0.number", 8),
        ("top_ups.0.date", "2027-05-20"),
        ("top_ups.0.provisional", True),
        ("top_ups.0.start", "2027-05-19T17:30:00+00:00"),
        ("top_ups.0.window.latest", "2027-06-20"),
        ("top_ups.0.slack_days", 29),
        ("top_ups.0.backup", "2027-05-18"),
        ("alternatives", [{}]),
        ("closed.0.date", "2026-12-23"),
        ("closed.0.reason", "Works"),
        ("history", [{}]),
        ("cost", None),
        ("cost.currency", "USD"),
        ("cost.basis", "protocol"),
        ("cost.low", "960"),
        ("cost.low", 960.0),
        ("cost.high", "1080.00"),
        ("cost.published_course", None),
        ("cost.lines.0.kind", "session"),
        ("cost.lines.0.quantity", 2),
        ("cost.lines.0.unit", "480.00"),
        ("cost.lines.0.unit_high", "990.00"),
        ("cost.lines", []),
        ("cost.tax", None),
        ("cost.tax.amount", "192.00"),
        ("cost.tax.included", False),
        ("cost.tax.rate", "19%"),
        ("cost.deposit", None),
        ("cost.deposit.amount", "191.00"),
        ("cost.deposit.due", "2026-12-01"),
        ("cost.instalments", None),
        ("cost.instalments.0.amount", "256.01"),
        ("cost.instalments.1.due", "2026-12-09"),
        ("cost.by_month.0.sessions", 3),
        ("cost.by_month.1.low", "320.01"),
        ("cost.cumulative.1.high", "320.01"),
        ("top_up_cost", None),
        ("top_up_cost.high", "200.00"),
        ("care", []),
        ("care.0.until", "2026-12-21"),
        ("care.0.sessions", [1, 2, 3]),
        ("care.1.what", "ibuprofen"),
        ("care.4.until", "2026-12-02"),
        ("care.4.until", "2026-12-02T01:30:00+00:00"),
        ("screening", []),
        ("facts.depth_mm", "2"),
        ("notices", []),
        ("results", None),
        ("results.from", "2027-01-23"),
        ("results.until", None),
        ("results.top_up_due", None),
        ("objective.late_days", 1),
        ("objective.start_days", 1),
        ("objective.preference_misses", 1),
        ("objective.squared_deviation", 1),
        ("objective.time_minutes", 15),
    ],
)
def test_one_wrong_statement_is_found(path: str, value: object) -> None:
    plan = deepcopy(example.PLAN)
    *keys, last = (int(key) if key.isdigit() else key for key in path.split("."))
    place: Any = plan
    for key in keys:
        place = place[key]
    assert place[last] != value
    place[last] = value
    assert faults_of(plan), f"{path} = {value!r} goes unnoticed"


@pytest.mark.parametrize("key", sorted(example.PLAN))
def test_a_missing_key_is_found(key: str) -> None:
    plan = {name: value for name, value in example.PLAN.items() if name != key}
    assert faults_of(plan) == [f"the plan lacks ['{key}']"]


@pytest.mark.parametrize(
    "request_",
    [
        {"away": "2026-12-08"},
        {"days": ["wed"]},
        {"between": "tue:15:00-16:00"},
        {"at": None},
        {"at": "15:00"},
        {"prefer": "wed"},
        {"pin": ["3=2026-12-16"]},
        {"pin": ["7=2027-05-18"]},
        {"finish_by": "2027-01-18"},
        {"finish_by": "2027-01-19"},
        {"event": "2027-01-21"},
        {"event": "2027-01-22", "start": None},
        {"start_within": 0},
        {"start": "2026-11-30"},
        {"sessions": 5},
        {"budget": "959.99"},
        {"no_improvement": True},
        {"improves_after": 3},
        {"late": 30},
        {"currency": "USD"},
        {"patient": "A. Example"},
        {"reference": "r-2"},
        {"top_ups": None},
        {"top_ups": None, "until": "2027-05-18"},
        {"top_ups": None, "until": "2027-09-20"},
    ],
)
def test_a_plan_for_another_request_is_found(request_: Table) -> None:
    assert faults_of(example.PLAN, **request_), request_


def test_a_package_may_fit_a_budget_that_fewer_sessions_do_not() -> None:
    assert faults_of(example.PLAN, budget="960.00") == []
    assert faults_of(example.PLAN, budget="2000.00", sessions=7, top_ups=1) != []

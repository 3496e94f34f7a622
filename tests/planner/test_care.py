"""Care with real dates: whole days, hours across midnight and clock changes, merged spans."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meso_schedule import CourseRequest, Protocol, Session, get_protocol, plan_course
from meso_schedule.base.errors import CalendarEndError, InputError
from meso_schedule.course.course_plan import CareSpan
from meso_schedule.output.feed import feed
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.planner.care import (
    HeldVisit,
    Visit,
    combined_care,
    results,
    screening,
    swelling_days,
)
from tests.support.samples import ASSUMED, Table, on, protocol, session, sessions

SOURCED = {"sources": ["study"]}
WEEKLY = "2026-12-01 2026-12-08 2026-12-15 2026-12-22"
TOP_UP = {"minimum": "3 months", "recommended": "4 months", "maximum": "5 months", **ASSUMED}


def care(starts: str, ends: str, action: str = "avoid", what: str = "Sun", **more: object) -> Table:
    return {"action": action, "what": what, "starts": starts, "ends": ends, **ASSUMED, **more}


def swelling(starts: str, ends: str, what: str = "The worst of it") -> Table:
    return care(starts, ends, "expect", what, swelling=True)


def care_spans(rules: Protocol, held: Sequence[Visit]) -> tuple[CareSpan, ...]:
    return combined_care([(rules, held)])


def spans(held: Sequence[Session], *table: Table) -> list[tuple[str, str]]:
    """Return the first and last day, or moment, of each span."""
    found = care_spans(protocol(care=list(table)), held)
    return [(span.first.isoformat(), span.last.isoformat()) for span in found]


def test_a_week_without_aspirin_before_weekly_sessions_is_one_span() -> None:
    aspirin = care("-7 days", "0 days", what="Aspirin")
    (span,) = care_spans(protocol(care=[aspirin]), sessions(WEEKLY))
    assert span.model_dump(mode="json", by_alias=True) == {
        "action": "avoid",
        "what": "Aspirin",
        "from": "2026-11-24",
        "until": "2026-12-22",
        "lasts": "7 days",
        "before": True,
        "sessions": [1, 2, 3, 4],
        "labels": [],
        "swelling": False,
        "source": "Assumption: Assumed for the test.",
    }


def test_the_packaged_aspirin_is_one_span_too() -> None:
    found = care_spans(get_protocol("facial-rejuvenation"), sessions(WEEKLY))
    (aspirin,) = [span for span in found if "spirin" in span.what]
    assert (aspirin.first, aspirin.last) == (on("2026-11-24"), on("2026-12-22"))
    assert aspirin.source == "Mesotherapy (overview article with FAQ)"


@pytest.mark.parametrize(
    ("second", "expected", "source"),
    [
        ("2026-12-08", [("2026-11-24", "2026-12-08")], "begins on the day the last one ends"),
        ("2026-12-09", [("2026-11-24", "2026-12-09")], "begins the day after"),
        (
            "2026-12-10",
            [("2026-11-24", "2026-12-01"), ("2026-12-03", "2026-12-10")],
            "a day lies between",
        ),
    ],
)
def test_spans_that_touch_are_merged(
    second: str, expected: list[tuple[str, str]], source: str
) -> None:
    held = sessions(f"2026-12-01 {second}")
    assert spans(held, care("-7 days", "0 days")) == expected, source


def test_each_span_names_its_sessions() -> None:
    held = sessions("2026-12-01 2026-12-08 2027-01-05")
    found = care_spans(protocol(care=[care("-7 days", "0 days")]), held)
    assert [span.sessions for span in found] == [(1, 2), (3,)]


def test_a_whole_day_lasts_longer_than_an_hour_of_it() -> None:
    held = [session(1, "2026-12-01"), session(2, "2026-12-02", "09:00")]
    assert spans(held, care("0 days", "30 hours")) == [("2026-12-01", "2026-12-03")]


def test_what_to_expect_is_kept_apart_from_what_to_avoid() -> None:
    table = [care("0 days", "1 day", action) for action in ("expect", "do", "avoid")]
    found = care_spans(protocol(care=table), sessions("2026-12-01"))
    assert [span.action for span in found] == ["avoid", "do", "expect"]
    assert len({(span.first, span.last, span.what) for span in found}) == 1


def test_spans_come_in_the_order_of_their_days() -> None:
    table = [care("2 days", "3 days", what="late"), care("-1 day", "0 days", what="early")]
    found = care_spans(protocol(care=table), sessions("2026-12-01"))
    assert [span.what for span in found] == ["early", "late"]


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ("2026-12-01", [("2026-11-29", "2026-12-03", (1,))]),
        ("2026-12-01 2026-12-06", [("2026-11-29", "2026-12-08", (1, 2))]),
        (
            "2026-12-01 2026-12-08",
            [("2026-11-29", "2026-12-03", (1,)), ("2026-12-06", "2026-12-10", (2,))],
        ),
    ],
)
def test_the_same_text_of_two_tables_is_one_span(
    held: str, expected: list[tuple[str, str, tuple[int, ...]]], turn: int
) -> None:
    before_and_after = [care("-2 days", "0 days"), care("0 days", "2 days")][::turn]
    found = care_spans(protocol(care=before_and_after), sessions(held))
    assert [(str(span.first), str(span.last), span.sessions) for span in found] == expected


def test_a_span_of_two_tables_names_both_sources_once() -> None:
    sourced = {**care("0 days", "2 days"), "sources": ["study"]}
    own = protocol(care=[care("-2 days", "0 days"), sourced, sourced])
    (span,) = care_spans(own, sessions("2026-12-01"))
    assert span.source == "Assumption: Assumed for the test.; Study of the test"


@pytest.mark.parametrize(
    ("day", "at", "starts", "ends", "first", "last", "source"),
    [
        (
            *("2026-12-01", "17:30", "0 hours", "8 hours"),
            *("2026-12-01T18:15:00+00:00", "2026-12-02T02:15:00+00:00"),
            "no hot shower until after midnight",
        ),
        (
            *("2026-12-01", "10:00", "6 hours", "72 hours"),
            *("2026-12-01T16:45:00+00:00", "2026-12-04T10:45:00+00:00"),
            "swelling peaks 6 to 72 hours after the end",
        ),
        (
            *("2026-12-01", "10:00", "-48 hours", "0 hours"),
            *("2026-11-29T10:00:00+00:00", "2026-12-01T10:00:00+00:00"),
            "hours before count from the start",
        ),
        (
            *("2026-12-01", "10:00", "-30 hours", "-6 hours"),
            *("2026-11-30T04:00:00+00:00", "2026-12-01T04:00:00+00:00"),
            "both before the start",
        ),
        (
            *("2026-10-24", "17:30", "0 hours", "8 hours"),
            *("2026-10-24T18:15:00+01:00", "2026-10-25T01:15:00+00:00"),
            "the second 01:15 of the night: 17:15 UTC and eight hours",
        ),
        (
            *("2026-10-24", "17:30", "0 hours", "7 hours"),
            *("2026-10-24T18:15:00+01:00", "2026-10-25T01:15:00+01:00"),
            "the first 01:15 of the night",
        ),
        (
            *("2026-10-24", "17:30", "0 hours", "48 hours"),
            *("2026-10-24T18:15:00+01:00", "2026-10-26T17:15:00+00:00"),
            "48 hours end an hour earlier by the clock",
        ),
        (
            *("2027-03-27", "17:30", "0 hours", "8 hours"),
            *("2027-03-27T18:15:00+00:00", "2027-03-28T03:15:00+01:00"),
            "an hour is left out of the night",
        ),
        (
            *("2026-10-25", "17:30", "-24 hours", "0 hours"),
            *("2026-10-24T18:30:00+01:00", "2026-10-25T17:30:00+00:00"),
            "24 hours before begin an hour later by the clock",
        ),
        (
            *("2026-12-01", "17:30", "-7 days", "0 days", "2026-11-24", "2026-12-01"),
            "days stay days",
        ),
        (
            *("2026-12-01", "17:30", "0 days", "48 hours"),
            *("2026-12-01", "2026-12-03T18:15:00+00:00"),
            "a day and an hour",
        ),
    ],
)
def test_hours_when_the_time_is_known(
    day: str, at: str, starts: str, ends: str, first: str, last: str, source: str
) -> None:
    assert spans([session(1, day, at)], care(starts, ends)) == [(first, last)], source


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last", "source"),
    [
        ("0 hours", "8 hours", "2026-12-01", "2026-12-02", "an evening session ends past midnight"),
        ("0 hours", "24 hours", "2026-12-01", "2026-12-02", "a day"),
        ("0 hours", "25 hours", "2026-12-01", "2026-12-03", "rounded up"),
        ("0 hours", "48 hours", "2026-12-01", "2026-12-03", "two days"),
        ("0 hours", "72 hours", "2026-12-01", "2026-12-04", "three days"),
        ("6 hours", "72 hours", "2026-12-01", "2026-12-04", "a start after rounds down"),
        ("24 hours", "72 hours", "2026-12-02", "2026-12-04", "a start a day after"),
        ("30 hours", "72 hours", "2026-12-02", "2026-12-04", "a start after rounds down"),
        ("-8 hours", "0 hours", "2026-11-30", "2026-12-01", "a start before rounds away"),
        ("-24 hours", "0 hours", "2026-11-30", "2026-12-01", "a day"),
        ("-25 hours", "0 hours", "2026-11-29", "2026-12-01", "rounded away"),
        ("-48 hours", "-6 hours", "2026-11-29", "2026-12-01", "an end before rounds towards"),
        ("-48 hours", "-24 hours", "2026-11-29", "2026-11-30", "a day before"),
        ("-72 hours", "-30 hours", "2026-11-28", "2026-11-30", "an end before rounds towards"),
    ],
)
def test_hours_become_whole_days_without_a_time(
    starts: str, ends: str, first: str, last: str, source: str
) -> None:
    assert spans(sessions("2026-12-01"), care(starts, ends)) == [(first, last)], source


@given(
    st.integers(-100, 100), st.integers(0, 100), st.integers(0, 95), st.sampled_from([15, 45, 240])
)
def test_whole_days_hold_the_hours_whenever_the_session_is(
    starts: int, length: int, quarter: int, minutes: int
) -> None:
    start = min(quarter * 15, 24 * 60 - minutes)
    table = care(f"{starts} hours", f"{starts + length} hours")
    at = f"{start // 60:02}:{start % 60:02}"
    own = protocol(care=[table])
    (exact,) = care_spans(own, [session(1, "2026-12-01", at, minutes, "UTC")])
    (whole,) = care_spans(own, [session(1, "2026-12-01")])
    assert isinstance(exact.first, datetime)
    assert isinstance(exact.last, datetime)
    assert datetime.combine(whole.first, time(), UTC) <= exact.first
    assert exact.last <= datetime.combine(whole.last, time(), UTC) + timedelta(days=1)


def test_hours_of_neighbouring_days_are_merged() -> None:
    held = [session(1, "2026-12-01", "17:30"), session(2, "2026-12-02", "17:30")]
    assert spans(held, care("0 hours", "1 hour")) == [
        ("2026-12-01T18:15:00+00:00", "2026-12-02T19:15:00+00:00")
    ]
    held[1] = session(2, "2026-12-03", "17:30")
    assert len(spans(held, care("0 hours", "1 hour"))) == 2


def test_a_month_of_care() -> None:
    assert spans(sessions("2027-01-31"), care("-1 month", "1 month")) == [
        ("2026-12-31", "2027-03-01")
    ]


@pytest.mark.parametrize(
    ("held", "starts", "ends"),
    [
        (session(1, "9999-12-30"), "0 days", "2 days"),
        (session(1, "9999-12-30"), "0 hours", "72 hours"),
        (session(1, "9999-12-30", "17:30"), "0 hours", "72 hours"),
        (session(1, "0001-01-02"), "-72 hours", "0 hours"),
    ],
)
def test_care_past_the_calendar(held: Session, starts: str, ends: str) -> None:
    with pytest.raises(CalendarEndError):
        spans([held], care(starts, ends))


def test_questions_are_asked_and_have_no_dates() -> None:
    question = {"action": "ask", "what": "Are you pregnant?", **SOURCED}
    dated = {
        "action": "ask",
        "what": "Any allergy?",
        "starts": "0 days",
        "ends": "1 day",
        **ASSUMED,
    }
    own = protocol(care=[question, care("0 days", "1 day"), dated])
    assert [(found.question, found.source) for found in screening([own])] == [
        ("Are you pregnant?", "Study of the test"),
        ("Any allergy?", "Assumption: Assumed for the test."),
    ]
    assert [span.what for span in care_spans(own, sessions("2026-12-01"))] == ["Sun"]


def test_no_sessions_need_no_care() -> None:
    assert spans([], care("-7 days", "0 days")) == []


def resulting(results_table: Table | None, top_up: Table | None) -> Protocol:
    return protocol(results=results_table, top_up=top_up)


@pytest.mark.parametrize(
    ("table", "top_up", "last", "expected", "source"),
    [
        (
            *(ASSUMED, None, "2026-12-22"),
            *(("2026-12-25", None, None), "three days unless said otherwise"),
        ),
        (
            *({"settle": "3 days", "lasts_maximum": "5 months", **ASSUMED}, TOP_UP, "2026-12-22"),
            *(
                ("2026-12-25", "2027-05-22", "2027-03-22..2027-05-22"),
                "settled, faded and due, each from the last session",
            ),
        ),
        (
            *({"settle": "1 week", "lasts_minimum": "3 months", **ASSUMED}, None, "2026-11-30"),
            *(("2026-12-07", None, None), "how long at most is not known"),
        ),
        (
            *(ASSUMED, TOP_UP, "2026-11-30"),
            *(("2026-12-03", None, "2027-03-01..2027-04-30"), "30 February is 1 March"),
        ),
        (
            *(
                ASSUMED,
                {
                    "minimum": ["3 months", "90 days"],
                    "maximum": ["4 months", "110 days"],
                    **ASSUMED,
                },
            ),
            "2027-02-01",
            ("2027-02-04", None, "2027-05-02..2027-05-22"),
            "the later minimum, day 90; the earlier maximum, day 110",
        ),
        (
            *(ASSUMED, {"minimum": "90 days", "maximum": "3 months", **ASSUMED}, "2027-02-01"),
            *(("2027-02-04", None, "2027-05-02..2027-05-02"), "crossed: the minimum holds"),
        ),
        (
            *(
                ASSUMED,
                {"minimum": "27 days", "recommended": "1 month", "maximum": "30 days", **ASSUMED},
            ),
            "2027-03-01",
            ("2027-03-04", None, "2027-03-28..2027-04-01"),
            "crossed: the recommended day holds",
        ),
        (None, TOP_UP, "2026-12-22", None, "nothing is known of results"),
    ],
)
def test_results(
    table: Table | None,
    top_up: Table | None,
    last: str,
    expected: tuple[str, str | None, str | None] | None,
    source: str,
) -> None:
    found = results(resulting(table, top_up), on(last))
    if found is None or expected is None:
        assert (found, expected) == (None, None), source
        return
    due = found.top_up_due
    assert (
        str(found.first),
        str(found.last) if found.last else None,
        f"{due.earliest}..{due.latest}" if due else None,
    ) == expected, source


@pytest.mark.parametrize(
    ("table", "held", "expected", "source"),
    [
        ([swelling("6 hours", "72 hours")], "2026-12-01", 4, "1 to 4 December"),
        (
            *([swelling("6 hours", "72 hours")], "2026-12-01 2026-12-03", 6),
            "1 to 6 December, no day twice",
        ),
        (
            [
                swelling("0 days", "1 day"),
                swelling("1 day", "2 days", "More of it"),
            ],
            *("2026-12-01", 3, "no day twice"),
        ),
        (
            [care("0 days", "5 days", "avoid", "What makes swelling worse")],
            "2026-12-01",
            0,
            "avoid",
        ),
        ([care("0 days", "5 days", "expect", "No swelling")], "2026-12-01", 0, "told as a field"),
        (
            [swelling("0 days", "1 day", "Both"), care("0 days", "1 day", "expect", "Both")],
            *("2026-12-01", 2, "of one text, either says so"),
        ),
    ],
)
def test_days_with_swelling(table: list[Table], held: str, expected: int, source: str) -> None:
    found = care_spans(protocol(care=table), sessions(held))
    assert swelling_days(found) == expected, source


def test_days_with_swelling_when_the_time_is_known() -> None:
    own = protocol(care=[swelling("6 hours", "72 hours")])
    assert swelling_days(care_spans(own, [session(1, "2026-12-01", "20:00")])) == 3
    assert isinstance(care_spans(own, [session(1, "2026-12-01", "20:00")])[0].first, date)


OFFSETS = [
    *("-2 months", "-30 days", "-1 month", "-48 hours", "-2 days", "-25 hours", "-24 hours"),
    *("-1 day", "-23 hours", "-1 hour", "0 hours", "0 days", "1 hour", "23 hours", "1 day"),
    *("24 hours", "25 hours", "2 days", "48 hours", "30 days", "1 month", "60 days", "2 months"),
]
# Over midnight, over each change of the clock, in months of each length, on a leap day.
STARTS = [
    *("2027-03-09 23:00", "2027-03-09 22:30", "2027-03-28 00:30", "2027-03-29 00:30"),
    *("2027-03-27 23:30", "2027-10-31 00:30", "2027-10-31 01:30", "2027-10-30 23:30"),
    *("2027-11-01 00:30", "2027-01-10 23:00", "2027-02-28 23:00", "2028-02-29 00:30"),
    *("2027-08-10 12:00", "2027-12-31 23:00", "2027-01-31 22:30"),
]


def reach(moment: date | datetime, zone: ZoneInfo, *, last: bool) -> float:
    """Return when a moment begins, or when it is over: a day lasts until the next one begins."""
    if isinstance(moment, datetime):
        return moment.timestamp()
    day = moment + timedelta(days=1) if last else moment
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "Australia/Lord_Howe"])
@pytest.mark.parametrize("is_timed", [True, False])
def test_a_span_never_ends_before_it_begins(zone: str, is_timed: bool) -> None:
    place = ZoneInfo(zone)
    for text in STARTS:
        begin = datetime.fromisoformat(text).replace(tzinfo=place)
        end = (begin.astimezone(UTC) + timedelta(minutes=90)).astimezone(place)
        visit = HeldVisit(1, begin.date(), *((begin, end) if is_timed else ()))
        for rules in every_span():
            (span,) = care_spans(rules, [visit])
            first, last = reach(span.first, place, last=False), reach(span.last, place, last=True)
            assert first <= last, (text, rules.care, span)


@cache
def every_span() -> list[Protocol]:
    """Return protocols with every pair of offsets that a rule file may hold."""
    found = []
    for starts, ends in product(OFFSETS, repeat=2):
        with suppress(InputError):
            found.append(protocol(care=[care(starts, ends)]))
    assert len(found) > 250
    return found


@pytest.mark.parametrize(
    ("start", "table", "expected"),
    [
        # 23:00 and 90 minutes: after the end is on the next day already.
        ("2027-03-09 23:00", ("0 hours", "0 days"), ("2027-03-10T00:30:00+00:00", "2027-03-10")),
        ("2027-03-09 23:00", ("0 hours", "1 day"), ("2027-03-10T00:30:00+00:00", "2027-03-10")),
        ("2027-03-09 23:00", ("0 days", "0 days"), ("2027-03-09", "2027-03-09")),
        # Monday at half past midnight less 24 hours, of a Sunday of 23, is a Saturday.
        ("2027-03-29 00:30", ("-1 day", "-24 hours"), ("2027-03-28", "2027-03-28")),
        # A month from 10 January is 10 February, thirty days are the day before.
        ("2027-01-10 12:00", ("1 month", "30 days"), ("2027-02-10", "2027-02-10")),
        # From nothing to nothing is the session.
        (
            *("2027-03-09 12:00", ("0 hours", "0 hours")),
            ("2027-03-09T12:00:00+00:00", "2027-03-09T13:30:00+00:00"),
        ),
    ],
)
def test_spans_over_midnight(start: str, table: tuple[str, str], expected: tuple[str, str]) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Europe/London"))
    end = (begin.astimezone(UTC) + timedelta(minutes=90)).astimezone(begin.tzinfo)
    found = care_spans(protocol(care=[care(*table)]), [HeldVisit(1, begin.date(), begin, end)])
    assert [(it.first.isoformat(), it.last.isoformat()) for it in found] == [expected]


def test_the_later_of_two_ends_when_the_clock_goes_back() -> None:
    """Half past one comes twice on 31 October 2027: the second one is later."""
    zone = ZoneInfo("Europe/London")
    ends = (datetime(2027, 10, 30, 23, 45, tzinfo=UTC), datetime(2027, 10, 31, 0, 15, tzinfo=UTC))
    visits = [
        HeldVisit(
            number,
            date(2027, 10, 31),
            end.astimezone(zone) - timedelta(minutes=30),
            end.astimezone(zone),
        )
        for number, end in enumerate(ends, 1)
    ]
    (span,) = care_spans(protocol(care=[care("0 hours", "1 hour")]), visits)
    assert span.last.isoformat() == "2027-10-31T01:15:00+00:00"


@pytest.mark.parametrize(
    ("starts", "ends", "lasts"),
    [
        ("0 hours", "8 hours", "8 hours"),
        ("0 hours", "1 hour", "1 hour"),
        ("-7 days", "0 days", "7 days"),
        ("-1 week", "0 hours", "1 week"),
        ("6 hours", "72 hours", "6 to 72 hours"),
        ("-2 days", "1 month", "2 days before and 1 month after"),
        ("0 days", "0 hours", "on the day"),
    ],
)
def test_the_published_duration_stands_beside_the_dates(starts: str, ends: str, lasts: str) -> None:
    """The text of the rule file, whatever days it comes to."""
    table = {"action": "avoid", "what": "Sun", "starts": starts, "ends": ends, **ASSUMED}
    made = plan_course(protocol(care=[table]), asked("2027-01-11"), as_of=on("2027-01-01"))
    assert {span.lasts for span in made.care} == {lasts}
    told = plan_text(made, width=120)
    assert f"each time {lasts}: " in told
    calendar = feed(made).decode().replace("\r\n ", "").replace("\\,", ",")
    assert f", {lasts})" in calendar or f", each time {lasts})" in calendar


def asked(start: str, **more: object) -> CourseRequest:
    return CourseRequest.read({"start": start, "sessions": 2, **more})


NSAID = {"action": "avoid", "what": "Aspirin", "starts": "-7 days", "ends": "0 days", **ASSUMED}


@pytest.mark.parametrize(
    ("as_of", "held", "begun"),
    [
        # Seven days before Monday 11 January are the 4th.
        ("2027-01-04", [], []),
        ("2027-01-05", [], [1]),
        ("2027-01-11", [], [1]),
        # Who was treated once was told then: the days before the next run on from there.
        ("2027-01-12", ["2027-01-11"], []),
    ],
)
def test_an_avoidance_that_began_before_the_day_of_asking_is_told_first(
    as_of: str, held: list[str], begun: list[int]
) -> None:
    made = plan_course(protocol(care=[NSAID]), asked("2027-01-11", held=held), as_of=on(as_of))
    found = [finding for finding in made.findings if finding.kind == "care_begun"]
    assert [finding.session for finding in found] == begun
    text, calendar = plan_text(made, width=120), feed(made).decode()
    for finding in found:
        assert finding.message == (
            "Aspirin: this began on 2027-01-04, before the day of asking. Ask today."
        )
        head = text[: text.index("Why")]
        assert "Ask today." in head
        assert calendar.replace("\r\n ", "").count("Ask today.") == 1


def test_results_end_within_the_published_range() -> None:
    """From 18 January: the swelling is gone after 3 days, results end after 3 to 5 months."""
    lasting = {"settle": "3 days", "lasts_minimum": "3 months", "lasts_maximum": "5 months"}
    made = plan_course(
        protocol(results={**lasting, **ASSUMED}), asked("2027-01-11"), as_of=on("2027-01-01")
    )
    results = made.results
    assert results is not None
    assert [str(it) for it in (results.first, results.earliest, results.last)] == [
        "2027-01-21",
        "2027-04-18",
        "2027-06-18",
    ]
    told = plan_text(made, width=120)
    assert "Swelling settled by" in told
    assert "Results end between" in told
    longest = {"lasts_maximum": "5 months", **ASSUMED}
    alone = plan_course(protocol(results=longest), asked("2027-01-11"), as_of=on("2027-01-01"))
    assert "Last until about" in plan_text(alone, width=120)
    assert json.loads(made.model_dump_json())["results"]["until_earliest"] == "2027-04-18"

"""Several protocols side by side over the same months, worked by hand."""

import re

import pytest

from meso_schedule import Clinic, CourseRequest, Protocol, compare, get_protocol
from meso_schedule.base.errors import InputError
from meso_schedule.course.comparison import ComparisonRow
from meso_schedule.course.no_calendar import NoCalendarFound
from meso_schedule.output.terminal.comparison_text import (
    comparison_csv,
    comparison_markdown,
    comparison_text,
)
from tests.support.samples import ASSUMED, Table, clinic, on, phase, protocol

AS_OF = on("2026-11-22")
START = CourseRequest(start=on("2026-12-01"))
PRICE = {"currency": "GBP", "per": "session", "low": "100.00", "high": "150.00", **ASSUMED}
SWELLING = {
    "action": "expect",
    "what": "Peak",
    "swelling": True,
    "starts": "6 hours",
    "ends": "72 hours",
}
TOP_UP = {"minimum": "1 month", "maximum": "6 weeks", **ASSUMED}


def row_of(
    own: Protocol, request: CourseRequest = START, held: Clinic | None = None
) -> ComparisonRow:
    (row,) = compare([own], request, clinic=held, as_of=AS_OF).rows
    return row


def summary(row: ComparisonRow) -> tuple[str, ...]:
    cost = f"{row.cost.low} to {row.cost.high} {row.currency}" if row.cost else "-"
    return (
        f"{row.visits} from {row.first} to {row.last}",
        cost,
        f"{row.chair_minutes} min",
        f"{row.swelling_days} days",
    )


def test_two_packaged_protocols_over_a_year() -> None:
    found = compare(
        [get_protocol("facial-rejuvenation"), get_protocol("mesobotox")], START, as_of=AS_OF
    )
    assert (found.start, found.until) == (on("2026-12-01"), on("2027-12-01"))
    face, toxin = found.rows
    assert (face.protocol, face.name) == ("facial-rejuvenation", "Facial rejuvenation mesotherapy")
    # Six sessions to 19 January; every 3 months leaves room for top-ups on 19 April, 19 July and
    # 19 October, so there are three. They aim at 4 months and would end on 19 January: the last
    # is held back to the end of the period.
    assert summary(face) == (
        "9 from 2026-12-01 to 2027-12-01",
        "1800.00 to 1800.00 GBP",
        "405 min",
        "36 days",
    )
    # 1 December, 1 March, 1 June, 1 September, then a top-up on 1 December: all weekdays.
    assert summary(toxin) == (
        "5 from 2026-12-01 to 2027-12-01",
        "5000.00 to 7500.00 USD",
        "150 min",
        "20 days",
    )
    assert (face.problem, toxin.problem) == (None, None)


@pytest.mark.parametrize(
    ("changes", "request_", "expected", "source"),
    [
        (
            *({"prices": [PRICE], "care": [SWELLING | ASSUMED]}, {}),
            ("3 from 2026-12-01 to 2026-12-15", "300.00 to 450.00 GBP", "135 min", "12 days"),
            "three weekly sessions, each with its day and three more",
        ),
        (
            *({"prices": [PRICE]}, {"until": "2026-12-08"}),
            ("2 from 2026-12-01 to 2026-12-08", "200.00 to 300.00 GBP", "90 min", "0 days"),
            "both ends of the period are included",
        ),
        (
            *({"prices": [PRICE]}, {"until": "2026-12-07"}),
            ("1 from 2026-12-01 to 2026-12-01", "100.00 to 150.00 GBP", "45 min", "0 days"),
            "what lies past the period does not count",
        ),
        (
            *({"prices": [PRICE], "top_up": TOP_UP}, {"until": "2027-02-15"}),
            ("5 from 2026-12-01 to 2027-02-15", "500.00 to 750.00 GBP", "225 min", "0 days"),
            "top-ups on 15 January and 15 February",
        ),
        (
            *({"prices": [PRICE], "top_up": TOP_UP}, {"until": "2027-02-14"}),
            ("4 from 2026-12-01 to 2027-01-15", "400.00 to 600.00 GBP", "180 min", "0 days"),
            "15 February is a day too late",
        ),
        (
            *({"prices": [PRICE], "top_up": TOP_UP}, {"until": "2026-12-10"}),
            ("2 from 2026-12-01 to 2026-12-08", "200.00 to 300.00 GBP", "90 min", "0 days"),
            "no top-up before the course has ended",
        ),
        (
            *({}, {}),
            ("3 from 2026-12-01 to 2026-12-15", "-", "135 min", "0 days"),
            "no price is known",
        ),
        (
            *({"prices": [PRICE]}, {"no_prices": True}),
            ("3 from 2026-12-01 to 2026-12-15", "-", "135 min", "0 days"),
            "no prices are wanted",
        ),
        (
            *({"prices": [PRICE]}, {"currency": "EUR"}),
            ("3 from 2026-12-01 to 2026-12-15", "-", "135 min", "0 days"),
            "no price in euros",
        ),
    ],
)
def test_what_a_row_counts(
    changes: Table, request_: Table, expected: tuple[str, ...], source: str
) -> None:
    request = CourseRequest.read({"start": "2026-12-01", **request_})
    assert summary(row_of(protocol(**changes), request)) == expected, source


def test_the_clinic_sets_its_price_for_course_and_top_ups() -> None:
    held = clinic(currency="GBP", prices={"house-mix": {"session": "180.00"}})
    request = CourseRequest(start=on("2026-12-01"), until=on("2027-02-15"))
    row = row_of(protocol(top_up=TOP_UP), request, held)
    assert summary(row)[:2] == ("5 from 2026-12-01 to 2027-02-15", "900.00 to 900.00 GBP")


def test_a_course_past_the_period_has_no_visit_in_it() -> None:
    late = CourseRequest(start=on("2026-12-05"), until=on("2026-12-06"))
    row = row_of(protocol(prices=[PRICE], top_up=TOP_UP), late)
    assert (row.visits, row.first, row.last, row.cost) == (0, None, None, None)
    assert row.problem is None


def test_a_protocol_that_does_not_fit_says_why_and_leaves_the_others() -> None:
    slow = protocol(id="slow", phases=[phase("1 month", "5 weeks")])
    request = CourseRequest(start=on("2026-12-01"), finish_by=on("2026-12-20"))
    quick_row, slow_row = compare([protocol(), slow], request, as_of=AS_OF).rows
    assert (quick_row.visits, quick_row.problem) == (3, None)
    assert (slow_row.visits, slow_row.first, slow_row.cost, slow_row.chair_minutes) == (
        *(0, None, None, 0),
    )
    assert slow_row.problem is not None
    assert slow_row.problem.startswith("No calendar fits: session 2 has no usable day")


def test_without_a_request_the_day_of_asking_is_the_start() -> None:
    found = compare([protocol()], as_of=on("2026-12-01"))
    assert (found.start, found.until) == (on("2026-12-01"), on("2027-12-01"))
    assert found.rows[0].first == on("2026-12-01")


def test_a_period_that_ends_before_it_starts() -> None:
    request = CourseRequest(start=on("2026-12-01"), until=on("2026-11-30"))
    with pytest.raises(InputError) as caught:
        compare([protocol()], request, as_of=AS_OF)
    (fault,) = caught.value.faults
    assert (fault.code, fault.field, fault.value) == ("dates_crossed", "until", "2026-11-30")


def test_a_request_that_does_not_go_with_a_protocol_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        compare([protocol()], CourseRequest(sessions=13), as_of=AS_OF)
    assert caught.value.faults[0].code == "bad_sessions"


def test_a_day_is_a_period_too() -> None:
    request = CourseRequest(start=on("2026-12-01"), until=on("2026-12-01"))
    assert row_of(protocol(), request).visits == 1


def test_a_number_of_top_ups_is_no_period() -> None:
    with pytest.raises(InputError) as caught:
        compare([protocol()], CourseRequest(top_ups=1), as_of=AS_OF)
    assert caught.value.faults[0].field == "top_ups"


def test_nothing_to_compare() -> None:
    with pytest.raises(InputError) as caught:
        compare([], as_of=AS_OF)
    assert caught.value.faults[0].field == "protocol"


def test_a_programme_of_several_beside_one() -> None:
    priced = {"top_up": TOP_UP, "prices": [PRICE]}
    one, two = protocol(id="one", **priced), protocol(id="two", **priced)
    request = CourseRequest.read({"start": "2026-12-01", "until": "2026-12-31"})
    found = compare(
        [[one, two], one], request, as_of=AS_OF, wishes=[["one*2", "two*1@2026-12-08"], ["one*1"]]
    )
    both, single = found.rows
    # One on the 1st and the 8th, two on the 8th; the first top-ups fall into January.
    assert (both.protocol, both.name, both.visits) == ("one+two", "House mix + House mix", 2)
    assert both.cost is not None
    assert (str(both.cost.low), both.chair_minutes) == ("300.00", 135)
    assert (single.visits, single.protocol) == (1, "one")
    assert both.cost_12_months is not None
    assert both.cost_24_months is not None
    assert both.cost_12_months.low < both.cost_24_months.low


def test_programmes_in_the_table() -> None:
    one, two = protocol(id="one", prices=[PRICE]), protocol(id="two", prices=[PRICE])
    found = compare([[one, two], one], START, as_of=AS_OF)
    assert "12 months" in comparison_text(found, width=200)
    assert "12 months,24 months" in comparison_csv(found)
    assert "12 months" not in comparison_csv(compare([one], START, as_of=AS_OF))


@pytest.mark.parametrize(
    ("price", "is_priced"), [(PRICE, True), ({**PRICE, "currency": "EUR"}, False)]
)
def test_costs_are_summed_in_one_currency(price: Table, is_priced: bool) -> None:
    one, two = protocol(id="one", prices=[PRICE]), protocol(id="two", prices=[price])
    (row,) = compare([[one, two]], START, as_of=AS_OF).rows
    assert (row.cost is not None) == is_priced
    (half,) = compare([[one, protocol(id="two")]], START, as_of=AS_OF).rows
    assert half.cost is None


def test_a_programme_without_a_calendar_tells_why(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = [get_protocol("hyaluronic-acid"), get_protocol("mesobotox")]
    tight = CourseRequest.read({"start": "2026-12-01", "start_within": 0, "away": ["2026-12-15"]})
    (row,) = compare([pair], tight, as_of=AS_OF).rows
    assert (row.problem or "").startswith("mesobotox beside hyaluronic-acid: No calendar fits")

    def unknown(*_: object, **__: object) -> None:
        raise NoCalendarFound(7)

    monkeypatch.setattr("meso_schedule.planner.side_by_side.plan_combined", unknown)
    (row,) = compare([pair], tight, as_of=AS_OF).rows
    assert "within 7 steps" in (row.problem or "")


@pytest.mark.parametrize(
    ("width", "first"),
    [
        (160, r"Protocol +Visits +First"),
        (80, r"Protocol +Hyaluronic acid mesotherapy \+ +Facial rejuvenation mesotherapy"),
        (60, r"  Protocol +Hyaluronic acid mesotherapy \+"),
    ],
)
def test_a_table_that_is_too_wide_is_turned(width: int, first: str) -> None:
    treatments = [get_protocol(name) for name in ("hyaluronic-acid", "mesobotox")]
    face = get_protocol("facial-rejuvenation")
    found = compare([treatments, face], START, as_of=AS_OF)
    lines = comparison_text(found, width=width).splitlines()
    assert any(re.match(first, line) for line in lines)
    assert all(len(line) <= width for line in lines)
    if width == 80:
        assert [
            line for line in lines if re.match(r"12 months  +5800.00 - 9000.00  +1800.00", line)
        ]


def test_published_schedules_visit_by_visit() -> None:
    asked = [get_protocol(name) for name in ("hair-prp", "hair-prp-clinic", "hair-prp-fortnightly")]
    made = compare(asked, START, as_of=AS_OF, visit_by_visit=True)
    four_weekly, clinic_page, fortnightly = made.rows
    assert list(map(str, four_weekly.dates)) == [
        *("2026-12-01", "2026-12-29", "2027-01-26", "2027-02-23"),
    ], "Yepuri and Venkataram: every 4 weeks"
    assert four_weekly.days_later == (0, 0, 0, 0)
    # 1 January, 1 February, then top-ups on 1 June and 1 October.
    assert clinic_page.days_later == (0, 3, 6, 98), "pinettehair.com: monthly, then 4 months"
    assert fortnightly.days_later == (0, -14, -28), "Legiawati et al.: weeks 0, 2 and 4"
    page = comparison_text(made, width=100)
    assert re.search(r"^29 Dec 2026 +1 Jan 2027 \(\+3\) +15 Dec 2026 \(-14\)$", page, re.MULTILINE)
    assert ",0 -14 -28" in comparison_csv(made)
    assert "Days later" in comparison_markdown(made)
    bare = compare(asked, START, as_of=AS_OF)
    assert not any(row.days_later for row in bare.rows)
    assert "Visit by visit" not in comparison_text(bare, width=100)


def test_what_is_no_course_stands_beside_those_that_are() -> None:
    fat, hair = get_protocol("fat-reduction"), get_protocol("hair-loss")
    made = compare([fat, hair], START, as_of=AS_OF)
    liposuction, laser = made.others
    assert (liposuction.visits, str(liposuction.recovery), liposuction.permanent) == (
        *(1, "6 weeks", True),
    ), '"Mesotherapy" and Real Simple: one visit, up to six weeks, removes fat permanently'
    assert (laser.id, laser.visits, laser.recovery) == ("laser-lipolysis", None, None)
    told = "Liposuction: 1 visit, up to 6 weeks of recovery, for good. Surgery under anaesthesia"
    assert told in comparison_markdown(made)
    assert re.search("Laser lipolysis +Heat of a laser", comparison_text(made, width=80))
    assert compare([hair], START, as_of=AS_OF).others == ()
    asked = compare([hair], START, as_of=AS_OF, others=[liposuction])
    assert asked.others == (liposuction,)

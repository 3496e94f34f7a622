"""How long what was sold may be used: every calendar tried, and the days of clinics' own pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random
from typing import Any

import pytest

from meso_schedule import Clinic, CourseRequest, NoCalendarFits, Protocol, plan_course
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.planner.planning import plan_combined
from meso_schedule.planner.progress import Progress
from meso_schedule.planner.replan import replan_combined
from meso_schedule.planner.setting_up import programme_of
from meso_schedule.search import solving
from meso_schedule.search.solving import can_begin
from meso_schedule.search.task import OutOfWork
from tests.support.lengths import length
from tests.support.oracles.arithmetic import after as added
from tests.support.samples import no_of

START = date(2026, 1, 10)
EVERY_DAY = {key: ["09:00-18:00"] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def protocol(name: str, gap: tuple[int, int, int], other: str | None = None) -> Any:
    """Return a rule file: one phase with its minimum, recommended and maximum days."""
    minimum, recommended, maximum = gap
    phase = {"minimum": minimum, "recommended": recommended, "maximum": maximum}
    days = {key: f"{value} days" for key, value in phase.items()}
    rule = {"other": other, "minimum": "0 days", "same_day": True, "assumption": "made up"}
    return {
        "id": name,
        "name": name.title(),
        "family": "mesotherapy",
        "areas": ["face"],
        "version": "1",
        "sessions": {"minimum": 1, "usual": 4, "maximum": 9, "minutes": 30, "assumption": "a"},
        "phases": [{"name": "course", **days, "assumption": "made up"}],
        **({"spacing": [rule]} if other else {}),
    }


def clinic(valid: dict[str, Any], closed: set[date] = frozenset()) -> Clinic:  # type: ignore[assignment]
    """Return a clinic that is open every other day."""
    prices = {name: {"session": "80.00", **terms} for name, terms in valid.items()}
    shut = [{"from": str(day), "to": str(day), "reason": "away"} for day in sorted(closed)]
    return Clinic.read(
        {"name": "C", "timezone": "UTC", "currency": "EUR", "hours": EVERY_DAY}
        | {"prices": prices, "closures": shut}
    )


def chains(
    gap: tuple[int, int, int], count: int, within: int, late: int, closed: set[date]
) -> Iterator[tuple[date, ...]]:
    """Yield all days that the rule alone leaves."""
    minimum, _, maximum = gap

    def longer(days: tuple[date, ...]) -> Iterator[tuple[date, ...]]:
        if len(days) == count:
            yield days
            return
        for step in range(minimum, maximum + late + 1):
            if (day := days[-1] + timedelta(days=step)) not in closed:
                yield from longer((*days, day))

    for shift in range(within + 1):
        if (day := START + timedelta(days=shift)) not in closed:
            yield from longer((day,))


def cost(days: tuple[date, ...], gap: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the days late, from the start, and the squares off what is recommended."""
    steps = [(after - before).days for before, after in pairwise(days)]
    late = sum(max(0, step - gap[2]) for step in steps)
    return late, (days[0] - START).days, sum((step - gap[1]) ** 2 for step in steps)


def small(rng: Random) -> tuple[tuple[int, int, int], int, int, str, set[date]]:
    minimum = rng.randint(1, 3)
    recommended = minimum + rng.randint(0, 2)
    gap = minimum, recommended, recommended + rng.randint(0, 2)
    count, within = rng.randint(2, 4), rng.randint(0, 5)
    shortest = (count - 1) * minimum
    valid = f"{shortest + rng.randint(0, 5)} days"
    closed = {START + timedelta(days=it) for it in range(30) if rng.random() < 0.35}
    return gap, count, within, valid, closed


def test_every_calendar_of_a_course_tried() -> None:
    rng, noes, bound = Random("valid"), 0, 0
    for _ in range(length(150, 4000)):
        gap, count, within, valid, closed = small(rng)
        late = rng.choice([0, 0, 2])
        every = list(chains(gap, count, within, late, closed))
        kept = [days for days in every if days[-1] <= added(days[0], valid)]
        best = min(kept, key=lambda days: (*cost(days, gap), days), default=None)
        request = CourseRequest(start=START, sessions=count, start_within=within, late=late)
        asked: dict[str, Any] = {"clinic": clinic({"skin": {"valid": valid}}, closed)}
        rule = Protocol.read(protocol("skin", gap))
        if best is None:
            noes += 1
            error = no_of(plan_course, rule, request, as_of=START, **asked)
            for way in error.relaxations:
                if way.change:
                    plan_course(rule, request.changed(**way.change), as_of=START, **asked)
            continue
        bound += best != min(every, key=lambda days: (*cost(days, gap), days))
        plan = plan_course(rule, request, as_of=START, **asked)
        assert tuple(it.date for it in plan.sessions) == best
        assert until(plan) == [added(best[0], valid)]
        for place, session in enumerate(plan.sessions):
            later = [it[place] for it in kept if it[:place] == best[:place]]
            assert session.slack_days == (max(later) - best[place]).days
            after = min((day for day in later if day > best[place]), default=None)
            assert session.backup == after
    assert noes
    assert bound


def test_every_calendar_of_two_tried() -> None:
    rng, bound = Random("valid together"), 0
    for _ in range(length(25, 600)):
        (gap, count, within, valid, closed), (other, *_) = small(rng), small(rng)
        count = min(count, 3)
        ones = list(chains(gap, count, within, 0, closed))
        twos = list(chains(other, 2, within, 0, closed))
        every = list(product(ones, twos))

        def rank(pair: tuple[tuple[date, ...], ...], gaps: Any = (gap, other)) -> Any:
            late, start, squares = map(sum, zip(*map(cost, pair, gaps), strict=True))
            return late, start, len({*pair[0], *pair[1]}), squares, pair

        kept = [pair for pair in every if pair[0][-1] <= added(pair[0][0], valid)]
        best = min(kept, key=rank, default=None)
        rules = [protocol("skin", gap, "hair"), protocol("hair", other)]
        request = CourseRequest(
            protocol=(f"skin*{count}", "hair*2"), start=START, start_within=within
        )
        asked: dict[str, Any] = {"clinic": clinic({"skin": {"valid": valid}}, closed)}
        made = [Protocol.read(rule) for rule in rules]
        if best is None:
            with pytest.raises(NoCalendarFits):
                plan_combined(made, request, as_of=START, **asked)
            continue
        bound += best != min(every, key=rank)
        plan = plan_combined(made, request, as_of=START, **asked)
        dates = {"A": [], "B": []}  # type: dict[str, list[date]]
        for session in plan.sessions:
            dates[session.label or ""].append(session.date)
        assert (tuple(dates["A"]), tuple(dates["B"])) == best
    assert bound


def until(plan: CoursePlan) -> list[date]:
    """Return the last days that are told."""
    told = (it.message.values for it in plan.findings if it.kind == "valid_until")  # type: ignore[attr-defined]
    return [values["day"] for values in told]


MONTHLY = protocol("facial", (28, 28, 42))


@pytest.mark.parametrize(
    ("valid", "since", "begin", "last", "source"),
    [
        ("6 months", "payment", START, "2026-07-10", "elanvitalmedicesthetic.com: from purchase"),
        ("90 days", "payment", START, "2026-04-10", "bmcbiomedical.com: 90 days from purchase"),
        ("12 months", "payment", START, "2027-01-10", "waterhouseyoung.com: from purchase"),
        ("90 days", "first", date(2026, 2, 2), "2026-05-03", "institutoesthetic.com.br"),
        ("90 days", None, date(2026, 2, 2), "2026-05-03", "institutoesthetic.com.br: the default"),
        ("1 month", "payment", START, "2026-02-10", "kosmedica.pl: 1 to 12 months by kind"),
        ("12 months", "payment", START, "2027-01-10", "kosmedica.pl: 1 to 12 months by kind"),
    ],
)
def test_until_when(valid: str, since: str | None, begin: date, last: str, source: str) -> None:
    terms = {"valid": valid, **({"valid_from": since} if since else {})}
    plan = plan_course(
        Protocol.read(MONTHLY),
        CourseRequest(start=begin, sessions=2),
        clinic=clinic({"facial": terms}),
        as_of=START,
    )
    assert until(plan) == [date.fromisoformat(last)], source


def test_what_was_held_begins_it() -> None:
    """Planned on day 36: the third session would be on day 66, the validity ends on day 60."""
    asked: dict[str, Any] = {
        "clinic": clinic({"facial": {"valid": "60 days"}}),
        "as_of": date(2026, 2, 15),
    }
    rule = Protocol.read(MONTHLY)
    with pytest.raises(NoCalendarFits) as caught:
        plan_course(rule, CourseRequest(held=[START, date(2026, 2, 14)], sessions=3), **asked)
    (reason,) = {it.reason for it in caught.value.conflict.blocked}
    assert reason == "after 2026-03-11, the last day on which the course is valid"
    plan = plan_course(rule, CourseRequest(held=[START], sessions=2), **asked)
    assert until(plan) == [date(2026, 3, 11)]


def test_why_a_session_comes_by_a_day() -> None:
    rule = Protocol.read(protocol("skin", (7, 7, 14)))
    asked: dict[str, Any] = {"clinic": clinic({"skin": {"valid": "20 days"}}), "as_of": START}
    plan = plan_course(rule, CourseRequest(start=START, sessions=3, top_ups=0), **asked)
    words = "by 2026-01-30, the last day on which the course is valid"
    assert [words in session.why for session in plan.sessions] == [False, False, True]


def test_published_prices_know_no_validity() -> None:
    """What is asked in another currency goes by no list of the clinic."""
    price = {"currency": "USD", "per": "session", "low": "9", "high": "9", "assumption": "a"}
    rule = Protocol.read(MONTHLY | {"prices": [price]})
    here = clinic({"facial": {"valid": "1 day"}})
    request = CourseRequest(start=START, sessions=3, currency="USD")
    assert until(plan_course(rule, request, clinic=here, as_of=START)) == []


def test_shorter_than_the_course_is_bad_input() -> None:
    with pytest.raises(InputError) as caught:
        plan_course(
            Protocol.read(MONTHLY),
            CourseRequest(start=START, sessions=4),
            clinic=clinic({"facial": {"valid": "12 weeks - 1 day"}}),
            as_of=START,
        )
    (fault,) = caught.value.faults
    assert (fault.code, fault.source, fault.field) == (
        "too_short",
        "clinic file",
        "prices.facial.valid",
    )
    assert fault.value == "12 weeks - 1 day"
    assert fault.remedy == "Write at least 84 days, or plan fewer sessions."


@pytest.mark.parametrize(
    ("terms", "code", "field"),
    [
        ({"valid_from": "payment"}, "missing_key", "prices.facial.valid_from"),
        ({"valid": "1 day - 2 days"}, "negative_gap", "prices.facial.valid"),
        ({"valid": "soon"}, "bad_interval", "prices.facial.valid"),
        ({"valid": "1 month", "valid_from": "now"}, "bad_value", "prices.facial.valid_from"),
    ],
)
def test_bad_input(terms: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        clinic({"facial": terms})
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [(code, field)]


def test_a_pause_asks_for_a_review_before_the_next_session() -> None:
    rule = Protocol.read(MONTHLY)
    rests = (DateRange(date(2026, 1, 12), date(2026, 2, 2)),)

    def kinds(held: list[date], sessions: int) -> list[str]:
        begun = {"facial": Progress(held=tuple(held), pauses=rests)}
        request = CourseRequest(sessions=sessions)
        made = replan_combined([rule], request, begun, as_of=held[-1])
        return [finding.kind for finding in made.plan.findings]

    assert "review" in kinds([START], 2)
    assert "review" not in kinds([START, date(2026, 2, 9)], 3)
    assert "review" not in kinds([START], 1), "nothing more is to come"


def test_what_takes_too_much_work_to_tell_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_end(*_: object, **__: object) -> None:
        raise OutOfWork

    here = clinic({"facial": {"valid": "9 weeks"}})
    rule = Protocol.read(MONTHLY)
    asked = programme_of([rule], CourseRequest(start=START, sessions=3), here, START)
    assert can_begin(asked.programme()) is True
    monkeypatch.setattr(solving, "solve", no_end)
    assert can_begin(asked.programme()) is None

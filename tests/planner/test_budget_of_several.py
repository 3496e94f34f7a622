"""A budget of several treatments, held against a loop that plans every step whole."""

from decimal import Decimal

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, Protocol, plan_combined
from meso_schedule.base.errors import BudgetTooSmallError, InputError
from tests.support import samples
from tests.support.lengths import sampled
from tests.support.samples import ASSUMED, EVERY_DAY, Table, clinic, on, phase

AS_OF = on("2026-11-22")
PRICED = clinic(
    hours=EVERY_DAY,
    currency="GBP",
    prices={"one": {"session": "100.00"}, "two": {"session": "70.05"}},
    tax={"name": "VAT", "rate": "20%", "included": False},
)


def course(name: str, sessions: int, gap: str, least: int = 1, **more: object) -> Protocol:
    return samples.course(name, sessions, least, phases=[phase(gap, gap)], **more)


PAIR = course("one", 4, "7 days"), course("two", 3, "10 days", least=2)


def plan(*asked: str, held: Clinic = PRICED, **more: object) -> CoursePlan:
    table: Table = {"protocol": asked or ("one", "two"), "start": "2026-12-01", **more}
    return plan_combined(PAIR, CourseRequest.read(table), clinic=held, as_of=AS_OF)


def counts_of(made: CoursePlan) -> dict[str, int]:
    return {part.protocol: part.sessions for part in made.treatments}


def cut_step_by_step(budget: Decimal) -> dict[str, int] | None:
    """Return what is left when one session after another of the course that ends last goes."""
    counts, least = {"one": 4, "two": 3}, {"one": 1, "two": 2}
    while True:
        made = plan(*(f"{name}*{count}" for name, count in counts.items()))
        assert made.cost is not None
        if made.cost.high <= budget:
            return counts
        able = [name for name in counts if counts[name] > least[name]]
        if not able:
            return None
        ends = {name: max(it.date for it in made.sessions if it.protocol == name) for name in able}
        counts[max(able, key=lambda name: (ends[name], name))] -= 1


@pytest.mark.parametrize(
    "budget", sampled(["732.17", "900.00", "600.00", "288.12", "732.18", "500.00"], 2)
)
def test_sessions_go_one_by_one_from_the_course_that_ends_last(budget: str) -> None:
    expected = cut_step_by_step(Decimal(budget))
    made = plan(budget=budget)
    assert counts_of(made) == expected
    assert made.cost is not None
    assert made.cost.high <= Decimal(budget)
    cut = [finding.label for finding in made.findings if finding.kind == "budget_cut"]
    assert (cut != []) == (expected != {"one": 4, "two": 3})


def test_a_budget_below_the_fewest_sessions_of_all_is_a_no() -> None:
    with pytest.raises(BudgetTooSmallError, match="does not pay for 3 sessions") as caught:
        plan(budget="288.11")
    assert caught.value.needed == Decimal("288.12"), "(100 + 2 x 70.05) x 1.2"


def test_nothing_that_is_pinned_goes() -> None:
    made = plan(budget="600.00", pin=["two:3=2026-12-21"])
    assert counts_of(made) == {"one": 2, "two": 3}


def test_prices_in_two_currencies_hold_no_budget() -> None:
    price = {"currency": "GBP", "per": "session", "low": "100.00", "high": "100.00", **ASSUMED}
    pair = (
        course("one", 4, "7 days", prices=[price]),
        course("two", 3, "10 days", prices=[price | {"currency": "EUR"}]),
    )
    request = CourseRequest.read({"start": "2026-12-01", "budget": "600.00"})
    with pytest.raises(InputError) as caught:
        plan_combined(pair, request, as_of=AS_OF)
    assert [(it.code, it.field) for it in caught.value.faults] == [("currencies_differ", "budget")]

"""How many sessions a budget pays for."""

from collections.abc import Sequence
from decimal import Decimal

from meso_schedule.base.errors import BudgetTooSmallError, FormatError, InputError
from meso_schedule.base.money import in_currency
from meso_schedule.costs.estimate import total_cost
from meso_schedule.costs.tariffs import Tariff, find_tariff
from meso_schedule.planner.placing import best_staffed
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setting_up import asked_again
from meso_schedule.planner.setup import Setup


def within_budget(asked: ProgrammeSetup, most_steps: int) -> ProgrammeSetup:
    """Return what is asked, cut to its budget.

    Sessions are cut one by one, each time from the treatment whose course ends last, of two that
    end together the later one; never under the fewest of a protocol, and none that is held or
    pinned.

    Raises:
        InputError: When no price is known to hold the budget against.
        BudgetTooSmallError: When the budget does not pay for the fewest sessions.
        NoCalendarFits: When no calendar tells which course ends last.
    """
    budget = asked.request.budget
    if budget is None:
        return asked
    tariffs = _tariffs(asked, budget)
    counts = [setup.sessions for setup in asked.setups]
    while (needed := _cost(asked, tariffs, counts)) > budget:
        able = [place for place, it in enumerate(asked.setups) if counts[place] > it.fewest]
        if not able:
            raise BudgetTooSmallError(budget, tariffs[0].currency, sum(counts), needed)
        counts[_last_to_end(asked, counts, able, most_steps)] -= 1
    return asked_again(asked, counts)


def _cost(asked: ProgrammeSetup, tariffs: Sequence[Tariff], counts: Sequence[int]) -> Decimal:
    """Return what all course sessions cost; those held are paid for whether they count or not."""
    paid = [count + setup.repeats for count, setup in zip(counts, asked.setups, strict=True)]
    return total_cost(zip(tariffs, paid, strict=True)).high


def _tariffs(asked: ProgrammeSetup, budget: Decimal) -> list[Tariff]:
    """Return the prices of each treatment, all in one currency."""
    tariffs = [_tariff(setup, budget) for setup in asked.setups]
    currencies = sorted({tariff.currency for tariff in tariffs})
    if currencies[1:]:
        raise InputError.of(
            "currencies_differ",
            f"Prices are in {', '.join(currencies)}: a budget needs one currency.",
            field="budget",
            value=budget,
            remedy="Ask for one currency.",
        )
    try:
        in_currency(budget, currencies[0])
    except FormatError as error:
        raise InputError.of(
            error.code, error.problem, field="budget", value=budget, remedy=error.remedy
        ) from None
    return tariffs


def _tariff(setup: Setup, budget: Decimal) -> Tariff:
    tariff = find_tariff(setup.protocol, setup.clinic, setup.request)
    if tariff is None:
        raise InputError.of(
            "no_price",
            f"No price of {setup.protocol.id} is known to hold the budget against.",
            field="budget",
            value=budget,
            remedy="Give a clinic file with its price, or another currency.",
        )
    return tariff


def _last_to_end(
    asked: ProgrammeSetup, counts: Sequence[int], able: Sequence[int], most_steps: int
) -> int:
    """Return the place of the course, among those that can be cut, that ends last."""
    *others, only = able
    if not others:
        return only
    dates = best_staffed(asked_again(asked, counts), most_steps)[1].dates
    return max(able, key=lambda place: (dates[place][-1], place))

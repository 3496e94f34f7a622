"""The least work that any search and any whole plan of the reference has to do.

Each part is timed alone, on what the answer is made of; nothing is searched or decided.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from meso_schedule.base.models import Model
from meso_schedule.planner.setting_up import set_up
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import Task
from meso_schedule.search.ways import steps_into
from tests.benchmarks.instance import AS_OF, CLINIC, Instance, protocol

Prepare = Callable[[], Callable[[], object]]


def floors(instance: Instance) -> dict[str, Prepare]:
    """Return what prepares each part, by what it does."""
    task = instance.task()
    dates = best_dates(task)
    assert dates is not None
    optimum = cost_of(task, dates)
    parts = list(records(instance.plan()))
    return {
        "search: the answer's days, each window opened and its first day looked up": lambda: (
            partial(cost_of, instance.task(), dates)
        ),
        f"search: the {sweep(task, dates[0], optimum)} days cheaper than the answer": lambda: (
            partial(sweep, instance.task(), dates[0], optimum)
        ),
        f"plan: its {len(parts)} records made from what they hold": lambda: partial(remake, parts),
        "plan: request checked, days laid out": lambda: partial(lay_out, instance, dates),
    }


def cost_of(task: Task, dates: list[int]) -> int:
    """Return what the steps between dates cost."""
    total = 0
    for gap, before, day in zip(task.gaps, dates, dates[1:], strict=False):
        _, _, shift, ends = gap.run(before)
        moved = before + shift
        usable = task.lookup(1, moved + ends[0], moved + ends[3])
        for step, cost in steps_into(*ends):
            if moved + step in usable and moved + step == day:
                total += cost
                break
    return total


def sweep(task: Task, first: int, optimum: int) -> int:
    """Return how many days of all sessions can be reached for less than the optimum.

    None of them can be ruled out unseen without a bound on what is still to come. The optimum
    is given, ties are left out and no way is remembered, so a search has more to do than this.
    """
    seen = 0
    layer = {first: 0}
    for session, gap in enumerate(task.gaps, 1):
        seen += len(layer)
        begin = end = 0
        following: dict[int, int] = {}
        for before, spent in layer.items():
            if not begin <= before <= end:
                begin, end, shift, ends = gap.run(before)
                steps = steps_into(*ends)
            moved = before + shift
            usable = task.lookup(session, moved + ends[0], moved + ends[3])
            for step, cost in steps:
                total = spent + cost
                if total >= optimum:
                    break
                day = moved + step
                if day in usable and total < following.get(day, optimum):
                    following[day] = total
        layer = following
    return seen


def records(value: Any) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    """Yield the class and the fields of each record in a plan, the innermost first."""
    if isinstance(value, Model):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        yield from records(tuple(fields.values()))
        yield type(value), fields
    elif isinstance(value, tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from records(part)


def remake(parts: list[tuple[type[Model], dict[str, Any]]]) -> list[Model]:
    """Make the records of a plan."""
    return [kind.made(**fields) for kind, fields in parts]


def lay_out(instance: Instance, dates: list[int]) -> object:
    """Check the request and find the usable days from the first date to the last."""
    setup = set_up(protocol(), instance.request, CLINIC, AS_OF)
    return setup.availability.lookup(dates[0], dates[-1])

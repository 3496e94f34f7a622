"""How much of a week's work finds nobody to do it, however it is shared out.

Work goes to those who may do it, up to what each has time for: a flow from the treatments to the
people or rooms. What the greatest flow leaves over is missing whatever one does, as the linear
program of the week says too, and the cut that bounds it names the treatments that it is missing
for.
"""

from collections import deque
from collections.abc import Collection, Mapping

from meso_schedule.base.models import Model

_Node = tuple[str, str]
_SOURCE, _SINK = ("source", ""), ("sink", "")


class Overflow(Model):
    """What is missing in a week.

    Args:
        minutes: How much work finds nobody.
        protocols: Whose work it is: together it needs more than those who may do it have.
        whose: Who may do it, or the rooms that would do.
    """

    minutes: int
    protocols: tuple[str, ...]
    whose: tuple[str, ...]


def overflow(
    wanted: Mapping[str, int], able: Mapping[str, Collection[str]], there: Mapping[str, int]
) -> Overflow | None:
    """Return what is missing; None where all finds its place.

    Args:
        wanted: Minutes of work, by protocol.
        able: Who may do each.
        there: The minutes that each has.
    """
    left = _capacities(wanted, able, there)
    while path := _path(left):
        least = min(left[one][other] for one, other in path)
        for one, other in path:
            left[one][other] -= least
            left[other][one] = left[other].get(one, 0) + least
    missing = sum(left[_SOURCE].values())
    if not missing:
        return None
    reached = _reached(left)
    return Overflow(
        minutes=missing,
        protocols=tuple(sorted(name for kind, name in reached if kind == "work")),
        whose=tuple(sorted(name for kind, name in reached if kind == "who")),
    )


def _capacities(
    wanted: Mapping[str, int], able: Mapping[str, Collection[str]], there: Mapping[str, int]
) -> dict[_Node, dict[_Node, int]]:
    """Return what can flow from each node to others."""
    nodes = [_SOURCE, _SINK, *(("work", it) for it in wanted), *(("who", it) for it in there)]
    left: dict[_Node, dict[_Node, int]] = {node: {} for node in nodes}
    for name, minutes in wanted.items():
        left[_SOURCE]["work", name] = minutes
        for who in able[name]:
            left["work", name]["who", who] = minutes
    for who, minutes in there.items():
        left["who", who][_SINK] = minutes
    return left


def _reached(left: Mapping[_Node, Mapping[_Node, int]]) -> dict[_Node, _Node | None]:
    """Return the nodes to which more can flow, each with the one before it, nearest first."""
    before: dict[_Node, _Node | None] = {_SOURCE: None}
    waiting = deque([_SOURCE])
    while waiting:
        node = waiting.popleft()
        for other, room in left[node].items():
            if room and other not in before:
                before[other] = node
                waiting.append(other)
    return before


def _path(left: Mapping[_Node, Mapping[_Node, int]]) -> list[tuple[_Node, _Node]]:
    """Return the edges of a shortest way on which more can flow; none where there is no way."""
    before, path = _reached(left), list[tuple[_Node, _Node]]()
    node: _Node | None = _SINK if _SINK in before else None
    while node and (one := before[node]):
        path.append((one, node))
        node = one
    return path

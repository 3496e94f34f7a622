"""A repair of many courses at once: parts that do not touch one another are solved apart."""

from collections.abc import Callable, Collection, Mapping, Sequence

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Taken
from meso_schedule.capacity.generation import NOTHING, Found, Generation
from meso_schedule.capacity.priced_courses import NOBODY, Others
from meso_schedule.capacity.pricing import CoursePricing
from meso_schedule.capacity.scale import Scale

# Rounds of new calendars before the search stops and says that it proved nothing better.
MOST_ROUNDS = 250
_NOTHING_FREED: Taken = {}
# So often a choice is made anew without calendars that can't be together.
_MOST_CHOICES = 30

# Returns the courses whose calendars can't be together as they are in a repair; none if all can.
Check = Callable[[Found], Collection[str]]


def repair_together(
    hit: Sequence[BookedCourse],
    capacities: Capacities,
    *,
    check: Check,
    others: Others = NOBODY,
    late_days: int = 0,
    known: Found | None = None,
    freed: Taken = _NOTHING_FREED,
    most_rounds: int = MOST_ROUNDS,
) -> Found | None:
    """Return the calendars of courses that are hit, all of them together the best.

    Args:
        hit: Of which sessions fall away.
        capacities: What is left beside all that are not hit.
        check: What is held against whatever the search does not know.
        others: Who else may change.
        late_days: How many days late a session may be.
        known: A repair that leaves all others where they are.
        freed: What is taken of `capacities` and may become free by what the search does not see.
        most_rounds: The bound of work.

    Returns:
        None where no choice that was tried passes the check.
    """
    if known and not others.taken:
        return known
    sessions = sum(len(course.booked) for course in hit) + others.sessions
    scale = Scale.of(sessions, sessions * late_days)
    pricing = {it.id: CoursePricing(it, capacities, scale.weights) for it in hit}
    parts = [list(hit)] if others.taken else _parts(pricing, capacities)
    made = [Generation(part, capacities, others, scale, pricing, freed=freed) for part in parts]
    return _checked(made, [it.run(known, most_rounds) for it in made], check)


def _checked(parts: Sequence[Generation], found: list[Found], check: Check) -> Found | None:
    """Choose anew, in the part that it concerns, till what is chosen passes the check."""
    for _ in range(_MOST_CHOICES):
        whole = NOTHING
        for one in found:
            whole = whole.plus(one)
        refused = check(whole)
        if not refused:
            return whole
        calendars = [(it, calendar) for it in refused if (calendar := whole.calendars[it])]
        for place, part in enumerate(parts):
            if found[place].calendars.keys() >= set(refused):
                chosen = part.chosen(calendars)
                break
        else:
            return None
        if chosen is None:
            return None
        found[place] = chosen
    return None


def _parts(
    pricing: Mapping[str, CoursePricing], capacities: Capacities
) -> list[list[BookedCourse]]:
    """Return the courses in parts, none of which can take what one of another part can."""
    parts: list[tuple[set[tuple[int, str]], list[BookedCourse]]] = []
    for each in pricing.values():
        course = each.course
        taken, own = set(each.reached), [course]
        for resource, quarter in course.taken_by(None, capacities):
            day = capacities.date_of(quarter).toordinal()
            taken.update((day, name) for name in resource)
        apart = []
        for other, courses in parts:
            if taken.isdisjoint(other):
                apart.append((other, courses))
            else:
                taken, own = taken | other, [*courses, *own]
        parts = [*apart, (taken, own)]
    return [sorted(courses, key=lambda it: it.id) for _, courses in parts]

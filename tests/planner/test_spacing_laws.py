"""Unknown never means the same day: a law over all pairs of packaged protocols."""

from itertools import combinations

import pytest

from meso_schedule import CourseRequest, NoCalendarFits, Protocol, get_protocol
from meso_schedule.course.no_calendar import NoCalendarFound
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.catalogue import packaged_ids
from tests.support.lengths import length
from tests.support.samples import on

PAIRS = list(combinations(packaged_ids(), 2))[:: length(4, 1)]
STEPS = 20_000


def has_rule(owner: Protocol, other: Protocol, *, meet: bool) -> bool:
    """Read from the tables alone whether a protocol says anything of another."""
    named = {other.id, other.family}
    return any(it.other in named and (meet or not it.same_area) for it in owner.spacing)


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_without_a_rule_no_day_is_shared_and_a_family_stands_a_week_apart(
    names: tuple[str, str],
) -> None:
    one, two = map(get_protocol, names)
    meet = bool(set(one.areas) & set(two.areas))
    asked = CourseRequest.read({"protocol": names, "start": "2027-01-11"})
    try:
        made = plan_combined([one, two], asked, as_of=on("2027-01-04"), most_steps=STEPS)
    except (NoCalendarFits, NoCalendarFound):
        return
    days = [[it.date for it in made.sessions if it.label == label] for label in "AB"]
    nearest = min(abs((a - b).days) for a in days[0] for b in days[1])
    is_known = has_rule(one, two, meet=meet) or has_rule(two, one, meet=meet)
    told = [finding.kind for finding in made.findings]
    assert told.count("no_spacing_rule") == (not is_known)
    allowed = [it.same_day for protocol in (one, two) for it in protocol.spacing]
    if not is_known or not any(allowed):
        assert nearest >= 1
    if not is_known and one.family == two.family and meet:
        assert nearest >= 7


@pytest.mark.parametrize(
    ("other", "kind", "words"),
    [
        (
            "laser",
            "no_spacing_figure",
            "laser before Facial rejuvenation mesotherapy: no published",
        ),
        ("mesotherapy face", "no_spacing_rule", "7 days are kept between them, an assumption"),
        ("vaccine", "no_spacing_figure", "Facial rejuvenation mesotherapy before vaccination: no"),
    ],
)
def test_what_no_source_gives_is_said(other: str, kind: str, words: str) -> None:
    asked = CourseRequest.read({"start": "2027-01-11", "other": [f"{other} 2026-11-02"]})
    made = plan_combined([get_protocol("facial-rejuvenation")], asked, as_of=on("2027-01-04"))
    (found,) = [finding for finding in made.findings if finding.kind == kind]
    assert words in found.message

"""What holds of every assessment, whatever the rule, the days and the order of recording."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from meso_schedule import Clinic, CourseRequest, Protocol
from meso_schedule.course.improvement import Answer, Assessment, Improvement
from meso_schedule.evaluation.evaluate import standing_of
from meso_schedule.planner.setting_up import programme_of
from meso_schedule.search.solving import solve
from tests.planner.test_undecided_against_oracles import Waiting, waiting_case
from tests.support.lengths import length
from tests.support.oracles.standing import GOOD
from tests.support.random_files import chance

pytestmark = pytest.mark.untraced
CASES = length(200, 20_000)
ANSWERS: tuple[Answer, ...] = ("yes", "no", "unclear")


def ranks(case: Waiting, words: tuple[Assessment, ...]) -> list[int]:
    """Return how good each verdict is, the sessions recorded in order before the words."""
    held = [date.fromisoformat(day) for day in case.request["held"]]
    standing = standing_of(
        Protocol.read(case.protocol),
        held,
        Improvement(words),
        as_of=held[-1],
        sessions=case.request["sessions"],
        recorded=range(1, len(held) + 1),
    )
    return [GOOD.index(entry.verdict) for entry in standing.history]


def longer(rng: Random, case: Waiting) -> Waiting:
    """Return the same with more sessions held, on days around every boundary."""
    days = [date(2027, 3, 1)]
    for _ in range(case.request["sessions"] - 1):
        days.append(days[-1] + timedelta(days=rng.randint(1, 9)))
    return case._replace(request=case.request | {"held": list(map(str, days))})


def test_no_assessment_worsens_the_verdict_of_a_session_recorded_before_it() -> None:
    better = 0
    for seed in range(CASES):
        rng = Random(seed)
        case = longer(rng, waiting_case(rng))
        held = [date.fromisoformat(day) for day in case.request["held"]]
        place = len(held) + 1
        words: tuple[Assessment, ...] = ()
        verdicts = [ranks(case, words)]
        for _ in range(rng.randint(1, 4)):
            day = rng.choice(held) + timedelta(days=rng.choice((0, 0, 1)))
            words = (*words, Assessment(day, rng.choice(ANSWERS), place, place))
            verdicts.append(ranks(case, words))
            place += 1
            if chance(rng, 30):  # withdrawn, or corrected to another answer
                old = words[-1]
                words = (*words[:-1], old._replace(until=place))
                if chance(rng, 50):
                    words = (*words, Assessment(day, rng.choice(ANSWERS), old.entered, place))
                verdicts.append(ranks(case, words))
                place += 1
        told = f"seed {seed}"
        assert all(new <= verdicts[0][it] for row in verdicts for it, new in enumerate(row)), told
        better += any(new < old for old, new in pairwise(map(sum, verdicts)))
    assert better > CASES // 20, "some are seen in a better light"


def dates_of(case: Waiting, **asked: object) -> list[date] | None:
    request = case.request | asked
    found = programme_of(
        [Protocol.read(case.protocol)],
        CourseRequest.read(request),
        Clinic.read(case.clinic),
        max(case.as_of, date.fromisoformat(request["held"][-1])),
    )
    calendar = solve(found.programme())
    return calendar and [date.fromordinal(day) for day in calendar.dates[0]]


def test_what_comes_true_is_the_calendar_foreseen_for_the_answer() -> None:
    planned = 0
    for seed in range(CASES // 2):
        case = waiting_case(Random(seed))
        wishes = ("pin", "late", "improves_after", "improved_on", "not_improved_on", "unclear_on")
        for name in wishes:
            case.request.pop(name, None)
        certain = [it for it in case.protocol["phases"] if "after_improvement" not in it]
        until = sum(phase["sessions"] for phase in certain)
        begun = case.request.pop("start", None)
        case.request.pop("start_within", None)
        case.request["held"] = held = [begun] if begun else case.request["held"][:1]
        forecast = dates_of(case)
        if forecast is None or until >= case.request["sessions"]:
            continue
        # As foreseen up to the session after which the two calendars differ.
        given = [*held, *map(str, forecast[: until - 1])]
        rest = forecast[until - 1 :]
        told = f"seed {seed}"
        assert dates_of(case, held=given, improved_on=given[-1]) == rest, told
        otherwise = dates_of(case, held=given, no_improvement=True)
        assert dates_of(case, held=given, not_improved_on=given[-1]) == otherwise, told
        planned += 1
    assert planned > CASES // 20

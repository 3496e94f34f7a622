"""A decision recorded before the first session that differs makes one of both calendars come true.

Random tapers, alone and beside a treatment that waits for nothing, are planned and booked, held up
to a day, and planned anew once it is recorded whether the skin has improved.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pytest

from meso_schedule import (
    Begun,
    BookedSession,
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    Session,
    plan_combined,
    replan_combined,
)
from tests.support.lengths import length
from tests.support.random_files import WEEKDAYS, chance
from tests.support.samples import FREE, phase, protocol

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

MONDAY = date(2026, 11, 30)
LIVES = length(60, 4_000)


class Life(NamedTuple):
    """What is asked of one or two treatments."""

    protocols: list[Protocol]
    request: CourseRequest
    clinic: Clinic


Days = dict[tuple[str, int], date]


def days_of(sessions: Iterable[Session], after: date = date.min) -> Days:
    return {(it.protocol, it.number): it.date for it in sessions if it.date > after}


def gap(rng: Random, least: int) -> tuple[str, str]:
    return f"{least} days", f"{least + rng.randint(0, 6)} days"


def life(rng: Random) -> Life:
    firm, sessions = rng.randint(1, 3), rng.randint(3, 5)
    taper = protocol(
        id="taper",
        areas=["legs"],
        phases=[
            phase(*gap(rng, rng.randint(3, 8)), name="first", sessions=firm),
            phase(*gap(rng, rng.randint(3, 16)), name="later", after_improvement=True),
        ],
        sessions={"minimum": 1, "usual": 3, "maximum": 9, "minutes": 45, "assumption": "a test"},
    )
    plain = protocol(
        id="plain",
        spacing=[
            *FREE,
            *(
                [
                    {
                        "other": "taper",
                        "minimum": "2 days",
                        "minimum_before": "1 day",
                        "assumption": "a test",
                    }
                ]
                if chance(rng, 40)
                else []
            ),
        ],
        phases=[phase(*gap(rng, rng.randint(5, 12)), name="each")],
        sessions={"minimum": 1, "usual": 3, "maximum": 9, "minutes": 45, "assumption": "a test"},
    )
    protocols = [taper, plain] if chance(rng, 40) else [taper]
    shut = rng.sample(WEEKDAYS, rng.randint(0, 3))
    hours = {day: ["09:00-17:00"] for day in WEEKDAYS if day not in shut}
    notice = {"notice": rng.choice(["2 days", "1 week"])} if chance(rng, 40) else {}
    asked = {
        "protocol": [f"taper*{sessions}", "plain"][: len(protocols)],
        "start": str(MONDAY),
        "away": [
            str(MONDAY + timedelta(days=rng.randint(1, 40))) for _ in range(rng.randint(0, 4))
        ],
        "prefer": rng.sample(WEEKDAYS, 1) if chance(rng, 30) else None,
        "late": rng.choice([0, 0, 2]),
    }
    clinic = Clinic.read({"name": "A", "timezone": "UTC", "hours": hours, **notice})
    return Life(protocols, CourseRequest.read(asked), clinic)


def recorded(known: Life, plan: CoursePlan, day: date, word: str) -> CoursePlan:
    """Hold what is planned up to a day, record a word on it, and plan the rest anew."""
    begun = {}
    held = []
    for one in known.protocols:
        own = [it for it in plan.sessions if it.protocol == one.id]
        held += [f"{one.id}:{it.date}" for it in own if it.date <= day]
        begun[one.id] = Begun(
            booked=tuple(
                BookedSession(number=it.number, date=it.date, provisional=it.provisional)
                for it in own
                if it.date > day
            )
        )
    told = {**known.request.model_dump(mode="json"), "held": held, word: [f"taper:{day}"]}
    request = CourseRequest.read(told)
    made = replan_combined(known.protocols, request, begun, clinic=known.clinic, as_of=day)
    return made.plan


@pytest.mark.parametrize("block", range(2))
def test_one_of_the_two_comes_true(block: int) -> None:
    told = differed = 0
    for seed in range(block, LIVES, 2):
        rng = Random(seed)
        known = life(rng)
        try:
            plan = plan_combined(known.protocols, known.request, clinic=known.clinic, as_of=MONDAY)
        except NoCalendarFits:
            continue
        if plan.without_improvement is None:
            continue
        (due,) = (it for it in plan.assessments if it.decides)
        decision = due.date
        yes = days_of(plan.sessions, decision)
        no = days_of(plan.without_improvement)
        assert yes.keys() == no.keys(), seed
        apart = [min(yes[it], no[it]) for it in yes if yes[it] != no[it]]
        last = min(apart, default=max(yes.values())) - timedelta(days=1)
        day = decision + timedelta(days=rng.randint(0, max(0, (last - decision).days)))
        for word, calendar in (("improved_on", yes), ("not_improved_on", no)):
            made = recorded(known, plan, day, word)
            expected = {it: on for it, on in calendar.items() if on > day}
            assert days_of(made.sessions) == expected, (seed, word)
        told += 1
        differed += bool(apart)
    assert told > LIVES // 8
    assert differed > LIVES // 12

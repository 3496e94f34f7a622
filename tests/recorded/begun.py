"""Requests of courses that have begun, drawn from a seed: some on time, some too soon or late."""

from datetime import date, timedelta
from random import Random

from tests.recorded.cases import Case, Step, case_of
from tests.recorded.drawing import (
    CLINICS,
    IMPROVING,
    calendar_words,
    columns,
    first_day,
    output_words,
    patient_words,
    rules_of,
)

_SINGLE, _SEVERAL = 55, 40
# A usual gap in days.
_GAPS = {
    "general": 7,
    "facial-rejuvenation": 7,
    "hyaluronic-acid": 31,
    "mesobotox": 92,
    "mesoglow": 15,
    "pigmentation": 28,
    "skin": 7,
    "hair": 7,
    "steps": 6,
}
_SHIFTS = (0, 0, 0, 1, 2, 3, -1, -3, 9, 40)


def begun_cases() -> list[Case]:
    """Return the requests of courses begun, of one protocol and of several."""
    return [
        *(case_of("begun", number, _drawn(number, 1)) for number in range(_SINGLE)),
        *(case_of("begun together", number, _drawn(number, 2)) for number in range(_SEVERAL)),
    ]


def _drawn(number: int, count: int) -> Step:
    rng = Random(f"begun {count} {number}")
    clinic = rng.choice(CLINICS)
    first = first_day(rng, clinic)
    names = rng.sample(list(_GAPS), count)
    held = {name: _held(rng, name, first) for name in names}
    last = max(day for days in held.values() for day in days)
    as_of = last + timedelta(days=rng.choice((0, 1, 5, 9, 60)))
    words = ["plan", *names, *rules_of(names), "--as-of", str(as_of)]
    for name, days in held.items():
        for day in days:
            words += ["--held", str(day) if count == 1 else f"{name}:{day}"]
    if clinic:
        words += ["--clinic", clinic]
    if rng.random() < 0.4 and any(name in IMPROVING for name in names):
        words += ["--improved-on", str(last)]
    elif rng.random() < 0.2:
        words += ["--start", str(as_of + timedelta(days=rng.randrange(10)))]
    words += [
        *calendar_words(rng, as_of, names),
        *patient_words(rng, as_of, names),
        *output_words(number),
    ]
    return Step(tuple(words), environment=columns(number))


def _held(rng: Random, name: str, first: date) -> list[date]:
    days = [first + timedelta(days=rng.randrange(5))]
    for _ in range(rng.choice((0, 1, 1, 2))):
        days.append(days[-1] + timedelta(days=max(1, _GAPS[name] + rng.choice(_SHIFTS))))
    return days

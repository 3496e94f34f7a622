"""Requests of two or three protocols on one calendar, drawn from a seed."""

from datetime import date, timedelta
from random import Random

from tests.recorded.cases import Case, Step, asked, case_of
from tests.recorded.drawing import (
    CLINICS,
    calendar_words,
    columns,
    first_day,
    output_words,
    patient_words,
    rules_of,
)

_PAIRS, _TRIPLES = 90, 14
# The numbers of sessions that keep a request cheap.
_COUNTS = {
    "hyaluronic-acid": (3, 4),
    "mesobotox": (1, 3),
    "mesoglow": (3, 4),
    "deoxycholic-chin": (1, 3),
    "pigmentation": (3, 4),
    "hair-loss": (4, 5),
    "facial-rejuvenation": (3, 5),
    "skin": (2, 4),
    "hair": (2, 3),
    "steps": (1, 4),
}
_FEW = {"mesobotox": 1, "deoxycholic-chin": 2, "skin": 2, "hair": 2, "steps": 2, "mesoglow": 3}


def combined_cases() -> list[Case]:
    """Return the requests of several protocols."""
    return [
        *asked("together"),
        *(case_of("pair", number, _drawn(number, 2)) for number in range(_PAIRS)),
        *(case_of("triple", number, _drawn(number, 3)) for number in range(_TRIPLES)),
    ]


def _drawn(number: int, count: int) -> Step:
    rng = Random(f"combined {count} {number}")
    clinic = rng.choice(CLINICS)
    start = first_day(rng, clinic)
    names = rng.sample(list(_COUNTS if count == 2 else _FEW), count)
    words = ["plan", *(_text(rng, name, start, few=count > 2) for name in names)]
    words += [*rules_of(names), "--as-of", str(start - timedelta(days=9)), "--start", str(start)]
    if clinic:
        words += ["--clinic", clinic]
    if rng.random() < 0.1:
        day = start + timedelta(days=rng.randrange(0, 40))
        words += ["--pin", f"{rng.choice(names)}:1={day}"]
    if rng.random() < 0.1 and {"skin", "hair", "steps"} & set(names):
        words += rng.choice((["--improves-after", "2"], ["--no-improvement"]))
    words += [
        *calendar_words(rng, start, names),
        *patient_words(rng, start, names),
        *output_words(number),
    ]
    return Step(tuple(words), environment=columns(number))


def _text(rng: Random, name: str, start: date, *, few: bool) -> str:
    sessions = _FEW[name] if few else rng.randint(*_COUNTS[name])
    own = f"@{start + timedelta(days=rng.randrange(30))}" if rng.random() < 0.25 else ""
    return f"{name}*{sessions}{own}"

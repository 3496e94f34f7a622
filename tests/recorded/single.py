"""Requests of one protocol: each as it stands, then with options drawn from a seed."""

from datetime import timedelta
from random import Random

from tests.recorded.cases import Case, Step, case_of
from tests.recorded.drawing import (
    CLINICS,
    IMPROVING,
    OWN,
    PACKAGED,
    calendar_words,
    columns,
    first_day,
    output_words,
    patient_words,
    rules_of,
)

_COUNT = 140
_SESSIONS = {"deoxycholic-chin": 3, "fat-reduction": 10, "hair-loss-dutasteride": 7}


def single_cases() -> list[Case]:
    """Return the requests of one protocol."""
    return [
        *(case_of("each", number, step) for number, step in enumerate(_plain())),
        *(case_of("single", number, _drawn(number)) for number in range(_COUNT)),
    ]


def _plain() -> list[Step]:
    shown = [
        f"plan {name} --start 2027-01-04 --as-of 2026-11-22 --format json" for name in PACKAGED
    ]
    printed = [
        f"plan {name} --start 2018-09-03 --as-of 2018-08-20 --clinic praxis.toml --language de "
        f"--at 10:00 --output plan.pdf --output plan.html --output plan.txt --calendar"
        for name in PACKAGED
    ]
    own = [
        f"plan {name} --rules {name}.toml --start 2027-01-04 --as-of 2026-11-22 --clinic "
        "clinic.toml --output plan.json --output plan.csv --output plan.md --output plan.ics"
        for name in OWN
    ]
    return [Step(tuple(line.split())) for line in (*shown, *printed, *own)]


def _drawn(number: int) -> Step:
    rng = Random(f"single {number}")
    name = rng.choice((*PACKAGED, *OWN))
    clinic = rng.choice(CLINICS)
    start = first_day(rng, clinic)
    words = ["plan", name, *rules_of([name]), "--as-of", str(start - timedelta(days=9))]
    ending = rng.random() < 0.08
    if ending:
        words += ["--event", str(start + timedelta(days=rng.randrange(60, 250)))]
    else:
        words += ["--start", str(start)]
    if clinic:
        words += ["--clinic", clinic]
    if rng.random() < 0.4:
        words += ["--sessions", str(_SESSIONS.get(name) or rng.randrange(3, 8))]
    words += _expected(rng, name)
    if rng.random() < 0.1 and not ending:
        words += ["--pin", f"2={start + timedelta(days=rng.randrange(6, 40))}"]
    if rng.random() < 0.1:
        currency = "GBP" if clinic else "USD"
        words += ["--budget", f"{rng.randrange(200, 1500)}.00", "--currency", currency]
    if rng.random() < 0.1:
        words += ["--alternatives", str(rng.randrange(1, 3))]
    words += [
        *calendar_words(rng, start, [name]),
        *patient_words(rng, start, [name]),
        *output_words(number),
    ]
    return Step(tuple(words), environment=columns(number))


def _expected(rng: Random, name: str) -> list[str]:
    drawn = rng.random() * (1 if name in IMPROVING else 10)
    if drawn < 0.15:
        return ["--improves-after", str(rng.randrange(2, 5))]
    return ["--no-improvement"] if drawn < 0.25 else []

"""What random requests have in common: parts of a command line, drawn from a seed."""

from datetime import date, timedelta
from random import Random

PACKAGED = (
    "cellulite",
    "deoxycholic-chin",
    "facial-rejuvenation",
    "fat-reduction",
    "general",
    "hair-loss-dutasteride",
    "hair-loss",
    "hyaluronic-acid",
    "mesobotox",
    "mesoglow",
    "pigmentation",
)
OWN = ("skin", "hair", "evening-glow", "steps")
CLINICS = (None, "clinic.toml", "plain.toml", "settled.toml", "praxis.toml", "shared.toml")
# Clinics with public holidays are asked about years long past, which stay as they are.
WITH_HOLIDAYS = ("settled.toml", "praxis.toml")
KINDS = ("json", "csv", "md", "txt", "html", "ics", "pdf")
FORMATS = ("table", "json", "csv", "markdown")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat")
_HOURS = ("09:00-12:30", "14:00-20:00", "thu:15:00-19:30", "mon:08:30-11:00", "10:00-18:00")
_TIMES = ("09:00", "10:15", "14:00", "17:30")
# Which protocols have rules for top-ups, wait for improvement, and treat which area.
TOPPED_UP = ("facial-rejuvenation", "hair-loss-dutasteride", "hair-loss", "skin", "steps")
IMPROVING = ("facial-rejuvenation", "general", "skin", "hair", "steps")
_AREAS = {"hair": "scalp", "hair-loss": "scalp", "hair-loss-dutasteride": "scalp"}
_PATIENTS = ("A. Example", "Zoë Łódź", "x <b>&", "R 17")


def first_day(rng: Random, clinic: str | None) -> date:
    """Draw a first day."""
    first = date(2018, 3, 1) if clinic in WITH_HOLIDAYS else date(2026, 12, 1)
    return first + timedelta(days=rng.randrange(150))


def rules_of(protocols: list[str]) -> list[str]:
    """Return the options that name the rule files of protocols."""
    return [word for name in protocols if name in OWN for word in ("--rules", f"{name}.toml")]


def patient_words(rng: Random, start: date, names: list[str]) -> list[str]:
    """Draw what the patient can do and likes."""
    words: list[str] = []
    if rng.random() < 0.25:
        days = rng.sample(_WEEK, rng.choice((3, 4, 5)))
        words += ["--days", ",".join(sorted(days, key=_WEEK.index))]
    if rng.random() < 0.2:
        for hours in rng.sample(_HOURS, rng.choice((1, 1, 2))):
            words += ["--between", hours]
    if rng.random() < 0.3:
        words += ["--at", rng.choice(_TIMES)]
    if rng.random() < 0.25:
        words += ["--prefer", rng.choice(_WEEK[:5])]
    if rng.random() < 0.3:
        first = start + timedelta(days=rng.randrange(60))
        length = rng.choice((0, 1, 5, 9))
        away = f"{first}..{first + timedelta(days=length)}" if length else str(first)
        words += ["--away", away]
    if rng.random() < 0.1:
        words += ["--busy", "busy.ics"]
    if rng.random() < 0.3:
        words += ["--patient", rng.choice(_PATIENTS)]
    if rng.random() < 0.2:
        words += ["--reference", f"R-{rng.randrange(100)}"]
    if rng.random() < 0.08:
        words += ["--other", f"filler face {start - timedelta(days=rng.randrange(30))}"]
    if rng.random() < 0.05:
        words += ["--area", _AREAS.get(names[0], "face")]
    return words


def calendar_words(rng: Random, start: date, names: list[str]) -> list[str]:
    """Draw ends and lateness."""
    words: list[str] = []
    if rng.random() < 0.08:
        words += ["--finish-by", str(start + timedelta(days=rng.randrange(20, 200)))]
    if rng.random() < 0.15:
        words += ["--late", str(rng.randrange(1, 5))]
    if rng.random() < 0.1:
        words += ["--start-within", str(rng.randrange(1, 25))]
    most = 0.3 if set(names) & set(TOPPED_UP) else 0.02
    if rng.random() < most:
        words += ["--top-ups", str(rng.randrange(1, 3))]
    elif rng.random() < most / 2:
        words += ["--until", str(start + timedelta(days=rng.randrange(200, 500)))]
    if rng.random() < 0.08:
        words += ["--currency", rng.choice(("GBP", "USD", "EUR", "JPY"))]
    elif rng.random() < 0.08:
        words += ["--no-prices"]
    return words


def output_words(number: int) -> list[str]:
    """Return a format, a language and a file, so that all of them come in turn."""
    words = ["--format", FORMATS[number % len(FORMATS)]]
    words += ["--output", f"plan.{KINDS[number % len(KINDS)]}"]
    if number % 3 == 0:
        words += ["--language", "de"]
    elif number % 17 == 0:
        words += ["--language", ("fr", "es", "it", "pl")[number // 17 % 4]]
    if number % 9 == 0:
        words.append("--calendar")
    if "plan.ics" in words and number % 2:
        words.append("--feed-detail")
    if "csv" in words and number % 5 == 0:
        words.append("--bom")
    if number % 28 == 13:
        words += ["--paper", "letter"]
    return words


def columns(number: int) -> tuple[tuple[str, str], ...]:
    """Return how wide the terminal is; now and then another width than 80."""
    return (("COLUMNS", "120"),) if number % 11 == 0 else ()

"""Lives of books drawn from a seed: what may happen at a desk, allowed or not."""

from datetime import date, timedelta
from random import Random

from tests.recorded.cases import Case, Step
from tests.recorded.drawing import KINDS, patient_words, rules_of
from tests.recorded.lives import CLINIC

_FIRST, _LIVES, _STEPS = 13, 28, 14
_SINGLE = ("skin", "skin", "hair", "facial-rejuvenation", "mesoglow", "steps", "hyaluronic-acid")
_SEVERAL = (["hyaluronic-acid*3", "mesobotox*2"], ["skin", "hair"], ["skin*3", "mesobotox*1"])
_DOINGS = ("hold",) * 6 + ("miss", "miss", "move", "move", "move", "replan", "replan", "replan")
_LOOKS = ("show", "history", "list", "diary", "verify", "print", "print")
_REST = ("improve", "pay", "pay", "note", "correct", "correct", "adopt")
_LAST = ("stop", "erase", "export", "history")


def random_lives() -> list[Case]:
    """Return the lives that are drawn."""
    return [_life(number) for number in range(_FIRST, _FIRST + _LIVES)]


def _life(number: int) -> Case:
    rng = Random(f"life {number}")
    several = number % 3 == 0
    asked = rng.choice(_SEVERAL) if several else [rng.choice(_SINGLE)]
    day = date(2026, 12, 1) + timedelta(days=rng.randrange(40))
    names = [name.partition("*")[0] for name in asked]
    wishes = patient_words(rng, day, names)
    opened = ["courses", "open", *asked, *rules_of(names)]
    steps = [_step([*opened, *wishes, *_shown(rng)], day, ("clinic.toml", "shared.toml"))]
    for count in range(_STEPS):
        day += timedelta(days=rng.choice((0, 0, 1, 4, 7, 8, 12)) * (2 if several else 1))
        kind = rng.choice(rng.choice((_DOINGS, _DOINGS, _DOINGS, _LOOKS, _REST)))
        copied = ("clinic.toml", "painters.toml") if count == 9 and rng.random() < 0.3 else None
        steps.append(_step(_words(rng, kind, day, several, count), day, copied))
    steps.append(_step(_words(rng, rng.choice(_LAST), day, several, _STEPS), day))
    steps.append(_step(["courses", "show", "{1}", "--format", "json"], day))
    return Case(f"life {number:02}: {' and '.join(asked)}", tuple(steps))


def _step(words: list[str], day: date, copied: tuple[str, str] | None = None) -> Step:
    return Step(tuple(words), str(day), copies=(copied,) if copied else (), environment=CLINIC)


def _shown(rng: Random) -> list[str]:
    return ["--format", "json"] if rng.random() < 0.3 else []


def _words(rng: Random, kind: str, day: date, several: bool, count: int) -> list[str]:
    """Return a command; it need not be one that the course's state allows."""
    if kind == "diary":
        return ["diary", *rng.choice(([], ["--week"], ["--month"])), *_shown(rng)]
    if kind == "verify":
        return ["book", "verify", *_shown(rng)]
    if kind == "list":
        return ["courses", "list", *rng.choice(([], ["--due"], ["--overdue"])), *_shown(rng)]
    words = ["courses", kind, "{1}", *_told(rng, kind, day, several, count)]
    return words if kind == "export" else [*words, *_shown(rng)]


def _told(rng: Random, kind: str, day: date, several: bool, count: int) -> list[str]:
    """Return what follows the course's id."""
    part = ["--treatment", rng.choice("AB")] if several and rng.random() < 0.3 else []
    match kind:
        case "hold":
            return [*part, *rng.choice(([], [], ["--at", "11:00"], ["--on", str(day)]))]
        case "miss":
            return [*part, "--reason", "ill"]
        case "improve":
            return part
        case "move":
            mark = f"{rng.choice('AB')}{rng.randint(1, 3)}" if several else str(rng.randint(2, 5))
            to = day + timedelta(days=rng.randrange(1, 30))
            late = ["--late", "--reason", "asked for it"] if rng.random() < 0.3 else []
            return [mark, "--to", str(to), *late]
        case "replan":
            away = ["--away", str(day + timedelta(days=rng.randrange(14)))]
            return [*rng.choice(([], away, ["--late", "2"])), *rng.choice(([], ["--yes"]))]
        case "pay":
            back = ["--refund"] if rng.random() < 0.3 else []
            return [f"{rng.randrange(1, 200)}.00", *back]
        case "note":
            return ["Came with a friend."]
        case "correct":
            way = rng.choice((["--withdraw"], ["--set", f"on={day - timedelta(days=1)}"]))
            return [str(rng.randint(2, 8)), "--reason", "wrong", *way]
        case "adopt":
            return ["--rules", "skin-2.toml", "--rules", "hair.toml"]
        case "print":
            language = ["--language", "de"] if count % 2 else []
            return ["--output", f"{count}.{rng.choice(KINDS)}", *language]
        case "stop":
            return ["--reason", "enough"]
        case "erase":
            return ["--yes"]
    return []

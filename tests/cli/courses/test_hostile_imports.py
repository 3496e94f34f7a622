"""What nobody would mean as a value of an exported course: told when it comes in, never a defect.

Each file is made whole again after the change: its digests are those of what it says now.
"""

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.cli.courses.desk import Counter
from tests.support.lengths import sampled

ENDLESS = int("9" * 4000)
VALUES: tuple[Any, ...] = (
    *(0, -1, 10**30, ENDLESS, -ENDLESS, 0.5, True, False, None, float("nan"), float("inf")),
    *("", "-1", "0", "1e9", "NaN", "\u0664", "9" * 5000, "99999-01-01", "0001-01-01", "24:00"),
    *("x\x00y", "\u202ename", [], {}, [None], {"a": -1}),
)
READ = (
    *(("courses", "list"), ("courses", "show", "{0}"), ("courses", "history", "{0}")),
    *(("courses", "replan", "{0}"), ("courses", "print", "{0}", "--output", "a.txt", "--force")),
    *(("diary", "2026-12-01..2027-06-01"), ("courses", "export", "--all"), ("book", "verify")),
)
Place = tuple[str | int, ...]


def leaves(value: Any, path: Place = ()) -> Iterator[Place]:
    """Yield where each value of a document stands."""
    if path and path[-1] != "canonical":
        yield path
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))


def begun(counter: Counter) -> Any:
    """Return what is exported of a course in which everything that is written happened."""
    course = counter.open("--key", "opened")
    counter.done("courses", "pay", course, "90.00")
    counter.done("courses", "hold", course, "--key", "held")
    counter.set_day("2026-12-08")
    counter.done("courses", "miss", course, "--fee", "10.00", "--reason", "ill")
    counter.done("courses", "move", course, "--alone", "3", "--to", "2026-12-10", "--at", "10:00")
    counter.done("courses", "improve", course, "--on", "2026-12-08")
    counter.done("courses", "note", course, "said")
    counter.done("courses", "correct", course, "3", "--set", "amount=80.00", "--reason", "slip")
    counter.done("courses", "stop", course)
    return json.loads(counter.ask("courses", "export", "--all").out)


def changed(document: Any, event: int, path: Place, value: Any) -> Any:
    """Return a document with one value of an event changed, and all digests made anew."""
    document = deepcopy(document)
    place = document["events"][event]
    *way, last = path
    for key in way:
        place = place[key]
    place[last] = value
    written = document["events"][event]
    if path[0] not in ("salt", "digest") and isinstance(written["salt"], str):
        text = canonical(written["payload"])
        written["digest"] = hashlib.sha256(f"{written['salt']}\n{text}".encode()).hexdigest()
    lines = "".join(canonical(it) + "\n" for it in document["events"])
    document["digest"] = hashlib.sha256(lines.encode()).hexdigest()
    document["head"] = None
    return document


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def read_in(counter: Counter, document: Any, course: str) -> list[tuple[str, ...]]:
    """Return the commands that fail where a file is taken into a new book, or refused."""
    Path("a.json").write_text(canonical(document))
    counter.path.unlink(missing_ok=True)
    ran = counter.ask("courses", "import", "a.json")
    if ran.code in (2, 4) and len(ran.err) < 1500:
        return []
    commands = [tuple(word.format(course) for word in words) for words in READ]
    failed = [words for words in commands if counter.ask(*words).code not in (0, 1, 2, 4)]
    return failed if ran.code == 0 else [("courses", "import")]


def test_every_value_of_every_event(counter: Counter) -> None:
    document = begun(counter)
    course = document["events"][0]["course"]
    assert read_in(counter, changed(document, 0, ("who",), "me"), course) == []
    assert counter.done("book", "verify")["courses"] == 1, "what says something is taken"
    places = [(it, path) for it, one in enumerate(document["events"]) for path in leaves(one)]
    cases = [(*place, value) for place in places for value in VALUES]
    for event, path, value in sampled(cases, 401):
        failed = read_in(counter, changed(document, event, path, value), course)
        assert failed == [], (event, path, f"{value!r:.60}")
    for zone in ("24:00", "x\x00y", "Europe/Nowhere", "../etc/passwd"):
        assert read_in(counter, changed(document, 0, ("payload", "timezone"), zone), course) == []
        assert counter.refused("courses", "import", "a.json")[0] == 2

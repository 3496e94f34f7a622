"""What nobody would mean as the value of an option: told with its field, never a defect."""

import json
from collections.abc import Iterator
from csv import DictWriter
from io import StringIO
from itertools import chain
from typing import Any

import pytest
from typer.main import get_command

from meso_schedule.cli.app import build
from meso_schedule.cli.cases import HISTORY_COLUMNS
from meso_schedule.course.request import FIELDS
from tests.cli.courses.desk import RULES
from tests.support.command_line import CLINIC, Run, write
from tests.support.lengths import sampled

DAY = ("--as-of", "2026-11-22")
WRITTEN = ("--book", "b.book", "--clinic", "clinic.toml", "--who", "me", *DAY)
STAFFED = ("--book", "b.book", "--clinic", "staffed.toml", "--who", "me", *DAY)
# What makes each command work, the course of the book being {0}.
WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("plan",): ("general", "--start", "2026-12-01", *DAY),
    ("compare",): ("general", "cellulite", "--start", "2026-12-01", *DAY),
    ("protocols", "list"): (),
    ("protocols", "show"): ("general",),
    ("diary",): ("--book", "b.book"),
    ("clinic", "load"): STAFFED[:4],
    ("clinic", "absent"): ("doctor-a", "2026-12-08", *STAFFED),
    ("clinic", "closed"): ("2026-12-08", *STAFFED),
    ("clinic", "check"): ("staffed.toml", *STAFFED[:2], *STAFFED[4:]),
    ("courses", "assign"): ("{0}", *STAFFED),
    ("courses", "open"): ("general", "--start", "2026-12-01", *WRITTEN),
    ("courses", "free"): ("general", "--around", "2026-12-01", *WRITTEN[:4], *DAY),
    ("courses", "list"): ("--book", "b.book"),
    ("courses", "move"): ("{0}", "2", "--to", "2026-12-08", *WRITTEN),
    ("courses", "pay"): ("{0}", "10.00", *WRITTEN),
    ("courses", "correct"): ("{0}", "1", "--reason", "x", "--set", "patient=x", *WRITTEN),
    ("courses", "print"): ("{0}", "--output", "a.txt", *WRITTEN[:4], *DAY),
    ("courses", "erase"): ("{0}", "--yes", *WRITTEN[:2]),
    **{
        ("courses", name): ("{0}", *WRITTEN)
        for name in ("hold", "miss", "improve", "replan", "stop", "adopt")
    },
}
ENDLESS = "9" * 5000
VALUES = (
    *("-1", "1" + "0" * 30, ENDLESS, "nan", "1e9", "1_0", "\u0664", "inf", "0x10", " 4 ", "10:99"),
    *("99999-01-01", "\u0662\u0660\u0662\u0666-\u0661\u0662-\u0660\u0661", "0.0000000001"),
)
# What may be any text, or any name of a file that is still to be made.
FREE = (
    *("who", "key", "reason", "patient", "reference", "book", "output", "head_file", "for"),
    *("waive", "tax_exempt", "phone", "method"),
)


def options() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each option that takes a value, of each command."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), get_command(build()))]
    while waiting:
        path, command = waiting.pop()
        for name, one in getattr(command, "commands", {}).items():
            waiting.append(((*path, name), one))
        for option in command.params if path in WORDS else ():
            takes_value = option.param_type_name == "option" and not option.is_flag
            if takes_value and option.opts[0].strip("-").replace("-", "_") not in FREE:
                yield path, option.opts[0]


CASES = [(*option, value) for option in sorted(options()) for value in VALUES]


@pytest.fixture
def course(run: Run) -> str:
    """Return a course of the book; a file that is no number stands where one may be named."""
    write("clinic.toml", CLINIC)
    write("staffed.toml", f'{CLINIC}[[practitioners]]\nid = "doctor-a"\nname = "Dr A"\n')
    opened = run("courses", "open", *WORDS["courses", "open"], "--format", "json")
    name: str = opened.json["course"]
    return name


@pytest.mark.parametrize("part", range(4))
def test_every_option_of_every_command(part: int, run: Run, course: str) -> None:
    for path, option, value in sampled(CASES, 23)[part::4]:
        words = [word.format(course) for word in WORDS[path]]
        if option in words:
            place = words.index(option)
            del words[place : place + 2]
        ran = run(*path, *words, f"{option}={value}")
        assert ran.code in (1, 2, 4), (path, option, value, ran)
        assert option.strip("-") in ran.err or shown_name(value) in ran.err, (path, option, ran.err)
        assert len(ran.err) < 1500, (path, option)


def shown_name(value: str) -> str:
    """Return how a value begins that is told as the name of a file."""
    return value[:60]


NAMED = {
    "--rules": ("plan", "general"),
    "--clinic": ("plan", "general"),
    "--busy": ("plan", "general"),
    "--output": ("plan", "general"),
    "--request": ("plan",),
    "--batch": ("plan", "--output", "a.jsonl"),
    "--book": ("courses", "list"),
    "--head-file": ("book", "verify", "--book", "b.book"),
}


@pytest.mark.parametrize("option", NAMED)
@pytest.mark.parametrize("ending", ["", ".json"])
def test_a_name_that_is_too_long(option: str, ending: str, run: Run, course: str) -> None:
    del course
    ran = run(*NAMED[option], f"{option}={'n' * 5000}{ending}")
    assert ran.code in (0 if option == "--head-file" else 2, 2, 5), ran
    assert len(ran.err) < 1500


@pytest.mark.parametrize("name", ["sessions", "late", "start_within", "top_ups", "budget", "at"])
@pytest.mark.parametrize("number", [ENDLESS, f"-{ENDLESS}", "1e400", "1e9", "0.5"])
def test_a_number_of_json_names_its_field(name: str, number: str, run: Run) -> None:
    line = f'{{"protocol": "general", "start": "2026-12-01", "{name}": {number}}}'
    ran = run("plan", "--request", write("q.json", line), *DAY, "--format", "json")
    fault = ran.json.get("error") or ran.json["errors"][0]
    assert (ran.code, fault["field"]) == (2, name)
    assert fault["remedy"]
    assert len(ran.out) < 1500
    assert run("plan", "--batch", write("j.jsonl", line), "--output", "p.jsonl", *DAY).code == 0
    with open("p.jsonl") as file:
        assert json.load(file)["error"]["field"] == name


def test_an_id_of_endless_digits(run: Run) -> None:
    lines = (f'{{"id": {it}, "protocol": "general"}}' for it in (ENDLESS, f"-{ENDLESS}", "7"))
    write("j.jsonl", "\n".join(chain(lines, [""])))
    assert run("plan", "--batch", "j.jsonl", "--output", "p.jsonl", *DAY).code == 0
    with open("p.jsonl") as file:
        answers = [json.loads(line) for line in file]
    assert [answer["id"] for answer in answers] == [None, None, 7]
    assert [answer["error"]["field"] for answer in answers[:2]] == ["id", "id"]


COLUMNS = (
    *(name for name in FIELDS if name != "protocol"),
    "expected_dates",
    "expected_days",
    "expected_top_ups",
    "recorded",
    *HISTORY_COLUMNS,
)
CELLS = (*VALUES, "true", "-0", "\u202e", "2026-12-01 2026-12-01", ";;;", "|", "none none", "'")


@pytest.mark.parametrize("held", ["", "2026-12-01"])
def test_every_column_of_a_file_of_cases(held: str, run: Run) -> None:
    """A case that says nonsense is told by its line, and planned none the less or refused."""
    write("own.toml", RULES)
    for column in sampled(COLUMNS, 3):
        row = {"start": "2026-12-01", "held": held, "expected_dates": "2026-12-01"}
        rows = [{**row, column: value} for value in CELLS]
        text = StringIO(newline="")
        writer = DictWriter(text, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        write("cases.csv", text.getvalue())
        ran = run("protocols", "check", "own.toml", "--cases", "cases.csv")
        assert ran.code in (1, 2), (column, ran)
        assert "cases.csv, line" in ran.err + ran.out, (column, ran)
        assert len(ran.err + ran.out) < 500 * len(CELLS), column

"""Every help ends with two examples, and each of them does what it says, in one folder."""

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from meso_schedule.cli.app import PROGRAM, build
from meso_schedule.cli.courses.course_options import complete_course
from meso_schedule.cli.examples import EXAMPLES
from tests.cli.courses.desk import Counter
from tests.support.samples import ROOT

PEOPLE = """
[[practitioners]]
id = "dr-a"
name = "Dr A"
"""
WITH_PEOPLE = ("courses assign", "clinic load", "clinic absent", "clinic closed")
# A calendar server is not there: exit 5.
WITHOUT_SERVER = "courses publish"


def commands(group: Any, path: tuple[str, ...] = ()) -> set[str]:
    """Return the commands below a group, with the words they are called by."""
    found = set()
    for name, command in group.commands.items():
        deeper = hasattr(command, "commands")
        found |= commands(command, (*path, name)) if deeper else {" ".join((*path, name))}
    return found


@pytest.fixture
def prepared(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.setenv("MESO_HEAD", "end.head")
    counter.set_day("2026-11-17")
    Path("other.toml").write_text(Path("skin.toml").read_text().replace('"skin"', '"other"', 1))
    clinic = Path("clinic.toml").read_text().replace("[prices.skin]", "[prices.mesobotox]")
    Path("clinic.toml").write_text(clinic)
    shutil.copy(ROOT / "examples" / "courses.json", "courses.json")
    counter.done("courses", "import", "courses.json")
    counter.done("book", "backup", "kept.book")
    plan = counter.ask("plan", "mesobotox", "--start", "2026-12-01", "--format", "json").out
    Path("plan.json").write_text(plan)
    Path("answers.json").write_text(
        json.dumps([{"question": "Are you pregnant or breast-feeding?", "answer": "no"}])
    )
    return counter


def test_every_command_has_two_examples_and_its_help_ends_with_them(counter: Counter) -> None:
    assert set(EXAMPLES) == commands(get_command(build()))
    for name in ("plan", "courses move", "clinic absent"):
        shown = " ".join(counter.ask(*name.split(), "--help").out.split())
        first, second = (f"{PROGRAM} {example}" for example in EXAMPLES[name])
        assert shown.endswith(f"Examples: {first} {second}")


@pytest.mark.untraced
def test_every_example_works(prepared: Counter) -> None:
    shutil.copytree(Path(), "../kept", dirs_exist_ok=True)
    for name, example in [(name, it) for name, both in EXAMPLES.items() for it in both]:
        assert example.startswith(f"{name} ") or example == name
        shutil.copytree("../kept", Path(), dirs_exist_ok=True)
        if name in WITH_PEOPLE:
            Path("clinic.toml").write_text(Path("clinic.toml").read_text() + PEOPLE)
        ran = prepared.ask(*shlex.split(_of_a_course_that_ends(prepared, name, example)))
        assert ran.code == (5 if name == WITHOUT_SERVER else 0), (example, ran)
        for path in Path().iterdir():
            if path.is_file() and not Path("../kept", path.name).exists():
                path.unlink()


def _of_a_course_that_ends(counter: Counter, name: str, example: str) -> str:
    """Return an example of a course that is valid up to a day, where only such a one will do."""
    if name != "courses extend":
        return example
    text = (
        Path("clinic.toml")
        .read_text()
        .replace("[prices.mesobotox]", '[prices.skin]\nvalid = "3 months"')
    )
    Path("clinic.toml").write_text(text)
    return example.replace("9x29rhmv", counter.open(patient="Zoe Other"))


@pytest.mark.usefixtures("prepared")
def test_the_shell_completes_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    assert complete_course("9x") == ["9x29rhmv"]
    assert complete_course("zz") == []
    monkeypatch.setenv("MESO_BOOK", "nowhere.book")
    assert complete_course("9x") == []
    assert not Path("nowhere.book").exists()

"""The guide: its pages name every key, its files are read, its commands run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import read_clinic, read_protocol
from meso_schedule.cli.app import main
from meso_schedule.cli.guide_command import TOPICS, page
from meso_schedule.course.schemas import schema
from tests.support.command_line import entered
from tests.test_readme import commands_of, entered_or_run, made_desk

FILES = {"clinic-files": ("clinic", "clinic.toml"), "rule-files": ("protocol", "rule.toml")}


def blocks(topic: str, kind: str) -> list[str]:
    found: list[str] = re.findall(rf"```{kind}\n(.+?)```", page(topic), re.DOTALL)
    return found


def keys(part: Any, known: dict[str, Any], seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every key of a JSON Schema."""
    if isinstance(part, list):
        for entry in part:
            yield from keys(entry, known, seen)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            yield from keys(known[name], known, (*seen, name))
        for key, entry in part.get("properties", {}).items():
            yield key
            yield from keys(entry, known, seen)
        inside = [entry for key, entry in part.items() if key not in ("properties", "$defs")]
        yield from keys(inside, known, seen)


@pytest.mark.parametrize("topic", FILES)
def test_every_key_is_named(topic: str) -> None:
    kind, _ = FILES[topic]
    whole = schema(kind)
    wanted = set(keys(whole, whole["$defs"]))
    code = "\n".join([*blocks(topic, "toml"), *re.findall(r"`([^`\n]+)`", page(topic))])
    named = set(re.findall(r"[a-z_]+", code))
    assert len(wanted) > 60
    assert sorted(wanted - named) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_commands_and_files(topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = made_desk(tmp_path)
    if topic in FILES:
        kind, name = FILES[topic]
        (desk / name).write_text("\n".join(blocks(topic, "toml")), "utf-8")
        read: Any = read_clinic if kind == "clinic" else read_protocol
        assert read(desk / name).name
    for command in commands_of(page(topic)):
        refused = command.endswith("# exit 1")
        ran = entered_or_run(command, desk)
        assert ran.returncode == (1 if refused else 0), (command, ran.stderr)
    monkeypatch.chdir(desk)
    monkeypatch.setattr("sys.argv", ["due.py"])
    for block in blocks(topic, "python"):
        exec(compile(block, topic, "exec"), {"__name__": topic})


def test_on_a_pipe_it_is_plain(tmp_path: Path) -> None:
    ran = entered(["guide"], tmp_path)
    assert [topic for topic in TOPICS if f"guide {topic}`" not in ran.stdout] == []
    assert entered(["guide", "Clinic files"], tmp_path).stdout == page("clinic-files")
    wrong = entered(["guide", "clinic-file"], tmp_path)
    assert (wrong.returncode, "clinic-files" in wrong.stderr) == (2, True)


def test_on_a_terminal_it_is_laid_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("meso_schedule.cli.guide_command.has_colour", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["guide", "clinic-files"]) == 0
    told = capsys.readouterr().out
    assert "\x1b[" in told
    plain = re.sub(r"\x1b\[[0-9;]*m", "", told)
    assert "```" not in plain
    assert max(map(len, plain.splitlines())) <= 60

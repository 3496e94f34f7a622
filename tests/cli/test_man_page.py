"""The manual page says what the help says; groff and mandoc set it without a word."""

import re
import shutil
import subprocess
from typing import Any

import pytest
from typer.main import get_command

from meso_schedule.cli.app import build, main
from meso_schedule.cli.man_page import man_page
from tests.support.lengths import sampled
from tests.support.tools import need

PAGE = man_page()


def plain(text: str) -> str:
    for sign, escaped in {"'": r"\(aq", '"': r"\(dq", "-": r"\-", "": r"\&"}.items():
        text = text.replace(escaped, sign)
    text = re.sub(r"\\f[BIR]", "", text)
    return re.sub(r"\\\[u([0-9A-F]{4})\]", lambda it: chr(int(it[1], 16)), text)


def part(words: str) -> str:
    """Return what the page says of one command."""
    (found,) = re.findall(
        rf'\n\.SS "{words}(?: [^a-z\n][^\n]*)?"\n(.*?)\n\.S[SH]', plain(PAGE), re.S
    )
    return str(found)


def leaves(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inside = getattr(command, "commands", {})
    below = [it for name, one in inside.items() for it in leaves(one, (*path, name))]
    return [*([path] if path else []), *below]


COMMANDS = leaves(get_command(build()))


def test_every_command_stands_there_once() -> None:
    for words in COMMANDS:
        assert part(" ".join(("meso-schedule", *words)))


@pytest.mark.parametrize("words", sampled(COMMANDS, 19))
def test_the_options_are_those_of_the_help(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert main([*words, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = {name for line in lines for name in re.findall(r"^│ *(--[a-z-]+)", line)}
    told = part(" ".join(("meso-schedule", *words)))
    named = {name for line in re.findall(r"\n\.TP\n(--.*)", told) for name in [line.split(",")[0]]}
    assert {it.split()[0] for it in named} == shown - {"--help"}
    assert len(shown) > 1
    for line in lines:
        found = re.match(r"│ *--[a-z-]+ .*  ([A-Z][^│]{12,}?) *│", line)
        if found and not found[1].startswith("Show this message"):
            assert found[1] in told


def test_where_it_ends_and_what_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "--man"]) == 0
    assert capsys.readouterr().out == PAGE
    assert PAGE.isascii()
    assert main(["guide", "book", "--man"]) == 2


def test_groff_sets_it_without_a_warning() -> None:
    need(shutil.which("groff"), "groff")
    words = ["groff", "-man", "-ww", "-z", "-Tutf8"]
    done = subprocess.run(words, input=PAGE, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_mandoc_has_nothing_against_it_but_that_it_tells_no_date() -> None:
    need(shutil.which("mandoc"), "mandoc")
    words = ["mandoc", "-T", "lint", "-W", "warning"]
    done = subprocess.run(words, input=PAGE, capture_output=True, text=True, check=False)
    (warning,) = done.stdout.splitlines()
    assert warning.endswith('WARNING: missing date, using "": TH')

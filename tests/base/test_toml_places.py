"""Keys written twice and numbers without end in TOML files: named with their lines."""

import tomllib
from pathlib import Path

import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.base.text_files import parse_toml
from meso_schedule.base.toml_places import endless_number, written_twice
from tests.support.samples import PACKAGE


@pytest.mark.parametrize(
    ("text", "key", "lines"),
    [
        ("a = 1\nb = 2\na = 3", "a", (1, 3)),
        ("\"a\" = 1\n\n'a' = 3", "a", (1, 3)),
        ("[x]\na = 1\n[y]\na = 1\n[y.z]\n[x.w]\n[y]", "y", (3, 7)),
        ("[x]\na = 1\na = 1", "x.a", (2, 3)),
        ("a.b = 1\na.c = 2\na.b = 3", "a.b", (1, 3)),
        ("a = 1\na.b = 2", "a", (1, 2)),
        ("a = {b = 1}\n[a]", "a", (1, 2)),
        ("a = {b = 1}\n[a.c]", "a", (1, 2)),
        ("a = {b = 1, c = 2, b = 3}", "a.b", (1, 1)),
        ("a = [\n {b = 1},\n {b = 1,\n b = 2}]", "a[2].b", (3, 4)),
        ("[[p]]\nn = 1\n[[p]]\nn = 2\nn = 3", "p[2].n", (4, 5)),
        ("[[p]]\n[p.q]\nr = 1\n[[p]]\n[p.q]\nr = 1\n[p.q]", "p[2].q", (5, 7)),
        ('t = """\na = 1\n"quoted"\n"""\na = 2\na = 3', "a", (5, 6)),
        ("t = '''\na = 1\n'''\na = 2 # a = 3\na = 3", "a", (4, 5)),
        ('t = "a = 1 \\" # x"\nt = 2', "t", (1, 2)),
        ("d = 2026-12-01 10:00:00\nf = 1.5\nf = 2", "f", (2, 3)),
    ],
)
def test_a_key_written_twice_is_named_with_both_its_lines(
    text: str, key: str, lines: tuple[int, int]
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any sentence of the parser's
        tomllib.loads(text)
    with pytest.raises(InputError) as caught:
        parse_toml(text, "x.toml")
    (fault,) = caught.value.faults
    said = f"'{key}' is written twice, in line {lines[0]} and in line {lines[1]}"
    assert (fault.code, fault.source) == ("bad_toml", "x.toml")
    assert said in fault.message


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "rules" / "packaged").glob("*.toml")), ids=lambda it: it.stem
)
def test_sound_files_have_nothing_twice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert written_twice(text) is None
    assert endless_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "a = ",
        "a",
        "= 1",
        "[",
        "[[",
        "a = [",
        "a = {",
        "a = {b",
        '"',
        "a = 'x",
        "]",
        "[a]]",
        "a = [1,",
    ],
)
def test_other_nonsense_keeps_the_sentence_of_the_parser(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_toml(text, "x.toml")
    assert caught.value.faults[0].code == "bad_toml"


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        ("a = {}", "a", 1),
        ("[[phases]]\nsessions = -{}", "phases[1].sessions", 2),
        ("a = [1,\n {}]", "a[2]", 2),
        ("a = {{b = 1, c = +{}}}", "a.c", 1),
    ],
)
def test_a_number_without_end_is_named(text: str, field: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_toml(text.format("9" * 5000), "x.toml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.field, fault.source) == ("bad_number", field, "x.toml")
    assert f"line {line} " in fault.message
    assert fault.value is not None
    assert len(fault.value) <= 200
    assert fault.remedy

"""Files written by people: read whole, or refused in one sentence."""

import os
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.base.errors import Fault, UnreadableFileError
from meso_schedule.base.text_files import (
    MAX_BYTES,
    parse_json,
    parse_toml,
    read_text,
)

DEEP = 100_000


def refusal(read: object, *arguments: object) -> Fault:
    assert callable(read)
    with pytest.raises(UnreadableFileError) as caught:
        read(*arguments)
    (fault,) = caught.value.faults
    assert fault.remedy
    return fault


def read_toml(path: Path) -> dict[str, Any]:
    return parse_toml(read_text(path), str(path))


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file.toml"
    path.write_bytes(data)
    return path


def test_toml(tmp_path: Path) -> None:
    path = written(tmp_path, 'name = "Hôpital"\n[hours]\nmon = ["09:00-17:00"]\n'.encode())
    assert read_toml(path) == {"name": "Hôpital", "hours": {"mon": ["09:00-17:00"]}}


def test_json() -> None:
    text = '{"start": "2026-12-01", "days": ["mon"], "late": 0, "budget": null, "a": {"b": 1}}'
    assert parse_json(text, "request") == {
        "start": "2026-12-01",
        "days": ["mon"],
        "late": 0,
        "budget": None,
        "a": {"b": 1},
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.toml", "missing_file"),
        ("folder", "is_folder"),
        ("plain/none.toml", "unreadable"),
        ("n" * 300, "unreadable"),
        ("a\x00b", "unreadable"),
    ],
)
def test_paths_that_are_no_file(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").touch()
    fault = refusal(read_toml, tmp_path / name)
    assert (fault.code, fault.source) == (code, str(tmp_path / name))


def test_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, os.strerror(13))

    (tmp_path / "file.toml").touch()
    monkeypatch.setattr(os, "open", deny)
    fault = refusal(read_text, tmp_path / "file.toml")
    assert (fault.code, fault.message) == ("unreadable", "It cannot be read: Permission denied.")


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "empty_file", "It is empty."),
        (b" \n\t\n", "empty_file", "It is empty."),
        (b'\xef\xbb\xbfname = "x"', "byte_order_mark", "It starts with a byte order mark."),
        (b'a = 1\nb = 2\nname = "\xff"', "not_utf8", "Line 3 is not UTF-8."),
        (b"\xff\xfen\x00", "not_utf8", "Line 1 is not UTF-8."),
        (b"name = ", "bad_toml", "It is not valid TOML: "),
        (b"a = 1\na = 2\n", "bad_toml", "It is not valid TOML: "),
        (b"[a]\nb = 1\n[a]\nb = 2\n", "bad_toml", "It is not valid TOML: "),
        (b'a = "\x1b[31m"', "bad_toml", "It is not valid TOML: "),
        (b"day = 2026-02-30", "bad_toml", "It is not valid TOML: "),
    ],
)
def test_content_that_is_refused(tmp_path: Path, data: bytes, code: str, message: str) -> None:
    path = written(tmp_path, data)
    fault = refusal(read_toml, path)
    assert (fault.code, fault.source) == (code, str(path))
    assert fault.message.startswith(message)
    assert fault.message.endswith(".")


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert refusal(read_toml, path).code == "too_large"


def test_the_largest_file(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * MAX_BYTES)
    assert read_toml(path) == {}
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert refusal(read_toml, path).code == "too_large"


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_toml, "a = " + "[" * DEEP + "]" * DEEP, "too_deep"),
        (parse_toml, "a = " + "{a = " * DEEP + "1" + "}" * DEEP, "too_deep"),
        (parse_json, "[" * DEEP + "]" * DEEP, "too_deep"),
        (parse_json, '{"a":' * DEEP + "1" + "}" * DEEP, "too_deep"),
    ],
)
def test_nests_without_end(parse: object, text: str, code: str) -> None:
    fault = refusal(parse, text, "deep")
    assert (fault.code, fault.source) == (code, "deep")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' is written twice"),
        ('[{"x": {"a": 1, "a": 1}}]', "the key 'a' is written twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1', "Expecting ',' delimiter"),
        ("{'a': 1}", "Expecting property name"),
        ("", "Expecting value"),
    ],
)
def test_json_that_is_refused(text: str, problem: str) -> None:
    fault = refusal(parse_json, text, "request")
    assert fault.code == "bad_json"
    assert fault.message.startswith(f"It is not valid JSON: {problem}")

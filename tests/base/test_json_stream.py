"""JSON read piece by piece says what the standard library says of it as a whole."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meso_schedule.base import json_stream
from meso_schedule.base.errors import UnreadableFileError
from meso_schedule.base.json_stream import members, pieces_of

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.fixed_dictionaries(
    {"events": st.lists(VALUES, max_size=4)},
    optional={"format": VALUES, "head": VALUES, "digest": VALUES},
)


def read(pieces: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"events": []}
    for name, value in members(pieces, "x.json", "events"):
        if name == "events":
            found["events"].append(value)
        else:
            found[name] = value
    return found


@pytest.mark.untraced
@given(OBJECTS, st.integers(1, 9), st.sampled_from([None, 0, 2]), st.booleans())
def test_every_object_in_pieces_of_every_size(
    value: dict[str, Any], size: int, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    assert read(pieces) == value
    assert read([f" \t\r\n{text}\n "]) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "[]", "7", "{", '{"a"', '{"a":', '{"a": 1', '{"a": 1,', '{"a": 1,}', "{,}"),
        *('{"a": 1 "b": 2}', '{"a": 1}x', '{"a": 1, "a": 2}', '{"a": {"b": 1, "b": 2}}', "{1: 2}"),
        *(
            '{"events": {}}',
            '{"events": [',
            '{"events": [1',
            '{"events": [1,]}',
            '{"events": [1 2]}',
        ),
        *('{"events": [1], "events": [2]}', '{"a": NaN}', '{"a": tru', '{"a": "\n"}', '{"a": "x'),
        *('{"a": -}', '{"a": 01}', '{"a": "\\u12"}', "hello"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_no_such_object(text: str, size: int) -> None:
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    with pytest.raises(UnreadableFileError, match="not valid JSON") as caught:
        read(pieces)
    assert caught.value.faults[0].source == "x.json"


def test_the_line_is_told() -> None:
    with pytest.raises(UnreadableFileError, match="line 3"):
        read(['{"a": 1,\n', '"events": [1, 2,\n', "oh]}"])


def test_nested_too_deep() -> None:
    with pytest.raises(UnreadableFileError, match="too deep"):
        read(['{"a": ' + "[" * 100_000])


def test_a_value_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST", 100)

    def endless() -> Any:
        yield '{"events": ["'
        while True:
            yield "x" * 60

    with pytest.raises(UnreadableFileError, match="not valid JSON"):
        read(endless())


def test_pieces_of_a_file() -> None:
    text = "Zoë" * 100_000
    assert "".join(pieces_of(BytesIO(text.encode()), "x", 10**6)) == text
    assert list(pieces_of(BytesIO(b""), "x", 10**6)) == []
    with pytest.raises(UnreadableFileError, match="larger than 1 MB"):
        list(pieces_of(BytesIO(b" " * 1_000_001), "x", 10**6))
    for broken in (b"\xff", b"Zo\xc3"):
        with pytest.raises(UnreadableFileError, match="not UTF-8"):
            list(pieces_of(BytesIO(broken), "x", 10**6))


def test_a_file_that_cannot_be_read() -> None:
    class Broken(BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableFileError, match="Input/output error"):
        list(pieces_of(Broken(), "x", 10**6))

"""Read TOML and JSON written by people: whole, small, UTF-8, no key twice."""

import json
import tomllib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from meso_schedule.base.errors import InputError, UnreadableFileError, shortened
from meso_schedule.base.models import InputModel
from meso_schedule.base.source_files import MOST_DIGITS, read_source, refuse

MAX_BYTES = 1_000_000
M = TypeVar("M", bound=InputModel)


def read_model(kind: type[M], path: str | Path) -> M:
    """Read a record from a TOML file, anew only when its bytes have changed.

    Each fault names the file.

    Raises:
        UnreadableFileError: When it cannot be read as TOML.
        InputError: With every fault of its content.
    """
    return parse_model(kind, read_source(Path(path), MAX_BYTES), str(path))


def parse_model(kind: type[M], data: bytes, source: str) -> M:
    """Read a record from the bytes of a TOML file; equal bytes are read once.

    Raises:
        UnreadableFileError: When they cannot be read as TOML.
        InputError: With every fault of its content.
    """
    try:
        made: M = _model(kind, data)
    except InputError as error:
        raise error.at(source) from None
    return made


# Each has `MAX_BYTES` at most, so what is kept is bounded too.
@lru_cache(maxsize=64)
def _model(kind: type[InputModel], data: bytes) -> Any:
    return kind.read(parse_toml(decode(data, ""), ""))


def read_text(path: Path) -> str:
    """Read a small UTF-8 text file."""
    return decode(read_source(path, MAX_BYTES), str(path))


def decode(data: bytes, source: str) -> str:
    """Turn the bytes of a file into text, refusing what no person wrote."""
    if data.startswith(b"\xef\xbb\xbf"):
        refuse(
            source,
            "byte_order_mark",
            "It starts with a byte order mark.",
            "Save it as UTF-8 without BOM.",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        refuse(source, "not_utf8", f"Line {line} is not UTF-8.", "Save it as UTF-8.")
    if not text.strip():
        refuse(source, "empty_file", "It is empty.", "Check that it is the right file.")
    return text


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """Parse TOML text; a key written twice is named with both its lines."""
    table: dict[str, Any] = _parse(partial(_loads_toml, source), text, source, "TOML")
    return table


def _loads_toml(source: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError:
        from meso_schedule.base.toml_places import endless_number, written_twice

        if place := endless_number(text):
            problem = f"The number of line {place.line} has too many digits to be read."
            raise UnreadableFileError.of(
                "bad_number",
                problem,
                source=source,
                field=place.key,
                value=place.number,
                remedy="Write fewer.",
            ) from None
        if twice := written_twice(text):
            first, second = twice
            lines = f"in line {first.line} and in line {second.line}"
            raise ValueError(f"{shortened(second.key)} is written twice, {lines}") from None
        raise


def parse_json(text: str, source: str) -> Any:
    """Parse JSON text, refusing a key written twice and numbers that JSON does not have."""
    return _parse(DECODER.decode, text, source, "JSON")


def _parse(loads: Callable[[str], Any], text: str, source: str, kind: str) -> Any:
    try:
        return loads(text)
    except RecursionError:
        refuse(source, "too_deep", f"It is not plain {kind}: nested too deep.", "Flatten it.")
    except ValueError as error:
        problem = str(error).rstrip(".")
        refuse(source, f"bad_{kind.lower()}", f"It is not valid {kind}: {problem}.", "Correct it.")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {shortened(twice)} is written twice")
    return table


def _whole_number(digits: str) -> int:
    # More than Python reads: out of the range of every field, as what is left of it is.
    return int(digits[:MOST_DIGITS])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


# A key written twice and numbers that JSON does not have are refused.
DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_keys, parse_constant=_no_constant, parse_int=_whole_number
)

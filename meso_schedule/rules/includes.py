"""Rule files and the shared tables that they include, read as one.

What a file says itself stands before what it includes and takes its place where both speak
of the same thing. Of the sources that are included those stay that something rests on.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from meso_schedule.base.errors import Fault, InputError, UnknownNameError
from meso_schedule.base.identifiers import ID
from meso_schedule.base.models import one_or_many
from meso_schedule.base.source_files import read_source
from meso_schedule.base.text_files import MAX_BYTES, decode, parse_toml
from meso_schedule.rules.protocol import Protocol, SharedTables
from meso_schedule.rules.rule_tables import Source, Sourced

SHARED = Path(__file__).parent / "packaged" / "shared"

# Where a text without a file stands, whatever its source is called: beside the packaged tables.
_OF_A_TEXT = SHARED / "text"

# What of a shared list gives way to an entry of the same name in the file that includes it.
_NAMES = {
    "care": ("action", "what"),
    "tests": ("what",),
    "notices": ("text",),
    "prohibited": ("country", "text"),
    "spacing": ("other",),
    "alternatives": ("id",),
}
_OF_A_PROTOCOL = Protocol.model_fields.keys() - SharedTables.model_fields.keys()


T = TypeVar("T", Protocol, SharedTables)


class _File(NamedTuple):
    """A file and what it includes; equal bytes at the same place are read once."""

    source: str
    data: bytes
    included: tuple["_File", ...] = ()


def read_rule_file(path: Path) -> Protocol | SharedTables:
    """Read a rule file, or a file of shared tables.

    Raises:
        UnreadableFileError: When it, or what it includes, cannot be read as a TOML file.
        InputError: With every fault of its content.
    """
    return _read(_File(str(path), read_source(path, MAX_BYTES)), path)


class RuleNames(NamedTuple):
    """What a rule file calls itself, and what it names beside itself.

    Args:
        source: The file.
        id: Its own id; None where it has none that can be read.
        variant_of: The protocol of which it is another schedule.
        others: Of each distance the treatment it is kept to; None where it cannot be read.
    """

    source: str
    id: str | None
    variant_of: str | None
    others: tuple[str | None, ...]

    @classmethod
    def by(cls, protocol: Protocol, path: Path) -> "RuleNames":
        """Return what a protocol names that was read from a file."""
        others = tuple(rule.other for rule in protocol.spacing)
        return cls(str(path), protocol.id, protocol.variant_of, others)


def named_in(path: Path) -> list[RuleNames]:
    """Return what a faulty file names, so that this is looked up too; none where it is no TOML."""
    try:
        tables = _tables(_File(str(path), read_source(path, MAX_BYTES)))
    except InputError:
        return []
    spacing = _listed(tables.get("spacing"))
    others = tuple(_name(it.get("other")) if isinstance(it, dict) else None for it in spacing)
    return [RuleNames(str(path), _name(tables.get("id")), _name(tables.get("variant_of")), others)]


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and ID.fullmatch(value) else None


def parse_rule_text(text: str, source: str) -> Protocol | SharedTables:
    """Read the text of a rule file; of shared tables it can include the packaged ones.

    Raises:
        UnreadableFileError: When it is no TOML.
        InputError: With every fault of its content.
    """
    return _read(_File(source, text.encode()), _OF_A_TEXT)


def _read(alone: _File, path: Path) -> Protocol | SharedTables:
    """Read a file that stands at a path."""
    faults: list[Fault] = []
    file = _with_included(alone, path, [], faults)
    try:
        made = _shared(file) if _is_shared(_tables(file)) else _protocol(file)
    except InputError as error:
        # What has not been included is missed elsewhere too.
        faults += [it for it in error.faults if not faults or it.code != "unknown_source"]
    if faults:
        raise InputError(faults)
    return made


def shared_names() -> list[str]:
    """Return the names of the packaged shared tables, sorted."""
    return sorted(path.stem for path in SHARED.glob("*.toml"))


def _is_shared(tables: Mapping[str, Any]) -> bool:
    return bool(tables.keys() & SharedTables.model_fields.keys()) and not (
        tables.keys() & _OF_A_PROTOCOL
    )


def _with_included(file: _File, path: Path, within: Sequence[Path], faults: list[Fault]) -> _File:
    """Return a file that stands at a path with, depth first, what it includes."""
    included: list[_File] = []
    for name in _included(_tables(file)):
        try:
            found = _found(name, path)
            _check(found, [*within, path])
            alone = _File(str(found), read_source(found, MAX_BYTES))
            included.append(_with_included(alone, found, [*within, path], faults))
        except InputError as error:
            faults += error.at(file.source, "include").faults
    return file._replace(included=tuple(included))


def _included(tables: Mapping[str, Any]) -> list[str]:
    """Return the names of what is included; none where one of them is no name."""
    names = [*_listed(tables.get("include"))]
    return names if all(isinstance(name, str) and ID.fullmatch(name) for name in names) else []


def _listed(value: object) -> tuple[Any, ...]:
    listed = one_or_many(value)
    assert isinstance(listed, tuple), "one, or many"
    return listed


def _found(name: str, path: Path) -> Path:
    """Return the file of a name: the one beside, else the packaged one."""
    for folder in (path.parent, SHARED):
        if (found := folder / f"{name}.toml").is_file():
            return found
    known = [*shared_names(), *sorted(file.stem for file in path.parent.glob("*.toml"))]
    raise UnknownNameError("include", name, known)


def _check(found: Path, within: Sequence[Path]) -> None:
    if any(found.samefile(path) for path in within if path.exists()):
        names = " includes ".join(path.stem for path in [*within, found])
        raise InputError.of(
            "include_cycle",
            f"{names}: this has no end.",
            field="include",
            value=found.stem,
            remedy="Leave one of them out.",
        )


def _tables(file: _File) -> dict[str, Any]:
    return _parsed(file.source, file.data)


@lru_cache(maxsize=128)
def _parsed(source: str, data: bytes) -> dict[str, Any]:
    return parse_toml(decode(data, source), source)


@lru_cache(maxsize=128)
def _protocol(file: _File) -> Protocol:
    return _made(Protocol, file)


@lru_cache(maxsize=128)
def _shared(file: _File) -> SharedTables:
    if not _is_shared(_tables(file)):
        raise InputError.of(
            "no_shared_tables",
            "These are no tables that can be shared.",
            source=file.source,
            remedy="Take out what makes a protocol of them: id, name, sessions and phases.",
        )
    return _made(SharedTables, file)


def _made(kind: type[T], file: _File) -> T:
    tables = _tables(file)
    shared = [_shared(other) for other in file.included]
    try:
        return kind.read(_merged(tables, shared, whole=kind is SharedTables))
    except InputError as error:
        raise error.at(file.source) from None


def _merged(
    own: Mapping[str, Any], shared: Sequence[SharedTables], *, whole: bool
) -> dict[str, Any]:
    """Return the tables of a file with those that it includes.

    Args:
        own: What the file says itself, not checked yet.
        shared: What it includes, the nearer first.
        whole: Whether sources stay that nothing rests on.
    """
    tables = dict(own)
    if _included(own):
        del tables["include"]
    for name, keys in _NAMES.items():
        tables |= _list_of(name, keys, own.get(name, []), shared)
    tables |= _results_of(own, shared) | _facts_of(own.get("facts", {}), shared)
    listed = own.get("sources", [])
    if isinstance(listed, list):
        cited = list(_cited(tables))
        found = [it for it in _sources_of(shared) if whole or it.key in cited]
        tables |= {"sources": [*listed, *found]} if found else {}
    return tables


def _list_of(
    name: str, keys: Sequence[str], own: Any, shared: Sequence[SharedTables]
) -> dict[str, Any]:
    """Return a list with what is included of it; one that is none is left as it is."""
    if not isinstance(own, list):
        return {}
    said = [[entry.get(key) for key in keys] for entry in own if isinstance(entry, dict)]
    listed = list(own)
    for entry in (entry for tables in shared for entry in getattr(tables, name)):
        called = [getattr(entry, key) for key in keys]
        if called not in said:
            said.append(called)
            listed.append(entry)
    return {name: listed} if listed else {}


def _results_of(own: Mapping[str, Any], shared: Sequence[SharedTables]) -> dict[str, Any]:
    found = [tables.results for tables in shared if tables.results]
    return {"results": found[0]} if found and "results" not in own else {}


def _facts_of(own: Any, shared: Sequence[SharedTables]) -> dict[str, Any]:
    """Return the facts, each of them from the nearest that states it."""
    found = [tables.facts for tables in shared if tables.facts]
    if not found or not isinstance(own, dict):
        return {}
    facts: dict[str, Any] = {}
    for table in reversed(found):
        facts |= table.entries() | ({"assumption": table.assumption} if table.assumption else {})
    sources = [*_listed(own.get("sources")), *(key for table in found for key in table.sources)]
    unlike = [key for place, key in enumerate(sources) if key not in sources[:place]]
    return {"facts": {**facts, **own, "sources": unlike}}


def _sources_of(shared: Sequence[SharedTables]) -> Iterator[Source]:
    yield from dict.fromkeys(source for tables in shared for source in tables.sources)


def _cited(tables: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the keys of the sources that any table names."""
    for value in tables.values():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, Sourced):
                yield from entry.sources
            elif isinstance(entry, dict):
                yield from _listed(entry.get("sources"))

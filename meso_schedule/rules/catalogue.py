"""Find protocols: the packaged ones, and those of a clinic's own files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from meso_schedule.base.errors import Fault, InputError, UnknownNameError, key_path
from meso_schedule.base.source_files import is_folder
from meso_schedule.rules.includes import RuleNames, named_in, parse_rule_text, read_rule_file
from meso_schedule.rules.known_treatments import by_name, plain, treatment_names
from meso_schedule.rules.protocol import Protocol, SharedTables

PACKAGED = Path(__file__).parent / "packaged"


def read_protocol(path: str | Path) -> Protocol:
    """Read one rule file, with the shared tables that it includes.

    Raises:
        UnreadableFileError: When it cannot be read as a TOML file.
        InputError: With every fault of its content.
    """
    return _alone(read_rule_file(Path(path)), str(path))


def parse_protocol(text: str, source: str = "rules") -> Protocol:
    """Read the text of a rule file, which can include the packaged tables that are shared.

    Args:
        text: The TOML.
        source: What faults are said to be in.

    Raises:
        UnreadableFileError: When it is no TOML.
        InputError: With every fault of its content.
    """
    return _alone(parse_rule_text(text, source), source)


def _alone(made: Protocol | SharedTables, source: str) -> Protocol:
    if isinstance(made, Protocol):
        return made
    raise InputError.of(
        "no_protocol",
        "It holds tables to be shared, and no protocol.",
        source=source,
        remedy="Name a file that includes it.",
    )


def packaged_ids() -> list[str]:
    """Return the ids of the packaged protocols, sorted."""
    return sorted(path.stem for path in PACKAGED.glob("*.toml"))


def get_protocol(protocol_id: str, rules: Iterable[str | Path] = ()) -> Protocol:
    """Return the protocol of this id, from the given files first, else the packaged one.

    Args:
        protocol_id: The id, such as `facial-rejuvenation`.
        rules: Rule files, or folders of them.

    Raises:
        UnknownNameError: When there is none; the nearest ids are offered.
        InputError: When a given file is faulty or two of them share an id.
    """
    return catalogue(rules).named(protocol_id)


class Catalogue(Mapping[str, Protocol]):
    """Protocols by id, in the order of their ids; a packaged one is read when it is asked for.

    Args:
        given: The protocols of given files; each takes the place of a packaged one of its id.
    """

    def __init__(self, given: Mapping[str, Protocol]) -> None:
        self.given = given
        self._read = dict(given)
        self._ids = sorted({*packaged_ids(), *given})

    def named(self, protocol_id: str) -> Protocol:
        """Return the protocol of an id.

        Raises:
            UnknownNameError: When there is none; the nearest ids are offered.
        """
        if protocol_id not in self._ids:
            several = re.split(r"\s*[+&,;]\s*", protocol_id)
            is_known = set(several).issubset(self._ids)
            remedy = f"Name each for itself: {' '.join(several)}." if is_known else ""
            raise UnknownNameError("protocol", protocol_id, self._ids, remedy=remedy)
        return self[protocol_id]

    def variants(self, protocol: Protocol) -> list[Protocol]:
        """Return the published schedules of a protocol's treatment, that of its own name first.

        Of the packaged files those are read that are tied to it.
        """
        first = protocol.variant_of or protocol.id
        tied = f'variant_of = "{first}"'
        names = [
            name
            for name in self._ids
            if name == first
            or name in self.given
            or tied in _packaged_path(name).read_text("utf-8")
        ]
        found = [self[name] for name in names if first in (name, self[name].variant_of)]
        return sorted(found, key=lambda it: (it.id != first, it.id))

    def __getitem__(self, protocol_id: str) -> Protocol:
        if protocol_id not in self._read and protocol_id in self._ids:
            self._read[protocol_id] = _packaged(protocol_id)
        return self._read[protocol_id]

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def catalogue(rules: Iterable[str | Path] = ()) -> Catalogue:
    """Return every protocol by id: the packaged ones and those of the given files.

    Given files are read at once, a packaged one when it is asked for.

    Args:
        rules: Rule files, or folders of them; they add protocols or replace packaged ones.

    Raises:
        InputError: When a given file is faulty or two of them share an id.
    """
    return Catalogue(_given(rules))


def _packaged(name: str) -> Protocol:
    return read_protocol(_packaged_path(name))


def _packaged_path(name: str) -> Path:
    return PACKAGED / f"{name}.toml"


def _given(rules: Iterable[str | Path]) -> dict[str, Protocol]:
    found: dict[str, Protocol] = {}
    origin: dict[str, Path] = {}
    named: list[RuleNames] = []
    faults: list[Fault] = []
    packaged = packaged_ids()
    for path in rule_files(rules):
        try:
            protocol = read_rule_file(path)
        except InputError as error:
            faults += error.faults
            named += named_in(path)
            continue
        if isinstance(protocol, SharedTables):
            continue
        named.append(RuleNames.by(protocol, path))
        if protocol.id in found:
            faults.append(
                Fault(
                    "duplicate_id",
                    f"{origin[protocol.id]} has the same id.",
                    str(path),
                    "id",
                    protocol.id,
                    "Give each protocol an id of its own.",
                )
            )
        if protocol.id in packaged:
            protocol = protocol.in_place_of_packaged()
        found[protocol.id], origin[protocol.id] = protocol, path
    faults += name_faults(named)
    if faults:
        raise InputError(faults)
    return found


def name_faults(given: Sequence[RuleNames]) -> Iterator[Fault]:
    """Find names of treatments that are no family and no known protocol.

    Args:
        given: What rule files name; their protocols are known beside the packaged ones.
    """
    if not given:
        return
    own = {it.id: it.variant_of for it in given if it.id}
    known = [*packaged_ids(), *own]
    treatments = [*treatment_names(), *known]
    for it in given:
        for number, other in enumerate(it.others):
            if other and other not in treatments:
                error = UnknownNameError("treatment", other, treatments)
                place = key_path(["spacing", number, "other"])
                yield replace(error.faults[0], source=it.source, field=place)
        name = it.variant_of
        if name is None or name == it.id:  # that it names itself is told where it is read
            continue
        if name not in known:
            error = UnknownNameError("protocol", name, known, "variant_of")
            yield replace(error.faults[0], source=it.source)
        elif first := own[name] if name in own else _packaged(name).variant_of:
            problem = f"{name} is itself a variant, of {first}."
            remedy = f"Write {first}."
            yield Fault("variant_of_variant", problem, it.source, "variant_of", name, remedy)


def rule_files(rules: Iterable[str | Path]) -> Iterator[Path]:
    """Yield rule files, those of a folder by name.

    Raises:
        InputError: For a folder that holds none.
    """
    for path in dict.fromkeys(map(Path, rules)):
        if not is_folder(path):
            yield path
            continue
        files = sorted(path.glob("*.toml"))
        if not files:
            raise InputError.of(
                "no_rule_files",
                "The folder holds no .toml file.",
                source=str(path),
                remedy="Name a folder of rule files.",
            )
        yield from files


def matches(protocol: Protocol, text: str) -> bool:
    """Tell whether a protocol treats what the text says, forgiving case and accents.

    Every word of the text must begin a word of one area or indication, of the name or of the id,
    or of a trade name of what it gives.
    """
    wanted = plain(text).split()
    names = (protocol.name, protocol.id, *protocol.areas, *protocol.indications)
    told = (*map(plain, names), *_trade_names(protocol))
    return bool(wanted) and any(_holds(name, wanted) for name in told)


def _trade_names(protocol: Protocol) -> Iterator[str]:
    for name, (treatment, _) in by_name().items():
        of_family = not treatment.protocols and treatment.family == protocol.family
        if protocol.id in treatment.protocols or of_family:
            yield name


def _holds(name: str, wanted: Sequence[str]) -> bool:
    words = name.split()
    return all(any(word.startswith(part) for word in words) for part in wanted)

"""Finding protocols: packaged ones, a clinic's own files and folders, and what they treat."""

import json
import os
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import catalogue, get_protocol, read_protocol
from meso_schedule.base.errors import InputError, UnknownNameError, UnreadableFileError
from meso_schedule.rules.catalogue import matches, packaged_ids
from meso_schedule.rules.includes import _parsed
from tests.support.samples import ASSUMED, codes_and_fields, faults_of, protocol, rule_table


def write(path: Path, **changes: Any) -> Path:
    """Write a rule file; JSON's texts, lists and inline tables are nearly TOML's."""
    lines = [f"{key} = {toml(value)}" for key, value in rule_table(**changes).items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def test_a_rule_file(tmp_path: Path) -> None:
    path = write(tmp_path / "own.toml")
    assert read_protocol(path) == protocol()
    assert read_protocol(str(path)) == protocol()
    assert not read_protocol(path).replaces_packaged


def test_spacing_beside_a_treatment_that_nobody_knows(tmp_path: Path) -> None:
    rule = {"minimum": "2 weeks", **ASSUMED}
    spacing = [{"other": name, **rule} for name in ("botox", "toxin", "mesobotox", "other")]
    others = write(tmp_path / "other.toml", id="other")
    path = write(tmp_path / "own.toml", id="own", spacing=spacing)
    with pytest.raises(InputError) as caught:
        catalogue([path, others])
    (fault,) = caught.value.faults
    assert (fault.code, fault.value, fault.field) == (
        "unknown_treatment",
        "botox",
        "spacing[1].other",
    )
    assert fault.source == str(path)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("own", None),
        ("general", None),
        ("nothing", "unknown_protocol"),
        ("third", "variant_of_variant"),
    ],
)
def test_a_variant_names_a_protocol_that_is_none(
    tmp_path: Path, name: str, code: str | None
) -> None:
    own = write(tmp_path / "own.toml", id="own")
    third = write(tmp_path / "third.toml", id="third", variant_of="own")
    path = write(tmp_path / "other.toml", id="other", variant_of=name)
    faults = faults_of(lambda: catalogue([path, own, third]))
    told = {(code, "variant_of", name, str(path))} if code else set()
    assert {(it.code, it.field, it.value, it.source) for it in faults} == told


def test_what_a_faulty_file_names_is_told_with_its_other_faults(tmp_path: Path) -> None:
    rule = {"minimum": "2 weeks", **ASSUMED}
    spacing = [{"other": other, **rule} for other in ("botox", 7)]
    path = write(tmp_path / "own.toml", id="own", version=2, variant_of="none", spacing=spacing)
    listed = write(tmp_path / "listed.toml", id="listed", spacing=["toxin"], variant_of="own")
    broken = tmp_path / "broken.toml"
    broken.write_text("id = ")
    faults = faults_of(lambda: catalogue([path, listed, broken]))
    assert {(it.field, Path(str(it.source)).stem) for it in faults} == {
        *((field, "own") for field in ("version", "variant_of", "spacing[1].other")),
        *(("spacing[2].other", "own"), ("spacing[1]", "listed"), ("variant_of", "listed")),
        (None, "broken"),
    }


def test_the_published_schedules_of_one_treatment(tmp_path: Path) -> None:
    tied = {"b": "own", "a": "own", "own": None, "c": "hair-prp", "d": None}
    known = catalogue(
        write(tmp_path / f"{name}.toml", id=name, **({"variant_of": of} if of else {}))
        for name, of in tied.items()
    )
    for asked in ("b", "a", "own"):
        assert [it.id for it in known.variants(known[asked])] == ["own", "a", "b"]
    assert [it.id for it in known.variants(known["d"])] == ["d"]
    with_own = [it.id for it in known.variants(known["c"])]
    assert with_own == [
        "hair-prp",
        "c",
        "hair-prp-clinic",
        "hair-prp-fortnightly",
        "hair-prp-negative",
    ]


def test_no_packaged_variant_is_left_out() -> None:
    known = catalogue()
    for asked in known.values():
        first = asked.variant_of or asked.id
        tied = {it.id for it in known.values() if first in (it.id, it.variant_of)}
        assert {it.id for it in known.variants(asked)} == tied


def test_faults_name_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "own.toml", version=1, areas=[])
    with pytest.raises(InputError) as caught:
        read_protocol(path)
    assert {fault.source for fault in caught.value.faults} == {str(path)}
    assert codes_and_fields(caught.value.faults) == {
        ("bad_text", "version"),
        ("missing_key", "areas"),
    }


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_protocol(tmp_path)
    assert caught.value.faults[0].code == "is_folder"


def test_a_packaged_protocol() -> None:
    assert get_protocol("general").id == "general"
    assert not get_protocol("general").replaces_packaged


def test_a_packaged_protocol_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = tomllib.loads

    def parsing(text: str) -> dict[str, Any]:
        read.append(text)
        return parse(text)

    monkeypatch.setattr(tomllib, "loads", parsing)
    _parsed.cache_clear()
    every = catalogue()
    assert (list(every), len(every), read) == (packaged_ids(), len(packaged_ids()), [])
    assert every["cellulite"] is every["cellulite"]
    protocol, *included = read
    assert 'id = "cellulite"' in protocol
    assert len(set(read)) == len(read), "each file once"
    assert not any("[[phases]]" in text for text in included)
    assert "nothing" not in every
    with pytest.raises(KeyError):
        every["nothing"]


def test_given_files_add_and_replace(tmp_path: Path) -> None:
    added = write(tmp_path / "one.toml", id="house-mix")
    replaced = write(tmp_path / "two.toml", id="general", name="Our own")
    every = catalogue([added, replaced])
    assert list(every) == sorted([*packaged_ids(), "house-mix"])
    assert every["general"].name == "Our own"
    assert every["general"].replaces_packaged
    assert not every["house-mix"].replaces_packaged
    assert not every["cellulite"].replaces_packaged
    assert get_protocol("general", [replaced]).replaces_packaged
    assert get_protocol("house-mix", [added]).name == "House mix"
    assert get_protocol("cellulite", [added]).id == "cellulite"


def test_a_folder_gives_its_rule_files(tmp_path: Path) -> None:
    write(tmp_path / "one.toml", id="one")
    write(tmp_path / "two.toml", id="two")
    (tmp_path / "notes.txt").write_text("no rule file", encoding="utf-8")
    single = write(tmp_path / "three.rules", id="three")
    found = catalogue([str(tmp_path), single])
    assert set(found) - set(packaged_ids()) == {"one", "two", "three"}


def test_a_folder_without_rule_files(tmp_path: Path) -> None:
    (fault,) = faults_of(lambda: catalogue([tmp_path]))
    assert (fault.code, fault.source) == ("no_rule_files", str(tmp_path))


def test_an_id_given_twice(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one.toml"), write(tmp_path / "two.toml")
    (fault,) = faults_of(lambda: get_protocol("general", [one, two]))
    assert (fault.code, fault.field, fault.value) == ("duplicate_id", "id", "house-mix")
    assert (fault.source, fault.message) == (str(two), f"{one} has the same id.")


def test_faults_of_all_given_files_come_at_once(tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.toml", version=1)
    one, two = write(tmp_path / "one.toml"), write(tmp_path / "two.toml")
    missing = tmp_path / "none.toml"
    faults = faults_of(lambda: catalogue([broken, one, missing, two]))
    assert [(fault.code, fault.source) for fault in faults] == [
        ("bad_text", str(broken)),
        ("missing_file", str(missing)),
        ("duplicate_id", str(two)),
    ]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("facial-rejuvination", "Did you mean facial-rejuvenation"),
        ("Cellulite", "Did you mean cellulite"),
        ("mesobotox+cellulite", "Name each for itself: mesobotox cellulite."),
        ("mesobotox, cellulite", "Name each for itself: mesobotox cellulite."),
        ("mesobotox+celulite", "Did you mean mesobotox"),
        ("xyz", "Known: acne-scars-ha, "),
    ],
)
def test_an_unknown_protocol(name: str, remedy: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        get_protocol(name)
    (fault,) = caught.value.faults
    assert (fault.code, fault.value) == ("unknown_protocol", name)
    assert fault.remedy is not None
    assert fault.remedy.startswith(remedy)


def test_own_protocols_are_offered_too(tmp_path: Path) -> None:
    path = write(tmp_path / "own.toml", id="house-mix")
    with pytest.raises(UnknownNameError) as caught:
        get_protocol("hose-mix", [path])
    assert caught.value.faults[0].remedy == "Did you mean house-mix or exosome-hair?"


@pytest.mark.parametrize("name", ["../general", "general.toml", "", "GENERAL", "protocols/general"])
def test_an_id_is_no_path(name: str) -> None:
    with pytest.raises(UnknownNameError):
        get_protocol(name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hair loss", True),
        ("HAIR LOSS", True),
        ("  hair   loss ", True),
        ("loss hair", True),
        ("hair", True),
        ("hai", True),
        ("décolleté", True),
        ("DÉCOLLETÉ", True),
        ("decollete\u0301", True),
        ("de\u0301colletage", False),
        ("orange peel", True),
        ("orange-peel", True),
        ("house mix", True),
        ("house-mix", True),
        ("straße", True),
        ("STRASSE", True),
        ("air loss", False),
        ("hair neck", False),
        ("hair gain", False),
        ("", False),
        (" - ", False),
    ],
)
def test_what_a_protocol_treats(text: str, found: bool) -> None:
    own = protocol(
        areas=["scalp", "Décolleté"], indications=["Hair loss", "orange-peel skin", "Straße"]
    )
    assert matches(own, text) is found


def test_a_file_is_read_anew_when_its_bytes_change(tmp_path: Path) -> None:
    path = write(tmp_path / "own.toml", version="1")
    stamp = path.stat()
    first = read_protocol(path)
    assert read_protocol(path) is first
    write(path, version="2")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size
    assert (first.version, read_protocol(path).version) == ("1", "2")
    assert read_protocol(path).digest != first.digest


def test_what_a_file_stands_for_is_not_kept_with_it(tmp_path: Path) -> None:
    path = write(tmp_path / "own.toml", id="general")
    alone = read_protocol(path)
    assert catalogue([path])["general"].replaces_packaged
    assert not read_protocol(path).replaces_packaged
    assert not alone.replaces_packaged
    with pytest.raises(TypeError, match="frozen"):
        alone.citations["key"] = "text"  # type: ignore[index]


def test_a_faulty_file_is_refused_each_time_by_its_own_name(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml", "one.toml"):
        path = write(tmp_path / name, version=1)
        (fault,) = faults_of(partial(read_protocol, path))
        assert fault.source == str(path)

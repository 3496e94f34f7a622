"""Shared tables: what a rule file includes is read with it, as if it stood there."""

from itertools import pairwise
from pathlib import Path

import pytest

from meso_schedule import Protocol, catalogue, parse_protocol, read_protocol
from meso_schedule.base.errors import Fault
from meso_schedule.rules.includes import read_rule_file
from meso_schedule.rules.protocol import SharedTables
from tests.support.samples import codes_and_fields, faults_of, protocol

RULES = """\
id = "house-mix"
name = "House mix"
family = "mesotherapy"
areas = ["face"]
version = "1"
{top}
[sessions]
minimum = 1
usual = 3
maximum = 12
minutes = 45
assumption = "Assumed for the test."
[[phases]]
name = "weekly"
minimum = "7 days"
maximum = "10 days"
assumption = "Assumed for the test."
{tables}
[[sources]]
key = "study"
title = "Study of the test"
grade = "high"
"""
SHOWERS = """\
[[care]]
action = "avoid"
what = "Hot showers"
starts = "0 hours"
ends = "{hours} hours"
sources = ["page"]
"""
PAGE = '[[sources]]\nkey = "page"\ntitle = "{title}"\ngrade = "low"\n'
SPACED = '[[spacing]]\nother = "{other}"\nminimum = "2 weeks"\nsources = ["page"]\n'


def rules(folder: Path, include: str = '["care"]', tables: str = "") -> Path:
    """Write a rule file that includes something."""
    path = folder / "own.toml"
    path.write_text(RULES.format(top=f"include = {include}", tables=tables), "utf-8")
    return path


def shared(folder: Path, name: str = "care", text: str = "", *, title: str = "A page") -> Path:
    """Write shared tables, with the one source that they rest on."""
    path = folder / f"{name}.toml"
    path.write_text(text + PAGE.format(title=title), "utf-8")
    return path


def test_what_is_included_reads_as_if_it_stood_in_the_file(tmp_path: Path) -> None:
    shared(tmp_path, text=SHOWERS.format(hours=8))
    whole = tmp_path / "whole.toml"
    tables = SHOWERS.format(hours=8)
    whole.write_text(RULES.format(top="", tables=tables) + PAGE.format(title="A page"), "utf-8")
    made = read_protocol(rules(tmp_path))
    assert made == read_protocol(whole)
    assert made.digest == read_protocol(whole).digest
    assert made.include == ()


def test_the_digest_covers_what_is_included(tmp_path: Path) -> None:
    shared(tmp_path, text=SHOWERS.format(hours=8))
    before = read_protocol(rules(tmp_path)).digest
    shared(tmp_path, text=SHOWERS.format(hours=12))
    assert read_protocol(rules(tmp_path)).digest != before


def test_a_file_that_includes_nothing_is_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(RULES.format(top="", tables=""), "utf-8")
    assert read_protocol(path) == protocol(spacing=None)


def test_what_the_file_says_itself_stands_before_what_it_includes(tmp_path: Path) -> None:
    shared(
        tmp_path,
        text=SHOWERS.format(hours=8) + SPACED.format(other="peel") + SPACED.format(other="toxin"),
    )
    own = SHOWERS.format(hours=12).replace("page", "study") + (
        '[[spacing]]\nother = "toxin"\nminimum = "3 weeks"\nsources = ["study"]\n'
    )
    made = read_protocol(rules(tmp_path, tables=own))
    assert [str(care.ends) for care in made.care] == ["12 hours"]
    assert [(rule.other, str(rule.minimum)) for rule in made.spacing] == [
        ("toxin", "3 weeks"),
        ("peel", "2 weeks"),
    ]


def test_facts_come_from_the_nearest_that_states_them(tmp_path: Path) -> None:
    facts = '[facts]\ndepth_mm = "{depth}"\n{more}\nsources = ["page"]\nassumption = "as a whole"\n'
    page = PAGE.format(title="A page")
    (tmp_path / "far.toml").write_text(facts.format(depth="9", more='dose = "one"') + page)
    (tmp_path / "near.toml").write_text(facts.format(depth="1-4", more='gun = "no"') + page)
    tables = '[facts]\ngun = "yes"\nsources = "study"\n'
    made = read_protocol(rules(tmp_path, '["near", "far"]', tables)).facts
    assert made is not None
    assert made.entries() == {"depth_mm": "1-4", "gun": "yes", "dose": "one"}
    assert (made.sources, made.assumption) == (("study", "page"), "as a whole")


def test_results_are_taken_whole(tmp_path: Path) -> None:
    shared(tmp_path, text='[results]\nsettle = "5 days"\nsources = ["page"]\n')
    included = read_protocol(rules(tmp_path)).results
    assert included is not None
    assert str(included.settle) == "5 days"
    own = '[results]\nlasts_maximum = "1 year"\nsources = ["study"]\n'
    results = read_protocol(rules(tmp_path, tables=own)).results
    assert results is not None
    assert (str(results.settle), results.sources) == ("3 days", ("study",))


def test_sources_that_nothing_rests_on_are_left_out(tmp_path: Path) -> None:
    other = PAGE.format(title="Another").replace("page", "other")
    shared(tmp_path, "sources", other)
    (tmp_path / "care.toml").write_text('include = "sources"\n' + SHOWERS.format(hours=8))
    keys = [source.key for source in read_protocol(rules(tmp_path)).sources]
    assert keys == ["study", "page"]
    assert [it.key for it in tables_of(tmp_path / "care.toml").sources] == ["other", "page"]


def tables_of(path: Path) -> SharedTables:
    made = read_rule_file(path)
    assert isinstance(made, SharedTables)
    return made


def test_the_packaged_tables_and_those_beside_the_file(tmp_path: Path) -> None:
    path = rules(tmp_path, '["screening"]')
    questions = [care for care in read_protocol(path).care if care.action == "ask"]
    assert len(questions) >= 11
    shared(tmp_path, "screening", SHOWERS.format(hours=8))
    assert [care.what for care in read_protocol(path).care] == ["Hot showers"]


def one_fault(path: Path) -> Fault:
    (fault,) = faults_of(lambda: read_protocol(path))
    return fault


def test_a_name_that_is_nothing(tmp_path: Path) -> None:
    path = rules(tmp_path, '["screenin"]', "[evidence]\nsources = ['nothing']\n")
    fault = one_fault(path)
    assert (fault.code, fault.source) == ("unknown_include", str(path))
    assert (fault.field, fault.value) == ("include", "screenin")
    assert fault.remedy == "Did you mean screening or needling?"


@pytest.mark.parametrize("include", ['["../care"]', "5", '["care", 5]', "[{}]", '"Care"'])
def test_what_is_no_name(tmp_path: Path, include: str) -> None:
    shared(tmp_path)
    fields = {
        field
        for _, field in codes_and_fields(faults_of(lambda: read_protocol(rules(tmp_path, include))))
    }
    assert fields <= {"include", "include[1]", "include[2]"}
    assert fields


@pytest.mark.parametrize("chain", [["own"], ["care", "care"], ["care", "more", "care"]])
def test_a_cycle(tmp_path: Path, chain: list[str]) -> None:
    path = rules(tmp_path, f'"{chain[0]}"')
    for name, other in pairwise(chain):
        (tmp_path / f"{name}.toml").write_text(f'include = "{other}"\n')
    fault = one_fault(path)
    assert (fault.code, fault.field, fault.value) == ("include_cycle", "include", chain[-1])
    assert fault.message == " includes ".join(["own", *chain]) + ": this has no end."


def test_a_protocol_cannot_be_included(tmp_path: Path) -> None:
    rules(tmp_path, "[]").rename(tmp_path / "care.toml")
    fault = one_fault(rules(tmp_path))
    assert (fault.code, fault.source) == ("no_shared_tables", str(tmp_path / "care.toml"))


def test_shared_tables_are_no_protocol(tmp_path: Path) -> None:
    path = shared(tmp_path, text=SHOWERS.format(hours=8))
    assert (one_fault(path).code, one_fault(path).source) == ("no_protocol", str(path))


def test_faults_of_shared_tables_name_their_file(tmp_path: Path) -> None:
    broken = shared(tmp_path, text=SHOWERS.format(hours="x") + SHOWERS.replace("page", "none"))
    faults = faults_of(lambda: read_protocol(rules(tmp_path)))
    assert {fault.source for fault in faults} == {str(broken)}
    assert ("bad_offset", "care[1].ends") in codes_and_fields(faults)
    missing = faults_of(lambda: read_protocol(rules(tmp_path, '["more"]')))
    assert codes_and_fields(missing) == {("unknown_include", "include")}


def test_a_text_may_include_the_packaged_tables(tmp_path: Path) -> None:
    text = rules(tmp_path, '["fat"]').read_text("utf-8")
    assert parse_protocol(text) == read_protocol(tmp_path / "own.toml")
    assert [rule.country for rule in parse_protocol(text, "fat.toml").prohibited] == ["FR"]


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (RULES.format(top='include = ["fta"]', tables=""), "unknown_include", "include"),
        (RULES.format(top="", tables=SHOWERS.format(hours=8)), "unknown_source", "care[1].sources"),
        (SHOWERS.format(hours=8) + PAGE.format(title="A page"), "no_protocol", None),
        ("id =", "bad_toml", None),
    ],
)
def test_faults_of_a_text_name_its_source(text: str, code: str, field: str | None) -> None:
    (fault,) = faults_of(lambda: parse_protocol(text, "desk/own.toml"))
    assert (fault.code, fault.source, fault.field) == (code, "desk/own.toml", field)


def test_a_text_includes_nothing_beside_a_file_of_its_name(tmp_path: Path) -> None:
    shared(tmp_path, text=SHOWERS.format(hours=8))
    text = rules(tmp_path).read_text("utf-8")
    (fault,) = faults_of(lambda: parse_protocol(text, str(tmp_path / "own.toml")))
    assert (fault.code, fault.value) == ("unknown_include", "care")


def test_one_key_for_two_sources(tmp_path: Path) -> None:
    shared(tmp_path, "one", SHOWERS.format(hours=8))
    shared(tmp_path, "two", SPACED.format(other="peel"))
    both = rules(tmp_path, '["one", "two"]')
    assert len(read_protocol(both).sources) == 2
    shared(tmp_path, "two", SPACED.format(other="peel"), title="Another page")
    assert (one_fault(both).code, one_fault(both).value) == ("duplicate_source", "page")


@pytest.mark.parametrize("name", ["care", "spacing", "facts", "sources"])
def test_a_list_that_is_none_is_told_once(tmp_path: Path, name: str) -> None:
    shared(tmp_path, text=SHOWERS.format(hours=8) + SPACED.format(other="peel"))
    shared(tmp_path, "facts", '[facts]\ndepth_mm = "1"\nsources = "page"\n')
    path = rules(tmp_path, '["care", "facts"]')
    text = path.read_text("utf-8")
    text = text[: text.index("[[sources]]")] if name == "sources" else text
    path.write_text(f"{name} = 5\n{text}", "utf-8")
    faults = faults_of(lambda: read_protocol(path))
    assert ("bad_type", name) in codes_and_fields(faults)


def test_a_folder_of_rules_may_hold_shared_tables(tmp_path: Path) -> None:
    shared(tmp_path, text=SHOWERS.format(hours=8))
    rules(tmp_path)
    assert [care.what for care in catalogue([tmp_path])["house-mix"].care] == ["Hot showers"]
    shared(tmp_path, "unused", SHOWERS.format(hours="x"))
    (fault,) = faults_of(lambda: catalogue([tmp_path]))
    assert fault.source == str(tmp_path / "unused.toml")


def test_only_a_file_can_include() -> None:
    data = protocol().model_dump(mode="json", exclude_none=True) | {"include": ["care"]}
    (fault,) = faults_of(lambda: Protocol.read(data))
    assert (fault.code, fault.field, fault.value) == ("not_included", "include", "care")

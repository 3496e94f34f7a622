"""The floors of pyproject.toml and what the job of the floors installs are the same."""

import re
import tomllib
from importlib.metadata import requires, version

import pytest

from tests.support.floors import PROJECT, floors

ROOT = PROJECT.parent
DEPENDENCIES = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]


def test_each_dependency_has_a_floor_that_is_installed() -> None:
    named = {re.split(r"[>=;\[ ]", it)[0] for it in DEPENDENCIES}
    pinned = {it.partition("==")[0] for it in floors()}
    assert named - pinned == {"tzdata"}
    assert "psycopg[binary]" in {it.partition("==")[0] for it in floors("postgres")}


def test_floors_that_were_found_too_low_stay_raised() -> None:
    pinned = dict(it.split("==") for it in floors("postgres"))
    assert pinned["typst"] == "0.15"
    assert pinned["icalendar"] == "7"
    # holidays asks for 2.9.0.post0; psycopg 3.2 has no binary.
    assert pinned["python-dateutil"] == "2.9.0.post0"
    # 2.16 writes "Tuesday 1 December" without its comma.
    assert pinned["babel"] == "2.17"
    assert pinned["psycopg[binary]"] == "3.2.2"


@pytest.mark.parametrize("name", [".ci/run", ".github/workflows/ci.yml"])
def test_the_jobs_install_the_floors_of_the_project(name: str) -> None:
    path = ROOT / name
    if not path.exists():
        pytest.skip("not part of what is distributed")
    assert "-m tests.support.floors postgres" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("line", floors())
def test_what_is_installed_is_not_below_a_floor(line: str) -> None:
    name, _, floor = line.partition("==")
    assert requires("meso_schedule") is not None

    def parts(text: str) -> list[int]:
        return [int(part) for part in re.findall(r"[0-9]+", text)][:3]

    assert parts(version(name)) >= parts(floor)

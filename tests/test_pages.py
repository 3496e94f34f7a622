"""The pages for those who change the package: every place they name exists."""

import re
from pathlib import Path

import pytest

from tests.support.samples import ROOT

PAGES = [ROOT / ".github" / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md")]
PLACE = re.compile(
    r"`((?:meso_schedule|tests|examples|\.github|\.ci)/[^`\s]*|[A-Za-z.]+\.(?:md|toml))`"
)
ROW = re.compile(r"^\| `(meso_schedule/[a-z_/]+)` \|.*\|(.*)\|$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_places(page: Path) -> None:
    named = set(PLACE.findall(page.read_text("utf-8")))
    assert len(named) > 5
    assert [place for place in sorted(named) if not (ROOT / place).exists()] == []


def test_the_way_into_each_room() -> None:
    rows = ROW.findall(PAGES[0].read_text("utf-8"))
    rooms = {path.parent for path in (ROOT / "meso_schedule").glob("*/__init__.py")}
    assert {ROOT / room for room, _ in rows} == rooms
    ways = [ROOT / room / name for room, last in rows for name in re.findall("`(.*?)`", last)]
    assert [way for way in ways if not way.exists()] == []


def test_each_room_says_what_lives_there() -> None:
    for path in sorted((ROOT / "meso_schedule").rglob("__init__.py")):
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) > 2, path


def test_the_root_holds_rooms_only() -> None:
    found = {path.name for path in (ROOT / "meso_schedule").glob("*.py")}
    assert found == {"__init__.py", "__main__.py", "_version.py"}


def test_no_module_and_no_class_has_the_name_of_another() -> None:
    paths = [p for p in sorted((ROOT / "meso_schedule").rglob("*.py")) if p.stem != "__init__"]
    modules = [path.stem for path in paths]
    classes = [
        name for path in paths for name in re.findall(r"(?m)^class (\w+)", path.read_text("utf-8"))
    ]
    for names in (modules, classes):
        assert [name for name in sorted(set(names)) if names.count(name) > 1] == []

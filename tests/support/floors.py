"""The least versions that pyproject.toml names, to install: `python -m tests.support.floors`."""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
_FLOOR = re.compile(r"([A-Za-z0-9._-]+(?:\[[a-z]+\])?)>=([0-9][A-Za-z0-9.]*)(?: *;.*)?")


def floors(*extras: str) -> list[str]:
    """Return every direct dependency at its floor, those of some extras too.

    One without a floor is data that grows by the year, such as tzdata, and has none.
    """
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return [f"{found[1]}=={found[2]}" for it in wanted if (found := _FLOOR.fullmatch(it))]


if __name__ == "__main__":
    print("\n".join(floors(*sys.argv[1:])))

"""Every figure of the packaged files against a table typed from their sources.

The files are read as TOML and by nothing of the package. A figure that ends in a question mark is
in no source: the table of the file that holds it has to say so.
"""

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.support.samples import CONFORMANCE, PACKAGE

RULES = PACKAGE / "rules" / "packaged"
GRADES = ("high", "moderate", "low")

Table = dict[str, Any]


def rows(name: str) -> list[dict[str, str]]:
    with (CONFORMANCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def tables(name: str) -> Table:
    return tomllib.loads((RULES / f"{name}.toml").read_text("utf-8"))


def included(name: str) -> Iterator[Table]:
    """Yield a file and what it includes, the nearer first."""
    yield tables(name)
    for other in tables(name).get("include", []):
        yield from included(f"shared/{other}")


def listed(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " and ".join(value)


def gap(table: Table) -> str:
    """Write an interval as the table of figures does."""
    bounds = [table["minimum"], table.get("recommended", table["minimum"]), table["maximum"]]
    bounds += [table["lapse"]] if "lapse" in table else []
    grace = f" ~ {table['grace']}" if "grace" in table else ""
    return " / ".join(map(listed, bounds)) + grace


def phase(table: Table) -> str:
    title = " ".join(str(table[key]) for key in ("name", "sessions") if key in table)
    return f"{title}: {gap(table)}"


def results(name: str) -> str:
    own = next(it["results"] for it in included(name) if "results" in it)
    least, most = own.get("lasts_minimum"), own.get("lasts_maximum")
    lasts = f"{least} to {most}" if least else f"to {most}" if most else "-"
    return f"{own['settle']}, {own.get('assess', '-')}, {lasts}"


def grade(name: str) -> str:
    """Return how well the schedule is supported: each phase by its best source, the worst."""
    known = {it["key"]: it["grade"] for part in included(name) for it in part.get("sources", [])}
    best = [min(GRADES.index(known[key]) for key in it["sources"]) for it in phases(name)]
    return GRADES[max(best)]


def phases(name: str) -> list[Table]:
    found: list[Table] = tables(name)["phases"]
    return found


def figures(name: str) -> dict[str, str]:
    """Return what a packaged file says, written as the table of figures does."""
    file = tables(name)
    counts = file["sessions"]
    prices = file.get("prices", [])
    products = file.get("products", [])
    return {
        "sessions": f"{counts['minimum']}-{counts['usual']}-{counts.get('maximum', '')}",
        "gaps": " & ".join(map(phase, phases(name))),
        "top_up": gap(file["top_up"]) if "top_up" in file else "",
        "results": results(name),
        "prices": " & ".join(
            f"{it['currency']} {it['per']} {it['low']}-{it['high']}" for it in prices
        ),
        "products": " & ".join(f"{it['amount']} {it['unit']}" for it in products),
        "benefit": file["benefit"],
        "grade": grade(name),
    }


@pytest.mark.parametrize("row", rows("figures.csv"), ids=lambda row: row["protocol"])
def test_figures_of_the_sources(row: dict[str, str]) -> None:
    published = {key: row[key].replace("?", "") for key in figures(row["protocol"])}
    assert figures(row["protocol"]) == published, row["source"]


@pytest.mark.parametrize("row", rows("figures.csv"), ids=lambda row: row["protocol"])
def test_what_no_source_gives_is_an_assumption(row: dict[str, str]) -> None:
    file = tables(row["protocol"])
    own = [*zip(row["gaps"].split(" & "), phases(row["protocol"]), strict=True)]
    if row["top_up"]:
        own.append((row["top_up"], file["top_up"]))
    for said, table in own:
        is_assumed = "?" in said or "~" in said
        assert ("assumption" in table) >= is_assumed, said
        assert table["sources"], said
        assert table["early"] == "counts", "no source has a session repeated"


@pytest.mark.parametrize("row", rows("figures.csv"), ids=lambda row: row["protocol"])
def test_a_lapse_is_nobodys_figure(row: dict[str, str]) -> None:
    for table in phases(row["protocol"]):
        if "lapse" in table:
            assert table["lapse_action"] == "continue"
            assert f"{table['lapse']} as the lapse" in re.sub(r"\s+", " ", table["assumption"])


def test_no_packaged_file_is_left_out() -> None:
    assert sorted(row["protocol"] for row in rows("figures.csv")) == sorted(
        path.stem for path in RULES.glob("*.toml")
    )


def spacing(table: Table) -> dict[str, str]:
    return {
        "after_this": table.get("minimum", ""),
        "before_this": table.get("minimum_before", ""),
        "where": "area" if table.get("same_area", True) else "anywhere",
        "same_day": "yes" if table.get("same_day") else "no",
    }


def test_distances_of_the_sources() -> None:
    paths = sorted(RULES.rglob("*.toml"))
    files = [path.relative_to(RULES).with_suffix("").as_posix() for path in paths]
    found = {(name, it["other"]): it for name in files for it in tables(name).get("spacing", [])}
    typed = {(row["rules"], row["other"]): row for row in rows("spacing.csv")}
    assert found.keys() == typed.keys()
    for pair, row in typed.items():
        published = {key: row[key].replace("?", "") for key in spacing(found[pair])}
        assert spacing(found[pair]) == published, row["source"]
        if "?" in row["after_this"] + row["before_this"]:
            assert found[pair]["assumption"], row["source"]

"""What a country's law forbids, and the warnings of a country."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import AS_OF, CLINIC, Ran, Run, write
from tests.support.samples import PACKAGE

FORBIDDEN = ("cellulite", "fat-reduction", "deoxycholic-chin")


def clinic_in(country: str | None) -> tuple[str, str]:
    """Return the option that names a clinic of a country."""
    text = f'country = "{country}"\n{CLINIC}' if country else CLINIC
    return ("--clinic", write("clinic.toml", text))


def check_refused(done: Ran, name: str) -> None:
    assert done.code == 1
    error = done.json["error"]
    assert (error["code"], error["field"], error["value"]) == ("prohibited", "protocol", name)
    assert "Decree 2011-382 of 11 April 2011, article 1" in error["message"], "more-figures.md, D"
    assert "neither has nor includes [[prohibited]] for FR" in error["remedy"]
    assert "Decree 2011-382" in done.err


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_treatment_against_fat_is_refused_in_france(run: Run, name: str) -> None:
    french = clinic_in("FR")
    asked = (name, "--start", "2027-01-11", *AS_OF)
    check_refused(run("plan", *asked, *french, "--format", "json"), name)
    check_refused(run("courses", "open", *asked, *french, "--format", "json"), name)
    assert run("plan", *asked, *clinic_in("BE")).code == 0
    assert run("plan", *asked).code == 0


def test_the_country_of_the_holidays_counts_where_no_other_is_given(run: Run) -> None:
    french = CLINIC + '[holidays]\ncountry = "FR"\n'
    asked = ("plan", "cellulite", "--start", "2027-01-11", *AS_OF, "--format", "json")
    check_refused(run(*asked, "--clinic", write("clinic.toml", french)), "cellulite")
    moved = f'country = "BE"\n{french}'
    assert run(*asked, "--clinic", write("clinic.toml", moved)).code == 0


def test_one_of_several_is_enough(run: Run) -> None:
    words = ("plan", "mesobotox", "cellulite", "fat-reduction", "--start", "2027-01-11", *AS_OF)
    done = run(*words, *clinic_in("FR"), "--format", "json")
    assert done.code == 1
    assert [error["value"] for error in done.json["errors"]] == ["cellulite", "fat-reduction"]


def test_side_by_side_it_is_a_row_without_a_calendar(run: Run) -> None:
    words = ("compare", "cellulite", "general", "--start", "2027-01-11", *AS_OF, *clinic_in("FR"))
    done = run(*words, "--format", "json")
    assert done.code == 0
    refused, planned = done.json["rows"]
    assert "Decree 2011-382" in refused["problem"]
    assert planned["problem"] is None
    assert "décret n° 2011-382" in run(*words, "--language", "fr").out
    alone = ("compare", "cellulite", "--start", "2027-01-11", *AS_OF, *clinic_in("FR"))
    assert run(*alone).code == 1


def test_in_a_batch_it_is_the_answer_to_its_job(run: Run) -> None:
    jobs = [
        {"id": name, "protocol": name, "start": "2027-01-11"} for name in ("cellulite", "general")
    ]
    write("jobs.jsonl", "".join(f"{json.dumps(job)}\n" for job in jobs))
    done = run("plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", *AS_OF, *clinic_in("FR"))
    assert done.code == 0
    refused, planned = map(json.loads, Path("plans.jsonl").read_text().splitlines())
    assert refused["error"]["code"] == "prohibited"
    assert "plan" in planned


def test_a_rule_file_of_the_clinic_takes_its_place(run: Run) -> None:
    text = (PACKAGE / "rules" / "packaged" / "cellulite.toml").read_text("utf-8")
    own = text.replace('include = ["mesotherapy", "fat"]', 'include = ["mesotherapy"]')
    rules = ("--rules", write("own.toml", own))
    asked = ("plan", "cellulite", "--start", "2027-01-11", *AS_OF, *clinic_in("FR"))
    done = run(*asked, *rules, "--format", "json")
    assert done.code == 0
    assert {it["kind"] for it in done.json["findings"]} >= {"replaced_protocol"}


@pytest.mark.parametrize(
    ("country", "told", "untold"),
    [
        ("US", ["US FDA"], ["In France"]),
        ("FR", ["In France"], ["US FDA"]),
        ("GB", [], ["US FDA", "In France"]),
        (None, ["US FDA", "In France"], []),
    ],
)
def test_warnings_are_those_of_the_clinics_country(
    run: Run, country: str | None, told: list[str], untold: list[str]
) -> None:
    words = ("plan", "general", "--start", "2027-01-11", *AS_OF, *clinic_in(country))
    notices = " ".join(run(*words, "--format", "json").json["notices"])
    assert all(text in notices for text in told)
    assert not any(text in notices for text in untold)


@pytest.mark.parametrize("country", ["ZZ", "fr", "France"])
def test_a_country_that_is_none_is_refused(run: Run, country: str) -> None:
    done = run("plan", "general", *AS_OF, *clinic_in(country), "--format", "json")
    assert done.code == 2
    assert (done.json["error"]["code"], done.json["error"]["field"]) == ("bad_region", "country")
    text = (PACKAGE / "rules" / "packaged" / "shared" / "fat.toml").read_text("utf-8")
    write("own.toml", text.replace('country = "FR"', f'country = "{country}"'))
    done = run("protocols", "check", "own.toml")
    assert done.code == 1
    assert "prohibited[1].country" in done.err


def test_a_protocol_shows_where_it_is_prohibited(run: Run) -> None:
    shown = " ".join(run("protocols", "show", "cellulite").out.split())
    assert "Prohibited in FR: Decree 2011-382" in shown
    assert "US: In December 2023" in shown

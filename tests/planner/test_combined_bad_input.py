"""What cannot be planned together, through the real program: told, and nothing written."""

import json
from pathlib import Path

import pytest

from tests.cli.test_bad_files import CLINIC, assert_refused, plan
from tests.support.samples import PACKAGE

RULES = (PACKAGE / "rules" / "packaged" / "mesobotox.toml").read_text("utf-8")
RULE = '\n[[spacing]]\nother = "{other}"\nminimum = "{minimum}"\nsources = ["one-clinic"]\n'
OWN = '\n[[spacing]]\nfirst = "{first}"\nother = "{other}"\nminimum = "{minimum}"\n'


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (RULES + RULE.format(other="mesobotox", minimum="1 week"), "names_itself", "other"),
        (RULES + RULE.format(other="botulinum", minimum="1 week"), "unknown_treatment", "other"),
        (RULES + RULE.format(other="peel", minimum="1 day - 1 week"), "negative_gap", "minimum"),
        (RULES + RULE.format(other="peel", minimum="-3 days"), "bad_interval", "minimum"),
        (RULES.replace('family = "toxin"', 'family = "botox"'), "bad_value", None),
    ],
)
def test_spacing_of_a_rule_file(tmp_path: Path, text: str, code: str, field: str | None) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    place = f"spacing[{text.count('[[spacing]]')}].{field}" if field else "family"
    assert_refused(
        plan(tmp_path, "mesobotox", "--rules", "own.toml"), tmp_path, code, place, "own.toml"
    )


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (
            OWN.format(first="cellulite", other="cellulite", minimum="1 week"),
            "names_itself",
            "spacing[1].other",
        ),
        (
            OWN.format(first="peel", other="toxin", minimum="1 day - 1 week"),
            "negative_gap",
            "spacing[1].minimum",
        ),
        (
            OWN.format(first="peel", other="toxin", minimum="1 week")
            + OWN.format(first="toxin", other="peel", minimum="2 weeks"),
            "contradiction",
            "spacing[2]",
        ),
    ],
)
def test_spacing_of_a_clinic(tmp_path: Path, text: str, code: str, field: str) -> None:
    (tmp_path / "clinic.toml").write_text(CLINIC + text, encoding="utf-8")
    ran = plan(tmp_path, "mesobotox", "--clinic", "clinic.toml")
    assert_refused(ran, tmp_path, code, field, "clinic.toml")


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (["--pin", "mesobotox:1=2026-12-03"], "bad_pin", "pin"),
        (["--held", "mesobotox:2026-11-02"], "bad_held", "held"),
        (["cellulite"], "duplicate_protocol", "protocol"),
        (["general", "mesobotox", "pigmentation", "mesoglow"], "too_many", "protocol"),
        (["mesobotox*0"], "bad_protocol", "protocol"),
        (["mesobotox@2027-02-30"], "bad_date", "protocol"),
        (["mesobotox*99"], "bad_number", "sessions"),
        (["mesobotox", "--budget", "100.00"], "no_price", "budget"),
        (["mesobotox", "--pin", "2=2027-01-05"], "bad_pin", "pin"),
        (["mesobotox", "--held", "2026-11-02"], "bad_held", "held"),
        (["mesobotox", "--held", "botox:2026-11-02"], "bad_held", "held"),
        (["mesobotox", "--held", "mesobotox:2026-11-31"], "bad_date", "held[1]"),
        (["mesobotox", "--held", "mesobotox:2099-11-30"], "not_yet", "held"),
        (["mesobotox", "--improved-on", "2026-11-02"], "no_taper", "improved_on"),
        (["mesobotox", "--other", "filler"], "bad_treatment", "other[1]"),
        (["mesobotox", "--other", "nobody 2026-12-01"], "unknown_treatment", "other"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, words: list[str], code: str, field: str) -> None:
    assert_refused(plan(tmp_path, *words), tmp_path, code, field, "command line")


def test_a_clinic_rule_for_nobody_known(tmp_path: Path) -> None:
    text = CLINIC + OWN.format(first="peel", other="house-mix", minimum="1 week")
    (tmp_path / "clinic.toml").write_text(text, encoding="utf-8")
    ran = plan(tmp_path, "mesobotox", "--clinic", "clinic.toml")
    assert_refused(ran, tmp_path, "unknown_treatment", "spacing[1].other", "command line")


def test_a_valid_no_of_two_protocols(tmp_path: Path) -> None:
    ran = plan(tmp_path, "mesobotox", "--start", "2026-12-01", "--finish-by", "2026-12-20")
    assert ran.returncode == 1
    document = json.loads(ran.stdout)
    assert document["error"]["code"] == "no_calendar"
    assert document["conflict"]["protocol"]
    assert not (tmp_path / "plan.json").exists()

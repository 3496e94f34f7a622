"""Cases of what is withdrawn, corrected or recorded late, through the real entry point."""

from pathlib import Path

import pytest

from meso_schedule.cli.app import main
from tests.support.samples import CONFORMANCE, PACKAGE

HOME = CONFORMANCE / "recorded"
RULES = (PACKAGE / "rules" / "packaged" / "facial-rejuvenation.toml", HOME / "most.toml")
HEAD = "protocol,recorded,expected_verdicts\nfacial-rejuvenation,"


def check(cases: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["protocols", "check", *map(str, RULES), "--cases", str(cases)])
    return code, capsys.readouterr().err


def test_they_are_judged_as_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(HOME / "cases.csv", capsys) == (0, "")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("held:2026-12-01 no:2026-12-01,late", "Found is on schedule, expected late"),
        ("held:2026-12-01 maybe:2026-12-01,late", "maybe:2026-12-01 cannot be read"),
        ("held:2026-12-01 withdrawn:2026-12-01,late", "Withdraw what was assessed"),
        ("held:2026-12-99,late", "2026-12-99"),
    ],
)
def test_what_differs_and_what_cannot_be_read_is_told(
    written: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(f"{HEAD}{written}\n")
    code, said = check(cases, capsys)
    assert code == 1
    assert told in " ".join(said.split())


def test_cases_of_other_protocols_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("protocol,start,expected_days\ncellulite,2026-12-01,0\n,2026-12-01,0\n")
    code, said = check(cases, capsys)
    assert code == 0
    told = "Cases not tried, as none of the files is theirs: cellulite (1), no protocol"
    assert told in " ".join(said.split())

"""An option that would do nothing is refused, by every command alike."""

import json
from itertools import product
from pathlib import Path

import pytest

from meso_schedule.cli.app import main
from tests.support.lengths import crossed
from tests.support.samples import ROOT

AS_OF = ("--as-of", "2026-11-22")
PLAN = ("plan", "general", "--start", "2026-12-01", *AS_OF)
OPEN = ("courses", "open", "general", "--start", "2026-12-01")
COMPARE = ("compare", "general", "mesobotox", "--start", "2026-12-01", *AS_OF)
PRINT = ("courses", "print", "{course}")
VALUES = {
    "--bom": (),
    "--separator": (";",),
    "--decimal": (",",),
    "--paper": ("letter",),
    "--large": (),
    "--feed-detail": (),
    "--feed-sequence": ("3",),
    "--calendar": (),
    "--language": ("fr",),
}
# By option, the endings of files that it acts on; .txt is what the terminal shows.
ACTS_ON = {
    "--bom": {".csv"},
    "--separator": {".csv"},
    "--decimal": {".csv"},
    "--paper": {".pdf"},
    "--large": {".pdf"},
    "--feed-detail": {".ics"},
    "--feed-sequence": {".ics"},
    "--calendar": {".txt"},
    "--language": {".txt", ".html", ".ics", ".pdf"},
}
ENDINGS = (".json", ".csv", ".md", ".txt", ".html", ".ics", ".pdf")
SHOWN = {"table": ".txt", "json": ".json", "csv": ".csv", "markdown": ".md"}
GLOW = str(ROOT / "examples" / "evening-glow.toml")


# The book that was made by the first that asked for it, and the id of the course in it.
_MADE: list[tuple[bytes, str]] = []


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "MESO_HEAD"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    monkeypatch.setenv("MESO_BOOK", "courses.book")
    for name in ("MESO_CLINIC", "MESO_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def course(capsys: pytest.CaptureFixture[str]) -> str:
    """Put down a book in use and return the id of the course in it."""
    if not _MADE:
        assert main([*OPEN, "--format", "json"]) == 0
        opened: str = json.loads(capsys.readouterr().out)["course"]
        _MADE.append((Path("courses.book").read_bytes(), opened))
    (content, made), *_ = _MADE
    Path("courses.book").write_bytes(content)
    return made


@pytest.mark.parametrize(
    ("pair", "words"),
    crossed(
        list(product(VALUES, ENDINGS)),
        [(*PLAN, "--format", "json"), (*OPEN, "--format", "json"), PRINT],
    ),
)
def test_with_a_file_that_it_does_not_act_on(
    pair: tuple[str, str],
    words: tuple[str, ...],
    course: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    option, ending = pair
    if option == "--feed-sequence" and words[0] == "courses":
        pytest.skip("a course in the book counts its versions by itself")
    given = [word.format(course=course) for word in words]
    code = main([*given, option, *VALUES[option], "--output", f"out{ending}"])
    told = capsys.readouterr().err
    is_idle = ending not in ACTS_ON[option]
    assert code == (2 if is_idle else 0), told
    assert (f"{option}: It goes with" in told) == is_idle
    assert Path(f"out{ending}").exists() != is_idle


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("option", VALUES)
def test_with_a_format_that_it_does_not_act_on(option: str, shown: str) -> None:
    is_idle = SHOWN[shown] not in ACTS_ON[option]
    code = main([*PLAN, "--format", shown, option, *VALUES[option]])
    assert code == (2 if is_idle else 0)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ((*COMPARE, "--language", "fr", "--format", "json"), "--language"),
        ((*COMPARE, "--language", "fr", "--format", "csv"), "--language"),
        ((*COMPARE, "--language", "fr", "--format", "markdown"), "--language"),
        ((*COMPARE, "--no-prices", "--currency", "GBP"), "--currency"),
        ((*PLAN, "--no-prices", "--currency", "GBP"), "--currency"),
        ((*PLAN, "--no-prices", "--price", "540.00", "--reason", "an offer"), "--price"),
        ((*PLAN, "--no-prices", "--option", "two areas"), "--option"),
        ((*PLAN, "--no-prices", "--tax-exempt", "medical"), "--tax-exempt"),
        ((*PLAN, "--force"), "--force"),
        ((*PLAN, "--resume"), "--resume"),
        ((*PLAN, "--workers", "2"), "--workers"),
        ((*PLAN, "--workers", ""), "--workers"),
        ((*PLAN, "--sheets", "."), "--sheets"),
        ((*PLAN, "--sheets", ""), "--sheets"),
        ((*OPEN, "--force"), "--force"),
        ((*OPEN, "--sheets", "."), "--sheets"),
        ((*OPEN, "--bom"), "--bom"),
        ((*OPEN, "--paper", "a4"), "--paper"),
        ((*OPEN, "--feed-detail"), "--feed-detail"),
        ((*OPEN, "--feed-detail", "--output", "a.pdf"), "--feed-detail"),
        ((*OPEN, "--calendar", "--format", "json"), "--calendar"),
        (("courses", "export", "--all", "--force"), "--force"),
        (("protocols", "new", "glow", "--force"), "--force"),
        (("protocols", "check", GLOW, "--clinic", "none.toml"), "--clinic"),
        (("protocols", "--for", "hair", "show", "general"), "--for"),
        (("protocols", "--rules", GLOW, "list"), "--rules"),
        (("protocols", "--format", "json", "show", "general"), "--format"),
        (("plan", "--batch", "jobs.jsonl", "--output", "o.jsonl", "--paper", "a4"), "--paper"),
        (("plan", "--batch", "jobs.jsonl", "--output", "o.jsonl", "--bom"), "--bom"),
    ],
    ids=lambda it: " ".join(it)[-60:] if isinstance(it, tuple) else it,
)
def test_without_what_it_goes_with(
    words: tuple[str, ...], option: str, course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course
    Path("jobs.jsonl").write_text('{"id": 1, "protocol": "general"}\n')
    before = sorted(Path().iterdir()), Path("courses.book").read_bytes()
    assert main(words) == 2
    assert f"Error: {option}: " in capsys.readouterr().err
    assert (sorted(Path().iterdir()), Path("courses.book").read_bytes()) == before


def test_all_of_them_are_told(course: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert course
    assert main([*OPEN, "--bom", "--feed-detail", "--force"]) == 2
    told = capsys.readouterr().err
    assert all(f"{option}: " in told for option in ("--bom", "--feed-detail", "--force"))


def test_the_table_of_a_course_opened_speaks_the_language(
    course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course
    assert main([*PLAN, "--language", "fr"]) == 0
    planned = capsys.readouterr().out.split("\n")[0]
    assert main([*OPEN, "--language", "fr"]) == 0
    assert capsys.readouterr().out.split("\n")[0] == planned
    days = ("--days", "sun", "--language", "fr")
    assert main([*OPEN, *days]) == 1
    refused = capsys.readouterr().err
    assert main([*PLAN, *days]) == 1
    assert capsys.readouterr().err.split("\n")[0] == refused.split("\n")[0]

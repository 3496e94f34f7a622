"""`--force` replaces no book, nothing that lies beside it, and no input of the same command."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.base.private_files import check_targets, is_same
from meso_schedule.cli.app import main
from meso_schedule.cli.targets import INPUTS
from tests.base.test_source_files import CALENDAR, CLINIC, JOBS, REQUEST, RULES
from tests.support.lengths import crossed

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
AS_OF = ("--as-of", "2026-11-22")
PLAN = ("plan", "general", "--start", "2026-12-01", *AS_OF, "--format", "json")
OPEN = ("courses", "open", "general", "--start", "2026-12-01", "--format", "json")
BATCH = ("plan", "--batch", "jobs.jsonl", *AS_OF)

# Each command that writes a file and each input it takes: what is typed before the output, and
# the file that must stay.
COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "plan clinic": ((*PLAN, "--clinic", "clinic.txt"), "clinic.txt"),
    "plan logo": ((*PLAN, "--clinic", "clinic.txt"), "logo.txt"),
    "plan rules": ((*PLAN, "--rules", "rules.txt"), "rules.txt"),
    "plan busy": ((*PLAN, "--busy", "busy.ics"), "busy.ics"),
    "plan request": (("plan", "--request", "request.json"), "request.json"),
    "plan book": (PLAN, "book.txt"),
    "open clinic": ((*OPEN, "--clinic", "clinic.txt"), "clinic.txt"),
    "open logo": ((*OPEN, "--clinic", "clinic.txt"), "logo.txt"),
    "open rules": ((*OPEN, "--rules", "rules.txt"), "rules.txt"),
    "open busy": ((*OPEN, "--busy", "busy.ics"), "busy.ics"),
    "open request": (("courses", "open", "--request", "request.json"), "request.json"),
    "open book": (OPEN, "book.txt"),
    "print book": (("courses", "print", "{course}"), "book.txt"),
    "print clinic": (("courses", "print", "{course}", "--clinic", "clinic.txt"), "clinic.txt"),
    "export all": (("courses", "export", "--all"), "book.txt"),
    "export one": (("courses", "export", "{course}"), "book.txt"),
    "batch jobs": (BATCH, "jobs.jsonl"),
    "batch busy": ((*BATCH, "--busy", "busy.jsonl"), "busy.jsonl"),
    "batch clinic": ((*BATCH, "--clinic", "clinic.jsonl"), "clinic.jsonl"),
    "batch rules": ((*BATCH, "--rules", "rules.jsonl"), "rules.jsonl"),
    "new": (("protocols", "new", "glow"), "book.txt"),
}


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """A folder with a book in use and one file of each kind; the id of the course in the book."""
    import json

    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "own"))
    for name in ("MESO_CLINIC", "MESO_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MESO_BOOK", "book.txt")
    clinic = f'logo = "logo.txt"\n{CLINIC}'
    rules = RULES.replace("evening-glow", "own-glow")
    contents = {"request.json": REQUEST, "jobs.jsonl": JOBS, "logo.txt": SVG, "busy.ics": CALENDAR}
    contents |= {"busy.jsonl": CALENDAR, "clinic.txt": clinic, "clinic.jsonl": clinic}
    for name, text in {**contents, "rules.txt": rules, "rules.jsonl": rules}.items():
        Path(name).write_text(text, "utf-8")
    Path("folder").mkdir()
    assert main(OPEN) == 0
    opened: str = json.loads(capsys.readouterr().out)["course"]
    return opened


def _hard(name: str) -> str:
    os.link(name, f"hard{Path(name).suffix}")
    return f"hard{Path(name).suffix}"


def _link(name: str) -> str:
    Path(f"link{Path(name).suffix}").symlink_to(name)
    return f"link{Path(name).suffix}"


WAYS: dict[str, Callable[[str], str]] = {
    "name": str,
    "absolute": os.path.abspath,
    "roundabout": lambda name: f"./folder/../{name}",
    "hard link": _hard,
    "link": _link,
}


@pytest.mark.parametrize(("command", "way"), crossed(list(COMMANDS), list(WAYS)))
def test_what_a_command_reads_or_keeps_stays(
    command: str, way: str, course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed, kept = COMMANDS[command]
    words = [word.format(course=course) for word in typed]
    before = Path(kept).read_bytes()
    assert main([*words, "--output", WAYS[way](kept), "--force"]) == 2
    assert "would replace" in capsys.readouterr().err
    assert Path(kept).read_bytes() == before
    assert main(["book", "verify"]) == 0
    assert "1 courses" in capsys.readouterr().out, "nothing was booked on the way"


@pytest.mark.parametrize("words", [("book", "backup"), ("courses", "export", "--all", "--output")])
@pytest.mark.parametrize(
    ("way", "ending", "is_there"),
    crossed(
        ["name", "absolute", "roundabout"], ["-journal", "-wal", "-shm", ""], [True, True, False]
    ),
)
def test_what_lies_beside_the_book_stays(
    words: tuple[str, ...], is_there: bool, ending: str, way: str, course: str
) -> None:
    name = f"book.txt{ending}"
    if is_there and ending:
        Path(name).touch()
    before = sorted(Path().iterdir()), Path("book.txt").read_bytes()
    assert course
    assert main([*words, WAYS[way](name), "--force"]) == 2
    assert main([*words, WAYS[way](name)]) == 2
    assert (sorted(Path().iterdir()), Path("book.txt").read_bytes()) == before


def test_a_link_to_the_journal_that_is_to_come(course: str) -> None:
    assert course
    Path("link").symlink_to("book.txt-journal")
    assert main(["courses", "export", "--all", "--output", "link"]) == 2
    assert not Path("book.txt-journal").exists()


def test_a_book_that_is_to_be_made(course: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert course
    for book, output in (("new.pdf", "new.pdf"), ("new.pdf", "folder/../NEW.pdf")):
        assert main([*OPEN, "--book", book, "--output", output, "--force"]) == 2
        assert "would replace the book" in capsys.readouterr().err
        assert not Path("new.pdf").exists()


def test_other_books_stay_too(course: str, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy("book.txt", "other.txt")
    for words in (PLAN, ("courses", "export", course)):
        assert main([*words, "--output", "other.txt", "--force"]) == 2
        assert "would replace a database" in capsys.readouterr().err
    assert Path("other.txt").read_bytes() == Path("book.txt").read_bytes()
    assert main(["book", "backup", "other.txt", "--force"]) == 0, "an older backup may go"


def test_the_kept_end_of_a_book_stays(
    course: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is kept nobody needs to have told the command."""
    monkeypatch.delenv("MESO_HEAD", raising=False)
    assert main(["courses", "note", course, "x"]) == 0
    (kept,) = Path("own").rglob("*.head")
    os.link(kept, "hard.json")
    before = kept.read_bytes()
    for words in (PLAN, ("courses", "export", course), ("courses", "print", course)):
        assert main([*words, "--output", "hard.json", "--force"]) == 2
        assert "would replace the kept end of a book" in capsys.readouterr().err
    assert main(["book", "backup", str(kept), "--force"]) == 2
    assert kept.read_bytes() == before


def test_the_file_on_the_way_to_a_backup_is_nobodys(course: str) -> None:
    assert course
    Path("copy.part").write_text("mine")
    assert main(["book", "backup", "copy"]) == 0
    assert Path("copy.part").read_text() == "mine"


def test_a_book_is_not_restored_from_itself(course: str) -> None:
    assert course
    before = Path("book.txt").read_bytes()
    for name in ("book.txt", _hard("book.txt"), "folder/../book.txt"):
        assert main(["book", "restore", name, "--force", "--yes"]) == 2
    assert Path("book.txt").read_bytes() == before


@pytest.mark.parametrize("name", ["busy.ics", "clinic.txt"])
def test_answers_so_far_go_over_no_input(
    name: str, course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that a batch keeps beside its answers is written too."""
    assert course
    Path("plans.jsonl.part").symlink_to(name)
    before = Path(name).read_bytes()
    option = "--busy" if name == "busy.ics" else "--clinic"
    assert main([*BATCH, option, name, "--output", "plans.jsonl", "--resume"]) == 2
    assert "would replace" in capsys.readouterr().err
    assert Path(name).read_bytes() == before


def test_sheets_go_over_no_input(course: str) -> None:
    import json

    assert course
    Path("folder/a.pdf").write_text(CALENDAR)
    Path("jobs.jsonl").write_text(JOBS.replace('"start"', '"reference": "a", "start"'))
    words = (*BATCH, "--busy", "folder/a.pdf", "--sheets", "folder", "--output", "plans.jsonl")
    assert main([*words, "--force"]) == 0
    assert Path("folder/a.pdf").read_text() == CALENDAR
    (answer,) = map(json.loads, Path("plans.jsonl").read_text().splitlines())
    assert answer["error"]["code"] == "spared_file"


def test_rule_files_of_a_folder_stay(course: str) -> None:
    assert course
    shutil.copy("rules.txt", "folder/glow.toml")
    Path("link.json").symlink_to("folder/glow.toml")
    assert main([*PLAN, "--rules", "folder", "--output", "link.json", "--force"]) == 2
    assert Path("folder/glow.toml").read_text("utf-8") == Path("rules.txt").read_text("utf-8")


def test_another_file_is_replaced_as_before(course: str) -> None:
    Path("old.json").write_text("old")
    for words in (PLAN, OPEN, ("courses", "print", course), ("courses", "export", "--all")):
        assert main([*words, "--output", "old.json"]) == 2
        assert main([*words, "--output", "old.json", "--force"]) == 0
        assert Path("old.json").read_text() != "old"
        Path("old.json").write_text("old")


def test_names_in_other_letters(tmp_path: Path) -> None:
    """Two files where letters count; where they do not, the system says that they are one."""
    for made in ((), ("a",), ("a", "A")):
        for name in made:
            (tmp_path / name).touch()
        is_one = not made or ((tmp_path / "A").exists() and len(list(tmp_path.iterdir())) == 1)
        assert is_same(tmp_path / "a", tmp_path / "A") == is_one


def test_every_option_that_reads_a_file_is_known() -> None:
    """A new one would have to be spared too."""
    from inspect import signature

    from meso_schedule.cli.plan_command import plan

    hints = signature(plan).parameters.values()
    read = {
        parameter.name
        for parameter in hints
        if any(
            str(getattr(one, "metavar", "")).startswith("FILE")
            for one in getattr(parameter.annotation, "__metadata__", ())
        )
    }
    # All files of a book are spared, wherever its name comes from.
    assert read - {"output", "book"} <= set(INPUTS)


def test_the_library_spares_what_it_is_told(tmp_path: Path) -> None:
    kept, other = tmp_path / "kept", tmp_path / "other"
    kept.touch()
    os.link(kept, other)
    with pytest.raises(InputError, match="would replace the treasure") as caught:
        check_targets([other], force=True, spared={kept: "the treasure"})
    assert caught.value.faults[0].code == "spared_file"

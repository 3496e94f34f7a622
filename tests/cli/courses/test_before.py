"""Books from before a course could have several treatments read as they did.

`before/courses.json` was exported by that program, `before/shown.txt` is what its `courses show`
printed of each course on 10 December 2026.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.courses.desk import Counter
from tests.support.samples import ROOT

BEFORE = ROOT / "tests" / "cli" / "courses" / "before"


def test_what_was_exported_before_is_exported_again(counter: Counter) -> None:
    written = (BEFORE / "courses.json").read_text()
    shutil.copy(BEFORE / "courses.json", "courses.json")
    taken = counter.done("courses", "import", "courses.json")
    assert len(taken["courses"]) == 2
    assert counter.ask("courses", "export", "--all").out == written
    assert counter.done("book", "verify")["is_sound"]
    assert counter.done("book", "rebuild")["courses"] == 2
    shown = [
        counter.ask("courses", "show", course, "--as-of", "2026-12-10").out
        for course in taken["courses"]
    ]
    assert "".join(shown) == (BEFORE / "shown.txt").read_text()


@pytest.mark.parametrize("key", ["treatment_terms", "improvements", "too_close", "treatments"])
def test_what_only_several_treatments_say_is_not_said_of_one(counter: Counter, key: str) -> None:
    course = counter.open()
    assert key not in counter.done("courses", "show", course)
    assert key not in counter.done("courses", "hold", course)["state"]
    exported = json.loads(counter.ask("courses", "export", course).out)
    assert key not in json.dumps(exported)
    assert Path("courses.book").is_file()

"""What `courses erase` says, and what can be asked again afterwards."""

import stat
from pathlib import Path

import pytest

from tests.cli.courses.desk import Counter


def test_it_names_what_it_cannot_reach(counter: Counter) -> None:
    course = counter.open()
    ran = counter.ask("courses", "erase", course, "--yes")
    assert ran.code == 0
    for left in ("backups", "exports", "printed sheets", "calendar feeds"):
        assert left in ran.out
    assert "guesses" not in ran.out
    told = counter.done("courses", "erase", counter.open(), "--yes")
    assert {"backups", "exports", "printed sheets", "calendar feeds"} <= {*told["out_of_reach"]}
    assert told["plain_keys"] == 0


def test_the_key_of_an_erased_course_is_new_again(counter: Counter) -> None:
    first = counter.open("--key", "anna")
    assert counter.open("--key", "anna") == first
    erasing = ("courses", "erase", first, "--yes", "--key", "gone")
    assert counter.done(*erasing)["is_repeated"] is False
    assert counter.done(*erasing)["is_repeated"] is True
    second = counter.open("--key", "anna")
    assert second != first
    assert counter.open("--key", "anna") == second
    assert counter.refused("courses", "note", first, "x", "--key", "anna") == (4, "key_used")
    assert counter.refused("courses", "note", first, "x", "--key", "new") == (4, "erased")


def test_that_keys_of_versions_before_can_be_guessed_is_told(counter: Counter) -> None:
    import json

    from meso_schedule.book.digests import canonical, sha256

    course = counter.open("--key", "anna")
    document = json.loads(counter.ask("courses", "export", course).out)
    for event in document["events"]:
        event["key"] = sha256("anna")
    events = "".join(f"{canonical(event)}\n" for event in document["events"])
    Path("before.json").write_text(json.dumps({**document, "digest": sha256(events)}))
    ran = counter.ask("courses", "import", "before.json", "--book", "other.book")
    assert ran.code == 0, ran
    ran = counter.ask("courses", "erase", course, "--yes", "--book", "other.book")
    assert "1 of its keys" in ran.out
    assert "guesses such a key" in ran.out


@pytest.mark.parametrize(
    "words", [("courses", "list"), ("diary",), ("book", "verify"), ("courses", "export", "--all")]
)
def test_a_book_that_others_may_read_is_shut_and_that_is_said(
    counter: Counter, words: tuple[str, ...]
) -> None:
    counter.open()
    counter.path.chmod(0o644)
    ran = counter.ask(*words)
    assert ran.code == 0
    assert "Others could read the book" in ran.err
    assert stat.S_IMODE(counter.path.stat().st_mode) == 0o600
    assert counter.ask(*words).err == ""


def test_a_key_that_is_no_text(counter: Counter) -> None:
    course = counter.open()
    assert counter.refused("courses", "note", course, "x", "--key", "\udcff")[0] == 2

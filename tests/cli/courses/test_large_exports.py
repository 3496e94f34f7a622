"""A whole book goes out and in again, however large, piece by piece and without a loss."""

import json
from pathlib import Path

import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.book.book import Book
from meso_schedule.book.records import Note
from meso_schedule.cli.courses import export_command
from tests.book.samples import day_to_day, now, opened
from tests.cli.courses.desk import Counter


@pytest.mark.untraced
def test_more_than_a_megabyte(counter: Counter) -> None:
    with Book.open(counter.path) as book:
        notes = [Note(text="long " * 400)] * 4
        for _ in range(110):
            book.open_course(opened(), *day_to_day(), *notes, context=now())
        count, head = len(book.courses()), book.head()
    assert counter.ask("courses", "export", "--all", "--output", "all.json").code == 0
    assert Path("all.json").stat().st_size > 1_000_000
    taken = counter.done("courses", "import", "all.json", "--book", "other.book")
    assert len(taken["courses"]) == count
    with Book.open("other.book") as other:
        assert other.head() == head
        assert other.verify().is_sound
    again = counter.ask("courses", "export", "--all", "--book", "other.book")
    assert again.out.encode() == Path("all.json").read_bytes()
    taken = counter.done("courses", "import", "all.json", "--book", "other.book")
    assert (len(taken["courses"]), len(taken["known"]), taken["events"]) == (0, count, 0)


def test_a_file_written_in_another_way_is_the_same(counter: Counter) -> None:
    course = counter.open()
    document = json.loads(counter.ask("courses", "export", "--all").out)
    turned = dict(reversed(document.items()))
    Path("turned.json").write_text(json.dumps(turned, indent=4), encoding="utf-8")
    taken = counter.done("courses", "import", "turned.json", "--book", "other.book")
    assert taken["courses"] == [course]


def test_a_change_in_the_last_event_leaves_nothing_of_the_first(counter: Counter) -> None:
    for patient in ("Anna Secret", "Ben Hidden", "Cora Third"):
        counter.open(patient=patient)
    text = counter.ask("courses", "export", "--all").out
    digest = json.loads(text)["digest"]
    for broken in (text[:-3], text.replace(digest, "0" * 64), text.replace('],"dig', ',],"dig')):
        Path("broken.json").write_text(broken, encoding="utf-8")
        ran = counter.ask("courses", "import", "broken.json", "--book", "other.book")
        assert ran.code == 2, ran
        assert not Path("other.book").exists()
        with Book.open("piped.book") as other:
            with pytest.raises(InputError):
                other.import_courses(iter(broken.splitlines(keepends=True)), source="piped")
            assert other.head().count == 0
            assert other.courses() == []


def test_a_course_that_went_on_here_is_another_one(counter: Counter) -> None:
    course = counter.open()
    assert counter.ask("courses", "export", "--all", "--output", "all.json").code == 0
    counter.done("courses", "note", course, "later")
    assert counter.refused("courses", "import", "all.json") == (4, "other_course")


def test_the_limit(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.open()
    assert counter.ask("courses", "export", "--all", "--output", "all.json").code == 0
    monkeypatch.setattr(export_command, "MAX_BYTES", 1000)
    words = ("courses", "import", "all.json", "--book", "other.book")
    assert counter.refused(*words) == (2, "too_large")


def test_a_file_that_is_not_utf8(counter: Counter) -> None:
    Path("latin.json").write_bytes(b'{"head": "\xe9"}')
    assert counter.refused("courses", "import", "latin.json") == (2, "not_utf8")

"""The same guarantees on PostgreSQL: clients that are killed, many at once, a server that crashes.

The server's own settings are unsafe here: commits are acknowledged before they are written
down, and nothing writes them down for ten seconds. The book asks for more.
"""

import json
import random
import time
from pathlib import Path

import pytest

from meso_schedule.base.errors import ExitCode
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.records import Note
from tests.book.samples import now, opened
from tests.faults.server import Server, Through
from tests.faults.settings import tell
from tests.faults.test_writers import figures
from tests.support.command_line import entered
from tests.support.lengths import length

CRASHES = length(1, 40)
KILLS = length(8, 300)
# On a busy machine the moment in which something is lost or doubled may be missed.
TRIES = 4


def notes(address: str) -> list[int]:
    """Return the numbers of all notes of a sound book."""
    with Book.open(address) as book:
        assert book.verify().is_sound
        return [int(note.text) for it in book.courses() for note in book.course(it.course).notes]


def test_killed_at_random_nothing_acknowledged_is_lost_or_doubled(address: str) -> None:
    found = figures("kill", address, KILLS, "safe")
    tell("clients of PostgreSQL killed at random", found)
    assert found["acknowledged"] > found["kills"] / 4
    assert (found["lost"], found["doubled"], found["problems"]) == (0, 0, 0)


def test_acknowledged_before_the_write_some_are_lost(address: str) -> None:
    assert any(figures("kill", address, 15, "early")["lost"] for _ in range(TRIES))


def test_tried_again_without_a_key_some_are_doubled(address: str) -> None:
    assert any(figures("kill", address, 25, "keyless")["doubled"] for _ in range(TRIES))


def test_writers_at_once_all_get_through(address: str) -> None:
    processes, writes = length(4, 8), length(12, 500)
    found = figures("together", address, processes, writes, "safe")
    tell(f"{processes} processes at once on PostgreSQL", found)
    everything = processes * writes
    assert found == {"acknowledged": everything, "events": everything, "problems": 0}


def test_writers_that_do_not_wait_for_each_other_do_not_all_get_through(address: str) -> None:
    assert figures("together", address, 4, 12, "unlocked")["acknowledged"] < 48


def crashed(server: Server, address: str, begin: str, crashes: int) -> dict[str, int]:
    """Crash the server under a program that writes; return what was lost or doubled."""
    rng = random.Random(5)
    Book.open(address).close()
    lost = 0
    with Through(address, begin) as writer:
        for _ in range(crashes):
            writer.wait(rng.randint(3, 12))
            time.sleep(rng.uniform(0, 0.02))
            server.crash()
            time.sleep(rng.uniform(0, 0.2))
            server.start()
            lost = max(lost, missing(address, writer.acknowledged))
        writer.wait(3)
    kept = notes(address)
    return {
        "crashes": crashes,
        "acknowledged": writer.acknowledged,
        "lost": max(lost, missing(address, writer.acknowledged)),
        "doubled": len(kept) - len(set(kept)),
    }


def missing(address: str, acknowledged: int) -> int:
    """Return how many of the notes that were acknowledged are not there."""
    return len(set(range(1, acknowledged + 1)).difference(notes(address)))


def test_a_server_that_crashes_has_what_was_acknowledged(server: Server, address: str) -> None:
    found = crashed(server, address, "safe", CRASHES)
    tell("crashes of the server under a writer", found)
    assert found["acknowledged"] > 3 * CRASHES
    assert (found["lost"], found["doubled"]) == (0, 0)


def test_a_commit_that_waits_for_no_disk_is_lost(server: Server, address: str) -> None:
    assert crashed(server, address, "unsynced", 1)["lost"] > 0


def test_a_server_that_is_down_is_told_with_exit_code_5(
    server: Server, address: str, tmp_path: Path
) -> None:
    with Book.open(address) as book:
        course = book.open_course(opened(), context=now()).course
    server.crash()
    try:
        for words in (("list",), ("note", course, "x"), ("open", "mesoglow")):
            for options in ((), ("--format", "json")):
                line = ["courses", *words, *options, "--book", address]
                done = entered(line, tmp_path, HOME=str(tmp_path), LOGNAME="nurse")
                assert done.returncode == ExitCode.ENVIRONMENT, done
                assert "cannot be reached" in done.stderr
                assert "Traceback" not in done.stderr
                assert "Anna" not in done.stderr
                if options:
                    assert json.loads(done.stdout)["error"]["code"] == "unreachable"
                else:
                    assert done.stdout == ""
    finally:
        server.start()
    with Book.open(address) as book:
        assert book.verify().is_sound
        assert book.head().count == 1


def test_an_open_book_goes_on_when_the_server_is_back(server: Server, address: str) -> None:
    with Book.open(address) as book:
        course = book.open_course(opened(), context=now()).course
        server.crash()
        try:
            for _ in range(2):
                with pytest.raises(BookFault, match="cannot be reached"):
                    book.append(course, Note(text="1"), context=now(key="one"))
        finally:
            server.start()
        assert book.append(course, Note(text="1"), context=now(key="one")).revision == 2
    assert notes(address) == [1]

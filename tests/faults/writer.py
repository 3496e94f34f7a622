"""A program that writes notes one after the other and acknowledges each: `-m tests.faults.writer`.

It forks its work, so that thousands of kills cost no start of the interpreter.
"""

import json
import os
import random
import signal
import sys
import time

from meso_schedule.base.errors import ExitCode, MesoScheduleError
from meso_schedule.book.book import Book
from meso_schedule.book.records import Note
from meso_schedule.book.storage import postgres, sqlite
from tests.book.samples import now, opened
from tests.faults.scenarios import unsafe

_ACK = 8


def acknowledge(file: int, number: int) -> None:
    """Say that a write is done."""
    os.write(file, number.to_bytes(_ACK, "big"))


def write_notes(path: str, first: int, file: int, mode: str) -> None:
    """Write notes from a number on, without an end; twenty to a course."""
    number = first
    with Book.open(path) as book:
        while True:
            place = now(key=f"course {number // 20}")
            course = book.open_course(opened(), context=place).course
            if mode == "early":
                acknowledge(file, number)
            key = None if mode == "keyless" else f"note {number}"
            book.append(course, Note(text=str(number)), context=now(key=key))
            if mode != "early":
                # A kill that falls between commit and acknowledgement is to be likely.
                time.sleep(0.005)
                acknowledge(file, number)
            number += 1


def kill_at_random(path: str, kills: int, mode: str) -> dict[str, int]:
    """Kill the writer again and again; return what was lost or doubled.

    A writer that must fail is killed no more once something is.
    """
    rng = random.Random(7)
    done, unit = 0, _seconds_a_write(path)
    for turn in range(1, kills + 1):
        moment = rng.random() < 0.5, rng.uniform(0, 2 * unit)
        done = max(done, _one_life(path, done + 1, mode, *moment))
        if turn == kills or mode != "safe":
            found = _found(path, done)
            if found["lost"] or found["doubled"]:
                break
    return {"kills": turn, "acknowledged": done, **found}


def _found(path: str, done: int) -> dict[str, int]:
    with Book.open(path) as book:
        problems = book.verify().problems
        notes = [
            int(note.text) for line in book.courses() for note in book.course(line.course).notes
        ]
    return {
        "lost": len(set(range(1, done + 1)).difference(notes)),
        "doubled": len(notes) - len(set(notes)),
        "problems": len(problems),
    }


def _seconds_a_write(path: str) -> float:
    begun = time.monotonic()
    for _ in range(4):
        with Book.open(path) as book:
            book.open_course(opened(), context=now())
    return (time.monotonic() - begun) / 4


def _one_life(path: str, first: int, mode: str, is_later: bool, seconds: float) -> int:
    """Return the last number acknowledged before the kill: after the first, or at any time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_notes(path, first, writing, mode)
        finally:
            os._exit(1)
    os.close(writing)
    answered = os.read(reading, _ACK) if is_later else b""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer failed"
    with os.fdopen(reading, "rb") as file:
        answered += file.read()
    return max((first - 1, *_numbers(answered)))


def _numbers(answered: bytes) -> list[int]:
    return [
        int.from_bytes(answered[place : place + _ACK], "big")
        for place in range(0, len(answered) - _ACK + 1, _ACK)
    ]


def write_together(path: str, processes: int, writes: int, begin: str) -> dict[str, int]:
    """Write from several processes at once; return how many writes were acknowledged.

    Args:
        path: The book.
        processes: How many.
        writes: How many each of them makes.
        begin: How a transaction begins, see `begin_so`.
    """
    begin_so(begin)
    Book.open(path).close()
    reading, writing = os.pipe()
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            try:
                _write_some(path, process, writes, writing)
            finally:
                os._exit(0)
        children.append(child)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answered = len(file.read()) // _ACK
    for child in children:
        os.waitpid(child, 0)
    with Book.open(path) as book:
        found = book.verify()
    return {
        "acknowledged": answered,
        "events": found.head.count,
        "problems": len(found.problems),
    }


def begin_so(begin: str) -> None:
    """Begin writing transactions in another way.

    Args:
        begin: A statement for SQLite; for PostgreSQL `safe`, `unlocked`, or `unsynced`.
    """
    if begin.startswith("BEGIN"):
        sqlite.BEGIN_WRITING = begin
        return
    synced, locked = postgres.BEGIN_WRITING
    ways = {
        "safe": (synced, locked),
        "unlocked": (synced,),
        "unsynced": ("SET LOCAL synchronous_commit = off", locked),
    }
    postgres.BEGIN_WRITING = ways[begin]  # type: ignore[assignment]


def write_through(path: str, begin: str) -> None:
    """Write notes without an end, each until it is done; acknowledge on standard output."""
    begin_so(begin)
    number = 1
    while True:
        try:
            with Book.open(path) as book:
                while True:
                    course = book.open_course(opened(), context=now(key="one")).course
                    place = now(key=f"note {number}")
                    book.append(course, Note(text=str(number)), context=place)
                    acknowledge(1, number)
                    number += 1
        except MesoScheduleError as error:
            if error.exit_code != ExitCode.ENVIRONMENT:
                raise
            time.sleep(0.02)


def _write_some(path: str, process: int, writes: int, file: int) -> None:
    course = ""
    with Book.open(path) as book:
        for number in range(writes):
            try:
                if number % 10 == 0 or not course:
                    course = book.open_course(opened(), context=now()).course
                else:
                    book.append(course, Note(text=f"{process}/{number}"), context=now())
            except MesoScheduleError:
                continue
            acknowledge(file, number)


def acknowledge_some(path: str, writes: int) -> None:
    """Write a few notes and acknowledge each on standard output."""
    with Book.open(path) as book:
        course = book.open_course(opened(), context=now()).course
        for number in range(writes):
            book.append(course, Note(text="z" * 500), context=now())
            acknowledge(1, number)


def main(what: str, path: str, *words: str) -> None:
    """Run one of the above and print its figures."""
    if what == "kill":
        print(json.dumps(kill_at_random(path, int(words[0]), words[1])))
    elif what == "together":
        print(json.dumps(write_together(path, int(words[0]), int(words[1]), words[2])))
    elif what == "through":
        write_through(path, words[0])
    else:
        unsafe(*words[1:])
        acknowledge_some(path, int(words[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])

# ruff: noqa: E501 - a step of the day is one line
"""A working day at the desk, from the first plan to the receipt, with as few commands as can be."""

import shlex
from pathlib import Path

from tests.cli.courses.desk import Counter

# The day, what is typed, its exit code, and what is told; {} is the course of A. Example.
DAY = """\
2026-12-01 | plan skin --rules skin.toml --start tomorrow --at 10:00 | 0 | 4 sessions
2026-12-01 | plan skin --rules skin.toml --start 2026-12-02 --days sun | 1 | No calendar fits
2026-12-01 | courses open skin --rules skin.toml --start 2025-12-02 --patient "A. Example" | 2 | 1 Dec 2026
2026-12-01 | courses open skin --rules skin.toml --start 2026-12-02 --at 10:00 --patient "A. Example" --phone "+44 20 7946 0018" | 0 | Opened: its id is
2026-12-01 | courses open skin --rules skin.toml --start 2026-12-03 --at 11:00 --patient "B. Example" --reference R-2 | 0 | Opened: its id is
2026-12-01 | courses open skin --rules skin.toml --start 2027-01-11 --patient "A. Example" | 2 | The patient has a course already
2026-12-01 | courses print --patient "A. Example" -o first.html | 0 | Wrote first.html
2026-12-01 | courses pay --patient "A. Example" 90 --method card | 0 | Still to pay: 270.00 GBP
2026-12-01 | courses find "7946" | 0 | A. Example
2026-12-01 | courses find R-2 | 0 | B. Example
2026-12-01 | diary 2026-12-02 | 0 | 1 session, 45 min.
2026-12-02 | courses hold --patient "A. Example" | 0 | Session 2 is due from
2026-12-02 | courses undo --patient "A. Example" | 0 | Session 1: booked, Wed 2 Dec 2026
2026-12-02 | courses hold --patient "A. Example" --at 10:05 | 0 | on schedule
2026-12-02 | courses hold --patient "A. Example" --session 9 | 2 | The course has no session 9
2026-12-02 | courses hold --patient "A. Exam" | 2 | Write the whole name: A. Example
2026-12-02 | courses note --patient "A. Example" "prefers afternoons" | 0 | Recorded
2026-12-02 | courses show --patient "A. Example" | 0 | prefers afternoons
2026-12-03 | courses hold --patient "B. Example" | 0 | on schedule
2026-12-04 | courses move 2 --patient "A. Example" --to thu --at 15:00 | 2 | more must follow
2026-12-04 | courses move 2 --patient "A. Example" --to thu --at 15:00 --yes | 0 | Session 2 is on Thu 10 Dec 2026 at 15:00
2026-12-04 | courses changed --since 2026-12-04 | 0 | is now on
2026-12-04 | courses print --patient "A. Example" -o second.html | 0 | Wrote second.html
2026-12-08 | diary 2026-12-07..2026-12-20 | 0 | Week of Mon 7 Dec 2026
2026-12-08 | courses list | 0 | A. Example
2026-12-11 | courses list | 0 | ! 1 past
2026-12-11 | courses miss --patient "A. Example" | 0 | Give it a new day
2026-12-11 | courses move 2 --patient "A. Example" --to mon --late --reason ill --yes | 0 | Session 2 is on Mon 14 Dec 2026
2026-12-11 | courses hold --patient "B. Example" --on 2026-12-10 | 0 | on schedule
2026-12-14 | courses hold --patient "A. Example" | 0 | Session 2
2026-12-14 | courses pay --patient "A. Example" 500 | 2 | left to pay
2026-12-14 | courses pay --patient "A. Example" 270 --method cash | 0 | Still to pay: 0.00 GBP
2026-12-14 | courses receipt --patient "A. Example" | 0 | 270.00
2026-12-14 | courses due | 0 | B. Example
2026-12-14 | courses stop --patient "B. Example" --reason "moved away" | 0 | Reason: moved away
2026-12-14 | courses undo --patient "B. Example" | 0 | The course goes on
2026-12-14 | courses history --patient "B. Example" | 0 | corrected
2026-12-14 | courses replan --patient "A. Example" | 0 | Every booked day can stay
2026-12-14 | courses export --all -o all.json | 0 | Wrote all.json
2026-12-14 | book verify | 0 | is sound
"""


def test_the_day(counter: Counter) -> None:
    steps = [line.split(" | ") for line in DAY.splitlines()]
    assert len(steps) == 40
    for day, typed, code, told in steps:
        counter.set_day(day)
        ran = counter.ask(*shlex.split(typed))
        said = " ".join(f"{ran.out} {ran.err}".split())
        assert (ran.code, told in said) == (int(code), True), (typed, ran)
    assert Path("second.html").stat().st_size


def test_how_many_commands_a_journey_takes(counter: Counter) -> None:
    """Moved by phone: one; missed and moved: two; found and printed again: one."""
    course = counter.open("--start", "2026-12-01", patient="A. Example")
    journeys = [
        ["courses move 4 --patient 'A. Example' --to wed"],
        [
            "courses miss --patient 'A. Example'",
            "courses move 1 --patient 'A. Example' --to wed --yes",
        ],
        ["courses print --patient 'A. Exam' -o again.html"],
    ]
    counter.set_day("2026-12-01", 18)
    for journey in journeys:
        for typed in journey:
            assert counter.ask(*shlex.split(typed)).code == 0, typed
    assert [len(journey) for journey in journeys] == [1, 2, 1]
    assert counter.sessions(course)[0] == (1, "booked", "2026-12-02")

"""What `move` and `replan` tell at once: a session at that time, others that cannot follow."""

from tests.cli.courses.desk import Counter


def test_two_sessions_at_one_time_are_told(counter: Counter) -> None:
    other = counter.open("--at", "10:00", patient="Zoe Other")
    course = counter.open("--at", "14:00")
    told = "Session 2 on 2026-12-08 at 10:15 has the time of another session in the book."
    moved = counter.ask("courses", "move", course, "2", "--to", "2026-12-08", "--at", "10:15")
    assert moved.code == 0
    assert told in moved.out
    made = counter.done("courses", "move", course, "2", "--to", "2026-12-08", "--at", "10:30")
    assert [(it["kind"], it["session"]) for it in made["same_time"]] == [("same_time", 2)]
    free = counter.done("courses", "move", course, "2", "--to", "2026-12-08", "--at", "10:45")
    assert "same_time" not in free, "the other ends when it begins"
    counter.done("courses", "move", other, "3", "--to", "2026-12-16", "--at", "14:15", "--alone")
    anew = counter.done("courses", "replan", course, "--away", "2026-12-15")
    assert [(it["session"], it["kind"]) for it in anew["same_time"]] == [(3, "same_time")]


def test_a_move_after_which_none_can_follow_says_so_at_once(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "move", course, "3", "--to", "2026-12-16", "--yes")
    moved = counter.ask("courses", "move", course, "2", "--to", "2026-12-10")
    assert moved.code == 0
    words = " ".join(moved.out.split())
    assert "Those after it no longer fit, and cannot follow. No calendar fits: session 3" in words
    assert f"Give it to 'meso-schedule courses replan {course}'." in words
    told = counter.ask("courses", "replan", course)
    assert told.code == 1
    for line in told.err.splitlines():
        assert line in moved.out
    counter.done("courses", "undo", course)
    made = counter.done("courses", "move", course, "2", "--to", "2026-12-10")
    assert made["cannot_follow"]["conflict"]["session"] == 3

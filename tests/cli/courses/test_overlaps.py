"""A clinic that lets a person book over what is booked: by hand, told, and recorded."""

from pathlib import Path

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import DOCTOR

ROOM = '[[rooms]]\nid = "room-1"\n'


def _two(counter: Counter, overlap: str) -> tuple[str, str]:
    Path("clinic.toml").write_text(f'overlap = "{overlap}"\n{CLINIC}{DOCTOR}{ROOM}')
    first = counter.open("--sessions", "2", "--at", "10:00")
    second = counter.open("--sessions", "2", "--at", "12:00", patient="Berta Secret")
    return first, second


def test_what_is_booked_over_others_is_told_and_stays(counter: Counter) -> None:
    _, course = _two(counter, "warn")
    words = ("courses", "move", course, "2", "--to", "2026-12-08", "--at", "10:15")
    made = counter.done(*words)
    assert made["over"] == ["Dr A (doctor-a) is booked", "room-1 is booked"]
    (session,) = (
        it for it in counter.done("courses", "show", course)["sessions"] if it["number"] == 2
    )
    assert (session["start"], session["takes"]["overlaps"]) == ("10:15", True)
    told = counter.ask("courses", "move", course, "2", "--to", "2026-12-08", "--at", "10:30").out
    assert "It is booked over others: Dr A (doctor-a) is booked; room-1 is booked." in told
    assert counter.done("courses", "replan", course)["changes"] == []
    assert counter.done("book", "verify")["is_sound"]
    free = counter.done("courses", "move", course, "2", "--to", "2026-12-08", "--at", "14:00")
    assert "over" not in free
    (session,) = (
        it for it in counter.done("courses", "show", course)["sessions"] if it["number"] == 2
    )
    assert session["takes"]["overlaps"] is False


def test_hours_are_kept_all_the_same(counter: Counter) -> None:
    _, course = _two(counter, "warn")
    late = ("courses", "move", course, "2", "--to", "2026-12-08", "--at", "20:00")
    assert counter.refused(*late) == (1, "no_room")


def test_a_clinic_that_refuses_refuses(counter: Counter) -> None:
    _, course = _two(counter, "refuse")
    words = ("courses", "move", course, "2", "--to", "2026-12-08", "--at", "10:15")
    assert counter.refused(*words) == (1, "no_room")

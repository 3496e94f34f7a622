"""What runs of any commands have found (`test_machine.py`), each by an example of its own."""

from pathlib import Path

from tests.cli.courses.asking import events_of
from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.programme import in_both

pytestmark = in_both

JANUARY = CLINIC.replace('from = "2026-12-24"', 'from = "2025-12-24"').replace(
    'to = "2026-12-26"', 'to = "2025-12-26"'
)


def held(counter: Counter, course: str, *days: str) -> None:
    for day in days:
        counter.set_day(day)
        counter.done("courses", "hold", course)


def test_a_session_that_was_passed_over_is_dropped(counter: Counter) -> None:
    course = counter.open("--output", "a.ics")
    held(counter, course, "2026-12-01")
    counter.set_day("2026-12-08")
    # The appointment of session 3 was kept a week early; that of session 2 is needed no more.
    counter.done("courses", "hold", course, "--session", "3")
    ran = counter.ask("courses", "hold", course, "--session", "3")
    assert ran.code == 4
    printing = ("courses", "print", course, "--output", "b.ics")
    assert counter.refused(*printing) == (4, "not_as_booked")
    assert "Session 2 on 2026-12-08 was passed over" in counter.ask(*printing).err
    move = ("courses", "move", course, "--alone")
    assert counter.refused(*move, "2", "--to", "2026-12-09") == (4, "no_such_session")
    assert "passed over: session 3 was held" in counter.ask(*move, "2", "--to", "2026-12-09").err
    assert counter.done("courses", "show", course)["next"]["earliest"] == "2026-12-15"
    # Two count; the third is visit 4, a week after the visit of the 8th, not of session 2.
    assert counter.done(*move, "4", "--to", "2026-12-16")["revision"] == 5
    made = counter.done("courses", "replan", course, "--yes")
    assert [(it["number"], it["kind"], it["to"]) for it in made["changes"]] == [
        (2, "dropped", None),
        (5, "new", "2026-12-30"),
    ]
    assert counter.sessions(course) == [
        (1, "held", "2026-12-01"),
        (3, "held", "2026-12-08"),
        (4, "booked", "2026-12-16"),
        (5, "booked", "2026-12-30"),
    ]
    counter.done(*printing)
    events = events_of(Path("b.ics").read_text()).values()
    assert [str(day) for status, day, _ in events if status == "CANCELLED"] == ["2026-12-08"]


def test_one_that_was_passed_over_needs_no_new_day(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course, "--session", "2")
    told = counter.ask("courses", "miss", course, "1", "--called-off").out
    assert "Give it a new day" not in told
    assert "Give it a new day" in counter.ask("courses", "miss", course, "3", "--called-off").out


def test_a_session_held_waits_for_no_improvement(counter: Counter) -> None:
    course = counter.open()
    held(counter, course, "2026-12-01", "2026-12-08", "2026-12-15", "2026-12-29")
    made = counter.done("diary", "--month")
    assert [(day["held"], day["provisional"]) for day in made["days"]] == [(1, 0)] * 4
    assert made["income"][0]["provisional"] == 0
    assert "provisional" not in counter.ask("diary", "--month").out


def test_improvement_makes_firm_what_waited_for_it(counter: Counter) -> None:
    course = counter.open("--output", "a.ics")
    held(counter, course, "2026-12-01", "2026-12-08")
    month = ("diary", "--month")
    assert [day["provisional"] for day in counter.done(*month)["days"]] == [0, 0, 0, 1]
    counter.done("courses", "improve", course)
    assert [day["provisional"] for day in counter.done(*month)["days"]] == [0, 0, 0, 0]
    words = ("courses", "correct", course, "5", "--reason", "Too early to tell", "--withdraw")
    counter.done(*words)
    assert [day["provisional"] for day in counter.done(*month)["days"]] == [0, 0, 0, 1]


def test_a_correction_leaves_no_improvement_before_the_first_session(counter: Counter) -> None:
    course = counter.open()
    held(counter, course, "2026-12-01")
    counter.done("courses", "improve", course)
    words = ("courses", "correct", course, "3", "--reason", "Another patient", "--withdraw")
    assert counter.refused(*words) == (4, "contradiction")
    assert "No session was held by 2026-12-01" in counter.ask(*words).err
    counter.set_day("2026-12-02")
    assert counter.refused(*words[:-1], "--set", "on=2026-12-02") == (4, "contradiction")
    counter.done("courses", "correct", course, "4", "--reason", "Not yet", "--withdraw")
    counter.done(*words)
    assert counter.done("courses", "show", course)["next"]["number"] == 1


def test_an_appointment_whose_booking_was_withdrawn_is_taken_out(counter: Counter) -> None:
    course = counter.open("--no-improvement")
    held(counter, course, "2026-12-01", "2026-12-06")
    counter.done("courses", "replan", course, "--yes")
    counter.done("courses", "print", course, "--output", "a.ics")
    given = events_of(Path("a.ics").read_text())
    # The second visit and the booking that followed from it were another patient's.
    for revision in ("5", "4"):
        words = ("courses", "correct", course, revision, "--reason", "x", "--withdraw")
        counter.done(*words)
    counter.done("courses", "print", course, "--output", "b.ics")
    events = events_of(Path("b.ics").read_text())
    assert len([uid for uid, event in events.items() if event[0] == "CANCELLED"]) == 1
    assert given.keys() <= events.keys()


def test_a_course_that_begins_later_than_agreed_is_printed(counter: Counter) -> None:
    Path("clinic.toml").write_text(JANUARY)
    course = counter.open("--sessions", "2")
    for number, day in (("2", "2026-12-11"), ("1", "2026-12-16"), ("2", "2026-12-23")):
        words = (
            "courses",
            "move",
            course,
            "--alone",
            number,
            "--to",
            day,
            "--late",
            "--reason",
            "abroad",
        )
        counter.done(*words)
    counter.done("courses", "print", course, "--output", "a.txt")
    assert "Wed 16 Dec 2026" in Path("a.txt").read_text()

"""The book in the library: the same events as by the commands, keys, retries and threads."""

import json
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import BookFault, Clock, CourseRequest, InputError, RefusedError, parse_clinic
from meso_schedule.book import Book, Context, Receipt
from meso_schedule.book.book import Book as Events
from meso_schedule.book.events import record_of
from meso_schedule.cli.courses import _COMMANDS
from meso_schedule.cli.courses.course_options import CONTACT, SCREENING
from meso_schedule.cli.courses.replan_command import _CHANGES
from meso_schedule.rules.catalogue import parse_protocol
from tests.cli.courses.desk import CLINIC, RULES, Counter

KEEPING = (
    CLINIC.replace("[hours]", 'notice = "24 hours"\n[hours]')
    + """\
valid = "12 months"
[cancelling]
missed = "session"
moved = "30.00"
[consultation]
minutes = 20
"""
)
NEEDLES = "Are you afraid of needles?"
ASKING = f'[[care]]\naction = "ask"\nwhat = "{NEEDLES}"\nstop = true\nassumption = "test"\n'
SKIN = parse_protocol(RULES + ASKING)
NEWER = parse_protocol((RULES + ASKING).replace('version = "1"', 'version = "2"'))
ASKED: dict[str, Any] = {"start": "2026-12-01", "patient": "A. Patient", "at": "10:00"}
OPENED = CourseRequest(protocol="skin", **ASKED)
Step = tuple[str, tuple[str, ...], Callable[[Book, str, Context], object]]

# A day, what is typed on it, and what a program calls for the same.
LIFE: tuple[Step, ...] = (
    (
        "2026-12-01",
        ("miss", "--consultation", "--fee", "20.00", "--reason", "ill"),
        lambda it, c, by: it.miss(c, by=by, consultation=True, fee="20.00", reason="ill"),
    ),
    ("2026-12-01", ("undo",), lambda it, c, by: it.undo(c, by=by)),
    (
        "2026-12-01",
        ("hold", "--consultation", "--reason", "first talk"),
        lambda it, c, by: it.hold(c, by=by, consultation=True, reason="first talk"),
    ),
    (
        "2026-12-01",
        ("screen", "--screening", "yes.json", "--cleared-by", "Dr A", "--consent", "2026-11-30"),
        lambda it, c, by: it.screen(
            c, {NEEDLES: "yes"}, by=by, cleared_by="Dr A", consent=date(2026, 11, 30)
        ),
    ),
    (
        "2026-12-01",
        ("contact", "--phone", "+44 20 7946 0000"),
        lambda it, c, by: it.contact(c, by=by, phone="+44 20 7946 0000"),
    ),
    (
        "2026-12-01",
        ("contact", "--phone", "", "--email", "a@example.org"),
        lambda it, c, by: it.contact(c, by=by, phone="", email="a@example.org"),
    ),
    ("2026-12-01", ("note", "shy"), lambda it, c, by: it.note(c, "shy", by=by)),
    (
        "2026-12-01",
        ("extend", "--until", "2027-12-31", "--reason", "abroad"),
        lambda it, c, by: it.extend(c, "2027-12-31", "abroad", by=by),
    ),
    (
        "2026-12-01",
        ("adopt", "--rules", "newer.toml", "--reason", "new rules"),
        lambda it, c, by: it.adopt(c, by=by, rules=[NEWER], reason="new rules"),
    ),
    (
        "2026-12-01",
        ("hold", "--at", "10:15", "--lot", "L-204/7"),
        lambda it, c, by: it.hold(c, by=by, at=Clock(615), lot="L-204/7"),
    ),
    (
        "2026-12-01",
        ("pay", "--currency", "GBP", "--on", "2026-12-01", "90.00"),
        lambda it, c, by: it.pay(c, "90.00", by=by, currency="GBP", on="2026-12-01"),
    ),
    (
        "2026-12-08",
        ("move", "2", "--to", "2026-12-11", "--at", "11:00", "--reason", "ill", "--yes"),
        lambda it, c, by: it.move(
            c, 2, date(2026, 12, 11), by=by, at="11:00", reason="ill", yes=True
        ),
    ),
    (
        "2026-12-11",
        ("miss", "--session", "2", "--waive", "snow"),
        lambda it, c, by: it.miss(c, by=by, session=2, waive="snow"),
    ),
    ("2026-12-11", ("replan", "--yes"), lambda it, c, by: it.replan(c, by=by, yes=True)),
    (
        "2026-12-18",
        ("hold", "--session", "2", "--on", "2026-12-17", "--improved", "unclear"),
        lambda it, c, by: it.hold(c, by=by, session="2", on="2026-12-17", improved="unclear"),
    ),
    (
        "2026-12-19",
        ("assess", "--improved", "yes"),
        lambda it, c, by: it.assess(c, "yes", by=by),
    ),
    (
        "2026-12-19",
        ("correct", "14", "--reason", "slip", "--set", "amount=95.00"),
        lambda it, c, by: it.correct(c, 14, "slip", by=by, changes={"amount": "95.00"}),
    ),
    (
        "2026-12-20",
        ("miss", "--session", "3", "--on", "2026-12-18", "--called-off", "--fee", "20.00"),
        lambda it, c, by: it.miss(
            c, by=by, session=3, on="2026-12-18", called_off=True, fee=Decimal("20.00")
        ),
    ),
    (
        "2026-12-20",
        ("pause", "--reason", "ill"),
        lambda it, c, by: it.pause(c, by=by, reason="ill"),
    ),
    ("2026-12-20", ("pause", "--end"), lambda it, c, by: it.pause(c, by=by, end=True)),
    (
        "2026-12-20",
        ("replan", "--away", "2026-12-29", "--yes"),
        lambda it, c, by: it.replan(c, by=by, changes={"away": "2026-12-29"}, yes=True),
    ),
    (
        "2026-12-20",
        ("replan", "--away", "2027-01-05", "--late", "2", "--yes"),
        lambda it, c, by: it.replan(
            c, by=by, changes={"away": ["2027-01-05"], "late": 2, "at": None}, yes=True
        ),
    ),
    (
        "2026-12-21",
        ("stop", "--used", "150.00", "--reason", "moved away"),
        lambda it, c, by: it.stop(c, by=by, used="150.00", reason="moved away"),
    ),
    (
        "2026-12-22",
        ("pay", "--refund", "5.00"),
        lambda it, c, by: it.pay(c, Decimal("5.00"), by=by, refund=True),
    ),
)


def by(day: str = "2026-12-01", **more: Any) -> Context:
    """Return who writes, in the morning of a day."""
    at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZoneInfo("Europe/London"))
    return Context(**{"who": "nurse", "at": at, **more})


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Return a book of a clinic that keeps something of visits missed or moved."""
    return Book.open(tmp_path / "own.book", clinic=parse_clinic(KEEPING))


def told(address: Path | str, course: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the kinds and contents of a course's events."""
    with Events.open(address, create=False) as events:
        records = [record_of(event, events.shown) for event in events.history(course)]
    return [(record.kind, record.content) for record in records]


def test_a_life_by_the_library_leaves_the_events_of_the_commands(
    counter: Counter, book: Book, tmp_path: Path
) -> None:
    (tmp_path / "clinic.toml").write_text(KEEPING)
    (tmp_path / "skin.toml").write_text(RULES + ASKING)
    (tmp_path / "newer.toml").write_text((RULES + ASKING).replace('version = "1"', 'version = "2"'))
    for answer in ("yes", "no"):
        told_to = json.dumps([{"question": NEEDLES, "answer": answer}])
        (tmp_path / f"{answer}.json").write_text(told_to)
    words = ("--start", "2026-12-01", "--patient", "A. Patient", "--at", "10:00")
    said = ("--screening", "no.json", "--consent", "2026-11-30", "--language", "de")
    typed = counter.done(
        *("courses", "open", "skin", *words, *said, "--consultation", "2026-12-01"),
        *("--rules", "skin.toml"),
    )["course"]
    course = book.open_course(
        SKIN,
        CourseRequest(protocol="skin", consultation="2026-12-01", **ASKED),
        by=by(),
        screening={NEEDLES: "no"},
        consent="2026-11-30",
        language="DE",
    ).course
    for day, (command, *rest), call in LIFE:
        counter.set_day(day)
        counter.done("courses", command, typed, *rest)
        call(book, course, by(day))
        ours, theirs = told(tmp_path / "own.book", course), told(tmp_path / "courses.book", typed)
        assert ours == theirs, command
    assert [kind for kind, _ in theirs][-2:] == ["stopped", "paid"]


# The same by another name; what goes to a calendar server a program sends by a client of its own.
_NAMED = {"open": "open_course", "list": "courses", "show": "course", "print": "print_plan"}
_NAMED |= {"import": "import_courses"}
_OUTSIDE = {"publish"}


def test_the_library_does_what_every_command_does() -> None:
    for command in _COMMANDS.keys() - _OUTSIDE:
        assert callable(getattr(Book, _NAMED.get(command, command), None)), command


# What stands in another place of a call: who asks and when, and what is one argument there.
_TYPED = {"book", "head_file", "who", "key", "revision", "clinic", "as_of", "format", "patient"}
_SAID = {"zone": "busy", "change": "changes", "event": "revision", "treatment": "changes"}
_SAID |= {"withdraw": "changes", "all": "course", "number": "session"}
_SAID |= dict.fromkeys(("go_on", "restart", "stop"), "outcome") | dict.fromkeys(_CHANGES, "changes")


def test_the_library_takes_what_every_command_that_writes_takes() -> None:
    seen = set()
    for command, place in _COMMANDS.items():
        module, _, function = place.partition(".")
        home = import_module(f"meso_schedule.cli.courses.{module}")
        typed = signature(getattr(home, function)).parameters
        if "who" in typed and command != "open":
            taken = signature(getattr(Book, command)).parameters
            missing = {it for it in typed if not {it, _SAID.get(it)} & {*taken, *_TYPED}}
            assert missing == set(), command
            seen.add(command)
    assert len(seen) > 18
    opened = signature(Book.open_course).parameters
    assert {*CONTACT, *SCREENING, "language", "yes"} <= opened.keys()


def test_what_is_asked_again_under_a_key(book: Book) -> None:
    first = book.open_course(SKIN, OPENED, by=by(key="1"))
    assert book.open_course(SKIN, OPENED, by=by(key="1")).course == first.course
    with pytest.raises(RefusedError, match="Something else was asked"):
        book.open_course(SKIN, OPENED.changed(sessions=3), by=by(key="1"))
    held = book.hold(first.course, by=by(key="2"))
    again = book.hold(first.course, by=by("2026-12-05", key="2"))
    assert (again.is_repeated, again.revision) == (True, held.revision)
    asked: dict[str, Any] = {"finish_by": "2027-02-10", "away": ["2026-12-08"]}
    made = book.replan(first.course, by=by(key="3"), changes=asked, yes=True)
    assert made.receipt is not None
    assert made.replanned is not None
    repeated = book.replan(first.course, by=by(key="3"), changes=asked, yes=True)
    assert repeated.replanned is None
    assert repeated.receipt is not None
    assert repeated.receipt.revision == made.receipt.revision
    assert len(book.courses()) == 1


def test_a_preview_writes_nothing(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    made = book.replan(course, by=by(), changes={"away": ["2026-12-08"]}, release=[2])
    assert made.receipt is None
    assert made.replanned is not None
    assert [(it.number, str(it.after)) for it in made.replanned.made.changes][:1] == [
        (2, "2026-12-09")
    ]
    assert book.course(course).revision == 2


def test_what_is_more_than_was_asked_for(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    refused: list[Callable[[], Receipt]] = [
        lambda: book.pay(course, "1000.00", by=by()),
        lambda: book.miss(course, by=by()),
        lambda: book.move(course, 2, "2026-12-09", by=by("2026-12-08")),
    ]
    for call in refused:
        with pytest.raises(InputError) as caught:
            call()
        (fault,) = caught.value.faults
        assert (fault.code, fault.field) == ("not_confirmed", "yes")
        assert "Record it?" in fault.message
    assert book.course(course).revision == 2
    with pytest.raises(InputError, match=r"Other sessions must follow: 3, 4\. Book them all\?"):
        book.move(course, 2, "2026-12-11", by=by())
    alone = book.move(course[:6], 2, "2026-12-11", by=by(), alone=True)
    assert [str(it.date) for it in alone.state.upcoming][1:3] == ["2026-12-11", "2026-12-15"]
    paid = book.pay(course, "1000.00", by=by(), yes=True)
    with pytest.raises(InputError, match=r"1700\.00 GBP more are paid"):
        book.correct(course, paid.revision, "slip", by=by(), changes={"amount": "2060.00"})
    withdrawn = book.correct(course, paid.revision, "slip", by=by())
    assert withdrawn.state.payments == ()
    back = book.correct(course, paid.revision, "no slip", by=by(), returned=True, yes=True)
    assert len(back.state.payments) == 1


def test_bad_values_are_named(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    calls: dict[str, Callable[[], object]] = {
        "on": lambda: book.hold(course, by=by(), on="2026-13-01"),
        "at": lambda: book.hold(course, by=by(), at="25:00"),
        "session": lambda: book.hold(course, by=by(), session="x"),
        "fee": lambda: book.miss(course, by=by(), fee="1.234"),
        "waive": lambda: book.miss(course, by=by(), fee="1.00", waive="snow"),
        "reason": lambda: book.move(course, 2, "2026-12-20", by=by(), late=True),
        "amount": lambda: book.pay(course, "1.0.0", by=by()),
        "changes": lambda: book.correct(
            course, 1, "slip", by=by(), changes={"on": None}, returned=True
        ),
        "as_of": lambda: book.due("soon"),
        "who": lambda: book.hold(course, by=by(who="")),
        "used": lambda: book.stop(course, by=by(), used="x"),
    }
    for name, call in calls.items():
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.faults[0].field == name
    assert book.course(course).revision == 2


def test_what_the_book_tells(book: Book, tmp_path: Path) -> None:
    course = book.open_course([SKIN], OPENED, by=by()).course
    later = OPENED.changed(patient="B. Other", start=date(2026, 12, 8))
    book.open_course(SKIN, later, by=by(as_of=date(2026, 12, 2)))
    assert [line.course for line in book.find("a. pat")] == [course]
    assert [line.course for line in book.find(course[:5].upper())] == [course]
    assert (book.due("2026-12-01")[0].course, book.due("2026-12-01")[0].session) == (course, "1")
    assert [it.course for it in book.due(date(2026, 12, 1), until="2026-12-07")] == [course]
    assert [line.course for line in book.courses("due", as_of="2026-12-01")] == [course]
    today = [it for it in book.diary("2026-12-01", "2026-12-01") if it.course == course]
    assert [(it.start, str(it.low)) for it in today] == [("10:00", "90.00")]
    plan = book.print_plan(course, as_of="2026-12-01")
    assert [str(it.date) for it in plan.sessions[:2]] == ["2026-12-01", "2026-12-08"]
    assert plan.booked
    assert [event.kind for event in book.history(course)] == ["opened", "booked"]
    head = book.backup(tmp_path / "copy.book")
    assert book.verify(head).is_sound
    assert book.findings == ()
    with Book.open(tmp_path / "copy.book", create=False) as copy:
        assert copy.course(course) == book.course(course)
    with pytest.raises(BookFault, match="was closed"):
        copy.courses()


def test_another_program_is_quicker(book: Book, tmp_path: Path) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    seen = book.course(course).revision
    book.hold(course, by=by())
    with pytest.raises(RefusedError, match="has changed"):
        book.pay(course, "90.00", by=by(revision=seen))
    threads, failed = [], list[BaseException]()

    def pay() -> None:
        try:
            with Book.open(tmp_path / "own.book", timeout=60) as mine:
                for _ in range(3):
                    mine.pay(course, "1.00", by=by())
                    book.pay(course, "1.00", by=by())
        except BaseException as error:
            failed.append(error)

    for _ in range(2):
        threads.append(threading.Thread(target=pay))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(book.course(course).payments) == 12
    assert book.verify().is_sound
    book.close()


def test_a_book_of_no_clinic(tmp_path: Path) -> None:
    with Book.open(tmp_path / "own.book") as book:
        made = book.open_course(SKIN, CourseRequest(start="2026-12-01"), by=by())
        assert book.print_plan(made.course, as_of="2026-12-01").timezone == "UTC"
        with pytest.raises(InputError, match="No currency is known in which it could be kept"):
            book.miss(made.course, by=by(), fee="5")


def test_a_second_course_and_what_was_hardly_meant(book: Book) -> None:
    first = book.open_course(SKIN, OPENED, by=by(), phone="+44 20 7946 0000").course
    again = OPENED.changed(start=date(2027, 3, 1))
    with pytest.raises(InputError, match=f"The patient has a course already: {first}"):
        book.open_course(SKIN, again, by=by())
    second = book.open_course(SKIN, again, by=by(), yes=True, email="a@example.org")
    assert second.course != first
    late = CourseRequest(start="2026-09-01")
    with pytest.raises(InputError, match="The course begins on"):
        book.open_course(SKIN, late, by=by())
    with pytest.raises(InputError, match="The course has no session 9"):
        book.hold(first, by=by(), session=9)
    held = book.hold(first, by=by(), lot="L-1")
    paid = book.pay(first, "1.00", by=by(), method="card")
    assert (held.revision + 1, paid.state.payments[0].paid.method) == (paid.revision, "card")

"""Corrections: they add up, and pass every check that the command itself makes."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.records import Corrected, Missed, Paid, Stopped
from tests.book.samples import now
from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.programme import in_both

YEN = CLINIC.replace("GBP", "JPY").replace('"100.00"', '"10000"').replace('"360.00"', '"36000"')


def correct(counter: Counter, course: str, revision: int, *changes: str) -> dict[str, object]:
    words = [word for change in changes for word in ("--set", change)]
    state: dict[str, object] = counter.done(
        "courses", "correct", course, str(revision), "--reason", "x", *words
    )["state"]
    return state


def first(state: dict[str, object]) -> tuple[object, ...]:
    sessions = state["sessions"]
    assert isinstance(sessions, list)
    return tuple(sessions[0][name] for name in ("status", "date", "start"))


@in_both
def test_a_second_correction_leaves_the_first_standing(counter: Counter) -> None:
    course = counter.open()
    counter.set_day("2026-12-03")
    counter.done("courses", "hold", course, "--on", "2026-12-01")
    correct(counter, course, 3, "on=2026-12-03")
    state = correct(counter, course, 3, "at=10:00")
    assert first(state) == ("held", "2026-12-03", "10:00")
    # The skin protocol asks for seven days.
    assert counter.done("courses", "show", course)["next"]["earliest"] == "2026-12-10"
    state = correct(counter, course, 3, "reason=numbed", "on=2026-12-02")
    assert first(state) == ("held", "2026-12-02", "10:00")
    # A word is taken out again only by saying so.
    assert correct(counter, course, 3, "reason=")["revision"] == 7
    (*_, last) = counter.done("courses", "history", course)["events"]
    said = {"number": 1, "protocol": "skin", "on": "2026-12-02", "at": "10:00"}
    assert last["content"]["replacement"] == said


def test_an_amount_does_not_jump_back(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "pay", course, "100.00")
    correct(counter, course, 3, "amount=90.00")
    counter.set_day("2026-12-02")
    correct(counter, course, 3, "on=2026-12-02")
    assert counter.done("courses", "show", course)["account"]["paid"] == "90.00"


def test_a_payment_raised_above_what_is_left_asks(counter: Counter) -> None:
    course = counter.open()
    left = Decimal(counter.done("courses", "show", course)["account"]["balance"])
    counter.done("courses", "pay", course, str(left - 10))
    words = ("courses", "correct", course, "3", "--reason", "x")
    counter.done(*words, "--set", f"amount={left}")
    raised = (*words, "--set", f"amount={left + 1}")
    assert counter.refused(*raised) == (2, "not_confirmed")
    ran = counter.ask(*raised)
    assert "With this 1.00 GBP more are paid than the course comes to. Record it?" in ran.err
    assert counter.done("courses", "show", course)["account"]["balance"] == "0.00"
    counter.done(*raised, "--yes")
    # What is lowered, withdrawn, or says nothing of money, does not ask, however it stands.
    counter.done(*words, "--set", f"amount={left + Decimal('0.50')}")
    counter.done(*words, "--set", "on=2026-12-01")
    counter.done(*words, "--withdraw")
    counter.done("courses", "pay", course, "20.00")
    assert counter.refused(*words, "--return") == (2, "not_confirmed")
    counter.done(*words, "--return", "--yes")


@in_both
def test_of_a_withdrawn_event_only_its_return_is_possible(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    correct(counter, course, 3, "at=10:00")
    words = ("courses", "correct", course, "3", "--reason", "x")
    assert counter.refused(*words, "--return") == (4, "not_withdrawn")
    counter.done(*words, "--withdraw")
    for again in (("--set", "at=11:00"), ("--withdraw",)):
        assert counter.refused(*words, *again) == (4, "withdrawn")
        assert "only its return is possible" in counter.ask(*words, *again).err
    assert counter.sessions(course)[0][1] == "booked"
    returned = counter.ask(*words, "--return")
    assert "did happen" in returned.err
    # As it was corrected before it was withdrawn.
    shown = counter.done("courses", "show", course)
    assert first(shown) == ("held", "2026-12-01", "10:00")
    assert first(correct(counter, course, 3, "at=11:00")) == ("held", "2026-12-01", "11:00")
    assert counter.refused(*words, "--return", "--withdraw") == (2, "contradiction")


def test_a_key_of_before_is_known_again(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "note", course, "a")
    words = ("courses", "correct", course, "3", "--reason", "x", "--withdraw", "--key", "k")
    counter.done(*words)
    with Book.open(counter.path) as book:
        asked = ["correct", {"course": course, "event": "3", "reason": "x", "change": None}]
        asked[1] |= {"withdraw": True}  # type: ignore[operator]
        assert book.recall("k", asked) is not None


@pytest.mark.parametrize(
    ("written", "change", "code", "error"),
    [
        (("pay", "{}", "100"), "amount=10.5", 2, "too_many_decimals"),
        (("pay", "{}", "100"), "currency=USD", 2, "contradiction"),
        (("pay", "{}", "100"), "amount=-5", 2, "bad_amount"),
        (("pay", "{}", "100"), "amount=0", 2, "bad_amount"),
        (("pay", "{}", "100"), "refund=true", 4, "contradiction"),
        (("pay", "{}", "100"), "on=2026-12-02", 4, "contradiction"),
        (("pay", "{}", "100"), "on=2026-11-30", 4, "contradiction"),
        (("stop", "{}"), "used=36001", 4, "contradiction"),
        (("stop", "{}"), "used=10.5", 2, "too_many_decimals"),
        (("stop", "{}"), "used=x", 2, "bad_amount"),
        (("stop", "{}"), "currency=USD", 2, "contradiction"),
        (("stop", "{}"), "refund=7", 2, "contradiction"),
        (("stop", "{}"), "owed=7", 2, "contradiction"),
        (("stop", "{}"), "on=2026-12-02", 4, "contradiction"),
        (
            ("move", "{}", "--alone", "2", "--to", "2026-12-09"),
            "to=2026-12-14",
            4,
            "outside_window",
        ),
        (
            ("move", "{}", "--alone", "2", "--to", "2026-12-09"),
            "to=2026-12-12",
            4,
            "outside_window",
        ),
        (("move", "{}", "--alone", "1", "--to", "2026-12-09"), "to=2026-12-12", 1, "no_room"),
        (("move", "{}", "--alone", "2", "--to", "2026-12-09"), "start=16:30", 1, "no_room"),
        (("move", "{}", "--alone", "2", "--to", "2026-12-09"), "late=true", 2, "missing_argument"),
        (("move", "{}", "--alone", "2", "--to", "2026-12-09"), "number=9", 4, "no_such_session"),
        (("hold", "{}"), "on=2026-12-02", 4, "contradiction"),
        (("hold", "{}"), "number=0", 2, "bad_number"),
        (("hold", "{}"), "at=25:00", 2, "bad_time"),
        (("miss", "{}"), "number=9", 4, "contradiction"),
        (("miss", "{}"), "number=2", 4, "contradiction"),
        (("miss", "{}"), "on=2026-12-02", 4, "contradiction"),
        (("note", "{}", "x"), "text=", 2, "missing_key"),
    ],
)
def test_what_the_command_refuses_a_correction_cannot_say(
    counter: Counter, written: tuple[str, ...], change: str, code: int, error: str
) -> None:
    Path("clinic.toml").write_text(YEN.replace('"25%"', '"20%"'))
    course = counter.open()
    counter.done("courses", *(word.format(course) for word in written))
    words = ("courses", "correct", course, "3", "--reason", "x", "--set", change)
    assert counter.refused(*words) == (code, error)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("timezone=Mars/Base", (2, "unknown_zone")),
        ("timezone=../x", (2, "unknown_zone")),
        ("on=2026-12-02", (4, "contradiction")),
    ],
)
def test_an_opening_stays_readable(counter: Counter, change: str, refused: tuple[int, str]) -> None:
    course = counter.open()
    words = ("courses", "correct", course, "1", "--reason", "x", "--set", change)
    assert counter.refused(*words) == refused


def test_refunds_stay_covered(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "pay", course, "100.00")
    counter.done("courses", "pay", course, "80.00", "--refund")
    words = ("courses", "correct", course, "3", "--reason", "x")
    assert counter.refused(*words, "--set", "amount=50.00") == (4, "contradiction")
    assert counter.refused(*words, "--withdraw") == (4, "contradiction")
    assert "80.00 is more than the 50.00 that were paid" in (
        counter.ask(*words, "--set", "amount=50.00").err
    )
    correct(counter, course, 3, "amount=80.00")
    assert counter.done("courses", "show", course)["account"]["paid"] == "0.00"


@in_both
def test_a_stop_is_settled_anew(counter: Counter) -> None:
    """90 paid; 200 used leave 110 owed, 50 used give 40 back."""
    course = counter.open()
    counter.done("courses", "pay", course, "90.00")
    assert counter.refused("courses", "stop", course, "--used", "360.01") == (
        *(4, "more_than_the_course"),
    )
    counter.done("courses", "stop", course)
    ends = ("used", "owed", "refund")
    for change, expected in (
        ("used=200", ("200.00", "110.00", "0.00")),
        ("used=50.0", ("50.00", "0.00", "40.00")),
        ("refund=40.00", ("50.00", "0.00", "40.00")),
        ("reason=moved away", ("50.00", "0.00", "40.00")),
        ("used=", (None, None, None)),
    ):
        correct(counter, course, 4, change)
        stopped = counter.done("courses", "show", course)["stopped"]
        assert tuple(stopped[name] for name in ends) == expected, change


def test_without_a_price_nothing_is_used(counter: Counter) -> None:
    course = counter.open("--no-prices")
    counter.done("courses", "stop", course)
    words = ("courses", "correct", course, "3", "--reason", "x", "--set", "used=5.00")
    assert counter.refused(*words) == (2, "no_price")


@in_both
def test_a_move_is_corrected_within_its_window(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-09")
    correct(counter, course, 3, "to=2026-12-10")
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-10")
    # What it says of the reason has nothing to do with the hours of today.
    Path("clinic.toml").write_text(
        CLINIC + '[[closures]]\nfrom = "2026-12-10"\nto = "2026-12-10"\nreason = "Painters"\n'
    )
    correct(counter, course, 3, "reason=asked by phone")
    correct(counter, course, 3, "to=2026-12-14", "late=true")
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-14")


def test_a_move_whose_day_has_passed_can_be_corrected(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-09")
    counter.set_day("2026-12-11")
    correct(counter, course, 4, "reason=asked by phone")
    words = ("courses", "correct", course, "4", "--reason", "x")
    counter.done(*words, "--withdraw")
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-08")
    counter.done(*words, "--return")
    assert counter.sessions(course)[1] == (2, "booked", "2026-12-09")
    assert counter.refused(*words, "--set", "to=2026-11-30") == (4, "outside_window")


def old_book(counter: Counter, *records: Corrected | Missed | Paid | Stopped) -> str:
    """Return a course as an earlier version let it be written, past the rules of today."""
    from meso_schedule.book import writing

    course = counter.open()
    counter.done("courses", "pay", course, "100.00")
    counter.done("courses", "note", course, "a")
    patched = pytest.MonkeyPatch()
    patched.setattr(writing, "extended", lambda _, entries, entry: [*entries, entry])
    with Book.open(counter.path) as book:
        book.append(course, *records, context=now("2026-12-01"))
    patched.undo()
    return course


def paid(amount: str, currency: str = "GBP") -> dict[str, str]:
    return {"on": "2026-12-01", "amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("record", "event", "sentence"),
    [
        (Corrected(revision=3, reason="x", replacement=paid("10.555")), 3, "more decimals"),
        (Corrected(revision=3, reason="x", replacement=paid("10", "USD")), 3, "reckoned in GBP"),
        (Paid(on="2026-12-01", amount="100.01", currency="GBP", refund=True), 5, "100.00 that"),
        (
            Stopped(on="2026-12-01", currency="GBP", used="360.01", owed="0", refund="0"),
            *(5, "360.01 is more than the course"),
        ),
        (
            Stopped(on="2026-12-01", currency="GBP", used="0", owed="0", refund="101"),
            *(5, "101 is more than the 100.00"),
        ),
        (Missed(number=2, on="2026-12-01"), 5, "booked for 2026-12-08, not for 2026-12-01"),
    ],
)
def test_verify_names_what_earlier_versions_let_through(
    counter: Counter, record: Corrected | Missed | Paid | Stopped, event: int, sentence: str
) -> None:
    course = old_book(counter, record)
    found = counter.ask("book", "verify", "--format", "json")
    assert (found.code, found.json["is_sound"]) == (1, False)
    (problem,) = found.json["problems"]
    assert (problem["code"], problem["sequence"]) == ("against_the_rules", event)
    assert f"revision {event} of course {course}" in problem["message"]
    assert sentence in problem["message"]
    # It is read as before, backed up and restored, and can be put right.
    counter.done("courses", "show", course)
    counter.done("book", "backup", "copy.book")
    counter.done("book", "restore", "copy.book", "--book", "restored.book")
    words = ("courses", "correct", course, str(event), "--reason", "x")
    right = ("--set", "amount=10.00", "--set", "currency=GBP") if event == 3 else ("--withdraw",)
    counter.done(*words, *right)
    assert counter.done("book", "verify")["is_sound"]


def test_one_wrong_event_does_not_hold_another_back(counter: Counter) -> None:
    wrong = Corrected(revision=3, reason="x", replacement=paid("10.555"))
    course = old_book(counter, wrong, Missed(number=2, on="2026-12-01"))
    assert len(json.loads(counter.ask("book", "verify", "--format", "json").out)["problems"]) == 2
    # The amount stays wrong while something else is corrected; it is never made worse.
    correct(counter, course, 4, "text=b")
    words = ("courses", "correct", course, "3", "--reason", "x", "--set", "amount=10.666")
    assert counter.refused(*words) == (2, "too_many_decimals")
    correct(counter, course, 3, "amount=10.55")
    counter.done("courses", "correct", course, "6", "--reason", "x", "--withdraw")
    assert counter.done("book", "verify")["is_sound"]


def test_a_stop_is_settled_anew_beside_a_fee(counter: Counter) -> None:
    """90 paid and a fee of 30: 40 used give 20 back, 80 used leave 20 owed."""
    course = counter.open()
    counter.done("courses", "pay", course, "90.00")
    counter.done("courses", "miss", course, "--fee", "30.00")
    counter.done("courses", "stop", course)
    for used, owed, refund in (("40.00", "0.00", "20.00"), ("80.00", "20.00", "0.00")):
        correct(counter, course, 5, f"used={used}")
        stopped = counter.done("courses", "show", course)["stopped"]
        assert (stopped["owed"], stopped["refund"]) == (owed, refund)


def test_a_fee_of_a_day_ahead_of_the_clock_is_in_the_diary(counter: Counter) -> None:
    course = counter.open("--start", "2027-01-05", "--sessions", "2")
    ahead = ("--as-of", "2027-01-05")
    counter.done("courses", "miss", course, "--fee", "30.00", *ahead)
    (income, *_) = counter.done("diary", "--month", *ahead)["income"]
    assert (income["month"], income["fees"]) == ("2027-01", "30.00")

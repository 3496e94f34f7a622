"""The state of a course, and what may be written next: worked by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from meso_schedule.base.errors import ExitCode, InputError
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.correction_guards import extended
from meso_schedule.book.folding import fold
from meso_schedule.book.payloads import KeptForecast, Terms
from meso_schedule.book.records import (
    Adopted,
    Cancelled,
    Consulted,
    Corrected,
    Erased,
    Held,
    Improved,
    Missed,
    Moved,
    Note,
    Paid,
    Planned,
    Record,
    Reviewed,
    Stopped,
)
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.running.account import reckoned_in
from tests.book.samples import TODAY, booked, kept, now, opened, slot

TWO = (kept(), kept(id="other-mix"))


def entries(*records: Record, day: str = "2027-03-01") -> list[Entry]:
    """Return records as the entries of a course, the opening on its own day."""
    rest = [Entry(place, now(day).at, record) for place, record in enumerate(records, start=2)]
    return [Entry(1, now(TODAY).at, opened()), *rest]


def state(*records: Record) -> CourseState:
    """Fold an opening and records, each of which may follow the ones before."""
    course: list[Entry] = []
    for entry in entries(*records):
        course = extended("c", course, entry)
    return fold("c", course)


def days(course: CourseState) -> dict[int, tuple[str, str]]:
    """Return status and day of each session."""
    return {entry.number: (entry.status, str(entry.date)) for entry in course.sessions}


def held(number: int, on: str, **more: Any) -> Held:
    """Return a session that took place."""
    return Held(number=number, on=on, **more)


def test_planned_booked_held_missed_moved_cancelled() -> None:
    course = state(
        Planned(sessions=tuple(slot(number, f"2026-12-0{number}") for number in range(1, 6))),
        booked("2026-12-01", "2026-12-02", "2026-12-03"),
        held(1, "2026-12-02", at="17:30"),
        Missed(number=2, on="2026-12-02", reason="ill"),
        Moved(number=3, to="2027-04-01", start="09:00", pinned=True),
        Planned(sessions=(slot(2, "2027-04-02"), slot(4, "2027-04-08")), request={"late": 3}),
        Cancelled(numbers=(4,)),
    )
    assert days(course) == {
        1: ("held", "2026-12-02"),
        2: ("planned", "2027-04-02"),
        3: ("booked", "2027-04-01"),
    }
    assert [entry.number for entry in course.upcoming] == [3, 2]
    assert [(str(entry.start), entry.pinned) for entry in course.sessions] == [
        ("17:30", False),
        ("None", False),
        ("09:00", True),
    ]
    assert course.request == {"protocol": ["house-mix"], "late": 3}
    assert (course.status, course.revision, course.opened_on) == ("running", 8, date(2026, 11, 22))


def test_money_notes_improvement_protocols_and_the_end() -> None:
    newer = kept(version="2")
    course = state(
        Paid(on="2026-12-01", amount="180.00", currency="GBP"),
        Note(text="Prefers mornings."),
        Improved(on="2026-12-05"),
        Adopted(protocols=(newer,)),
        booked("2027-05-01"),
        Note(text="Last one.", forecast=KeptForecast()),
        Stopped(on="2027-02-01", used="180.00", currency="GBP"),
    )
    assert [str(entry.paid.amount) for entry in course.payments] == ["180.00"]
    assert [(note.revision, note.text) for note in course.notes] == [
        (3, "Prefers mornings."),
        (7, "Last one."),
    ]
    assert (course.improved_on, course.protocols) == (date(2026, 12, 5), (newer,))
    assert (course.status, course.upcoming, len(course.sessions)) == ("stopped", (), 1)


def test_nothing_more_due_is_finished_and_held_before_counts() -> None:
    entry = Entry(1, now().at, opened(held=(slot(1, "2026-10-01"),), forecast=KeptForecast()))
    course = fold("c", extended("c", [], entry))
    assert (course.status, [entry.number for entry in course.held]) == ("finished", [1])
    assert course.find_session(1, "house-mix") == course.held[0]
    assert course.find_session(2) is None


def test_a_correction_replaces_or_takes_back() -> None:
    course = state(
        booked("2026-12-01", "2026-12-08"),
        held(1, "2026-12-01"),
        held(2, "2026-12-08"),
        Corrected(revision=4, reason="it was the ninth", replacement=held(2, "2026-12-09").content),
        Corrected(revision=3, reason="it was another patient"),
    )
    assert days(course) == {1: ("booked", "2026-12-01"), 2: ("held", "2026-12-09")}
    assert course.corrected == (3, 4)


def test_the_last_correction_wins() -> None:
    """As it did in books of before, where a correction could bring back what was withdrawn."""
    records = (
        *(opened(), booked("2026-12-01"), held(1, "2026-12-01")),
        Corrected(revision=3, reason="wrong"),
        Corrected(revision=3, reason="right", replacement=held(1, "2026-12-02").content),
    )
    course = fold("c", [Entry(n, now().at, record) for n, record in enumerate(records, start=1)])
    assert days(course) == {1: ("held", "2026-12-02")}


def test_the_fold_is_total() -> None:
    """Any order of records gives a state, even one that nobody may write."""
    records = [
        Moved(number=3, to="2026-12-01"),
        Held(number=1, on="2026-12-01"),
        Erased(),
        Cancelled(numbers=(9,)),
        Corrected(revision=3, reason="x"),
        Corrected(revision=1, reason="x", replacement={"no": "move"}),
        opened(),
    ]
    course = fold("c", [Entry(n, now().at, record) for n, record in enumerate(records, start=1)])
    assert days(course) == {1: ("held", "2026-12-01"), 3: ("booked", "2026-12-01")}
    assert course.status == "erased"
    assert fold("c", [Entry(1, now().at, Note(text="x"))]).protocol_id(None) == ""


def test_a_clock_that_went_back_is_told() -> None:
    after = Entry(2, now("2026-11-21").at, Note(text="x"))
    course = fold("c", extended("c", entries(), after))
    assert [finding.message for finding in course.findings] == [
        "Revision 2 was written down at 2026-11-21T09:00:00+00:00, before the one it follows"
        " (2026-11-22T09:00:00+00:00): the clock went back."
    ]


UNDER_WAY = (booked("2026-12-01", "2026-12-08", "2026-12-15"), held(2, "2026-12-08"))
ENDED = (*UNDER_WAY, Stopped(on="2027-01-01"))


@pytest.mark.parametrize(
    ("before", "record", "code", "sentence"),
    [
        ((), opened(), "already_open", "The course c is open."),
        (UNDER_WAY, held(2, "2026-12-09"), "already_held", "Session 2 was held on 2026-12-08."),
        ((), held(1, "2027-03-02"), "in_the_future", "2027-03-02 is still to come"),
        ((), held(1, "2026-11-21"), "before_opening", "2026-11-21 lies before 2026-11-22"),
        (UNDER_WAY, held(1, "2026-12-09"), "out_of_order", "session 1 was before it"),
        (UNDER_WAY, held(1, "2026-12-08"), "out_of_order", "session 1 was before it"),
        (UNDER_WAY, held(3, "2026-12-07"), "out_of_order", "session 3 was after it"),
        ((), held(1, TODAY, protocol="peel"), "which_protocol", "has the protocols house-mix"),
        (UNDER_WAY, booked("2027-04-01", first=2), "already_held", "Session 2 was held"),
        (UNDER_WAY, Planned(sessions=(slot(2),)), "already_held", "Session 2 was held"),
        (UNDER_WAY, Missed(number=2, on="2026-12-08"), "already_held", "Session 2 was held"),
        ((), Missed(number=1, on=TODAY), "no_such_session", "neither planned nor booked"),
        (
            (booked(TODAY), Missed(number=1, on=TODAY)),
            Missed(number=1, on=TODAY),
            "no_such_session",
            "Session 1 is neither planned nor booked.",
        ),
        (UNDER_WAY, Moved(number=2, to="2027-04-01"), "already_held", "Session 2 was held"),
        ((), Moved(number=2, to="2027-04-01"), "no_such_session", "neither planned nor booked"),
        (UNDER_WAY, Moved(number=3, to="2027-02-28"), "in_the_past", "2027-02-28 is past"),
        (UNDER_WAY, Cancelled(numbers=(3, 2)), "already_held", "Session 2 was held"),
        (UNDER_WAY, Cancelled(numbers=(4,)), "no_such_session", "Session 4 is neither"),
        (
            (Improved(on="2026-12-01"),),
            Improved(on="2026-12-02"),
            "already_recorded",
            "Improvement was recorded for 2026-12-01.",
        ),
        (
            UNDER_WAY,
            Reviewed(on="2026-12-10", who="Dr Ann", outcome="go-on", protocols=("peel",)),
            "which_protocol",
            "The course has the protocols house-mix.",
        ),
        (UNDER_WAY, Stopped(on="2026-12-07"), "in_the_past", "A session was held on 2026-12-08"),
        (ENDED, held(3, "2027-01-02"), "stopped", "The course c was stopped on 2027-01-01."),
        (ENDED, Stopped(on="2027-01-02"), "stopped", "was stopped"),
        ((), Adopted(protocols=TWO), "other_protocol", "The course is one of house-mix."),
        ((Erased(),), Note(text="x"), "erased", "The course c was erased."),
        ((Erased(),), Corrected(revision=1, reason="x"), "erased", "The course c was erased."),
        ((), Corrected(revision=7, reason="x"), "no_such_event", "Revision 7 is no event"),
        (
            (Note(text="x"), Corrected(revision=2, reason="x")),
            Corrected(revision=3, reason="y"),
            "no_such_event",
            "Revision 3 is no event that can be corrected.",
        ),
        ((), Corrected(revision=1, reason="x"), "not_opened", "An opening cannot be taken back."),
        (
            UNDER_WAY,
            Corrected(
                revision=1, reason="x", replacement=opened(on="2026-12-09", patient="B").content
            ),
            "contradiction",
            "After this correction revision 3 cannot stand: 2026-12-08 lies before 2026-12-09",
        ),
        (
            UNDER_WAY,
            Corrected(revision=3, reason="x", replacement=held(2, "2028-01-01").content),
            "contradiction",
            "revision 3 cannot stand: 2028-01-01 is still to come",
        ),
    ],
)
def test_what_is_refused(
    before: tuple[Record, ...], record: Record, code: str, sentence: str
) -> None:
    course = entries(*before)
    with pytest.raises(RefusedError) as caught:
        extended("c", course, Entry(len(course) + 1, now("2027-03-01").at, record))
    assert sentence in str(caught.value)
    assert (caught.value.code, caught.value.exit_code) == (code, ExitCode.REFUSED)
    assert "Secret" not in str(caught.value)


@pytest.mark.parametrize("record", [Note(text="x"), Corrected(revision=1, reason="x")])
def test_a_course_begins_with_its_opening(record: Record) -> None:
    with pytest.raises(RefusedError, match="begins with its opening"):
        extended("c", [], Entry(1, now().at, record))


@pytest.mark.parametrize("changes", [{"on": "2026-11-23"}, {"held": (slot(1, "2026-11-23"),)}])
def test_an_opening_in_the_future_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="2026-11-23 is still to come: it is 2026-11-22"):
        extended("c", [], Entry(1, now().at, opened(**changes)))


def test_a_replacement_that_does_not_fit_is_bad_input() -> None:
    wrong = Corrected(revision=2, reason="x", replacement={"words": "y"})
    with pytest.raises(InputError, match=r"replacement of revision 2, text: It is required"):
        extended("c", entries(Note(text="x")), Entry(3, now().at, wrong))


def test_in_a_course_of_two_protocols_sessions_have_a_protocol() -> None:
    course = extended("c", [], Entry(1, now().at, opened(protocols=TWO)))
    with pytest.raises(RefusedError, match="Name one of them"):
        extended("c", course, Entry(2, now().at, booked(TODAY)))
    for number, name in enumerate(("house-mix", "other-mix"), start=2):
        named = Held(number=1, on=TODAY, protocol=name)
        course = extended("c", course, Entry(number, now().at, named))
    assert len(fold("c", course).held) == 2


def test_each_of_two_treatments_has_its_terms_and_its_improvement() -> None:
    terms = {"other-mix": Terms(currency="GBP", low="90.00", high="90.00", sessions=2)}
    first = opened(protocols=TWO, treatment_terms=terms)
    course = extended("c", [], Entry(1, now().at, first))
    seen = Improved(on=TODAY, protocols=("house-mix",))
    course = extended("c", course, Entry(2, now().at, seen))
    state = fold("c", course)
    assert (state.treatment_terms, state.improved_on) == (terms, None)
    assert state.improvements == {"house-mix": date(2026, 11, 22)}
    assert [state.mark(2, name) for name in ("house-mix", "other-mix")] == ["A2", "B2"]
    assert state.label_of("peel") is None
    for names, told in (
        (("house-mix", "other-mix"), "Improvement was recorded for 2026-11-22"),
        (None, "Improvement was recorded for 2026-11-22"),
        (("peel",), "has the protocols house-mix, other-mix"),
    ):
        again = Improved(on=TODAY, protocols=names)
        with pytest.raises(RefusedError, match=told):
            extended("c", course, Entry(3, now().at, again))
    other = Improved(on=TODAY, protocols=("other-mix",))
    assert len(extended("c", course, Entry(3, now().at, other))) == 3
    late = Missed(number=1, on=TODAY, protocol="other-mix")
    with pytest.raises(RefusedError, match="Session B1 is neither planned nor booked"):
        extended("c", course, Entry(3, now().at, late))


def test_what_only_several_treatments_say_is_left_out_of_one() -> None:
    """Books from before keep their bytes."""
    assert "treatment_terms" not in opened().content
    assert "protocols" not in Improved(on=TODAY).content


def test_after_the_end_money_and_notes_still_come() -> None:
    paid = Paid(on="2027-02-01", amount="20.00", currency="GBP")
    back = Paid(on="2027-02-01", amount="20.00", currency="GBP", refund=True)
    assert state(*ENDED, paid, back, Note(text="x")).status == "stopped"
    assert state(*ENDED, Corrected(revision=4, reason="goes on")).status == "running"


def test_of_a_withdrawn_event_only_its_return_may_be_written() -> None:
    gone = entries(booked(TODAY), held(1, TODAY), Corrected(revision=3, reason="x"))
    again = {
        "withdrawn": Corrected(revision=3, reason="x"),
        "changed": Corrected(revision=3, reason="x", replacement=held(1, "2026-11-23").content),
    }
    for record in again.values():
        with pytest.raises(RefusedError, match="only its return is possible"):
            extended("c", gone, Entry(5, now("2026-11-24").at, record))
    back = Corrected(revision=3, reason="x", replacement=held(1, TODAY).content)
    course = fold("c", extended("c", gone, Entry(5, now().at, back)))
    assert days(course) == {1: ("held", TODAY)}


def test_a_stop_may_say_less_than_all() -> None:
    stopped = Stopped(on=TODAY, currency="GBP", used="5.00")
    assert state(stopped).status == "stopped"
    with pytest.raises(InputError, match="more decimals than GBP knows"):
        state(stopped.model_copy(update={"used": Decimal("5.001")}))


def test_a_consultation_that_was_never_agreed_changes_nothing() -> None:
    records = (opened(), Consulted(on=TODAY))
    course = fold("c", [Entry(n, now().at, record) for n, record in enumerate(records, start=1)])
    assert course.consultation is None


def test_the_currency_of_an_amount() -> None:
    course = fold("c", [Entry(1, now().at, opened())])
    assert reckoned_in(course, None, "EUR") == "EUR"
    with pytest.raises(InputError, match="No currency is known"):
        reckoned_in(course, None)

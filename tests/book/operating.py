"""Do the operations of the model to a real book."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.book.book import Book
from meso_schedule.book.payloads import Slot
from meso_schedule.book.records import (
    Booked,
    Cancelled,
    Corrected,
    Held,
    Improved,
    Missed,
    Moved,
    Note,
    Paid,
    Planned,
    Record,
    Stopped,
)
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from tests.book.model import Model, Operation, View
from tests.book.samples import opened


def record_of(what: str, number: int, day: date) -> Record:
    """Return the record of an operation."""
    slots = (Slot(number=number, date=day),)
    records: dict[str, Record] = {
        "plan": Planned(sessions=slots),
        "book": Booked(sessions=slots),
        "hold": Held(number=number, on=day),
        "miss": Missed(number=number, on=day),
        "move": Moved(number=number, to=day),
        "cancel": Cancelled(numbers=(number,)),
        "improve": Improved(on=day),
        "pay": Paid(on=day, amount="180.00", currency="GBP"),
        "note": Note(text=f"Secret {number}"),
        "stop": Stopped(on=day),
        "correct": Corrected(revision=number, reason="x"),
    }
    return records[what]


def do(book: Book, ids: list[str], model: Model, operation: Operation) -> str | None:
    """Do an operation; return why it was refused, `repeated`, or None.

    Args:
        book: The book.
        ids: The ids of the courses opened so far; a new one is added.
        model: The model after the operation.
    """
    day, today = model.day(operation), model.today
    at = datetime.combine(today, time(9), tzinfo=UTC)
    key = None if operation.key is None else f"key {operation.key}"
    try:
        if operation.what == "open" or not ids:
            receipt = book.open_course(opened(on=day), context=Context("nurse", at, key))
            if not receipt.is_repeated:
                ids.append(receipt.course)
            return "repeated" if receipt.is_repeated else None
        course = ids[operation.course % len(ids)]
        stale = 0 if operation.is_stale else None
        context = Context("nurse", at, key, revision=stale)
        if operation.what == "erase":
            return "repeated" if book.erase(course, context=context).is_repeated else None
        answer = book.append(
            course, record_of(operation.what, operation.number, day), context=context
        )
    except MesoScheduleError as error:
        if "Secret" in str(error):
            return "told"
        return error.faults[0].code
    check_answer(answer, operation, model)
    return "repeated" if answer.is_repeated else None


def check_answer(answer: Receipt, operation: Operation, model: Model) -> None:
    """Compare a repeated answer with the first one."""
    if answer.is_repeated and operation.key is not None:
        assert seen(answer.state) == model.keys[operation.key][2]


def seen(state: CourseState) -> View:
    """Return what a course looks like."""
    return View(
        sessions={entry.number: (entry.status, entry.date) for entry in state.sessions},
        notes=len(state.notes),
        paid=int(sum(payment.paid.amount for payment in state.payments)),
        improved=state.improved_on,
        stopped=state.stopped.on if state.stopped else None,
        opened=state.opened_on,
    )


def compare(book: Book, ids: Sequence[str], model: Model) -> None:
    """Compare every course of a book with the model, and the lists with the courses."""
    lines = {line.course: line for line in book.courses()}
    assert lines.keys() == set(ids)
    coming = 0
    for course, expected in zip(ids, model.courses, strict=True):
        state = book.course(course)
        assert state.revision == lines[course].revision == expected.revision
        assert state.is_erased == expected.is_erased == (lines[course].status == "erased")
        if expected.is_erased:
            continue
        assert seen(state) == expected.view
        kept = expected.view.sessions.values()
        past = [day for status, day in kept if status in ("held", "missed")]
        coming += len(past) if expected.view.stopped else len(kept)
    assert len(book.diary(date(2026, 1, 1), date(2036, 1, 1))) == coming

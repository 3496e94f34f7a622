"""`courses pay`, `stop`: money in and out, and what a course comes to at its end."""

from collections.abc import Sequence
from typing import Annotated

import typer

from meso_schedule.base.money import parse_currency
from meso_schedule.book.amounts import check_paid, currency_of, paid_so_far
from meso_schedule.book.payloads import one_line
from meso_schedule.book.records import Paid, Stopped
from meso_schedule.book.state import CourseState, RecordedPayment
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import (
    only_one,
    read_day,
    read_value,
)
from meso_schedule.cli.courses.progress_text import balance_words, no_total
from meso_schedule.cli.options import request_option
from meso_schedule.output.words.text import count_text, day_text
from meso_schedule.running import payment_drafts as payments
from meso_schedule.running.account import account_of
from meso_schedule.running.course_drafts import CourseDraft
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.settlement import PartUsed, Settlement


@writes(asks=True)
def pay(
    seen: Situation,
    *,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What was paid, such as 180.00.")],
    on: options.On = None,
    refund: Annotated[
        bool, typer.Option("--refund", help="The money went back to the patient.")
    ] = False,
    currency: Annotated[str | None, request_option("currency")] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="COURSE",
            help="The course that the money was paid for and is carried over from.",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="TEXT", help="How it was paid, such as card or cash."),
    ] = None,
) -> Draft:
    """Record a payment, or money given back; asks before more is paid than is left.

    Money carried over from another course stands in both, in one write.
    """
    if source is not None:
        check_course(source, field="from")
        only_one(**{"from": True, "refund": refund})
        only_one(**{"from": True, "method": method is not None})
        source = course_named(seen.book, source, field="from")
    made = payments.paid(
        seen,
        amount=amount,
        on=read_day(on, "on", seen.today, seen.clinic),
        currency=None if currency is None else read_value(parse_currency, currency, "currency"),
        refund=refund,
        source=source,
        method=None if method is None else one_line(method, "method"),
    )
    (record,) = made.records
    assert isinstance(record, Paid), "nothing else is written"
    paid, code = record.amount, record.currency
    other = _beside(record, seen, source)

    def stands(after: CourseState) -> str:
        account = account_of(after, seen.today)
        left = account.balance if account else None
        owed = "" if left is None else f" {balance_words(left, after)}: {abs(left)} {code}."
        return f"Paid in all: {paid_so_far(after, code)} {code}.{owed}"

    def done(after: CourseState) -> Sequence[str]:
        told = [f"Course {other.course}: {stands(other)}"] if other else []
        return [stands(after), *told, *no_total(after)]

    carried = f"were carried over from course {source}"
    what = carried if source else "were given back" if refund else "were paid"
    how = f" by {method}" if method else ""
    doing = f"{paid} {code} {what}{how} on {day_text(record.on)}."
    return Draft(made.records, doing, done, question=made.question)


def _beside(record: Paid, seen: Situation, source: str | None) -> CourseState | None:
    """Return the course that money is carried over from once it is; None where it is not."""
    if source is None or source == seen.state.course:
        return None
    before, gone = seen.book.course(source), record.beside(seen.state.course)
    check_paid(gone, before)
    entry = RecordedPayment(revision=before.revision + 1, at=before.last_at, paid=gone)
    return before.model_copy(update={"payments": (*before.payments, entry)})


@writes()
def stop(
    seen: Situation,
    *,
    on: options.On = None,
    reason: options.Reason = None,
    used: Annotated[
        str | None,
        typer.Option(
            "--used",
            metavar="AMOUNT",
            help="What the sessions had are worth, as agreed; left out, by the clinic's rule.",
        ),
    ] = None,
) -> Draft:
    """End a course before its last session, and settle what is owed or given back.

    A course that was stopped without a settlement is settled by a second stop, with --used.
    """
    day = None if on is None else read_day(on, "on", seen.today, seen.clinic)
    return stopping(seen, payments.ended(seen, on=day, reason=reason, used=used))


def stopping(seen: Situation, made: CourseDraft) -> Draft:
    """Tell the end of a course, and what it comes to."""
    *_, record = made.records
    assert isinstance(record, Stopped), "it ends the course"
    settled = made.settled
    lines = [*([f"Reason: {record.reason}."] if record.reason else [])]
    lines += _settled(settled, seen.state, currency_of(seen.state))
    doing = f"the course stops on {day_text(record.on)}. {' '.join(lines)}"
    facts = {"settlement": settled.model_dump(mode="json") if settled else None}
    return Draft(made.records, doing, lambda _: lines, facts)


def _settled(settled: Settlement | None, state: CourseState, currency: str | None) -> list[str]:
    if settled is None and currency is None:
        return no_total(state) or ["No price is known: nothing is settled."]
    if settled is None:
        return [
            "No single price is agreed: settle it by hand, with"
            f" 'meso-schedule courses stop {state.course} --used AMOUNT'."
        ]
    code = settled.currency
    fee = f" and a fee of {settled.fee} {code}" if settled.fee else ""
    told = [
        f"Used: {_valued(settled, code)}{fee}, of {settled.price} {code} for the course.",
        *(f"{part.label}: {_valued(part, code)}." for part in settled.treatments),
        *(
            ["It is withdrawn in time: all that was paid for it goes back."]
            if settled.withdrawn
            else []
        ),
        *([f"Fees for missed visits: {settled.fees} {code}."] if settled.fees else []),
        f"Paid: {settled.paid} {code}.",
    ]
    if settled.owed:
        told.append(f"Owed: {settled.owed} {code}.")
    elif settled.refund:
        told.append(f"To give back: {settled.refund} {code}.")
    else:
        told.append("Nothing is owed on either side.")
    return told


def _valued(part: Settlement | PartUsed, currency: str) -> str:
    """Say what sessions had are worth, and by what."""
    ways = {"single": "the single price", "share": "its share of the course", "hand": "agreement"}
    by = f" by {ways[part.by]}" if part.by else ""
    return f"{part.used} {currency} for {count_text(part.had, 'session')}{by}"

"""`courses pay`, `stop`, `note`, `correct`: money, the end, remarks and what was wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import options
from meso_schedule.cli.courses.desk import (
    Desk,
    Draft,
    Sight,
    read_day,
    read_number,
    read_value,
    write,
)
from meso_schedule.errors import InputError

if TYPE_CHECKING:
    from decimal import Decimal

    from meso_schedule.clinic import Clinic
    from meso_schedule.running.money import Settlement
    from meso_schedule.store.state import CourseState


def pay(
    course: options.Course,
    *,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What was paid, such as 180.00.")],
    on: options.On = None,
    refund: Annotated[
        bool, typer.Option("--refund", help="The money went back to the patient.")
    ] = False,
    currency: shared.Currency = None,
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Record a payment, or money given back."""
    given = dict(locals())

    def draft(seen: Sight) -> Draft:
        from meso_schedule.output.text import day_text
        from meso_schedule.running.money import account_of, paid_so_far
        from meso_schedule.store.records import Paid

        code = _currency(seen.state, seen.clinic, currency)
        paid = _amount(amount, code, "amount")
        if refund:
            _check_refund(paid, paid_so_far(seen.state))
        record = Paid(on=read_day(on, "on", seen.today), amount=paid, currency=code, refund=refund)

        def done(after: "CourseState") -> Sequence[str]:
            account = account_of(after, seen.today)
            left = account.balance if account else None
            owed = "" if left is None else f" Still to pay: {left} {code}."
            return [f"Paid in all: {paid_so_far(after)} {code}.{owed}"]

        what = "were given back" if refund else "were paid"
        return Draft([record], f"{paid} {code} {what} on {day_text(record.on)}.", done)

    write(Desk.of("pay", given), course, draft)


def stop(
    course: options.Course,
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
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """End a course before its last session, and settle what is owed or given back."""
    given = dict(locals())

    def draft(seen: Sight) -> Draft:
        from meso_schedule.clinic import Clinic
        from meso_schedule.output.text import day_text
        from meso_schedule.running.money import currency_of, settlement
        from meso_schedule.store.parts import Forecast
        from meso_schedule.store.records import Stopped

        code = currency_of(seen.state)
        if used is not None and code is None:
            raise InputError.of(
                "no_price",
                f"No price of course {seen.state.course} is known.",
                field="used",
                value=used,
                remedy="Leave it out.",
            )
        agreed = _amount(used, code, "used") if used is not None and code else None
        settled = settlement(seen.state, seen.clinic or Clinic.default(), agreed)
        record = Stopped(
            on=read_day(on, "on", seen.today), reason=reason, forecast=Forecast(), **_ends(settled)
        )
        doing = f"the course stops on {day_text(record.on)}. {' '.join(_settled(settled))}"
        facts = {"settlement": settled.model_dump(mode="json") if settled else None}
        return Draft([record], doing, lambda _: _settled(settled), facts)

    write(Desk.of("stop", given), course, draft)


def _ends(settled: "Settlement | None") -> dict[str, Any]:
    names = ("currency", "used", "owed", "refund")
    return {name: getattr(settled, name) for name in names} if settled else {}


def _settled(settled: "Settlement | None") -> list[str]:
    if settled is None:
        return ["No single price is agreed: settle it by hand, with --used AMOUNT."]
    code = settled.currency
    ways = {"single": "the single price", "share": "its share of the course", "hand": "agreement"}
    fee = f" and a fee of {settled.fee} {code}" if settled.fee else ""
    sessions = "1 session" if settled.had == 1 else f"{settled.had} sessions"
    told = [
        f"Used: {settled.used} {code} for {sessions} by {ways[settled.by]}{fee},"
        f" of {settled.price} {code} for the course.",
        f"Paid: {settled.paid} {code}.",
    ]
    if settled.owed:
        told.append(f"Owed: {settled.owed} {code}.")
    elif settled.refund:
        told.append(f"To give back: {settled.refund} {code}.")
    else:
        told.append("Nothing is owed on either side.")
    return told


def note(
    course: options.Course,
    *,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note.")],
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Write a note on a course."""
    given = dict(locals())

    def draft(_: Sight) -> Draft:
        from meso_schedule.store.records import Note

        return Draft([Note(text=text)], "a note is written.")

    write(Desk.of("note", given), course, draft)


def correct(
    course: options.Course,
    *,
    event: Annotated[
        str,
        typer.Argument(
            metavar="EVENT_REVISION",
            help="The event that is wrong, as 'courses history' counts them.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What was wrong.")],
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="What it should have said, such as on=2026-12-02; nothing after = takes it out;"
            " repeatable.",
        ),
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It did not happen.")] = False,
    book: options.Book = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: options.ShowFormat = "table",
) -> None:
    """Say that an event was recorded wrongly; it stays in the book beside its correction."""
    given = dict(locals())
    number = read_number(event, "event_revision")
    if withdraw == bool(change):
        raise InputError.of(
            "contradiction",
            "A correction says what it should have been, or that it did not happen.",
            field="set",
            remedy="Give --set NAME=VALUE or --withdraw.",
        )

    def draft(seen: Sight) -> Draft:
        from meso_schedule.running.corrections import corrected

        record, kind = corrected(
            seen.book.history(seen.state.course),
            number,
            reason,
            _changes(change or []),
            as_of=seen.today,
            target=seen.book.shown,
        )
        what = "did not happen" if withdraw else f"is corrected: {', '.join(change or [])}"
        doing = f"revision {number} ({kind}) {what}."
        return Draft([record], doing, lambda _: ["The event stays in the history as it was."])

    write(Desk.of("correct", given), course, draft)


def _changes(given: Sequence[str]) -> dict[str, str | None]:
    changes: dict[str, str | None] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if not equals or not name:
            raise InputError.of(
                "bad_change",
                f"Cannot read {entry!r}.",
                field="set",
                value=entry,
                remedy="Write NAME=VALUE, for example on=2026-12-02.",
            )
        changes[name.strip()] = value or None
    return changes


def _currency(state: "CourseState", clinic: "Clinic | None", given: str | None) -> str:
    from meso_schedule.money import parse_currency
    from meso_schedule.running.money import currency_of

    known = currency_of(state)
    asked = read_value(parse_currency, given, "currency") if given is not None else None
    found = known or asked or (clinic.currency if clinic else None)
    if found is None:
        raise InputError.of(
            "missing_argument",
            "No currency is known.",
            field="currency",
            remedy="Give --currency CODE.",
        )
    if asked and asked != found:
        raise InputError.of(
            "contradiction",
            f"The course is reckoned in {found}.",
            field="currency",
            value=asked,
            remedy="Give the amount in that currency.",
        )
    return found


def _amount(text: str, currency: str, name: str) -> "Decimal":
    from meso_schedule.money import in_currency, parse_amount

    return read_value(lambda given: in_currency(parse_amount(given), currency), text, name)


def _check_refund(amount: "Decimal", paid: "Decimal") -> None:
    if amount > paid:
        from meso_schedule.store.errors import RefusedError

        raise RefusedError(
            "more_than_paid",
            f"{amount} is more than the {paid} that were paid.",
            "Give back what was paid at most.",
            field="amount",
            value=amount,
        )

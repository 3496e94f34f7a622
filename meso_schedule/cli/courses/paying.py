"""`courses pay`, `stop`: money in and out, and what a course comes to at its end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import options
from meso_schedule.cli.courses.desk import Desk, Draft, Sight, write
from meso_schedule.cli.courses.inputs import read_day, read_value
from meso_schedule.cli.courses.sentences import no_total
from meso_schedule.errors import InputError

if TYPE_CHECKING:
    from decimal import Decimal

    from meso_schedule.clinic import Clinic
    from meso_schedule.running.settling import Settlement
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
    head_file: options.HeadFile = None,
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
        from meso_schedule.store.amounts import check_paid
        from meso_schedule.store.records import Paid

        code = _currency(seen.state, seen.clinic, currency)
        paid = _amount(amount, code, "amount")
        record = Paid(on=read_day(on, "on", seen.today), amount=paid, currency=code, refund=refund)
        check_paid(record, seen.state)

        def done(after: "CourseState") -> Sequence[str]:
            account = account_of(after, seen.today)
            left = account.balance if account else None
            owed = "" if left is None else f" Still to pay: {left} {code}."
            return [f"Paid in all: {paid_so_far(after, code)} {code}.{owed}", *no_total(after)]

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
    head_file: options.HeadFile = None,
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
        from meso_schedule.running.money import currency_of
        from meso_schedule.running.settling import settlement
        from meso_schedule.store.amounts import check_ends
        from meso_schedule.store.parts import Forecast
        from meso_schedule.store.records import Stopped

        code = currency_of(seen.state)
        if used is not None and code is None:
            known = " in one currency" if no_total(seen.state) else ""
            raise InputError.of(
                "no_price",
                f"No price of course {seen.state.course}{known} is known.",
                field="used",
                value=used,
                remedy="Leave it out.",
            )
        agreed = _amount(used, code, "used") if used is not None and code else None
        settled = settlement(seen.state, seen.clinic or Clinic.default(), agreed)
        record = Stopped(
            on=read_day(on, "on", seen.today), reason=reason, forecast=Forecast(), **_ends(settled)
        )
        check_ends(record, seen.state)
        lines = _settled(settled, seen.state)
        doing = f"the course stops on {day_text(record.on)}. {' '.join(lines)}"
        facts = {"settlement": settled.model_dump(mode="json") if settled else None}
        return Draft([record], doing, lambda _: lines, facts)

    write(Desk.of("stop", given), course, draft)


def _ends(settled: "Settlement | None") -> dict[str, Any]:
    names = ("currency", "used", "owed", "refund")
    return {name: getattr(settled, name) for name in names} if settled else {}


def _settled(settled: "Settlement | None", state: "CourseState") -> list[str]:
    if settled is None:
        return no_total(state) or [
            "No single price is agreed: settle it by hand, with --used AMOUNT."
        ]
    code = settled.currency
    fee = f" and a fee of {settled.fee} {code}" if settled.fee else ""
    told = [
        f"Used: {settled.used} {code} for {_sessions(settled.had)}{_way(settled.by)}{fee},"
        f" of {settled.price} {code} for the course.",
        *(
            f"{part.label}: {part.used} {code} for {_sessions(part.had)}{_way(part.by)}."
            for part in settled.treatments
        ),
        f"Paid: {settled.paid} {code}.",
    ]
    if settled.owed:
        told.append(f"Owed: {settled.owed} {code}.")
    elif settled.refund:
        told.append(f"To give back: {settled.refund} {code}.")
    else:
        told.append("Nothing is owed on either side.")
    return told


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _way(by: str | None) -> str:
    ways = {"single": "the single price", "share": "its share of the course", "hand": "agreement"}
    return f" by {ways[by]}" if by else ""


def _currency(state: "CourseState", clinic: "Clinic | None", given: str | None) -> str:
    from meso_schedule.money import parse_currency
    from meso_schedule.running.money import currencies_of

    known = currencies_of(state)
    asked = read_value(parse_currency, given, "currency") if given is not None else None
    if asked is None and len(known) > 1:
        raise InputError.of(
            "missing_argument",
            f"The course is reckoned in {' and '.join(known)}.",
            field="currency",
            remedy=f"Give --currency {' or '.join(known)}.",
        )
    found = asked or next(iter(known), None) or (clinic.currency if clinic else None)
    if found is None:
        raise InputError.of(
            "missing_argument",
            "No currency is known.",
            field="currency",
            remedy="Give --currency CODE.",
        )
    return found


def _amount(text: str, currency: str, name: str) -> "Decimal":
    from meso_schedule.money import in_currency, parse_amount

    return read_value(lambda given: in_currency(parse_amount(given), currency), text, name)

"""`courses contact`, `note`, `correct`: how patients are reached, remarks, what was wrong."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError, shortened
from meso_schedule.book.records import Contact, Corrected
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_number
from meso_schedule.running import course_drafts as drafts


def _check_contact(given: Mapping[str, Any]) -> None:
    if given["phone"] is None and given["email"] is None:
        raise InputError.of(
            "missing_argument",
            "Nothing says how the patient is reached.",
            field="phone",
            remedy='Give --phone or --email; "" takes out what was known.',
        )


@writes(_check_contact)
def contact(seen: Situation, *, phone: options.Phone = None, email: options.Email = None) -> Draft:
    """Say how the patient is reached from now on; what is not given stays as it is.

    An empty text, --phone "", takes out what was known.
    """
    made = drafts.contacted(seen, phone=phone, email=email)
    (record,) = made.records
    assert isinstance(record, Contact), "nothing else is written"
    reached = " and ".join(filter(None, (record.phone, record.email)))
    doing = f"the patient is reached under {reached}." if reached else "no contact is known."
    return Draft(made.records, doing)


@writes()
def note(
    seen: Situation,
    *,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note.")],
) -> Draft:
    """Write a note on a course."""
    return Draft(drafts.noted(seen, text=text).records, "a note is written.")


def _check_correction(given: Mapping[str, Any]) -> None:
    read_number(given["event"], "event_revision")
    if given["withdraw"] + given["returned"] + bool(given["change"]) != 1:
        raise InputError.of(
            "contradiction",
            "A correction says what it should have been, that it did not happen, or that it did.",
            field="set",
            remedy="Give --set NAME=VALUE, --withdraw or --return.",
        )


@writes(_check_correction, asks=True)
def correct(
    seen: Situation,
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
            help="What it should have said, such as on=2026-12-02, or number=B2 of several"
            " treatments; nothing after = takes it out; repeatable.",
        ),
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It did not happen.")] = False,
    returned: Annotated[
        bool, typer.Option("--return", help="It did happen: what was withdrawn stands again.")
    ] = False,
) -> Draft:
    """Say that an event was recorded wrongly; it stays in the book beside its correction.

    Corrections add up. Of an event that was withdrawn only its return is possible.
    """
    made = drafts.corrected(
        seen,
        revision=read_number(event, "event_revision"),
        reason=reason,
        changes=_changes(change or []),
        returned=returned,
    )
    (record,) = made.records
    assert isinstance(record, Corrected), "nothing else is written"
    what = "did not happen" if withdraw else f"is corrected: {', '.join(change or [])}"
    what = "did happen, as it was before" if returned else what
    doing = f"revision {record.revision} ({made.corrects}) {what}."
    done = ["The event stays in the history as it was."]
    return Draft(made.records, doing, lambda _: done, question=made.question)


def _changes(given: Sequence[str]) -> dict[str, str | None]:
    changes: dict[str, str | None] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if not equals or not name:
            raise InputError.of(
                "bad_change",
                f"Cannot read {shortened(entry)}.",
                field="set",
                value=entry,
                remedy="Write NAME=VALUE, for example on=2026-12-02.",
            )
        changes[name.strip()] = value or None
    return changes

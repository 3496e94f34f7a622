"""`clinic absent` and `clinic closed`: whom to call when somebody is not there."""

from collections.abc import Sequence
from typing import Annotated

import typer

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import ExitCode, InputError, shortened
from meso_schedule.base.harmless import harmless
from meso_schedule.book.absence_records import AbsenceEnded, Absent
from meso_schedule.book.absences import BookedAbsence
from meso_schedule.cli import environment
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import BookWriter
from meso_schedule.cli.courses.inputs import day_of_asking, read_value
from meso_schedule.cli.environment import write_document, write_out
from meso_schedule.cli.options import Given, Options, flag, option, taking
from meso_schedule.cli.proposal_text import proposal_document, proposal_text
from meso_schedule.cli.proposals import asked_proposal, book_proposal
from meso_schedule.cli.requests import read_count
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.resources import unknown_name
from meso_schedule.output.words.text import day_text, span_text
from meso_schedule.running.repair import Proposal, proposals

_WRITER: Options = {
    name: kind for name, kind in options.WRITING.items() if name not in ("key", "revision")
}
_MOST_LATE = 366
_MOST_DIGITS = 6
_DAYS_HELP = "Whole days, 2027-01-11..2027-01-24, or one date."
_REPAIR: Options = {
    "others": Annotated[
        str | None,
        option(
            "none|N|any",
            "How many patients may be called besides those hit, in a second proposal; left out,"
            " any.",
        ),
    ],
    "late": Annotated[
        str | None, option("DAYS", "How late sessions may be, where a course allows fewer days.")
    ],
    "reason": Annotated[str | None, option("TEXT", "Why, for staff.")],
    "proposal": Annotated[str | None, option("ID", "With --yes: the proposal that is booked.")],
    "yes": Annotated[bool, flag("--yes", "Book a proposal, all of it or nothing.")],
    "list": Annotated[bool, flag("--list", "List those that were booked.")],
    "end": Annotated[
        str | None, option("ID", "End one that was booked, from the day of asking on.")
    ],
}


@taking(_REPAIR, _WRITER)
def absent(
    given: Given,
    practitioner: Annotated[
        str | None, typer.Argument(metavar="PRACTITIONER", help="Who is not there, by the id.")
    ] = None,
    days: Annotated[str | None, typer.Argument(metavar="FROM..TO", help=_DAYS_HELP)] = None,
) -> None:
    """Propose where the sessions of a practitioner who is not there go, and whom to call.

    Booked with --yes --proposal ID, the absence counts for everything that is planned later.
    """
    writer = BookWriter.of("absent", given)
    if given["list"] or given["end"] is not None:
        _kept(writer, given["end"])
        return
    clinic = _clinic_of(writer)
    names = [who.id for who in clinic.practitioners]
    if practitioner is None:
        raise _missing("practitioner", f"Known: {', '.join(names)}.")
    if practitioner not in names:
        raise InputError([unknown_name("practitioner", "practitioner", practitioner, names)])
    _repair(writer, clinic, practitioner, days, given)


@taking(_REPAIR, _WRITER)
def closed(
    given: Given,
    days: Annotated[str | None, typer.Argument(metavar="FROM..TO", help=_DAYS_HELP)] = None,
) -> None:
    """Propose where the sessions of days go on which the clinic is closed, and whom to call."""
    writer = BookWriter.of("closed", given)
    if given["list"] or given["end"] is not None:
        _kept(writer, given["end"])
        return
    _repair(writer, _clinic_of(writer), None, days, given)


def _missing(field: str, remedy: str) -> InputError:
    problem = f"No {field} {'are' if field == 'days' else 'is'} named."
    return InputError.of("missing_argument", problem, field=field, remedy=remedy)


def _clinic_of(writer: BookWriter) -> Clinic:
    clinic = writer.find_clinic()
    if clinic is None:
        raise InputError.of(
            "no_clinic", "No clinic file is in use.", field="clinic", remedy="Give --clinic FILE."
        )
    return clinic


def _repair(
    writer: BookWriter, clinic: Clinic, practitioner: str | None, days: str | None, given: Given
) -> None:
    if days is None:
        raise _missing("days", "Write for example 2027-01-11..2027-01-24.")
    span, late = read_value(DateRange.parse, days, "days"), _read_late(given["late"])
    others = _read_others(given["others"])
    asked = asked_proposal(given)
    absence = Absent.read(
        {
            "practitioner": practitioner,
            "first": str(span.first),
            "last": str(span.last),
            "reason": given["reason"],
        }
    )
    today = day_of_asking(writer.as_of, clinic)
    with open_book(writer.book, head_file=writer.head_file) as book:
        now = environment.now(clinic)
        made = proposals(book, clinic, absence, now=now, as_of=today, late=late, others=others)
        if asked:
            found, booked = book_proposal(writer, book, clinic, made, asked)
            _show(writer, clinic, [found], booked)
        else:
            _show(writer, clinic, list(made), None)


def _show(
    writer: BookWriter, clinic: Clinic, found: Sequence[Proposal], booked: str | None
) -> None:
    """Show what is proposed or was booked: the first alone, and beside it with others called."""
    first, beside = found[0], found[1] if len(found) > 1 else None
    if writer.format == "json":
        more = proposal_document(beside) if beside else None
        told = {"with_others": more, "booked": booked is not None, "absence": booked}
        write_document({**proposal_document(first), **told})
    else:
        write_out(proposal_text(first, clinic, booked, beside))
    if found[-1].not_kept:
        raise typer.Exit(ExitCode.NO)


def _read_others(text: str | None) -> int | None:
    """Return how many other patients may be called; None for any."""
    if text in (None, "any"):
        return None
    if text == "none":
        return 0
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise InputError.of(
        "bad_others",
        f"{shortened(text)} is no number of patients.",
        field="others",
        value=text,
        remedy="Write none, any, or how many others may be called.",
    )


def _read_late(text: str | None) -> int:
    late = 0 if text is None else read_count(text, "late")
    if 0 <= late <= _MOST_LATE:
        return late
    raise InputError.of(
        "bad_number",
        f"{late} is out of range.",
        field="late",
        value=late,
        remedy=f"Write a whole number from 0 to {_MOST_LATE}.",
    )


def _kept(writer: BookWriter, end: str | None) -> None:
    """List the absences and closures that were booked, or end one."""
    clinic = writer.find_clinic()
    today = day_of_asking(writer.as_of, clinic)
    with open_book(writer.book, head_file=writer.head_file) as book:
        if end is not None:
            if end not in [it.id for it in book.absences()]:
                raise _unknown(end)
            book.append(end, AbsenceEnded(on=today), context=writer.context(clinic, today))
        kept = book.absences()
    if writer.format == "json":
        write_document({"absences": [it.model_dump(mode="json") for it in kept]})
    else:
        lines = [_absence_text(it) for it in kept] or ["No absence was booked."]
        write_out("".join(f"{harmless(line)}\n" for line in lines))


def _unknown(name: str) -> InputError:
    return InputError.of(
        "unknown_absence",
        f"No absence {shortened(name)} was booked.",
        field="end",
        value=name,
        remedy="'clinic absent --list' shows those there are.",
    )


def _absence_text(it: BookedAbsence) -> str:
    who = it.practitioner or "the clinic is closed"
    ended = f", ended on {day_text(it.ended)}" if it.ended else ""
    why = f" ({it.reason})" if it.reason else ""
    return f"{it.id}: {who}, {span_text(it.first, it.last)}{why}{ended}"

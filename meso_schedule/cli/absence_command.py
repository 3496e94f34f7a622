"""`clinic absent` and `clinic closed`: whom to call when somebody is not there."""

from typing import Annotated

import typer

from meso_schedule.base.errors import InputError, shortened
from meso_schedule.base.harmless import harmless
from meso_schedule.book.absence_records import AbsenceEnded, Absent
from meso_schedule.book.absences import BookedAbsence
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import BookWriter
from meso_schedule.cli.courses.inputs import day_of_asking, only_one, read_days
from meso_schedule.cli.environment import write_document, write_out
from meso_schedule.cli.idle_options import is_given
from meso_schedule.cli.options import Given, Options, flag, option, taking
from meso_schedule.cli.proposals import PROPOSAL, propose
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.resources import unknown_name
from meso_schedule.output.words.text import day_text, span_text
from meso_schedule.running.repair import proposals

_WRITER: Options = {
    name: kind for name, kind in options.WRITING.items() if name not in ("key", "revision")
}
_DAYS_HELP = "Whole days, 2027-01-11..2027-01-24, or one date."
_REPAIR: Options = {
    "reason": Annotated[str | None, option("TEXT", "Why, for staff.")],
    "list": Annotated[bool, flag("--list", "List those that were booked.")],
    "end": Annotated[
        str | None, option("ID", "End one that was booked, from the day of asking on.")
    ],
}
# Options that say nothing where absences are listed, or one ends.
_OF_A_REPAIR = ("reason", *(name for name in PROPOSAL if name != "yes"))


@taking(_REPAIR, PROPOSAL, _WRITER)
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
        _kept(writer, given)
        return
    clinic = _clinic_of(writer)
    names = [who.id for who in clinic.practitioners]
    if practitioner is None:
        raise _missing("practitioner", f"Known: {', '.join(names)}.")
    if practitioner not in names and practitioner not in _booked(writer, clinic):
        raise InputError([unknown_name("practitioner", "practitioner", practitioner, names)])
    _repair(writer, clinic, practitioner, days, given)


@taking(_REPAIR, PROPOSAL, _WRITER)
def closed(
    given: Given,
    days: Annotated[str | None, typer.Argument(metavar="FROM..TO", help=_DAYS_HELP)] = None,
) -> None:
    """Propose where the sessions of days go on which the clinic is closed, and whom to call."""
    writer = BookWriter.of("closed", given)
    if given["list"] or given["end"] is not None:
        _kept(writer, given)
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
    span = read_days(days, day_of_asking(writer.as_of, clinic), clinic)
    absence = Absent.read(
        {
            "practitioner": practitioner,
            "first": str(span.first),
            "last": str(span.last),
            "reason": given["reason"],
        }
    )
    propose(
        writer,
        clinic,
        given,
        lambda book, now, today, late, others: proposals(
            book, clinic, absence, now=now, as_of=today, late=late, others=others
        ),
    )


def _booked(writer: BookWriter, clinic: Clinic) -> set[str]:
    """Return who gives any visit to come, be it somebody whom the clinic file no longer names."""
    with open_book(writer.book, head_file=writer.head_file) as book:
        visits = book.visits(day_of_asking(writer.as_of, clinic))
    return {name for it in visits for name, *_ in it.takes.people}


def _kept(writer: BookWriter, given: Given) -> None:
    """List the absences and closures that were booked, or end one."""
    only_one(list=given["list"], end=given["end"] is not None)
    for name in _OF_A_REPAIR:
        if is_given(given, name):
            raise InputError.of(
                "contradiction",
                "It goes with an absence that is proposed only.",
                field=name,
                remedy="Leave it out.",
            )
    end: str | None = given["end"]
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

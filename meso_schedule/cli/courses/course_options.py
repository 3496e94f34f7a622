"""The options that the commands of the book share; each value is read strictly later."""

from contextlib import suppress
from typing import Annotated

import typer

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.cli.options import PATIENT, ClinicFile, Options, ShowFormat, flag, option

_BOOK = "Book"


def complete_course(incomplete: str) -> list[str]:
    """Offer the courses of the book in use to the shell; none where it cannot be read."""
    from meso_schedule.cli.book_in_use import open_book

    with suppress(MesoScheduleError), open_book(None) as book:
        return [it.course for it in book.courses() if it.course.startswith(incomplete)]
    return []


Course = Annotated[
    str | None,
    typer.Argument(
        metavar="COURSE",
        help="The course's id, or so much of its beginning.",
        autocompletion=complete_course,
    ),
]
Patient = Annotated[
    str | None,
    option(
        "TEXT",
        "The course of this patient, in place of its id; what writes takes the whole name.",
        names=("--patient",),
    ),
]
SessionNumber = Annotated[
    str | None,
    typer.Argument(
        metavar="SESSION",
        help="The session's number in the course; of several treatments B2, or mesobotox:2.",
    ),
]
NextOrSession = Annotated[
    str | None, typer.Argument(metavar="SESSION", help="Which session, as with --session.")
]
Consultation = Annotated[bool, flag("--consultation", "It is the consultation before session 1.")]
Urgent = Annotated[bool, flag("--urgent", "Offer what the clinic keeps free for urgent cases too.")]
Book = Annotated[
    str | None,
    option(
        "FILE|ADDRESS",
        "The book: a file, or postgresql+psycopg://…; left out, that of MESO_BOOK or your data"
        " folder.",
        _BOOK,
    ),
]
HeadFile = Annotated[
    str | None,
    option(
        "FILE",
        "Where the end of the book is kept after each write, for 'book verify'; left out, at"
        " MESO_HEAD, or one file a book in your state folder.",
        _BOOK,
    ),
]
Who = Annotated[str | None, option("NAME", "Who writes; left out, you.", _BOOK)]
Key = Annotated[
    str | None,
    option(
        "TEXT",
        "A key of your own: what is asked again under it is never written twice.",
        _BOOK,
    ),
]
Revision = Annotated[
    str | None,
    option(
        "N",
        "The revision of the course that you have seen; refused when it has changed since.",
        _BOOK,
    ),
]
Yes = Annotated[bool, flag("--yes", "Do it, without a question.")]
AsOf = Annotated[
    str | None, option("DATE", "The day of asking; left out, today in the clinic's zone.")
]
On = Annotated[str | None, option("DATE", "The day it happened; left out, the day of asking.")]
At = Annotated[str | None, option("TIME", "Time of day, such as 17:30.")]
Reason = Annotated[str | None, option("TEXT", "Why, in your own words.")]
Waive = Annotated[
    str | None,
    option("TEXT", "Why nothing is kept although the clinic's terms say so."),
]
Phone = Annotated[
    str | None, option("NUMBER", "The number under which the patient is called.", PATIENT)
]
Email = Annotated[str | None, option("ADDRESS", "The patient's mail address.", PATIENT)]
Improved = Annotated[
    str | None,
    option(
        "yes|no|unclear",
        "Whether the skin had improved by then; left out, it was not assessed.",
        names=("--improved",),
    ),
]
WhichSession = Annotated[
    str | None,
    option(
        "N",
        "Which session; left out, the next one. Of several treatments B2, or mesobotox:2; left"
        " out, the next visit.",
        names=("--session",),
    ),
]
Treatment = Annotated[
    str | None,
    option("B|ID", "Of several treatments, only this one: its letter, or its protocol's id."),
]
Screening = Annotated[
    str | None,
    option(
        "FILE",
        'Answers to the screening questions, JSON: [{"question": "…", "answer": "yes"}];'
        " - reads standard input.",
        _BOOK,
    ),
]
ClearedBy = Annotated[
    str | None,
    option(
        "NAME",
        "The clinician who has the course go on after a yes that stops it.",
        _BOOK,
    ),
]
Consent = Annotated[str | None, option("DATE", "The day on which the patient agreed to it.", _BOOK)]

CONTACT: Options = {"phone": Phone, "email": Email}
SCREENING: Options = {"screening": Screening, "cleared_by": ClearedBy, "consent": Consent}
READING: Options = {
    "patient": Patient,
    "book": Book,
    "clinic": ClinicFile,
    "as_of": AsOf,
    "format": ShowFormat,
}
WRITER: Options = {
    "book": Book,
    "head_file": HeadFile,
    "who": Who,
    "key": Key,
    "revision": Revision,
    "clinic": ClinicFile,
}
WRITING: Options = {**WRITER, "patient": Patient, "as_of": AsOf, "format": ShowFormat}

"""The options that the commands of the book share; each value is read strictly later."""

from typing import Annotated

import typer

BOOK = "Book"

Course = Annotated[
    str, typer.Argument(metavar="COURSE", help="The course's id, as 'courses list' shows it.")
]
SessionNumber = Annotated[
    str,
    typer.Argument(
        metavar="SESSION",
        help="The session's number in the course; of several treatments B2, or mesobotox:2.",
    ),
]
Book = Annotated[
    str | None,
    typer.Option(
        "--book",
        metavar="FILE|ADDRESS",
        help="The book: a file, or postgresql+psycopg://…; left out, that of MESO_BOOK or your"
        " data folder.",
        rich_help_panel=BOOK,
    ),
]
HeadFile = Annotated[
    str | None,
    typer.Option(
        "--head-file",
        metavar="FILE",
        help="Where the end of the book is kept after each write, for 'book verify'; left out, at"
        " MESO_HEAD, or one file a book in your state folder.",
        rich_help_panel=BOOK,
    ),
]
Who = Annotated[
    str | None,
    typer.Option("--who", metavar="NAME", help="Who writes; left out, you.", rich_help_panel=BOOK),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="TEXT",
        help="A key of your own: what is asked again under it is never written twice.",
        rich_help_panel=BOOK,
    ),
]
Revision = Annotated[
    str | None,
    typer.Option(
        "--revision",
        metavar="N",
        help="The revision of the course that you have seen; refused when it has changed since.",
        rich_help_panel=BOOK,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it, without a question.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="The day of asking; left out, today in the clinic's zone.",
    ),
]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The day it happened; left out, the day of asking."),
]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="Time of day, such as 17:30.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why, in your own words.")
]
WhichSession = Annotated[
    str | None,
    typer.Option(
        "--session",
        metavar="N",
        help="Which session; left out, the next one. Of several treatments B2, or mesobotox:2;"
        " left out, the next visit.",
    ),
]
Treatment = Annotated[
    str | None,
    typer.Option(
        "--treatment",
        metavar="B|ID",
        help="Of several treatments, only this one: its letter, or its protocol's id.",
    ),
]

"""`book`: verify, back up and restore the book of running courses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import ExitCode, InputError, shortened
from meso_schedule.base.harmless import harmless
from meso_schedule.base.source_files import is_own_pipe
from meso_schedule.book.events import Head
from meso_schedule.book.heads import parse_head
from meso_schedule.book.verification import LastBackup, Verification
from meso_schedule.cli import environment
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import agree
from meso_schedule.cli.environment import write_document, write_out
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.usage import Command, Group
from meso_schedule.output.words.text import count_text

Known = Annotated[
    str | None,
    typer.Option(
        "--known",
        metavar="COUNT:HASH",
        help="The end of the book as 'verify' or 'backup' told it before; proves that nothing was"
        " cut off.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(cls=Group, help="Verify, back up and restore the book.")
    for name, command in (
        ("verify", verify),
        ("backup", backup),
        ("restore", restore),
        ("rebuild", rebuild),
    ):
        group.command(name, cls=Command)(command)
    app.add_typer(group, name="book")


def verify(
    *,
    known: Known = None,
    book: options.Book = None,
    head_file: options.HeadFile = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Check the whole book and name every event that was changed, lost or put elsewhere."""
    noted = _head(known) if known is not None else None
    with open_book(book, head_file=head_file) as opened:
        found, shown = opened.verify(noted), opened.shown
    if format == "json":
        age = {"backup_age_days": _age(found.backup) if found.backup else None}
        write_document({**found.model_dump(mode="json"), **age, "is_sound": found.is_sound})
    else:
        lines = [problem.message for problem in found.problems]
        lines += [str(finding.message) for finding in found.findings]
        if found.is_sound:
            lines.insert(
                0, f"{shown} is sound: {found.head.count} events, {found.courses} courses."
            )
        if found.kept and found.is_sound:
            lines.append(f"Nothing is cut off of the {found.kept.count} events known before.")
        lines.append(_backup_line(found))
        lines.append(f"It ends with {found.head}")
        write_out("".join(f"{line}\n" for line in lines))
    if not found.is_sound:
        raise typer.Exit(ExitCode.NO)


def _backup_line(found: Verification) -> str:
    """Say how old the last backup is, and what is not in it."""
    if found.backup is None:
        return "No backup of it is known: make one with 'meso-schedule book backup FILE'."
    age = _age(found.backup)
    old = f"{count_text(age, 'day')} old" if age else "of today"
    since = count_text(max(0, found.head.count - found.backup.head.count), "event")
    return f"The last backup is {old} ({found.backup.at:%Y-%m-%d %H:%M %Z}), with {since} since."


def _age(backup: LastBackup) -> int:
    """Return how many days ago a backup was made."""
    now = environment.now(None).astimezone(backup.at.tzinfo)
    return max(0, (now.date() - backup.at.date()).days)


def _head(text: str) -> Head:
    if found := parse_head(text):
        return found
    raise InputError.of(
        "bad_head",
        f"Cannot read {shortened(text)}.",
        field="known",
        value=text,
        remedy="Write COUNT:HASH as 'book verify' told it.",
    )


def backup(
    target: Annotated[str, typer.Argument(metavar="FILE", help="The file to write.")],
    *,
    force: shared.Force = False,
    book: options.Book = None,
    head_file: options.HeadFile = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Copy the book to a file that only its owner may read."""
    with open_book(book, head_file=head_file) as opened:
        tell(f"Copying {opened.shown} to {target}.")
        head = opened.backup(target, force=force, at=environment.now(None))
    _told("Backed up", target, head, format)


def restore(
    source: Annotated[str, typer.Argument(metavar="FILE", help="What 'backup' wrote.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Lose what the book holds now.")] = False,
    yes: options.Yes = False,
    book: options.Book = None,
    head_file: options.HeadFile = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Fill a new book from a backup, which is verified first; --force replaces an old one."""
    with open_book(book, create=True, head_file=head_file) as opened:
        tell(f"Restoring {opened.shown} from {source}.")
        count = opened.head().count
        # A pipe can be read once only.
        is_read_twice = not is_own_pipe(Path(source)) and (force or not count)
        gone = opened.lost_by(source) if is_read_twice else None
        if gone:
            tell(_gone(*gone))
        if force and count:
            question = f"Lose the {count} events of {opened.shown}?"
            agree(question, yes=yes, otherwise="Nothing was restored.")
        head = opened.restore(source, force=force)
    _told("Restored from", source, head, format, {"gone": gone})


def _gone(first: int, last: int) -> str:
    which = f"Event {first} goes" if first == last else f"Events {first} to {last} go"
    return f"{which}: the backup does not have {'it' if first == last else 'them'}."


def rebuild(
    *,
    book: options.Book = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Make list and diary again from the events."""
    with open_book(book) as opened:
        tell(f"Making list and diary of {opened.shown} again.")
        courses = opened.rebuild()
    if format == "json":
        write_document({"courses": courses})
    else:
        write_out(f"Made again for {courses} courses.\n")


def _told(
    what: str, file: str, head: Head, kind: str, facts: Mapping[str, Any] | None = None
) -> None:
    if kind == "json":
        write_document({"file": file, "head": head.model_dump(mode="json"), **(facts or {})})
    else:
        write_out(f"{what} {harmless(file)}: it ends with {head}\n")

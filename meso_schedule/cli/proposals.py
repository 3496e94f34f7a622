"""A repair that is proposed, and booked as it was seen: all of it, or nothing."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from meso_schedule.base.errors import ExitCode, InputError, shortened
from meso_schedule.base.papers import PAPERS
from meso_schedule.base.private_files import write_files
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.cli import environment
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses.book_writer import BookWriter
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.environment import write_document, write_out
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.list_files import SIGNS, list_file
from meso_schedule.cli.moved_courses import check_folder, files_of_moved
from meso_schedule.cli.options import Given, Options, flag, option
from meso_schedule.cli.proposal_text import proposal_document, proposal_text
from meso_schedule.cli.requests import read_count_within
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.call_list import CallList
from meso_schedule.output.call_list_files import call_pdf, call_tables
from meso_schedule.running.calling import call_list
from meso_schedule.running.proposal import Proposal, is_old, is_same, revision_of

_MOST_LATE = 366
_MOST_DIGITS = 6

_ENDINGS = (".pdf", ".csv", ".xlsx")

# Makes proposals from the book, the moment of asking, its day, the late days allowed, and how many
# others may be called.
Proposing = Callable[[Book, datetime, date, int, int | None], Iterator[Proposal]]

PROPOSAL: Options = {
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
    "proposal": Annotated[str | None, option("ID", "With --yes: the proposal that is booked.")],
    "yes": Annotated[bool, flag("--yes", "Book a proposal, all of it or nothing.")],
    "output": Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the call list to a file: .pdf .csv .xlsx; repeatable.",
        ),
    ],
    "print": Annotated[
        str | None,
        option(
            "FOLDER",
            "With --yes: write the new sheet and the new feed of every course that moves, all or"
            " none.",
        ),
    ],
    "force": shared.Force,
    **SIGNS,
}


def propose(writer: BookWriter, clinic: Clinic, given: Given, make: Proposing) -> None:
    """Show a proposal, or book the one that was seen; exit 1 where a course is not kept.

    Args:
        writer: Who works on the book.
        clinic: Whose sessions are repaired.
        given: What was typed, with the options of `PROPOSAL`.
        make: Makes the proposal.
    """
    late, others, asked = _read_late(given["late"]), _read_others(given["others"]), _asked(given)
    paths = [Path(name) for name in given["output"] or []]
    for path in paths:
        _check_ending(path)
    refuse_idle({name: given[name] for name in SIGNS}, paths)
    spared = check_outputs(paths, given, clinic)
    today = day_of_asking(writer.as_of, clinic)
    with open_book(writer.book, head_file=writer.head_file) as book:
        made = make(book, environment.now(clinic), today, late, others)
        seen = [_seen(book, clinic, made, asked)] if asked else list(made)
        chosen = seen[-1] if given["others"] is not None else seen[0]
        folder = check_folder(given, chosen.written, clinic)
        absence = _book(writer, book, clinic, chosen) if asked else None
        states = map(book.course, chosen.changed if folder else [])
        files = files_of_moved(book, states, clinic, given, folder) if folder else {}
    calls = [call_list(it, clinic) for it in seen]
    listed = calls[seen.index(chosen)]
    contents = {path: _content(listed, path, given, clinic) for path in paths} | files
    write_files(contents, force=given["force"], spared=spared)
    tell(*(f"Wrote {path}." for path in contents))
    _show(writer, list(zip(seen, calls, strict=True)), absence, is_booked=asked is not None)


def _show(
    writer: BookWriter,
    seen: Sequence[tuple[Proposal, CallList]],
    absence: str | None,
    *,
    is_booked: bool,
) -> None:
    """Show what is proposed or was booked: the first alone, and beside it with others called."""
    first, last = seen[0], seen[-1]
    beside = last if len(seen) > 1 else None
    if writer.format == "json":
        more = proposal_document(*beside) if beside else None
        told = {"with_others": more, "booked": is_booked, "absence": absence}
        write_document({**proposal_document(*first), **told})
    else:
        write_out(proposal_text(first, beside, absence, is_booked=is_booked))
    is_listed = first[0].absence is None and not is_booked and first[0].written
    if is_listed or not last[0].is_whole:
        raise typer.Exit(ExitCode.NO)


def _content(calls: CallList, path: Path, given: Given, clinic: Clinic) -> bytes:
    if path.suffix.lower() == ".pdf":
        return call_pdf(calls, paper=clinic.paper or PAPERS[0])
    return list_file(call_tables(calls), path, given, clinic, calls.made_on)


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in _ENDINGS:
        raise InputError.of(
            "unknown_format",
            f"A call list cannot be written to {path.name}.",
            field="output",
            value=str(path),
            remedy=f"End it in {', '.join(_ENDINGS)}.",
        )


def _read_late(text: str | None) -> int:
    return 0 if text is None else read_count_within(text, "late", 0, _MOST_LATE)


def _asked(given: Given) -> str | None:
    """Return the proposal to be booked; None where it is only looked at."""
    if given["yes"] != (given["proposal"] is not None):
        raise InputError.of(
            "missing_argument",
            "What is booked is a proposal that was seen.",
            field="proposal" if given["yes"] else "yes",
            remedy="Give both --yes and --proposal ID, as the preview told it.",
        )
    if given["print"] is not None and not given["yes"]:
        raise InputError.of(
            "missing_argument",
            "Only what is booked is printed.",
            field="yes",
            remedy="Give --yes and --proposal ID, or leave --print out.",
        )
    if given["proposal"] is not None:
        revision_of(given["proposal"])
    name: str | None = given["proposal"]
    return name


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
        remedy="Write none, any, or a whole number.",
    )


def _seen(book: Book, clinic: Clinic, made: Iterator[Proposal], asked: str) -> Proposal:
    """Return the proposal that was seen as it is made now; none is made that is not needed.

    Raises:
        RefusedError: When none is what was seen.
    """
    first = None
    for found in made:
        first = first or found
        if is_same(asked, found.id) and not is_old(asked, found.as_of):
            _check_writes(found, asked)
            return found
    assert first, "there is always one"
    raise _stale(book, clinic, first, asked)


def _check_writes(found: Proposal, asked: str) -> None:
    if not found.changes:
        raise RefusedError(
            "nothing_to_book",
            f"The proposal {asked} changes nothing.",
            "'clinic absent --list' shows the absences that were booked.",
            field="proposal",
            value=asked,
        )


def _book(writer: BookWriter, book: Book, clinic: Clinic, found: Proposal) -> str | None:
    """Book a proposal and return the id of its absence."""
    receipts = book.append_all(found.changes, writer.context(clinic, found.as_of))
    tell("Booked.")
    if found.same:
        return found.same.id
    return receipts[0].course if found.absence else None


def _stale(book: Book, clinic: Clinic, found: Proposal, asked: str) -> RefusedError:
    changed = book.changed_since(revision_of(asked))
    told = "It was proposed for other words, or of another book."
    if is_old(asked, found.as_of):
        told = "It is not of the last seven days."
    elif changed:
        told = f"Changed since: {', '.join(changed[:10])}."
    error = RefusedError(
        "stale",
        f"The proposal {asked} no longer holds. {told}",
        f"Look at the new one, {found.id}.",
        field="proposal",
        value=asked,
    )
    document = proposal_document(found, call_list(found, clinic))
    error.facts = {"changed": changed, "proposal": document}
    return error

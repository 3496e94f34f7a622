"""Booking a proposal that was seen: all of it, and only as it was seen."""

from collections.abc import Iterator

from meso_schedule.base.errors import InputError
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.cli.courses.book_writer import BookWriter
from meso_schedule.cli.options import Given
from meso_schedule.cli.proposal_text import proposal_document
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.repair import Proposal, is_old, is_same, revision_of


def asked_proposal(given: Given) -> str | None:
    """Return the proposal to be booked; None where it is only looked at."""
    if given["yes"] != (given["proposal"] is not None):
        raise InputError.of(
            "missing_argument",
            "What is booked is a proposal that was seen.",
            field="proposal" if given["yes"] else "yes",
            remedy="Give both --yes and --proposal ID, as the preview told it.",
        )
    if given["proposal"] is not None:
        revision_of(given["proposal"])
    name: str | None = given["proposal"]
    return name


def book_proposal(
    writer: BookWriter, book: Book, clinic: Clinic, made: Iterator[Proposal], asked: str
) -> tuple[Proposal, str]:
    """Book the proposal that was asked for, and return it with the id of the absence.

    Args:
        made: The proposals as they are made now; none is made that is not needed.
        asked: The one that was seen.

    Raises:
        RefusedError: When none is what was seen.
    """
    first = None
    for found in made:
        first = first or found
        if is_same(asked, found.id) and not is_old(asked, found.as_of):
            receipts = book.append_all(found.changes, writer.context(clinic, found.as_of))
            return found, receipts[0].course
    assert first, "there is always one"
    raise _stale(book, first, asked)


def _stale(book: Book, found: Proposal, asked: str) -> RefusedError:
    changed = book.changed_since(revision_of(asked))
    told = f"Changed since: {', '.join(changed[:10])}." if changed else "It is of another day."
    error = RefusedError(
        "stale",
        f"The proposal {asked} no longer holds. {told}",
        f"Look at the new one, {found.id}.",
        field="proposal",
        value=asked,
    )
    error.facts = {"changed": changed, "proposal": proposal_document(found)}
    return error

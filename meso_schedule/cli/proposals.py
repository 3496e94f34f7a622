"""Booking a proposal that was seen: all of it, and only as it was seen."""

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
    writer: BookWriter, book: Book, clinic: Clinic, found: Proposal, asked: str
) -> str:
    """Book a proposal and return the id of the absence.

    Raises:
        RefusedError: When it is no longer what was seen.
    """
    if is_old(asked, found.as_of) or not is_same(asked, found.id):
        raise _stale(book, found, asked)
    receipts = book.append_all(found.changes, writer.context(clinic, found.as_of))
    return receipts[0].course


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

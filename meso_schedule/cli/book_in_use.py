"""Opening the book in use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from meso_schedule.book.book import Book
from meso_schedule.book.storage.book_places import cannot
from meso_schedule.book.storage.interface import TIMEOUT_SECONDS, no_book
from meso_schedule.cli.environment import book_address, own_book
from meso_schedule.cli.standard_error import tell

HEAD_VARIABLE = "MESO_HEAD"


def head_place(given: str | None) -> Path:
    """Return where ends of books are kept: as given, as the environment says, or the user's own."""
    named = given if given is not None else os.environ.get(HEAD_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_state_path

    folder = user_state_path("meso-schedule") / "heads"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def open_book(
    given: str | None, *, create: bool = False, head_file: str | None = None
) -> Iterator[Book]:
    """Open the book in use.

    Args:
        given: What `--book` says.
        create: Whether to begin one where there is none.
        head_file: What `--head-file` says.

    Raises:
        NotABookError: When there is something else, or nothing.
        BookFault: When it cannot be used.
    """
    address = book_address(given)
    if address == str(own_book()):
        _make_own_folder(Path(address), create=create)
    heads = head_place(head_file)
    with Book.open(address, create=create, timeout=TIMEOUT_SECONDS, heads=heads) as book:
        try:
            yield book
        finally:
            tell(*(str(finding.message) for finding in book.findings))


def _make_own_folder(book: Path, *, create: bool) -> None:
    if book.parent.is_dir():
        return
    if not create:
        raise no_book(str(book))

    try:
        book.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot(book.parent, "be made", error) from None

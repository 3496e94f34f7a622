"""Where books are: a file, or a PostgreSQL database by address."""

import os
from os import PathLike
from pathlib import Path

from meso_schedule.store.errors import NotABookError
from meso_schedule.store.storage import Storage

POSTGRES = "postgresql+psycopg://"


def open_storage(address: str | PathLike[str], *, create: bool, timeout: float) -> Storage:
    """Open what an address leads to.

    Raises:
        NotABookError: When there is something else.
        BookFault: When it cannot be used as things are.
    """
    text = os.fspath(address)
    if text.startswith(POSTGRES):
        from meso_schedule.store.postgres import PostgresStorage

        return PostgresStorage(text, timeout=timeout)
    scheme, is_address, _ = text.partition("://")
    if is_address or not text:
        raise NotABookError.because(
            "bad_address",
            f"An address that begins with {scheme!r} leads to no book.",
            scheme,
            f"Name a file, or write {POSTGRES}user:password@host/database.",
        )
    from meso_schedule.store.sqlite import open_file

    return open_file(Path(text), create=create, timeout=timeout)

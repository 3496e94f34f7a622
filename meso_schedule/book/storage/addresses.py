"""Where books are: a file, or a PostgreSQL database by address."""

import os
import re
from os import PathLike
from pathlib import Path

from meso_schedule.base.passwords import may_be_an_address
from meso_schedule.book.storage.interface import POSTGRES, Storage, bad_address, migrate
from meso_schedule.book.storage.postgres import PostgresStorage
from meso_schedule.book.storage.sqlite import open_file


def open_storage(address: str | PathLike[str], *, create: bool, timeout: float) -> Storage:
    """Open what an address leads to, and bring its tables up to date.

    Raises:
        NotABookError: When there is something else, or nothing and none is to be made.
        BookFault: When it cannot be used as things are.
    """
    storage = _opened(os.fspath(address), create=create, timeout=timeout)
    try:
        migrate(storage, create=create)
    except BaseException:
        storage.close(is_stopped=True)
        raise
    return storage


def _opened(text: str, *, create: bool, timeout: float) -> Storage:
    if text.startswith(POSTGRES):
        return PostgresStorage(text, timeout=timeout)
    if not text or "://" in text or (may_be_an_address(text) and not os.path.lexists(text)):
        scheme = text.partition("://")[0]
        if re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme, re.IGNORECASE):
            raise bad_address(f"An address that begins with {scheme!r} leads to no book.")
        raise bad_address("This address leads to no book.")

    return open_file(Path(text), create=create, timeout=timeout)

"""A storage whose calls are all one writing transaction, as long as it lasts."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from meso_schedule.book.storage.interface import Storage
from meso_schedule.book.storage.transaction import Transaction


class HeldStorage:
    """A storage that keeps every other writer out; afterwards it is the one it was made of.

    Args:
        storage: What is held.
        within: Its transaction.
    """

    def __init__(self, storage: Storage, within: Transaction) -> None:
        self._storage = storage
        self._within: Transaction | None = within

    def reading(self) -> Any:
        """Return the transaction; once it is over, a reading one of its own."""
        return nullcontext(self._within) if self._within else self._storage.reading()

    def writing(self) -> Any:
        """Return the transaction; once it is over, a writing one of its own."""
        return nullcontext(self._within) if self._within else self._storage.writing()

    def end(self) -> None:
        """Let go of the transaction."""
        self._within = None

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return getattr(self._storage, name)


@contextmanager
def held(storage: Storage) -> Iterator[Storage]:
    """Keep every other writer out of a storage; what was written is committed at the end."""
    with storage.writing() as within:
        made = HeldStorage(storage, within)
        try:
            yield made  # type: ignore[misc]  # the rest is looked up in what is held
        finally:
            made.end()

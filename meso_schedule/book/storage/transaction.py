"""What is handed to everything that reads or writes the tables of a book."""

from typing import NamedTuple

from sqlalchemy import Connection

from meso_schedule.book.book_errors import BookFault, damaged


class Transaction(NamedTuple):
    """A transaction of a book; whoever began it ends it.

    Args:
        connection: To the database.
        shown: The book, for errors.
    """

    connection: Connection
    shown: str

    def damaged(self, what: str) -> BookFault:
        """Return the error of a book whose content is not what was written."""
        return damaged(self.shown, what)

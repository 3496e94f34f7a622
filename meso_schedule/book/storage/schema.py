"""The tables of a book, as the program reads and writes them; `migrations.py` makes them."""

from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from meso_schedule.book.events import Event
from meso_schedule.book.lines import CourseLine

METADATA = MetaData()
_OPTIONAL_NUMBER: Any = int | None


def _columns(kinds: Mapping[str, Any]) -> Iterator[Column[Any]]:
    """Yield a column of numbers for each that holds some, one of text for any other."""
    for name, kind in kinds.items():
        yield Column(name, BigInteger if kind in (int, _OPTIONAL_NUMBER) else Text)


def _table(name: str, /, **kinds: Any) -> Table:
    return Table(f"meso_{name}", METADATA, *_columns(kinds))


MIGRATIONS = _table("migrations", number=int, name=str)

# In the order of an event's fields, which are made of rows.
EVENTS = _table("events", **get_type_hints(Event))

# How many events there are and the hash of the last: a book cut short shows.
HEAD = _table("head", one=int, count=int, hash=str)

# Which book it is, and the secret by which its keys are looked up: not in exports and backups.
BOOK = _table("book", one=int, id=str, secret=str)

# By what a key is looked up, and the first event written under it.
KEYS = _table("keys", lookup=str, sequence=int)

# What follows from the events, kept so that no question needs all of them.
COURSES = _table("courses", **get_type_hints(CourseLine))
SESSIONS = _table(
    "sessions",
    course=str,
    protocol=str,
    number=int,
    status=str,
    date=str,
    start=str,
    minutes=int,
    provisional=int,
    pinned=int,
    currency=str,
    low=str,
    high=str,
)

# What booked visits take: of each visit all that it wants, of each resource who has which quarter,
# and the same as masks of half a day each, from which free times are read.
VISITS = _table("visits", course=str, date=str, begin_quarter=int, end_quarter=int, takes=str)
TAKEN = _table("taken", resource=str, quarter=int, course=str)
MASKS = _table("masks", resource=str, day=int, early=int, late=int)

"""The tables of a book, as the program reads and writes them; `migrations.py` makes them."""

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

METADATA = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger)


MIGRATIONS = Table("meso_migrations", METADATA, _number("number"), _text("name"))

# The columns of `Event`, in its order.
EVENTS = Table(
    "meso_events",
    METADATA,
    *(_number("sequence"), _text("course"), _number("revision"), _text("kind")),
    *(_number("version"), _text("at"), _text("who"), _text("key"), _number("part")),
    *(_text("asked"), _text("digest"), _text("payload"), _text("salt"), _text("hash")),
)

# How many events there are and the hash of the last: a book cut short shows.
HEAD = Table("meso_head", METADATA, _number("one"), _number("count"), _text("hash"))

# Which book it is, and the secret by which its keys are looked up: not in exports and backups.
BOOK = Table("meso_book", METADATA, _number("one"), _text("id"), _text("secret"))

# By what a key is looked up, and the first event written under it.
KEYS = Table("meso_keys", METADATA, _text("lookup"), _number("sequence"))

# What follows from the events, kept so that no question needs all of them.
COURSES = Table(
    "meso_courses",
    METADATA,
    *(_text("course"), _number("revision"), _text("status"), _text("patient")),
    *(_text("protocols"), _text("opened_on"), _number("sessions_held"), _text("last_held")),
    *(_number("next_number"), _text("next_protocol"), _text("earliest"), _text("recommended")),
    *(_text("latest"), _text("booked_on")),
)
SESSIONS = Table(
    "meso_sessions",
    METADATA,
    *(_text("course"), _text("protocol"), _number("number"), _text("status"), _text("date")),
    *(_text("start"), _number("minutes"), _number("provisional"), _number("pinned")),
    *(_text("currency"), _text("low"), _text("high")),
)

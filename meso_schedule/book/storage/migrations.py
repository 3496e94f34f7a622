"""How a book's tables came to be: numbered steps, each applied once, never changed later."""

from typing import Any, NamedTuple

from sqlalchemy import insert, select

from meso_schedule.book.storage.schema import MIGRATIONS as APPLIED
from meso_schedule.book.storage.transaction import Transaction


class Migration(NamedTuple):
    """One step.

    Args:
        number: Counted from 1, without a gap.
        statements: SQL in which `{text}`, `{integer}`, `{strict}` and `{random}`, 32 random
            hexadecimal digits, stand for what the database calls them.
    """

    number: int
    name: str
    statements: tuple[str, ...]


_FIRST = (
    "CREATE TABLE meso_migrations (number {integer} PRIMARY KEY, name {text} NOT NULL){strict}",
    """CREATE TABLE meso_events (
        sequence {integer} PRIMARY KEY CHECK (sequence > 0),
        course {text} NOT NULL,
        revision {integer} NOT NULL CHECK (revision > 0),
        kind {text} NOT NULL,
        version {integer} NOT NULL,
        at {text} NOT NULL,
        who {text} NOT NULL,
        key {text},
        part {integer} NOT NULL,
        asked {text},
        digest {text} NOT NULL,
        payload {text},
        salt {text},
        hash {text} NOT NULL,
        CHECK ((payload IS NULL) = (salt IS NULL)),
        UNIQUE (course, revision),
        UNIQUE (key, part)
    ){strict}""",
    """CREATE TABLE meso_head (
        one {integer} PRIMARY KEY CHECK (one = 1),
        count {integer} NOT NULL,
        hash {text} NOT NULL
    ){strict}""",
    "INSERT INTO meso_head VALUES"
    " (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')",
    """CREATE TABLE meso_courses (
        course {text} PRIMARY KEY,
        revision {integer} NOT NULL,
        status {text} NOT NULL,
        patient {text},
        protocols {text} NOT NULL,
        opened_on {text} NOT NULL,
        sessions_held {integer} NOT NULL,
        last_held {text},
        next_number {integer},
        next_protocol {text},
        earliest {text},
        recommended {text},
        latest {text},
        booked_on {text}
    ){strict}""",
    "CREATE INDEX meso_courses_latest ON meso_courses (status, latest)",
    """CREATE TABLE meso_sessions (
        course {text} NOT NULL REFERENCES meso_courses (course),
        protocol {text} NOT NULL,
        number {integer} NOT NULL,
        status {text} NOT NULL,
        date {text} NOT NULL,
        start {text},
        minutes {integer},
        provisional {integer} NOT NULL,
        pinned {integer} NOT NULL,
        currency {text},
        low {text},
        high {text},
        PRIMARY KEY (course, protocol, number)
    ){strict}""",
    "CREATE INDEX meso_sessions_date ON meso_sessions (date)",
)

_SECOND = (
    """CREATE TABLE meso_book (
        one {integer} PRIMARY KEY CHECK (one = 1),
        id {text} NOT NULL,
        secret {text}
    ){strict}""",
    "INSERT INTO meso_book VALUES (1, {random}, NULL)",
    """CREATE TABLE meso_keys (
        lookup {text} NOT NULL PRIMARY KEY,
        sequence {integer} NOT NULL UNIQUE
    ){strict}""",
)

# A quarter is a number of quarter hours since 1970; the bits of a mask are those of a day.
_THIRD = (
    """CREATE TABLE meso_visits (
        course {text} NOT NULL,
        date {text} NOT NULL,
        begin_quarter {integer} NOT NULL,
        end_quarter {integer} NOT NULL,
        takes {text} NOT NULL,
        PRIMARY KEY (course, date)
    ){strict}""",
    "CREATE INDEX meso_visits_begin ON meso_visits (begin_quarter)",
    """CREATE TABLE meso_taken (
        resource {text} NOT NULL,
        quarter {integer} NOT NULL,
        course {text} NOT NULL,
        PRIMARY KEY (resource, quarter)
    ){strict}""",
    "CREATE INDEX meso_taken_quarter ON meso_taken (quarter)",
    """CREATE TABLE meso_masks (
        resource {text} NOT NULL,
        day {integer} NOT NULL,
        early {integer} NOT NULL,
        late {integer} NOT NULL,
        PRIMARY KEY (resource, day)
    ){strict}""",
    "CREATE INDEX meso_masks_day ON meso_masks (day)",
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "events and what follows from them", _FIRST),
    Migration(2, "the book's own id, and how keys are looked up", _SECOND),
    Migration(3, "what visits take of practitioners, rooms and devices", _THIRD),
)

_WORDS = {
    "sqlite": {
        "text": "TEXT",
        "integer": "INTEGER",
        "strict": " STRICT",
        "random": "lower(hex(randomblob(16)))",
    },
    # Dates and ids are compared by their characters, whatever the language of the server.
    "postgresql": {
        "text": 'TEXT COLLATE "C"',
        "integer": "BIGINT",
        "strict": "",
        "random": "md5(random()::text || clock_timestamp()::text)",
    },
}


def newest() -> int:
    """Return the number of the schema that this program writes."""
    return MIGRATIONS[-1].number


def record(version: int) -> list[tuple[int, str]]:
    """Return what a book of a version says of the steps that made it."""
    return [(step.number, step.name) for step in MIGRATIONS[:version]]


def applied(within: Transaction) -> list[tuple[Any, ...]]:
    """Return the record of the steps that made the tables of a book."""
    query = select(APPLIED.c.number, APPLIED.c.name).order_by(APPLIED.c.number)
    return [tuple(row) for row in within.connection.execute(query)]


def apply(within: Transaction, version: int) -> None:
    """Apply the steps after `version`, each with its record."""
    connection = within.connection
    for migration in MIGRATIONS[version:]:
        for statement in statements_of(migration, connection.dialect.name):
            connection.exec_driver_sql(statement)
        values = {"number": migration.number, "name": migration.name}
        connection.execute(insert(APPLIED).values(values))


def statements_of(migration: Migration, dialect: str) -> list[str]:
    """Return the SQL of a step in the words of a database."""
    return [statement.format(**_WORDS[dialect]) for statement in migration.statements]

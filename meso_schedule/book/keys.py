"""The keys that callers write under, found again without leaving a trace that can be guessed.

An event keeps of a key a digest salted with its own salt, which goes when it is erased. What
a key is looked up by stands beside the events: an HMAC with a secret of the book. Neither
the secret nor an HMAC is in an export or a backup: there, and in a book that was filled from
one, a key is looked for among the salted digests instead, so that it is known all the same.
Events of versions before this keep the plain digest that they were written with: it is part
of the chain, and whoever guesses a key can try it, after an erasure too.
"""

import hmac
import re
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update

from meso_schedule.book.book_errors import damaged
from meso_schedule.book.digests import salted, sha256
from meso_schedule.book.events import Event
from meso_schedule.book.ids import Randomness
from meso_schedule.book.reading import event_at, events_under
from meso_schedule.book.schema import BOOK, EVENTS, KEYS

# What a salted digest begins with; a plain one is of a version before.
SALTED = "2:"

_SECRET_BYTES = 32
_HASH = "[0-9a-f]{64}"
_LOOKUP = re.compile(f"({SALTED})?{_HASH}")


def key_digest(salt: str, key: str) -> str:
    """Return what an event keeps of a key.

    Args:
        salt: The salt of the first event written under it.
        key: The key.
    """
    return f"{SALTED}{salted(salt, key)}"


def find_under(connection: Connection, key: str, target: str) -> list[Event]:
    """Return the events that were written under a key, by part; none when it is new.

    The key of an erased course is new again.
    """
    sequence = _noted(connection, key, target) or _taken_in(connection, key)
    if sequence is not None:
        first = event_at(connection, sequence, target)
        if first.key is None:
            raise damaged(target, f"event {sequence} was written under no key")
        return events_under(connection, first.key, target)
    before = events_under(connection, sha256(key), target)
    return [] if before and before[0].is_erased else before


def note(connection: Connection, key: str, sequence: int, randomness: Randomness) -> None:
    """Note by what a key is looked up.

    Args:
        connection: In a writing transaction.
        key: The key.
        sequence: The first event written under it.
        randomness: Where the secret of the book comes from, when it has none yet.
    """
    secret = _secret(connection)
    if secret is None:
        secret = randomness(_SECRET_BYTES).hex()
        connection.execute(update(BOOK).values(secret=secret))
    connection.execute(insert(KEYS).values(lookup=_lookup(secret, key), sequence=sequence))


def note_taken_in(connection: Connection, keys: Mapping[int, str]) -> None:
    """Note events from elsewhere whose keys nobody told: each is found by its salted digest.

    Args:
        connection: In a writing transaction.
        keys: The digests, by the sequence of the event.
    """
    rows = [{"lookup": key, "sequence": sequence} for sequence, key in keys.items()]
    if rows:
        connection.execute(insert(KEYS), rows)


def forget(connection: Connection, course: str) -> None:
    """Forget by what the keys of a course were looked up."""
    written = select(EVENTS.c.sequence).where(EVENTS.c.course == course)
    connection.execute(delete(KEYS).where(KEYS.c.sequence.in_(written)))


def misplaced(connection: Connection) -> list[int]:
    """Return the events that can be found by a key that they were not written under, or not."""
    first = select(EVENTS.c.sequence).where(
        EVENTS.c.part == 0, EVENTS.c.key.startswith(SALTED), EVENTS.c.salt.is_not(None)
    )
    written = set(connection.scalars(first))
    looked_up = {row.sequence: row.lookup for row in connection.execute(select(KEYS))}
    odd = {place for place, text in looked_up.items() if not _LOOKUP.fullmatch(text)}
    return sorted(written.symmetric_difference(looked_up) | odd)


def has_odd_secret(connection: Connection) -> bool:
    """Tell whether the secret of a book is none that the program has drawn."""
    secret = _secret(connection)
    return secret is not None and not re.fullmatch(_HASH, secret)


def is_salted(event: Event) -> bool:
    """Tell whether a key can be found by the salted digest of an event, its first."""
    is_first = event.key is not None and event.part == 0 and not event.is_erased
    return is_first and not has_plain_key(event)


def has_plain_key(event: Event) -> bool:
    """Tell whether an event keeps a digest of its key that can be guessed."""
    return event.key is not None and not event.key.startswith(SALTED)


def _noted(connection: Connection, key: str, target: str) -> int | None:
    try:
        secret = _secret(connection)
        found = secret and connection.scalar(
            select(KEYS.c.sequence).where(KEYS.c.lookup == _lookup(secret, key))
        )
    except ValueError:
        raise damaged(target, "the secret of its keys cannot be read") from None
    return found or None


def _taken_in(connection: Connection, key: str) -> int | None:
    query = (
        select(KEYS.c.sequence, KEYS.c.lookup, EVENTS.c.salt)
        .join(EVENTS, EVENTS.c.sequence == KEYS.c.sequence)
        # An HMAC is all hexadecimal digits: none stands from the mark to the sign after it.
        .where(KEYS.c.lookup >= SALTED, KEYS.c.lookup < "2;")
        .order_by(KEYS.c.sequence)
    )
    return next(
        (
            sequence
            for sequence, digest, salt in connection.execute(query)
            if salt and key_digest(salt, key) == digest
        ),
        None,
    )


def _secret(connection: Connection) -> str | None:
    return connection.scalar(select(BOOK.c.secret))


def _lookup(secret: str, key: str) -> str:
    return hmac.new(bytes.fromhex(secret), key.encode(), "sha256").hexdigest()

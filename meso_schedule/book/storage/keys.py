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

from sqlalchemy import delete, insert, select, update

from meso_schedule.book.digests import salted, sha256
from meso_schedule.book.events import Event
from meso_schedule.book.ids import Randomness
from meso_schedule.book.storage.event_log import event_at, events_under
from meso_schedule.book.storage.schema import BOOK, EVENTS, KEYS
from meso_schedule.book.storage.transaction import Transaction

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


def find_under(within: Transaction, key: str) -> list[Event]:
    """Return the events that were written under a key, by part; none when it is new.

    The key of an erased course is new again.
    """
    sequence = _noted(within, key) or _taken_in(within, key)
    if sequence is not None:
        first = event_at(within, sequence)
        if first.key is None:
            raise within.damaged(f"event {sequence} was written under no key")
        return events_under(within, first.key)
    before = events_under(within, sha256(key))
    return [] if before and before[0].is_erased else before


def note(within: Transaction, key: str, sequence: int, randomness: Randomness) -> None:
    """Note by what a key is looked up.

    Args:
        within: A writing transaction.
        key: The key.
        sequence: The first event written under it.
        randomness: Where the secret of the book comes from, when it has none yet.
    """
    secret = _secret(within)
    if secret is None:
        secret = randomness(_SECRET_BYTES).hex()
        within.connection.execute(update(BOOK).values(secret=secret))
    within.connection.execute(insert(KEYS).values(lookup=_lookup(secret, key), sequence=sequence))


def note_taken_in(within: Transaction, keys: Mapping[int, str]) -> None:
    """Note events from elsewhere whose keys nobody told: each is found by its salted digest.

    Args:
        within: A writing transaction.
        keys: The digests, by the sequence of the event.
    """
    rows = [{"lookup": key, "sequence": sequence} for sequence, key in keys.items()]
    if rows:
        within.connection.execute(insert(KEYS), rows)


def forget(within: Transaction, course: str) -> None:
    """Forget by what the keys of a course were looked up."""
    written = select(EVENTS.c.sequence).where(EVENTS.c.course == course)
    within.connection.execute(delete(KEYS).where(KEYS.c.sequence.in_(written)))


def misplaced(within: Transaction) -> list[int]:
    """Return the events that can be found by a key that they were not written under, or not."""
    first = select(EVENTS.c.sequence).where(
        EVENTS.c.part == 0, EVENTS.c.key.startswith(SALTED), EVENTS.c.salt.is_not(None)
    )
    written = set(within.connection.scalars(first))
    looked_up = {row.sequence: row.lookup for row in within.connection.execute(select(KEYS))}
    odd = {place for place, text in looked_up.items() if not _LOOKUP.fullmatch(text)}
    return sorted(written.symmetric_difference(looked_up) | odd)


def has_odd_secret(within: Transaction) -> bool:
    """Tell whether the secret of a book is none that the program has drawn."""
    secret = _secret(within)
    return secret is not None and not re.fullmatch(_HASH, secret)


def is_salted(event: Event) -> bool:
    """Tell whether a key can be found by the salted digest of an event, its first."""
    is_first = event.key is not None and event.part == 0 and not event.is_erased
    return is_first and not has_plain_key(event)


def has_plain_key(event: Event) -> bool:
    """Tell whether an event keeps a digest of its key that can be guessed."""
    return event.key is not None and not event.key.startswith(SALTED)


def _noted(within: Transaction, key: str) -> int | None:
    try:
        secret = _secret(within)
        found = secret and within.connection.scalar(
            select(KEYS.c.sequence).where(KEYS.c.lookup == _lookup(secret, key))
        )
    except ValueError:
        raise within.damaged("the secret of its keys cannot be read") from None
    return found or None


def _taken_in(within: Transaction, key: str) -> int | None:
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
            for sequence, digest, salt in within.connection.execute(query).all()
            if salt and key_digest(salt, key) == digest
        ),
        None,
    )


def _secret(within: Transaction) -> str | None:
    return within.connection.scalar(select(BOOK.c.secret))


def _lookup(secret: str, key: str) -> str:
    return hmac.new(bytes.fromhex(secret), key.encode(), "sha256").hexdigest()

"""Digests and the chain: what makes a changed, missing or reordered event show.

Each event keeps a digest of its payload, salted so that nobody can guess an erased payload
from it, and a hash over the event's other columns, that digest and the hash of the event
before. Erasing drops payload and salt; the hash needs neither, so the chain still holds.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

# What the first event's hash goes over in place of an event before it.
GENESIS = "0" * 64

SALT_BYTES = 16


def canonical(value: Any) -> str:
    """Write plain data as the one JSON text that stands for it.

    >>> canonical({"b": 1, "a": None})
    '{"a":null,"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def salted(salt: str, text: str) -> str:
    """Return the digest of a text that cannot be guessed without the salt."""
    return sha256(f"{salt}\n{text}")


def link(previous: str, columns: Iterable[str | int | None]) -> str:
    """Return the hash of an event.

    Args:
        previous: The hash of the event before it.
        columns: All of its columns but payload, salt and the hash itself.
    """
    return sha256(canonical([previous, *columns]))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

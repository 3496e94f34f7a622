"""Where in a document something stands."""

from collections.abc import Iterable


def key_path(parts: Iterable[str | int]) -> str:
    """Write a place in a document; items of lists are counted from 1.

    >>> key_path(["phases", 1, "minimum", 0])
    'phases[2].minimum[1]'
    """
    path = ""
    for part in parts:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else part
    return path

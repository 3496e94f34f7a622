"""What tells one patient from another."""

from typing import NamedTuple


class Patient(NamedTuple):
    """What is known of whose a course is.

    Args:
        name: The whole name.
        phone: The number, as it was written down.
        reference: The clinic's own.
    """

    name: str | None = None
    phone: str | None = None
    reference: str | None = None

    def is_same(self, other: "Patient") -> bool:
        """Tell whether name, phone or reference are the same; capitals and spaces do not matter."""
        pairs = zip(self, other, strict=True)
        return any(one and two and folded(one) == folded(two) for one, two in pairs)


def folded(text: str) -> str:
    """Return a text without regard to capitals and spaces."""
    return " ".join(text.casefold().split())

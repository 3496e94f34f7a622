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
        """Tell whether name, phone or reference are the same.

        Capitals and spaces do not matter; of a phone only the digits do.
        """
        if self.phone and other.phone and digits(self.phone) == digits(other.phone):
            return True
        pairs = (self.name, other.name), (self.reference, other.reference)
        return any(one and two and folded(one) == folded(two) for one, two in pairs)


def digits(phone: str) -> str:
    """Return the digits of a phone number, `+` and `00` before the country alike.

    >>> digits("+44 20 7946-0000") == digits("0044 (20) 79460000")
    True
    """
    found = "".join(char for char in phone if char.isdecimal())
    return found.removeprefix("00")


def folded(text: str) -> str:
    """Return a text without regard to capitals and spaces."""
    return " ".join(text.casefold().split())

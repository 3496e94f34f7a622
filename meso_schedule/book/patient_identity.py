"""What tells one patient from another."""

from typing import NamedTuple

from meso_schedule.base.phones import abroad


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

    def is_same(self, other: "Patient", home: str | None = None) -> bool:
        """Tell whether name, phone or reference are the same.

        Capitals and spaces do not matter; of a phone only the digits do.

        Args:
            other: Another.
            home: The country in which phones were written down, where that is known.
        """
        if self.phone and other.phone and abroad(self.phone, home) == abroad(other.phone, home):
            return True
        pairs = (self.name, other.name), (self.reference, other.reference)
        return any(one and two and folded(one) == folded(two) for one, two in pairs)


def folded(text: str) -> str:
    """Return a text without regard to capitals and spaces."""
    return " ".join(text.casefold().split())

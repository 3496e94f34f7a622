"""Course ids: short, random, and one slip of the hand never makes another course's id.

Seven random characters and a check character. No vowels, so that no words arise, and
none of the characters that look alike. There are 23 of them, a prime: the weighted sum
below then differs for every single wrong character and for every two that swapped places.
"""

from collections.abc import Callable

from meso_schedule.base.errors import FormatError, shortened

ALPHABET = "23456789cdfghjkmprtvwxy"
LENGTH = 8

# How many random bytes, please: `secrets.token_bytes`, or a fixed source in tests.
Randomness = Callable[[int], bytes]


def new_course_id(randomness: Randomness) -> str:
    """Draw a course id."""
    # Eight bytes for 31.7 bits: no id is likelier than another by more than one in four billion.
    number = int.from_bytes(randomness(8), "big")
    digits = []
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(digit)
    return "".join(ALPHABET[digit] for digit in [*digits, _check_digit(digits)])


def parse_course_id(text: str) -> str:
    """Read a course id, in capitals too.

    Raises:
        FormatError: When it is none, as after any single slip.
    """
    folded = text.strip().lower()
    digits = [ALPHABET.find(char) for char in folded]
    if len(folded) == LENGTH and -1 not in digits and _check_digit(digits[:-1]) == digits[-1]:
        return folded
    raise FormatError(
        "bad_course_id",
        text,
        f"{shortened(text)} is no course id.",
        "Check it for a slip of the hand, or look it up: 'courses find TEXT'.",
    )


def _check_digit(digits: list[int]) -> int:
    weighted = sum(weight * digit for weight, digit in enumerate(digits, start=2))
    return -weighted % len(ALPHABET)

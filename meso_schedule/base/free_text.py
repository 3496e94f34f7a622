"""Text that people write: how long it may be, and which signs never get in.

What stands in a book or an export already is read as it is, whatever its length: pass
`context=RECORDED` to the validation.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from meso_schedule.base.errors import FormatError, shortened

RECORDED = "recorded"

LONGEST_TEXT = 2_000
LONGEST_LINE = 200
LONGEST_REFERENCE = 60

# Signs that command a terminal or a printer, end a line where nobody sees it, or turn the
# reading order around.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_IN_A_TEXT = re.compile(f"(?![\t\n]|\r\n)[{_CONTROLS}]")
_IN_A_LINE = re.compile(f"[{_CONTROLS}]")
_HALVES = re.compile("[\ud800-\udfff]")


def plain_text(value: object) -> str:
    """Take text that says something, of any length."""
    if not isinstance(value, str):
        problem = f"{shortened(value)} is not text."
    elif not value.strip():
        problem = "The text is empty."
    elif not value.isprintable() and _HALVES.search(value):
        problem = "The text holds half a character."
    else:
        return value
    raise FormatError("bad_text", value, problem, "Write text in quotes.")


def text_up_to(longest: int, *, lines: bool = False) -> Callable[[object, ValidationInfo], str]:
    """Return a check of text that people write.

    Args:
        longest: How many characters it may have.
        lines: Whether it may go over several lines.
    """

    def check(value: object, info: ValidationInfo) -> str:
        text = plain_text(value)
        if info.context != RECORDED:
            check_text(text, longest, lines=lines)
        return text

    return check


def check_text(text: str, longest: int, *, lines: bool = False) -> None:
    """Refuse text that is too long or holds a control character.

    Args:
        text: The text.
        longest: How many characters it may have.
        lines: Whether it may go over several lines.

    Raises:
        FormatError: When it is refused.
    """
    if len(text) > longest:
        problem = f"The text has {len(text)} characters."
        raise FormatError("too_long", text, problem, f"Write at most {longest}.")
    # None of these signs can be printed; most text is told from its first look.
    if not text.isprintable() and (found := (_IN_A_TEXT if lines else _IN_A_LINE).search(text)):
        problem = f"The text holds the control character U+{ord(found[0]):04X}."
        if not lines and len(f"{found[0]}.".splitlines()) > 1:
            problem = "The text is not one line."
        raise FormatError("bad_text", text, problem, "Leave it out.")


def _schema(longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest})


# Any text, kept as it is: what programs write and check in other ways.
Whole = Annotated[
    str, BeforeValidator(plain_text), WithJsonSchema({"type": "string", "minLength": 1})
]
Text = Annotated[str, BeforeValidator(text_up_to(LONGEST_TEXT, lines=True)), _schema(LONGEST_TEXT)]
Line = Annotated[str, BeforeValidator(text_up_to(LONGEST_LINE)), _schema(LONGEST_LINE)]
Reference = Annotated[
    str, BeforeValidator(text_up_to(LONGEST_REFERENCE)), _schema(LONGEST_REFERENCE)
]

"""How people are reached: telephone numbers and mail addresses, as people write them."""

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.free_text import RECORDED, Line

_MAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+")
# Words may stand beside a number, such as whose it is.
_FEWEST_DIGITS = 3


def _mail_address(text: str, info: ValidationInfo) -> str:
    if info.context == RECORDED or _MAIL.fullmatch(text):
        return text
    problem, remedy = f"{shortened(text)} is no address.", "Write for example desk@example.com."
    raise FormatError("bad_address", text, problem, remedy)


def _telephone_number(text: str, info: ValidationInfo) -> str:
    if info.context == RECORDED or sum(map(str.isdecimal, text)) >= _FEWEST_DIGITS:
        return text
    problem, remedy = f"{shortened(text)} is no number.", "Write for example +44 20 7946 0018."
    raise FormatError("bad_number", text, problem, remedy)


Email = Annotated[Line, AfterValidator(_mail_address)]
Phone = Annotated[Line, AfterValidator(_telephone_number)]

"""Names of protocols and of their families."""

import re
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, ValidationInfo

from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.free_text import LONGEST_LINE, RECORDED, check_text

Family = Literal["mesotherapy", "toxin", "filler", "lipolysis", "peel", "device"]
FAMILIES: tuple[str, ...] = get_args(Family)
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _identifier(value: object, info: ValidationInfo) -> str:
    if isinstance(value, str) and ID.fullmatch(value):
        if info.context != RECORDED:
            check_text(value, LONGEST_LINE)
        return value
    raise FormatError(
        "bad_id",
        value,
        f"{shortened(value)} is no id.",
        "Write lower-case letters, digits and hyphens, for example 'facial-rejuvenation'.",
    )


Identifier = Annotated[str, BeforeValidator(_identifier)]

"""Plain values, as files of requests hold them, read into a request with every fault."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from meso_schedule.base.errors import Fault, InputError, key_path
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.course.request import CourseRequest

_DEEPEST = 20


def checked_request(values: Mapping[str, Any], faults: Sequence[Fault] = ()) -> CourseRequest:
    """Return the request that the values make.

    Args:
        values: By the names of a request.
        faults: What is wrong already; told together with what else is found.

    Raises:
        InputError: With every fault.
    """
    try:
        request = CourseRequest.read(dict(values))
    except InputError as error:
        known = {fault.field for fault in faults}
        raise InputError(
            [*faults, *(fault for fault in error.faults if fault.field not in known)]
        ) from None
    if faults:
        raise InputError(faults)
    return request


def text_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Find text that is not Unicode, and lists or tables nested as no person nests them."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), values)]
    while waiting:
        place, value = waiting.pop()
        if len(place) > _DEEPEST:
            remedy = "Flatten it."
            yield Fault("too_deep", "It is nested too deep.", None, str(place[0]), None, remedy)
            return
        if isinstance(value, Mapping):
            waiting += (((*place, key), entry) for key, entry in value.items())
        elif isinstance(value, list):
            waiting += (((*place, number), entry) for number, entry in enumerate(value))
        elif isinstance(value, str) and not _is_unicode(value):
            shown = value.encode("utf-8", "replace").decode()
            remedy = "Write it in UTF-8."
            yield Fault(
                "bad_text", "The text is not Unicode.", None, key_path(place), shown, remedy
            )


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def named_protocols(request: CourseRequest) -> list[str]:
    """Return the ids of the protocols asked for.

    Raises:
        InputError: When there is none.
    """
    if request.protocol:
        names = [wanted.protocol for wanted in request.wanted]
        _refuse_weekdays(names, request)
        return names
    raise InputError.of(
        "missing_argument",
        "No protocol is named.",
        field="protocol",
        remedy="'meso-schedule protocols' lists them.",
    )


def _refuse_weekdays(names: Sequence[str], request: CourseRequest) -> None:
    """Refuse weekdays that were typed apart, `--days tue thu`, and stand among the protocols."""
    for option, given in (("days", request.days), ("prefer", request.prefer)):
        meant = [name for name in names if name in WEEKDAYS]
        if given and meant:
            joined = ",".join(map(str, [*given, *meant]))
            raise InputError.of(
                "unknown_protocol",
                f"{meant[0]} is a weekday, no protocol.",
                field=option,
                value=meant[0],
                remedy=f"Join weekdays by commas: --{option} {joined}.",
            )

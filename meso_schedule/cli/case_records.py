"""A column of a case: what was recorded of a course, in the order of recording."""

from datetime import date
from typing import NamedTuple

from meso_schedule.base.dates import parse_date
from meso_schedule.base.errors import InputError
from meso_schedule.course.improvement import Answer, Assessment, Words

_ANSWERS: dict[str, Answer] = {"yes": "yes", "no": "no", "unclear": "unclear"}
_KINDS = ("held", *_ANSWERS, "withdrawn")


class Recorded(NamedTuple):
    """What was recorded of a course.

    Args:
        held: The days of its sessions held, in order.
        places: The place of each in the order of recording.
        words: What was assessed, with the places at which it was said and withdrawn.
    """

    held: tuple[date, ...]
    places: tuple[int, ...]
    words: Words


def read_recorded(text: str) -> Recorded:
    """Read `held:2026-12-01 no:2026-12-01 withdrawn:2026-12-01`, each in its turn.

    Raises:
        InputError: For another word, a day that is none, or nothing to withdraw.
        FormatError: For a day that is none.
    """
    held: list[tuple[date, int]] = []
    words: list[Assessment] = []
    for place, entry in enumerate(text.split(), 1):
        kind, _, written = entry.partition(":")
        if kind not in _KINDS:
            raise _bad(entry, f"Write one of {', '.join(_KINDS)} before the day.")
        day = parse_date(written)
        if kind == "held":
            held.append((day, place))
        elif kind == "withdrawn":
            said = [at for at, it in enumerate(words) if it.on == day and it.until is None]
            if not said:
                raise _bad(entry, "Withdraw what was assessed on that day.")
            words[said[-1]] = words[said[-1]]._replace(until=place)
        else:
            words.append(Assessment(day, _ANSWERS[kind], place, place))
    held.sort()
    days, places = tuple(day for day, _ in held), tuple(place for _, place in held)
    return Recorded(days, places, tuple(words))


def _bad(entry: str, remedy: str) -> InputError:
    return InputError.of(
        "bad_value", f"{entry} cannot be read.", field="recorded", value=entry, remedy=remedy
    )

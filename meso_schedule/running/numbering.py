"""Numbers of a plan told as the numbers of the book, where sessions that do not count differ."""

from typing import Any

from meso_schedule.base.errors import NoCalendarFits
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.course_plan import WayOut
from meso_schedule.planner.replan import Change
from meso_schedule.running.course_progress import Followed


def as_in_the_book(error: NoCalendarFits, course: Followed) -> NoCalendarFits:
    """Return the same refusal with the numbers that the sessions have in the book."""
    conflict = error.conflict
    number = conflict.session + course.of(conflict.protocol).offset
    return NoCalendarFits(
        conflict.model_copy(update={"session": number}),
        [_way(way, course) for way in error.relaxations],
    )


def change_in_the_book(change: Change, course: Followed) -> Change:
    """Return a change whose reasons name sessions by the numbers they have in the book."""
    offset = course.offsets[change.label]
    return change.model_copy(update={"why": tuple(_numbered(text, offset) for text in change.why)})


def _numbered(text: Any, offset: int) -> Any:
    """Return a sentence with every number of a session in it raised by so much."""
    if not offset or not isinstance(text, Phrase):
        return text
    values = {
        name: value + offset if name in ("number", "dropped") else _numbered(value, offset)
        for name, value in text.values.items()
    }
    if values == text.values:
        return text
    return Phrase(text.template.format(**values), text.template, values)


def _way(way: WayOut, course: Followed) -> WayOut:
    if way.kind != "release" or way.option is None:
        return way
    names = [_name(text, course) for text in way.option.split() if text != "--release"]
    return way.model_copy(
        update={
            "message": phrase("Let booked session {numbers} move.", numbers=joined(names)),
            "option": " ".join(f"--release {name}" for name in names),
        }
    )


def _name(text: str, course: Followed) -> str:
    protocol, colon, number = text.rpartition(":")
    return f"{protocol}{colon}{int(number) + course.of(protocol or None).offset}"

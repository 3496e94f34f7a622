"""Which session, or which treatment, of a course is meant: `3`, `B2`, `mesobotox:2`, `B`."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from meso_schedule.base.errors import InputError, shortened
from meso_schedule.base.phrases import Phrase
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.course.no_calendar import NoCalendarFits, Released, WayOut, both, released
from meso_schedule.planner.replan import Change
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.treatment_progress import TreatmentProgress

_BARE = re.compile("[1-9][0-9]{0,2}")
_NAMED = re.compile("([A-Za-z](?=[0-9])|[a-z0-9-]+:)([1-9][0-9]{0,2})")


class Named(NamedTuple):
    """A session, by its treatment and its number in the book."""

    treatment: TreatmentProgress
    number: int

    @property
    def mark(self) -> str:
        """What tells it from all others of the course."""
        return self.treatment.mark(self.number)

    @property
    def protocol(self) -> str:
        """The protocol an event names."""
        return self.treatment.protocol.id

    @property
    def booked(self) -> CourseSession | None:
        """The session as the book has it; None where it has none of that number."""
        return self.treatment.state.find_session(self.number)


def protocol_named(state: CourseState, text: str, field: str) -> str:
    """Return the id of the treatment that a letter or an id means.

    Raises:
        InputError: When the course has none of that name.
    """
    for kept in state.protocols:
        if text == kept.id or text.upper() == state.label_of(kept.id):
            return kept.id
    known = (f"{state.label_of(kept.id) or ''} {kept.id}".strip() for kept in state.protocols)
    raise InputError.of(
        "unknown_treatment",
        f"The course has no treatment {shortened(text)}.",
        field=field,
        value=text,
        remedy=f"Known: {', '.join(known)}.",
    )


def treatment_named(
    course: CourseProgress, text: str, field: str = "treatment"
) -> TreatmentProgress:
    """Return the treatment that a letter or a protocol's id means.

    Raises:
        InputError: When the course has none of that name.
    """
    return course.of(protocol_named(course.state, text, field))


def parts_of_name(state: CourseState, text: str, field: str) -> tuple[str, int] | None:
    """Return protocol and number of a session named with its treatment; None for other texts.

    Raises:
        InputError: When the course has no such treatment.
    """
    if found := _NAMED.fullmatch(text):
        return protocol_named(state, found[1].removesuffix(":"), field), int(found[2])
    return None


def session_named(
    course: CourseProgress,
    text: str,
    field: str,
    has_it: Callable[[TreatmentProgress, int], bool],
    among: Sequence[TreatmentProgress] = (),
) -> Named:
    """Return the session that a text means.

    Args:
        course: The course.
        text: `B2`, `mesobotox:2`, or a number alone where only one treatment can be meant.
        field: The option it was written in.
        has_it: Tells whether a number could be meant of a treatment.
        among: The only treatments that can be meant; left out, all.

    Raises:
        InputError: When it cannot be read, or could be a session of several treatments.
    """
    among = among or course.treatments
    if found := parts_of_name(course.state, text, field):
        return Named(course.of(found[0]), found[1])
    if not _BARE.fullmatch(text):
        raise InputError.of(
            "bad_session",
            f"Cannot read session {shortened(text)}.",
            field=field,
            value=text,
            remedy=f"Write for example {_examples(course.treatments[-1], 2)}.",
        )
    number = int(text)
    meant = [one for one in among if has_it(one, number)]
    if len(among) == 1 or len(meant) == 1:
        return Named((meant or among)[0], number)
    remedies = [_examples(one, number) for one in meant or among]
    raise InputError.of(
        "which_treatment",
        f"The course has {len(course.treatments)} treatments: session {text} can be of"
        f" {'several' if meant else 'none'} of them.",
        field=field,
        value=text,
        remedy=f"Write {', or '.join(remedies)}.",
    )


def _examples(course: TreatmentProgress, number: int) -> str:
    named = f"{course.protocol.id}:{number}"
    return f"{course.mark(number)} or {named}" if course.label else str(number)


def as_in_the_book(error: NoCalendarFits, course: CourseProgress) -> NoCalendarFits:
    """Return the same refusal with the numbers that the sessions have in the book."""
    conflict = error.conflict
    number = conflict.session + course.of(conflict.protocol).offset
    return NoCalendarFits(
        conflict.model_copy(update={"session": number}),
        [_way(way, course) for way in error.relaxations],
        error.is_cut,
    )


def change_in_the_book(change: Change, course: CourseProgress) -> Change:
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


def _way(way: WayOut, course: CourseProgress) -> WayOut:
    if way.parts:
        return both(*(_way(part, course) for part in way.parts))
    if way.kind != "release":
        return way
    return released(
        [Released(name, number + course.of(name).offset) for name, number in way.change["release"]]
    )

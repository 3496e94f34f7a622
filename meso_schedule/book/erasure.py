"""Remove what was recorded of a course for good; a tombstone stays."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, update

from meso_schedule.base.models import Model
from meso_schedule.book.book_errors import unknown_course
from meso_schedule.book.ids import Randomness
from meso_schedule.book.keys import find_under, forget, has_plain_key
from meso_schedule.book.projection import project
from meso_schedule.book.reading import course_events, events_of, state_of
from meso_schedule.book.records import Erased
from meso_schedule.book.schema import EVENTS
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, key_used, write


class Erasure(Model):
    """The answer to an erasure.

    Args:
        course: The course that is gone.
        state: What is left of it.
        copies: Older copies of the book that still hold it.
        plain_keys: Under how many keys versions before this one wrote it: their digests stay, and
            whoever guesses such a key can see that it was used.
        is_repeated: Whether it was gone before.
    """

    course: str
    state: CourseState
    copies: tuple[Path, ...] = ()
    plain_keys: int = 0
    is_repeated: bool = False


def erase(
    connection: Connection, course: str, context: Context, *, randomness: Randomness, target: str
) -> Erasure:
    """Erase a course: payloads and salts go, columns and hashes stay.

    Without its salt nothing can be guessed from the digest of a payload, nor from those of a
    key and of what was asked under it. The keys are new again; the tombstone itself is written
    under none, as a course that is erased stays as it is.

    Raises:
        InputError: When there is no such course.
        RefusedError: When it has changed since it was seen, or the key was used before.
    """
    events = course_events(connection, course, target)
    if not events:
        raise unknown_course(course)
    is_repeated = events[-1].kind == Erased.kind
    if not is_repeated:
        if context.key is not None and find_under(connection, context.key, target):
            raise key_used()
        unkeyed = replace(context, key=None)
        write(connection, course, [Erased()], unkeyed, randomness=randomness, target=target)
        forget(connection, course)
        told = (EVENTS.c.course == course) & (EVENTS.c.kind != Erased.kind)
        connection.execute(update(EVENTS).where(told).values(payload=None, salt=None))
        project(connection, state_of(events_of(connection, course, target), target))
    state = state_of(events_of(connection, course, target), target)
    plain = {event.key for event in events if has_plain_key(event)}
    return Erasure(course=course, state=state, is_repeated=is_repeated, plain_keys=len(plain))

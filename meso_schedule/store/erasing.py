"""Remove what was recorded of a course for good; a tombstone stays."""

from pathlib import Path

from sqlalchemy import Connection, update

from meso_schedule.store.errors import unknown_course
from meso_schedule.store.ids import Randomness
from meso_schedule.store.projection import project
from meso_schedule.store.reading import events_of, state_of
from meso_schedule.store.records import Erased
from meso_schedule.store.schema import EVENTS
from meso_schedule.store.state import CourseState
from meso_schedule.store.writing import Context, write
from meso_schedule.validation import Model


class Erasure(Model):
    """The answer to an erasure.

    Args:
        course: The course that is gone.
        state: What is left of it.
        copies: Older copies of the book that still hold it.
        is_repeated: Whether it was gone before.
    """

    course: str
    state: CourseState
    copies: tuple[Path, ...] = ()
    is_repeated: bool = False


def erase(
    connection: Connection, course: str, context: Context, *, randomness: Randomness, target: str
) -> Erasure:
    """Erase a course: payloads and salts go, columns and hashes stay.

    Without its salt nothing can be guessed from the digest of a payload, nor from that of what
    was asked under a key. A course that is erased stays as it is.

    Raises:
        InputError: When there is no such course.
        RefusedError: When it has changed since it was seen, or the key was used before.
    """
    events = events_of(connection, course, target)
    if not events:
        raise unknown_course(course)
    is_repeated = events[-1].kind == Erased.kind
    if not is_repeated:
        write(connection, course, [Erased()], context, randomness=randomness, target=target)
        told = (EVENTS.c.course == course) & (EVENTS.c.kind != Erased.kind)
        connection.execute(update(EVENTS).where(told).values(payload=None, salt=None))
        project(connection, state_of(events_of(connection, course, target), target))
    state = state_of(events_of(connection, course, target), target)
    return Erasure(course=course, state=state, is_repeated=is_repeated)

"""Remove what was recorded of a course for good; a tombstone stays."""

from pathlib import Path

from meso_schedule.base.models import Model
from meso_schedule.book.ids import Randomness
from meso_schedule.book.reading import history_of, state_of
from meso_schedule.book.records import Erased
from meso_schedule.book.state import CourseState
from meso_schedule.book.storage.event_log import drop_payloads, events_of
from meso_schedule.book.storage.keys import find_under, forget, has_plain_key
from meso_schedule.book.storage.projection import project
from meso_schedule.book.storage.transaction import Transaction
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


def erase(within: Transaction, course: str, context: Context, randomness: Randomness) -> Erasure:
    """Erase a course: payloads and salts go, columns and hashes stay.

    Without its salt nothing can be guessed from the digest of a payload, nor from those of a
    key and of what was asked under it. The keys are new again; the tombstone itself is written
    under none, as a course that is erased stays as it is.

    Raises:
        InputError: When there is no such course.
        RefusedError: When it has changed since it was seen, or the key was used before.
    """
    events = history_of(within, course)
    is_repeated = events[-1].kind == Erased.kind
    if not is_repeated:
        if context.key is not None and find_under(within, context.key):
            raise key_used()
        write(within, course, [Erased()], context._replace(key=None), randomness)
        forget(within, course)
        drop_payloads(within, course)
    state = state_of(events_of(within, course), within.shown)
    if not is_repeated:
        project(within, state)
    plain = {event.key for event in events if has_plain_key(event)}
    return Erasure(course=course, state=state, is_repeated=is_repeated, plain_keys=len(plain))

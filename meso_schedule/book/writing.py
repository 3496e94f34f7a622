"""Write events: once for each key, never on top of a change that was not seen."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from meso_schedule.base.errors import InputError
from meso_schedule.base.models import Model
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.correction_guards import extended
from meso_schedule.book.digests import SALT_BYTES, canonical, salted
from meso_schedule.book.events import Event
from meso_schedule.book.folding import fold
from meso_schedule.book.ids import Randomness, new_course_id
from meso_schedule.book.payloads import one_line
from meso_schedule.book.reading import entries_of, history_of, last_time, state_of
from meso_schedule.book.records import Paid, Record
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.book.storage.event_log import course_events, events_of
from meso_schedule.book.storage.hash_chain import HashChain
from meso_schedule.book.storage.keys import find_under, key_digest, note
from meso_schedule.book.storage.projection import enlist
from meso_schedule.book.storage.quarters_taken import just_taken, take
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.course.course_plan import Finding

# A course, None to open one; what is written to it; the revision that was seen, None for any.
CourseChange = tuple[str | None, Sequence[Record], int | None]


class Receipt(Model):
    """The answer to a write.

    Args:
        course: The course written to.
        first: The sequence of the first event written.
        last: The sequence of the last one.
        state: The course after it.
        is_repeated: Whether it was written before, under the same key.
        findings: Facts to be told, such as a clock that went back.
    """

    course: str
    first: int
    last: int
    state: CourseState
    is_repeated: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def revision(self) -> int:
        """The revision of the course after the write."""
        return self.state.revision


class Context(NamedTuple):
    """Who writes and when.

    Args:
        who: The person or program that writes.
        at: Now, with the offset of the clinic's zone.
        key: Chosen by the caller: the same key never writes twice, until what was written under
            it is erased. Only a digest is kept, which nobody can guess it from afterwards.
        asked: What is asked under that key, plain data; left out, the events themselves.
        revision: The course revision that the caller has seen; left out, any.
        as_of: The day of asking, by which it is judged what is still to come; left out, the day
            of `at`.
    """

    who: str
    at: datetime
    key: str | None = None
    asked: object = None
    revision: int | None = None
    as_of: date | None = None

    def stamped(self, record: Record) -> Record:
        """Return a record with the day of asking, where that is not the day of writing."""
        if self.as_of in (None, self.at.date()):
            return record
        return record.model_copy(update={"as_of": self.as_of})

    def check(self) -> None:
        """Refuse a name or a time that cannot be kept.

        Raises:
            InputError: For a time without an offset, an empty name or key.
        """
        if self.at.tzinfo is None:
            raise InputError.of(
                "bad_time",
                f"{self.at} has no offset.",
                field="at",
                value=self.at,
                remedy="Give it in the clinic's zone.",
            )
        for name, text in (("who", self.who), ("key", self.key)):
            if text is not None:
                one_line(text, name)


def write(
    within: Transaction,
    course: str | None,
    records: Sequence[Record],
    context: Context,
    randomness: Randomness,
    *,
    is_other_side: bool = False,
) -> Receipt:
    """Write events to a course, or open one.

    Money that is carried over is written to the other course too.

    Args:
        within: A writing transaction.
        course: The course; None to open one.
        records: What the events say, in order; at least one.
        context: Who writes and when.
        randomness: Where ids and salts come from.
        is_other_side: Whether the money was written to the other course already.

    Raises:
        RefusedError: When what is recorded does not allow it.
        InputError: When there is no such course, or nothing to write.
    """
    receipt = _add(within, course, records, context, randomness, is_other_side=is_other_side)
    _take(within, [receipt])
    return receipt


def write_all(
    within: Transaction, changes: Iterable[CourseChange], context: Context, randomness: Randomness
) -> list[Receipt]:
    """Write events to several courses; what visits of one give up those of another may take.

    Args:
        within: A writing transaction.
        changes: What is written to each.
        context: Who writes and when.
        randomness: Where ids and salts come from.

    Raises:
        RefusedError: When what is recorded does not allow one of them.
    """
    receipts = [
        _add(within, course, records, context._replace(revision=seen), randomness)
        for course, records, seen in changes
    ]
    _take(within, receipts)
    return receipts


def _take(within: Transaction, receipts: Sequence[Receipt]) -> None:
    """Take the people, rooms and devices of what was written.

    Raises:
        RefusedError: When any was just taken.
    """
    latest = {it.course: it.state for it in receipts if not it.is_repeated}
    if days := take(within, *latest.values()):
        raise just_taken(days)


def _add(
    within: Transaction,
    course: str | None,
    records: Sequence[Record],
    context: Context,
    randomness: Randomness,
    *,
    is_other_side: bool = False,
) -> Receipt:
    if not records:
        raise InputError.of("nothing", "There is nothing to write.", remedy="Give an event.")
    context.check()
    asked = canonical(_asked(course, records, context))
    if answer := recall(within, context.key, asked):
        return answer
    events = history_of(within, course) if course else []
    course = course or _unused_id(within, randomness)
    _check_revision(course, len(events), context.revision)
    entries = _follow(course, entries_of(events, within.shown), len(events), records, context)
    salts = [randomness(SALT_BYTES).hex() for _ in records]
    digest = None if context.key is None else key_digest(salts[0], context.key)
    with HashChain(within) as chain:
        before = last_time(within, chain.head.count)
        added = [
            chain.add(_event(entry, course, part, context, asked=asked, salt=salt, key=digest))
            for part, (entry, salt) in enumerate(zip(entries[-len(records) :], salts, strict=True))
        ]
    if not is_other_side:
        _write_other_sides(within, course, records, context, randomness)
    if context.key is not None:
        note(within, context.key, added[0].sequence, randomness)
    state = fold(course, entries)
    enlist(within, state)
    return Receipt(
        course=course,
        first=added[0].sequence,
        last=added[-1].sequence,
        state=state,
        findings=tuple(_clock(before, context)),
    )


def _write_other_sides(
    within: Transaction,
    course: str,
    records: Sequence[Record],
    context: Context,
    randomness: Randomness,
) -> None:
    """Write money that is carried over to the course it came from or went to."""
    own = context._replace(key=None, asked=None, revision=None)
    for record in records:
        if isinstance(record, Paid) and record.carried:
            other = [record.beside(course)]
            write(within, record.carried, other, own, randomness, is_other_side=True)


def recall(within: Transaction, key: str | None, asked: str) -> Receipt | None:
    """Return the first answer to what was asked under a key; None when the key is new.

    Raises:
        RefusedError: When something else was asked under it.
        InputError: When it is no line of text.
    """
    written = find_under(within, one_line(key, "key")) if key is not None else []
    if not written:
        return None
    first, last = written[0], written[-1]
    if salted(first.salt or "", asked) != first.asked:
        raise key_used()
    events = course_events(within, first.course)
    state = state_of([event for event in events if event.revision <= last.revision], within.shown)
    return Receipt(
        course=first.course,
        first=first.sequence,
        last=last.sequence,
        state=state,
        is_repeated=True,
    )


def key_used() -> RefusedError:
    """Return the error of a key under which something else was asked."""
    return RefusedError(
        "key_used",
        "Something else was asked under this key before.",
        "Choose another key.",
        field="key",
    )


def _asked(course: str | None, records: Sequence[Record], context: Context) -> object:
    if context.asked is not None:
        return context.asked
    return [course, [[record.kind, record.version, record.content] for record in records]]


def _unused_id(within: Transaction, randomness: Randomness) -> str:
    while events_of(within, course := new_course_id(randomness)):
        pass
    return course


def _check_revision(course: str, revision: int, seen: int | None) -> None:
    if seen is not None and seen != revision:
        raise RefusedError(
            "stale",
            f"The course {course} has changed: it is at revision {revision}, not {seen}.",
            "Look at it again, then give the new revision.",
            field="revision",
            value=seen,
        )


def _follow(
    course: str, entries: list[Entry], revision: int, records: Sequence[Record], context: Context
) -> list[Entry]:
    for number, record in enumerate(records, start=revision + 1):
        entries = extended(course, entries, Entry(number, context.at, context.stamped(record)))
    return entries


def _event(
    entry: Entry,
    course: str,
    part: int,
    context: Context,
    *,
    asked: str,
    salt: str,
    key: str | None,
) -> Event:
    record = entry.record
    payload = canonical(record.content)
    is_first = key is not None and part == 0
    return Event(
        sequence=0,
        course=course,
        revision=entry.revision,
        kind=record.kind,
        version=record.version,
        at=entry.at.isoformat(),
        who=context.who,
        key=key,
        part=part,
        asked=salted(salt, asked) if is_first else None,
        digest=salted(salt, payload),
        payload=payload,
        salt=salt,
        hash="",
    )


def _clock(before: datetime | None, context: Context) -> Iterator[Finding]:
    if before is not None and before > context.at:
        then = before.isoformat()
        message = f"The last event of the book was written down at {then}: the clock went back."
        yield Finding(kind="clock_went_back", message=message)
    today = context.at.date()
    if context.as_of and context.as_of > today:
        message = f"The day of asking, {context.as_of}, is still to come: the clock says {today}."
        yield Finding(kind="asked_ahead", message=message)

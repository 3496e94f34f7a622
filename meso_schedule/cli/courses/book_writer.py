"""What every command of the book does: open it, find out who writes and when, write once."""

import getpass
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from meso_schedule.base.errors import InputError
from meso_schedule.base.harmless import harmless
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.guards import erased, stopped
from meso_schedule.book.ids import parse_course_id
from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseState
from meso_schedule.book.storage.book_places import cannot
from meso_schedule.book.storage.interface import no_book
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.cli import environment
from meso_schedule.cli.courses.inputs import agree, day_of_asking, read_number, read_value
from meso_schedule.cli.courses.json_documents import course_document
from meso_schedule.cli.environment import (
    book_address,
    find_clinic,
    own_book,
    write_json,
    write_out,
)
from meso_schedule.cli.requests import check_format
from meso_schedule.cli.standard_error import tell
from meso_schedule.clinic.clinic import Clinic

HEAD_VARIABLE = "MESO_HEAD"
TIMEOUT_SECONDS = 30.0

# How often a write is thought over again when another program was quicker.
_ATTEMPTS = 8

# What may still be written to a course that was stopped; `stop` settles what was left open.
_AFTER_STOP = ("note", "pay", "correct", "stop")

# Options that commands had not before: left out where they are not given, so that what was
# asked under a key then is known again.
_LATER = ("treatment", "returned", "fee", "zone")


def head_place(given: str | None) -> Path:
    """Return where ends of books are kept: as given, as the environment says, or the user's own."""
    named = given if given is not None else os.environ.get(HEAD_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_state_path

    folder = user_state_path("meso-schedule") / "heads"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def open_book(
    given: str | None, *, create: bool = False, head_file: str | None = None
) -> Iterator[Book]:
    """Open the book in use.

    Args:
        given: What `--book` says.
        create: Whether to begin one where there is none.
        head_file: What `--head-file` says.

    Raises:
        NotABookError: When there is something else, or nothing.
        BookFault: When it cannot be used.
    """
    address = book_address(given)
    if address == str(own_book()):
        _make_own_folder(Path(address), create=create)
    heads = head_place(head_file)
    with Book.open(address, create=create, timeout=TIMEOUT_SECONDS, heads=heads) as book:
        try:
            yield book
        finally:
            tell(*(str(finding.message) for finding in book.findings))


def _make_own_folder(book: Path, *, create: bool) -> None:
    if book.parent.is_dir():
        return
    if not create:
        raise no_book(str(book))

    try:
        book.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot(book.parent, "be made", error) from None


@dataclass(frozen=True, slots=True)
class BookWriter:
    """Who works on the book and how: the options that writing commands share.

    Args:
        asked: What was typed, by which a repeat under the same key is known.
        yes: Whether what would be asked is agreed to already.
    """

    book: str | None
    head_file: str | None
    who: str | None
    key: str | None
    revision: str | None
    format: str
    clinic: str | None
    as_of: str | None
    asked: Sequence[Any]
    yes: bool = False

    @classmethod
    def of(cls, command: str, given: Mapping[str, Any]) -> "BookWriter":
        """Return the desk of a command from what was typed."""
        aside = ("book", "head_file", "who", "key", "revision", "format", "clinic", "as_of")
        check_format(given.get("format", "table"), ("table", "json"))
        typed = {
            name: value
            for name, value in given.items()
            if name not in (*aside, "yes") and not (name in _LATER and value in (None, [], False))
        }
        shared: dict[str, Any] = {name: given.get(name) for name in aside}
        return cls(**shared, asked=[command, typed], yes=bool(given.get("yes")))

    def find_clinic(self) -> Clinic | None:
        """Read the clinic file in use."""
        return find_clinic(self.clinic)

    def context(
        self, clinic: Clinic | None, as_of: date | None = None, revision: int | None = None
    ) -> Context:
        """Return who writes, when, on which day of asking, and under which key."""
        return Context(
            who=self.writer(),
            at=environment.now(clinic).replace(microsecond=0),
            key=self.key,
            asked=self.asked if self.key is not None else None,
            revision=self.seen if self.seen is not None else revision,
            as_of=as_of,
        )

    @property
    def seen(self) -> int | None:
        """The revision that was seen; None where none is given."""
        return None if self.revision is None else read_number(self.revision, "revision")

    def writer(self) -> str:
        """Return who writes: the one given, else the user's name."""
        if self.who is not None:
            return self.who

        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            raise InputError.of(
                "missing_argument", "The user has no name.", field="who", remedy="Give --who NAME."
            ) from None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be written, and how it is told.

    Args:
        doing: What is going to happen, told before it does.
        done: What follows from it, told after it did.
        question: Asked before it does, where it does more than was typed: what that is.
        facts: The same for programs.
        records: The events; none where nothing needs to be written.
    """

    records: Sequence[Record]
    doing: str
    done: Callable[[CourseState], Sequence[str]] = lambda _: ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    question: str | None = None


class Situation(NamedTuple):
    """What a command sees when it thinks over what to write."""

    state: CourseState
    today: date
    clinic: Clinic | None
    book: Book


Drafting = Callable[[Situation], Draft]


def write(writer: BookWriter, course: str, draft: Drafting) -> None:
    """Think over what to write to a course, say it, write it, and say what came of it.

    Args:
        writer: Who works on the book.
        course: The course's id.
        draft: Returns what to write, given the state of the course.
    """
    read_value(parse_course_id, course, "course")
    clinic = writer.find_clinic()
    as_of = day_of_asking(writer.as_of, clinic)
    with open_book(writer.book, head_file=writer.head_file) as book:
        if writer.key is not None and (answer := book.recall(writer.key, writer.asked)):
            show_receipt(writer, answer, ["It was written before, under the same key."])
            return
        situation = Situation(book.course(course), as_of, clinic, book)
        receipt, made = _attempt(writer, situation, draft)
    if receipt is None:
        show_nothing(writer, course, made)
    else:
        show_receipt(writer, receipt, made.done(receipt.state), made.facts)


def _attempt(
    writer: BookWriter, situation: Situation, draft: Drafting
) -> tuple[Receipt | None, Draft]:
    course = situation.state.course
    agreed: str | None = None
    for attempt in range(1, _ATTEMPTS + 1):
        refuse_erased(situation.state)
        if situation.state.stopped and writer.asked[0] not in _AFTER_STOP:
            raise stopped(situation.state)
        made = draft(situation)
        if not made.records:
            return None, made
        if made.question and made.question != agreed:
            agree(f"{naming(situation.state)}: {made.question}", yes=writer.yes)
            agreed = made.question
        if attempt == 1:
            tell(f"{naming(situation.state)}: {made.doing}")
        context = writer.context(situation.clinic, situation.today, situation.state.revision)
        try:
            return situation.book.append(course, *made.records, context=context), made
        except RefusedError as error:
            if error.code != "stale" or writer.seen is not None or attempt == _ATTEMPTS:
                raise
        situation = situation._replace(state=situation.book.course(course))
    raise AssertionError("the last attempt returns or raises")


def refuse_erased(state: CourseState) -> None:
    """Refuse a course that was erased.

    Raises:
        RefusedError: With exit code 4.
    """
    if state.is_erased:
        raise erased(state.course)


def naming(state: CourseState) -> str:
    """Say which course of whom."""
    whose = f" of {state.patient}" if state.patient else ""
    names = ", ".join(kept.id for kept in state.protocols)
    return f"Course {state.course}{whose}, {names}" if names else f"Course {state.course}"


def show_receipt(
    writer: BookWriter,
    receipt: Receipt,
    lines: Sequence[str],
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Say what was written; it has reached the disk."""
    if writer.format == "json":
        write_document(
            {
                "course": receipt.course,
                "revision": receipt.revision,
                "first": receipt.first,
                "last": receipt.last,
                "is_repeated": receipt.is_repeated,
                "findings": [finding.model_dump(mode="json") for finding in receipt.findings],
                **(facts or {}),
                "state": course_document(receipt.state),
            }
        )
        return

    told = [
        f"Recorded: course {receipt.course} is at revision {receipt.revision}.",
        *lines,
        *(finding.message for finding in receipt.findings),
    ]
    write_out("".join(f"{harmless(line)}\n" for line in told))


def show_nothing(writer: BookWriter, course: str, made: Draft) -> None:
    """Say that there is nothing to write."""
    if writer.format == "json":
        write_document({"course": course, "revision": None, **made.facts})
        return
    write_out(f"{made.doing}\n")


def write_document(document: Any) -> None:
    """Write a JSON document to standard output."""
    write_json(json.dumps(document, indent=2, ensure_ascii=False))

"""What every command that writes to the book does: find out who writes and when, write once."""

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from inspect import Parameter, Signature, signature
from typing import Any, NamedTuple

from meso_schedule.base.errors import InputError
from meso_schedule.base.harmless import harmless
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.cli import environment
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import (
    agree,
    ask_answer,
    day_of_asking,
    read_number,
)
from meso_schedule.cli.courses.json_documents import course_document
from meso_schedule.cli.environment import find_clinic, write_document, write_out
from meso_schedule.cli.options import Given, Options, parameters
from meso_schedule.cli.standard_error import tell
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.improvement import Answer
from meso_schedule.running.course_view import CourseView, seen_again, with_bookings, write_once
from meso_schedule.running.finding import check_course, course_named

# What may still be written to a course that was stopped; `stop` settles what was left open.
_AFTER_STOP = ("contact", "note", "pay", "correct", "undo", "stop")

# What says who works on the book and how, beside the course that it is about.
_OWN = tuple(name for name in options.WRITING if name != "patient")

# Options that commands had not before: left out where they are not given, so that what was
# asked under a key then is known again.
_LATER = (
    *("treatment", "returned", "fee", "zone", "called_off", "waive", "source", "consultation"),
    *("practitioner", "urgent", "improved", "alone", "phone", "email", "method"),
    *("screening", "cleared_by", "consent", "lot", "patient"),
    *("separator", "decimal"),
)

_LATER_OF = {"replan": ("no_improvement",)}


class BookWriter(NamedTuple):
    """Who works on the book and how: the options that writing commands share.

    Args:
        revision: The revision that was seen; None where none is given.
        asked: What was typed, by which a repeat under the same key is known.
        yes: Whether what would be asked is agreed to already.
    """

    book: str | None
    head_file: str | None
    who: str | None
    key: str | None
    revision: int | None
    clinic: str | None
    as_of: str | None
    format: str
    asked: Sequence[Any]
    yes: bool = False

    @classmethod
    def of(cls, command: str, given: Given) -> "BookWriter":
        """Return who works on the book by what was typed."""
        typed = {
            name: value
            for name, value in given.items()
            if name not in (*_OWN, "yes")
            and not (name in (*_LATER, *_LATER_OF.get(command, ())) and value in (None, [], False))
        }
        own: dict[str, Any] = {name: given.get(name) for name in _OWN}
        if own["revision"] is not None:
            own["revision"] = read_number(own["revision"], "revision")
        return cls(**own, asked=[command, typed], yes=bool(given.get("yes")))

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
            revision=revision if self.revision is None else self.revision,
            as_of=as_of,
        )

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


@dataclass(frozen=True)
class Situation(CourseView):
    """What a command sees, and asks on a terminal.

    Args:
        answers: What was answered to its questions, which are asked once.
    """

    answers: dict[str, Answer | None] = field(default_factory=dict)

    def ask_improved(self, question: str) -> Answer | None:
        """Ask whether the skin has improved; None where it was not assessed, or nobody is there."""
        if question not in self.answers:
            self.answers[question] = ask_answer(question)
        return self.answers[question]


def writes(
    check: Callable[[Given], object] | None = None,
    *more: Options,
    asks: bool = False,
) -> Callable[[Callable[..., Draft]], Callable[..., None]]:
    """Make a command of a function that thinks over what to write to a course.

    The command takes the course, what the function takes besides the situation, and the options
    that all such commands share. It writes what the function returns, says what came of it, and
    thinks it over again where another program was quicker.

    Args:
        check: Refuses what was typed before the book is opened.
        more: Options that the function takes besides those of its signature.
        asks: Whether the function may have a question, which `--yes` answers.
    """

    def command_of(draft: Callable[..., Draft]) -> Callable[..., None]:
        _, *named = signature(draft).parameters.values()
        own = [it for it in named if it.kind is not Parameter.VAR_KEYWORD] + parameters(*more)
        course = Parameter("course", Parameter.POSITIONAL_OR_KEYWORD, annotation=options.Course)
        names = {parameter.name for parameter in own}
        common = parameters({"yes": options.Yes} if asks else {}, options.WRITING)
        shared = [parameter for parameter in common if parameter.name not in names]

        def command(**given: Any) -> None:
            if check:
                check(given)
            writer = BookWriter.of(draft.__name__, given)
            told = defaulted(given, writer.find_clinic()) if "rules" in names else given
            typed = {parameter.name: told[parameter.name] for parameter in own}
            meant = given["course"], given["patient"]
            _write(writer, meant, lambda seen: draft(seen, **typed))

        command.__doc__ = draft.__doc__
        vars(command)["__signature__"] = Signature([course, *own, *shared])
        return command

    return command_of


def _write(
    writer: BookWriter,
    meant: tuple[str | None, str | None],
    draft: Callable[[Situation], Draft],
) -> None:
    check_course(*meant)
    clinic = writer.find_clinic()
    as_of = day_of_asking(writer.as_of, clinic)
    with open_book(writer.book, head_file=writer.head_file) as book:
        if writer.key is not None and (answer := book.recall(writer.key, writer.asked)):
            show_receipt(writer, answer, ["It was written before, under the same key."])
            return
        course = course_named(book, *meant, is_whole=True)
        state = book.course(course)
        booked = with_bookings(clinic, book, as_of, course)
        moment = environment.now(clinic)
        beside = book.beside(state, clinic.home_country if clinic else None)
        situation = Situation(state, as_of, booked, book, moment, beside)
        try:
            situation, made, receipt = write_once(
                situation,
                draft,
                lambda seen: writer.context(seen.clinic, seen.today, seen.state.revision),
                lambda seen, question: agree(f"{naming(seen.state)}: {question}", yes=writer.yes),
                is_stopped_too=writer.asked[0] in _AFTER_STOP,
            )
        except RefusedError as error:
            if error.code != "just_taken":
                raise
            now = draft(seen_again(situation))
            raise error.proposing(f"Now: {now.doing}", now.facts) from None
        if receipt is not None:
            tell(f"{naming(situation.state)}: {made.doing}")
            lines = made.done(receipt.state)
    if receipt is not None:
        show_receipt(writer, receipt, lines, made.facts)
    elif writer.format == "json":
        write_document({"course": course, "revision": None, **made.facts})
    else:
        write_out(f"{made.doing}\n")


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
                **receipt.model_dump(mode="json", exclude={"course", "state"}),
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

"""`courses assign`: people and rooms for sessions booked before anybody was named for them."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import ExitCode, InputError
from meso_schedule.base.harmless import harmless
from meso_schedule.cli import environment
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import BookWriter, naming
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.environment import desk_language, write_document, write_out
from meso_schedule.cli.options import Given, Options, flag, taking
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import day_text
from meso_schedule.running.assigning import (
    Assignment,
    booked,
    proposed,
    staffed,
    views_of,
)
from meso_schedule.running.finding import check_course, course_named

_WRITER: Options = {
    name: kind for name, kind in options.WRITING.items() if name not in ("key", "revision")
}


@taking(_WRITER)
def assign(
    given: Given,
    course: Annotated[
        str | None,
        typer.Argument(metavar="[COURSE]", help="The course's id; left out with --all."),
    ] = None,
    *,
    all: Annotated[
        bool, flag("--all", "Every course with sessions that nobody is named for.")
    ] = False,
    yes: Annotated[bool, flag("--yes", "Book it.")] = False,
) -> None:
    """Propose people and rooms for sessions that nobody is named for; with --yes, book them.

    Courses take their turn in the order of their opening; each is planned exactly beside what is
    booked and what those before it got, and moves as few of its days as it can.
    """
    _check_asked(course, is_all=all)
    writer = BookWriter.of("assign", given)
    clinic = staffed(writer.find_clinic())
    today = day_of_asking(writer.as_of, clinic)
    with open_book(writer.book, head_file=writer.head_file) as book:
        name = None if course is None else book.course(course_named(book, course)).course
        views = views_of(book, clinic, today, environment.now(clinic), name)
        writing = writer.context(clinic, today)
        found = list(booked(views, writing) if yes else proposed(views))
    if writer.format == "json":
        write_document({"as_of": str(today), "booked": yes, **_document(found)})
    else:
        write_out(_text(found, clinic, is_booked=yes))
    if any(it.refusal for it in found):
        raise typer.Exit(ExitCode.NO)


def _check_asked(course: str | None, *, is_all: bool) -> None:
    if (course is None) != is_all:
        raise InputError.of(
            "missing_argument" if course is None else "contradiction",
            "No course is named." if course is None else "--all goes without a course.",
            field="course",
            value=course,
            remedy="Name a course, or give --all.",
        )
    if course is not None:
        check_course(course)


def _document(found: Sequence[Assignment]) -> dict[str, Any]:
    return {
        "assigned": [
            {
                "course": it.state.course,
                "sessions": [
                    {
                        "protocol": visit.protocol,
                        "number": visit.number + it.made.offsets[visit.label],
                        "date": str(visit.date),
                        "start": f"{visit.start:%H:%M}" if visit.start else None,
                        "practitioner": visit.practitioner,
                        "room": visit.room,
                    }
                    for visit in it.made.made.plan.visits
                ],
                "changes": [change.model_dump(mode="json") for change in it.made.made.changes],
            }
            for it in found
            if it.made
        ],
        "not_assigned": [
            {"course": it.state.course, "why": str(it.refusal)} for it in found if it.refusal
        ],
    }


def _text(found: Sequence[Assignment], clinic: Clinic, *, is_booked: bool) -> str:
    names = {who.id: who.name for who in clinic.practitioners}
    lines = [line for it in found for line in _lines(it, names, desk_language(clinic))]
    if not found:
        lines.append("Somebody is named for every booked session.")
    elif not is_booked:
        lines.append("Nothing is booked yet: give --yes to book it.")
    elif any(it.made for it in found):
        lines.append("Booked.")
    return "".join(f"{harmless(line)}\n" for line in lines)


def _lines(it: Assignment, names: dict[str, str], spoken: Language) -> Iterator[str]:
    if it.made is None:
        yield f"{naming(it.state)}: nobody can be named. {it.refusal}"
        return
    yield f"{naming(it.state)}:"
    moved = {(change.label, change.number) for change in it.made.made.changes}
    for visit in it.made.made.plan.visits:
        mark = f"{visit.label or ''}{visit.number + it.made.offsets[visit.label]}"
        at = f" at {spoken.clock(visit.start)}" if visit.start else ""
        where = f" in {visit.room}" if visit.room else ""
        whose = names.get(visit.practitioner or "", "nobody")
        told = "; it moves there" if (visit.label, visit.number) in moved else ""
        yield f"  session {mark} on {day_text(visit.date)}{at} with {whose}{where}{told}"

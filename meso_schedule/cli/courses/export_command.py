"""`courses export`, `import`, `erase`: courses to another book and back, and gone for good."""

from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.base.json_stream import pieces_of
from meso_schedule.base.private_files import write_files
from meso_schedule.book.incoming import MAX_BYTES, Incoming
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import BookWriter, naming
from meso_schedule.cli.courses.inputs import agree
from meso_schedule.cli.courses.json_documents import course_document
from meso_schedule.cli.environment import STANDARD_INPUT, open_input, write_document, write_out
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.output.words.text import count_text
from meso_schedule.running.finding import check_course, course_named

# What an erasure leaves behind outside of the book.
OUT_OF_REACH = ("backups", "exports", "printed sheets", "calendar feeds", "other files")


@shared.taking({"force": shared.Force, "book": options.Book})
def export_courses(
    given: shared.Given,
    *,
    course: Annotated[
        list[str] | None, typer.Argument(metavar="COURSE", help="The ids of courses.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="The whole book.")] = False,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.")
    ] = None,
) -> None:
    """Write courses as JSON, with everything the book knows of them."""
    if all == bool(course):
        raise InputError.of(
            "contradiction" if all else "missing_argument",
            "Name courses, or all of them.",
            field="all",
            remedy="Give COURSE or --all.",
        )
    refuse_idle(given, [Path(output)] if output is not None else [])
    for name in course or []:
        check_course(name)
    if output is not None:
        check_outputs([Path(output)], given)
    with open_book(given["book"]) as opened:
        named = [course_named(opened, name) for name in course or []]
        lines = opened.export(None if all else list(dict.fromkeys(named)))
        if output is None:
            for line in lines:
                write_out(line, "utf-8")
            return
        write_files({Path(output): map(str.encode, lines)}, force=given["force"])
    tell(f"Wrote {output}.")


def import_courses(
    *,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What 'export' wrote; - reads standard input.")
    ],
    book: options.Book = None,
    head_file: options.HeadFile = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Take in courses that were exported, all or none; those that are there stay as they are."""
    source = STANDARD_INPUT if file == "-" else file
    with open_input(file) as content:
        _check_whole(content, source)
        with open_book(book, create=True, head_file=head_file) as opened:
            tell(f"Importing {source} into {opened.shown}.")
            taken = opened.import_courses(pieces_of(content, source, MAX_BYTES), source=source)
    if format == "json":
        write_document(taken.model_dump(mode="json"))
        return
    known = f", {len(taken.known)} were there already" if taken.known else ""
    courses = count_text(len(taken.courses), "course")
    write_out(f"Imported {courses} with {taken.events} events{known}.\n")


def _check_whole(content: BinaryIO, source: str) -> None:
    """Read what can be read twice to its end, before a book is begun for it."""
    if content.seekable():
        start = content.tell()
        for _ in Incoming(pieces_of(content, source, MAX_BYTES), source):
            pass
        content.seek(start)


@shared.taking(options.WRITER, {"patient": options.Patient, "format": shared.ShowFormat})
def erase_course(given: shared.Given, course: options.Course, *, yes: options.Yes = False) -> None:
    """Remove what was recorded of a course for good; only that there was one stays."""
    writer = BookWriter.of("erase", given)
    check_course(course, given["patient"])
    in_use = writer.find_clinic()
    with open_book(writer.book, head_file=writer.head_file) as opened:
        course = course_named(opened, course, given["patient"], is_whole=True)
        state = opened.course(course)
        tell(f"{naming(state)}: everything recorded of it will be erased for good.")
        agree("Erase it?", yes=yes, otherwise="Nothing was erased.")
        answer = opened.erase(course, context=writer.context(in_use))
    if writer.format == "json":
        write_document(
            {
                "course": answer.course,
                "is_repeated": answer.is_repeated,
                "copies": [str(path) for path in answer.copies],
                "plain_keys": answer.plain_keys,
                "out_of_reach": OUT_OF_REACH,
                "state": course_document(answer.state),
            }
        )
        return
    told = "It was erased before." if answer.is_repeated else f"Erased: course {answer.course}."
    lines = [told, *(f"A copy still holds it: {path}" for path in answer.copies)]
    if answer.plain_keys:
        lines.append(
            f"{answer.plain_keys} of its keys were written by a version before this one: whoever"
            " guesses such a key can still see that it was used."
        )
    lines.append(
        f"What was made before still holds it, and cannot be reached from here:"
        f" {', '.join(OUT_OF_REACH)}. Make new backups; delete the others."
    )
    write_out("".join(f"{line}\n" for line in lines))

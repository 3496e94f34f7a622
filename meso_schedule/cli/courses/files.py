"""`courses export`, `import`, `erase`: courses to another book and back, and gone for good."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import options
from meso_schedule.cli.courses.desk import Desk, naming, open_book
from meso_schedule.cli.courses.inputs import agree, read_value
from meso_schedule.cli.courses.receipts import write_document
from meso_schedule.cli.reporting import tell
from meso_schedule.errors import InputError

# What an erasure leaves behind outside of the book.
OUT_OF_REACH = ("backups", "exports", "printed sheets", "calendar feeds", "other files")


def export_courses(
    *,
    course: Annotated[
        list[str] | None, typer.Argument(metavar="COURSE", help="The ids of courses.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="The whole book.")] = False,
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Write it to a file.")
    ] = None,
    force: shared.Force = False,
    book: options.Book = None,
) -> None:
    """Write courses as JSON, with everything the book knows of them."""
    from meso_schedule.cli.surroundings import write_out
    from meso_schedule.output.files import check_targets, write_files
    from meso_schedule.store.ids import parse_course_id

    if all == bool(course):
        raise InputError.of(
            "contradiction" if all else "missing_argument",
            "Name courses, or all of them.",
            field="all",
            remedy="Give COURSE or --all.",
        )
    for name in course or []:
        read_value(parse_course_id, name, "course")
    if output is not None:
        check_targets([Path(output)], force=force)
    with open_book(book) as opened:
        text = "".join(opened.export(None if all else list(dict.fromkeys(course or []))))
    if output is None:
        write_out(text, "utf-8")
        return
    write_files({Path(output): text.encode()}, force=force)
    tell(f"Wrote {output}.")


def import_courses(
    *,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What 'export' wrote; - reads standard input.")
    ],
    book: options.Book = None,
    head_file: options.HeadFile = None,
    format: options.ShowFormat = "table",
) -> None:
    """Take in courses that were exported, all or none; those that are there stay as they are."""
    from meso_schedule.cli.requests import check_format
    from meso_schedule.cli.surroundings import write_out

    check_format(format, shared.SHOW_FORMATS)
    text, source = _read(file)
    with open_book(book, create=True, head_file=head_file) as opened:
        tell(f"Importing {source} into {opened.shown}.")
        taken = opened.import_courses(text, source=source)
    if format == "json":
        write_document(taken.model_dump(mode="json"))
        return
    known = f", {len(taken.known)} were there already" if taken.known else ""
    courses = "1 course" if len(taken.courses) == 1 else f"{len(taken.courses)} courses"
    write_out(f"Imported {courses} with {taken.events} events{known}.\n")


def _read(name: str) -> tuple[str, str]:
    from meso_schedule.cli.requests import STANDARD_INPUT
    from meso_schedule.documents import decode, refuse

    source = STANDARD_INPUT if name == "-" else name
    try:
        if name != "-":
            content = Path(name).read_bytes()
        elif sys.stdin is None:
            refuse(source, "unreadable", "It is closed.", "Send the courses into it.")
        else:
            content = sys.stdin.buffer.read()
    except (OSError, ValueError) as error:
        problem = f"It cannot be read: {getattr(error, 'strerror', None) or error}."
        refuse(source, "unreadable", problem, "Check the name and its permissions.")
    return decode(content, source), source


def erase_course(
    course: options.Course,
    *,
    yes: options.Yes = False,
    book: options.Book = None,
    head_file: options.HeadFile = None,
    who: options.Who = None,
    key: options.Key = None,
    revision: options.Revision = None,
    clinic: shared.ClinicFile = None,
    format: options.ShowFormat = "table",
) -> None:
    """Remove what was recorded of a course for good; only that there was one stays."""
    desk = Desk.of("erase", dict(locals()))
    from meso_schedule.cli.courses.documents import course_document
    from meso_schedule.cli.surroundings import write_out
    from meso_schedule.store.ids import parse_course_id

    read_value(parse_course_id, course, "course")
    in_use = desk.find_clinic()
    with open_book(book, head_file=head_file) as opened:
        state = opened.course(course)
        tell(f"{naming(state)}: everything recorded of it is erased for good.")
        agree("Erase it?", yes=yes, otherwise="Nothing was erased.")
        answer = opened.erase(course, context=desk.context(in_use))
    if format == "json":
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

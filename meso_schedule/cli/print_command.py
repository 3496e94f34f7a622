"""`print`: a plan that was kept, in any form and language."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.base.errors import InputError, shortened
from meso_schedule.base.source_files import read_limited
from meso_schedule.base.text_files import MAX_BYTES, decode, parse_json
from meso_schedule.cli import options
from meso_schedule.cli.environment import (
    STANDARD_INPUT,
    find_clinic,
    open_input,
)
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.usage import Command

if TYPE_CHECKING:
    from meso_schedule.course.course_plan import CoursePlan

_Identity = Annotated[
    str | None,
    options.option("ID", "The line of a batch's answers, by the id of its job.", options.OUTPUT),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("print", cls=Command)(print_plan)


@options.taking(
    {"id": _Identity, "clinic": options.ClinicFile, "format": options.PlanFormat}, options.FILES
)
def print_plan(
    given: options.Given,
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN.json",
            help="A plan as JSON, or the answers of a batch; - for standard input.",
            show_default=False,
        ),
    ],
) -> None:
    """Show or write a plan that was kept as JSON, in any form and language; nothing is planned."""
    from meso_schedule.base.private_files import write_files
    from meso_schedule.cli.clinic_defaults import defaulted
    from meso_schedule.cli.formats import file_of, read_outputs, show, style_of, with_clinic
    from meso_schedule.cli.targets import check_outputs

    paths = read_outputs(given["output"])
    refuse_idle(given, paths, given["format"])
    clinic = find_clinic(given["clinic"])
    given = defaulted(given, clinic)
    style = with_clinic(style_of(given), paths, clinic, given["clinic"])
    if paths:
        check_outputs(paths, given, clinic)
    made = _kept(plan, given["id"])
    files = {path: file_of(made, path, style) for path in paths}
    if files:
        write_files(files, force=given["force"])
    show(made, given["format"], style)
    tell(*(f"Wrote {path}." for path in files))


def _kept(name: str, identity: str | None) -> "CoursePlan":
    """Read a plan from a file that holds one, or an answer to each job of a batch.

    Raises:
        UnreadableFileError: When the file cannot be read.
        InputError: When it holds no such plan.
    """
    from meso_schedule.cli.batches.jobs import read_lines
    from meso_schedule.course.plan_json import checked_plan

    source = STANDARD_INPUT if name == "-" else name
    with open_input(name) as file:
        if identity is None:
            document = parse_json(decode(read_limited(file, source, MAX_BYTES), source), source)
        else:
            document = _answer(read_lines(file), source, identity)
    if isinstance(document, dict) and "error" in document:
        told = document["error"]
        problem = told.get("message", "") if isinstance(told, dict) else ""
        raise InputError.of(
            "no_plan",
            f"The answer is no plan, but an error: {problem}",
            source=source,
            remedy="Name an answer that is a plan.",
        )
    is_answer = isinstance(document, dict) and "plan" in document
    return checked_plan(document["plan"] if is_answer else document, source)


def _answer(lines: Iterable[bytes], source: str, identity: str) -> Any:
    """Return the answer to a job of a batch."""
    for number, line in enumerate(lines, 1):
        place = f"{source}, line {number}"
        document = parse_json(decode(line, place), place)
        if isinstance(document, dict) and str(document.get("id")) == identity:
            return document
    raise InputError.of(
        "unknown_id",
        f"It holds no answer {shortened(identity)}.",
        source=source,
        field="id",
        value=identity,
        remedy="Write the id of a job of that batch.",
    )

"""The lines of a batch: jobs as they are read, answers as they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, NamedTuple

from meso_schedule.base.errors import in_our_words
from meso_schedule.base.source_files import refuse
from meso_schedule.base.text_files import MAX_BYTES
from meso_schedule.cli.formats import Style, sheet_of
from meso_schedule.planner.batch_lines import Identity, LineReader, error_line

_MOST_PIECES = 64
# A stream of lines that does not end is no batch.
MAX_JOBS = 1_000_000


class Answer(NamedTuple):
    """What one line of a batch is answered, ready to be written.

    Args:
        identity: The caller's id; None where the line has none.
        place: The file and the line.
        size: Bytes of the line.
        told: The line of JSON.
        reference: That of the plan; None for an error.
        sheet: The plan as it is printed; None where no sheets are asked for.
    """

    identity: Identity
    place: str
    size: int
    told: bytes
    reference: str | None
    sheet: bytes | None


@dataclass(frozen=True, slots=True)
class Batch(LineReader):
    """What holds for every job.

    Args:
        style: Language, paper and logo of the sheets; None for no sheets.
    """

    style: Style | None


def read_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file; of one that is too long, only enough to see that it is."""
    jobs = 0
    while line := _piece(file):
        jobs += 1
        if jobs > MAX_JOBS:
            problem = f"It has more than {MAX_JOBS:,} lines."
            refuse(str(file.name), "too_large", problem, "Cut it into several batches.")
        rest, pieces = line, 1
        while len(rest) > MAX_BYTES and not rest.endswith(b"\n"):
            rest, pieces = _piece(file), pieces + 1
            if pieces > _MOST_PIECES:
                refuse(str(file.name), "too_large", "A line does not end.", "Check the file.")
        yield line


def _piece(file: BinaryIO) -> bytes:
    try:
        return file.readline(MAX_BYTES + 1)
    except OSError as error:
        problem = f"It cannot be read: {error.strerror or error}."
        refuse(str(file.name), "unreadable", problem, "Check that it is the right file.")


def answer_of(batch: Batch, as_of: date, line: tuple[int, bytes]) -> Answer:
    """Answer one line.

    Args:
        batch: What holds for every job.
        as_of: The day of asking.
        line: Its number, and what it says.
    """
    job, told, plan = batch.answer(as_of, line)
    sheet = None
    try:
        if plan and batch.style:
            sheet = sheet_of(plan, batch.style)
    except Exception as error:
        told, plan = error_line(job.identity, job.place, in_our_words(error)), None
    return Answer(job.identity, job.place, job.size, told, plan.reference if plan else None, sheet)

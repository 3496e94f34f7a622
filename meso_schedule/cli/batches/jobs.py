"""The lines of a batch: jobs as they are read, answers as they are written."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError, MesoScheduleError, in_our_words
from meso_schedule.base.harmless import json_harmless
from meso_schedule.base.source_files import refuse, refuse_size
from meso_schedule.base.text_files import MAX_BYTES, decode, parse_json
from meso_schedule.cli.error_messages import error_document
from meso_schedule.cli.formats import Style, sheet_of
from meso_schedule.cli.requests import checked_request, named_protocols, text_faults
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.catalogue import Catalogue
from meso_schedule.rules.protocol import Protocol

_MOST_PIECES = 64
_LARGEST_ID = 10**100
# A stream of lines that does not end is no batch.
MAX_JOBS = 1_000_000

Identity = str | int | None
Asked = tuple[list[Protocol], CourseRequest]


class Job(NamedTuple):
    """One line of a batch: what it asks for, or why it cannot be read.

    Args:
        identity: The caller's id; None where the line has none.
        place: The file and the line.
        size: Bytes of the line.
        asked: The protocols and the request, or the error.
    """

    identity: Identity
    place: str
    size: int
    asked: Asked | MesoScheduleError


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
class Batch:
    """What holds for every job.

    Args:
        jobs: The file of jobs.
        protocols: Every protocol by id.
        clinic: The clinic.
        busy: Calendars whose events leave no room.
        style: Language, paper and logo of the sheets; None for no sheets.
    """

    jobs: Path
    protocols: Catalogue
    clinic: Clinic | None
    busy: Sequence[BusySource]
    style: Style | None

    def read(self, number: int, line: bytes) -> Job:
        """Read a line."""
        return read_job(line, f"{self.jobs}, line {number}", self.protocols)

    def plan(self, asked: Asked, as_of: date) -> CoursePlan:
        """Plan what a job asks for.

        Raises:
            MesoScheduleError: When it cannot be planned.
        """
        protocols, request = asked
        return plan_combined(protocols, request, clinic=self.clinic, as_of=as_of, busy=self.busy)


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
    job = batch.read(*line)
    reference = sheet = None
    try:
        if isinstance(job.asked, MesoScheduleError):
            raise job.asked
        plan = batch.plan(job.asked, as_of)
        sheet = sheet_of(plan, batch.style) if batch.style else None
        told, reference = _plan_line(job, plan), plan.reference
    except Exception as error:
        told = error_line(job, in_our_words(error))
    return Answer(job.identity, job.place, job.size, told, reference, sheet)


def read_job(line: bytes, place: str, protocols: Catalogue) -> Job:
    """Read one line; whatever is wrong with it becomes its answer."""
    identity: Identity = None
    try:
        values = _object(line, place)
        identity = _identity(values)
        if faults := list(text_faults(values)):
            raise InputError(faults)
        request = checked_request(values)
        asked = [protocols.named(name) for name in named_protocols(request)]
        return Job(identity, place, len(line), (asked, request))
    except Exception as error:
        return Job(identity, place, len(line), in_our_words(error))


def error_line(job: Job | Answer, error: MesoScheduleError) -> bytes:
    """Write an error as the answer to a job: a line of JSON."""
    document = {"id": job.identity, **error_document(error, {}, job.place)}
    return f"{json.dumps(document)}\n".encode()


def _plan_line(job: Job, plan: CoursePlan) -> bytes:
    text = json_harmless(plan.model_dump_json())
    return f'{{"id": {json.dumps(job.identity)}, "plan": {text}}}\n'.encode()


def _object(line: bytes, place: str) -> dict[str, Any]:
    if len(line) > MAX_BYTES:
        refuse_size(place, MAX_BYTES)
    values = parse_json(decode(line.rstrip(b"\r\n"), place), place)
    if not isinstance(values, dict):
        refuse(place, "no_object", "The line holds no object.", 'Write {"id": "a1", …}.')
    return values


def _identity(values: dict[str, Any]) -> Identity:
    identity = values.pop("id", None)
    if identity is None or isinstance(identity, str):
        return identity
    # More digits than Python reads were cut.
    if isinstance(identity, int) and not isinstance(identity, bool) and abs(identity) < _LARGEST_ID:
        return identity
    raise InputError.of(
        "bad_id",
        "The id is neither text nor a whole number of up to 100 digits.",
        field="id",
        value=identity,
        remedy="Write it in quotes.",
    )

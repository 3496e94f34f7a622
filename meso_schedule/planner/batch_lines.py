"""JSON lines: a job each, answered by a line with its plan or with what is wrong with it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError, MesoScheduleError, in_our_words
from meso_schedule.base.harmless import json_harmless
from meso_schedule.base.source_files import refuse, refuse_size
from meso_schedule.base.text_files import MAX_BYTES, decode, parse_json
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.request_reading import checked_request, named_protocols, text_faults
from meso_schedule.course.told_errors import error_document
from meso_schedule.planner.batch import in_order
from meso_schedule.planner.given_here import given_at
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.catalogue import Catalogue
from meso_schedule.rules.protocol import Protocol

_LARGEST_ID = 10**100

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


class Line(NamedTuple):
    """What one line is answered.

    Args:
        job: What it asks for.
        told: The line of JSON.
        plan: The plan; None for an error.
    """

    job: Job
    told: bytes
    plan: CoursePlan | None


@dataclass(frozen=True, slots=True)
class LineReader:
    """What holds for every line.

    Args:
        source: What the lines are called in errors.
        protocols: Every protocol by id.
        clinic: The clinic.
        busy: Calendars whose events leave no room.
    """

    source: str
    protocols: Catalogue
    clinic: Clinic | None
    busy: Sequence[BusySource]

    def read(self, number: int, line: bytes) -> Job:
        """Read a line; whatever is wrong with it becomes its answer."""
        return read_job(line, f"{self.source}, line {number}", self.protocols)

    def plan(self, asked: Asked, as_of: date) -> CoursePlan:
        """Plan what a job asks for.

        Raises:
            MesoScheduleError: When it cannot be planned.
        """
        protocols, request = asked
        if self.clinic:
            protocols = [given_at(self.clinic, protocol) for protocol in protocols]
        known = {**self.protocols.given, **{it.id: it for it in protocols}}
        return plan_combined(
            protocols, request, clinic=self.clinic, as_of=as_of, busy=self.busy, known=known
        )

    def answer(self, as_of: date, line: tuple[int, bytes]) -> Line:
        """Answer a line.

        Args:
            as_of: The day of asking.
            line: Its number, and what it says.
        """
        job = self.read(*line)
        try:
            if isinstance(job.asked, MesoScheduleError):
                raise job.asked
            plan = self.plan(job.asked, as_of)
            return Line(job, _plan_line(job, plan), plan)
        except Exception as error:
            return Line(job, error_line(job.identity, job.place, in_our_words(error)), None)


def plan_lines(
    lines: Iterable[str | bytes],
    *,
    as_of: date,
    clinic: Clinic | None = None,
    protocols: Iterable[Protocol] = (),
    busy: Sequence[BusySource] = (),
    executor: Executor | None = None,
    source: str = "jobs",
) -> Iterator[str]:
    r"""Yield a finished line of JSON for each line, in the order given.

    A line is an object by the names of a request, with a protocol, and an `id` of the caller's:
    `{"id": 7, "protocol": "hair-loss", "start": "2026-12-01"}`. Its answer is
    `{"id": 7, "plan": {…}}`, or with the same id an `error`; it ends in a line break. It is
    written where it is planned, so that little travels. A defect of the program that one line
    meets is the answer to that line. Lines are read as they are needed.

    Args:
        lines: Text or UTF-8, such as an open file.
        as_of: The day of asking of all of them.
        clinic: The clinic of all of them.
        protocols: Protocols besides the packaged ones, or in the place of those of their ids.
        busy: Calendars whose events leave no room for a session of any of them.
        executor: Where to plan; left out, in this process.
        source: What the lines are called in errors, such as the name of their file.

    >>> (line,) = plan_lines(['{"id": 1, "protocol": "hairloss"}'], as_of=date(2026, 11, 22))
    >>> line.startswith('{"id": 1, "error": {"code": "unknown_protocol"')
    True
    """
    reader = LineReader(source, Catalogue({it.id: it for it in protocols}), clinic, busy)
    return in_order(partial(_told, reader, as_of), enumerate(lines, 1), executor)


def _told(reader: LineReader, as_of: date, line: tuple[int, str | bytes]) -> str:
    number, text = line
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return reader.answer(as_of, (number, data)).told.decode()


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


def error_line(identity: Identity, place: str, error: MesoScheduleError) -> bytes:
    """Write an error as the answer to a job: a line of JSON.

    Args:
        identity: The caller's id; None where the line has none.
        place: What the line is called.
        error: What is wrong with it.
    """
    document = {"id": identity, **error_document(error, {}, place)}
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

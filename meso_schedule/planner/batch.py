"""Plan many courses, in this process or on any executor, answers in the order of the jobs."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from datetime import date
from itertools import islice

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.combined_planning import plan_combined
from meso_schedule.planner.planning import plan_course
from meso_schedule.rules.protocol import Protocol

Job = tuple[Protocol | Sequence[Protocol], CourseRequest]
Answer = CoursePlan | MesoScheduleError

# A chunk is worth a trip to another process; a few in flight keep every worker busy.
CHUNK = 32
IN_FLIGHT = 16


def plan_courses(
    jobs: Iterable[Job],
    *,
    clinic: Clinic | None = None,
    as_of: date,
    executor: Executor | None = None,
    busy: Sequence[BusySource] = (),
) -> Iterator[Answer]:
    """Yield a plan, or the error, for each job, in the order given.

    Jobs are read as they are needed, so there may be any number of them.

    Args:
        jobs: Pairs of protocol, or of the protocols of one combined calendar, and request.
        clinic: The clinic of all of them.
        as_of: The day of asking of all of them.
        executor: Where to plan; left out, in this process.
        busy: Calendars whose events leave no room for a session of any of them.
    """
    jobs = iter(jobs)
    if executor is None:
        yield from (_answer(job, clinic, as_of, busy) for job in jobs)
        return
    pending: deque[Future[list[Answer]]] = deque()
    try:
        while chunk := list(islice(jobs, CHUNK)):
            pending.append(executor.submit(_answers, chunk, clinic, as_of, busy))
            if len(pending) > IN_FLIGHT:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


def _answers(
    jobs: list[Job], clinic: Clinic | None, as_of: date, busy: Sequence[BusySource]
) -> list[Answer]:
    return [_answer(job, clinic, as_of, busy) for job in jobs]


def _answer(job: Job, clinic: Clinic | None, as_of: date, busy: Sequence[BusySource]) -> Answer:
    asked, request = job
    try:
        if isinstance(asked, Sequence):
            return plan_combined(asked, request, clinic=clinic, as_of=as_of, busy=busy)
        return plan_course(asked, request, clinic=clinic, as_of=as_of, busy=busy)
    except MesoScheduleError as error:
        return error

"""Plan many courses, in this process or on any executor, answers in the order of the jobs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from datetime import date
from functools import partial
from itertools import islice, pairwise
from typing import TypeVar

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import MesoScheduleError, in_our_words
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.protocol import Protocol

Job = tuple[Protocol | Sequence[Protocol], CourseRequest]
Answer = CoursePlan | MesoScheduleError
Asked = TypeVar("Asked")
Given = TypeVar("Given")

# The most jobs of a trip to another process, which so many are worth, and the most trips under
# way for each worker: one that is slow keeps none of the others waiting.
CHUNK = 16
TRIPS = 4
# Of an executor that does not say how many it has.
WORKERS = 4


def plan_courses(
    jobs: Iterable[Job],
    *,
    clinic: Clinic | None = None,
    as_of: date,
    executor: Executor | None = None,
    busy: Sequence[BusySource] = (),
) -> Iterator[Answer]:
    """Yield a plan, or the error, for each job, in the order given.

    Jobs are read as they are needed, so there may be any number of them. A defect of the program
    that one of them meets is the answer to that one.

    Args:
        jobs: Pairs of protocol, or of the protocols of one combined calendar, and request.
        clinic: The clinic of all of them.
        as_of: The day of asking of all of them.
        executor: Where to plan; left out, in this process.
        busy: Calendars whose events leave no room for a session of any of them.
    """
    return in_order(partial(_answer, clinic=clinic, as_of=as_of, busy=busy), jobs, executor)


def in_order(
    answer: Callable[[Asked], Given], jobs: Iterable[Asked], executor: Executor | None
) -> Iterator[Given]:
    """Yield the answer to each job, in the order of the jobs.

    As many are read ahead as keep every worker busy; what is left at the end is shared equally.

    Args:
        answer: Answers one job.
        jobs: What it is given.
        executor: Where to call it; None for this process.
    """
    jobs = iter(jobs)
    if executor is None:
        yield from map(answer, jobs)
        return
    workers: int = getattr(executor, "_max_workers", WORKERS)
    pending: deque[Future[list[Given]]] = deque()
    try:
        while ahead := list(islice(jobs, workers * CHUNK)):
            ends = [len(ahead) * share // workers for share in range(workers + 1)]
            pending += (
                executor.submit(_each, answer, ahead[begin:end])
                for begin, end in pairwise(ends)
                if begin < end
            )
            while len(pending) > (TRIPS - 1) * workers:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


def _each(answer: Callable[[Asked], Given], jobs: list[Asked]) -> list[Given]:
    return [answer(job) for job in jobs]


def _answer(job: Job, *, clinic: Clinic | None, as_of: date, busy: Sequence[BusySource]) -> Answer:
    try:
        asked, request = job
        protocols = asked if isinstance(asked, Sequence) else [asked]
        return plan_combined(protocols, request, clinic=clinic, as_of=as_of, busy=busy)
    except Exception as error:
        return in_our_words(error)

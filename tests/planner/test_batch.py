"""Many courses: order kept, errors as answers, jobs read as they are needed, any executor."""

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from typing import Any

import pytest

from meso_schedule import (
    CoursePlan,
    CourseRequest,
    MesoScheduleError,
    NoCalendarFits,
    Protocol,
    plan_course,
    plan_courses,
)
from meso_schedule.base.errors import BudgetTooSmallError, DefectError, InputError
from meso_schedule.planner.batch import CHUNK, TRIPS, WORKERS, in_order
from tests.support.samples import clinic, on, protocol

AS_OF = on("2026-11-22")
OWN = protocol(sessions={"minimum": 2, "usual": 3, "maximum": 6, "minutes": 45, "assumption": "a"})
HELD = clinic(
    currency="GBP",
    holidays={"country": "GB", "subdivision": "ENG"},
    prices={"house-mix": {"session": "180.00"}},
)
Job = tuple[Protocol, CourseRequest]


def jobs(count: int) -> Iterator[Job]:
    """Yield plans and three kinds of errors in turn, each with a reference of its own."""
    for number in range(count):
        asked: dict[str, Any] = {"reference": str(number), "start": on("2026-12-01")}
        if number % 5 == 1:
            asked["days"] = ["sun"]
        elif number % 5 == 2:
            asked["sessions"] = 7
        elif number % 5 == 3:
            asked["budget"] = "100.00"
        yield OWN, CourseRequest(**asked)


def answer(job: Job) -> CoursePlan | MesoScheduleError:
    try:
        return plan_course(*job, clinic=HELD, as_of=AS_OF)
    except MesoScheduleError as error:
        return error


def written(found: CoursePlan | MesoScheduleError) -> str:
    if isinstance(found, CoursePlan):
        return found.model_dump_json()
    return f"{type(found).__name__} {found} {found.faults}"


def answers_to(
    line: Iterable[Job], executor: Executor | None = None
) -> Generator[CoursePlan | MesoScheduleError, None, None]:
    """Return the answers as something that can be closed."""
    answers = plan_courses(line, as_of=AS_OF, executor=executor)
    assert isinstance(answers, Generator)
    return answers


class Recorder(Executor):
    """Run what is submitted when its result is asked for, and remember how much was submitted."""

    def __init__(self, workers: int | None = None) -> None:
        self.futures: list[Future[Any]] = []
        self.jobs: list[list[Any]] = []
        if workers:
            self._max_workers = workers

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.futures.append(future)
        self.jobs.append(args[-1])
        if len(self.futures) <= 1:
            future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.mark.parametrize("where", [None, "threads", "processes"])
def test_answers_come_in_the_order_of_the_jobs(
    where: str | None, request: pytest.FixtureRequest
) -> None:
    executor = request.getfixturevalue(where) if where else None
    count = 2 * CHUNK + 7
    found = list(plan_courses(jobs(count), clinic=HELD, as_of=AS_OF, executor=executor))
    assert [written(one) for one in found] == [written(answer(job)) for job in jobs(count)]
    assert {type(one) for one in found} == {
        *(CoursePlan, NoCalendarFits, InputError, BudgetTooSmallError)
    }
    assert [one.reference for one in found if isinstance(one, CoursePlan)] == [
        str(number) for number in range(count) if number % 5 in (0, 4)
    ]


def test_without_a_clinic() -> None:
    (plan,) = plan_courses([(OWN, CourseRequest(start=on("2026-12-05")))], as_of=AS_OF)
    assert isinstance(plan, CoursePlan)
    assert [session.date for session in plan.sessions] == [
        *(on("2026-12-07"), on("2026-12-14"), on("2026-12-21"))
    ]
    assert plan.timezone == "UTC"


@pytest.mark.parametrize("where", [None, "threads", "processes"])
def test_no_jobs_no_answers(where: str | None, request: pytest.FixtureRequest) -> None:
    executor = request.getfixturevalue(where) if where else None
    assert list(plan_courses([], as_of=AS_OF, executor=executor)) == []


class Endless:
    """An endless line of jobs that counts how many were taken from it."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[Job]:
        while True:
            self.taken += 1
            yield OWN, CourseRequest(reference=str(self.taken), start=on("2026-12-01"))


def test_an_endless_line_is_read_one_by_one() -> None:
    line = Endless()
    with closing(answers_to(line)) as answers:
        assert line.taken == 0
        for number in range(1, 4):
            plan = next(answers)
            assert isinstance(plan, CoursePlan)
            assert (plan.reference, line.taken) == (str(number), number)


@pytest.mark.parametrize("where", ["threads", "processes"])
def test_an_endless_line_is_read_a_little_ahead(where: str, request: pytest.FixtureRequest) -> None:
    line = Endless()
    executor = request.getfixturevalue(where)
    with closing(answers_to(line, executor)) as answers:
        first = list(islice(answers, 3))
    assert [one.reference for one in first if isinstance(one, CoursePlan)] == ["1", "2", "3"]
    workers = {"threads": 4, "processes": 2}[where]
    assert line.taken <= CHUNK * TRIPS * workers


def test_what_is_not_wanted_any_more_is_cancelled() -> None:
    recorder = Recorder()
    with closing(answers_to(Endless(), recorder)) as answers:
        next(answers)
    under_way = TRIPS * WORKERS - 1
    assert [future.cancelled() for future in recorder.futures] == [False] + [True] * under_way


@pytest.mark.parametrize(("count", "workers"), [(1, 3), (4, 3), (20, 2), (33, 2), (100, 8)])
def test_few_jobs_keep_every_worker_busy(count: int, workers: int) -> None:
    """As many trips as there are workers, or jobs, and none with twice as many as another."""
    recorder = Recorder(workers)
    list(islice(in_order(abs, range(count), recorder), 1))
    trips = [len(jobs) for jobs in recorder.jobs]
    assert sum(trips) == count
    assert len(trips) >= min(count, workers)
    assert max(trips) <= min(CHUNK, -(-count // workers))


@pytest.mark.parametrize("where", [None, "threads", "processes"])
def test_a_defect_is_the_answer_to_its_job(
    where: str | None, request: pytest.FixtureRequest
) -> None:
    executor = request.getfixturevalue(where) if where else None
    asked = CourseRequest(start=on("2026-12-01"))
    broken: Any = [(OWN, asked), (None, asked), (OWN, asked), None]
    one, defect, other, no_pair = plan_courses(broken, as_of=AS_OF, executor=executor)
    assert isinstance(one, CoursePlan)
    assert one == other
    assert isinstance(defect, DefectError)
    assert isinstance(no_pair, DefectError)
    assert (defect.exit_code, defect.faults[0].code) == (70, "defect")
    assert str(defect) == "The program failed with AttributeError: a defect of its own."
    assert str(no_pair) == "The program failed with TypeError: a defect of its own."

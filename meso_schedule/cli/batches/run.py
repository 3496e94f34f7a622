"""`plan --batch`: many courses, one line each, that can be stopped and resumed."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from itertools import count
from multiprocessing import active_children, parent_process
from pathlib import Path
from typing import Any, BinaryIO

from meso_schedule.base.dates import parse_date
from meso_schedule.base.errors import (
    EnvironmentFault,
    ExitCode,
    FormatError,
    InputError,
)
from meso_schedule.base.interruptions import ENDING, undisturbed
from meso_schedule.base.private_files import Spared, place, write_files
from meso_schedule.base.source_files import open_source
from meso_schedule.cli.batches.answers import Answers, Stamp, unwritable
from meso_schedule.cli.batches.jobs import (
    Answer,
    Batch,
    answer_of,
    read_lines,
)
from meso_schedule.cli.batches.sheets import Sheets
from meso_schedule.cli.environment import find_clinic, find_logo, read_calendars, today
from meso_schedule.cli.error_messages import COMMAND_LINE
from meso_schedule.cli.formats import Style, sheet_of
from meso_schedule.cli.requests import read_count_within
from meso_schedule.cli.signals import raise_received
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.output.words.text import count_text
from meso_schedule.planner.batch import in_order
from meso_schedule.planner.batch_lines import Asked, error_line
from meso_schedule.rules.catalogue import catalogue

MAX_WORKERS = 60
_REFRESH = 16

# What holds for every job, in a process that plans: it travels once, not with each of them.
_batch: Batch


def run_batch(
    jobs: str,
    outputs: Sequence[str],
    given: Mapping[str, Any],
    *,
    clinic_file: str | None,
    rules: Sequence[str],
    as_of: str | None,
    busy: Sequence[str],
    zones: Sequence[str],
    workers: str | None,
    is_resumed: bool,
    force: bool,
    sheets: str | None = None,
    style: Style | None = None,
) -> None:
    """Answer every line of a file of jobs, in order.

    Answers go to a file with `.part` at its end, line by line; it takes its name when all
    jobs are answered. The sheet of a plan is written before its answer, so that a batch which
    was stopped lacks none.

    Raises:
        InputError: When the options, the files or an earlier run do not go together.
        EnvironmentFault: When the answers cannot be written; a later run can resume.
    """
    gc.enable()  # a batch may run for hours
    target = _target(outputs)
    part = target.with_name(f"{target.name}.part")
    day, processes = _day(as_of), _workers(workers)
    clinic = find_clinic(clinic_file)
    spared = check_outputs([target], given, clinic)
    check_outputs([part], {**given, "force": True}, clinic)
    with closing(open_source(Path(jobs))) as source:
        calendars = read_calendars(busy, zones, clinic, day or today(clinic))
        style = style._replace(logo=find_logo(clinic, clinic_file)) if style else None
        printer = _printer(sheets, spared, replaces=force or is_resumed)
        batch = Batch(jobs, catalogue(rules), clinic, calendars, style if printer else None)
        answers = Answers.open(part, is_resumed=is_resumed)
        try:
            with closing(answers.file), _writing(answers):
                _answer_all(batch, source, answers, day, workers=processes, sheets=printer)
                os.fsync(answers.file.fileno())
        except BaseException:
            if not answers.count and not is_resumed:
                part.unlink()  # nothing is lost, and the next run need not resume
            raise
    place(part, target, force=force)
    tell(
        f"Wrote {target}: {count_text(answers.plans, 'plan')}"
        f" and {count_text(answers.errors, 'error')}."
    )


def _answer_all(
    batch: Batch,
    source: BinaryIO,
    answers: Answers,
    day: date | None,
    *,
    workers: int,
    sheets: Sheets | None,
) -> None:
    lines = enumerate(read_lines(source), 1)
    # The processes start before anything is printed here: a typesetter does not survive it.
    with _executor(workers, batch) as executor:
        jobs = (batch.read(number, line) for number, line in lines)
        answers.resume(jobs, batch, day, partial(_make_up, batch, sheets))
        as_of = day or answers.as_of or today(batch.clinic)
        answer = partial(_answer_here, as_of) if executor else partial(answer_of, batch, as_of)
        with _progress(source) as advance:
            for made in in_order(answer, lines, executor):
                raise_received()
                answers.write(_printed(sheets, made))
                advance(made.size)


def _printed(sheets: Sheets | None, answer: Answer) -> Answer:
    """Write the sheet of a plan; one that has no place is answered with the reason."""
    if sheets is None or answer.reference is None or answer.sheet is None:
        return answer
    try:
        sheets.write(answer.reference, answer.sheet)
    except InputError as error:
        return answer._replace(
            told=error_line(answer.identity, answer.place, error), reference=None
        )
    return answer


def _make_up(batch: Batch, sheets: Sheets | None, asked: Asked, stamp: Stamp) -> None:
    """Take the name of a sheet of an earlier run, and write the sheet where it is missing."""
    if sheets is None or batch.style is None:
        return
    path = sheets.take(stamp.reference)
    if not path.exists():
        write_files({path: sheet_of(batch.plan(asked, stamp.as_of), batch.style)})


def _printer(folder: str | None, spared: Spared, *, replaces: bool) -> Sheets | None:
    return None if folder is None else Sheets.open(folder, replaces=replaces, spared=spared)


def _target(outputs: Sequence[str]) -> Path:
    if len(outputs) != 1 or Path(outputs[0]).suffix.lower() != ".jsonl":
        raise InputError.of(
            "bad_output",
            "A batch is written to one .jsonl file.",
            field="output",
            value=", ".join(outputs) or None,
            remedy="Write for example --output plans.jsonl.",
        )
    return Path(outputs[0])


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text) if text is not None else None
    except FormatError as error:
        raise InputError(error.faults).at(COMMAND_LINE, "as_of") from None


def _workers(text: str | None) -> int:
    return 1 if text is None else read_count_within(text, "workers", 1, MAX_WORKERS)


@contextmanager
def _writing(answers: Answers) -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool:
        raise EnvironmentFault(
            "A process that plans was stopped.", str(answers.path), "Go on with --resume."
        ) from None
    except OSError as error:
        raise unwritable(answers.path, error) from None


@contextmanager
def _executor(workers: int, batch: Batch) -> Iterator[Executor | None]:
    if workers == 1:
        yield None
        return
    others = set(active_children())
    with undisturbed():
        # The processes start with the first thing to do; no signal may raise in them.
        pool = ProcessPoolExecutor(workers, initializer=_begin_work, initargs=(batch,))
        pool.submit(int)
    try:
        yield pool
    except BaseException:
        # The thread of a pool without processes complains of jobs that were cancelled before.
        threading.excepthook = lambda _: None
        for worker in set(active_children()) - others:
            worker.kill()  # it has nothing to clean up
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin_work(batch: Batch) -> None:
    """Begin a process that plans: it knows the batch, and ends with its parent.

    The parent alone answers to signals.
    """
    global _batch
    _batch = batch
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _answer_here(as_of: date, line: tuple[int, bytes]) -> Answer:
    return answer_of(_batch, as_of, line)


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(ExitCode.ENVIRONMENT)


@contextmanager
def _progress(source: BinaryIO) -> Iterator[Callable[[int], None]]:
    """Show how much of the jobs is answered, on a terminal only."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[answered]} jobs"))
    # Without a thread of its own: worker processes are forked while it is shown.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    size = os.fstat(source.fileno()).st_size
    with bar:
        task = bar.add_task("", total=size, completed=source.tell(), answered=0)
        numbers = count(1)

        def advance(done: int) -> None:
            number = next(numbers)
            bar.update(task, advance=done, answered=number, refresh=number % _REFRESH == 0)

        yield advance

"""The answers of a batch so far: a file that a later run can go on with."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from meso_schedule.cli.batch_lines import Job, answer_line, job_identity
from meso_schedule.dates import parse_date
from meso_schedule.errors import EnvironmentFault, InputError, MesoScheduleError

if TYPE_CHECKING:
    from meso_schedule.course import CoursePlan


@dataclass(slots=True)
class Answers:
    """The answers so far.

    Args:
        path: Where they are kept.
        file: That file, open.
        plans: How many of them are plans.
        errors: How many of them are errors.
        as_of: The day of asking of an earlier run; None when there was none.
    """

    path: Path
    file: BinaryIO
    plans: int = 0
    errors: int = 0
    as_of: date | None = None

    @classmethod
    def open(cls, path: Path, *, is_resumed: bool) -> "Answers":
        """Open the file, a new one unless it is resumed.

        Raises:
            InputError: When a batch was stopped there before and is not resumed.
            EnvironmentFault: When it cannot be written.
        """
        flags = os.O_RDWR | os.O_CREAT | (0 if is_resumed else os.O_EXCL)
        try:
            return cls(path, os.fdopen(os.open(path, flags, 0o600), "r+b"))
        except FileExistsError:
            raise InputError.of(
                "target_exists",
                f"{path} exists: a batch was stopped.",
                field="resume",
                value=path,
                remedy="Give --resume to go on with it, or remove it.",
            ) from None
        except OSError as error:
            raise unwritable(path, error) from None

    @property
    def count(self) -> int:
        """How many answers there are."""
        return self.plans + self.errors

    def write(self, job: Job, answer: "CoursePlan | MesoScheduleError") -> None:
        """Add the answer to a job, at once on its way to the disk."""
        self.file.write(answer_line(job, answer))
        self.file.flush()
        self._tally(is_plan=not isinstance(answer, MesoScheduleError))

    def resume(self, lines: Iterator[bytes], jobs: Path, as_of: date | None) -> None:
        """Skip the jobs that are answered; a last line cut short is taken away.

        Raises:
            InputError: When the answers are not to these jobs, or of another day.
        """
        whole = 0
        for answer in self.file:
            if not answer.endswith(b"\n"):
                break
            whole += len(answer)
            identity, day = self._read(answer)
            job = next(lines, None)
            if job is None or job_identity(job) != identity:
                self._refuse(f"does not answer line {self.count + 1} of {jobs}")
            if day and as_of and day != as_of:
                self._refuse(f"was planned as of {day}, not {as_of}")
            self.as_of = self.as_of or day
            self._tally(is_plan=day is not None)
        self.file.seek(whole)
        self.file.truncate()

    def _tally(self, *, is_plan: bool) -> None:
        if is_plan:
            self.plans += 1
        else:
            self.errors += 1

    def _read(self, line: bytes) -> tuple[object, date | None]:
        try:
            answer = json.loads(line)
            plan = answer.get("plan")
            return answer["id"], parse_date(plan["as_of"]) if plan else None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._refuse("is no answer of a batch")

    def _refuse(self, problem: str) -> NoReturn:
        raise InputError.of(
            "other_batch",
            f"Line {self.count + 1} {problem}.",
            source=str(self.path),
            field="resume",
            remedy=f"Give the same files and options as before, or remove {self.path}.",
        )


def unwritable(path: Path, error: OSError) -> EnvironmentFault:
    """Return the error of answers that cannot be written."""
    return EnvironmentFault(
        f"{path} cannot be written: {error.strerror or error}.",
        str(path),
        "Check the folder and the space left, then go on with --resume.",
    )

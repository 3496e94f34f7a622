"""The answers of a batch so far: a file that a later run can go on with."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from meso_schedule.base.dates import parse_date
from meso_schedule.base.errors import EnvironmentFault, InputError, MesoScheduleError
from meso_schedule.base.private_files import make_private
from meso_schedule.cli.batches.jobs import Answer, Batch
from meso_schedule.planner.batch_lines import Asked, Job


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
        try:
            if not (is_resumed and path.exists()):
                make_private(path)
            return cls(path, path.open("r+b"))
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

    def write(self, answer: Answer) -> None:
        """Add the answer to a job, at once on its way to the disk."""
        self.file.write(answer.told)
        self.file.flush()
        self._tally(is_plan=answer.reference is not None)

    def resume(
        self,
        jobs: Iterator[Job],
        batch: Batch,
        as_of: date | None,
        planned: Callable[[Asked, "Stamp"], None],
    ) -> None:
        """Skip the jobs that are answered; a last line cut short is taken away.

        Args:
            jobs: All jobs.
            batch: What holds for them in this run.
            as_of: The day of asking of this run; None for any.
            planned: Called with what was asked where the answer is a plan.

        Raises:
            InputError: When the answers are not to these jobs, by these rules, of this clinic
                or of this day.
        """
        whole = 0
        for answer in self.file:
            if not answer.endswith(b"\n"):
                break
            whole += len(answer)
            identity, stamp = self._read(answer)
            job = next(jobs, None)
            if job is None or job.identity != identity:
                self._refuse(f"does not answer line {self.count + 1} of {batch.source}")
            if stamp:
                planned(self._asked(job, stamp, batch, as_of), stamp)
            self._tally(is_plan=stamp is not None)
        self.file.seek(whole)
        self.file.truncate()

    def _asked(self, job: Job, stamp: "Stamp", batch: Batch, as_of: date | None) -> Asked:
        """Return what a job asks for that was answered with the plan of a stamp."""
        asked = job.asked
        if as_of and stamp.as_of != as_of:
            self._refuse(f"was planned as of {stamp.as_of}, not {as_of}")
        if isinstance(asked, MesoScheduleError) or stamp != Stamp.of(asked, batch, stamp.as_of):
            self._refuse("answers another request, other rules or another clinic")
        self.as_of = self.as_of or stamp.as_of
        return asked

    def _tally(self, *, is_plan: bool) -> None:
        if is_plan:
            self.plans += 1
        else:
            self.errors += 1

    def _read(self, line: bytes) -> "tuple[object, Stamp | None]":
        try:
            answer = json.loads(line)
            plan = answer.get("plan")
            return answer["id"], Stamp.read(plan) if plan else None
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


class Stamp(NamedTuple):
    """What tells the plan of one request, rule and clinic from that of another."""

    as_of: date
    digest: str
    reference: str
    timezone: str
    clinic: str | None

    @classmethod
    def read(cls, plan: dict[str, Any]) -> "Stamp":
        """Read the stamp of a plan that was written."""
        return cls(
            parse_date(plan["as_of"]),
            plan["protocols"][0]["digest"],
            plan["reference"],
            plan["timezone"],
            plan["clinic"]["name"],
        )

    @classmethod
    def of(cls, asked: Asked, batch: Batch, as_of: date) -> "Stamp":
        """Return the stamp that a plan gets."""
        (protocol, *_), request = asked
        clinic = batch.clinic
        return cls(
            as_of,
            protocol.digest,
            request.reference_on(as_of),
            clinic.timezone if clinic else "UTC",
            clinic.name if clinic else None,
        )


def unwritable(path: Path, error: OSError) -> EnvironmentFault:
    """Return the error of answers that cannot be written."""
    return EnvironmentFault(
        f"{path} cannot be written: {error.strerror or error}.",
        str(path),
        "Check the folder and the space left, then go on with --resume.",
    )

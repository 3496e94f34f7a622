"""Plan a file of jobs in shards: on the processes of this machine, or on a cluster of Dask.

    python examples/many_machines.py jobs.jsonl plans.jsonl --as-of 2026-11-22
    python examples/many_machines.py jobs.jsonl plans.jsonl --as-of 2026-11-22 --dask tcp://host:8786

A shard is a task: so many lines travel at once, are planned by one worker, and come back as
finished lines. The shards that are under way are bounded, so that a million jobs take no more
memory than a thousand; answers are written in the order of the jobs. Dask gives the shards of a
worker that was lost to another one. Without files it plans some jobs of its own.
"""

import argparse
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date, timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from meso_schedule import plan_lines

SHARD = 500
# Shards for each worker that are under way at once.
AHEAD = 3
RETRIES = 3


def planned(lines: list[str], as_of: date) -> str:
    """Plan one shard; it runs in a worker."""
    return "".join(plan_lines(lines, as_of=as_of))


def in_shards(
    lines: Iterable[str], submit: Callable[[list[str]], Any], workers: int, size: int = SHARD
) -> Iterator[str]:
    """Yield the answers of each shard, in the order of the jobs."""
    rest = iter(lines)
    pending: deque[Future[str]] = deque()
    while shard := list(islice(rest, size)):
        pending.append(submit(shard))
        if len(pending) >= AHEAD * workers:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def on_processes(lines: Iterable[str], as_of: date, size: int = SHARD) -> Iterator[str]:
    """Plan on the processes of this machine."""
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        yield from in_shards(lines, lambda it: pool.submit(planned, it, as_of), workers, size)


def on_dask(lines: Iterable[str], as_of: date, address: str, size: int = SHARD) -> Iterator[str]:
    """Plan on a cluster of Dask, which meso_schedule does not need for anything else."""
    with import_module("distributed").Client(address) as client:
        workers = sum(client.nthreads().values())

        def submit(shard: list[str]) -> Any:
            return client.submit(planned, shard, as_of, retries=RETRIES, pure=False)

        yield from in_shards(lines, submit, workers, size)


def some_jobs(count: int) -> Iterator[str]:
    """Make up jobs."""
    for number in range(count):
        start = date(2026, 12, 1) + timedelta(days=number % 365)
        yield json.dumps({"id": number, "protocol": "hair-loss", "start": str(start)}) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description="Plan a file of jobs in shards.")
    options.add_argument("jobs", nargs="?", type=Path, help="JSON lines, a job each")
    options.add_argument("plans", nargs="?", type=Path, help="where the answers go")
    options.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 22))
    options.add_argument("--dask", metavar="ADDRESS", help="of a scheduler, tcp://host:8786")
    given = options.parse_args()
    if given.jobs is None or given.plans is None:
        answers = "".join(on_processes(some_jobs(40), given.as_of, 10)).splitlines()
        print(len(answers), "jobs planned; the last is", json.loads(answers[-1])["id"])
        return
    with given.jobs.open(encoding="utf-8") as jobs, given.plans.open("w", encoding="utf-8") as out:
        if given.dask:
            out.writelines(on_dask(jobs, given.as_of, given.dask))
        else:
            out.writelines(on_processes(jobs, given.as_of))


if __name__ == "__main__":
    main()

"""The example of many machines on a real cluster, one of whose workers is killed."""

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from meso_schedule import plan_lines

distributed = pytest.importorskip("distributed")
EXAMPLE = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "many_machines.py"))
AS_OF = date(2026, 11, 22)
WORKER = (sys.executable, "-m", "distributed.cli.dask_worker")
ALONE = ("--no-nanny", "--no-dashboard", "--nthreads", "1")


@pytest.mark.untraced
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_every_answer_comes_in_order_although_a_worker_is_killed() -> None:
    jobs = list(EXAMPLE["some_jobs"](24))
    here = distributed.LocalCluster(
        1, processes=False, threads_per_worker=1, protocol="tcp://", dashboard_address=None
    )
    with here as cluster, distributed.Client(cluster) as client:
        address = cluster.scheduler_address
        other = subprocess.Popen([*WORKER, address, *ALONE], stderr=subprocess.DEVNULL)
        client.wait_for_workers(2)

        def lines() -> Iterator[str]:
            yield from jobs[:14]
            other.kill()
            yield from jobs[14:]

        made = "".join(EXAMPLE["on_dask"](lines(), AS_OF, address, 2))
        assert other.wait() == -9
        assert len(client.nthreads()) == 1
    assert made == "".join(plan_lines(jobs, as_of=AS_OF))
    assert [json.loads(line)["id"] for line in made.splitlines()] == list(range(24))

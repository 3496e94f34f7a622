"""Measure how many sheets a core prints: `python -m tests.benchmarks.sheets`.

500 different plans of one protocol, then 500 of all protocols in turn, are printed one after
another, after one to warm up; the planning is not measured. Processor time is given too: other
programs cost less of it. The typesetter works on one core.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from time import perf_counter, process_time

from meso_schedule import CoursePlan, CourseRequest, Protocol, catalogue, plan_course
from tests.support.samples import on
from tests.support.sheets import AS_OF, example_clinic, printed_sheet

SHEETS = 500
SESSIONS = 6


def plans(protocols: Sequence[Protocol]) -> Iterator[CoursePlan]:
    """Yield plans of six sessions, where a protocol allows them, that differ in all they can."""
    clinic = example_clinic()
    for number in range(SHEETS + 1):
        protocol = protocols[number % len(protocols)]
        counts = protocol.sessions
        asked = {
            "start": on("2026-12-01") + timedelta(days=number % 60),
            "at": "17:30",
            "sessions": min(max(SESSIONS, counts.minimum), counts.maximum),
            "patient": f"Patient {number}",
            "reference": f"R-{number}",
        }
        request = CourseRequest.read(asked)
        yield plan_course(protocol, request, clinic=clinic, as_of=AS_OF)


def main() -> None:
    """Print sheets a second, by the clock and by the processor."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    known = catalogue()
    for told, protocols in (
        ("one protocol", [known["facial-rejuvenation"]]),
        ("all protocols", list(known.values())),
    ):
        measure(told, list(plans(protocols)))


def measure(told: str, made: Sequence[CoursePlan]) -> None:
    """Print how fast plans become sheets."""
    first, *others = made
    size = len(printed_sheet(first))
    begin, used = perf_counter(), process_time()
    for plan in others:
        size = max(size, len(printed_sheet(plan)))
    wall, cpu = perf_counter() - begin, process_time() - used
    print(
        f"{told}: {SHEETS / wall:.1f} sheets a second, {SHEETS / cpu:.1f} a second of processor"
        f" time; the largest has {size} bytes"
    )


if __name__ == "__main__":
    main()

"""Measure how many sheets a core prints: `python -m tests.benchmarks.sheets`.

500 different plans of six sessions are printed one after another, after one to warm up; the
planning is not measured. Processor time is given too: other programs cost less of it.
"""

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter, process_time

from meso_schedule import CoursePlan
from tests.samples import on
from tests.sheets import facial, printed_sheet

SHEETS = 500


def plans() -> Iterator[CoursePlan]:
    """Yield plans that differ in patient, reference and dates."""
    for number in range(SHEETS + 1):
        start = on("2026-12-01") + timedelta(days=number % 60)
        yield facial(start=str(start), patient=f"Patient {number}", reference=f"R-{number}")


def main() -> None:
    """Print sheets a second, by the clock and by the processor."""
    first, *others = plans()
    size = len(printed_sheet(first))
    begin, used = perf_counter(), process_time()
    for plan in others:
        size = max(size, len(printed_sheet(plan)))
    wall, cpu = perf_counter() - begin, process_time() - used
    print(f"{SHEETS / wall:.1f} sheets a second, {SHEETS / cpu:.1f} a second of processor time")
    print(f"the largest has {size} bytes")


if __name__ == "__main__":
    main()

"""How long a plan read back from its JSON takes to print, against one planned anew.

python -m tests.benchmarks.kept_plans
"""

import time
from collections.abc import Callable
from datetime import date

from meso_schedule import CoursePlan, CourseRequest, get_protocol, plan_course, read_plan
from meso_schedule.output import to_html, to_pdf, to_text

AS_OF = date(2026, 11, 22)
ROUNDS = 9


def planned() -> CoursePlan:
    """Plan a course of six sessions."""
    request = CourseRequest(start=date(2026, 12, 1), sessions=6)
    return plan_course(get_protocol("facial-rejuvenation"), request, as_of=AS_OF)


def least(work: Callable[[], object]) -> float:
    """Return the least processor time of several rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times) * 1e3


def compared(output: Callable[[CoursePlan], object], kept: str) -> tuple[float, float]:
    """Return how long one output takes of a plan read back, and of one planned anew."""
    output(planned())
    return least(lambda: output(read_plan(kept))), least(lambda: output(planned()))


def main() -> None:
    kept = planned().model_dump_json()
    ways: dict[str, Callable[[CoursePlan], object]] = {
        "nothing": lambda plan: plan,
        "text": to_text,
        "web page": to_html,
        "sheet": to_pdf,
    }
    for name, output in ways.items():
        back, anew = compared(output, kept)
        print(f"{name}: {back:.1f} ms from JSON, {anew:.1f} ms anew, {back / anew:.2f}")


if __name__ == "__main__":
    main()

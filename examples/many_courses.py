"""Plan a year of courses on several processes; answers come in the order of the jobs."""

from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta

from meso_schedule import CoursePlan, CourseRequest, get_protocol, plan_courses

AS_OF = date(2026, 11, 22)


def main() -> None:
    protocol = get_protocol("hair-loss")
    starts = [AS_OF + timedelta(days=day) for day in range(365)]
    jobs = [(protocol, CourseRequest(start=start, top_ups=2)) for start in starts]
    with ProcessPoolExecutor() as executor:
        answers = list(plan_courses(jobs, as_of=AS_OF, executor=executor))
    plans = [answer for answer in answers if isinstance(answer, CoursePlan)]
    print(len(plans), "of", len(jobs), "courses planned")
    print("The first ends on", plans[0].sessions[-1].date)


if __name__ == "__main__":
    main()

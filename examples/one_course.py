"""Plan one course at a clinic and print the dates, the reasons and the bill."""

from datetime import date
from pathlib import Path

from meso_schedule import CourseRequest, get_protocol, plan_course, read_clinic

here = Path(__file__).parent
plan = plan_course(
    get_protocol("facial-rejuvenation"),
    CourseRequest(start=date(2026, 12, 1), sessions=6, prefer=["tue"], at="17:30"),
    clinic=read_clinic(here / "clinic.toml"),
    as_of=date(2026, 11, 22),
)
for session in plan.sessions:
    print(session.number, session.start, "-", "; ".join(session.why))
if plan.cost:
    print("Total", plan.cost.low, plan.cost.currency)
    for part in plan.cost.instalments or ():
        print("  due", part.due, part.amount)

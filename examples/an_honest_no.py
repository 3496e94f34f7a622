"""Ask for a calendar that cannot be, and take the cheapest way out."""

from datetime import date

from meso_schedule import CourseRequest, NoCalendarFits, get_protocol, plan_course

wish = {"start": "2026-12-01", "sessions": 6, "finish_by": "2026-12-31", "no_improvement": True}
protocol = get_protocol("facial-rejuvenation")
as_of = date(2026, 11, 22)
try:
    plan_course(protocol, CourseRequest.model_validate(wish), as_of=as_of)
except NoCalendarFits as no:
    print(no)
    for way in no.relaxations:
        print(f"- {way.message} [{way.option}]")

plan = plan_course(protocol, CourseRequest.model_validate(wish | {"sessions": 4}), as_of=as_of)
print("With 4 sessions:", *(session.date for session in plan.sessions))

"""One request twice, in strings and in values: for plain mypy, without the plugin of pydantic."""

from datetime import date
from decimal import Decimal

from meso_schedule import CourseRequest
from meso_schedule.base.busy_times import BusyTime
from meso_schedule.base.dates import DateRange
from meso_schedule.base.times import Between, Clock, Weekday
from meso_schedule.course.consultation_wish import ConsultationWish
from meso_schedule.course.wishes import HeldDay, OtherTreatment, Pin

IN_STRINGS = CourseRequest(
    protocol="general*4",
    start="2026-12-01",
    start_within=3,
    sessions=4,
    finish_by="2027-06-01",
    event="2027-07-01",
    days=["mon", "tue"],
    between="17:00-20:00",
    prefer="tue",
    at="17:30",
    away=["2026-12-24..2027-01-02", "2027-01-06"],
    busy=["2026-12-01T09:00/2026-12-01T10:30"],
    other="filler face 2026-12-10",
    area="face",
    pin="3=2027-01-05",
    improves_after=2,
    no_improvement=None,
    late=2,
    budget="900.00",
    option="two areas",
    tax_exempt="diplomat",
    currency="GBP",
    top_ups=1,
    until=None,
    alternatives=2,
    consultation="2026-10-30",
    held=["2026-11-02", "mesobotox:2026-11-03"],
    improved_on=None,
    not_improved_on=None,
    unclear_on=None,
    reviewed_on=["mesobotox:2026-11-03"],
    as_of="2026-11-22",
    patient="A. Patient",
    reference="R1",
    practitioner="doctor-a",
    urgent=True,
    no_prices=False,
)
IN_VALUES = CourseRequest(
    protocol=["general*4"],
    start=date(2026, 12, 1),
    start_within=3,
    sessions=4,
    finish_by=date(2027, 6, 1),
    event=date(2027, 7, 1),
    days=[Weekday(0), Weekday(1)],
    between=[Between.parse("17:00-20:00")],
    prefer=Weekday(1),
    at=Clock.parse("17:30"),
    away=(DateRange(date(2026, 12, 24), date(2027, 1, 2)), DateRange.parse("2027-01-06")),
    busy=BusyTime.parse("2026-12-01T09:00/2026-12-01T10:30"),
    other=[OtherTreatment("filler", date(2026, 12, 10), "face")],
    area=["face"],
    pin=[Pin(3, date(2027, 1, 5))],
    improves_after=2,
    no_improvement=False,
    late=2,
    budget=Decimal("900.00"),
    option="two areas",
    tax_exempt="diplomat",
    currency="GBP",
    top_ups=1,
    alternatives=2,
    consultation=ConsultationWish(date(2026, 10, 30)),
    held=[date(2026, 11, 2), HeldDay("mesobotox", date(2026, 11, 3))],
    reviewed_on=HeldDay("mesobotox", date(2026, 11, 3)),
    as_of=date(2026, 11, 22),
    patient="A. Patient",
    reference="R1",
    practitioner="doctor-a",
    urgent=True,
)
START: date | None = IN_VALUES.start
DAYS: tuple[Weekday, ...] | None = IN_VALUES.days
LATE: int = IN_VALUES.late

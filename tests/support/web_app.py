"""A web service as a clinic's own engineer would write it, by public names alone."""

from datetime import date
from typing import Annotated

from fastapi import FastAPI, Query, Response
from fastapi.responses import JSONResponse

from meso_schedule import (
    CoursePlan,
    CourseRequest,
    InputError,
    MesoScheduleError,
    NoCalendarFits,
    get_protocol,
    parse_clinic,
    plan_course,
    read_plan,
    schema,
)
from meso_schedule.output import to_ics, to_pdf

CLINIC = parse_clinic("""
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
[hours]
mon = "09:00-17:00"
tue = "09:00-17:00"
[prices.facial-rejuvenation]
session = "180.00"
""")
app = FastAPI()


@app.exception_handler(NoCalendarFits)
def no_calendar(_: object, no: NoCalendarFits) -> JSONResponse:
    ways = [{"kind": way.kind, "message": way.message} for way in no.relaxations]
    return JSONResponse({"detail": str(no), "ways_out": ways}, status_code=409)


@app.exception_handler(InputError)
def bad_input(_: object, error: InputError) -> JSONResponse:
    told = [{"field": it.field, "value": it.value, "remedy": it.remedy} for it in error.faults]
    return JSONResponse({"detail": told}, status_code=422)


@app.exception_handler(MesoScheduleError)
def other(_: object, error: MesoScheduleError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=500)


@app.post("/plans/{protocol}")
def plan(protocol: str, request: CourseRequest, as_of: Annotated[date, Query()]) -> CoursePlan:
    return plan_course(get_protocol(protocol), request, clinic=CLINIC, as_of=as_of)


@app.post("/sheets")
def sheet(kept: Annotated[str, Query()], language: str = "en") -> Response:
    return Response(to_pdf(read_plan(kept), language=language), media_type="application/pdf")


@app.post("/feeds/{protocol}")
def feed(protocol: str, request: CourseRequest, as_of: Annotated[date, Query()]) -> Response:
    made = plan_course(get_protocol(protocol), request, clinic=CLINIC, as_of=as_of)
    return Response(to_ics(made), media_type="text/calendar")


@app.get("/schemas/{name}")
def described(name: str) -> dict[str, object]:
    return schema(name)

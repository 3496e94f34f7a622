"""What several commands of the book say in the same words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from meso_schedule.book.state import CourseState
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.running.course_progress import Followed
    from meso_schedule.running.treatment_progress import Running

REPLAN = "Some booked days no longer fit: see 'meso-schedule courses replan {}'."


def day_words(day: "date") -> str:
    """Return a day as people read it."""
    from meso_schedule.output.words.text import day_text

    return day_text(day)


def due_lines(one: "Running") -> list[str]:
    """Say what is due next of a treatment."""
    from meso_schedule.running.forecasts import forecast_of

    forecast = forecast_of(one)
    if forecast.number is None or forecast.earliest is None or forecast.latest is None:
        whose = f" of {one.label}" if one.label else ""
        return [f"Nothing more{whose} is due."]
    return [
        f"Session {one.mark(forecast.number)} is due from {day_words(forecast.earliest)}"
        f" to {day_words(forecast.latest)}."
    ]


def no_total(state: "CourseState") -> list[str]:
    """Say that a course has no account, where its treatments are priced in several currencies."""
    from meso_schedule.running.terms import currencies_of

    known = currencies_of(state)
    if len(known) < 2:
        return []
    return [f"The treatments are priced in {' and '.join(known)}: the course has no account."]


def limit_lines(course: "Followed", clinic: "Clinic | None") -> list[str]:
    """Say which sessions are booked past the last day for them, and what cannot keep it at all."""
    from meso_schedule.running.limits import beyond_limits, missed_limits

    return [
        *(
            f"Session {it.session} on {day_words(it.date)} is after {day_words(it.limit.day)},"
            f" {it.limit.words}."
            for it in beyond_limits(course)
        ),
        *(
            f"The course{f' of {one.label}' if one.label else ''} can no longer end by"
            f" {day_words(limit.day)}, {limit.words}."
            for one, limit in missed_limits(course, clinic)
        ),
    ]


def balance_words(balance: "Decimal", state: "CourseState") -> str:
    """Say what the balance of a course is; what is paid too much goes back at its end."""
    if balance >= 0:
        return "Still to pay"
    return "To give back" if state.stopped else "Paid beyond the price"

"""What is due of a course, what is left to pay, and what no longer fits, in lines."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from meso_schedule.book.amounts import currencies_of
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.words.text import day_text
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_replan import no_longer_fits
from meso_schedule.running.course_spacing import all_too_close
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.limits import beyond_limits, held_beyond, missed_limits
from meso_schedule.running.treatment_progress import TreatmentProgress

REPLAN = "Some booked days no longer fit: see 'meso-schedule courses replan {}'."


def due_lines(one: TreatmentProgress) -> list[str]:
    """Say what is due next of a treatment."""
    forecast = forecast_of(one)
    if forecast.number is None or forecast.earliest is None or forecast.latest is None:
        whose = f" of {one.label}" if one.label else ""
        return [f"Nothing more{whose} is due."]
    return [
        f"Session {one.mark(forecast.number)} is due from {day_text(forecast.earliest)}"
        f" to {day_text(forecast.latest)}."
    ]


def no_total(state: CourseState) -> list[str]:
    """Say that a course has no account, where its treatments are priced in several currencies."""
    known = currencies_of(state)
    if len(known) < 2:
        return []
    return [f"The treatments are priced in {' and '.join(known)}: the course has no account."]


def finding_lines(course: CourseProgress, clinic: Clinic | None) -> Iterator[str]:
    """Say what is to be known of a course as it stands."""
    yield from (str(finding.message) for finding in course.state.findings)
    yield from maximum_lines(course.treatments)
    yield from fit_lines(course, clinic)
    yield from limit_lines(course, clinic)
    yield from move_lines(course)
    for entry in all_too_close(course, clinic):
        yield (
            f"Session {entry.session} on {day_text(entry.day)} is too close to session"
            f" {entry.other} on {day_text(entry.date)}: {entry.reason} ({entry.whose})."
        )


def limit_lines(course: CourseProgress, clinic: Clinic | None) -> list[str]:
    """Say which sessions are booked past the last day for them, and what cannot keep it at all."""
    return [
        *pause_lines(course),
        *lapse_lines(course),
        *(
            f"Session {it.session} on {day_text(it.date)} was held after {day_text(it.limit.day)},"
            f" {it.limit.words}."
            for it in held_beyond(course)
        ),
        *(
            f"Session {it.session} on {day_text(it.date)} is after {day_text(it.limit.day)},"
            f" {it.limit.words}."
            for it in beyond_limits(course)
        ),
        *(
            f"The course{of_it(one)} can no longer end by {day_text(limit.day)}, {limit.words}."
            for one, limit in missed_limits(course, clinic)
        ),
    ]


def fit_lines(course: CourseProgress, clinic: Clinic | None) -> list[str]:
    """Say that booked days no longer fit, and what finds others."""
    return [REPLAN.format(course.state.course)] if no_longer_fits(course, clinic) else []


def maximum_lines(treatments: Iterable[TreatmentProgress]) -> list[str]:
    """Say of which treatments the most that a course may have is passed, or bounds the rest."""
    return [
        f"{it.label}: {it.message}" if it.label else str(it.message)
        for one in treatments
        for it in one.maximum_findings
    ]


def lapse_lines(course: CourseProgress) -> list[str]:
    """Say of which treatments the next session has lapsed, and what the rule makes of it."""
    return [
        f"Session {one.mark(forecast_of(one).number or 1)} has lapsed: {words}."
        for one in course.treatments
        if one.standing
        for words in one.standing.lapse_words()
    ]


def pause_lines(course: CourseProgress) -> list[str]:
    """Say that a course rests, or that a pause asks for a review."""
    if pause := course.state.pause:
        return [f"The course is paused since {day_text(pause.began)}: {pause.reason}."]
    return [
        f"The course{of_it(one)} was paused from {day_text(since[0].first)} to"
        f" {day_text(since[-1].last)}: a clinician must review it before the next session."
        for one in course.treatments
        if (since := one.rests_since)
    ]


def move_lines(course: CourseProgress) -> list[str]:
    """Say which treatments were moved more often than agreed."""
    counts = course.state.moves
    return [
        f"Sessions{of_it(one)} were moved {counts[one.protocol.id]} times,"
        f" of {terms.moves} that are agreed."
        for one in course.treatments
        if (terms := one.terms)
        and terms.moves is not None
        and counts.get(one.protocol.id, 0) > terms.moves
    ]


def of_it(one: TreatmentProgress) -> str:
    """Say of which of several treatments."""
    return f" of {one.label}" if one.label else ""


def balance_words(balance: Decimal, state: CourseState) -> str:
    """Say what the balance of a course is; what is paid too much goes back at its end."""
    if balance >= 0:
        return "Still to pay"
    return "To give back" if state.stopped else "Paid beyond the price"

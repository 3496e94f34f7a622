"""What is due of a course, what is left to pay, and what no longer fits, in lines."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from meso_schedule.base.phrases import Phrase, joined, listed, phrase
from meso_schedule.book.amounts import currencies_of
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import day_text
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_replan import no_longer_fits
from meso_schedule.running.course_spacing import all_too_close
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.limits import Beyond, beyond_limits, held_beyond, missed_limits
from meso_schedule.running.treatment_progress import TreatmentProgress


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


def no_total(state: CourseState, language: Language = ENGLISH) -> list[str]:
    """Say that a course has no account, where its treatments are priced in several currencies."""
    known = currencies_of(state)
    if len(known) < 2:
        return []
    words = phrase(
        "The treatments are priced in {currencies}: the course has no account.",
        currencies=listed(known),
    )
    return [language.say(words)]


def finding_lines(
    course: CourseProgress, clinic: Clinic | None, language: Language = ENGLISH
) -> Iterator[str]:
    """Say what is to be known of a course as it stands."""
    yield from (language.say(finding.message) for finding in course.state.findings)
    yield from maximum_lines(course.treatments, language)
    yield from fit_lines(course, clinic, language)
    yield from limit_lines(course, clinic, language)
    yield from move_lines(course, language)
    for entry in all_too_close(course, clinic):
        words = phrase(
            "Session {session} on {day} is too close to session {other} on {date}: {reason}"
            " ({whose}).",
            session=entry.session,
            day=language.day(entry.day),
            other=entry.other,
            date=language.day(entry.date),
            reason=entry.reason,
            whose=entry.whose,
        )
        yield language.say(words)


def limit_lines(
    course: CourseProgress, clinic: Clinic | None, language: Language = ENGLISH
) -> list[str]:
    """Say which sessions are booked past the last day for them, and what cannot keep it at all."""
    return [
        *pause_lines(course, language),
        *lapse_lines(course, language),
        *(language.say(_held_after(it, language)) for it in held_beyond(course)),
        *(language.say(_is_after(it, language)) for it in beyond_limits(course)),
        *(
            language.say(
                phrase(
                    "The course{whose} can no longer end by {day}, {what}.",
                    whose=of_it(one),
                    day=language.day(limit.day),
                    what=limit.words,
                )
            )
            for one, limit in missed_limits(course, clinic)
        ),
    ]


def _held_after(it: Beyond, language: Language) -> Phrase:
    told = _of_limit(it, language)
    return phrase("Session {session} on {day} was held after {last}, {what}.", **told)


def _is_after(it: Beyond, language: Language) -> Phrase:
    return phrase("Session {session} on {day} is after {last}, {what}.", **_of_limit(it, language))


def _of_limit(it: Beyond, language: Language) -> dict[str, str]:
    day, last = language.day(it.date), language.day(it.limit.day)
    return {"session": it.session, "day": day, "last": last, "what": it.limit.words}


def fit_lines(
    course: CourseProgress, clinic: Clinic | None, language: Language = ENGLISH
) -> list[str]:
    """Say that booked days no longer fit, and what finds others."""
    return [replan_line(course.state.course, language)] if no_longer_fits(course, clinic) else []


def replan_line(course: str, language: Language = ENGLISH) -> str:
    """Say that booked days no longer fit, and what finds others."""
    command = f"meso-schedule courses replan {course}"
    words = phrase("Some booked days no longer fit: see '{command}'.", command=command)
    return language.say(words)


def maximum_lines(
    treatments: Iterable[TreatmentProgress], language: Language = ENGLISH
) -> list[str]:
    """Say of which treatments the most that a course may have is passed, or bounds the rest."""
    return [
        language.say(joined(filter(None, [it.label, it.message]), ": "))
        for one in treatments
        for it in one.maximum_findings
    ]


def lapse_lines(course: CourseProgress, language: Language = ENGLISH) -> list[str]:
    """Say of which treatments the next session has lapsed, and what the rule makes of it."""
    return [
        language.say(
            phrase(
                "Session {session} has lapsed: {why}.",
                session=one.mark(forecast_of(one).number or 1),
                why=words,
            )
        )
        for one in course.treatments
        if one.standing
        for words in one.standing.lapse_words()
    ]


def pause_lines(course: CourseProgress, language: Language = ENGLISH) -> list[str]:
    """Say that a course rests, or that a pause asks for a review."""
    if pause := course.state.pause:
        day = language.day(pause.began)
        words = phrase("The course is paused since {day}: {reason}.", day=day, reason=pause.reason)
        return [language.say(words)]
    return [
        language.say(
            phrase(
                "The course{whose} was paused from {first} to {last}: a clinician must review it"
                " before the next session.",
                whose=of_it(one),
                first=language.day(since[0].first),
                last=language.day(since[-1].last),
            )
        )
        for one in course.treatments
        if (since := one.rests_since)
    ]


def move_lines(course: CourseProgress, language: Language = ENGLISH) -> list[str]:
    """Say which treatments were moved more often than agreed."""
    counts = course.state.moves
    return [
        language.say(
            phrase(
                "Sessions{whose} were moved {moved} times, of {agreed} that are agreed.",
                whose=of_it(one),
                moved=counts[one.protocol.id],
                agreed=terms.moves,
            )
        )
        for one in course.treatments
        if (terms := one.terms)
        and terms.moves is not None
        and counts.get(one.protocol.id, 0) > terms.moves
    ]


def of_it(one: TreatmentProgress) -> str:
    """Say of which of several treatments."""
    return joined(["", phrase("of {label}", label=one.label)], " ") if one.label else ""


def balance_words(balance: Decimal, state: CourseState) -> Phrase:
    """Say what the balance of a course is; what is paid too much goes back at its end."""
    if balance >= 0:
        return phrase("Still to pay")
    return phrase("To give back") if state.stopped else phrase("Paid beyond the price")

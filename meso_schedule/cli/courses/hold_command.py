"""`courses hold`, `miss`: visits that took place, or did not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Assessed, Missed
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.assessed import assessed_text
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_answer, read_clock, read_day, read_session
from meso_schedule.cli.courses.progress_text import (
    due_lines,
    limit_lines,
    maximum_lines,
    replan_line,
)
from meso_schedule.cli.options import flag, option
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.words.text import day_text, sentence
from meso_schedule.running import visit_drafts as drafts
from meso_schedule.running.consultation_records import consultation_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_spacing import TooClose, too_close
from meso_schedule.running.fee_terms import kept_text, kept_told
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.names import Named
from meso_schedule.running.treatment_progress import TreatmentProgress


def _check_hold(given: Mapping[str, Any]) -> None:
    read_clock(given["at"])
    if given["improved"] is not None:
        read_answer(given["improved"])


@writes(_check_hold, asks=True)
def hold(
    seen: Situation,
    number: options.NextOrSession = None,
    *,
    session: options.WhichSession = None,
    treatment: options.Treatment = None,
    on: options.On = None,
    at: options.At = None,
    reason: options.Reason = None,
    improved: options.Improved = None,
    lot: Annotated[
        str | None, option("TEXT", "The lot numbers of what was given.", names=("--lot",))
    ] = None,
    consultation: options.Consultation = False,
) -> Draft:
    """Record that a session was held; its verdict and the next window follow.

    Of several treatments the whole visit is recorded: all that is booked for the day. On a
    terminal it is asked whether the skin has improved, when the next sessions depend on it.
    """
    day = read_day(on, "on", seen.today, seen.clinic)
    made = drafts.held(
        seen,
        on=day,
        session=_named(seen, number, session, consultation),
        treatment=treatment,
        at=read_clock(at),
        reason=reason,
        lot=lot,
        improved=None if improved is None else read_answer(improved),
        consultation=consultation,
        ask=lambda one: seen.ask_improved(_question(one)),
    )
    if consultation:
        return Draft(made.records, f"the consultation was held on {day_text(day)}.")
    later = made.later
    close = _too_close(later, made.sessions, day, seen.clinic) if later else []
    facts = {"too_close": [entry.model_dump(mode="json") for entry in close]}
    said = [record for record in made.records if isinstance(record, Assessed)]
    return Draft(
        made.records,
        " ".join([f"{_listed(made.sessions)} held on {day_text(day)}.", *_sentences(said)]),
        lambda _: _after_holding(later, made.sessions, close, seen.clinic) if later else [],
        facts if seen.now.is_combined else {},
        made.question,
    )


def _sentences(said: Sequence[Assessed]) -> Iterator[str]:
    return (sentence(assessed_text(record)) for record in said)


def _question(one: TreatmentProgress) -> str:
    return f"Has the skin improved{f' of {one.label}' if one.label else ''}?"


def _named(
    seen: Situation, number: str | None, session: str | None, consultation: bool
) -> str | None:
    """Return which session is meant, named with or without `--session`."""
    if number and session and number != session:
        raise InputError.of(
            "contradiction",
            f"Two sessions are named: {number} and --session {session}.",
            field="session",
            value=session,
            remedy="Name one.",
        )
    named = number or session
    return read_session(seen.now, named) if named and not consultation else named


def _check_miss(given: Mapping[str, Any]) -> None:
    if given["fee"] is not None and given["waive"] is not None:
        raise InputError.of(
            "contradiction",
            "--fee and --waive exclude each other.",
            field="waive",
            value=given["waive"],
            remedy="Give one of them.",
        )


@writes(_check_miss, asks=True)
def miss(
    seen: Situation,
    number: options.NextOrSession = None,
    *,
    session: options.WhichSession = None,
    treatment: options.Treatment = None,
    on: options.On = None,
    reason: options.Reason = None,
    fee: Annotated[
        str | None,
        typer.Option(
            "--fee",
            metavar="AMOUNT",
            help="What is kept for the visit, tax within; it is owed beside the course. Left out,"
            " by the clinic's terms.",
        ),
    ] = None,
    called_off: Annotated[
        bool, flag("--called-off", "The patient said so before; its day may be still to come.")
    ] = False,
    waive: options.Waive = None,
    consultation: options.Consultation = False,
) -> Draft:
    """Record that the patient did not come; left out, to the next booked session.

    A day means what is booked on it.

    Of several treatments the whole visit is recorded.
    """
    made = drafts.missed(
        seen,
        on=read_day(on, "on", seen.today, seen.clinic) if on else None,
        session=_named(seen, number, session, consultation),
        treatment=treatment,
        reason=reason,
        fee=fee,
        called_off=called_off,
        waive=waive,
        consultation=consultation,
    )
    what, kept = "called off" if called_off else "missed", kept_text(made.kept, waive)
    told = kept_told(made.kept)
    if consultation:
        agreed = consultation_of(seen.state).date
        doing = f"the consultation of {day_text(agreed)} was {what}.{kept}"
        return Draft(made.records, doing, facts=told, question=made.question)
    sessions, record = made.sessions, made.records[0]
    assert isinstance(record, Missed), "nothing else is written"
    owed = "" if fee is None else f" A fee of {record.fee} {record.currency} is owed for it."
    return Draft(
        made.records,
        f"{_names(sessions)} of {day_text(record.on)} {_were(sessions)} {what}.{owed}{kept}",
        lambda after: _after_missing(seen.after(after), sessions, seen.clinic),
        told,
        made.question,
    )


def _after_missing(
    now: CourseProgress, missed: Sequence[Named], clinic: Clinic | None
) -> Sequence[str]:
    told = [line for one in _same(now, missed) for line in due_lines(one)]
    told += limit_lines(now, clinic)
    course, first = now.state.course, missed[0]
    if first.number < now.of(first.protocol).last_visit:
        return told  # a later one was held: it needs no day any more
    return [
        *told,
        f"Give it a new day: 'meso-schedule courses move {course} {first.mark} --to DATE', or the"
        f" nearest that keeps the rest: 'meso-schedule courses replan {course}'.",
    ]


def _too_close(
    course: CourseProgress, held: Sequence[Named], day: date, clinic: Clinic | None
) -> list[TooClose]:
    """Return what is booked or held too close to the sessions of a visit."""
    return [
        found
        for one in held
        for found in too_close(course, course.of(one.protocol), one.number, day, clinic)
    ]


def _after_holding(
    now: CourseProgress, held: Sequence[Named], close: Sequence[TooClose], clinic: Clinic | None
) -> list[str]:
    told = [line for named in held for line in _verdict(now, named)]
    told += maximum_lines(_same(now, held))
    told += [
        f"Session {entry.session} is too close to session {entry.other}, {entry.status} on"
        f" {day_text(entry.date)}: {entry.reason} ({entry.whose})."
        for entry in close
    ]
    upset = any(entry.status == "booked" for entry in close)
    for one in _same(now, held):
        lines, fits = _next_lines(one)
        told += lines
        upset = upset or not fits
    past = limit_lines(now, clinic)
    told += past
    upset = upset or bool(past)
    return [*told, replan_line(now.state.course)] if upset else told


def _same(now: CourseProgress, held: Sequence[Named]) -> list[TreatmentProgress]:
    return [now.of(protocol) for protocol in dict.fromkeys(one.protocol for one in held)]


def _verdict(now: CourseProgress, named: Named) -> list[str]:
    one = now.of(named.protocol)
    return [
        f"Session {named.mark}: {entry.verdict}{'' if entry.counts else ', does not count'};"
        f" {entry.reason}."
        for entry, session in zip(
            one.standing.history if one.standing else (), one.held, strict=False
        )
        if session.number == named.number
    ]


def _next_lines(one: TreatmentProgress) -> tuple[list[str], bool]:
    """Say what is due and booked next of a treatment, and whether the booked day fits."""
    due, coming, told = forecast_of(one), next(iter(one.ahead), None), due_lines(one)
    if due.earliest is None or due.latest is None:
        return told, True
    if coming is None:
        where = one.state.course
        return [
            *told,
            f"Nothing is booked: see 'meso-schedule courses replan {where}'.",
        ], True
    told.append(f"Session {one.mark(coming.number)} is booked for {day_text(coming.date)}.")
    latest = due.latest + timedelta(days=one.request.late)
    return told, due.earliest <= coming.date <= latest


def _names(named: Sequence[Named]) -> str:
    marks = [one.mark for one in named]
    if len(marks) == 1:
        return f"session {marks[0]}"
    return f"sessions {', '.join(marks[:-1])} and {marks[-1]}"


def _were(named: Sequence[Named]) -> str:
    return "was" if len(named) == 1 else "were"


def _listed(named: Sequence[Named]) -> str:
    return f"{_names(named)} {_were(named)}"

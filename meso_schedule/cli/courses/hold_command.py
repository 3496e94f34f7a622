"""`courses hold`, `miss`: visits that took place, or did not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.book.prices import terms_by_protocol
from meso_schedule.book.records import Assessed, Held
from meso_schedule.book.state import CourseSession
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.assessed import assessed_text
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.consultation_drafts import told_held, told_missed
from meso_schedule.cli.courses.inputs import (
    read_amount,
    read_answer,
    read_clock,
    read_currency,
    read_day,
    read_session,
)
from meso_schedule.cli.courses.progress_text import (
    due_lines,
    limit_lines,
    maximum_lines,
    replan_line,
)
from meso_schedule.cli.options import flag, option
from meso_schedule.clinic.cancelling import Cause
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.words.text import day_text, sentence
from meso_schedule.running.consultation_records import refuse_session
from meso_schedule.running.course_progress import CourseProgress, with_forecasts
from meso_schedule.running.course_spacing import TooClose, too_close
from meso_schedule.running.fee_terms import (
    kept_by_terms,
    kept_facts,
    kept_question,
    kept_text,
    kept_told,
)
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.hardly_meant import hardly_held
from meso_schedule.running.names import Named
from meso_schedule.running.treatment_progress import TreatmentProgress
from meso_schedule.running.visit_records import assessment, held_records, missed_records
from meso_schedule.running.visits import (
    sessions_to_hold,
    sessions_to_miss,
    waiting_for_improvement,
)


def _check_hold(given: Mapping[str, Any]) -> None:
    read_clock(given["at"])
    if given["improved"] is not None:
        read_answer(given["improved"])


@writes(_check_hold, asks=True)
def hold(
    seen: Situation,
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
    if consultation:
        refuse_session(session=session, treatment=treatment, at=at, improved=improved, lot=lot)
        return told_held(read_day(on, "on", seen.today), reason)
    now = seen.now
    day = read_day(on, "on", seen.today)
    held = _to_hold(now, day, session, treatment)
    visit = held_records(held, day, read_clock(at), reason, lot)
    records, later = with_forecasts(now, visit)
    said = _assessed(seen, held, later, day, improved)
    if said:
        records, later = with_forecasts(now, [*visit, *said])
    close = _too_close(later, visit, seen.clinic) if later else []
    facts = {"too_close": [entry.model_dump(mode="json") for entry in close]}
    return Draft(
        records,
        " ".join([f"{_listed(held)} held on {day_text(day)}.", *_sentences(said)]),
        lambda _: _after_holding(later, held, close, seen.clinic) if later else [],
        facts if now.is_combined else {},
        hardly_held(held),
    )


def _assessed(
    seen: Situation,
    held: Sequence[Named],
    later: CourseProgress | None,
    day: date,
    improved: str | None,
) -> list[Assessed]:
    """Return what was assessed with a visit: what was typed, else answered on a terminal.

    Args:
        seen: What the command sees.
        held: What was held.
        later: Where the course stands after the visit; None where it has no session to come.
        day: The day of the visit.
        improved: What was typed.
    """
    treatments = [one.treatment for one in held]
    if improved is not None:
        waiting = waiting_for_improvement(treatments, day, is_held=True)
        return [assessment(seen.now, waiting, day, read_answer(improved))]
    deciding = [one for one in treatments if later and later.of(one.protocol.id).decides]
    answers = [(one, seen.ask_improved(_question(one))) for one in deciding]
    return [assessment(seen.now, [one], day, answer) for one, answer in answers if answer]


def _sentences(said: Sequence[Assessed]) -> Iterator[str]:
    return (sentence(assessed_text(record)) for record in said)


def _question(one: TreatmentProgress) -> str:
    return f"Has the skin improved{f' of {one.label}' if one.label else ''}?"


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
    if consultation:
        refuse_session(session=session, treatment=treatment)
        day = read_day(on, "on", seen.today)
        return told_missed(seen, day, reason, fee=fee, called_off=called_off, waive=waive)
    now = seen.now
    asked = read_day(on, "on", seen.today) if on else None
    name = read_session(now, session) if session else None
    missed = sessions_to_miss(now, asked, session=name, treatment=treatment)
    booked = _booked(missed[0])
    assert booked is not None, "named because it is there"
    day = asked or booked.date
    typed = _fee(seen, missed[0], fee)
    cause: Cause = "late" if called_off else "missed"
    sessions = [it for it in map(_booked, missed) if it]
    kept = [None] * len(missed) if typed else kept_by_terms(seen, sessions, cause, waive)
    facts = [
        typed if typed and one is missed[0] else kept_facts(of_it, waive)
        for one, of_it in zip(missed, kept, strict=True)
    ]
    records = missed_records(missed, day, facts, reason=reason, called_off=called_off)

    owed = f" A fee of {typed['fee']} {typed['currency']} is owed for it." if typed else ""
    what = "called off" if called_off else "missed"
    doing = f"{_names(missed)} of {day_text(day)} {_were(missed)} {what}.{owed}"
    return Draft(
        records,
        f"{doing}{kept_text(kept, waive)}",
        lambda after: _after_missing(seen.after(after), missed, seen.clinic),
        kept_told(kept),
        kept_question(kept, waive),
    )


def _after_missing(
    now: CourseProgress, missed: Sequence[Named], clinic: Clinic | None
) -> Sequence[str]:
    due = [line for one in _same(now, missed) for line in due_lines(one)]
    course, mark = now.state.course, missed[0].mark
    moving = (
        f"Give it a new day: 'meso-schedule courses move {course} {mark} --to DATE', or the nearest"
        f" that keeps the rest: 'meso-schedule courses replan {course}'."
    )
    return [*due, *limit_lines(now, clinic), moving]


def _booked(named: Named) -> CourseSession | None:
    return named.treatment.state.find_session(named.number)


def _fee(seen: Situation, missed: Named, text: str | None) -> dict[str, Any]:
    """Read what is kept for a visit, in the currency of its treatment; nothing for none."""
    if text is None:
        return {}

    terms = terms_by_protocol(seen.state).get(missed.treatment.protocol.id)
    code = terms.currency if terms else read_currency(seen.state, seen.clinic, None)
    return {"currency": code, "fee": read_amount(text, code, "fee")}


def _to_hold(
    now: CourseProgress, day: date, session: str | None, treatment: str | None
) -> tuple[Named, ...]:
    name = read_session(now, session) if session else None
    return sessions_to_hold(now, day, session=name, treatment=treatment)


def _too_close(
    course: CourseProgress, visit: Sequence[Held], clinic: Clinic | None
) -> list[TooClose]:
    """Return what is booked or held too close to the sessions of a visit."""
    return [
        found
        for one in visit
        for found in too_close(course, course.of(one.protocol), one.number, one.on, clinic)
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

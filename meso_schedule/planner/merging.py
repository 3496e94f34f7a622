"""One plan out of the plans of several protocols: one calendar, one bill, one care list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import TypeVar

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.base.phrases import joined as listed
from meso_schedule.costs.programme_bill import Bill, total_of
from meso_schedule.course.bill import TreatmentCost
from meso_schedule.course.course_plan import (
    CareSpan,
    CoursePlan,
    Finding,
    Objective,
    Question,
    Session,
    SpacingRule,
    TreatmentPart,
)
from meso_schedule.course.history import HeldSession
from meso_schedule.course.wishes import LABELS
from meso_schedule.planner.assembly import closed_days, course_dates, months_of
from meso_schedule.planner.care import HeldVisit, combined_care, not_over
from meso_schedule.planner.findings import (
    findings_of_all,
    holiday_findings,
    money_findings_of_all,
    proof_findings,
)
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.shared_visits import visit_start
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.feasibility import room_beside
from meso_schedule.search.programme import Guest
from meso_schedule.search.states import Calendar, Measure

T = TypeVar("T")


def merged(
    joined: ProgrammeSetup,
    calendar: Calendar,
    parts: Sequence[CoursePlan],
    guests: Mapping[date, Sequence[Guest]],
    findings: Sequence[Finding],
) -> CoursePlan:
    """Return the combined plan.

    Args:
        joined: What was asked.
        calendar: The days, and what they are measured by.
        parts: The plan of each protocol, the sessions on the days of the calendar.
        guests: Who is treated on each day.
        findings: What there is to say of the whole.
    """
    parts = _labelled(joined, calendar, parts, guests)
    sessions = _in_order(part.sessions for part in parts)
    later = _in_order(part.top_ups for part in parts)
    visits = _in_order([sessions, later])
    first = joined.setups[0]
    closed = tuple(closed_days(first, visits))
    whole: dict[str, object] = {
        "reference": joined.request.derived_reference(
            " ".join(map(str, joined.wanted)), joined.start
        ),
        "protocols": tuple(
            part.protocols[0].model_copy(update={"label": label})
            for label, part in zip(LABELS, parts, strict=False)
        ),
        "sessions": sessions,
        "top_ups": later,
        "closed": closed,
        "openings": tuple(first.availability.open_days.extra_openings(*months_of(first, visits))),
        "history": _history(parts),
        "next_session": None,
        "cost": total_of(
            [
                Bill(label, course_dates(setup, part.sessions), part.cost)
                for label, setup, part in zip(LABELS, joined.setups, parts, strict=False)
            ]
        ),
        "top_up_cost": total_of(
            [
                Bill(label, [visit.date for visit in part.top_ups], part.top_up_cost)
                for label, part in zip(LABELS, parts, strict=False)
                if part.top_ups
            ]
        ),
        "care": _care(joined, parts),
        "screening": _screening(parts),
        "assumptions": tuple(_assumptions(parts)),
        "facts": {},
        "notices": _unlike(text for part in parts for text in part.notices),
        "results": None,
        "findings": (
            *findings_of_all(joined, parts),
            *findings,
            *money_findings_of_all(parts),
            *proof_findings(calendar),
            *holiday_findings(closed),
        ),
        "objective": _objective(joined, calendar.measure, calendar.bound),
        "spacing": tuple(_spacing(joined)),
        "treatments": tuple(_treatments(joined, parts)),
        "costs": tuple(_costs(parts)),
        "sources": _unlike(source for part in parts for source in part.sources),
    }
    return parts[0].model_copy(update=whole)


def _labelled(
    joined: ProgrammeSetup,
    calendar: Calendar,
    parts: Sequence[CoursePlan],
    guests: Mapping[date, Sequence[Guest]],
) -> list[CoursePlan]:
    """Give every session its letter, its place in its visit, and the room it has beside others."""
    room = room_beside(joined.programme(), calendar.dates)
    held: dict[date, list[tuple[int, Session]]] = {}
    for place, part in enumerate(parts):
        for visit in part.visits:
            held.setdefault(visit.date, []).append((place, visit))
    starts = {
        day: visit_start(who, day.toordinal(), joined.shared).start
        for day, who in guests.items()
        if len(who) > 1
    }
    made = []
    for place, part in enumerate(parts):
        sessions = [
            _own_visit(joined, place, session, held[session.date], starts).model_copy(
                update={
                    "slack_days": furthest - session.date.toordinal(),
                    "backup": date.fromordinal(backup) if backup else None,
                }
            )
            for session, (furthest, backup) in zip(part.sessions, room[place], strict=True)
        ]
        later = [
            _own_visit(joined, place, visit, held[visit.date], starts) for visit in part.top_ups
        ]
        history = [entry.model_copy(update={"label": LABELS[place]}) for entry in part.history]
        made.append(
            part.model_copy(
                update={
                    "sessions": tuple(sessions),
                    "top_ups": tuple(later),
                    "history": tuple(history),
                }
            )
        )
    return made


def _own_visit(
    joined: ProgrammeSetup,
    place: int,
    session: Session,
    held: Sequence[tuple[int, Session]],
    starts: Mapping[date, int | None],
) -> Session:
    """Return a session with its letter; in a visit it shares, after those named before it."""
    changes: dict[str, object] = {"label": LABELS[place]}
    if len(held) > 1:
        others = [f"{LABELS[p]}{visit.number}" for p, visit in held if p != place]
        reason = phrase(
            "one visit with {sessions}: {minutes} minutes in the chair",
            sessions=listed(others),
            minutes=joined.minutes(sum(1 << other for other, _ in held)),
        )
        changes["why"] = (*session.why, reason)
        changes |= {"start": None, "end": None}
        if (minute := starts[session.date]) is not None:
            whole = joined.shared(sum(1 << other for other, _ in held))
            begin, _ = whole.instants(session.date.toordinal(), minute)
            before = joined.minutes(sum(1 << other for other, _ in held if other < place))
            chair = joined.minutes(1 << place)
            start, end = (
                (begin.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(begin.tzinfo)
                for minutes in (before, before + chair)
            )
            changes |= {"start": start, "end": end}
    return session.model_copy(update=changes)


def _history(parts: Sequence[CoursePlan]) -> tuple[HeldSession, ...]:
    entries = [entry for part in parts for entry in part.history]
    return tuple(sorted(entries, key=lambda entry: (entry.date, entry.label or "")))


def _care(joined: ProgrammeSetup, parts: Sequence[CoursePlan]) -> tuple[CareSpan, ...]:
    """Return one care list; once sessions are held, what is not over yet."""
    told: list[tuple[Protocol, Sequence[Session | HeldVisit]]] = []
    for label, setup, part in zip(LABELS, joined.setups, parts, strict=False):
        held = [HeldVisit(it.number, it.date, label=label) for it in part.history]
        told.append((setup.protocol, [*held, *part.visits]))
    spans = combined_care(told)
    return not_over(spans, joined.as_of) if any(part.history for part in parts) else spans


def _in_order(groups: Iterable[Iterable[Session]]) -> tuple[Session, ...]:
    sessions = [session for group in groups for session in group]
    return tuple(sorted(sessions, key=lambda session: (session.date, session.label or "")))


def _unlike(entries: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(entries))


def _screening(parts: Sequence[CoursePlan]) -> tuple[Question, ...]:
    sources: dict[str, dict[str, None]] = {}
    for part in parts:
        for entry in part.screening:
            sources.setdefault(entry.question, {})[entry.source] = None
    return tuple(
        Question(question=question, source="; ".join(told)) for question, told in sources.items()
    )


def _assumptions(parts: Sequence[CoursePlan]) -> Iterator[Phrase]:
    for part in parts:
        for text in part.assumptions:
            yield phrase("{name}: {text}", name=part.protocols[0].name, text=text)


def _objective(joined: ProgrammeSetup, measure: Measure, bound: Measure | None) -> Objective:
    values = measure._asdict()
    del values["day_cost"]
    if not joined.is_booked:
        del values["moved"], values["moved_days"]
    values["start_days"] += joined.days_gone
    return Objective(**values, bound=_objective(joined, bound, None) if bound else None)


def _spacing(joined: ProgrammeSetup) -> Iterator[SpacingRule]:
    yield from (pair.rule for pair in joined.pairs.values())
    yield from _unlike(pair.rule for setup in joined.setups for pair in setup.pairs)


def _treatments(joined: ProgrammeSetup, parts: Sequence[CoursePlan]) -> Iterator[TreatmentPart]:
    for label, setup, part in zip(LABELS, joined.setups, parts, strict=False):
        yield TreatmentPart(
            label=label,
            protocol=setup.protocol.id,
            name=setup.protocol.name,
            areas=joined.areas(setup.protocol),
            chair_minutes=setup.protocol.sessions.minutes,
            sessions=len(part.sessions),
            top_ups=len(part.top_ups),
            held=len(part.history),
            next_session=part.next_session,
            results=part.results,
            facts=part.facts,
            objective=part.objective,
        )


def _costs(parts: Sequence[CoursePlan]) -> Iterator[TreatmentCost]:
    for label, part in zip(LABELS, parts, strict=False):
        if part.cost or part.top_up_cost:
            yield TreatmentCost(
                label=label,
                protocol=part.protocols[0].id,
                cost=part.cost,
                top_up_cost=part.top_up_cost,
            )

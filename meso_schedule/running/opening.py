"""The beginning of a course: the events that open it and book its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.folding import fold
from meso_schedule.book.payloads import AddedTax, KeptForecast, KeptPrice, KeptProtocol, Slot, Terms
from meso_schedule.book.prices import price_of
from meso_schedule.book.records import Booked, Opened, Record
from meso_schedule.book.state import Entry
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.price_lists import PriceList
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.course.request import FIELDS, MAX_DAYS, CourseRequest
from meso_schedule.course.wishes import Wanted
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.treatment_progress import slots_of

# Asked once, when the course is opened; afterwards the book says it.
_ASIDE = {name for name, field in FIELDS.items() if not field.kept}


def opening(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    plan: CoursePlan,
    known: Mapping[str, Protocol] | None = None,
    clinic: Clinic | None = None,
) -> tuple[Opened, *tuple[Record, ...]]:
    """Return the events that open a course and book every session of its plan.

    Args:
        protocols: The recipes, one for each treatment.
        request: What was asked.
        plan: What was answered.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        clinic: Whose terms it was planned by.
    """
    prices = clinic.prices if clinic else {}
    parts = [
        _part(it, request, plan, prices.get(it.id), alone=len(protocols) == 1) for it in protocols
    ]
    opened = Opened(
        on=plan.as_of,
        patient=request.patient,
        protocols=tuple(map(KeptProtocol.of, protocols)),
        request=kept_request(request, plan) if len(parts) == 1 else _kept(parts, request, plan),
        timezone=plan.timezone,
        held=tuple(slot for part in parts for slot in part.held),
        terms=parts[0].terms if len(parts) == 1 else None,
        treatment_terms=_terms(parts),
        elsewhere=_elsewhere(request, known or {}),
        pushed=None if len(parts) == 1 or request.event else _pushed(request, plan),
    )
    slots = tuple(slot for part in parts for slot in part.slots)
    booked = [Booked(sessions=slots)] if slots else []
    forecast = _forecast(plan, parts[0].offset) if len(parts) == 1 else _first_due(opened, booked)
    return opened.model_copy(update={"forecast": forecast}), *booked


def _elsewhere(
    request: CourseRequest, known: Mapping[str, Protocol]
) -> tuple[KeptProtocol, ...] | None:
    """Return what must be known of treatments given elsewhere when the course is planned anew."""
    named = sorted({other.name for other in request.other} & known.keys())
    return tuple(KeptProtocol.of(known[name]) for name in named) or None


@dataclass(frozen=True, slots=True)
class _Part:
    """What a plan says of one treatment.

    Args:
        offset: What is added to a session's number in the plan to have its number in the book.
    """

    protocol: Protocol
    visits: tuple[Session, ...]
    terms: Terms | None
    offset: int
    held: tuple[Slot, ...]
    slots: tuple[Slot, ...]


def _part(
    protocol: Protocol,
    request: CourseRequest,
    plan: CoursePlan,
    prices: PriceList | None,
    *,
    alone: bool,
) -> _Part:
    label = next((part.label for part in plan.treatments if part.protocol == protocol.id), None)
    visits = tuple(visit for visit in plan.visits if visit.protocol == protocol.id)
    history = [entry for entry in plan.history if entry.label == label]
    terms = _terms_of(plan, protocol.id, prices)
    offset = len(history) - (visits[0].number - 1) if visits else 0
    pinned = [pin.session for pin in request.pin if alone or pin.protocol == protocol.id]
    held = tuple(
        Slot(
            number=number,
            protocol=protocol.id,
            date=entry.date,
            phase=entry.phase,
            price=price_of(terms, number),
        )
        for number, entry in enumerate(history, 1)
    )
    slots = slots_of(visits, protocol, terms, offset=offset, pinned=pinned)
    return _Part(protocol, visits, terms, offset, held, slots)


def _terms_of(plan: CoursePlan, protocol: str, prices: PriceList | None) -> Terms | None:
    """Return what a treatment costs as it is agreed; None where no price is known."""
    parts = {part.protocol: part.cost for part in plan.costs}
    cost = parts.get(protocol) if plan.treatments else plan.cost
    if cost is None:
        return None
    own = [session for session in plan.sessions if session.protocol == protocol]
    single = next((session.price for session in own if session.price), None)
    tax = cost.tax if cost.tax and not cost.tax.included else None
    return Terms(
        currency=cost.currency,
        low=cost.low,
        high=cost.high,
        sessions=len(cost.cumulative),
        single=KeptPrice(currency=cost.currency, low=single.low, high=single.high)
        if single
        else None,
        tax=AddedTax(rate=tax.rate, amount=tax.amount) if tax else None,
        deposit=cost.deposit.amount if cost.deposit else None,
        instalments=tuple(part.amount for part in cost.instalments or ()),
        rest=prices.rest if prices and cost.basis == "clinic" else None,
    )


def _terms(parts: Sequence[_Part]) -> dict[str, Terms] | None:
    """Return what each of several treatments costs; None where no price is known, or for one."""
    known = {part.protocol.id: part.terms for part in parts if part.terms}
    return known or None if len(parts) > 1 else None


def kept_request(request: CourseRequest, plan: CoursePlan) -> CourseRequest:
    """Return what the book keeps of a request: with what the plan filled in, the rest aside.

    Args:
        request: What was asked when the course was opened.
        plan: What was answered.
    """
    values = request.model_dump(exclude_defaults=True, exclude=_ASIDE)
    if request.event is None:
        values["start"] = request.start or min(request.held_days, default=plan.as_of)
    if plan.sessions:
        values["sessions"] = plan.sessions[-1].number
    return CourseRequest.model_validate(values, context=RECORDED)


def _kept(parts: Sequence[_Part], request: CourseRequest, plan: CoursePlan) -> CourseRequest:
    """Return what the book keeps of a request for several: each protocol with its own wishes."""
    values: dict[str, Any] = request.model_dump(exclude_defaults=True, exclude=_ASIDE)
    wishes = {wish.protocol: wish for wish in request.wanted}
    if request.event is None:
        values["start"] = request.start or plan.as_of
    values["protocol"] = [str(_wanted(part, wishes.get(part.protocol.id), plan)) for part in parts]
    return CourseRequest.model_validate(values, context=RECORDED)


def _pushed(request: CourseRequest, plan: CoursePlan) -> int:
    """Return by how many days the distances push a first session on, as planned or by hand."""
    firsts = (session.window for session in plan.sessions if session.number == 1)
    planned = ((window.latest - window.earliest).days - request.within for window in firsts)
    by_hand = (
        sum(rule.most_days for rule in plan.spacing if stamp.id in (rule.first, rule.other))
        for stamp in plan.protocols
    )
    return min(max(*planned, *by_hand), MAX_DAYS)


def _wanted(part: _Part, wish: Wanted | None, plan: CoursePlan) -> Wanted:
    name = part.protocol.id
    wish = wish or Wanted(name)
    coming = [session.number for session in plan.sessions if session.protocol == name]
    return Wanted(name, max(coming, default=wish.sessions), wish.start)


def _forecast(plan: CoursePlan, offset: int) -> KeptForecast:
    if not plan.visits:
        return KeptForecast()
    first = plan.visits[0]
    window = plan.next_session or first.window
    return KeptForecast(
        number=first.number + offset,
        protocol=first.protocol,
        earliest=window.earliest,
        recommended=window.recommended,
        latest=window.latest,
    )


def _first_due(opened: Opened, booked: Sequence[Record]) -> KeptForecast:
    """Return what is due first of several treatments."""
    at = datetime.combine(opened.on, time(), UTC)
    entries = [Entry(number, at, record) for number, record in enumerate([opened, *booked], 1)]
    return progress_of(fold("new", entries), opened.on).forecast

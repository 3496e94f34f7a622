"""The beginning of a course: the events that open it and book its plan."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from meso_schedule.availability.staff import Needs
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.folding import fold
from meso_schedule.book.payloads import (
    AddedTax,
    KeptConsultation,
    KeptForecast,
    KeptPrice,
    KeptProtocol,
    Slot,
    Terms,
)
from meso_schedule.book.prices import price_of
from meso_schedule.book.records import Booked, Contact, Opened, Record
from meso_schedule.book.state import Entry
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.price_lists import PriceList
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.course.request import FIELDS, MAX_DAYS, CourseRequest
from meso_schedule.course.wishes import Wanted
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.booked_slots import slots_of, takes_of
from meso_schedule.running.course_progress import progress_of

# Asked once, when the course is opened; afterwards the book says it.
_ASIDE = {"sessions", *(name for name, field in FIELDS.items() if not field.kept)}


def opening(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    plan: CoursePlan,
    known: Mapping[str, Protocol] | None = None,
    clinic: Clinic | None = None,
    *,
    reached: Contact | None = None,
    language: str | None = None,
) -> tuple[Opened, *tuple[Record, ...]]:
    """Return the events that open a course and book every session of its plan.

    Args:
        protocols: The recipes, one for each treatment.
        request: What was asked.
        plan: What was answered.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        clinic: Whose terms it was planned by.
        reached: How the patient is reached.
        language: The language in which the patient is written to.
    """
    prices = clinic.prices if clinic else {}
    parts = [_part(it, request, plan, clinic, prices.get(it.id)) for it in protocols]
    opened = Opened(
        on=plan.as_of,
        patient=request.patient,
        phone=reached.phone if reached else None,
        email=reached.email if reached else None,
        language=language,
        protocols=tuple(map(KeptProtocol.of, protocols)),
        request=_kept(parts, request, plan),
        timezone=plan.timezone,
        held=tuple(slot for part in parts for slot in part.held),
        treatment_terms={part.protocol.id: part.terms for part in parts if part.terms},
        elsewhere=_elsewhere(request, known or {}),
        consultation=_consultation(plan, clinic, protocols[0]),
        pushed=None if request.event else _pushed(request, plan),
    )
    slots = tuple(slot for part in parts for slot in part.slots)
    booked = [Booked(sessions=slots)] if slots else []
    return opened.model_copy(update={"forecast": _first_due(opened, booked)}), *booked


def _consultation(
    plan: CoursePlan, clinic: Clinic | None, protocol: Protocol
) -> KeptConsultation | None:
    visit = plan.consultation
    if visit is None or clinic is None or clinic.consultation is None:
        return None
    terms = clinic.consultation
    return KeptConsultation(
        date=visit.date,
        start=f"{visit.start:%H:%M}" if visit.start else None,
        minutes=visit.minutes,
        currency=visit.currency,
        price=visit.price,
        reflection=terms.reflection,
        redeemed=terms.redeemed,
        held=visit.date < plan.as_of,
        takes=takes_of(
            clinic,
            Needs.of_consultation(protocol, visit.minutes),
            visit.date,
            visit.practitioner,
        ),
    )


def _elsewhere(
    request: CourseRequest, known: Mapping[str, Protocol]
) -> tuple[KeptProtocol, ...] | None:
    """Return what must be known of treatments given elsewhere when the course is planned anew."""
    named = sorted({other.name for other in request.other} & known.keys())
    return tuple(KeptProtocol.of(known[name]) for name in named) or None


class _Part(NamedTuple):
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
    clinic: Clinic | None,
    prices: PriceList | None,
) -> _Part:
    label = next((part.label for part in plan.treatments if part.protocol == protocol.id), None)
    visits = tuple(visit for visit in plan.visits if visit.protocol == protocol.id)
    history = [entry for entry in plan.history if entry.label == label]
    terms = _terms_of(plan, protocol.id, prices)
    offset = len(history) - (visits[0].number - 1) if visits else 0
    pinned = [pin.session for pin in request.pin if pin.protocol in (None, protocol.id)]
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
    slots = slots_of(visits, protocol, terms, clinic=clinic, offset=offset, pinned=pinned)
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
    listed = prices if cost.basis == "clinic" else None
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
        rest=listed.rest if listed else None,
        valid=listed.valid if listed else None,
        valid_from=listed.valid_from if listed else None,
        moves=listed.moves if listed else None,
    )


def _kept(parts: Sequence[_Part], request: CourseRequest, plan: CoursePlan) -> CourseRequest:
    """Return what the book keeps of a request: each protocol with what the plan filled in."""
    values: dict[str, Any] = request.model_dump(exclude_defaults=True, exclude=_ASIDE)
    values["protocol"] = [str(_wanted(part, request, plan)) for part in parts]
    if request.event is None:
        is_begun = all(part.held for part in parts)
        values["start"] = request.start or (min(request.held_days) if is_begun else plan.as_of)
    return CourseRequest.read(values, RECORDED)


def _wanted(part: _Part, request: CourseRequest, plan: CoursePlan) -> Wanted:
    name = part.protocol.id
    wish = next((wish for wish in request.wanted if wish.protocol == name), Wanted(name))
    coming = [session.number for session in plan.sessions if session.protocol == name]
    return Wanted(name, max(coming, default=wish.sessions or request.sessions), wish.start)


def _pushed(request: CourseRequest, plan: CoursePlan) -> int | None:
    """Return by how many days the distances push a first session on, as planned or by hand."""
    firsts = (session.window for session in plan.sessions if session.number == 1)
    planned = ((window.latest - window.earliest).days - request.within for window in firsts)
    by_hand = (
        sum(rule.most_days for rule in plan.spacing if part.protocol in (rule.first, rule.other))
        for part in plan.treatments
    )
    return min(max([0, *planned, *by_hand]), MAX_DAYS) or None


def _first_due(opened: Opened, booked: Sequence[Record]) -> KeptForecast:
    at = datetime.combine(opened.on, time(), UTC)
    entries = [Entry(number, at, record) for number, record in enumerate([opened, *booked], 1)]
    return progress_of(fold("new", entries), opened.on).forecast

"""FHIR R4: a plan as a transaction that a record system takes, again without making copies.

Source:
    HL7 FHIR R4 (4.0.1): Appointment, CarePlan, and the conditional update of the RESTful API.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid5

from meso_schedule.base.harmless import harmless
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.calendar_file import NAMESPACE, Gone, event_uid
from meso_schedule.output.feed import visits_before
from meso_schedule.output.session_event import session_title
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import sentence

# Whose identifiers these are. They differ from the addresses within the transaction, in whose
# place a server puts its own.
_SYSTEM = f"urn:uuid:{NAMESPACE}"
Resource = dict[str, Any]


def bundle(
    plan: CoursePlan, *, language: Language = ENGLISH, gone: Sequence[Gone] = ()
) -> Resource:
    """Return a transaction of one CarePlan and an Appointment a visit.

    An appointment is known by the same identifier as its event in a calendar feed.

    Args:
        plan: The plan.
        language: The language of its texts.
        gone: Appointments given before that are off.
    """
    kept = [*_before(plan, language), *(_appointment(plan, it, language) for it in plan.visits)]
    who = _patient(plan.patient, plan.reference)
    off = [_cancelled(plan.reference, who, entry) for entry in gone]
    return transaction([_care_plan(plan, language), *kept, *off])


def revocation(gone: Sequence[Gone], reference: str, patient: str | None) -> Resource:
    """Return a transaction that ends the CarePlan of a course, and cancels what is left of it.

    Args:
        gone: The appointments.
        reference: The course's, as in the transactions before.
        patient: The clinic's reference for the patient.
    """
    who = _patient(patient, reference)
    ended = {**_plan_head(reference, "revoked"), "subject": who}
    return transaction([ended, *(_cancelled(reference, who, entry) for entry in gone)])


def transaction(resources: Sequence[Resource]) -> Resource:
    """Return resources as a transaction; each is kept under its first identifier."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [_entry(resource) for resource in resources],
    }


def _plan_head(reference: str, status: str) -> Resource:
    return {
        "resourceType": "CarePlan",
        "identifier": [identifier(str(uuid5(NAMESPACE, f"course {reference}")))],
        "status": status,
        "intent": "plan",
    }


def _entry(resource: Resource) -> Resource:
    known = resource["identifier"][0]
    asked = quote(f"{known['system']}|{known['value']}", safe=":")
    return {
        "fullUrl": _urn(known["value"]),
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}?identifier={asked}"},
    }


def _care_plan(plan: CoursePlan, language: Language) -> Resource:
    days = [session.date for session in plan.visits]
    period = {"period": _period(min(days), max(days))} if days else {}
    names = [harmless(language.say(stamp.name)) for stamp in plan.protocols]
    first = (event_uid(plan.reference, at.number) for at, _ in visits_before(plan))
    uids = [*first, *(_uid(plan, it) for it in plan.visits)]
    return {
        **_plan_head(plan.reference, "active"),
        "title": " + ".join(names),
        "subject": _patient(plan.patient, plan.reference),
        **period,
        "created": plan.as_of.isoformat(),
        "activity": [{"reference": {"reference": _urn(uid)}} for uid in uids],
        "note": [{"text": harmless(language.say(plan.disclaimer))}],
    }


def _before(plan: CoursePlan, language: Language) -> Iterator[Resource]:
    """Yield the visits before session 1."""
    who = _patient(plan.patient, plan.reference)
    for at, title in visits_before(plan):
        status = ("booked", "accepted") if at.start and at.end else ("proposed", "needs-action")
        yield {
            "resourceType": "Appointment",
            "identifier": [identifier(event_uid(plan.reference, at.number))],
            "status": status[0],
            "description": harmless(language.say(title)),
            **(_times(at.start, at.end) if at.start and at.end else {}),
            "created": plan.as_of.isoformat(),
            "participant": [{"actor": who, "status": status[1]}],
            "requestedPeriod": [_period(at.date, at.date)],
        }


def _appointment(plan: CoursePlan, session: Session, language: Language) -> Resource:
    has_time = session.start is not None and session.end is not None
    resource: Resource = {
        "resourceType": "Appointment",
        "identifier": [identifier(_uid(plan, session))],
        "status": "booked" if has_time else "proposed",
        "description": session_title(plan, session, language),
    }
    if session.start and session.end:
        resource |= _times(session.start, session.end)
    if told := list(_comments(session, language)):
        resource["comment"] = " ".join(told)
    window = session.window
    return resource | {
        "created": plan.as_of.isoformat(),
        "participant": _participants(plan, session, is_agreed=has_time),
        "requestedPeriod": [_period(window.earliest, window.latest)],
    }


def _cancelled(reference: str, patient: Resource, entry: Gone) -> Resource:
    resource: Resource = {
        "resourceType": "Appointment",
        "identifier": [identifier(event_uid(reference, entry.number))],
        "status": "cancelled",
    }
    if entry.start and entry.end:
        resource |= _times(entry.start, entry.end)
    return resource | {
        "participant": [{"actor": patient, "status": "declined"}],
        "requestedPeriod": [_period(entry.date, entry.date)],
    }


def _participants(plan: CoursePlan, session: Session, *, is_agreed: bool) -> list[Resource]:
    status = "accepted" if is_agreed else "needs-action"
    found = [{"actor": _patient(plan.patient, plan.reference), "status": status}]
    for kind, name in (("Practitioner", session.practitioner), ("Location", session.room)):
        if name:
            found.append({"actor": {"type": kind, "display": name}, "status": status})
    return found


def _comments(session: Session, language: Language) -> Iterator[str]:
    if session.provisional:
        yield sentence(language.say(phrase("provisional, only if the skin has improved")))
    yield from (sentence(harmless(language.say(why))) for why in session.why)


def _patient(patient: str | None, reference: str) -> Resource:
    return {"type": "Patient", "display": harmless(patient or reference)}


def _uid(plan: CoursePlan, session: Session) -> str:
    return event_uid(plan.reference, session.mark)


def _times(start: datetime, end: datetime) -> Resource:
    return {"start": start.isoformat(), "end": end.isoformat()}


def _period(first: date, last: date) -> Resource:
    return {"start": first.isoformat(), "end": last.isoformat()}


def identifier(uid: str) -> Resource:
    """Return a name by which a record system knows a resource again."""
    return {"system": _SYSTEM, "value": uid}


def _urn(uid: str) -> str:
    return f"urn:uuid:{uid}"

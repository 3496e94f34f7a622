"""What each field of a record means, for its JSON Schema.

A record's own words come first: those of the field, else of the docstring. What means the same in
every record stands here once, and beside it, as `Record.field`, where that is another thing.
"""

import re
from functools import cache
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from meso_schedule.base.phrases import Phrase

_DAY = "Opening hours on this weekday; left out, closed."
_MEANINGS = {
    "absences": "When this person is not there.",
    "action": "What is to be done about it: avoid, do, expect; or a question to ask.",
    "address": "The clinic's address.",
    "after_improvement": "Whether it begins only once the skin has improved.",
    "CoursePlan.alternatives": "The best calendars for other days of the first visit.",
    "Protocol.alternatives": "Other ways to the same end, not planned.",
    "amount": "How much; of a range the least.",
    "amount_high": "The most it can be.",
    "areas": "The parts of the body that are treated.",
    "as_of": "The day of asking.",
    "assumption": "Why the figure is taken although no source states it.",
    "assumptions": "What was assumed, in sentences.",
    "authors": "Who wrote it.",
    "before": "How long before the course.",
    "bound": "What no calendar is better than, where the best one is not proven.",
    "care": "What to avoid, expect or do around sessions.",
    "chair_minutes": "How long a session takes in the chair, in minutes.",
    "citation": "The source as a bibliography names it.",
    "clinic": "How the clinic signs.",
    "closed": "Days in the time of the course on which the clinic is shut.",
    "closures": "Days on which it is shut.",
    "cost": "What the course sessions cost; null where no price is known.",
    "costs": "The cost of each treatment of a combined plan.",
    "count": "How many of them.",
    "country": "ISO 3166-1 alpha-2.",
    "currency": "ISO 4217.",
    "date": "The day.",
    "dates": "The days.",
    "devices": "What treatments need besides a room.",
    "digest": "The content of the rule file, as SHA-256.",
    "disclaimer": "What a plan is not.",
    "due": "The day on which it is to be paid; null while its session has no day.",
    "earliest": "The first day.",
    "email": "The clinic's e-mail address.",
    "end": "When it ends, in the clinic's zone; null where no time was asked for.",
    "ends": "Until when, counted from the session.",
    "facts": "What else a clinician is told, as text or lists of texts.",
    "family": "The kind of treatment, which distances are kept by.",
    "findings": "What is to be told of the plan, never an error.",
    "first": "The first day.",
    "SpacingRule.first": "The treatment that comes first: a family, or a protocol's id.",
    "format": "The version of this format.",
    "grade": "How well the schedule is supported.",
    "high": "The most it can be.",
    "holidays": "Whose public holidays are kept.",
    "hours": "Opening hours.",
    "id": "What it is named by: lower case, digits, hyphens.",
    "included": "Whether the prices hold it already.",
    "indications": "What it is given for.",
    "keep": "What is kept: an amount, a share, or the session as one that was had.",
    "key": "What names the source in this file.",
    "kind": "What it is.",
    "label": "The letter of its treatment in a combined plan.",
    "lapse": "After how long the course has lapsed.",
    "last": "The last day, included.",
    "lasts_maximum": "The longest that results last.",
    "lasts_minimum": "The shortest that results last.",
    "latest": "The last day, included.",
    "link": "Where it can be looked up.",
    "low": "The least it can be.",
    "maximum": "The longest interval from the session before.",
    "SessionCount.maximum": "The most treatments of a course, counted or not.",
    "message": "It in a sentence.",
    "minimum": "The shortest interval from the session before.",
    "SessionCount.minimum": "The fewest sessions of a course.",
    "Spacing.minimum": "The distance after this treatment, before the other one.",
    "minimum_before": "The distance after the other treatment, before this one.",
    "minutes": "How long it takes.",
    "month": "The calendar month, as 2026-12.",
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), _DAY),
    "name": "What people call it.",
    "no_published_interval": "Whether no source states an interval, so that each is assumed.",
    "notices": "What patients must be told by law.",
    "objective": "What the calendar was chosen by.",
    "on": "The day.",
    "openings": "Single days with hours of their own.",
    "other": "The other treatment: a family, or a protocol's id.",
    "packages": "Prices of several sessions together.",
    "paper": "The size of printed sheets.",
    "patient": "Whose plan it is.",
    "per": "What it is counted by.",
    "phases": "The intervals between sessions, in order.",
    "phone": "The clinic's telephone number.",
    "phrases": "The template and values of each sentence, for other languages.",
    "practitioner": "Who gives it, by the id; null where the clinic names nobody.",
    "price": "What they cost together, tax within.",
    "prices": "What sessions cost.",
    "products": "What a session uses up.",
    "prohibited": "Countries in which it is not planned.",
    "protocol": "The id of the protocol.",
    "protocols": "Which protocols were planned.",
    "quantity": "How many times.",
    "question": "The question to ask.",
    "rate": "The share, as 20%.",
    "reason": "Why.",
    "received": "What came in, and what went back.",
    "recommended": "The interval to aim at; left out, the minimum.",
    "Window.recommended": "The day to aim at.",
    "reference": "What names the course in calendars; the caller's, else derived.",
    "refund": "Whether it went back.",
    "regions": "The countries where it is told; none for everywhere.",
    "results": "When it has settled, and how long results last.",
    "room": "Where it is, by the id; null where the clinic names none.",
    "rooms": "Where treatments are given.",
    "same_area": "Whether it holds only where both treat one area.",
    "same_day": "Whether both may share a visit.",
    "screening": "Questions to ask before the course.",
    "session": "The session it is about.",
    "PriceOption.session": "What a single session costs.",
    "sessions": "How many sessions.",
    "CareSpan.sessions": "The sessions it goes with, by their numbers.",
    "Protocol.sessions": "How many sessions, and how long one takes.",
    "shifts": "Single days with hours of their own.",
    "source": "Where it is from.",
    "sources": "The sources it rests on, by their keys.",
    "CoursePlan.sources": "The sources the plan rests on.",
    "Protocol.sources": "The sources that its figures rest on.",
    "spacing": "The distance kept from other treatments.",
    "Alternative.starts": "When its visits begin; null where no time was asked for.",
    "Care.starts": "From when, counted from the session.",
    "status": "Where it stands.",
    "subdivision": "ISO 3166-2, without the country.",
    "tax": "The tax on it.",
    "tests": "What is to be tested before session 1.",
    "text": "It in words.",
    "timezone": "The zone of its times, by area and location.",
    "title": "Its title.",
    "top_up": "The interval of maintenance after the course.",
    "top_up_cost": "What the top-ups cost; null where there are none, or no price is known.",
    "top_up_due": "When maintenance is due.",
    "top_ups": "The sessions of maintenance after the course.",
    "treatments": "What is its own of each treatment.",
    "treats": "Families or protocols; left out everything.",
    "unit": "What it is counted in.",
    "CostLine.unit": "The price of one; of a range the least.",
    "unit_high": "The most that one can cost.",
    "usual": "How many where nothing is asked.",
    "version": "The version of the rule file.",
    "what": "What it is, in words.",
    "year": "When it was published.",
}


def described(model: type[BaseModel], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a record with the meaning of each field that tells none itself."""
    for name, field in model.model_fields.items():
        _describe(schema, (field.alias, name), _meaning(model, name))
    for name in model.model_computed_fields:
        _describe(schema, (name,), _meaning(model, name))
    return schema


def _describe(schema: dict[str, Any], names: tuple[str | None, ...], told: str) -> None:
    for name in names:
        if told and name in schema.get("properties", {}):
            schema["properties"][name].setdefault("description", told)


def _meaning(model: type[BaseModel], name: str) -> str:
    documented = (told[name] for kind in model.__mro__ if name in (told := _documented(kind)))
    field = model.model_fields.get(name)
    criterion = [str(it) for it in (field.metadata if field else ()) if isinstance(it, Phrase)]
    return next(documented, "") or _sentence(criterion) or _common(model, name)


def _common(model: type[BaseModel], name: str) -> str:
    own = (_MEANINGS.get(f"{kind.__name__}.{name}", "") for kind in model.__mro__)
    return next(filter(None, own), "") or _MEANINGS.get(name, "")


def _sentence(words: list[str]) -> str:
    return f"{words[0][0].upper()}{words[0][1:]}." if words else ""


@cache
def _documented(kind: type) -> dict[str, str]:
    """Return what a docstring says of each field."""
    found = re.search(r"^Args:\n((?: +.*\n?|\n)*)", cleandoc(kind.__doc__ or ""), re.M)
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", found[1], re.M) if found else []
    return {name: " ".join(told.split()) for name, told in entries}

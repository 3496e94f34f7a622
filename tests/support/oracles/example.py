"""One course worked by hand, with every statement that its plan should make.

Six sessions on Tuesdays at 17:30 from 1 December 2026, then one top-up. The
clinic opens on Tuesday and Wednesday afternoons and closes over Christmas.
"""

from datetime import date
from typing import Any

Table = dict[str, Any]

AS_OF = date(2026, 11, 22)
MEDIUM = {"sources": ["overview"]}

PROTOCOL: Table = {
    "id": "facial-rejuvenation",
    "name": "Facial rejuvenation mesotherapy",
    "family": "mesotherapy",
    "areas": ["face"],
    "indications": ["dull skin"],
    "version": "1",
    "sessions": {"minimum": 3, "usual": 6, "maximum": 15, "minutes": 45, "assumption": "Assumed."},
    "phases": [
        {
            "name": "initial",
            "sessions": 4,
            "minimum": "7 days",
            "maximum": "10 days",
            "lapse": "6 weeks",
            **MEDIUM,
        },
        {
            "name": "fortnightly",
            "sessions": 2,
            "minimum": "14 days",
            "maximum": "16 days",
            "after_improvement": True,
            **MEDIUM,
        },
    ],
    "top_up": {
        "minimum": "3 months",
        "recommended": "4 months",
        "maximum": "5 months",
        **MEDIUM,
    },
    "results": {
        "settle": "3 days",
        "lasts_minimum": "3 months",
        "lasts_maximum": "5 months",
        **MEDIUM,
    },
    "facts": {"depth_mm": "1-4", "techniques": ["nappage"], **MEDIUM},
    "prices": [
        {"currency": "GBP", "per": "session", "low": "200.00", "high": "200.00", **MEDIUM},
        {"currency": "GBP", "per": "course", "low": "1000.00", "high": "2000.00", **MEDIUM},
    ],
    "care": [
        {"action": "avoid", "what": "aspirin", "starts": "-7 days", "ends": "0 days", **MEDIUM},
        {"action": "avoid", "what": "showers", "starts": "0 hours", "ends": "8 hours", **MEDIUM},
        {"action": "ask", "what": "Are you allergic?", **MEDIUM},
    ],
    "notices": [{"text": "Efficacy is disputed.", **MEDIUM}],
    "sources": [{"key": "overview", "title": "Overview", "place": "FAQ", "grade": "moderate"}],
}

CLINIC: Table = {
    "name": "Example Clinic",
    "timezone": "Europe/London",
    "currency": "GBP",
    "hours": {"tue": ["14:00-18:30"], "wed": ["14:00-18:30"]},
    "closures": [{"from": "2026-12-24", "to": "2027-01-02", "reason": "Christmas"}],
    "prices": {
        "facial-rejuvenation": {
            "session": "180.00",
            "packages": [{"sessions": 6, "price": "960.00"}],
            "deposit": "20%",
            "instalments": 3,
        }
    },
    "tax": {"name": "VAT", "rate": "20%", "included": True},
}

REQUEST: Table = {"start": "2026-12-01", "at": "17:30", "top_ups": 1}


def session(number: int, day: str, gap: int | None, window: str, backup: str) -> Table:
    """Return a course session at 17:30; every one of them can wait for the Wednesday."""
    earliest, latest = window.split("..")
    return {
        "number": number,
        "protocol": "facial-rejuvenation",
        "phase": "initial" if number < 5 else "fortnightly",
        "status": "planned",
        "date": day,
        "start": f"{day}T17:30:00+00:00",
        "end": f"{day}T18:15:00+00:00",
        "interval_days": gap,
        "window": {"earliest": earliest, "recommended": earliest, "latest": latest},
        "late_days": 0,
        "provisional": number >= 5,
        "slack_days": 1,
        "backup": backup,
        "price": {"low": "180.00", "high": "180.00"},
        "why": ["The recommended day."],
        "sources": ["overview"],
    }


def care(what: str, begins: str, ends: str, *sessions: int) -> Table:
    """Return one span of care."""
    numbers = list(sessions)
    span = {"from": begins, "until": ends, "sessions": numbers}
    return {"action": "avoid", "what": what, "source": "overview", **span}


PLAN: Table = {
    "format": 1,
    "reference": "r-1",
    "patient": None,
    "clinic": {"name": "Example Clinic"},
    "protocols": [
        {
            "id": "facial-rejuvenation",
            "name": "Facial rejuvenation mesotherapy",
            "version": "1",
            "digest": "sha256:00",
        }
    ],
    "as_of": "2026-11-22",
    "timezone": "Europe/London",
    "sessions": [
        # Starting on 8 December or later, session 4 would fall into the closure.
        session(1, "2026-12-01", None, "2026-12-01..2026-12-14", "2026-12-02"),
        session(2, "2026-12-08", 7, "2026-12-08..2026-12-11", "2026-12-09"),
        session(3, "2026-12-15", 7, "2026-12-15..2026-12-18", "2026-12-16"),
        session(4, "2026-12-22", 7, "2026-12-22..2026-12-25", "2026-12-23"),
        session(5, "2027-01-05", 14, "2027-01-05..2027-01-07", "2027-01-06"),
        session(6, "2027-01-19", 14, "2027-01-19..2027-01-21", "2027-01-20"),
    ],
    "top_ups": [
        session(7, "2027-05-19", 120, "2027-04-19..2027-06-19", "2027-05-25")
        | {
            "phase": "top-up",
            "window": {
                "earliest": "2027-04-19",
                "recommended": "2027-05-19",
                "latest": "2027-06-19",
            },
            "start": "2027-05-19T17:30:00+01:00",
            "end": "2027-05-19T18:15:00+01:00",
            "provisional": False,
            "slack_days": 28,
        }
    ],
    "alternatives": [],
    "closed": [{"date": "2026-12-29", "reason": "Christmas"}],
    "history": [],
    "cost": {
        "currency": "GBP",
        "basis": "clinic",
        "low": "960.00",
        "high": "960.00",
        "published_course": {"low": "1000.00", "high": "2000.00"},
        "lines": [
            {
                "kind": "package",
                "quantity": 1,
                "sessions": 6,
                "unit": "960.00",
                "amount": "960.00",
                "unit_high": "960.00",
                "amount_high": "960.00",
            }
        ],
        "tax": {"name": "VAT", "rate": "20%", "included": True, "amount": "160.00"},
        "deposit": {"due": "2026-11-22", "amount": "192.00"},
        "instalments": [
            {"due": "2026-12-01", "amount": "256.00"},
            {"due": "2026-12-08", "amount": "256.00"},
            {"due": "2026-12-15", "amount": "256.00"},
        ],
        "by_month": [
            {"month": "2026-12", "sessions": 4, "low": "640.00", "high": "640.00"},
            {"month": "2027-01", "sessions": 2, "low": "320.00", "high": "320.00"},
        ],
        "cumulative": [
            {"session": 1, "low": "160.00", "high": "160.00"},
            {"session": 2, "low": "320.00", "high": "320.00"},
            {"session": 3, "low": "480.00", "high": "480.00"},
            {"session": 4, "low": "640.00", "high": "640.00"},
            {"session": 5, "low": "800.00", "high": "800.00"},
            {"session": 6, "low": "960.00", "high": "960.00"},
        ],
    },
    "top_up_cost": {"currency": "GBP", "low": "180.00", "high": "180.00"},
    "care": [
        care("aspirin", "2026-11-24", "2026-12-22", 1, 2, 3, 4),
        care("aspirin", "2026-12-29", "2027-01-05", 5),
        care("aspirin", "2027-01-12", "2027-01-19", 6),
        care("aspirin", "2027-05-12", "2027-05-19", 7),
        # An evening's span ends in the night and the next begins days later: nothing merges.
        care("showers", "2026-12-01T17:30:00+00:00", "2026-12-02T02:15:00+00:00", 1),
        care("showers", "2026-12-08T17:30:00+00:00", "2026-12-09T02:15:00+00:00", 2),
        care("showers", "2026-12-15T17:30:00+00:00", "2026-12-16T02:15:00+00:00", 3),
        care("showers", "2026-12-22T17:30:00+00:00", "2026-12-23T02:15:00+00:00", 4),
        care("showers", "2027-01-05T17:30:00+00:00", "2027-01-06T02:15:00+00:00", 5),
        care("showers", "2027-01-19T17:30:00+00:00", "2027-01-20T02:15:00+00:00", 6),
        care("showers", "2027-05-19T17:30:00+01:00", "2027-05-20T02:15:00+01:00", 7),
    ],
    "screening": [{"question": "Are you allergic?", "source": "overview"}],
    "facts": {"depth_mm": "1-4", "techniques": ["nappage"]},
    "notices": ["Efficacy is disputed."],
    "results": {
        "from": "2027-01-22",
        "until": "2027-06-19",
        "top_up_due": {"earliest": "2027-04-19", "latest": "2027-06-19"},
    },
    "findings": [{"kind": "price", "session": None, "message": "Below the published price."}],
    "objective": {
        "late_days": 0,
        "start_days": 0,
        "visits": None,
        "preference_misses": 0,
        "squared_deviation": 0,
        "time_minutes": 0,
    },
    "disclaimer": "A scheduling aid.",
}

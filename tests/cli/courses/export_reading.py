"""What an export of a book says, read without any of our code: who was where when, and the money.

Only the events are read, by their kinds, and the rules that stand in them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo


@dataclass
class Read:
    """A course as its events tell it.

    Args:
        rules: The protocol as it is kept in the course.
        slots: What is booked, by number.
        held: The days held, by number.
        given: What was booked of them.
        settled: What a stop says of the money.
    """

    rules: dict[str, Any] = field(default_factory=dict)
    slots: dict[int, dict[str, Any]] = field(default_factory=dict)
    held: dict[int, date] = field(default_factory=dict)
    given: list[dict[str, Any]] = field(default_factory=list)
    paid: Decimal = Decimal(0)
    opened: date = date.min
    settled: dict[str, Any] = field(default_factory=dict)


def courses_of(text: str) -> dict[str, Read]:
    """Read an export."""
    found: dict[str, Read] = defaultdict(Read)
    for event in json.loads(text)["events"]:
        payload, read = event["payload"], found[event["course"]]
        match event["kind"]:
            case "opened":
                read.opened = date.fromisoformat(payload["on"])
                read.rules = json.loads(payload["protocols"][0]["canonical"])
            case "booked":
                read.slots |= {slot["number"]: slot for slot in payload["sessions"]}
            case "moved":
                slot = read.slots[payload["number"]]
                told = {"date": payload["to"], "start": payload["start"], "takes": payload["takes"]}
                read.slots[payload["number"]] = {**slot, **told}
            case "cancelled":
                for number in payload["numbers"]:
                    read.slots.pop(number, None)
            case "held":
                read.held[payload["number"]] = date.fromisoformat(payload["on"])
                read.given.append(read.slots.pop(_visited(read, payload)))
            case "missed":
                read.slots.pop(payload["number"], None)
            case "paid":
                sign = -1 if payload["refund"] else 1
                read.paid += sign * Decimal(payload["amount"])
            case "stopped":
                read.settled = payload
                read.slots.clear()
    return {course: read for course, read in found.items() if read.rules}


def _visited(read: Read, held: dict[str, Any]) -> int:
    """Return whose time a session was held at: its own, or after a miss that of the next one."""
    number: int = held["number"]
    on_day = (it for it, slot in read.slots.items() if slot["date"] == held["on"])
    return number if number in read.slots else next(on_day)


def people_taken(courses: dict[str, Read], zone: str) -> Iterator[tuple[str, datetime, str]]:
    """Yield each quarter hour of each practitioner that a session takes, with its course."""
    for course, read in courses.items():
        for slot in (*read.given, *read.slots.values()):
            takes = slot["takes"]
            hour, minute = map(int, slot["start"].split(":"))
            day = date.fromisoformat(slot["date"])
            begin = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
            begin += timedelta(minutes=takes.get("before") or 0)
            length = slot["minutes"] - (takes.get("before") or 0) - (takes.get("after") or 0)
            for quarter in range(-(-length // 15)):
                yield takes["practitioner"], begin + timedelta(minutes=15 * quarter), course


def too_soon(read: Read) -> list[tuple[int, int]]:
    """Return each booked session that follows the one before sooner than any of its phases lets."""
    days = {**read.held, **{n: date.fromisoformat(it["date"]) for n, it in read.slots.items()}}
    least = min(_days(text) for phase in read.rules["phases"] for text in phase["minimum"])
    ordered = sorted(days.items())
    return [
        (number, (day - before).days)
        for (_, before), (number, day) in pairwise(ordered)
        if number in read.slots and (day - before).days < least
    ]


def _days(text: str) -> int:
    """Return the days that an interval has at least; a month has 28."""
    words = text.split()
    units = {"day": 1, "week": 7, "month": 28, "year": 365}
    return int(words[0]) * units[words[1].rstrip("s")]


def unbalanced(read: Read, price: Decimal) -> Decimal:
    """Return by how much a stop settles otherwise than held sessions, their price and payments."""
    due = len(read.held) * price - read.paid
    owed, back = (Decimal(read.settled[name] or 0) for name in ("owed", "refund"))
    return owed - back - due

"""What the dictionary says of all courses at once: the lists, the diary and its totals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import vobject

from tests.cli.courses.ledger import MINUTES, Course
from tests.cli.courses.rulebook import Window

Courses = Mapping[str, Course]
_FAR = date.max


def listed(courses: Courses, show: str, today: date) -> list[tuple[str, int | None, str, int]]:
    """Return id, next number, status and revision of the courses of a list, in its order."""
    lines = []
    for course, known in courses.items():
        due = known.due()
        if not show or (due and _is_wanted(known, Window(due[1], due[2]), show, today)):
            latest = due[2] if due else _FAR
            status = "erased" if known.erased else known.state.status
            lines.append((latest, course, due[0] if due else None, status, known.revision))
    return [line[1:] for line in sorted(lines, key=lambda line: line[:2])]


def _is_wanted(known: Course, window: Window, show: str, today: date) -> bool:
    if show == "due":
        return window.first <= today <= window.latest
    if show == "overdue":
        return window.latest < today
    booked = (it.day for it in known.state.coming.values() if it.status == "booked")
    return all(day < today for day in booked)


@dataclass(frozen=True, order=True)
class Line:
    """A session in the diary; its price in pence."""

    day: date
    course: str
    number: int
    status: str
    provisional: bool
    pinned: bool
    minutes: int | None
    price: int | None


def diary(courses: Courses, first: date, last: date) -> list[Line]:
    """Return the sessions of some days, in order."""
    lines = []
    for course, known in courses.items():
        if known.erased:
            continue
        state = known.state
        for number, it in state.visits.items():
            is_shown = it.status in ("held", "missed") or number in state.coming
            if is_shown and first <= it.day <= last:
                facts = it.status, it.provisional, it.pinned
                price = state.shares.get(number)
                minutes = MINUTES if it.was_booked else None
                lines.append(Line(it.day, course, number, *facts, minutes, price))
    return sorted(lines)


def days(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the totals of each day."""
    found: dict[date, dict[str, Any]] = {}
    for line in lines:
        zero = dict.fromkeys(
            ("sessions", "minutes", "held", "missed", "provisional", "consultations", "tests"), 0
        )
        total = found.setdefault(line.day, {"date": str(line.day), **zero})
        if line.status == "missed":
            total["missed"] += 1
            continue
        total["sessions"] += 1
        total["minutes"] += line.minutes or 0
        total["held"] += line.status == "held"
        total["provisional"] += line.provisional
    return list(found.values())


def income(lines: Iterable[Line]) -> tuple[int, str, str] | None:
    """Return how many sessions of a month bring something in, how much, and the part held."""
    paid = [line for line in lines if line.status != "missed" and line.price is not None]
    if not paid:
        return None
    held = sum(line.price or 0 for line in paid if line.status == "held")
    return len(paid), money(sum(line.price or 0 for line in paid)), money(held)


def money(pence: int) -> str:
    """Return an amount as documents have it."""
    return f"{pence // 100}.{pence % 100:02}"


def consumables(lines: Iterable[Line]) -> list[tuple[str, str | None, int]]:
    """Return what the sessions of a month take: each 2.5 ml, a needle and gauze."""
    count = sum(line.status != "missed" for line in lines)
    if not count:
        return []
    tenths = 25 * count
    amounts = ("gauze", None), ("ml hyaluronic acid", f"{tenths // 10}.{tenths % 10}")
    return [(what, amount, count) for what, amount in (*amounts, ("needle", str(count)))]


def events_of(text: str) -> dict[str, tuple[str, date, int]]:
    """Return status, day and sequence of each appointment of a feed, by its UID."""
    found = {}
    calendar = vobject.readOne(text)
    for event in calendar.contents.get("vevent", []):
        uid = event.uid.value
        assert uid not in found
        found[uid] = event.status.value, event.dtstart.value, int(event.sequence.value)
    return found

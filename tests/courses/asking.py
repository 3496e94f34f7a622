"""What the dictionary says of all courses at once: the lists, the diary, its totals, the feeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import vobject

from tests.courses.ledger import MINUTES, SHARE, SINGLE, Course
from tests.courses.rulebook import SESSIONS, Window, fits, is_open

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
    """A session in the diary."""

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
                price = (SHARE if number <= SESSIONS else SINGLE) if it.was_booked else None
                minutes = MINUTES if it.was_booked else None
                lines.append(Line(it.day, course, number, *facts, minutes, price))
    return sorted(lines)


def days(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the totals of each day."""
    found: dict[date, dict[str, Any]] = {}
    for line in lines:
        zero = dict.fromkeys(("sessions", "minutes", "held", "missed", "provisional"), 0)
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
    paid = [line for line in lines if line.status != "missed" and line.price]
    if not paid:
        return None
    held = sum(line.price or 0 for line in paid if line.status == "held")
    return len(paid), money(sum(line.price or 0 for line in paid)), money(held)


def money(amount: int) -> str:
    """Return an amount as documents have it; nothing has no digits."""
    return f"{amount}.00" if amount else "0"


def consumables(lines: Iterable[Line]) -> list[tuple[str, str | None, int]]:
    """Return what the sessions of a month take: each 2.5 ml, a needle and gauze."""
    count = sum(line.status != "missed" for line in lines)
    if not count:
        return []
    tenths = 25 * count
    amounts = ("gauze", None), ("ml hyaluronic acid", f"{tenths // 10}.{tenths % 10}")
    return [(what, amount, count) for what, amount in (*amounts, ("needle", str(count)))]


def can_print(known: Course, today: date) -> bool:
    """Tell whether every session to come has a day that keeps the rules, late up to its lapse."""
    state = known.state
    now = state.standing
    fixed = {number - state.offset: it.day for number, it in state.ahead.items()}
    places = set(range(now.counted + 1, SESSIONS + 1))
    today = max([today, *state.held.values()])
    if fixed.keys() != places or len(state.ahead) < len(state.coming):
        return False
    if not places:
        return True
    opening = first_days(known, today, late=366)
    is_past = any(day < today for day in fixed.values())
    return not is_past and fits(now, opening, fixed, state.away, 366)


def can_replan(known: Course, today: date) -> bool:
    """Tell whether the sessions to come have a calendar in which those fixed by hand stay."""
    state = known.state
    today = max([today, *state.held.values()])
    fixed = {
        number - state.offset: it.day
        for number, it in state.ahead.items()
        if it.pinned and it.day >= today
    }
    if state.is_finished:
        return True
    return fits(state.standing, first_days(known, today), fixed, state.away)


def can_stay(known: Course, today: date) -> bool:
    """Tell whether every session to come has a day and can keep it."""
    state = known.state
    today = max([today, *state.held.values()])
    days = [it.day for it in state.ahead.values()]
    fixed = {number - state.offset: it.day for number, it in state.ahead.items()}
    opening = first_days(known, today)
    places = set(range(state.standing.counted + 1, SESSIONS + 1))
    if fixed.keys() != places or len(state.ahead) < len(state.coming):
        return False
    is_kept = not places or fits(state.standing, opening, fixed, state.away)
    return all(day >= today for day in days) and is_kept


def first_days(known: Course, today: date, late: int = 0) -> tuple[date, date]:
    """Return the days on which the next session may be planned."""
    state = known.state
    now = state.standing
    if now.last is None:
        start = known.start if state.ahead else max(known.start, today)
        return max(start, today), start + timedelta(days=13 + late)
    window = now.window(now.counted + 1, now.last)
    if window.lapse and today > window.lapse:
        window = window._replace(lapse=None)
    last = window.latest + timedelta(days=late)
    return max(window.first, today), min(last, window.lapse) if window.lapse else last


def move_refusal(known: Course, number: int, to: date, today: date, *, late: bool) -> str | None:
    """Return why a session cannot be moved to a day, as far as window and clinic tell."""
    state = known.state
    today = max([today, *state.held.values()])
    if number not in state.ahead:
        return "no_such_session"
    now, allowed = state.standing, 366 if late else 0
    before = [place for place in state.ahead if place < number]
    day = state.ahead[max(before)].day if before else now.last
    if day is None:
        first, last = known.start, known.start + timedelta(days=13 + allowed)
    else:
        place = number - state.offset
        window = now.window(place, day)
        is_lapsed = now.last and place == now.counted + 1 and now_lapsed(known, today)
        if is_lapsed:
            window = window._replace(lapse=None)
        first, last = window.first, window.latest + timedelta(days=allowed)
        last = min(last, window.lapse) if window.lapse else last
    if not first <= to <= last:
        return "outside_window"
    return None if is_open(to, state.away) else "no_room"


def now_lapsed(known: Course, today: date) -> bool:
    """Tell whether the next session has lapsed."""
    now = known.state.standing
    assert now.last
    lapse = now.window(now.counted + 1, now.last).lapse
    return lapse is not None and today > lapse


def events_of(text: str) -> dict[str, tuple[str, date, int]]:
    """Return status, day and sequence of each appointment of a feed, by its UID."""
    found = {}
    calendar = vobject.readOne(text)
    for event in calendar.contents.get("vevent", []):
        uid = event.uid.value
        assert uid not in found
        found[uid] = event.status.value, event.dtstart.value, int(event.sequence.value)
    return found

"""The rules of `desk.py` as plain numbers of days, typed from its text; nothing of the program.

All four sessions are weekly until the skin has improved, so that none waits for that word and has
two windows; `tests/support/oracles` knows those that have.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tests.cli.courses.desk import RULES

SESSIONS = 4
START_WITHIN = 13
YEAR = 366


class Rule(NamedTuple):
    """The days from one session to the next: least, most, and the last before it lapses."""

    name: str
    least: int
    most: int
    lapse: int | None = None


class Window(NamedTuple):
    """The days a session is due on, and the last before it lapses."""

    first: date
    latest: date
    lapse: date | None = None


FORTNIGHTLY = Rule("fortnightly", 14, 21)
# What changes from one version of the rule file to the next.
WEEKLY = {"1": Rule("weekly", 7, 10, 28), "2": Rule("weekly", 9, 12, 28)}
SKIN = RULES.replace("sessions = 3", "sessions = 4")
LATER = (
    SKIN.replace('version = "1"', 'version = "2"')
    .replace('minimum = "7 days"', 'minimum = "9 days"')
    .replace('maximum = "10 days"', 'maximum = "12 days"')
)


class Standing(NamedTuple):
    """What the sessions held amount to: phase and verdict of each, and how many count."""

    verdicts: list[tuple[str, str]]
    counted: int
    last: date | None
    rules: list[Rule]

    def window(self, place: int, before: date) -> Window:
        """Return the window of a session of the course, or of a top-up, after a day."""
        if place > SESSIONS:
            return Window(months_on(before, 3), months_on(before, 4))
        rule = self.rules[place - 1]
        lapse = None if rule.lapse is None else before + timedelta(days=rule.lapse)
        first, latest = (before + timedelta(days=days) for days in (rule.least, rule.most))
        return Window(first, latest, lapse)


def months_on(day: date, months: int) -> date:
    """Return the day so many months on; one that does not exist is the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def stand(version: str, held: Sequence[date], improved: date | None) -> Standing:
    """Judge the sessions held, in order."""
    weekly = WEEKLY[version]
    now = Standing([], 0, None, [weekly] * SESSIONS)
    waits = improved is not None
    for day in held:
        if waits and improved and day > improved:
            now, waits = _improved(now, weekly), False
        now = _with(now, day)
    return _improved(now, weekly) if waits else now


def _improved(now: Standing, weekly: Rule) -> Standing:
    """Let the fortnightly sessions follow those that count."""
    counted = min(now.counted, SESSIONS)
    rest = [FORTNIGHTLY] * (SESSIONS - counted)
    return now._replace(rules=[weekly] * counted + rest)


def _with(now: Standing, day: date) -> Standing:
    place, verdict = now.counted + 1, "on schedule"
    if now.last:
        window = now.window(place, now.last)
        if day < window.first:
            verdict = "too soon"
        elif window.lapse and day > window.lapse:
            verdict = "lapsed"
        elif day > window.latest:
            verdict = "late"
    phase = now.rules[place - 1].name if place <= SESSIONS else "top-up"
    counted = now.counted + (verdict != "too soon")
    return now._replace(
        verdicts=[*now.verdicts, (phase, verdict)], counted=counted, last=max(day, now.last or day)
    )


def is_open(day: date, away: Collection[date] = ()) -> bool:
    """Tell whether the clinic is open and the patient there."""
    return day.weekday() < 5 and day not in away


def fits(
    now: Standing,
    opening: tuple[date, date],
    fixed: Mapping[int, date],
    away: Collection[date],
    late: int = 0,
) -> bool:
    """Tell whether the sessions to come have a calendar, by all days that each can reach.

    Args:
        now: What was held.
        opening: The first and last day of the first session to come.
        fixed: The days of sessions that stay where they are.
        away: Days the patient cannot come.
        late: Days by which the windows may be passed.
    """
    reached = set(span(*opening))
    for place in range(now.counted + 1, SESSIONS + 1):
        if place > now.counted + 1:
            windows = (now.window(place, day) for day in reached)
            reached = {day for window in windows for day in span(window.first, end(window, late))}
        reached = {day for day in reached if is_open(day, away) and fixed.get(place, day) == day}
    return bool(reached) or now.counted >= SESSIONS


def end(window: Window, late: int) -> date:
    """Return the last day of a window widened by days of lateness, never past its lapse."""
    last = window.latest + timedelta(days=late)
    return min(last, window.lapse) if window.lapse else last


def span(first: date, last: date) -> list[date]:
    """Return the days from one to another."""
    return [first + timedelta(days=days) for days in range((last - first).days + 1)]

"""Sessions held against their rules, and the session that is next, from raw tables.

The progress of a course is kept as the list of the sessions that count, and asked afresh for
every session held.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from .arithmetic import Raw, Window, after, gap, interval, phase_of_each, texts, window
from .reading import listed


class Verdict(NamedTuple):
    """One session held; `counts` as it is in the end."""

    number: int
    day: date
    word: str
    counts: bool
    phase: str
    window: Window | None


class Standing(NamedTuple):
    """A course after the sessions held.

    Attributes:
        verdicts: one a session held.
        counted: how many course sessions and top-ups count.
        phases: the phase table of every course session.
        rule: the table before the next session, None when nothing follows.
        last: the day of the session held last.
        window: the window of the next session, None when nothing follows.
        is_lapsed: whether the next session has lapsed on the day of asking.
        restarts: whether it starts its phase again.
        furthest: the highest number as which a session was judged.
    """

    verdicts: tuple[Verdict, ...]
    counted: int
    phases: Sequence[Raw]
    rule: Raw | None
    last: date
    window: Window | None
    is_lapsed: bool
    restarts: bool
    furthest: int


def too_soon_before(rule: Raw, before: date) -> date:
    """Return the first day that is not too soon: the minimum less the grace, as one interval."""
    earliest = window(gap(rule), before).earliest
    if "grace" not in rule:
        return earliest
    months, days = interval(rule["grace"])
    least = []
    for text in texts(rule["minimum"]):
        own_months, own_days = interval(text)
        # The helper reads text only; so much is left of each minimum.
        left_months, left_days = own_months - months, own_days - days
        sign = "-" if left_days < 0 else "+"
        least.append(after(before, f"{left_months} months {sign} {abs(left_days)} days"))
    return min(max(least), earliest)


def judged(rule: Raw, before: date, day: date) -> str:
    """Return the verdict on a session whose session before was on `before`."""
    here = window(gap(rule), before)
    if day < too_soon_before(rule, before):
        return "too soon"
    if here.lapse is not None and day > here.lapse:
        return "lapsed"
    return "late" if day > here.latest else "on schedule"


def name(rule: Raw) -> str:
    """Return the name of a phase; `[top_up]` has none."""
    return str(rule.get("name", "top-up"))


class _Course:
    def __init__(self, protocol: Raw, request: Raw) -> None:
        self.protocol, self.request = protocol, request
        self.sessions: int = request.get("sessions") or protocol["sessions"]["usual"]
        self.valid: list[int] = []  # places in `found` of the sessions that count, in order
        self.found: list[Verdict] = []
        self.improved: int | None = None
        self.furthest = 0

    def phases(self) -> list[Raw]:
        if self.improved is not None:
            forecast: dict[str, object] = {"improves_after": self.improved}
        elif self.request.get("improved_on"):
            forecast = {"no_improvement": True}
        else:
            forecast = dict(self.request)
        return phase_of_each(self.protocol, forecast, self.sessions)

    def rule(self, number: int) -> Raw | None:
        table: Raw | None = self.protocol.get("top_up")
        return self.phases()[number - 1] if number <= self.sessions else table

    def forget_phase(self, rule: Raw) -> None:
        """Drop the valid sessions that stand where the rule holds."""
        self.valid = [
            place for number, place in enumerate(self.valid, 1) if self.rule(number) is not rule
        ]

    def hold(self, day: date) -> None:
        self.furthest = max(self.furthest, len(self.valid) + 1)
        rule = self.rule(len(self.valid) + 1)
        assert rule is not None, "more sessions than the course has"
        word = judged(rule, self.found[-1].day, day) if self.found else "on schedule"
        if word == "lapsed" and rule.get("lapse_action") == "restart":
            self.forget_phase(rule)
        here = window(gap(rule), self.found[-1].day) if self.found else None
        number = len(self.valid) + 1
        self.found.append(Verdict(number, day, word, True, name(rule), here))
        if word != "too soon":
            self.valid.append(len(self.found) - 1)


def standing(protocol: Raw, request: Raw, as_of: date) -> Standing:
    """Return where a course stands on a day; something must have been held."""
    course = _Course(protocol, request)
    improved = request.get("improved_on")
    for text in listed(request["held"]):
        if improved and course.improved is None and text > improved:
            course.improved = len(course.valid)
        course.hold(date.fromisoformat(text))
    if improved and course.improved is None:
        course.improved = len(course.valid)
    rule, last = course.rule(len(course.valid) + 1), course.found[-1].day
    here = window(gap(rule), last) if rule else None
    is_lapsed = here is not None and here.lapse is not None and as_of > here.lapse
    restarts = rule is not None and is_lapsed and rule.get("lapse_action") == "restart"
    if rule is not None and restarts:
        course.forget_phase(rule)
    verdicts = tuple(
        verdict._replace(counts=place in course.valid) for place, verdict in enumerate(course.found)
    )
    counted = len(course.valid)
    return Standing(
        verdicts, counted, course.phases(), rule, last, here, is_lapsed, restarts, course.furthest
    )

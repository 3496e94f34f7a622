"""One session of a plan after the other: window, hard rules, time, labels, slack, top-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .arithmetic import Gap, Raw, Window, gap, window
from .checker_days import Diary, Future
from .reading import Asked
from .standing import Standing

SESSION_KEYS = frozenset(
    {
        *("number", "protocol", "phase", "status", "date", "start", "end", "interval_days"),
        *("window", "late_days", "provisional", "slack_days", "backup", "price", "why", "sources"),
    }
)
NO_GAP = Gap((), None, (), ())


@dataclass
class Check:
    """One plan with what it was made from, read once."""

    plan: Raw
    protocol: Raw
    request: Raw
    clinic: Raw | None
    as_of: date
    asked: Asked
    diary: Diary
    phases: Sequence[Raw]
    dates: Sequence[date]
    top_up_dates: Sequence[date]
    now: Standing | None = None

    @property
    def restarts(self) -> bool:
        """Whether the next session has a window of its own, its phase starting again."""
        return self.now is not None and self.now.restarts

    @property
    def frees(self) -> bool:
        """Whether the lapse that has passed binds the next session no more."""
        return self.now is not None and self.now.is_lapsed and not self.now.waits

    @property
    def first(self) -> int:
        """The number of the first course session to come."""
        return self.now.counted + 1 if self.now else 1

    @property
    def to_come(self) -> Sequence[Raw]:
        """The phase tables of the sessions to come."""
        return self.phases[self.first - 1 :]

    @property
    def anchors(self) -> list[date | None]:
        """The day that the window of each session to come counts from."""
        opening = self.now.last if self.now and not self.now.restarts else None
        return [opening, *self.dates][: len(self.dates)]

    @property
    def held_in_course(self) -> list[date]:
        """The days of the course sessions held, counting or not."""
        if self.now is None:
            return []
        return [v.day for v in self.now.verdicts if v.number <= len(self.phases)]

    @property
    def all_sessions(self) -> Sequence[Raw]:
        """Course sessions and top-ups, one after the other."""
        return [*self.plan["sessions"], *self.plan["top_ups"]]

    @property
    def has_holidays(self) -> bool:
        """Whether days can be closed for a reason that the clinic file does not list."""
        return self.clinic is not None and "holidays" in self.clinic


def differs(what: str, got: object, wanted: object) -> Iterator[str]:
    if got != wanted:
        yield f"{what} is {got!r}, not {wanted!r}"


def session_1_window(check: Check) -> Window:
    asked = check.asked
    if check.now is not None:
        width = timedelta(days=check.request.get("start_within", 13))
        return Window(check.as_of, check.as_of, check.as_of + width, None)
    if asked.event_only:
        first = check.dates[0]
        return Window(check.as_of, first, first, None)
    return Window(asked.first, asked.first, asked.first_last, None)


def _written(rule: Window) -> dict[str, str]:
    return {key: getattr(rule, key).isoformat() for key in ("earliest", "recommended", "latest")}


def place_faults(
    check: Check,
    session: Raw,
    rule: Window,
    previous: date | None,
    bound: date | None,
    held: date | None = None,
) -> Iterator[str]:
    """Check one session's day: window, lateness and every hard rule."""
    number, day = session["number"], date.fromisoformat(session["date"])
    here = f"session {number}"
    late = 0 if previous is None else check.asked.late
    yield from differs(f"{here} window", session["window"], _written(rule))
    before = previous or held
    interval_days = None if before is None else (day - before).days
    yield from differs(f"{here} interval_days", session["interval_days"], interval_days)
    late_days = max(0, (day - rule.latest).days)
    yield from differs(f"{here} late_days", session["late_days"], late_days)
    if not rule.earliest <= day <= rule.last(late):
        yield f"{here} on {day} is outside {rule.earliest} to {rule.last(late)}"
    if not check.diary.usable(day):
        yield f"{here} on {day}, which is no usable day"
    if check.asked.pins.get(number, day) != day:
        yield f"{here} on {day} is pinned to {check.asked.pins[number]}"
    if bound is not None and day > bound:
        yield f"{here} on {day} is after {bound}"
    if check.now is not None and day < check.as_of:
        yield f"{here} on {day} is before the day of asking"


def label_faults(check: Check, session: Raw, phase: Raw | None) -> Iterator[str]:
    """Check what a session says beside its date; None is a top-up."""
    here = f"session {session['number']}"
    table = check.protocol["top_up"] if phase is None else phase
    if missing := SESSION_KEYS - session.keys():
        yield f"{here} lacks {sorted(missing)}"
    yield from differs(f"{here} protocol", session["protocol"], check.protocol["id"])
    yield from differs(f"{here} status", session["status"], "planned")
    waits = _is_provisional(phase) and (check.now is None or check.now.is_open)
    yield from differs(f"{here} provisional", session["provisional"], waits)
    if phase is not None:
        yield from differs(f"{here} phase", session["phase"], phase["name"])
    yield from differs(
        f"{here} sources", sorted(session["sources"]), sorted(table.get("sources", []))
    )
    if not session["why"]:
        yield f"{here} says no reason"


def _is_provisional(phase: Raw | None) -> bool:
    return phase is not None and bool(phase.get("after_improvement"))


def slack_faults(check: Check) -> Iterator[str]:
    """Check the slack and the backup of each session of a course alone."""
    asked, sessions = check.asked, check.plan["sessions"]
    gaps = [NO_GAP, *(gap(phase) for phase in check.phases[1:])]
    if check.frees and check.first <= len(gaps):
        gaps[check.first - 1] = gaps[check.first - 1]._replace(lapse=())
    future = Future(asked, check.diary, gaps)
    if check.now:
        future = _future_of_begun(check, gaps)
    for session, day, previous in zip(sessions, check.dates, check.anchors, strict=True):
        here = f"session {session['number']}"
        slack, backup = future.slack(session["number"], previous, day)
        yield from differs(f"{here} slack_days", session["slack_days"], slack)
        written = None if backup is None else backup.isoformat()
        yield from differs(f"{here} backup", session["backup"], written)


def _future_of_begun(check: Check, gaps: Sequence[Gap]) -> Future:
    """Return the future of sessions to come: none of them before the day of asking."""
    asked = check.asked
    if check.restarts:
        here = session_1_window(check)
        asked = replace(asked, event_only=False, first=here.earliest, first_last=here.latest)
    return Future(asked, check.diary, gaps, check.as_of)


def spare_day_faults(check: Check, session: Raw, last: date) -> Iterator[str]:
    """Check that slack and backup of a top-up, where given, name usable days of its window."""
    day = date.fromisoformat(session["date"])
    spare = [] if session["backup"] is None else [date.fromisoformat(session["backup"])]
    if session["slack_days"]:
        spare.append(day + timedelta(days=session["slack_days"]))
    for other in spare:
        if not (day < other <= last and check.diary.usable(other)):
            yield f"top-up {session['number']} cannot be moved to {other}"


def count_faults(check: Check) -> Iterator[str]:
    """Check that no more top-ups of a course alone could have been placed."""
    if (check.asked.top_ups is None and check.asked.until is None) or not check.dates:
        return
    rule = gap(check.protocol["top_up"])
    count, wanted = len(check.top_up_dates), check.asked.top_ups or 40
    if count > wanted:
        yield f"{count} top-ups, more than the {wanted} asked for"
    elif count < wanted:
        reached = [check.dates[-1]]
        after = len(check.phases)
        for number in range(after + 1, after + count + 2):
            reached = _next_days(check, rule, number, reached)
        if reached:
            yield f"{count} top-ups, though one more could end on {reached[0]}"
        if check.asked.until is None and not check.plan["findings"]:
            yield f"{count} top-ups of {wanted}, and no finding says so"


def _next_days(check: Check, rule: Gap, number: int, anchors: Sequence[date]) -> list[date]:
    """Return every day of a top-up, given all days of the one before.

    A later anchor never opens its window earlier, so each day is looked at once.
    """
    days: list[date] = []
    seen = date.min
    for anchor in anchors:
        here = window(rule, anchor)
        day = max(here.earliest, seen + timedelta(days=1))
        last = min(here.last(check.asked.late), check.asked.until or date.max)
        while day <= last:
            if check.diary.usable(day) and check.asked.pins.get(number, day) == day:
                days.append(day)
            seen = day
            day += timedelta(days=1)
    return days

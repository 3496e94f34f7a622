"""One session of a plan after the other: window, hard rules, time, labels, slack, top-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

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


def _time_faults(check: Check, session: Raw) -> Iterator[str]:
    """Check that a start is the best quarter hour and the end the chair time later."""
    here = f"session {session['number']}"
    if not check.asked.timed:
        yield from differs(f"{here} times", (session["start"], session["end"]), (None, None))
        return
    if session["start"] is None or session["end"] is None:
        yield f"{here} has no time"
        return
    start = datetime.fromisoformat(session["start"])
    end = datetime.fromisoformat(session["end"])
    day = date.fromisoformat(session["date"])
    minute = check.diary.minute(day)
    if minute is not None:
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        wanted = wall.replace(tzinfo=check.asked.zone).isoformat()
        yield from differs(f"{here} start", session["start"], wanted)
    if end - start != timedelta(minutes=check.asked.minutes):
        yield f"{here} lasts {end - start}, not {check.asked.minutes} minutes"
    if end.isoformat() != end.astimezone(check.asked.zone).isoformat():
        yield f"{here} end {session['end']} is not in the clinic's zone"


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


def course_faults(check: Check) -> Iterator[str]:
    asked, sessions = check.asked, check.plan["sessions"]
    numbers = [session["number"] for session in sessions]
    first = check.first
    yield from differs("session numbers", numbers, list(range(first, first + len(sessions))))
    gaps = [NO_GAP, *(gap(phase) for phase in check.phases[1:])]
    if check.frees and first <= len(gaps):
        gaps[first - 1] = gaps[first - 1]._replace(lapse=())
    future = Future(asked, check.diary, gaps)
    if check.now:
        future = _future_of_begun(check, gaps)
    held = check.now.last if check.now else None
    rows = zip(sessions, check.to_come, gaps[first - 1 :], check.dates, check.anchors, strict=True)
    for session, phase, rule, day, previous in rows:
        here = session_1_window(check) if previous is None else window(rule, previous)
        yield from label_faults(check, session, phase)
        yield from place_faults(check, session, here, previous, asked.bound, held)
        yield from _time_faults(check, session)
        if not check.has_holidays:
            slack, backup = future.slack(session["number"], previous, day)
            yield from differs(
                f"session {session['number']} slack_days", session["slack_days"], slack
            )
            written = None if backup is None else backup.isoformat()
            yield from differs(f"session {session['number']} backup", session["backup"], written)


def _future_of_begun(check: Check, gaps: Sequence[Gap]) -> Future:
    """Return the future of sessions to come: none of them before the day of asking."""
    asked = check.asked
    if check.restarts:
        here = session_1_window(check)
        asked = replace(asked, event_only=False, first=here.earliest, first_last=here.latest)
    return Future(asked, check.diary, gaps, check.as_of)


def top_up_faults(check: Check) -> Iterator[str]:
    asked, top_ups = check.asked, check.plan["top_ups"]
    if asked.top_ups is None and asked.until is None:
        yield from differs("top_ups", top_ups, [])
        return
    numbers = [session["number"] for session in top_ups]
    first = max(check.first, len(check.phases) + 1) if check.now else len(check.dates) + 1
    yield from differs("top-up numbers", numbers, list(range(first, first + len(top_ups))))
    rule = gap(check.protocol["top_up"])
    if check.now and not check.dates:
        yield from _top_ups_of_complete(check, rule)
        return
    previous = check.dates[-1]
    for session, day in zip(top_ups, check.top_up_dates, strict=True):
        yield from label_faults(check, session, None)
        yield from place_faults(check, session, window(rule, previous), previous, asked.until)
        yield from _time_faults(check, session)
        yield from _spare_day_faults(check, session, window(rule, previous).last(asked.late))
        previous = day
    yield from _count_faults(check, rule)


def _top_ups_of_complete(check: Check, rule: Gap) -> Iterator[str]:
    """Check the days of top-ups when the whole course has been held."""
    assert check.now is not None
    previous: date | None = None if check.restarts else check.now.last
    first = rule._replace(lapse=()) if check.frees else rule
    for session, day in zip(check.plan["top_ups"], check.top_up_dates, strict=True):
        gaps = first if previous in (None, check.now.last) else rule
        here = session_1_window(check) if previous is None else window(gaps, previous)
        yield from label_faults(check, session, None)
        yield from place_faults(check, session, here, previous, check.asked.until, check.now.last)
        yield from _time_faults(check, session)
        previous = day


def _spare_day_faults(check: Check, session: Raw, last: date) -> Iterator[str]:
    """Check that slack and backup of a top-up, where given, name usable days of its window."""
    day = date.fromisoformat(session["date"])
    spare = [] if session["backup"] is None else [date.fromisoformat(session["backup"])]
    if session["slack_days"]:
        spare.append(day + timedelta(days=session["slack_days"]))
    for other in spare:
        if not (day < other <= last and check.diary.usable(other)):
            yield f"top-up {session['number']} cannot be moved to {other}"


def _count_faults(check: Check, rule: Gap) -> Iterator[str]:
    """Check that no more top-ups could have been placed."""
    count, wanted = len(check.top_up_dates), check.asked.top_ups or 40
    if count > wanted:
        yield f"{count} top-ups, more than the {wanted} asked for"
    elif count < wanted and not check.has_holidays:
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

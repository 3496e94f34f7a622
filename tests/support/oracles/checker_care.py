"""Care spans and results of a plan, recomputed from the offsets of the rule file."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from .arithmetic import Raw, after, gap, interval, window

Moment = date | datetime


class Dated(NamedTuple):
    """A session as the plan gives it."""

    number: int
    day: date
    start: datetime | None
    end: datetime | None


class CareSpan(NamedTuple):
    """One span of care, the sessions it stands for included."""

    action: str
    what: str
    starts: Moment
    ends: Moment
    sessions: tuple[int, ...]


def day_of(moment: Moment) -> date:
    """Return the wall date of a date or a date-time."""
    return moment.date() if isinstance(moment, datetime) else moment


def _in_order(moment: Moment) -> tuple[date, time]:
    """Return what orders moments: a whole day begins before any time of it."""
    return day_of(moment), moment.time() if isinstance(moment, datetime) else time.min


def offset_hours(text: str) -> int | None:
    """Return an offset in hours, None when it is in days, weeks or months."""
    match = re.fullmatch(r"([+-]?[0-9]+) hours?", text)
    return int(match[1]) if match else None


def _by_days(day: date, text: str) -> date:
    """Return the date that lies a signed offset in days, weeks or months from `day`."""
    plain = text.removeprefix("+")
    if not plain.startswith("-"):
        return after(day, plain)
    months, days = interval(plain[1:])
    return after(day, f"0 months - {months} months - {days} days")


def _by_hours(session: Dated, hours: int, *, is_end: bool, zero_is_end: bool) -> Moment:
    """Return the moment that lies so many elapsed hours from a session.

    The contract leaves open whether a span that begins at "0 hours" begins with
    the session or after it, so the caller says which.
    """
    if session.start is None or session.end is None:
        # Without a time an end is rounded up and a start down: never too short a span.
        days = -(-hours // 24) if is_end else hours // 24
        return session.day + timedelta(days=days)
    at_end = hours > 0 or (hours == 0 and (is_end or zero_is_end))
    base = session.end if at_end else session.start
    moved = base.astimezone(UTC) + timedelta(hours=hours)
    return moved.astimezone(base.tzinfo)


def care_of(item: Raw, session: Dated, *, zero_is_end: bool) -> CareSpan:
    """Return one item of care for one session."""
    ends: list[Moment] = []
    for key in ("starts", "ends"):
        hours = offset_hours(item[key])
        ends.append(
            _by_days(session.day, item[key])
            if hours is None
            else _by_hours(session, hours, is_end=key == "ends", zero_is_end=zero_is_end)
        )
    return CareSpan(item["action"], item["what"], ends[0], ends[1], (session.number,))


def merged(spans: Sequence[CareSpan]) -> list[CareSpan]:
    """Merge spans that touch: the next begins by the day after the last one's end."""
    joined: list[CareSpan] = []
    for span in sorted(spans, key=lambda one: (*_in_order(one.starts), one.sessions)):
        last = joined[-1] if joined else None
        if last is None or day_of(span.starts) > day_of(last.ends) + timedelta(days=1):
            joined.append(span)
            continue
        ends = last.ends if day_of(span.ends) < day_of(last.ends) else span.ends
        if day_of(span.ends) == day_of(last.ends) and not isinstance(last.ends, datetime):
            ends = last.ends  # a whole day ends after any time of it
        numbers = tuple(sorted({*last.sessions, *span.sessions}))
        joined[-1] = last._replace(ends=ends, sessions=numbers)
    return joined


def moment(text: str) -> Moment:
    """Read a date or a date-time of the plan."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def results_faults(results: Raw | None, protocol: Raw, last: date) -> Iterator[str]:
    """Check when results show, how long they last and when a top-up is due."""
    table = protocol.get("results")
    if table is None:
        return
    if results is None:
        yield "results are missing"
        return
    starts = after(last, table.get("settle", "3 days")).isoformat()
    if results["from"] != starts:
        yield f"results from {results['from']}, not {starts}"
    lasts = table.get("lasts_maximum")
    ends = None if lasts is None else after(last, lasts).isoformat()
    if results["until"] != ends:
        yield f"results until {results['until']}, not {ends}"
    due = None
    if "top_up" in protocol:
        due_window = window(gap(protocol["top_up"]), last)
        due = {"earliest": due_window.earliest.isoformat(), "latest": due_window.latest.isoformat()}
    if results["top_up_due"] != due:
        yield f"top_up_due {results['top_up_due']} should be {due}"

"""Why no calendar fits and what would help, as lines for people."""

from collections.abc import Iterator

from meso_schedule.errors import NoCalendarFits
from meso_schedule.output.text import day_runs, day_text


def conflict_lines(error: NoCalendarFits) -> Iterator[str]:
    """Yield the conflict with the reason for each day, then the ways out, cheapest first."""
    conflict = error.conflict
    first, last = day_text(conflict.window.earliest), day_text(conflict.window.latest)
    span = first if first == last else f"from {first} to {last}"
    yield f"No calendar fits: session {conflict.session} has no usable day {span}."
    for begin, end, reason in day_runs((day.date, day.reason) for day in conflict.blocked):
        days = day_text(begin) if begin == end else f"{day_text(begin)} to {day_text(end)}"
        yield f"  {days}: {reason}"
    if not error.relaxations:
        yield "No single change makes a calendar possible."
        return
    yield "Ways out, the smallest change first:"
    for number, way in enumerate(error.relaxations, 1):
        message, *rest = way.message.split("\n")
        yield f"  {number}. {message}{_option(way.option)}"
        yield from (f"       {line}" for line in rest)


def _option(option: str | None) -> str:
    if option is None:
        return ""
    return f" Write {option}" if option else " Leave --away out."

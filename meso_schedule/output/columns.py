"""The columns of the session table: one list for the terminal, CSV and Markdown."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.course import CoursePlan, Session
from meso_schedule.dates import DateRange
from meso_schedule.output.text import (
    count_text,
    day_text,
    money_text,
    sentence,
    short_day,
    span_text,
)

PROVISIONAL = "~"
LATE = "!"
TOP_UP = "+"


class SessionColumn(NamedTuple):
    """One column of the session table.

    Args:
        header: Its title.
        shown: The cell as people read it.
        written: The cell as programs read it.
        is_number: Whether it is set to the right.
    """

    header: str
    shown: Callable[[Session], str]
    written: Callable[[Session], str]
    is_number: bool = False


def session_columns(plan: CoursePlan) -> list[SessionColumn]:
    """Return the columns a plan needs: no time without one, no money without a price."""
    columns = [
        SessionColumn("No.", number_text, lambda visit: str(visit.number), is_number=True),
        SessionColumn("Date", lambda visit: day_text(visit.date), lambda visit: str(visit.date)),
    ]
    if any(visit.start for visit in plan.visits):
        columns.append(SessionColumn("Time", _time, _time))
    columns += [
        SessionColumn("Days since last", _gap, _gap, is_number=True),
        SessionColumn(
            "Can move",
            lambda visit: span_text(visit.window.earliest, visit.window.latest, year=False),
            lambda visit: str(DateRange(visit.window.earliest, visit.window.latest)),
        ),
        SessionColumn("Backup", _backup(short_day), _backup(str)),
        SessionColumn("Slack days", _slack, _slack, is_number=True),
    ]
    if any(visit.price for visit in plan.visits):
        header = f"Price {plan.cost.currency}" if plan.cost else "Price"
        columns.append(
            SessionColumn(
                header,
                lambda visit: money_text(visit.price),
                lambda visit: money_text(visit.price, "-"),
                is_number=True,
            )
        )
    if any(_notes(visit) for visit in plan.visits):
        columns.append(SessionColumn("Notes", _notes, _notes))
    return [*columns, SessionColumn("Why", why_text, why_text)]


def number_text(visit: Session) -> str:
    """Write a session's number with the signs that say what it is."""
    late = LATE if visit.late_days else ""
    top_up = TOP_UP if is_top_up(visit) else ""
    return f"{late}{top_up}{PROVISIONAL if visit.provisional else ''}{visit.number}"


def notes_text(visit: Session) -> str:
    """Say in words what is special about a session."""
    words = ["provisional"] if visit.provisional else []
    words += [f"{count_text(visit.late_days, 'day')} late"] if visit.late_days else []
    return ", ".join(words)


def why_text(visit: Session) -> str:
    """Give the reasons for a session's date as sentences."""
    return " ".join(map(sentence, visit.why))


def is_top_up(visit: Session) -> bool:
    """Tell whether a session follows the course."""
    return visit.phase == "top-up"


def rows(
    columns: Sequence[SessionColumn], visits: Sequence[Session], *, written: bool
) -> Iterator[list[str]]:
    """Yield the cells of each session, as people or as programs read them."""
    for visit in visits:
        yield [(column.written if written else column.shown)(visit) for column in columns]


def _notes(visit: Session) -> str:
    words = ["top-up"] if is_top_up(visit) else []
    return ", ".join(filter(None, [*words, notes_text(visit)]))


def _time(visit: Session) -> str:
    return visit.start.strftime("%H:%M") if visit.start else ""


def _gap(visit: Session) -> str:
    return "" if visit.interval_days is None else str(visit.interval_days)


def _slack(visit: Session) -> str:
    return str(visit.slack_days)


def _backup(write: Callable[[date], str]) -> Callable[[Session], str]:
    return lambda visit: write(visit.backup) if visit.backup else ""

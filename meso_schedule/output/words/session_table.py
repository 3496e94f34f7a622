"""The columns of the session table: one list for the terminal, CSV and Markdown."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import Phrase, days, phrase
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import money_text, sentence

PROVISIONAL = "~"
LATE = "!"
TOP_UP = "+"
NOTES = phrase("Notes")
WHY = phrase("Why")
TREATMENT = phrase("Treatment")


class SessionColumn(NamedTuple):
    """One column of the session table.

    Args:
        header: Its title, in English until it is said.
        shown: The cell as people read it.
        written: The cell as programs read it.
        is_number: Whether it is set to the right.
    """

    header: Phrase
    shown: Callable[[Session], str]
    written: Callable[[Session], str]
    is_number: bool = False


def session_columns(plan: CoursePlan, language: Language = ENGLISH) -> list[SessionColumn]:
    """Return the columns a plan needs: no time without one, no money without a price."""
    columns = [
        SessionColumn(phrase("No."), number_text, lambda visit: visit.mark, is_number=True),
        SessionColumn(
            phrase("Date"), lambda visit: language.day(visit.date), lambda visit: str(visit.date)
        ),
    ]
    if plan.treatments:
        names = {stamp.id: stamp.name for stamp in plan.protocols}
        columns.append(
            SessionColumn(
                TREATMENT,
                lambda visit: language.say(names[visit.protocol]),
                lambda visit: visit.protocol,
            )
        )
    if any(visit.start for visit in plan.visits):
        columns.append(SessionColumn(phrase("Time"), partial(_time, language), _iso_time))
    columns += [
        SessionColumn(phrase("Days since last"), _gap, _gap, is_number=True),
        SessionColumn(
            phrase("Can move"),
            lambda visit: _window(visit, language),
            lambda visit: str(DateRange(visit.window.earliest, visit.window.latest)),
        ),
        SessionColumn(phrase("Backup"), _backup(language.near), _backup(_iso)),
        SessionColumn(phrase("Slack days"), _slack, _slack, is_number=True),
    ]
    if any(visit.price for visit in plan.visits):
        columns.append(
            SessionColumn(
                price_header(plan),
                lambda visit: language.sums(visit.price),
                lambda visit: money_text(visit.price, "-"),
                is_number=True,
            )
        )
    if any(special_text(plan, visit) for visit in plan.visits):
        columns.append(_said(NOTES, partial(special_text, plan), language))
    return [*columns, _said(WHY, why_text, language)]


def price_header(plan: CoursePlan) -> Phrase:
    """Return the title of a column of prices."""
    if plan.cost is None:
        return phrase("Price")
    return phrase("Price {currency}", currency=plan.cost.currency)


def _said(
    header: Phrase, words: Callable[[Session, Language], str], language: Language
) -> SessionColumn:
    return SessionColumn(
        header, lambda visit: words(visit, language), lambda visit: words(visit, ENGLISH)
    )


def number_text(visit: Session) -> str:
    """Write a session's number with the signs that say what it is."""
    late = LATE if visit.late_days else ""
    top_up = TOP_UP if visit.top_up else ""
    return f"{late}{top_up}{PROVISIONAL if visit.provisional else ''}{visit.mark}"


def date_notes(plan: CoursePlan, visit: Session, language: Language = ENGLISH) -> list[str]:
    """Say in words what is special about the date of a session."""
    words = [phrase("provisional")] if visit.provisional else []
    words += [phrase("{days} late", days=days(visit.late_days))] if visit.late_days else []
    notes = [", ".join(map(language.say, words))] if words else []
    if other := plan.otherwise(visit):
        day = language.near(other.date, visit.date.year)
        notes.append(language.say(phrase("else {day}", day=day)))
    return notes


def special_text(plan: CoursePlan, visit: Session, language: Language = ENGLISH) -> str:
    """Say in words what is special about a session."""
    words = [language.say(phrase("top-up"))] if visit.top_up else []
    return ", ".join([*words, *date_notes(plan, visit, language)])


def why_text(visit: Session, language: Language = ENGLISH) -> str:
    """Give the reasons for a session's date as sentences."""
    return " ".join(sentence(language.say(reason)) for reason in visit.why)


def rows(
    columns: Sequence[SessionColumn], visits: Sequence[Session], *, written: bool
) -> Iterator[list[str]]:
    """Yield the cells of each session, as people or as programs read them."""
    for visit in visits:
        yield [(column.written if written else column.shown)(visit) for column in columns]


def _time(language: Language, visit: Session) -> str:
    return language.clock(visit.start) if visit.start else ""


def _iso_time(visit: Session) -> str:
    return f"{visit.start:%H:%M}" if visit.start else ""


def _gap(visit: Session) -> str:
    return "" if visit.interval_days is None else str(visit.interval_days)


def _slack(visit: Session) -> str:
    return "" if visit.slack_days is None else str(visit.slack_days)


def _window(visit: Session, language: Language) -> str:
    window = visit.window
    return language.span_near(window.earliest, window.latest, visit.date.year)


def _backup(write: Callable[[date, int], str]) -> Callable[[Session], str]:
    return lambda visit: write(visit.backup, visit.date.year) if visit.backup else ""


def _iso(day: date, _: int) -> str:
    return day.isoformat()

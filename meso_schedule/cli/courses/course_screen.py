"""A course of the book on one screen: its visits, what to decide now, what to pay, the care."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, zip_longest
from typing import NamedTuple

from meso_schedule.base.phrases import Phrase, counted, joined, phrase
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.cli.courses.progress_text import finding_lines, replan_line
from meso_schedule.cli.courses.screening_text import beside_lines, unanswered
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.terminal.first_screen import (
    LINES,
    USUAL,
    Pair,
    add_appointments,
    add_briefly,
    closed_between,
    could_be,
    given_text,
    more_parts,
    to_know,
    told_cell,
    visit_notes,
)
from meso_schedule.output.terminal.layout import GAP, Cell, Page, cell, clipped, text
from meso_schedule.output.terminal.plan_text import add_parts
from meso_schedule.output.words.decisions import decisions
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.paying import due_text
from meso_schedule.output.words.preparation_lines import preparation_lines
from meso_schedule.output.words.session_table import PROVISIONAL
from meso_schedule.output.words.text import sentence
from meso_schedule.running.account import account_of, statement_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.forecasts import forecast_of

_ENDED = {"finished": phrase("finished"), "stopped": phrase("stopped")}


class Shown(NamedTuple):
    """What one screen tells of a course.

    Args:
        plan: What is booked as a plan, by the book's numbers; None where it cannot stay so.
        problem: Why it cannot.
        others: The other courses of the patient.
        rooms: The room of each booked visit, by course and day.
    """

    course: CourseProgress
    plan: CoursePlan | None
    problem: str | None
    clinic: Clinic | None = None
    others: Sequence[CourseState] = ()
    rooms: Mapping[tuple[str, str], str] | None = None

    @property
    def state(self) -> CourseState:
        """The course as its events tell it."""
        return self.course.state

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is to come."""
        return self.state.status in _ENDED

    def planned(self, session: CourseSession) -> Session | None:
        """Return a session as it stands in the plan; None of one that is not to come."""
        visits = self.plan.visits if self.plan else ()
        named = (it for it in visits if (it.protocol, it.number) == _name(session))
        return next(named, None) if session in self.state.upcoming else None

    def is_unrecorded(self, session: CourseSession) -> bool:
        """Tell whether it was booked for a day gone by, and nobody said what became of it."""
        return session in self.state.upcoming and session.date < self.course.as_of


def _name(session: CourseSession) -> tuple[str, int]:
    return session.protocol, session.number


def screen_of_course(
    shown: Shown,
    *,
    width: int,
    language: Language,
    colour: bool = False,
    parts: Collection[str] = (),
) -> str:
    """Return the first screen of a course, and below it what is asked for besides.

    Args:
        shown: What is told.
        width: Columns of the terminal.
        language: Its words, dates and numbers.
        colour: Whether the terminal shows styles.
        parts: Those of `plan_text.PARTS` that are wanted too.
    """
    page = Page(width, colour=colour)
    _add_head(page, shown, language)
    page.block()
    visits = _visits(shown.state)
    if visits:
        add_appointments(page, list(_rows(shown, visits, language)), language)
        page.block()
    more = [more_parts(language), (language.say(phrase("Next")), _following(shown))]
    most = LINES + max(0, len(visits) - USUAL)
    _add_urgent(page, list(_urgent(shown, language)), most - len(more) - 1)
    add_briefly(page, list(_to_know(shown, language)), more, most)
    if shown.plan:
        add_parts(page, shown.plan, language, parts)
    return str(page)


def _add_head(page: Page, shown: Shown, language: Language) -> None:
    state = shown.state
    names = [
        f"{one.label or ''} {language.say(one.protocol.name)}".lstrip()
        for one in shown.course.treatments
    ]
    whose = filter(None, [state.patient, state.request.get("reference")])
    page.ends(", ".join(names), "   ".join(map(str, whose)), "bold")
    days = sorted(it.date for it in state.sessions if it.status != "missed")
    number = len({_name(it) for it in state.sessions})
    count = language.say(counted(number, "{count} session", "{count} sessions"))
    span = f", {language.day(days[0])} - {language.day(days[-1])}" if days else ""
    page.ends(f"{count}{span}", _total(shown, language))
    page.ends(", ".join(map(language.say, _standing(shown, language))), state.phone or "")
    if shown.plan:
        for told in preparation_lines(shown.plan, language):
            page.paragraph(told)


def _total(shown: Shown, language: Language) -> str:
    account = account_of(shown.state, shown.course.as_of)
    if account is None or account.agreed_low is None or account.agreed_high is None:
        return ""
    low, high = account.agreed_low + account.fees, account.agreed_high + account.fees
    return language.price(MoneyRange.made(low=low, high=high), account.currency)


def _standing(shown: Shown, language: Language) -> Iterator[Phrase]:
    """Yield what became of the course, or which sessions are due next and when."""
    state = shown.state
    if state.status in _ENDED:
        yield _ENDED[state.status]
        return
    if state.pause:
        yield phrase("paused since {day}", day=language.dated(state.pause.began))
    for one in shown.course.treatments:
        forecast = forecast_of(one)
        if forecast.number and forecast.earliest and forecast.latest:
            yield phrase("Next: session {number}", number=one.mark(forecast.number))
            yield phrase("{days}", days=language.span(forecast.earliest, forecast.latest))


def _visits(state: CourseState) -> list[list[CourseSession]]:
    """Return the sessions by date, those of one day that share their status together."""
    order = sorted(state.sessions, key=lambda it: (it.date, it.protocol, it.number))
    return [list(group) for _, group in groupby(order, key=lambda it: (it.date, it.status))]


def _rows(
    shown: Shown, visits: Sequence[list[CourseSession]], language: Language
) -> Iterator[list[Cell]]:
    year = 0
    for together, following in zip_longest(visits, visits[1:]):
        day = together[0].date
        planned = list(filter(None, map(shown.planned, together)))
        notes = [language.say(told) for told in _notes(shown, together, planned, language)]
        if not notes and planned and following:
            notes = list(_closed(shown, day, following[0].date, language))
        start = next((language.clock(it.start) for it in together if it.start), "")
        yield [
            cell(text(" ".join(_mark(shown, it) for it in together))),
            cell(language.weekday_near(day, year)),
            told_cell(start),
            told_cell(_given(shown, together)),
            cell(could_be(planned, language) if planned else ""),
            cell(", ".join(dict.fromkeys(notes))),
        ]
        year = day.year


def _closed(shown: Shown, before: date, after: date, language: Language) -> Iterator[str]:
    """Say how long the clinic is closed between two visits."""
    if shown.plan and (closed := closed_between(shown.plan, before, after)):
        days = language.span(*closed, year=False)
        yield language.say(phrase("then closed {days}", days=days))


def _mark(shown: Shown, session: CourseSession) -> str:
    sign = PROVISIONAL if session.provisional and session in shown.state.upcoming else ""
    return f"{sign}{shown.state.mark(session.number, session.protocol)}"


def _given(shown: Shown, together: Sequence[CourseSession]) -> str:
    """Say who gives the sessions of a visit, and in which room it is booked."""
    called, rooms = (shown.clinic.called if shown.clinic else {}), shown.rooms or {}
    givings = [
        (
            it.takes.practitioner,
            rooms.get((shown.state.course, str(it.date))) if it.status == "booked" else None,
        )
        for it in together
        if it.takes
    ]
    return given_text(givings, called) if givings else ""


def _notes(
    shown: Shown, together: Sequence[CourseSession], planned: Sequence[Session], language: Language
) -> Iterator[Phrase]:
    session = together[0]
    if session.status == "held":
        yield phrase("held")
    elif session.status == "missed":
        yield phrase("missed")
    elif shown.state.stopped:
        yield _ENDED["stopped"]
    elif shown.is_unrecorded(session):
        yield phrase("not recorded")
    if shown.plan and planned:
        yield from visit_notes(shown.plan, planned, language)
    if any(it.pinned for it in together):
        yield phrase("fixed by hand")


def _urgent(shown: Shown, language: Language) -> Iterator[Pair]:
    """Yield what somebody has to decide now, the most pressing first."""
    state = shown.state
    if past := [it for it in state.sessions if shown.is_unrecorded(it)]:
        marks = joined(state.mark(it.number, it.protocol) for it in past)
        yield "!", language.say(phrase("Past and not recorded: {sessions}.", sessions=marks))
    elif shown.problem and language.code == "en":
        yield "!", shown.problem
    yield from (("!", words) for words in dict.fromkeys(_known(shown, language)))
    if state.screening and (left := len(unanswered(state))):
        words = counted(
            left,
            "{count} screening question not answered.",
            "{count} screening questions not answered.",
        )
        yield "!", language.say(words)


def _known(shown: Shown, language: Language) -> Iterator[str]:
    if shown.plan:
        yield from decisions(shown.plan, language)
    elif shown.problem and language.code != "en":
        # Why it cannot stay is told by an error, and those are in English.
        yield replan_line(shown.state.course, language)
    yield from finding_lines(shown.course, shown.clinic, language)
    yield from beside_lines(shown.others, language)


def _add_urgent(page: Page, told: Sequence[Pair], most: int) -> None:
    """Add what is urgent, wrapped where there is room, else a line each."""
    below = Page(page.width)
    below.pairs(told)
    if page.height + below.height <= most:
        page.pairs(told)
        return
    room = page.width - len("!") - GAP - 2
    page.pairs((sign, clipped(words, room)) for sign, words in told)


def _to_know(shown: Shown, language: Language) -> Iterator[Pair]:
    """Yield what to pay and when, what was paid, the care, and the remarks, the newest first."""
    state, as_of = shown.state, shown.course.as_of
    account = statement_of(state, as_of)
    if account and account.due:
        yield language.say(phrase("Pay")), due_text(account.due, as_of.year, language)
    told = to_know(shown.plan, language) if shown.plan else ()
    yield from (it for it in told if it[0] != language.say(phrase("Pay")))
    if account and not shown.plan:
        paid = phrase("paid so far: {amount}", amount=language.amount(account.paid))
        yield language.say(phrase("Note")), sentence(language.say(paid))
    for remark in reversed(state.notes):
        yield language.say(phrase("Note")), f"{language.dated(remark.on)}: {remark.text}"


def _following(shown: Shown) -> str:
    """Return what to type next."""
    course, today = shown.state.course, shown.course.as_of
    if shown.is_over:
        return f"meso-schedule courses history {course}"
    if any(it.date <= today for it in shown.state.upcoming):
        return f"meso-schedule courses hold {course}"
    if shown.plan is None:
        return f"meso-schedule courses replan {course}"
    return f"meso-schedule courses print {course} --output sheet.pdf"

"""All that the book says of a course, as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import days, joined, phrase
from meso_schedule.base.times import Between, parse_weekday
from meso_schedule.book.amounts import currencies_of, currency_of, paid_so_far
from meso_schedule.book.state import CourseState
from meso_schedule.cli.courses.progress_text import balance_words, finding_lines, no_total, of_it
from meso_schedule.cli.courses.screening_text import (
    STATUS_WORDS,
    answer_row,
    beside_lines,
    open_lines,
)
from meso_schedule.cli.courses.session_rows import session_table
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import Session
from meso_schedule.course.improvement import Answer, Outcome
from meso_schedule.output.terminal.layout import Page
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import sentence
from meso_schedule.running.account import Account, account_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.dues import Due, What
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.treatment_progress import TreatmentProgress

# A label and what stands beside it.
_Pairs = Iterator[tuple[str, str]]

_FOUND: Mapping[Answer, str] = {
    "yes": phrase("Improved"),
    "no": phrase("Not improved"),
    "unclear": phrase("Unclear"),
}
_DUE: Mapping[str, str] = {
    "not yet": phrase("not yet"),
    "due": phrase("due"),
    "overdue": phrase("overdue"),
    "lapsed": phrase("lapsed"),
}
_OUTCOMES: Mapping[Outcome, str] = {
    "go-on": phrase("goes on"),
    "restart": phrase("starts its phase again"),
    "stop": phrase("stops"),
}
_WHAT: Mapping[What, str] = {
    "consultation": phrase("Consultation"),
    "deposit": phrase("Deposit"),
    "instalment": phrase("Instalment"),
    "rest": phrase("Rest"),
    "course": phrase("Course"),
    "visit": phrase("Visit"),
    "fee": phrase("Fee"),
}


def course_record(
    course: CourseProgress,
    clinic: Clinic | None,
    others: Sequence[CourseState],
    otherwise: Sequence[Session],
    rooms: Mapping[tuple[str, str], str],
    *,
    width: int,
    language: Language,
    colour: bool = False,
) -> str:
    """Return everything that can be told of a course on a day.

    Args:
        course: The course.
        clinic: Whose it is.
        others: The other courses of the patient.
        otherwise: Sessions that an open question would put on another day.
        rooms: The room of each booked visit, by course and day.
        width: Columns of the terminal.
        language: Its words, dates and numbers.
        colour: Whether the terminal shows styles.
    """
    state, say = course.state, language.say
    page = Page(width, colour=colour)
    page.block(", ".join(_title(one, language) for one in course.treatments))
    page.pairs((label, body) for label, body in _heading(course, language) if body)
    page.block(say(phrase("Sessions")))
    called = clinic.called if clinic else {}
    page.table(*session_table(state, otherwise, rooms, called, language))
    if any(one.standing for one in course.treatments):
        page.block(say(phrase("Held so far")))
        page.pairs(entry for one in course.treatments for entry in _verdicts(one, language))
    account, known = account_of(state, course.as_of), no_total(state, language)
    if account or known:
        page.block(say(phrase("Money")))
    if account:
        page.pairs(_money(account, state, language))
    elif known:
        page.bullets([*known, *_paid(state, language)])
    if state.screening:
        page.block(say(phrase("Screening")))
        page.pairs(answer_row(entry, language) for entry in state.screening)
        page.bullets(open_lines(state, language))
    if state.notes:
        page.block(say(phrase("Notes")))
        page.pairs((str(remark.on), remark.text) for remark in state.notes)
    if told := [*beside_lines(others, language), *finding_lines(course, clinic, language)]:
        page.block(say(phrase("To know")))
        page.bullets(told)
    return str(page)


def _title(one: TreatmentProgress, language: Language) -> str:
    name = language.say(one.protocol.name)
    return f"{one.label} {name}" if one.label else name


def _verdicts(one: TreatmentProgress, language: Language) -> _Pairs:
    for session, entry in zip(one.held, one.standing.history if one.standing else (), strict=True):
        told = joined([one.mark(session.number), entry.verdict])
        yield language.say(told), sentence(language.say(entry.reason))


def _heading(course: CourseProgress, language: Language) -> _Pairs:
    state, say = course.state, language.say
    revision = phrase("revision {number}", number=state.revision)
    yield say(phrase("Course")), say(joined([state.course, revision]))
    yield say(phrase("Patient")), state.patient or ""
    yield say(phrase("Phone")), state.phone or ""
    yield say(phrase("Email")), state.email or ""
    yield say(phrase("Status")), say(STATUS_WORDS.get(state.status, state.status))
    yield say(phrase("Opened")), language.day(state.opened_on)
    for kept in state.protocols:
        version = phrase("version {version}", version=kept.version)
        stamp = joined([kept.id, version, kept.digest[:19]])
        yield _labelled(phrase("Rules"), state.label_of(kept.id), language), say(stamp)
    yield from _consultation(state, language)
    yield say(phrase("Consent")), language.day(state.consent) if state.consent else ""
    yield from _said_of_it(state, language)
    if state.stopped:
        why = [language.day(state.stopped.on), state.stopped.reason]
        yield say(phrase("Stopped")), say(joined(filter(None, why), ": "))
    yield from _wishes(state, language)
    for one in course.treatments:
        yield _labelled(phrase("Next"), one.label, language), _next(one, language)
    for one in course.treatments:
        if until := one.valid_until:
            told = phrase("until {day}", day=language.day(until))
            yield f"{say(phrase('Valid'))}{say(of_it(one))}", say(told)


def _labelled(words: str, label: str | None, language: Language) -> str:
    said = language.say(words)
    return f"{said} {label}" if label else said


def _consultation(state: CourseState, language: Language) -> _Pairs:
    if not (visit := state.consultation):
        return
    day = language.day(visit.date)
    when = phrase("{day} at {time}", day=day, time=visit.start) if visit.start else day
    by = [visit.takes.practitioner] if visit.takes else []
    told = joined(filter(None, [when, *by, visit.status]))
    yield language.say(phrase("Consultation")), language.say(told)


def _said_of_it(state: CourseState, language: Language) -> _Pairs:
    """Say what clinicians said of it, as it stands."""
    for word in state.assessments:
        if word.until is None:
            label = _labelled(_FOUND[word.improved], _whose(state, word.protocols), language)
            yield label, language.day(word.on)
    for review in state.reviews:
        said = review.reviewed
        outcome = language.say(_OUTCOMES[said.outcome])
        label = _labelled(phrase("Reviewed"), _whose(state, said.protocols), language)
        yield label, f"{language.day(said.on)}, {said.who}: {outcome}"


def _whose(state: CourseState, protocols: Sequence[str] | None) -> str:
    return ", ".join(state.label_of(name) or name for name in protocols or ())


def _wishes(state: CourseState, language: Language) -> _Pairs:
    """Say what was asked that bounds where the sessions to come may be."""
    asked, say = state.request, language.say
    for name, label in (("finish_by", phrase("Finish by")), ("event", phrase("Event"))):
        if day := asked.get(name):
            yield say(label), language.day(date.fromisoformat(str(day)))
    if wished := _listed(asked.get("days")):
        names = (language.weekdays[parse_weekday(it)] for it in wished)
        yield say(phrase("Days")), ", ".join(names)
    if wished := _listed(asked.get("between")):
        yield say(phrase("Hours")), ", ".join(hours_text(it, language) for it in wished)
    if wished := _listed(asked.get("away")):
        ranges = map(DateRange.parse, wished)
        yield say(phrase("Away")), ", ".join(language.span(it.first, it.last) for it in ranges)
    if late := asked.get("late"):
        yield say(phrase("Late")), say(phrase("up to {days}", days=days(int(str(late)))))
    if budget := asked.get("budget"):
        amount = language.amount(Decimal(str(budget)))
        code = asked.get("currency") or currency_of(state) or ""
        yield say(phrase("Budget")), f"{amount} {code}".strip()


def _listed(wished: object) -> list[str]:
    return [str(it) for it in (wished if isinstance(wished, list) else [wished]) if it]


def hours_text(text: str, language: Language) -> str:
    """Write hours in which a patient can come, as a request keeps them."""
    between = Between.parse(text)
    hours = language.hours(between.hours)
    return hours if between.weekday is None else f"{language.weekdays[between.weekday]} {hours}"


def _next(one: TreatmentProgress, language: Language) -> str:
    """Say what is due next of a treatment; nothing when nothing is."""
    forecast = forecast_of(one)
    if not (forecast.number and forecast.earliest and forecast.latest):
        return ""
    standing = one.standing.forecast if one.standing else None
    first, last = language.day(forecast.earliest), language.day(forecast.latest)
    told = [
        phrase("session {number}", number=one.mark(forecast.number)),
        phrase("{first} to {last}", first=first, last=last),
        *([_DUE[standing.status]] if standing else []),
    ]
    return language.say(joined(told))


def _paid(state: CourseState, language: Language) -> Iterator[str]:
    for code in currencies_of(state):
        amount = language.amount(paid_so_far(state, code))
        yield language.say(joined([phrase("Paid"), f"{amount} {code}"], ": "))


def _carried(state: CourseState, language: Language) -> _Pairs:
    """Say what of it was carried over, and with which course."""
    for entry in state.payments:
        if other := entry.paid.carried:
            label = (
                phrase("Carried to {course}", course=other)
                if entry.paid.refund
                else phrase("Carried from {course}", course=other)
            )
            amount = f"{language.amount(entry.paid.amount)} {entry.paid.currency}"
            told = phrase("{amount} on {day}", amount=amount, day=language.day(entry.paid.on))
            yield language.say(label), language.say(told)


def _money(account: Account, state: CourseState, language: Language) -> _Pairs:
    say, code = language.say, account.currency

    def written(amount: Decimal) -> str:
        return f"{language.amount(amount)} {code}"

    low, high = account.agreed_low, account.agreed_high
    if low is not None:
        least = [] if high == low or high is None else [language.amount(low)]
        yield say(phrase("Course")), " - ".join([*least, written(low if high is None else high)])
    for due in account.due:
        yield _due(due, code, language)
    if account.fees and not account.due:
        yield say(phrase("Fees")), written(account.fees)
    yield say(phrase("Paid")), written(account.paid)
    yield from _carried(state, language)
    if account.open:
        yield say(phrase("Due now")), written(account.open)
    if account.balance is not None:
        yield say(balance_words(account.balance, state)), written(abs(account.balance))


def _due(due: Due, code: str, language: Language) -> tuple[str, str]:
    mark = f"{due.label or ''}{due.session}"
    session = phrase("session {number}", number=mark) if due.session else due.label
    left = phrase("{amount} open", amount=language.amount(due.open)) if due.open else phrase("paid")
    amount = f"{language.amount(due.amount)} {code}"
    day = language.day(due.due) if due.due else phrase("no day yet")
    told = joined([phrase("{amount} on {day}", amount=amount, day=day), left])
    return language.say(joined(filter(None, [_WHAT[due.what], session]))), language.say(told)

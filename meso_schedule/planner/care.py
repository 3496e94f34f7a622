"""What to avoid, expect and do, with real dates; what to ask; when results show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.errors import CalendarEndError
from meso_schedule.base.intervals import Offset
from meso_schedule.base.phrases import joined, phrase
from meso_schedule.course.course_plan import (
    CareSpan,
    Finding,
    Question,
    ResultSpan,
    Session,
)
from meso_schedule.course.history import DateSpan
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Care

# A whole day, or an instant.
Moment = date | datetime


class HeldVisit(NamedTuple):
    """A session held: its day, and its time where it is known."""

    number: int
    date: date
    start: datetime | None = None
    end: datetime | None = None
    label: str | None = None

    @property
    def mark(self) -> str:
        """What tells it from every other session of the plan."""
        return f"{self.label or ''}{self.number}"


Visit = Session | HeldVisit


# When it begins and ends, and around which session.
Single = tuple[Moment, Moment, Visit]


@dataclass(slots=True)
class _Span:
    first: Moment
    last: Moment
    sessions: dict[str, int]  # their numbers by their marks
    is_labelled: bool


def combined_care(parts: Sequence[tuple[Protocol, Sequence[Visit]]]) -> tuple[CareSpan, ...]:
    """Return the dated care of protocols as one list, spans of the same text merged.

    Hours before a session count from its start, hours after from its end; without a time
    they become whole days that hold the hours wherever in the day the session is.
    What two of them say in the same words is one piece of care: where their spans meet, it lasts
    from the first day of either to the last of either.
    """
    texts: dict[tuple[str, str], list[tuple[int, Care]]] = {}
    for place, (protocol, _) in enumerate(parts):
        for care in protocol.care:
            if care.action != "ask":
                texts.setdefault((care.action, care.what), []).append((place, care))
    spans: list[tuple[int, str, CareSpan]] = []
    for tables in texts.values():
        origins = (parts[place][0].origin(care) for place, care in tables)
        said = _said([care for _, care in tables], "; ".join(dict.fromkeys(origins)))
        for span in _merged([(care, parts[place][1]) for place, care in tables]):
            spans.append((span.first.toordinal(), said["action"], _care_span(span, said)))
    return tuple(told for _, _, told in sorted(spans, key=itemgetter(0, 1)))


def not_over(spans: Sequence[CareSpan], day: date) -> tuple[CareSpan, ...]:
    """Return the spans that end on a day or after it, whole."""
    return tuple(span for span in spans if span.last.toordinal() >= day.toordinal())


def begun_findings(
    spans: Sequence[CareSpan], visits: Iterable[Session], as_of: date
) -> Iterator[Finding]:
    """Say what is to be avoided before a session to come, and began before the day of asking."""
    coming = {visit.mark: visit for visit in visits if visit.date >= as_of}
    for span in spans:
        if span.has_begun(as_of) and (visit := coming.get(span.marks[0])):
            message = phrase(
                "{what}: this began on {day}, before the day of asking. Ask today.",
                what=span.what,
                day=date.fromordinal(span.first.toordinal()),
            )
            number, label = visit.number, visit.label
            yield Finding.made(kind="care_begun", session=number, label=label, message=message)


def _said(tables: Sequence[Care], source: str) -> dict[str, Any]:
    """Return what is the same of all spans of one text."""
    care = tables[0]
    assert care.ends is not None, "what has dates has an end"
    return {
        "action": care.action,
        "what": care.what,
        "lasts": joined(dict.fromkeys(it.lasts for it in tables), "; "),
        "before": care.ends.parts[0] <= 0,
        "swelling": any(it.swelling for it in tables),
        "source": source,
    }


def _care_span(span: _Span, said: Mapping[str, Any]) -> CareSpan:
    return CareSpan.made(
        first=span.first,
        last=span.last,
        sessions=tuple(span.sessions.values()),
        labels=tuple(span.sessions) if span.is_labelled else (),
        **said,
    )


def _merged(tables: Sequence[tuple[Care, Sequence[Visit]]]) -> list[_Span]:
    """Return the spans of one text, in order, those that touch made one."""
    single = [span for care, visits in tables for span in _single(care, visits)]
    if len(tables) > 1:
        single.sort(key=lambda span: (_begin(span[0]), span[2].number))
    merged: list[_Span] = []
    joint = 0
    for first, last, visit in single:
        if first.toordinal() <= joint:
            span = merged[-1]
            span.last = max(span.last, last, key=_order)
        else:
            span = _Span(first, last, {}, visit.label is not None)
            merged.append(span)
        joint = span.last.toordinal() + 1
        span.sessions[visit.mark] = visit.number
    return merged


def _single(care: Care, visits: Sequence[Visit]) -> Iterator[Single]:
    """Yield the span around each session."""
    assert care.starts is not None, "questions have no dates"
    assert care.ends is not None, "what has dates has an end"
    before, after = _days_off(care.starts, opening=True), _days_off(care.ends, opening=False)
    is_whole = care.starts.hours is None and care.ends.hours is None
    for visit in visits:
        day = visit.date.toordinal()
        if (
            before is not None
            and after is not None
            and (is_whole or visit.start is None)
            and 1 <= day + before <= day + after <= LAST_ORDINAL
        ):
            yield date.fromordinal(day + before), date.fromordinal(day + after), visit
        else:
            yield *_ends_of(care.starts, care.ends, visit), visit


def _days_off(offset: Offset, *, opening: bool) -> int | None:
    """Return how many days an offset takes of a session without a time; None with months."""
    if offset.hours is not None:
        return _whole_days(offset.hours, opening=opening)
    return None if offset.months else offset.days


def _ends_of(starts: Offset, ends: Offset, session: Visit) -> tuple[Moment, Moment]:
    """Return when a span begins and when it ends, never the other way round.

    Days count from the day on which a session begins, hours from its end: one that ends the next
    day would end "0 days" before "0 hours". So would a month before thirty days, or a day before
    24 hours when the clock changes. What is told by hours from nothing to nothing is the session.
    """
    first, last = _moment(starts, session, opening=True), _moment(ends, session, opening=False)
    if isinstance(first, datetime) and isinstance(last, datetime):
        return min(first, last, key=_instant), max(first, last, key=_instant)
    return first, last if last.toordinal() >= first.toordinal() else _day(first)


def _moment(offset: Offset, session: Visit, *, opening: bool) -> Moment:
    if offset.hours is None:
        return offset.from_day(session.date)
    if session.start is None or session.end is None:
        return _shifted(session.date, _whole_days(offset.hours, opening=opening))
    before = offset.hours < 0 or (offset.hours == 0 and not opening)
    anchor = session.start if before else session.end
    try:
        elapsed = anchor.astimezone(UTC) + timedelta(hours=offset.hours)
        return elapsed.astimezone(session.start.tzinfo)
    except OverflowError:
        raise CalendarEndError(session.date, str(offset)) from None


def _whole_days(hours: int, *, opening: bool) -> int:
    """Round hours to days so that the span never comes out shorter than the hours."""
    return hours // 24 if opening else -(-hours // 24)


def _shifted(day: date, days: int) -> date:
    shifted = day.toordinal() + days
    if not 1 <= shifted <= LAST_ORDINAL:
        raise CalendarEndError(day, f"{days} days")
    return date.fromordinal(shifted)


def _day(moment: Moment) -> date:
    return date.fromordinal(moment.toordinal())


def _instant(moment: Moment) -> float:
    """Return what orders moments of a day: two clocks of one zone compare as they show."""
    return moment.timestamp() if isinstance(moment, datetime) else 0


def _order(moment: Moment) -> tuple[int, bool, float]:
    """Order days and instants; a day lasts to its end, after any instant of it."""
    return moment.toordinal(), not isinstance(moment, datetime), _instant(moment)


def _begin(moment: Moment) -> tuple[int, bool, float]:
    """Order days and instants by where they begin: a day, before any instant of it."""
    return moment.toordinal(), isinstance(moment, datetime), _instant(moment)


def screening(protocols: Iterable[Protocol]) -> tuple[Question, ...]:
    """Return the questions to ask before the course; what several ask is one question."""
    sources: dict[str, dict[str, None]] = {}
    for protocol in protocols:
        for care in protocol.care:
            if care.action == "ask":
                sources.setdefault(care.what, {})[protocol.origin(care)] = None
    return tuple(
        Question.made(question=question, source="; ".join(told))
        for question, told in sources.items()
    )


def results(protocol: Protocol, last: date) -> ResultSpan | None:
    """Return when results show after the last course session, and when a top-up is due."""
    if protocol.results is None:
        return None
    shortest, lasts = protocol.results.lasts_minimum, protocol.results.lasts_maximum
    top_up = protocol.top_up
    due = None
    if top_up:
        earliest = max(interval.after(last) for interval in top_up.minimum)
        recommended = max(earliest, *(interval.after(last) for interval in top_up.target))
        latest = max(recommended, min(interval.after(last) for interval in top_up.maximum))
        due = DateSpan.made(earliest=earliest, latest=latest)
    return ResultSpan.made(
        first=protocol.results.settle.after(last),
        earliest=shortest.after(last) if lasts and shortest else None,
        last=lasts.after(last) if lasts else None,
        top_up_due=due,
        swells=protocol.family != "toxin",
    )


def swelling_days(spans: Sequence[CareSpan]) -> int:
    """Count the days on which swelling is to be expected."""
    swollen = (span for span in spans if span.swelling)
    return len(
        {
            day
            for span in swollen
            for day in range(span.first.toordinal(), span.last.toordinal() + 1)
        }
    )

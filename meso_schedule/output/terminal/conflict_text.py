"""Why no calendar fits and what would help, as lines for people."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from meso_schedule.base.phrases import Phrase, parts_of, phrase, shared_runs
from meso_schedule.course.no_calendar import BlockedDay, NoCalendarFits, WayOut, headline
from meso_schedule.output.words.language import ENGLISH, Language


def conflict_lines(error: NoCalendarFits, language: Language = ENGLISH) -> Iterator[str]:
    """Yield the conflict with the reason for each day, then the ways out, cheapest first."""
    say, conflict = language.say, error.conflict
    yield say(headline(conflict, language.day, one_day=True))
    for begin, end, reason in _runs(conflict.blocked):
        yield f"  {say(_reason(begin, end, reason, language))}"
    if error.relaxations:
        yield say(phrase("Ways out, the smallest change first:"))
    elif not error.is_cut:
        yield say(phrase("No single change makes a calendar possible, and no pair was found."))
    for number, way in enumerate(error.relaxations, 1):
        message, *rest = language.tell(way.message).split("\n")
        yield f"  {number}. {message}{_option(way, language)}"
        yield from (f"       {line}" for line in rest)
    if error.is_cut:
        yield say(phrase("Other ways out may work: the search for them reached its bound of work."))


def _runs(blocked: Sequence[BlockedDay]) -> Iterator[tuple[date, date, str]]:
    """Yield neighbouring days that share a reason."""
    # Days in a row lie as far from the first as their places do.
    in_row = groupby(enumerate(blocked), key=lambda entry: entry[1].date.toordinal() - entry[0])
    for _, entries in in_row:
        days = [day for _, day in entries]
        for place, count, reason in shared_runs([parts_of(day.reason) for day in days]):
            yield days[place].date, days[place + count - 1].date, reason


def _reason(begin: date, end: date, reason: str, language: Language) -> Phrase:
    first, last = language.day(begin), language.day(end)
    if begin == end:
        return phrase("{day}: {reason}", day=first, reason=reason)
    return phrase("{first} to {last}: {reason}", first=first, last=last, reason=reason)


def _option(way: WayOut, language: Language) -> str:
    if way.option is None:
        return ""
    told = [phrase("Write {option}", option=way.option)] if way.option else []
    told += [phrase("Leave --away out.")] if way.change.get("away") == () else []
    return "".join(f" {language.say(words)}" for words in told)

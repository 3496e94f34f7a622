"""English sentences that remember their parts, so that an output can say them in another language.

The library speaks English; a `Phrase` is that English text, and can be used as any text.
Whoever translates takes its template and values instead of the finished words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import Any, Literal, get_args

from meso_schedule.base.dates import DateRange

# What answers are told in, by the codes of ISO 639; the first is that of the library.
LanguageCode = Literal["en", "fr", "de", "es", "it", "pl"]
LANGUAGES: tuple[LanguageCode, ...] = get_args(LanguageCode)
# The template of a name that languages have each for itself.
NAMED = "{en}"

_new = str.__new__


class Phrase(str):
    """English text with the template and values that it was made from.

    Args:
        text: The English text.
        template: The text with `{name}` for each value; for a counted one the plural form.
        values: Numbers, dates, texts or other phrases, by name.
        singular: Of a counted one, the template for one thing.

    Raises:
        KeyError: When the template names a value that is not given.
    """

    __slots__ = ("singular", "template", "values")

    template: str
    values: dict[str, Any]
    singular: str

    def __new__(
        cls, text: str, template: str, values: dict[str, Any], singular: str = ""
    ) -> "Phrase":
        made = _new(cls, text)
        made.template = template
        made.values = values
        made.singular = singular
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Phrase, (str(self), self.template, self.values, self.singular))


def phrase(template: str, /, **values: Any) -> Phrase:
    """Return a sentence made of a template and its values.

    >>> phrase("session {number} of {count}", number=2, count=6)
    'session 2 of 6'
    """
    return Phrase(template.format(**values) if values else template, template, values)


def named(names: Mapping[str, str]) -> Phrase:
    """Return a name that some languages have each for itself; in others it is the English one.

    Args:
        names: The name in each, by the codes of `LANGUAGES`; `en` is never left out.

    >>> named({"en": "New Year's Day", "de": "Neujahr"})
    "New Year's Day"
    """
    return Phrase(names["en"], NAMED, dict(names))


def counted(count: int, one: str, many: str, /, **values: Any) -> Phrase:
    """Return a phrase for a number of things; both templates name it `{count}`.

    >>> counted(1, "{count} day", "{count} days"), counted(2, "{count} day", "{count} days")
    ('1 day', '2 days')
    """
    values["count"] = count
    return Phrase((one if count == 1 else many).format(**values), many, values, one)


def hours(count: int) -> Phrase:
    """Return a number of hours."""
    return counted(count, "{count} hour", "{count} hours")


@lru_cache(maxsize=1024)
def days(count: int) -> Phrase:
    """Return a number of days."""
    return counted(count, "{count} day", "{count} days")


def weeks(count: int) -> Phrase:
    """Return a number of weeks."""
    return counted(count, "{count} week", "{count} weeks")


def months(count: int) -> Phrase:
    """Return a number of months."""
    return counted(count, "{count} month", "{count} months")


def years(count: int) -> Phrase:
    """Return a number of years."""
    return counted(count, "{count} year", "{count} years")


COUNTED_UNITS: Mapping[str, Callable[[int], Phrase]] = {
    "day": days,
    "week": weeks,
    "month": months,
    "year": years,
}


def joined(parts: Iterable[str], separator: str = ", ") -> Phrase:
    """Return texts one after another; each is said for itself.

    Args:
        parts: The texts.
        separator: Signs between them, not words.

    >>> joined(["closed", phrase("away")], "; ")
    'closed; away'
    """
    values = {f"part{number}": part for number, part in enumerate(parts)}
    template = separator.join([f"{{{name}}}" for name in values])
    return Phrase(separator.join(values.values()), template, values)


def listed(parts: Sequence[str]) -> Phrase:
    """Return texts as a sentence names them, the last one after "and".

    >>> listed(["1", "2", "5"])
    '1, 2 and 5'
    """
    if len(parts) < 2:
        return joined(parts)
    return phrase("{first} and {second}", first=joined(parts[:-1]), second=parts[-1])


def parts_of(text: str) -> tuple[str, ...]:
    """Return the texts that `joined` put one after another; any other text stands alone.

    >>> parts_of(joined(["closed", "away"], "; ")), parts_of("closed; away")
    (('closed', 'away'), ('closed; away',))
    """
    values = text.values if isinstance(text, Phrase) else {}
    if values and list(values) == [f"part{number}" for number in range(len(values))]:
        return tuple(values.values())
    return (text,)


def days_in(text: str) -> Iterator[date]:
    """Yield the dates among the parts of a text, of those among its parts too.

    >>> list(days_in(joined([phrase("closed on {day}", day=date(2026, 12, 25)), "away"])))
    [datetime.date(2026, 12, 25)]
    """
    for value in text.values.values() if isinstance(text, Phrase) else ():
        if isinstance(value, date):
            yield value
        elif isinstance(value, DateRange):
            yield from (value.first, value.last)
        elif isinstance(value, str):
            yield from days_in(value)


def shared_runs(told: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Yield runs of neighbours that share a text: where each begins, its length and the text.

    The longest run comes first; what else is told of those in it is left out. Of one that
    stands alone all texts are given.

    >>> list(shared_runs([["away"], ["closed", "away"], ["closed"], ["late", "full"]]))
    [(0, 2, 'away'), (2, 1, 'closed'), (3, 1, 'late; full')]
    """
    place = 0
    while place < len(told):
        lengths = {text: _run(told, place, text) for text in told[place]}
        text = max(lengths, key=lengths.__getitem__)
        length = lengths[text]
        yield place, length, text if length > 1 else joined(told[place], "; ")
        place += length


def _run(told: Sequence[Sequence[str]], place: int, text: str) -> int:
    return sum(1 for _ in takewhile(lambda texts: text in texts, told[place:]))

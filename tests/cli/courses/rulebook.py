"""The rules of `desk.py` as plain numbers of days, typed from its text; nothing of the program."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tests.cli.courses.desk import RULES

SESSIONS = 4
# So many come weekly whatever becomes of the skin; what the next one is, is open till then.
CERTAIN = 3
START_WITHIN = 13
YEAR = 366


class Rule(NamedTuple):
    """The days from one session to the next: least, most, and the last before it lapses."""

    name: str
    least: int
    most: int
    lapse: int | None = None


class Window(NamedTuple):
    """The days a session is due on, and the last before it lapses."""

    first: date
    latest: date
    lapse: date | None = None


FORTNIGHTLY = Rule("fortnightly", 14, 21)
# What changes from one version of the rule file to the next.
WEEKLY = {"1": Rule("weekly", 7, 10, 28), "2": Rule("weekly", 9, 12, 28)}
LATER = (
    RULES.replace('version = "1"', 'version = "2"')
    .replace('minimum = "7 days"', 'minimum = "9 days"')
    .replace('maximum = "10 days"', 'maximum = "12 days"')
)


# The better verdict first.
VERDICTS = ("on schedule", "late", "lapsed", "too soon")


class Word(NamedTuple):
    """What was said of the skin on a day: as it stood from one revision until another.

    A revision is the place of an entry of the course.
    """

    day: date
    answer: str
    since: int
    until: int | None = None


class Said(NamedTuple):
    """The last word on the skin, None where it is open; and whether it was ever found improved."""

    answer: str | None = None
    ever: bool = False


def said_by(words: Sequence[tuple[date, str]], day: date, *, on_it: bool = True) -> Said:
    """Return what was said by a day: of two words on one day the later entry counts."""
    told = {on: answer for on, answer in words if on < day or (on_it and on == day)}
    answer = told[max(told)] if told else None
    return Said(None if answer == "unclear" else answer, "yes" in told.values())


class Held(NamedTuple):
    """A session held, and the revision at which that was recorded."""

    day: date
    entered: int


class Turn(NamedTuple):
    """The rules that a session can be of: both while nobody knows whether the skin improves."""

    certain: Rule | None
    hoped: Rule | None

    @property
    def rules(self) -> list[Rule]:
        return [rule for rule in self if rule]

    def window(self, before: date) -> Window:
        """From the least of the first to the most of the last; it lapses where both do."""
        first, last = self.rules[0], self.rules[-1]
        lapses = [rule.lapse for rule in self.rules if rule.lapse is not None]
        lapse = max(lapses) if len(lapses) == len(self.rules) else None
        ends = None if lapse is None else before + timedelta(days=lapse)
        return Window(
            before + timedelta(days=first.least), before + timedelta(days=last.most), ends
        )


class Judged(NamedTuple):
    """The phase and the verdict of a session held."""

    phase: str
    verdict: str

    @property
    def rank(self) -> int:
        return VERDICTS.index(self.verdict)


class Standing(NamedTuple):
    """What the sessions held amount to: phase and verdict of each, and how many count."""

    weekly: Rule
    verdicts: list[Judged]
    counted: int
    last: date | None
    said: Said

    def window(self, place: int, before: date, *, by_hand: bool = True) -> Window:
        """Return the window of a session of the course, or of a top-up, after a day.

        Args:
            place: Which session of those that count.
            before: The day of the session before.
            by_hand: Whether it may be put anywhere that is open; else it is where it is foreseen.
        """
        if place > SESSIONS:
            return Window(months_on(before, 3), months_on(before, 4))
        turn = turn_of(self.weekly, place, self.said)
        foreseen = Turn(None, turn.rules[-1])
        return (turn if by_hand else foreseen).window(before)

    def is_waiting(self, place: int, before: date | None, day: date) -> bool:
        """Tell whether a session on a day is one that comes only if the skin improves."""
        turn = turn_of(self.weekly, place, self.said)
        if place > SESSIONS or turn.hoped is None or turn.certain is None:
            return False
        return before is None or (day - before).days >= turn.hoped.least


def turn_of(weekly: Rule, place: int, said: Said) -> Turn:
    """Return whose turn a session of the course is."""
    if said.answer == "yes":
        return Turn(None, FORTNIGHTLY)
    is_open = said.answer is None and (said.ever or place > CERTAIN)
    return Turn(weekly, FORTNIGHTLY if is_open else None)


def months_on(day: date, months: int) -> date:
    """Return the day so many months on; one that does not exist is the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def stand(version: str, held: Sequence[Held], words: Sequence[Word]) -> Standing:
    """Judge the sessions held, in order.

    No word makes the verdict worse of what was recorded before it: so they are judged by the words
    as they stood after each change, the earlier judgement kept where it is the better one.
    """
    best: dict[int, Judged] = {}
    changes = {place for word in words for place in (word.since, word.until) if place is not None}
    for change in [0, *sorted(changes)]:
        known = [
            (it.day, it.answer)
            for it in words
            if it.since <= change and change < (it.until or change + 1)
        ]
        old = {place: best[place] for place, it in enumerate(held) if it.entered < change}
        now = _walk(WEEKLY[version], [it.day for it in held], known, old)
        best = dict(enumerate(now.verdicts))
    return now


def _walk(
    weekly: Rule,
    held: Sequence[date],
    known: Sequence[tuple[date, str]],
    old: Mapping[int, Judged],
) -> Standing:
    """Judge the sessions held by some words, none worse than it was."""
    verdicts: list[Judged] = []
    counted, last = 0, None
    for number, day in enumerate(held):
        here = _judged(weekly, counted + 1, last, day, known)
        if number in old and last is not None:
            here = min(here, old[number], key=lambda it: it.rank)
        verdicts.append(here)
        counted += here.verdict != "too soon"
        last = max(day, last or day)
    return Standing(weekly, verdicts, counted, last, said_by(known, date.max))


def _judged(
    weekly: Rule,
    place: int,
    before: date | None,
    day: date,
    known: Sequence[tuple[date, str]],
) -> Judged:
    """Judge a session by the words before its day, and by one of that day as well."""
    if place > SESSIONS:
        window = Window(months_on(before or day, 3), months_on(before or day, 4))
        return Judged("top-up", _verdict(window, day))
    if before is None:
        return Judged(weekly.name, "on schedule")
    turns = [turn_of(weekly, place, said_by(known, day, on_it=False))]
    if any(on == day for on, _ in known):
        turns.append(turn_of(weekly, place, said_by(known, day)))
    verdicts = [_verdict(turn.window(before), day) for turn in turns]
    verdict = min(verdicts, key=VERDICTS.index)
    certain = turns[0].hoped is None and verdicts[0] == "on schedule"
    rules = {rule for turn in turns for rule in turn.rules}
    reached = (day - before).days >= FORTNIGHTLY.least
    is_hoped = weekly not in rules or (FORTNIGHTLY in rules and reached and not certain)
    return Judged((FORTNIGHTLY if is_hoped else weekly).name, verdict)


def _verdict(window: Window, day: date) -> str:
    if day < window.first:
        return "too soon"
    if window.lapse and day > window.lapse:
        return "lapsed"
    return "late" if day > window.latest else "on schedule"


def is_open(day: date, away: Collection[date] = ()) -> bool:
    """Tell whether the clinic is open and the patient there."""
    return day.weekday() < 5 and day not in away


def fits(
    now: Standing,
    opening: tuple[date, date],
    fixed: Mapping[int, date],
    pinned: Collection[int],
    away: Collection[date],
    late: int = 0,
) -> bool:
    """Tell whether the sessions to come have a calendar, by all days that each can reach.

    Args:
        now: What was held.
        opening: The first and last day of the first session to come.
        fixed: The days of sessions that stay where they are.
        pinned: Those of them that were put there by hand.
        away: Days the patient cannot come.
        late: Days by which the windows may be passed.
    """
    reached = set(span(*opening))
    for place in range(now.counted + 1, SESSIONS + 1):
        if place > now.counted + 1:
            by_hand = place in fixed and place in pinned
            windows = (now.window(place, day, by_hand=by_hand) for day in reached)
            reached = {day for window in windows for day in span(window.first, end(window, late))}
        reached = {day for day in reached if is_open(day, away) and fixed.get(place, day) == day}
    return bool(reached) or now.counted >= SESSIONS


def end(window: Window, late: int) -> date:
    """Return the last day of a window widened by days of lateness, never past its lapse."""
    last = window.latest + timedelta(days=late)
    return min(last, window.lapse) if window.lapse else last


def span(first: date, last: date) -> list[date]:
    """Return the days from one to another."""
    return [first + timedelta(days=days) for days in range((last - first).days + 1)]

"""Sessions held against their rules, and the session that is next, from raw tables.

The progress of a course is kept as the list of the sessions that count, and asked afresh for
every session held; what was said of improvement is looked up day by day.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .arithmetic import Raw, Window, after, gap, interval, texts, window
from .reading import listed

ANSWERS = {"improved_on": "yes", "not_improved_on": "no", "unclear_on": "unclear"}
# What is better for the patient's record, first to last.
GOOD = ("on schedule", "late", "lapsed", "too soon")


class Verdict(NamedTuple):
    """One session held; `counts` as it is in the end, `asks` for a clinician's review."""

    number: int
    day: date
    word: str
    counts: bool
    phase: str
    window: Window | None
    asks: bool
    early: str


class Standing(NamedTuple):
    """A course after the sessions held.

    Attributes:
        verdicts: one a session held.
        counted: how many course sessions and top-ups count.
        phases: the phase table of every course session.
        rule: the table before the next session, None when nothing follows.
        last: the day of the session held last.
        window: the window of the next session, None when nothing follows.
        is_lapsed: whether the next session has lapsed on the day of asking.
        restarts: whether it starts its phase again.
        furthest: the highest number as which a session was judged.
        is_open: whether course sessions to come wait for a word on improvement.
        waits: whether nothing is planned before a clinician's review.
        given: how many treatments of the course were given since it last started again.
        wanted: how many sessions the course would have without its maximum.
        decided_after: the last session before the calendars of yes and no differ.
        without: the phase table of every course session if the skin does not improve.
        answer: the word on improvement that stands, None while it is open.
    """

    verdicts: tuple[Verdict, ...]
    counted: int
    phases: Sequence[Raw]
    rule: Raw | None
    last: date
    window: Window | None
    is_lapsed: bool
    restarts: bool
    furthest: int
    is_open: bool
    waits: bool
    given: int
    wanted: int
    decided_after: int | None
    without: Sequence[Raw]
    answer: str | None


class Said(NamedTuple):
    """What is known of improvement on a day."""

    last: str | None
    ever: bool


class Turn(NamedTuple):
    """The tables a session may follow: the certain one, the hoped-for one, or either."""

    certain: Raw | None
    hoped: Raw | None

    @property
    def tables(self) -> list[Raw]:
        return [table for table in self if table is not None]

    @property
    def planned(self) -> Raw:
        """The table that a plan goes by: the hoped-for one where there is one."""
        return self.tables[-1]

    @property
    def lapsing(self) -> list[Raw]:
        """The tables of which the later lapse counts; none where one never lapses."""
        return self.tables if all(table.get("lapse") for table in self.tables) else []

    def lapse(self, before: date) -> date | None:
        days = [window(gap(table), before).lapse for table in self.lapsing]
        return max((day for day in days if day), default=None)

    def lapse_action(self, before: date) -> str:
        day = self.lapse(before)
        table = next(it for it in self.lapsing if window(gap(it), before).lapse == day)
        return str(table.get("lapse_action", "review"))

    def window(self, before: date) -> Window:
        """From the first minimum to the last maximum."""
        each = [window(gap(table), before) for table in self.tables]
        earliest, latest = min(it.earliest for it in each), max(it.latest for it in each)
        return Window(earliest, each[-1].recommended, latest, self.lapse(before))

    @property
    def early(self) -> str:
        return str(self.tables[0].get("early", "counts"))

    def word(self, before: date, day: date) -> str:
        """Return the verdict on a session."""
        here = self.window(before)
        if day < min(too_soon_before(self.tables[0], before), here.earliest):
            return "too soon"
        if here.lapse is not None and day > here.lapse:
            return "lapsed"
        return "late" if day > here.latest else "on schedule"


def by_gap(turns: Sequence[Turn], before: date, day: date) -> Raw:
    """Return whose session it was: hoped-for once the gap reached that minimum."""
    certain = [turn.certain for turn in turns if turn.certain is not None]
    hoped = [turn.hoped for turn in turns if turn.hoped is not None]
    if not certain or (hoped and window(gap(hoped[0]), before).earliest <= day):
        return hoped[0]
    return certain[0]


def too_soon_before(rule: Raw, before: date) -> date:
    """Return the first day that is not too soon: the minimum less the grace, as one interval."""
    earliest = window(gap(rule), before).earliest
    if "grace" not in rule:
        return earliest
    months, days = interval(rule["grace"])
    least = []
    for text in texts(rule["minimum"]):
        own_months, own_days = interval(text)
        # The helper reads text only; so much is left of each minimum.
        left_months, left_days = own_months - months, own_days - days
        sign = "-" if left_days < 0 else "+"
        least.append(after(before, f"{left_months} months {sign} {abs(left_days)} days"))
    return min(max(least), earliest)


def name(rule: Raw) -> str:
    """Return the name of a phase; `[top_up]` has none."""
    return str(rule.get("name", "top-up"))


def _is_hoped(table: Raw) -> bool:
    return bool(table.get("after_improvement"))


class Course:
    """A course on its way; without any session held it is one that has not begun."""

    def __init__(self, protocol: Raw, request: Raw) -> None:
        self.protocol, self.request = protocol, request
        self.sessions: int = request.get("sessions") or protocol["sessions"]["usual"]
        self.valid: list[tuple[int, Raw]] = []  # place in `found` and table of what counts
        self.found: list[Verdict] = []
        self.furthest = 0
        self.given = 0
        self.since = date.min
        self.words = [
            (date.fromisoformat(text), ANSWERS[key])
            for key in request  # of two on one day the one given later counts
            if key in ANSWERS
            for text in listed(request[key])
        ]

    def said(self, until: date) -> Said:
        """Return the word of the latest day up to one; of one day the one given last."""
        days: dict[date, str] = {}
        for day, answer in self.words:
            if self.since <= day <= until:
                days[day] = answer
        word = days[max(days)] if days else None
        return Said(None if word == "unclear" else word, "yes" in days.values())

    def turn(self, tables: Sequence[Raw], said: Said) -> Turn:
        """Return whose turn it is after sessions of some tables, top-ups left aside."""
        certain = [table for table in self.protocol["phases"] if not _is_hoped(table)]
        hoped = [table for table in self.protocol["phases"] if _is_hoped(table)]
        had = sum(_is_hoped(table) for table in tables)
        usual = _nth(certain, len(tables) - had)
        if not hoped or said.last == "no":
            return Turn(usual, None)
        better = _nth(hoped, had)
        if said.last == "yes":
            return Turn(None, better)
        if self.request.get("no_improvement"):
            return Turn(usual, None)
        foreseen = self.request.get("improves_after")
        enough: int = sum(t["sessions"] for t in certain) if foreseen is None else foreseen
        return Turn(usual, better if said.ever or len(tables) >= enough else None)

    def next(self, said: Said) -> Turn | None:
        """Return whose turn the next session is; None after the last."""
        if len(self.valid) < self.sessions:
            return self.turn([table for _, table in self.valid], said)
        top_up = self.protocol.get("top_up")
        return Turn(top_up, None) if top_up else None

    def ahead(self, said: Said) -> list[Turn]:
        """Return whose turn each course session to come is."""
        tables = [table for _, table in self.valid][: self.sessions]
        turns = []
        while len(tables) < self.sessions:
            turns.append(self.turn(tables, said))
            tables.append(turns[-1].planned)
        return turns

    def start_again(self, rule: Raw, day: date) -> None:
        """Drop what counts from the first session of a rule on, and what was said before."""
        same = [number for number, (_, table) in enumerate(self.valid) if table is rule]
        del self.valid[same[0] if same else len(self.valid) :]
        self.since = day
        if rule in self.protocol["phases"]:
            self.given = 0

    def hold(self, day: date) -> None:
        self.furthest = max(self.furthest, len(self.valid) + 1)
        if len(self.valid) >= self.sessions and "top_up" not in self.protocol:
            most: int = self.protocol["sessions"].get("maximum", 40)
            assert self.sessions >= most, "more sessions than the course has"
            self.sessions += 1
        if not self.found:
            table = self.turn([], Said(None, False)).tables[0]
            here = Verdict(1, day, "on schedule", True, name(table), None, False, "counts")
        else:
            here, table = self.judged(day)
        if here.number <= self.sessions:
            self.given += 1
        self.found.append(here)
        if here.word != "too soon" or here.early != "repeat":
            self.valid.append((len(self.found) - 1, table))

    def judged(self, day: date) -> tuple[Verdict, Raw]:
        """Judge a session by what was said before its day; of that day, the better word stands."""
        before = self.found[-1].day
        views = [self.said(day - timedelta(days=1))]
        if any(said == day for said, _ in self.words):
            views.append(self.said(day))
        turns = [turn for turn in map(self.next, views) if turn is not None]
        turn = min(turns, key=lambda it: GOOD.index(it.word(before, day)))
        table, word = by_gap(turns, before, day), turn.word(before, day)
        if turns[0].hoped is None and turns[0].word(before, day) == "on schedule":
            table = turns[0].tables[0]  # on schedule in its turn, so that what was foreseen follows
        action = turn.lapse_action(before) if word == "lapsed" else None
        if action == "restart":
            self.start_again(table, day)
        early = turn.early if word == "too soon" else "counts"
        number, asks = len(self.valid) + 1, "review" in (early, action)
        here = turn.window(before)
        return Verdict(number, day, word, True, name(table), here, asks, early), table


def _nth(tables: Sequence[Raw], number: int) -> Raw:
    """Return the table of a session of a run, counted from 0; the last runs on."""
    run = [table for table in tables[:-1] for _ in range(table["sessions"])]
    return run[number] if number < len(run) else tables[-1]


def standing(protocol: Raw, request: Raw, as_of: date) -> Standing:
    """Return where a course stands on a day; something must have been held."""
    course = Course(protocol, request)
    for text in listed(request["held"]):
        course.hold(date.fromisoformat(text))
    wanted, last = course.sessions, course.found[-1].day
    turn = course.next(course.said(date.max))
    action = turn.lapse_action(last) if turn and turn.lapsing else None
    is_lapsed = turn is not None and as_of > (turn.lapse(last) or date.max)
    restarts = is_lapsed and action == "restart"
    here = turn.window(last) if turn else None
    if turn and restarts:
        course.start_again(turn.planned, as_of)
    elif (left := protocol["sessions"].get("maximum", 40) - course.given) < (
        course.sessions - len(course.valid)
    ):
        course.sessions = len(course.valid) + max(0, left)
        turn = course.next(course.said(date.max))
        here = turn.window(last) if turn else None
        is_lapsed = turn is not None and as_of > (turn.lapse(last) or date.max)
    reviews = [date.fromisoformat(text) for text in listed(request.get("reviewed_on"))]
    reviewed = max(reviews, default=date.min)
    counting = [place for place, _ in course.valid]
    verdicts = tuple(
        verdict._replace(counts=place in counting, asks=verdict.asks and verdict.day > reviewed)
        for place, verdict in enumerate(course.found)
    )
    counted = len(course.valid)
    said = course.said(date.max)
    had = [table for _, table in course.valid][: course.sessions]
    coming = course.ahead(said)
    undecided = [number for number, it in enumerate(coming, len(had)) if len(it.tables) == 2]
    return Standing(
        verdicts=verdicts,
        counted=counted,
        phases=[*had, *(it.planned for it in coming)],
        rule=turn.planned if turn else None,
        last=last,
        window=here,
        is_lapsed=is_lapsed,
        restarts=restarts,
        furthest=course.furthest,
        is_open=said.last != "yes",
        waits=bool(
            is_lapsed
            and turn
            and turn.lapse_action(last) == "review"
            and not reviewed > (turn.lapse(last) or date.max)
        ),
        given=course.given,
        wanted=wanted,
        decided_after=min(undecided, default=None),
        without=[*had, *(it.planned for it in course.ahead(Said("no", said.ever)))],
        answer=said.last,
    )

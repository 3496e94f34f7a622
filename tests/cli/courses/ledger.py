"""A course as a dictionary: what was accepted, played again from its start at every question.

It shares no code with the program.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from tests.cli.courses.rulebook import SESSIONS, START_WITHIN, Held, Standing, Word, stand

PRICE, SINGLE, MINUTES = 360, 100, 45
AFTER_STOP = ("note", "paid", "corrected")
WORDS = ("improved", "assessed")
WITH_DAY = ("opened", "held", "missed", *WORDS, "paid", "stopped")


class Event(NamedTuple):
    """What was accepted, the day on which it was written down, and its revision."""

    kind: str
    said: dict[str, Any]
    written: date
    entered: int = 0


@dataclass(frozen=True)
class Visit:
    """A session of a course; only what was booked once has minutes and a price.

    Args:
        entered: The revision of what was said of it last.
    """

    status: str
    day: date
    pinned: bool = False
    provisional: bool = False
    was_booked: bool = True
    entered: int = 0


@dataclass
class State:
    """What a course amounts to; `start` is what was asked when it was opened."""

    start: date = date.min
    opened: date = date.min
    visits: dict[int, Visit] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    paid: int = 0
    improved: date | None = None
    told: tuple[date, ...] = ()
    words: tuple[Word, ...] = ()
    stopped: date | None = None
    used: int = 0
    version: str = "1"
    away: tuple[date, ...] = ()

    @property
    def held(self) -> dict[int, date]:
        return {number: it.day for number, it in self.visits.items() if it.status == "held"}

    @property
    def coming(self) -> dict[int, Visit]:
        if self.stopped:
            return {}
        kept = self.visits.items()
        return {number: it for number, it in kept if it.status in ("planned", "booked")}

    @property
    def last(self) -> int:
        return max(self.held, default=0)

    @property
    def ahead(self) -> dict[int, Visit]:
        """The sessions that come after the last one held."""
        return {number: it for number, it in self.coming.items() if number > self.last}

    @property
    def standing(self) -> Standing:
        held = [Held(it.day, it.entered) for it in self.visits.values() if it.status == "held"]
        return stand(self.version, sorted(held), self.words)

    @property
    def offset(self) -> int:
        """What is added to a session's place in the course to have its number."""
        return self.last - self.standing.counted

    def is_waiting(self, number: int, to_come: Mapping[int, date]) -> bool:
        """Tell whether a session comes only if the skin improves, by the days of those to come."""
        now = self.standing
        before = to_come.get(number - 1, now.last)
        return now.is_waiting(number - self.offset, before, to_come[number])

    @property
    def is_finished(self) -> bool:
        return self.standing.counted >= SESSIONS

    @property
    def price(self) -> int:
        """The course, and a single price for every visit had beyond its four sessions."""
        return PRICE + SINGLE * max(0, len(self.held) - SESSIONS)

    @property
    def earned(self) -> int:
        """What the sessions had come to when the course is stopped."""
        return min(self.price, SINGLE * len(self.held))

    @property
    def shares(self) -> dict[int, int]:
        """What each visit had or to come brings in, in pence."""
        had = sorted(self.held, key=lambda number: self.held[number])
        if self.stopped:
            each, spare = divmod(self.used * 100, len(had)) if had else (0, 0)
            return {number: each + (place < spare) for place, number in enumerate(had)}
        visits = [*sorted(had), *sorted(self.coming)]
        share, single = PRICE * 100 // SESSIONS, SINGLE * 100
        return {
            number: share if place < SESSIONS else single if number in self.held else 0
            for place, number in enumerate(visits)
        }

    @property
    def status(self) -> str:
        return "stopped" if self.stopped else "finished" if self.is_finished else "running"


def why_not(state: State, event: Event) -> str | None:
    """Return why an event may not follow, or None."""
    kind, said, written, _ = event
    if kind == "opened":
        return "in_the_future" if said["on"] > written else None
    if state.stopped and kind not in AFTER_STOP:
        return "stopped"
    if kind in WITH_DAY and said["on"] > written:
        return "in_the_future"
    if kind in WITH_DAY and said["on"] < state.opened:
        return "before_opening"
    numbers = said.get("slots") or said.get("numbers") or [said.get("number")]
    known = [state.visits.get(number) for number in numbers]
    if any(visit and visit.status == "held" for visit in known):
        return "already_held"
    return _own_reason(state, event, known)


def _own_reason(state: State, event: Event, known: list[Visit | None]) -> str | None:
    kind, said, written, _ = event
    if kind in ("missed", "moved", "cancelled") and None in known:
        return "no_such_session"
    if kind == "missed" and known[0] and known[0].status == "missed":
        return "no_such_session"
    if kind == "missed" and known[0] and known[0].day != said["on"]:
        return "other_day"
    if kind == "moved" and said["to"] < written:
        return "in_the_past"
    if kind == "held" and known[0] and (known[0].status, known[0].day) == ("missed", said["on"]):
        return "missed_then"
    if kind == "paid" and said["refund"] and said["amount"] > state.paid:
        return "more_than_paid"
    if kind == "held" and any(
        day == said["on"] or (number < said["number"]) != (day < said["on"])
        for number, day in state.held.items()
    ):
        return "out_of_order"
    if kind == "improved" and state.improved:
        return "already_recorded"
    if kind == "stopped" and any(day > said["on"] for day in state.held.values()):
        return "in_the_past"
    return None


def take(state: State, event: Event) -> None:
    """Take an event in."""
    kind, said, _, entered = event
    if kind in ("planned", "booked"):
        _place(state, kind, said)
    elif kind in ("held", "missed", "moved"):
        number, status = said["number"], "booked" if kind == "moved" else kind
        day, is_moved = said["to" if kind == "moved" else "on"], kind == "moved"
        before = state.visits.get(number, Visit(status, day, was_booked=False))
        waits = before.provisional and kind != "held"
        pinned = is_moved or before.pinned
        state.visits[number] = Visit(status, day, pinned, waits, before.was_booked, entered)
    elif kind == "cancelled":
        for number in said["numbers"]:
            del state.visits[number]
    elif kind == "paid":
        state.paid += -said["amount"] if said["refund"] else said["amount"]
    elif kind == "note":
        state.notes.append(said["text"])
    elif kind in WORDS:
        _hear(state, said)
    else:
        names = {"opened": "opened", "stopped": "stopped"}
        if kind == "adopted":
            state.version = said["version"]
        else:
            setattr(state, names[kind], said["on"])
        state.used = said.get("used", state.used)


def _hear(state: State, said: dict[str, Any]) -> None:
    """Take in what is said of the skin, unless something was said of a later day."""
    if all(day <= said["on"] for day in state.told):
        state.improved = said["on"] if said["improved"] == "yes" else None
        if state.improved:
            state.visits = {n: replace(it, provisional=False) for n, it in state.visits.items()}
    state.told += (said["on"],)


def _place(state: State, kind: str, said: dict[str, Any]) -> None:
    if kind == "planned":
        state.visits = {n: it for n, it in state.visits.items() if it.status != "planned"}
        state.away = said["away"]
    for number, (day, pinned, provisional) in said["slots"].items():
        state.visits[number] = Visit(kind, day, pinned, provisional)


def play(events: Iterable[Event]) -> tuple[str | None, State]:
    """Return why the events cannot follow each other, or None, and what comes of them."""
    state = State()
    for event in events:
        if refusal := why_not(state, event):
            return refusal, state
        take(state, event)
    first = min(state.held.values(), default=None)
    if state.told and (first is None or min(state.told) < first):
        return "nothing_held", state
    return None, state


@dataclass
class Course:
    """A course: its events by revision, and what the corrections made of them.

    Args:
        changes: The corrections of each, in order: their own revision, and what it says since.
    """

    start: date
    events: dict[int, Event] = field(default_factory=dict)
    corrected: dict[int, tuple[date, dict[str, Any] | None]] = field(default_factory=dict)
    withdrawn: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, list[tuple[int, dict[str, Any] | None]]] = field(default_factory=dict)
    erased: bool = False
    kinds: list[str] = field(default_factory=list)

    @property
    def revision(self) -> int:
        return len(self.kinds)

    def standing_events(
        self, corrected: dict[int, tuple[date, dict[str, Any] | None]] | None = None
    ) -> Iterator[Event]:
        """Yield the events as corrections leave them."""
        corrections = self.corrected if corrected is None else corrected
        for revision, event in self.events.items():
            written, said = corrections.get(revision, (event.written, event.said))
            written = event.written if event.kind == "moved" else written
            if said is not None:
                yield Event(event.kind, said, written, revision)

    @property
    def state(self) -> State:
        found = play(self.standing_events())[1]
        return replace(found, start=self.start, words=tuple(self._words()))

    def before(self, revision: int) -> State:
        """Return what the course was when an event was written, as the corrections leave it."""
        earlier = {number: it for number, it in self.events.items() if number < revision}
        return replace(self, events=earlier).state

    def _words(self) -> Iterator[Word]:
        """Yield what was said of improvement, each as long as it stood."""
        for revision, event in self.events.items():
            if event.kind not in WORDS:
                continue
            since, told = revision, event.said
            for place, said in [*self.changes.get(revision, ()), (None, None)]:
                if told is not None:
                    yield Word(told["on"], told["improved"], since, place)
                since, told = place or 0, said

    def accept(self, event: Event) -> None:
        """Add what was accepted."""
        self.kinds.append(event.kind)
        self.events[self.revision] = event

    def correction(self, revision: int, changes: dict[str, Any] | None, today: date) -> str | None:
        """Correct an event, where that leaves the others standing; return why not."""
        if revision not in self.events:
            return "no_such_event"
        wrong = self.events[revision]
        before = self.said(revision)
        if before is None:
            return "withdrawn"
        if changes is None and wrong.kind == "opened":
            return "not_opened"
        return self.stand(revision, None if changes is None else {**before, **changes}, today)

    def said(self, revision: int) -> dict[str, Any] | None:
        """Return what an event says after its corrections; None when it was withdrawn."""
        _, said = self.corrected.get(revision, (None, self.events[revision].said))
        return said

    def stand(self, revision: int, said: dict[str, Any] | None, today: date) -> str | None:
        """Let an event say something else, where that leaves the others standing."""
        corrected = {**self.corrected, revision: (today, said)}
        if play(self.standing_events(corrected))[0]:
            return "contradiction"
        if said is None:
            self.withdrawn[revision] = self.said(revision) or {}
        self.corrected = corrected
        self.kinds.append("corrected")
        self.changes.setdefault(revision, []).append((self.revision, said))
        return None

    def given(self) -> set[int]:
        """Return the numbers of the sessions that ever had an appointment."""
        numbers = {n for event in self.events.values() for n in event.said.get("slots", ())}
        for _, said in self.corrected.values():
            numbers |= set((said or {}).get("slots", ()))
        return numbers

    def due(self) -> tuple[int, date, date] | None:
        """Return number and window of what is due next; None when nothing is."""
        state = self.state
        if self.erased or state.status != "running":
            return None
        now = state.standing
        if now.last is None:
            return 1, self.start, self.start + timedelta(days=START_WITHIN)
        window = now.window(now.counted + 1, now.last)
        return now.counted + 1 + state.offset, window.first, window.latest

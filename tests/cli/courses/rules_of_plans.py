"""What is to come: planned anew, and printed as a feed."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.cli.courses.asking import events_of
from tests.cli.courses.driving import OUTCOMES, Driving
from tests.cli.courses.ledger import Course, Event, State
from tests.cli.courses.placing import can_print, can_replan, can_stay
from tests.cli.courses.rulebook import SESSIONS, is_open


class Plans(Driving):
    """Replanning and printing."""

    def __init__(self) -> None:
        super().__init__()
        # The appointments of each course in the feeds printed so far, by UID: the number.
        self.printed: dict[str, dict[str, int]] = {}
        self.sequences: dict[str, int] = {}

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        books=st.booleans(),
        away=st.sampled_from([None, None, None, 0, 3, 7]),
    )
    def replan(self, data: st.DataObject, books: bool, away: int | None) -> None:
        course, known = self.one(data)
        words = ["courses", "replan", course, *(["--yes"] if books else [])]
        if known.erased or known.state.stopped:
            refusal = "erased" if known.erased else "stopped"
            assert self.refused(*words) == (4, refusal)
            return
        asked = known.state.away
        if away is not None:
            day = self.today + timedelta(days=away)
            words += ["--away", str(day)]
            # What was asked before is not recorded again.
            asked = asked if day in asked else (*asked, day)
        trial = replace(known.state, away=asked)
        if not can_replan(trial, self.today):
            assert self.refused(*words) == (1, "no_calendar")
            return
        made = self.ask(*words, told=", away" if away is not None else "")
        OUTCOMES.update(f"a replanned session: {change['kind']}" for change in made["changes"])
        self.check_changes(trial, made["changes"])
        if made["booked"]:
            self.book(known, made, asked if asked != known.state.away else None)

    def check_changes(self, state: State, changes: Any) -> None:
        """Check the new days; where every session can stay, none moves."""
        if can_stay(state, self.today):
            assert changes == []
        kept = {number: it.day for number, it in state.ahead.items()}
        for change in changes:
            number, to = change["number"], change["to"]
            before = state.coming.get(number)
            assert change["from"] == (str(before.day) if before else None)
            assert (change["kind"] == "new") == (before is None)
            kept.pop(number, None)
            if before and number not in state.ahead:
                OUTCOMES["a replanned session: passed over"] += 1
            if to is None:
                assert change["kind"] == "dropped"
                continue
            kept[number] = date.fromisoformat(to)
            if before:
                assert change["kind"] == "moved"
                assert not (before.pinned and before.day >= self.today), "fixed by hand"
        dropped = {change["number"] for change in changes if change["to"] is None}
        assert state.coming.keys() - state.ahead.keys() <= dropped, "passed over"
        self.check_windows(state, kept)

    def check_windows(self, state: State, days: dict[int, date]) -> None:
        """Check that each session to come has a day in the window after the one before."""
        now = state.standing
        today = max([self.today, *state.held.values()])
        first = now.counted + 1
        assert set(days) == {place + state.offset for place in range(first, SESSIONS + 1)}
        before = now.last
        for number in sorted(days):
            day, place = days[number], number - state.offset
            assert is_open(day, state.away)
            assert day >= today
            if before:
                by_hand = number in state.ahead and state.ahead[number].pinned
                window = now.window(place, before, by_hand=by_hand)
                assert window.first <= day <= window.latest
            before = day

    def book(self, known: Course, made: Any, away: tuple[date, ...] | None) -> None:
        """Take the new days into the dictionary, and compare."""
        state = known.state
        days = {number: (it.day, it.pinned) for number, it in state.ahead.items()}
        dropped = []
        for change in made["changes"]:
            if change["to"] is None:
                dropped.append(change["number"])
                days.pop(change["number"], None)
            else:
                days[change["number"]] = date.fromisoformat(change["to"]), False
        to_come = {number: day for number, (day, _) in days.items()}
        slots = {
            number: (*day, state.is_waiting(number, to_come))
            for number, day in sorted(days.items())
        }
        if away is not None and slots:
            known.accept(Event("planned", {"slots": slots, "away": away}, self.today))
        if dropped:
            known.accept(Event("cancelled", {"numbers": dropped}, self.today))
        if len(known.kinds) < made["revision"]:
            known.accept(Event("booked", {"slots": slots}, self.today))
        self.compare(known, made["state"])

    @precondition(lambda self: self.courses)
    @rule(data=st.data())
    def print(self, data: st.DataObject) -> None:
        self.print_one(*self.one(data))

    def look_at_all(self) -> None:
        super().look_at_all()
        for course, known in self.courses.items():
            self.print_one(course, known)

    def print_one(self, course: str, known: Course) -> None:
        name = self.new_file(".ics")
        words = ("courses", "print", course, "--output", name)
        if known.erased:
            assert self.refused(*words) == (4, "erased")
        elif known.state.stopped or can_print(known.state, self.today):
            self.ask(*words)
            self.check_feed(course, known, Path(name).read_text())
        else:
            assert self.refused(*words) == (4, "not_as_booked")
            assert not Path(name).exists()

    def check_feed(self, course: str, known: Course, text: str) -> None:
        """Check which appointments a feed gives, which it takes out, and that they are known."""
        events, state = events_of(text), known.state
        OUTCOMES.update(f"an appointment: {status.lower()}" for status, _, _ in events.values())
        live = {uid: day for uid, (status, day, _) in events.items() if status != "CANCELLED"}
        to_come = {number: it.day for number, it in state.coming.items()}
        waiting = [number for number in to_come if state.is_waiting(number, to_come)]
        # Where the session that the word is asked for on is held, the day is an entry of its own.
        last = state.standing.last
        decided = [last for number in waiting if last and number - 1 not in to_come]
        assert sorted(live.values()) == sorted([*to_come.values(), *decided])
        statuses = [status for status, _, _ in events.values()]
        assert statuses.count("TENTATIVE") == len(waiting) + len(decided)
        asked = {uid for uid, day in live.items() if day in decided}
        events = {uid: it for uid, it in events.items() if uid not in asked}
        live = {uid: day for uid, day in live.items() if uid not in asked}
        numbers = {it.day: number for number, it in state.coming.items()}
        uids = self.printed.setdefault(course, {})
        for uid, day in live.items():
            assert uids.setdefault(uid, numbers[day]) == numbers[day], "another's appointment"
        assert len(set(uids.values())) == len(uids), "two appointments of one session"
        gone = known.given() - state.coming.keys() - state.held.keys()
        off = events.keys() - live.keys()
        assert len(off) == len(gone)
        assert {uids[uid] for uid in off if uid in uids} <= gone
        assert {uid for uid, number in uids.items() if number in gone} <= off
        told = (self.today - date(2000, 1, 1)).days * 1_000 + known.revision
        assert {sequence for _, _, sequence in events.values()} <= {told}
        assert self.sequences.get(course, 0) <= told
        self.sequences[course] = told

"""Any run of commands against a dictionary: the program through its entry point, JSON out.

The model shares no code with the program. It knows what was accepted, when a command must be
refused, and the windows of the rule file as plain numbers of days.
"""

import os
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from meso_schedule.cli import surroundings
from meso_schedule.cli.app import main
from meso_schedule.store import sqlite
from tests.courses.desk import CLINIC, RULES, Ran
from tests.faults.settings import length

FIRST = date(2026, 12, 1)
CALM = CLINIC.partition("[[closures]]")[0] + CLINIC[CLINIC.index("[prices") :]


@dataclass
class Course:
    """What must be known of a course."""

    opened: date
    revision: int = 2
    held: dict[int, date] = field(default_factory=dict)
    missed: set[int] = field(default_factory=set)
    paid: int = 0
    notes: int = 0
    improved: date | None = None
    stopped: bool = False
    erased: bool = False
    events: dict[int, tuple[str, int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    @property
    def last(self) -> int:
        return max(self.held, default=0)


class Commands(RuleBasedStateMachine):
    """The program and the dictionary side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        patch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "synchronous=OFF"))
        patch.setattr(surroundings, "now", self.now)
        patch.setitem(os.environ, "MESO_BOOK", str(self.folder / "courses.book"))
        patch.setitem(os.environ, "MESO_CLINIC", str(self.folder / "clinic.toml"))
        (self.folder / "clinic.toml").write_text(CALM)
        (self.folder / "skin.toml").write_text(RULES)
        self.today = FIRST
        self.seconds = 0
        self.courses: dict[str, Course] = {}
        self.keys: dict[str, tuple[tuple[str, ...], int, str]] = {}

    def teardown(self) -> None:
        self.stack.close()

    def now(self, _: object) -> datetime:
        self.seconds += 1
        return datetime.combine(self.today, time(9), UTC) + timedelta(seconds=self.seconds)

    def run(self, *words: str) -> Ran:
        out, err = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
        given = TextIOWrapper(BytesIO())
        patch = pytest.MonkeyPatch()
        patch.setattr(sys, "stdin", given)
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*words, "--format", "json"])
        patch.undo()
        for stream in (out, err):
            stream.flush()
            stream.seek(0)
        return Ran(code, out.read(), err.read())

    def write(self, course: str, *words: str, refusal: str | None, key: str | None = None) -> Any:
        """Run a writing command and hold its answer against what must come."""
        line = ("courses", words[0], course, *words[1:])
        known = self.courses[course]
        if known.erased:
            refusal = "erased"
        elif known.stopped and words[0] not in ("note", "pay", "correct", "erase"):
            refusal = "stopped"
        if key is not None and key in self.keys:
            asked, revision, where = self.keys[key]
            if self.courses[where].erased:
                refusal = "erased"
            elif asked == line:
                ran = self.run(*line, "--key", key)
                assert ran.code == 0, ran
                assert (ran.json["is_repeated"], ran.json["revision"]) == (True, revision)
                return None
            else:
                refusal = "key_used"
        ran = self.run(*line, *(("--key", key) if key else ()))
        if refusal is not None:
            assert ran.code == 4, (ran, refusal)
            assert ran.json["error"]["code"] == refusal, ran
            return None
        assert ran.code == 0, ran
        known.revision += 1
        assert ran.json["revision"] == known.revision
        if key is not None:
            self.keys[key] = line, known.revision, course
        return ran.json

    @rule()
    def open(self) -> None:
        words = ("courses", "open", "skin", "--rules", str(self.folder / "skin.toml"))
        ran = self.run(*words)
        assert ran.code == 0, ran
        self.courses[ran.json["course"]] = Course(self.today)

    @rule(days=st.sampled_from([1, 2, 5, 7, 7, 8, 14]))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), shift=st.sampled_from([0, 0, 0, 0, -1, 1, -9]))
    def hold(self, data: st.DataObject, shift: int) -> None:
        course, known = self.one(data)
        day = self.today + timedelta(days=shift)
        number = known.last + 1
        refusal = None
        if day > self.today:
            refusal = "in_the_future"
        elif day < known.opened:
            refusal = "before_opening"
        elif known.held and day <= max(known.held.values()):
            refusal = "out_of_order"
        elif len(known.held) == 8:
            return
        made = self.write(course, "hold", "--on", str(day), refusal=refusal)
        if made:
            known.held[number] = day
            known.missed.discard(number)
            known.events[known.revision] = "hold", number

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), number=st.integers(1, 3), key=st.sampled_from([None, "a", "b", "c"]))
    def note(self, data: st.DataObject, number: int, key: str | None) -> None:
        course, known = self.one(data)
        if self.write(course, "note", f"note {number}", refusal=None, key=key):
            known.notes += 1
            known.events[known.revision] = "note", 0

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), amount=st.integers(1, 400), is_refund=st.booleans())
    def pay(self, data: st.DataObject, amount: int, is_refund: bool) -> None:
        course, known = self.one(data)
        words = ("pay", f"{amount}.00", *(("--refund",) if is_refund else ()))
        refusal = "more_than_paid" if is_refund and amount > known.paid else None
        if self.write(course, *words, refusal=refusal):
            known.paid += -amount if is_refund else amount

    @precondition(lambda self: self.courses)
    @rule(data=st.data())
    def improve(self, data: st.DataObject) -> None:
        course, known = self.one(data)
        refusal = "already_recorded" if known.improved else None
        if refusal is None and not known.held:
            refusal = "nothing_held"
        if self.write(course, "improve", refusal=refusal):
            known.improved = self.today

    @precondition(lambda self: self.courses)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        course, known = self.one(data)
        if known.erased or known.stopped or known.improved or not known.events:
            return
        revision = max(known.events)
        kind, number = known.events.pop(revision)
        self.write(course, "correct", str(revision), "--withdraw", "--reason", "x", refusal=None)
        if kind == "note":
            known.notes -= 1
        else:
            del known.held[number]

    @precondition(lambda self: self.courses)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        course, known = self.one(data)
        made = self.write(course, "stop", refusal=None)
        if made:
            used = min(360, 100 * len(known.held))
            settled = made["settlement"]
            assert settled["owed"] == f"{max(0, used - known.paid)}.00"
            assert settled["refund"] == f"{max(0, known.paid - used)}.00"
            known.stopped = True

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), sure=st.sampled_from([True, False, False]))
    def erase(self, data: st.DataObject, sure: bool) -> None:
        course, known = self.one(data)
        words = ("courses", "erase", course, *(("--yes",) if sure else ()))
        ran = self.run(*words)
        assert ran.code == (0 if sure else 2), ran
        if sure and not known.erased:
            known.erased = True
            known.revision += 1

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), books=st.booleans())
    def replan(self, data: st.DataObject, books: bool) -> None:
        course, known = self.one(data)
        if known.erased or known.stopped:
            return
        ran = self.run("courses", "replan", course, *(("--yes",) if books else ()))
        if ran.code == 1:  # lapsed, or its start is past: a valid no
            assert ran.json["error"]["code"] == "no_calendar"
            return
        assert ran.code == 0, ran
        if ran.json.get("booked"):
            known.revision = ran.json["revision"]
            self.check_windows(ran.json["state"])

    def check_windows(self, state: Any) -> None:
        """Check that what is booked keeps the weekly or fortnightly gaps, on weekdays."""
        coming = sorted(
            date.fromisoformat(entry["date"])
            for entry in state["sessions"]
            if entry["status"] == "booked"
        )
        assert all(day >= self.today and day.weekday() < 5 for day in coming)
        for before, after in pairwise(coming):
            assert 7 <= (after - before).days <= 21

    def one(self, data: st.DataObject) -> tuple[str, Course]:
        place = data.draw(st.integers(0, 3))
        course = list(self.courses)[place % len(self.courses)]
        return course, self.courses[course]

    @invariant()
    def every_course_is_as_the_dictionary_says(self) -> None:
        for course, known in self.courses.items():
            ran = self.run("courses", "show", course)
            assert ran.code == 0, ran
            shown = ran.json
            assert shown["revision"] == known.revision
            if known.erased:
                assert shown["status"] == "erased"
                continue
            held = {
                entry["number"]: date.fromisoformat(entry["date"])
                for entry in shown["sessions"]
                if entry["status"] == "held"
            }
            assert held == known.held
            assert len(shown["notes"]) == known.notes
            assert shown["account"]["paid"] == f"{known.paid}.00"
            assert shown["improved_on"] == (str(known.improved) if known.improved else None)
            assert (shown["status"] == "stopped") == known.stopped
            self.check_verdicts(shown["history"])

    def check_verdicts(self, history: Any) -> None:
        """Check that a session too soon for its phase does not count, and no other is so."""
        for before, entry in pairwise(history):
            gap = (date.fromisoformat(entry["date"]) - date.fromisoformat(before["date"])).days
            least = {"weekly": 7, "fortnightly": 14, "top-up": 89}[entry["phase"]]
            assert (entry["verdict"] == "too soon") == (gap < least)


def test_any_run_of_commands() -> None:
    machine: type[RuleBasedStateMachine] = Commands
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=length(8, 300),
            stateful_step_count=length(15, 40),
            deadline=None,
            database=None,
            # Each step runs the program: shrinking would take minutes and say little more.
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )

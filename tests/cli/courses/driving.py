"""The program behind its entry point, beside the dictionary that its answers are held against."""

import os
import sys
from collections import Counter
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeGuard

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from meso_schedule.book.storage import sqlite
from meso_schedule.cli import environment as surroundings
from meso_schedule.cli.app import main
from tests.cli.courses import asking
from tests.cli.courses.desk import CLINIC, RULES, Ran
from tests.cli.courses.ledger import AFTER_STOP, Course, Event, play
from tests.cli.courses.rulebook import LATER

FIRST = date(2026, 12, 1)
CALM = CLINIC.partition("[[closures]]")[0] + CLINIC[CLINIC.index("[prices") :]
# How often each outcome came, over all runs.
OUTCOMES: Counter[str] = Counter()
_VALID_NO = ("no_room", "no_calendar")


class Driving(RuleBasedStateMachine):
    """A desk with a book, a clinic file, two versions of a rule file and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.patch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "synchronous=OFF"))
        self.patch.setattr(surroundings, "now", self.now)
        self.patch.setitem(os.environ, "MESO_CLINIC", str(self.folder / "clinic.toml"))
        self.patch.setitem(os.environ, "LOGNAME", "nurse")
        self.use_book("courses.book")
        for name, text in (("clinic", CALM), ("1", RULES), ("2", LATER)):
            (self.folder / f"{name}.toml").write_text(text)
        self.today = FIRST
        self.seconds = 0
        self.files = 0
        self.courses: dict[str, Course] = {}
        self.keys: dict[str, tuple[tuple[str, ...], int, str]] = {}
        self.known: str | None = None

    def use_book(self, name: str) -> None:
        self.patch.setitem(os.environ, "MESO_BOOK", str(self.folder / name))

    def new_file(self, ending: str) -> str:
        """Return the name of a file that is not there yet."""
        self.files += 1
        return str(self.folder / f"{self.files}{ending}")

    def teardown(self) -> None:
        try:
            if self.courses and not sys.exc_info()[0]:
                self.look_at_all()
        finally:
            self.stack.close()

    def look_at_all(self) -> None:
        """Ask all that can be asked at the end of a run."""
        for course in self.courses:
            self.check(course)

    def now(self, _: object) -> datetime:
        self.seconds += 1
        return datetime.combine(self.today, time(9), UTC) + timedelta(seconds=self.seconds)

    def run(self, *words: str, told: str = "") -> Ran:
        """Run a command as it is typed; count what came of it."""
        out, err = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
        patch = pytest.MonkeyPatch()
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO()))
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        patch.undo()
        for stream in (out, err):
            stream.flush()
            stream.seek(0)
        ran = Ran(code, out.read(), err.read())
        assert code in (0, 1, 2, 4), (words, ran)
        name = " ".join(words[: 1 if words[0] == "diary" else 2])
        OUTCOMES[f"{name}{told}: {error_of(ran) if code else 'done'}"] += 1
        return ran

    def ask(self, *words: str, told: str = "") -> Any:
        """Run a command that succeeds, and return its document."""
        ran = self.run(*words, "--format", "json", told=told)
        assert ran.code == 0, (words, ran)
        return ran.json

    def refused(self, *words: str, told: str = "") -> tuple[int, str]:
        """Run a command that must fail; return exit and error code."""
        ran = self.run(*words, "--format", "json", told=told)
        assert ran.code, (words, ran)
        return ran.code, error_of(ran)

    def one(self, data: st.DataObject) -> tuple[str, Course]:
        """Draw one of the courses, mostly one under way."""
        alive = [
            course
            for course, known in self.courses.items()
            if not known.erased and not known.state.stopped
        ]
        if not alive or data.draw(st.integers(0, 9)) == 5:
            alive = list(self.courses)
        course = data.draw(st.sampled_from(alive[:3]))
        return course, self.courses[course]

    def write(
        self,
        course: str,
        *words: str,
        event: Event,
        early: str | None = None,
        key: str | None = None,
        stale: bool = False,
    ) -> Any:
        """Run a writing command and hold its answer against what must come.

        Args:
            course: The course.
            words: The command and what follows the course's id.
            event: What is accepted when nothing speaks against it.
            early: Why it is refused before the events of the course are looked at.
            key: The key of a retry.
            stale: Whether a revision is given that is no longer the course's.
        """
        line = ("courses", words[0], course, *words[1:])
        if self.is_known(key):
            return self.repeat(line, key)
        known = self.courses[course]
        refusal = self.why_not(known, event, early, is_stale=stale)
        options = ("--key", key) if key else ()
        if stale:
            options = (*options, "--revision", str(known.revision + 1))
        if refusal is not None:
            code = 1 if refusal in _VALID_NO else 4
            assert self.refused(*line, *options) == (code, refusal), (line, refusal)
            return None
        made = self.ask(*line, *options)
        known.accept(event)
        self.compare(known, made["state"])
        assert (made["revision"], made["is_repeated"]) == (known.revision, False)
        if key is not None:
            self.keys[key] = line, known.revision, course
        return made

    def why_not(
        self, known: Course, event: Event, early: str | None, *, is_stale: bool
    ) -> str | None:
        """Return why an event is refused, what is looked at first at the front."""
        if known.erased:
            return "erased"
        if known.state.stopped and event.kind not in AFTER_STOP:
            return "stopped"
        if early or is_stale:
            return early or "stale"
        refusal, _ = play([*known.standing_events(), event])
        return refusal

    def is_known(self, key: str | None) -> TypeGuard[str]:
        """Tell whether something was asked under a key; keys go with an erased course."""
        return key in self.keys and not self.courses[self.keys[key][2]].erased

    def repeat(self, line: tuple[str, ...], key: str) -> None:
        """Ask under a key that was used before."""
        asked, revision, _ = self.keys[key]
        if asked != line:
            assert self.refused(*line, "--key", key, told=", key") == (4, "key_used")
        else:
            made = self.ask(*line, "--key", key, told=", key")
            assert (made["is_repeated"], made["revision"]) == (True, revision)

    def check(self, course: str) -> None:
        """Compare all that is shown of a course with the dictionary."""
        known = self.courses[course]
        shown = self.ask("courses", "show", course)
        self.compare(known, shown)
        if known.erased:
            return
        state = known.state
        verdicts = [(entry["phase"], entry["verdict"]) for entry in shown["history"]]
        assert verdicts == state.standing.verdicts
        OUTCOMES.update(f"a session of the {phase}: {told}" for phase, told in verdicts[-1:])
        assert [entry["counts"] for entry in shown["history"]] == [
            verdict != "too soon" for _, verdict in verdicts
        ]
        due = shown["next"]
        window = due and (due["number"], due["earliest"], due["latest"])
        expected = known.due()
        assert window == (expected and (expected[0], *map(str, expected[1:])))
        owed = (state.used if state.stopped else state.price) - state.paid
        assert shown["account"]["paid"] == f"{state.paid}.00"
        assert shown["account"]["balance"] == f"{owed}.00"

    def compare(self, known: Course, shown: Any) -> None:
        """Compare the state of a course with the dictionary."""
        assert shown["revision"] == known.revision
        if known.erased:
            assert shown["status"] == "erased"
            return
        state = known.state
        visits = {
            entry["number"]: (
                *(entry["status"], date.fromisoformat(entry["date"])),
                *(entry["pinned"], entry["provisional"]),
                *((entry["price"] or {}).get(end) for end in ("low", "high")),
            )
            for entry in shown["sessions"]
        }
        prices = {number: asking.money(pence) for number, pence in state.shares.items()}
        assert visits == {
            number: (it.status, it.day, it.pinned, it.provisional, *[prices.get(number)] * 2)
            for number, it in state.visits.items()
        }
        assert [note["text"] for note in shown["notes"]] == state.notes
        assert shown["improved_on"] == (str(state.improved) if state.improved else None)
        assert shown["opened_on"] == str(state.opened)
        assert shown["status"] == state.status
        assert shown["protocols"][0]["version"] == state.version
        assert shown["corrected"] == sorted(known.corrected)

    def picture(self) -> tuple[dict[str, Course], dict[str, Any]]:
        """Return the dictionary as it is now."""
        return deepcopy(self.courses), dict(self.keys)


def error_of(ran: Ran) -> str:
    """Return the code of an error, or its sentence where no document was asked for."""
    if not ran.out.startswith("{"):
        return ran.err or f"exit {ran.code}"
    document = ran.json
    faults = [document["error"]] if "error" in document else document.get("errors")
    code: str = faults[0]["code"] if faults else "a no"
    return code

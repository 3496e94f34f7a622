"""What the tests of the commands share."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from meso_schedule.rules import packaged

PACKAGED = Path(packaged.__path__[0])
CLINIC = """\
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
address = "1 Example Street, London"
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-20:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
[[closures]]
from = "2026-12-24"
to = "2026-12-26"
reason = "Christmas"
[prices.skin]
session = "100.00"
packages = [{ sessions = 4, price = "360.00" }]
deposit = "25%"
instalments = 3
"""

# Weekly, then fortnightly once the skin has improved; one figure a table, typed by hand.
RULES = """\
id = "skin"
name = "Skin course"
family = "mesotherapy"
areas = ["face"]
indications = ["dull skin"]
version = "1"
[sessions]
minimum = 2
usual = 4
maximum = 8
minutes = 45
assumption = "test"
[[phases]]
name = "weekly"
sessions = 3
minimum = "7 days"
maximum = "10 days"
early = "repeat"
lapse = "4 weeks"
assumption = "test"
[[phases]]
name = "fortnightly"
after_improvement = true
minimum = "14 days"
maximum = "21 days"
early = "repeat"
assumption = "test"
[top_up]
minimum = "3 months"
maximum = "4 months"
early = "repeat"
assumption = "test"
[facts]
consumables = ["2.5 ml hyaluronic acid", "1 needle", "gauze"]
assumption = "test"
"""


def repeating(name: str) -> tuple[str, str]:
    """Write a packaged protocol down as one that has early sessions repeated; name it as rules."""
    text = (PACKAGED / f"{name}.toml").read_text("utf-8")
    text = text.replace('early = "counts"', 'early = "repeat"')
    Path(f"{name}.toml").write_text(text, "utf-8")
    return "--rules", f"{name}.toml"


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Counter:
    """A desk: run commands, set the clock, look at the book."""

    call: Callable[..., Ran]
    set_day: Callable[..., None]
    path: Path

    def ask(self, *words: str, **options: Any) -> Ran:
        """Run a command."""
        return self.call(*words, **options)

    def done(self, *words: str, **options: Any) -> Any:
        """Run a command that succeeds, and return its JSON."""
        ran = self.call(*words, "--format", "json", **options)
        assert ran.code == 0, ran
        return ran.json

    def open(self, *words: str, patient: str = "Anna Secret") -> str:
        """Open a course and return its id."""
        made = self.done(
            *(
                "courses",
                "open",
                "skin",
                "--rules",
                "skin.toml",
                "--patient",
                patient,
                "--yes",
                *words,
            )
        )
        course: str = made["course"]
        return course

    def refused(self, *words: str) -> tuple[int, str]:
        """Run a command that fails and leaves the book as it is; return exit and error code."""
        before = self.path.read_bytes() if self.path.is_file() else None
        ran = self.call(*words, "--format", "json")
        assert ran.code, ran
        assert (self.path.read_bytes() if self.path.is_file() else None) == before
        document = ran.json
        fault = document["error"] if "error" in document else document["errors"][0]
        assert fault["message"]
        assert fault["remedy"]
        return ran.code, fault["code"]

    def sessions(self, course: str) -> list[tuple[int, str, str]]:
        """Return number, status and day of the sessions of a course."""
        shown = self.done("courses", "show", course)
        return [(entry["number"], entry["status"], entry["date"]) for entry in shown["sessions"]]

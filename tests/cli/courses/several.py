"""What the tests of courses of several treatments share."""

from pathlib import Path
from typing import Any

import icalendar

from tests.cli.courses.desk import CLINIC, Counter

PRICES = """\
[prices.hyaluronic-acid]
session = "200.00"
packages = [{ sessions = 3, price = "540.00" }]
deposit = "20%"
instalments = 3
[prices.mesobotox]
session = "300.00"
deposit = "100.00"
instalments = 2
"""
# Takes the place of the packaged two weeks without a shared day.
SHARED = """\
[[spacing]]
first = "mesotherapy"
other = "toxin"
minimum = "2 weeks"
minimum_before = "2 weeks"
same_day = true
reason = "House rule"
"""
# Two of one family may be one visit.
TOGETHER = """\
[[spacing]]
first = "mesotherapy"
other = "mesotherapy"
same_area = false
minimum = "0 days"
same_day = true
"""
TWO = ("hyaluronic-acid*3", "mesobotox*2", "--start", "2027-01-04")
# Two treatments of one family that wait for improvement, weekly and of other areas.
HAIR = """\
id = "hair"
name = "Hair course"
family = "mesotherapy"
areas = ["scalp"]
indications = ["thin hair"]
version = "1"
[sessions]
minimum = 2
usual = 3
maximum = 8
minutes = 30
assumption = "test"
[[phases]]
name = "weekly"
sessions = 2
minimum = "7 days"
maximum = "14 days"
early = "repeat"
assumption = "test"
[[phases]]
name = "monthly"
after_improvement = true
minimum = "1 month"
maximum = "2 months"
early = "repeat"
assumption = "test"
[facts]
consumables = ["3 ml dutasteride", "1 needle"]
assumption = "test"
"""


def open_two(counter: Counter, *words: str, rules: str = SHARED, prices: str = PRICES) -> str:
    """Open hyaluronic acid with mesoBotox on 1 December, from 4 January; return the id."""
    Path("clinic.toml").write_text(CLINIC + prices + rules)
    made = counter.done("courses", "open", *TWO, "--patient", "Anna Secret", *words)
    course: str = made["course"]
    return course


def marks(counter: Counter, course: str) -> list[tuple[str, str, str]]:
    """Return mark, status and day of the sessions of a course, by treatment."""
    shown = counter.done("courses", "show", course)
    return [
        (f"{entry['label']}{entry['number']}", entry["status"], entry["date"])
        for entry in shown["sessions"]
    ]


def due(counter: Counter, course: str) -> dict[str, tuple[int, str, str] | None]:
    """Return number and window of what is due next, by treatment."""
    shown = counter.done("courses", "show", course)
    names = ("number", "earliest", "latest")
    return {
        entry["label"]: entry["next"] and tuple(entry["next"][name] for name in names)
        for entry in shown["treatments"]
    }


def days(counter: Counter, course: str) -> dict[str, str]:
    """Return the day of each session, by treatment and number."""
    return {mark: day for mark, _, day in marks(counter, course)}


def appointments(path: str) -> dict[str, Any]:
    """Return the events of a calendar file, by UID; read by another program than wrote them."""
    calendar = icalendar.Calendar.from_ical(Path(path).read_bytes())
    return {str(event["UID"]): event for event in calendar.events}

"""Histories of courses whose improvement is assessed, worked by hand.

The rule: 4 sessions 7 to 10 days apart, 2 of 14 to 21 days after improvement, then monthly; 8 in
all, every weekday open. A session held while nothing is known is one of the conditional phases
once its gap has reached their minimum.
"""

from datetime import date

import pytest

from meso_schedule import CourseRequest, plan_course
from tests.support.samples import EVERY_DAY, clinic, phase, protocol

RULE = protocol(
    phases=[
        phase("7 days", "10 days", name="initial", sessions=4),
        phase("14 days", "21 days", name="fortnightly", sessions=2, after_improvement=True),
        phase("1 month", "1 month", name="monthly", after_improvement=True),
    ]
)
# Held; yes, no or unclear on a day; still to come; the verdict on the last session held.
HISTORIES = """
1 Dec | | 8 15 22 Dec 5 19 Jan 19 Feb 19 Mar | on schedule
1 Dec | no 1 Dec | 8 15 22 29 Dec 5 12 19 Jan | on schedule
1 Dec | yes 1 Dec | 15 29 Dec 29 Jan 1 Mar 1 Apr 1 May 1 Jun | on schedule
1 8 Dec | yes 8 Dec | 22 Dec 5 Jan 5 Feb 5 Mar 5 Apr 5 May | on schedule
1 8 15 Dec | | 22 Dec 5 19 Jan 19 Feb 19 Mar | on schedule
1 8 15 Dec | yes 15 Dec | 29 Dec 12 Jan 12 Feb 12 Mar 12 Apr | on schedule
1 8 15 22 Dec | | 5 19 Jan 19 Feb 19 Mar | on schedule
1 8 15 22 Dec | yes 22 Dec | 5 19 Jan 19 Feb 19 Mar | on schedule
1 8 15 22 Dec | no 22 Dec | 29 Dec 5 12 19 Jan | on schedule
1 8 15 22 Dec | unclear 22 Dec | 5 19 Jan 19 Feb 19 Mar | on schedule
1 8 15 22 26 Dec | | 9 23 Jan 23 Feb | too soon
1 8 15 22 28 Dec | | 11 25 Jan 25 Feb | too soon
1 8 15 22 29 Dec | yes 29 Dec | 12 26 Jan 26 Feb | on schedule
1 8 15 22 29 Dec | unclear 22 Dec yes 29 Dec | 12 26 Jan 26 Feb | on schedule
1 8 15 22 29 Dec | no 22 Dec yes 29 Dec | 12 26 Jan 26 Feb | on schedule
1 8 15 22 29 Dec 5 Jan | no 22 Dec yes 5 Jan | 19 Jan 2 Feb | on schedule
1 8 15 22 Dec 2 Jan | no 22 Dec | 9 16 23 Jan | late
1 8 15 22 Dec 4 Jan | yes 4 Jan | 18 Jan 1 Feb 1 Mar | on schedule
1 8 15 22 Dec 5 Jan | | 19 Jan 19 Feb 19 Mar | on schedule
1 8 15 22 Dec 5 Jan | yes 5 Jan | 19 Jan 19 Feb 19 Mar | on schedule
1 8 15 22 Dec 5 Jan | no 5 Jan | 12 19 26 Jan | on schedule
1 8 15 22 Dec 5 Jan | yes 22 Dec no 5 Jan | 12 19 26 Jan | on schedule
1 8 15 22 Dec 5 12 Jan | yes 22 Dec no 5 Jan yes 12 Jan | 26 Jan 26 Feb | on schedule
1 8 15 22 Dec 5 12 19 Jan | yes 22 Dec no 5 Jan yes 19 Jan | 2 Feb | on schedule
1 8 15 22 Dec 5 19 Jan | yes 19 Jan | 19 Feb 19 Mar | on schedule
1 8 15 22 Dec 5 19 Jan 19 Feb | yes 22 Dec | 19 Mar | on schedule
1 8 15 22 Dec 12 Jan | | 26 Jan 26 Feb 26 Mar | on schedule
1 8 15 22 Dec 13 Jan | | 27 Jan 27 Feb 27 Mar | late
1 8 15 22 Dec 13 Jan | yes 22 Dec | 27 Jan 27 Feb 27 Mar | late
13 20 27 Dec 3 17 31 Jan | yes 3 Jan | 1 Mar 1 Apr | on schedule
"""
MONTHS = {"Dec": (2026, 12)} | {
    name: (2027, number)
    for number, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun"), 1)
}
FIELDS = {"yes": "improved_on", "no": "not_improved_on", "unclear": "unclear_on"}


def days_of(text: str) -> list[date]:
    """Read days of which only the last of a month names it."""
    found: list[date] = []
    waiting: list[int] = []
    for word in text.split():
        if word in MONTHS:
            found += [date(*MONTHS[word], day) for day in waiting]
            waiting = []
        else:
            waiting.append(int(word))
    return found


def words_of(text: str) -> dict[str, list[str]]:
    words = text.split()
    told: dict[str, list[str]] = {}
    for place in range(0, len(words), 3):
        answer, *day = words[place : place + 3]
        told.setdefault(FIELDS[answer], []).append(str(days_of(" ".join(day))[0]))
    return told


@pytest.mark.parametrize("line", HISTORIES.strip().splitlines())
def test_what_is_to_come_and_how_the_last_one_was(line: str) -> None:
    had, said, coming, verdict = (part.strip() for part in line.split("|"))
    held = days_of(had)
    request = CourseRequest.read({"held": list(map(str, held)), "sessions": 8, **words_of(said)})
    plan = plan_course(RULE, request, clinic=clinic(hours=EVERY_DAY), as_of=held[-1])
    assert [session.date for session in plan.sessions] == days_of(coming)
    assert plan.history[-1].verdict == verdict

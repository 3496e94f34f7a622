"""What there is to say of a calendar file: events that cannot be read whole, what refuses it."""

import re
from collections.abc import Iterator
from typing import Literal

from meso_schedule.availability.calendar_text import CalendarText, Component
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.course_plan import Finding

# More would tell no more: the file is broken as a whole.
_MOST = 20
_UID_WIDTH = 60

What = Literal["no_day", "idle", "whole_days", "in_part", "more", "nothing"]
# The kind of each finding, and its sentence.
_TOLD: dict[What, tuple[str, Phrase]] = {
    "no_day": (
        "calendar_event_left_out",
        phrase(
            "Calendar {name}, line {line}: the event {uid} names no day that can be read and is"
            " left out."
        ),
    ),
    "idle": (
        "calendar_event_left_out",
        phrase(
            "Calendar {name}, line {line}: the event {uid} cannot be read whole and is left out:"
            " it is free, called off or over."
        ),
    ),
    "whole_days": (
        "calendar_event_whole_days",
        phrase(
            "Calendar {name}, line {line}: the event {uid} takes whole days, since its"
            " {properties} cannot be read."
        ),
    ),
    "in_part": (
        "calendar_event_in_part",
        phrase(
            "Calendar {name}, line {line}: of the event {uid}, {properties} cannot be read and is"
            " not counted."
        ),
    ),
    "more": (
        "calendar_unreadable",
        phrase("Calendar {name}: of further events, {count} cannot be read whole."),
    ),
    "nothing": (
        "calendar_blocks_nothing",
        phrase("Calendar {name} takes no time: no busy event of it is still to come."),
    ),
}


class Report:
    """Gathers what there is to say of a file, by the names and lines of its events.

    Args:
        text: The file.
        name: Its name as given; None where it has none.
    """

    def __init__(self, text: CalendarText, name: str | None) -> None:
        self._text = text
        self._name = name
        self._told = 0
        self._findings: list[Finding] = []
        self._faults: list[Fault] = []
        self._unknown: set[str] = set()

    def tell(self, what: What, event: Component, *properties: str) -> None:
        """Say what could not be read of an event.

        Args:
            what: It names no day, is idle, takes whole days, or counts in part.
            event: The event.
            properties: What could not be read.
        """
        if not self.is_full:
            line, uid = self._text.line_of(event), _shown_uid(event) or phrase("without UID")
            values = {"line": line, "uid": uid, "properties": joined(properties)}
            self._findings.append(self._finding(what, **values))
        self.count()

    @property
    def is_full(self) -> bool:
        """Whether further events are only counted."""
        return self._told >= _MOST

    def count(self) -> None:
        """Count an event that could not be read whole."""
        self._told += 1

    def refuse_zone(self, event: Component, zone: str) -> None:
        """Say that the zone of an event is unknown, which refuses the file; each zone once.

        Raises:
            InputError: When the file has too many faults.
        """
        if zone not in self._unknown:
            self._unknown.add(zone)
            problem = f"uses the time zone {zone[:80]!r}, which is not known."
            remedy = (
                f"Say which it is, for example --zone '{zone[:80]}=Europe/Berlin', or under"
                " [zones] in the clinic file."
            )
            self._refuse(event, "unknown_zone", problem, remedy)

    def refuse_rule(self, event: Component) -> None:
        """Say that a rule cannot be read, so that an event could be on any day.

        Raises:
            InputError: When the file has too many faults.
        """
        problem = "repeats by a rule that cannot be read."
        remedy = "Export it again as iCalendar (.ics), or take that event out of the file."
        self._refuse(event, "bad_calendar", problem, remedy)

    def check(self) -> None:
        """Refuse the file for what was said.

        Raises:
            InputError: With every fault.
        """
        if self._faults:
            raise InputError(self._faults)

    def findings(self, *, takes_time: bool) -> Iterator[Finding]:
        """Yield what was told, and whether the calendar takes no time at all."""
        yield from self._findings
        if self._told > _MOST:
            yield self._finding("more", count=self._told - _MOST)
        if not takes_time:
            yield self._finding("nothing")

    def _refuse(self, event: Component, code: str, problem: str, remedy: str) -> None:
        uid = _shown_uid(event) or "without UID"
        message = f"The event {uid} on line {self._text.line_of(event)} {problem}"
        self._faults.append(Fault(code, message, None, "busy", self._name, remedy))
        if len(self._faults) == _MOST:
            self.check()

    def _finding(self, what: What, **values: object) -> Finding:
        # The file's name without its folders, which are nobody's business.
        name = re.split(r"[/\\]", self._name or "")[-1]
        shown = "".join(sign for sign in name if sign.isprintable())
        values["name"] = shown or phrase("without a name")
        kind, told = _TOLD[what]
        return Finding(
            kind=kind, message=Phrase(told.template.format(**values), told.template, values)
        )


def _shown_uid(event: Component) -> str:
    """Return the name of an event as it can be shown; empty where it has none."""
    uid = event.text("UID")[: 2 * _UID_WIDTH]
    return "".join(sign for sign in uid if sign.isprintable())[:_UID_WIDTH]

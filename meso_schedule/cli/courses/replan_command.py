"""`courses replan` and `adopt`: the sessions to come planned anew, and under newer rules."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from meso_schedule.base.times import Clock
from meso_schedule.book.records import Adopted
from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.course_record import hours_text
from meso_schedule.cli.courses.inputs import read_session
from meso_schedule.cli.environment import calendar_facts, desk_language, read_calendars
from meso_schedule.cli.error_messages import placing
from meso_schedule.cli.requests import read_asked
from meso_schedule.course.course_plan import Finding
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import day_text
from meso_schedule.rules.catalogue import catalogue
from meso_schedule.running import course_drafts as drafts
from meso_schedule.running.asked_anew import asked_anew
from meso_schedule.running.replanning import Replanned
from meso_schedule.running.same_time import moved_beside

_CHANGES = shared.request_options(lambda field: field.changeable)


@writes(None, _CHANGES, shared.CALENDARS)
def replan(
    seen: Situation,
    treatment: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TREATMENT",
            help="Of several treatments, what one is asked from now on: mesobotox*3@2027-02-01.",
        ),
    ] = None,
    *,
    release: Annotated[
        list[str] | None,
        typer.Option(
            "--release",
            metavar="N",
            help="A session that may move although it was fixed by hand or is inside the clinic's"
            " notice; of several treatments B2, or mesobotox:2; repeatable.",
        ),
    ] = None,
    urgent: options.Urgent = False,
    yes: Annotated[bool, shared.flag("--yes", "Book the new days.")] = False,
    **given: Any,
) -> Draft:
    """Show the calendar that moves as few booked sessions as it can; with --yes, book it."""
    calendars = read_calendars(given["busy"], given["zone"], seen.clinic, seen.today, seen.today)
    released = [read_session(seen.now, text, "release") for text in release or []]
    with placing({}, country=seen.clinic.home_country if seen.clinic else None):
        made = drafts.replanned(
            seen,
            changes=_asked(given, treatment or [], seen),
            release=released,
            busy=calendars,
            urgent=urgent,
        )
    beside = moved_beside(seen.state, made.records, seen.clinic, seen.book)
    spoken = desk_language(seen.clinic)
    lines = [*change_lines(made, spoken), *(spoken.say(finding.message) for finding in beside)]
    facts = {
        "changes": change_documents(made),
        "booked": bool(yes and made.records),
        **same_time_facts(beside),
        **calendar_facts(calendars, seen.clinic, seen.today),
    }
    if not made.records:
        return Draft([], "Every booked day can stay: nothing changes.", facts=facts)
    if not yes:
        told = "\n".join([*lines, "Nothing is written yet: give --yes to book it."])
        return Draft([], told, facts=facts)
    return Draft(made.records, " ".join(lines), lambda _: lines, facts)


def _asked(given: shared.Given, wanted: Sequence[str], seen: Situation) -> dict[str, Any]:
    """Return what is asked from now on."""
    typed = {name: given[name] for name in _CHANGES if given[name] not in (None, [], False)}
    if not typed and not wanted:
        return {}
    every = {**typed, "protocol": wanted} if wanted else typed
    return asked_anew(seen.now, read_asked(every).request, every)


def same_time_facts(found: Sequence[Finding]) -> dict[str, Any]:
    """Return the sessions that get the time of another, for programs; nothing without any."""
    return {"same_time": [it.model_dump(mode="json") for it in found]} if found else {}


def change_documents(made: Replanned) -> list[dict[str, Any]]:
    """Return what becomes of each session that changes, for programs."""
    return [
        {**change.model_dump(mode="json"), "number": made.number_of(change)}
        for change in made.made.changes
    ]


def change_lines(made: Replanned, spoken: Language) -> Sequence[str]:
    """Return what becomes of each session that changes, in sentences.

    Args:
        made: What was planned anew.
        spoken: How the time is written.
    """
    lines, told = [], []
    for change in made.made.changes:
        number = f"{change.label or ''}{made.number_of(change)}"
        why = "; ".join(map(spoken.say, change.why))
        start = change.start_after
        at = f" at {spoken.clock(Clock.parse(start))}" if start else ""
        before = day_text(change.before) if change.before else ""
        after = day_text(change.after) if change.after else ""
        words = {
            "moved": f"Session {number} moves from {before} to {after}{at}: {why}.",
            "new": f"Session {number} is on {after}{at}: {why}.",
            "dropped": f"Session {number} on {before} is dropped: {why}.",
        }
        lines.append(words[change.kind])
        told.append(number)
    if not lines:
        return ["The days stay.", *_staying_lines(made, spoken)]
    handed = (it for it, names in made.stays.items() if "takes" in names and it not in told)
    return [*lines, *(f"Of session {it} changes: who gives it." for it in handed)]


def _staying_lines(made: Replanned, spoken: Language) -> list[str]:
    """Say what becomes different although every session stays on its day."""
    words = {
        "start": "when it begins",
        "minutes": "how long it takes",
        "phase": "its phase",
        "provisional": "whether it is provisional",
        "pinned": "that it is fixed by hand",
        "takes": "who gives it",
        "rooms": "what it takes of rooms and devices",
    }
    told = [
        f"Of session {mark} changes: {', '.join(words[name] for name in names)}."
        for mark, names in made.stays.items()
    ]
    if made.wishes:
        asked = (
            f"{name.replace('_', ' ')} {_wish(name, it, spoken)}"
            for name, it in made.wishes.items()
        )
        told.append(f"Asked from now on: {', '.join(asked)}.")
    return told


def _wish(name: str, value: Any, spoken: Language) -> str:
    if name == "at":
        return spoken.clock(Clock.parse(value))
    if name == "between":
        return " ".join(hours_text(it, spoken) for it in value)
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


@writes()
def adopt(
    seen: Situation,
    *,
    rules: shared.Rules = None,
    reason: options.Reason = None,
) -> Draft:
    """Let a course go on under its protocols as the rule files are now."""
    before = seen.state.protocols
    made = drafts.adopted(seen, named=catalogue(rules or ()).named, reason=reason)
    if not made.records:
        return Draft([], "The rules are those that the course keeps: nothing changes.")
    (record,) = made.records
    assert isinstance(record, Adopted), "nothing else is written"
    stamps = [
        f"{new.id}: version {old.version}, {old.digest[:19]}, becomes"
        f" version {new.version}, {new.digest[:19]}."
        for old, new in zip(before, record.protocols, strict=True)
    ]
    told = f"Booked days stay until 'meso-schedule courses replan {seen.state.course}'."
    return Draft([record], " ".join(stamps), lambda _: [told])

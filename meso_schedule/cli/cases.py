"""`protocols check --cases`: courses worked by hand, held against what is planned."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path

from meso_schedule.base.errors import Fault, InputError, MesoScheduleError, shortened
from meso_schedule.base.source_files import refuse
from meso_schedule.base.text_files import read_text
from meso_schedule.cli.case_records import read_recorded
from meso_schedule.cli.error_messages import PlacedError
from meso_schedule.cli.requests import read_asked
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import FIELDS, CourseRequest
from meso_schedule.course.request_checks import request_faults
from meso_schedule.course.request_field import takes_many
from meso_schedule.evaluation.evaluate import standing_of
from meso_schedule.evaluation.standing import Standing
from meso_schedule.planner.planning import plan_course
from meso_schedule.rules.protocol import Protocol

_WORDS = ("id", "name", "file", "source", "note")
_EXPECTED = ("expected_dates", "expected_days", "expected_top_ups")

# What each column must be; lists are separated by semicolons.
HISTORY_COLUMNS = (
    "expected_verdicts",
    "expected_reasons",
    "expected_counts",
    "expected_next",
    "expected_earliest",
    "expected_recommended",
    "expected_latest",
    "expected_lapse",
    "expected_status",
)
_NOTHING = "none"
_RECORDED = "recorded"


def case_faults(
    name: str, checked: Mapping[Path, Protocol], clinic: Clinic | None
) -> Iterator[Fault]:
    """Find the cases of a CSV file that are planned otherwise than they say.

    Each line is a case. Its columns are the names of a request (lists separated by spaces),
    `protocol` or `file` (seen from the CSV file) where several files are checked,
    `expected_dates` (ISO dates) or `expected_days` (days since session 1),
    `recorded` (what was held and assessed, in the order of recording), `expected_top_ups`, and
    in words `id`, `name`, `source`, `note`. With any of
    `HISTORY_COLUMNS` the sessions held are judged, and nothing is planned unless a column asks
    for it. Lines before the first that begin with # are left out.

    Args:
        name: The CSV file.
        checked: Protocols by the file they stand in; cases of others are `untried_cases`.
        clinic: Whose hours count; None for Monday to Friday.

    Raises:
        UnreadableFileError: When it is no such file.
    """
    protocols = {path.resolve(): protocol for path, protocol in checked.items()}
    for place, case in _read(name):
        protocol = _protocol_of(case, protocols, Path(name).parent)
        if protocol is None:
            continue
        try:
            yield from _case_faults(case, protocol, clinic, place)
        except (MesoScheduleError, PlacedError) as failed:
            error = failed.error if isinstance(failed, PlacedError) else failed
            yield from (replace(fault, source=place) for fault in error.faults)


def untried_cases(name: str, checked: Mapping[Path, Protocol]) -> Counter[str]:
    """Count the cases whose protocol is none of those checked, by what names it."""
    protocols = {path.resolve(): protocol for path, protocol in checked.items()}
    return Counter(
        case.get("protocol") or case.get("file") or "no protocol"
        for _, case in _read(name)
        if _protocol_of(case, protocols, Path(name).parent) is None
    )


def _case_faults(
    case: Mapping[str, str], protocol: Protocol, clinic: Clinic | None, place: str
) -> Iterator[Fault]:
    request = _request(case, protocol)
    is_history = any(case.get(name) for name in HISTORY_COLUMNS)
    if is_history:
        for fault in history_differences(case, protocol, request, place):
            yield replace(fault, remedy=f"Correct the rules or the case{_told(case)}.")
    if not is_history or any(case.get(name) for name in _EXPECTED):
        yield from _differences(case, _plan(protocol, request, clinic), place)


def _read(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    text = read_text(Path(name))
    comments = re.match(r"(?:#[^\n]*\n)*", text)
    begin = comments.end() if comments else 0
    above = text.count("\n", 0, begin)
    reader = csv.DictReader(StringIO(text[begin:], newline=""), strict=True)
    known = {*FIELDS, *_WORDS, *_EXPECTED, *HISTORY_COLUMNS, _RECORDED}
    try:
        for column in reader.fieldnames or ():
            if column not in known:
                remedy = f"Known: {', '.join(sorted(known))}."
                refuse(name, "unknown_column", f"There is no column {shortened(column)}.", remedy)
        for case in reader:
            place = f"{name}, line {above + reader.line_num}"
            if None in case or None in case.values():
                refuse(place, "bad_csv", "It has not one cell a column.", "Correct it.")
            yield place, case
    except csv.Error as error:
        refuse(name, "bad_csv", f"It is not valid CSV: {error}.", "Correct it.")


def _protocol_of(
    case: Mapping[str, str], protocols: Mapping[Path, Protocol], folder: Path
) -> Protocol | None:
    if named := case.get("protocol"):
        return next((p for p in protocols.values() if p.id == named), None)
    if file := case.get("file"):
        return protocols.get((folder / file).resolve())
    return next(iter(protocols.values())) if len(protocols) == 1 else None


def _request(case: Mapping[str, str], protocol: Protocol) -> CourseRequest:
    options = {name: _cell(name, cell) for name, cell in case.items() if cell and name in FIELDS}
    if text := case.get(_RECORDED):
        options["held"] = list(map(str, read_recorded(text).held))
    return read_asked({**options, "protocol": [protocol.id]}).request


def _cell(name: str, text: str) -> str | list[str]:
    """Split a list at its spaces; a treatment given elsewhere has some of its own."""
    is_list = takes_many(CourseRequest.model_fields[name]) and name != "other"
    return text.split() if is_list else text


def _plan(protocol: Protocol, request: CourseRequest, clinic: Clinic | None) -> CoursePlan:
    as_of = request.as_of or max(request.held_days, default=request.start)
    if as_of is None:
        remedy = "Add a column start or as_of."
        raise InputError.of("missing_key", "The case has no day.", field="start", remedy=remedy)
    return plan_course(protocol, request, clinic=clinic, as_of=as_of)


def _differences(case: Mapping[str, str], plan: CoursePlan, place: str) -> Iterator[Fault]:
    first = plan.sessions[0].date if plan.sessions else plan.as_of
    planned = {
        "expected_dates": [str(session.date) for session in plan.sessions],
        "expected_days": [str((session.date - first).days) for session in plan.sessions],
        "expected_top_ups": [str(visit.date) for visit in plan.top_ups],
    }
    for name, days in planned.items():
        expected = case.get(name, "").split()
        if case.get(name) and expected != days:
            yield Fault(
                "case_differs",
                f"Planned is {' '.join(days) or 'none'}, expected {' '.join(expected) or 'none'}.",
                place,
                name,
                case[name],
                f"Correct the rules or the case{_told(case)}.",
            )


def _told(case: Mapping[str, str]) -> str:
    told = ", ".join(case[name] for name in _WORDS if case.get(name))
    return f" ({told})" if told else ""


def history_differences(
    case: Mapping[str, str], protocol: Protocol, request: CourseRequest, place: str
) -> Iterator[Fault]:
    """Find what the sessions held of a case amount to that its line says otherwise.

    `expected_verdicts`, `expected_counts` (yes or no) and `expected_reasons` have an entry for
    each session held; a reason must hold the words of its entry. The others are of the next
    session; `none` is written where there is none.
    """
    if not request.held:
        remedy = "Add the days of the sessions held."
        raise InputError.of("missing_key", "No session is held.", field="held", remedy=remedy)
    as_of = request.as_of or max(request.held_days)
    if faults := list(request_faults(protocol, request, as_of)):
        raise InputError(faults)
    improvement, places = request.improvement, tuple[int, ...]()
    if text := case.get(_RECORDED):
        _, places, words = read_recorded(text)
        improvement = improvement._replace(assessments=words)
    standing = standing_of(
        protocol,
        request.held_days,
        improvement,
        as_of=as_of,
        sessions=request.sessions or protocol.sessions.usual,
        recorded=places,
    )
    found = _found(standing)
    for name in HISTORY_COLUMNS:
        if not (expected := case.get(name, "").strip()):
            continue
        if not _agrees(name, expected, found[name]):
            yield Fault(
                "case_differs",
                f"Found is {found[name]}, expected {expected}.",
                place,
                name,
                expected,
                "Correct the rules or the case.",
            )


def _found(standing: Standing) -> dict[str, str]:
    history, following = standing.history, standing.forecast
    found = {
        "expected_verdicts": "; ".join(entry.verdict for entry in history),
        "expected_counts": "; ".join("yes" if entry.counts else "no" for entry in history),
        "expected_reasons": " | ".join(entry.reason for entry in history),
    }
    for name, field in zip(HISTORY_COLUMNS[3:], _NEXT, strict=True):
        value = getattr(following, field) if following else None
        found[name] = _NOTHING if value is None else str(value)
    return found


_NEXT = ("number", "earliest", "recommended", "latest", "lapse", "status")


def _agrees(name: str, expected: str, found: str) -> bool:
    if name != "expected_reasons":
        return _parts(expected, ";") == _parts(found, ";")
    wanted, told = _parts(expected, ";"), _parts(found, "|")
    return len(wanted) == len(told) and all(map(_holds, told, wanted))


def _holds(told: str, wanted: str) -> bool:
    return all(words.strip() in told for words in wanted.split("&"))


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator)]

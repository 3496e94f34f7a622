"""`protocols check --cases`: sessions held whose verdicts were worked out by hand."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from meso_schedule.base.errors import Fault, InputError

if TYPE_CHECKING:
    from meso_schedule.course.request import CourseRequest
    from meso_schedule.evaluation.evaluate import Standing
    from meso_schedule.rules.protocol import Protocol

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


def history_differences(
    case: Mapping[str, str], protocol: "Protocol", request: "CourseRequest", place: str
) -> Iterator[Fault]:
    """Find what the sessions held of a case amount to that its line says otherwise.

    `expected_verdicts`, `expected_counts` (yes or no) and `expected_reasons` have an entry for
    each session held; a reason must hold the words of its entry. The others are of the next
    session; `none` is written where there is none.
    """
    from meso_schedule.course.request_checks import request_faults
    from meso_schedule.planner.setup import standing_of

    if not request.held:
        remedy = "Add the days of the sessions held."
        raise InputError.of("missing_key", "No session is held.", field="held", remedy=remedy)
    as_of = request.as_of or max(request.held_days)
    if faults := list(request_faults(protocol, request, as_of)):
        raise InputError(faults)
    count = request.sessions or protocol.sessions.usual
    standing = standing_of(protocol, request, as_of, count)
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


def _found(standing: "Standing") -> dict[str, str]:
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

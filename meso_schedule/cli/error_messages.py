"""Errors as sentences for people and as JSON for programs."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from meso_schedule.base.errors import Fault, MesoScheduleError, cut_words
from meso_schedule.cli.standard_error import tell
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.request import FIELDS
from meso_schedule.course.told_errors import error_document, placed_faults, root_of

COMMAND_LINE = "command line"

# The library speaks of fields; whoever typed an option looks for its own spelling.
_FIELDS_NAMED = re.compile(rf"\b({'|'.join(name for name in FIELDS if '_' in name)})\b")

# Words without a name of their own on the command line.
_ARGUMENTS = (
    "protocol",
    "name",
    "course",
    "amount",
    "session",
    "text",
    "file",
    "target",
    "topic",
    "event_revision",
)
_TOLD = 70


class PlacedError(Exception):
    """An error, and where the fields that it may name were given.

    `arguments` are those of the command that are written without an option, as its help names them.
    """

    def __init__(
        self,
        error: MesoScheduleError,
        origins: Mapping[str, str],
        language: str | None,
        country: str | None,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.origins = dict(origins)
        self.language = language
        self.country = country
        self.arguments: Mapping[str, str] = {}


@contextmanager
def naming(arguments: Mapping[str, str]) -> Iterator[None]:
    """Tell of errors from inside what the arguments of a command are called."""
    try:
        yield
    except MesoScheduleError as error:
        placed = PlacedError(error, {}, None, None)
        placed.arguments = arguments
        raise placed from error
    except PlacedError as error:
        error.arguments = arguments
        raise


@contextmanager
def placing(
    origins: Mapping[str, str], language: str | None = None, country: str | None = None
) -> Iterator[None]:
    """Tell of errors from inside where their fields were given.

    Args:
        origins: The file of each field that did not come from the command line.
        language: In which a "no" is explained; None for English.
        country: That of the clinic, whose clock it has.
    """
    try:
        yield
    except MesoScheduleError as error:
        raise PlacedError(error, origins, language, country) from None


def report(
    error: MesoScheduleError,
    origins: Mapping[str, str],
    language: str | None = None,
    country: str | None = None,
    *,
    as_json: bool,
    arguments: Mapping[str, str] | None = None,
) -> None:
    """Tell people on standard error; with JSON asked for, programs on standard output too."""
    if as_json:
        from meso_schedule.cli.environment import write_json

        write_json(json.dumps(error_document(error, origins, COMMAND_LINE), indent=2))
    if isinstance(error, NoCalendarFits):
        from meso_schedule.output.forms import FIRST, text_language
        from meso_schedule.output.terminal.conflict_text import conflict_lines

        tell(*conflict_lines(error, text_language(language or FIRST).in_country(country)))
    else:
        tell(
            *(
                f"Error: {fault_sentence(fault, arguments or {})}"
                for fault in placed_faults(error, origins, COMMAND_LINE)
            )
        )


def fault_sentence(fault: Fault, arguments: Mapping[str, str]) -> str:
    """Say where a fault is, what is wrong, the value, and what to write instead.

    Args:
        fault: What is wrong.
        arguments: What the help of the command calls its arguments.
    """
    parts = (_source(fault), _field(fault, arguments))
    place = cut_words(", ".join(part for part in parts if part))
    message = fault.message
    # A long value is cut in the message, and sooner there than in the field of a fault.
    if fault.value and fault.value[:_TOLD] not in f"{place} {message}":
        message = f"{message.rstrip('.')} ({fault.value})."
    told = " ".join(word for word in (message, fault.remedy) if word)
    if fault.source == COMMAND_LINE:
        told = _FIELDS_NAMED.sub(lambda found: _option(found[0]), told)
    return f"{place}: {told}" if place else told


def nearest(name: str, known: Sequence[str]) -> str:
    """Offer the known names nearest to one, else all of them."""
    near = near_names(name, known)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(known)}."


def near_names(name: str, known: Sequence[str]) -> list[str]:
    """Return up to three known names that look like one, the likest first."""
    from difflib import get_close_matches

    return get_close_matches(name, known, 3, 0.6)


def _source(fault: Fault) -> str | None:
    return None if fault.source == COMMAND_LINE else fault.source


def _field(fault: Fault, arguments: Mapping[str, str]) -> str | None:
    if fault.source != COMMAND_LINE or not fault.field:
        return fault.field
    root = root_of(fault.field)
    if root in arguments:
        return arguments[root]
    return root.upper() if root in _ARGUMENTS else _option(root)


def _option(field: str) -> str:
    # The book counts sessions by number; the option is called after what is counted.
    field = "session" if field == "number" else field
    return f"--{field.replace('_', '-')}"

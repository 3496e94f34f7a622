"""The errors of the package: one base class, one fault record, one exit code each."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import IntEnum
from typing import Any, Self

# How many faults of one input are told; whoever has mended those asks again.
MOST_FAULTS = 50
MORE_FAULTS = "more_faults"
_LONGEST_VALUE = 200

# A word that nobody typed.
_ENDLESS = re.compile(r"\S{300,}")


class ExitCode(IntEnum):
    """What the command line tells its caller."""

    DONE = 0
    NO = 1
    BAD_INPUT = 2
    NOT_PROVEN = 3
    REFUSED = 4
    ENVIRONMENT = 5
    DEFECT = 70
    CLOSED_PIPE = 141


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands and what to write instead.

    Args:
        code: Short name for programs, such as `bad_date`.
        message: What is wrong, as one sentence.
        source: The file, or the part of the command, it stands in; None when unknown.
        field: The key path or option; lists are counted from 1.
        value: What was written there, cut where it is long.
        remedy: What to write instead, as one sentence.
    """

    code: str
    message: str
    source: str | None = None
    field: str | None = None
    value: str | None = None
    remedy: str | None = None

    def __post_init__(self) -> None:
        for name, cut in _CUT:
            if text := getattr(self, name):
                object.__setattr__(self, name, cut(text))

    def __str__(self) -> str:
        place = cut_words(", ".join(part for part in (self.source, self.field) if part))
        sentence = f"{place}: {self.message}" if place else self.message
        return f"{sentence} {self.remedy}" if self.remedy else sentence


def cut_words(text: str) -> str:
    """Cut words that nobody typed, and names that no file has."""
    return _ENDLESS.sub(lambda found: f"{found[0][:100]}...", text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


_CUT = (("message", cut_words), ("remedy", cut_words), ("field", _cut), ("value", _cut))


class MesoScheduleError(Exception):
    """Base of every error that a caller can mend or must be told.

    Args:
        problem: What is wrong, as one sentence; None where that is all that is said.
        field: As in a `Fault`; so are `value` and `remedy`.
        facts: What programs are told beside it, as members of its document.
    """

    exit_code = ExitCode.BAD_INPUT
    code = "bad_input"
    problem: str | None = None
    field: str | None = None
    value: str | None = None
    remedy: str | None = None
    facts: Mapping[str, Any] = {}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The single faults; at least one."""
        message = self.problem or str(self)
        return (Fault(self.code, message, None, self.field, self.value, self.remedy),)

    def in_field(self, field: str) -> "InputError":
        """Return the same faults as those of a field."""
        return InputError(replace(fault, field=field) for fault in self.faults)

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call __init__ with the sentence, which most subclasses do not take.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    kind: type[MesoScheduleError], args: tuple[Any, ...], state: dict[str, Any]
) -> MesoScheduleError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(MesoScheduleError):
    """Bad input: every fault found in it at once, the first fifty of them where there are more."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = _first_of(tuple(faults))
        super().__init__("\n".join(str(fault) for fault in self._faults))

    @classmethod
    def of(
        cls,
        code: str,
        message: str,
        *,
        source: str | None = None,
        field: str | None = None,
        value: object = None,
        remedy: str | None = None,
    ) -> Self:
        """Build the error of a single fault."""
        shown = None if value is None else str(value)
        return cls([Fault(code, message, source, field, shown, remedy)])

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._faults

    def at(self, source: str, field: str | None = None) -> "InputError":
        """Return the same error with its place filled in where it has none."""
        placed = type(self).__new__(type(self))
        faults = [
            replace(fault, source=fault.source or source, field=fault.field or field)
            for fault in self._faults
        ]
        InputError.__init__(placed, faults)
        return placed


def _first_of(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Return as many faults as are told, and how many there are besides."""
    own = [fault for fault in faults if fault.code != MORE_FAULTS]
    untold = sum(int(fault.value or 0) for fault in faults if fault.code == MORE_FAULTS)
    untold += len(own[MOST_FAULTS:])
    return (*own[:MOST_FAULTS], *_untold(untold))


def _untold(count: int) -> Iterator[Fault]:
    if count:
        problem = f"So many more faults are not told here: {count}."
        remedy = "Mend those that are told, then try again."
        yield Fault(MORE_FAULTS, problem, value=str(count), remedy=remedy)


def key_path(parts: Iterable[str | int]) -> str:
    """Write a place in a document; items of lists are counted from 1.

    >>> key_path(["phases", 1, "minimum", 0])
    'phases[2].minimum[1]'
    """
    path = ""
    for part in parts:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def shortened(value: object) -> str:
    """Show a value in a sentence, cut where it grows long."""
    try:
        shown = repr(value)
    except ValueError:  # Python writes no number of more digits
        shown = "A number of more than 4,300 digits"
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def shown_names(names: Iterable[str]) -> str:
    """List names in a sentence, the first dozen of them."""
    known = list(names)
    return ", ".join(known[:12]) + (", …" if len(known) > 12 else "")


def near_or_known(name: str, known: Sequence[str]) -> str:
    """Offer up to three known names that look like one, the likest first, else what is known."""
    folded = {entry.casefold(): entry for entry in known}
    wanted = name.casefold()
    near = [folded[match] for match in get_close_matches(wanted, folded, 3, 0.5)]
    near += [entry for entry in known if wanted and entry.casefold().startswith(wanted)]
    if near:
        return f"Did you mean {' or '.join(list(dict.fromkeys(near))[:3])}?"
    return f"Known: {shown_names(known) or 'none'}."


class UnreadableFileError(InputError):
    """A file that is missing, a folder, too large, not text or not what it should be."""


class UnknownNameError(InputError):
    """A name that is not among the known ones; the nearest are offered."""

    def __init__(
        self, kind: str, name: str, known: Sequence[str], field: str | None = None, remedy: str = ""
    ) -> None:
        remedy = remedy or near_or_known(name, known)
        message = f"There is no {kind} {shortened(name)}."
        super().__init__([Fault(f"unknown_{kind}", message, None, field or kind, name, remedy)])


class FormatError(MesoScheduleError, ValueError):
    """Text that cannot be read as the value it should be."""

    problem: str

    def __init__(self, code: str, text: object, problem: str, remedy: str) -> None:
        self.code = code
        self.value = self.text = text if isinstance(text, str) else shortened(text)
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}")


class CalendarEndError(MesoScheduleError, ValueError):
    """A date that would lie outside the years 1 to 9999."""

    code = "calendar_end"
    field = "start"
    remedy = "Choose a start nearer to today."

    def __init__(self, anchor: date, text: str) -> None:
        self.anchor = anchor
        self.text = text
        self.value = str(anchor)
        super().__init__(f"{anchor} and {text} leave the years 1 to 9999.")


class BudgetTooSmallError(MesoScheduleError):
    """A budget that does not pay for the least number of sessions of the protocol."""

    exit_code = ExitCode.NO
    code = "budget_too_small"
    field = "budget"

    def __init__(self, budget: Decimal, currency: str, sessions: int, needed: Decimal) -> None:
        self.budget = budget
        self.currency = currency
        self.sessions = sessions
        self.needed = needed
        self.value = str(budget)
        self.remedy = f"Raise the budget to {needed} {currency} or choose another protocol."
        super().__init__(
            f"{budget} {currency} does not pay for {sessions} sessions,"
            f" which cost {needed} {currency}."
        )


class EnvironmentFault(MesoScheduleError):  # noqa: N818 - the surroundings are at fault
    """Storage or surroundings that fail: a target that cannot be written, a full disk."""

    exit_code = ExitCode.ENVIRONMENT
    code = "environment"
    field = "output"
    problem: str
    remedy: str

    def __init__(self, problem: str, target: str, remedy: str) -> None:
        self.problem = problem
        self.value = self.target = target
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}")


class DefectError(MesoScheduleError):
    """An error that nobody expected: a fault of the program.

    Args:
        kind: The class of the error.
    """

    exit_code = ExitCode.DEFECT
    code = "defect"
    remedy = "Report it, with what was asked."

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"The program failed with {kind}: a defect of its own.")


def in_our_words(error: Exception) -> MesoScheduleError:
    """Return an error as one of ours: one that nobody expected is a defect."""
    if isinstance(error, MesoScheduleError):
        return error
    defect = DefectError(type(error).__name__)
    defect.__cause__ = error
    return defect

"""Options that would do nothing: each acts on some outputs only, and is refused without one."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from meso_schedule.base.errors import Fault, InputError

RECORD = ".fhir.json"

# The files that each option acts on, by their endings. What goes to standard output acts as
# the file of its kind.
_ACTS_ON = {
    "calendar": (".txt",),
    "language": (".txt", ".html", ".ics", RECORD, ".xlsx", ".pdf"),
    "bom": (".csv",),
    "separator": (".csv",),
    "decimal": (".csv",),
    "paper": (".pdf",),
    "large": (".pdf",),
    "feed_detail": (".ics",),
    "feed_sequence": (".ics",),
}
# Options that act on the first screen, which no file holds.
_ON_SCREEN = ("why", "care", "sources", "full")
_KINDS = {"table": ".txt", "json": ".json", "csv": ".csv", "markdown": ".md"}
_OF_PRICES = ("currency", "price", "option", "tax_exempt")
_BATCH = ("resume", "workers", "sheets")


def refuse_idle(
    given: Mapping[str, Any], paths: Sequence[Path] = (), shown: str | None = None
) -> None:
    """Refuse options that act on nothing of what a command makes.

    Args:
        given: Everything that was typed, by the names of the command's parameters.
        paths: The files that are written.
        shown: The format of a plan or comparison on standard output; None where there is none.

    Raises:
        InputError: With every such option.
    """
    endings = {ending_of(path) for path in paths} | ({_KINDS[shown]} if shown else set())
    if faults := [*_idle(given, endings), *_without(given, paths, shown)]:
        raise InputError(faults)


def _idle(given: Mapping[str, Any], endings: set[str]) -> Iterator[Fault]:
    for name, kinds in _ACTS_ON.items():
        if name == "language" and is_given(given, "bom"):
            kinds = (*kinds, ".csv")
        if is_given(given, name) and endings.isdisjoint(kinds):
            remedy = f"Leave it out, or write --output FILE{kinds[-1]}."
            yield _fault(name, f"a {' or '.join(kinds)} file", remedy)


def _without(given: Mapping[str, Any], paths: Sequence[Path], shown: str | None) -> Iterator[Fault]:
    if is_given(given, "force") and not paths:
        yield _fault("force", "--output", "Leave it out, or name a file.")
    for name in _ON_SCREEN:
        if is_given(given, name) and shown != "table":
            yield _fault(name, "--format table", "Leave it out.")
    for name in _BATCH:
        if is_given(given, name) and not is_given(given, "batch"):
            remedy = "Leave it out, or give --batch." if "batch" in given else "Leave it out."
            yield _fault(name, "--batch", remedy)
    if is_given(given, "no_prices"):
        for name in _OF_PRICES:
            # A budget is held against what it changes, shown or not.
            if is_given(given, name) and (name == "currency" or not is_given(given, "budget")):
                yield _fault(name, "prices", "Leave it or --no-prices out.")


def ending_of(path: Path) -> str:
    """Return what tells the kind of a file, in small letters."""
    return RECORD if path.name.lower().endswith(RECORD) else path.suffix.lower()


def is_given(given: Mapping[str, Any], name: str) -> bool:
    """Tell whether an option was typed, be it with an empty value."""
    return given.get(name) not in (None, False)


def _fault(name: str, needed: str, remedy: str) -> Fault:
    return Fault("contradiction", f"It goes with {needed} only.", None, name, None, remedy)

"""The manual page: what `--help` says of every command, for `man`.

Source:
    groff_man(7): .TH, .SH, .SS, .TP, and which signs are escaped.
"""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from meso_schedule._version import __version__
from meso_schedule.base.errors import ExitCode
from meso_schedule.cli.app import PROGRAM, build

_EXITS = {
    ExitCode.DONE: "Done.",
    ExitCode.NO: "A valid no: no calendar fits, or a check found a fault.",
    ExitCode.BAD_INPUT: "Bad input or usage.",
    ExitCode.NOT_PROVEN: "Neither a calendar nor a no was proven within the bound of work.",
    ExitCode.REFUSED: "Refused by what is recorded.",
    ExitCode.ENVIRONMENT: "Storage or environment, such as a disk that is full.",
    ExitCode.DEFECT: "A defect of the program.",
    ExitCode.CLOSED_PIPE: "The output was closed.",
}
_SIGNS = {"\\": r"\(rs", "-": r"\-", "'": r"\(aq", '"': r"\(dq"}
_VARIABLES = {
    "MESO_BOOK": "The book, where --book is not given.",
    "MESO_CLINIC": "The clinic file, where --clinic is not given.",
    "MESO_HEAD": "Where the end of the book is kept, where --head-file is not given.",
    "MESO_DEBUG": "1 shows where a defect arose.",
    "NO_COLOR": "Set, and not empty: no colours.",
}


def man_page() -> str:
    """Return the manual page of the program as roff; without a date, it stays the same."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    program: Any = get_command(build())
    yield f'.TH {_roff(PROGRAM.upper())} 1 "" "{_roff(f"{PROGRAM} {__version__}")}" "User Commands"'
    yield from (".SH NAME", rf"{_roff(PROGRAM)} \- {_roff(program.help)}")
    yield from (".SH SYNOPSIS", rf"\fB{_roff(PROGRAM)}\fR \fICOMMAND\fR [\fIOPTIONS\fR]")
    yield from (".SH DESCRIPTION", _roff("Each command says by --help what stands here of it."))
    yield from (".SH OPTIONS", *_parameters(program))
    yield ".SH COMMANDS"
    for path, command in _commands(program, (PROGRAM,)):
        yield from _command(path, command)
    yield ".SH EXIT STATUS"
    for code, meaning in _EXITS.items():
        yield from _item(rf"\fB{code.value}\fR", meaning)
    yield ".SH ENVIRONMENT"
    for name, meaning in _VARIABLES.items():
        yield from _item(rf"\fB{_roff(name)}\fR", meaning)
    yield from (".SH SEE ALSO", rf"\fB{_roff(f'{PROGRAM} guide')}\fR")


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below a group, with the words it is called by."""
    for name, command in group.commands.items():
        yield (*path, name), command
        yield from _commands(command, (*path, name)) if hasattr(command, "commands") else ()


def _command(path: tuple[str, ...], command: Any) -> Iterator[str]:
    shown = [it for it in command.params if it.param_type_name == "argument"]
    words = " ".join([*path, *(_argument(it) for it in shown)])
    yield f'.SS "{_roff(words)}"'
    for number, part in enumerate((command.help or "").split("\n\n")):
        yield from ([".PP"] if number else [])
        yield _roff(" ".join(part.split()))
    yield from _parameters(command)


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    name += "..." if parameter.nargs == -1 else ""
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def _parameters(command: Any) -> Iterator[str]:
    for it in command.params:
        if it.hidden:
            continue
        if it.param_type_name == "argument":
            yield from _item(rf"\fI{_roff(it.metavar or it.name.upper())}\fR", it.help or "")
            continue
        names = ", ".join(rf"\fB{_roff(name)}\fR" for name in [*it.opts, *it.secondary_opts])
        value = "" if it.is_flag else rf" \fI{_roff(it.metavar or it.type.name.upper())}\fR"
        yield from _item(f"{names}{value}", f"{it.help or ''}{_default(it)}")


def _default(option: Any) -> str:
    is_told = option.show_default and not option.is_flag and option.default
    return f" [default: {option.default}]" if is_told else ""


def _item(title: str, told: str) -> Iterator[str]:
    yield from (".TP", title, _roff(" ".join(told.split())))


def _roff(text: str) -> str:
    r"""Return text that roff sets as it stands.

    >>> print(_roff(".a-b 'c\\d"), _roff("2…"))
    \&.a\-b \(aqc\(rsd 2\[u2026]
    """
    told = "".join(_SIGNS.get(it, it if it.isascii() else rf"\[u{ord(it):04X}]") for it in text)
    return rf"\&{told}" if told.startswith(".") else told

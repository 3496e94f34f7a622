"""The entry point: run a command, turn what goes wrong into a sentence and an exit code."""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from meso_schedule._version import __version__
from meso_schedule.base.errors import DefectError, EnvironmentFault, ExitCode, MesoScheduleError
from meso_schedule.cli.signals import SignalReceived, raise_received, stopped_by_signals

if TYPE_CHECKING:
    import typer
    from typer.core import TyperGroup

PROGRAM = "meso-schedule"
COMMANDS = (
    *("plan", "compare", "courses", "diary", "book", "clinic", "print", "protocols", "schema"),
    "guide",
)
# Groups of so many commands that building them all would take longer than running one;
# each is a room of its own.
LARGE = ("courses",)
DEBUG_VARIABLE = "MESO_DEBUG"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: The words after the program's name; left out, those of this process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with stopped_by_signals(is_last=arguments is None):
            code = _answer(words)
    except SignalReceived as stop:
        code = 128 + stop.number
    if code >= 128 or code == ExitCode.ENVIRONMENT:
        _let_go_of_output()
    if arguments is None:
        if code >= 128:
            # A thread of a pool would wait for ever for what a worker had begun to send.
            os._exit(code)
        gc.freeze()  # the process ends: nothing is worth a last search for garbage
    return int(code)


def _answer(words: list[str]) -> int:
    try:
        code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return ExitCode.CLOSED_PIPE
    except (OSError, EnvironmentFault) as error:
        return _output_failed(error)
    return code


def _run(words: list[str]) -> int:
    if words[:1] == ["--version"]:
        from meso_schedule.cli.environment import write_out

        write_out(f"{PROGRAM} {__version__}\n")
        return ExitCode.DONE
    try:
        return _dispatch(words)
    except BrokenPipeError:
        raise
    except Exception as error:
        raise_received()
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO):
            raise
        return _explain(error, as_json=_wants_json(words))


def _dispatch(words: list[str]) -> int:
    # A command ends before there is anything worth collecting, and loading makes many objects.
    gc.disable()
    # Pydantic would look for plug-ins in the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    named = words[: 2 if words[:1] and words[0] in LARGE else 1]
    try:
        code = _parser(*named).main(args=words, prog_name=PROGRAM, standalone_mode=False)
    except SystemExit as leaving:
        # The parser ends the program by itself on a closed pipe and for shell completion.
        if isinstance(leaving.__context__, BrokenPipeError):
            raise leaving.__context__ from None
        code = leaving.code
    finally:
        gc.enable()
    return code if isinstance(code, int) else ExitCode.DONE


@lru_cache(64)
def _parser(*words: str) -> "TyperGroup":
    """Return what parses a command; a process that runs it again has built it once."""
    from typer.main import get_command

    return cast("TyperGroup", get_command(build(words)))


def build(words: Sequence[str] = ()) -> "typer.Typer":
    """Build the command line application.

    Args:
        words: What was typed; when it begins with a command, that one alone is built.
    """
    import typer

    from meso_schedule.cli.usage import Group

    app = typer.Typer(
        name=PROGRAM,
        cls=Group,
        help="Exact calendars for courses of mesotherapy: dates, reasons, costs and care.",
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        version: bool = typer.Option(False, "--version", help="Show the version and exit."),
    ) -> None:
        if version:
            typer.echo(f"{PROGRAM} {__version__}")
            raise typer.Exit
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    for name in [word for word in words[:1] if word in COMMANDS] or COMMANDS:
        if name in LARGE:
            import_module(f"meso_schedule.cli.{name}").register(app, words[1:])
        else:
            import_module(f"meso_schedule.cli.{name}_command").register(app)
    return app


def _explain(error: Exception, *, as_json: bool) -> int:
    from meso_schedule.cli.error_messages import PlacedError, report
    from meso_schedule.cli.standard_error import tell

    placed = error if isinstance(error, PlacedError) else None
    cause = placed.error if placed else _told(error)
    origins = placed.origins if placed else {}
    speech = (placed.language, placed.country) if placed else (None, None)
    arguments = placed.arguments if placed else {}
    report(cause, origins, *speech, as_json=as_json, arguments=arguments)
    if isinstance(cause, DefectError) and os.environ.get(DEBUG_VARIABLE) == "1":
        import traceback

        tell(*"".join(traceback.format_exception(error)).split("\n"))
    return cause.exit_code


def _told(error: Exception) -> MesoScheduleError:
    if isinstance(error, MesoScheduleError):
        return error
    from meso_schedule.cli.usage import is_usage, usage_error

    return usage_error(error) if is_usage(error) else _CommandDefectError(type(error).__name__)


class _CommandDefectError(DefectError):
    """A defect of a command, which can be run again."""

    remedy = f"Run it again with {DEBUG_VARIABLE}=1 and report what it prints."


def _wants_json(words: Sequence[str]) -> bool:
    """Tell whether JSON was asked for, even where the rest cannot be parsed."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    asked = [
        following if word == "--format" else word.removeprefix("--format=")
        for word, following in pairs
        if word == "--format" or word.startswith("--format=")
    ]
    return asked[-1:] == ["json"]


def _output_failed(error: OSError | EnvironmentFault) -> int:
    from meso_schedule.cli.environment import output_fault

    fault = output_fault(error) if isinstance(error, OSError) else error
    return _explain(fault, as_json=False)


def _let_go_of_output() -> None:
    """Keep the interpreter from failing once more when it flushes at its end."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError, AttributeError):
        return

"""Words of the command line that cannot be understood, in our own sentences."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from meso_schedule.base.errors import Fault, InputError, shortened
from meso_schedule.cli.error_messages import naming, near_names, nearest
from meso_schedule.course.consultation_wish import FIRST


class Group(TyperGroup):
    """A group of commands that offers the nearest names for an unknown one."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args[0] not in known and not ctx.resilient_parsing:
            raise InputError.of(
                "unknown_command",
                f"There is no command {shortened(args[0])}.",
                value=args[0],
                remedy=nearest(args[0], known),
            )
        return super().resolve_command(ctx, args)


class Command(TyperCommand):
    """A command whose help ends with examples; an option is refused that is given twice.

    Where one value counts, the parser would take the last one without a word.
    """

    def format_help(self, ctx: Any, formatter: Any) -> None:
        # Who asks for help waits for nothing else.
        from meso_schedule.cli.examples import EXAMPLES

        program, *words = ctx.command_path.split()
        told = [f"{program} {example}" for example in EXAMPLES.get(" ".join(words), ())]
        self.epilog = "\n\n".join(["Examples:", *told]) if told else None
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        args = list(_valued(args, self.params))
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            twice = {option for option in order if order.count(option) > 1}
            names = sorted(option.opts[-1] for option in twice if not option.multiple)
            if names:
                raise InputError(map(_given_twice, names))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        arguments = {
            it.name: re.sub(r"^\[(.*)\]$", r"\1", _written(it))
            for it in self.params
            if it.param_type_name == "argument"
        }
        with naming(arguments):
            return super().invoke(ctx)


class CourseCommand(Command):
    """A command whose course may be named by its patient, in place of its id."""

    _is_by_patient = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        names = {it.name for it in self.params}
        said = (word.partition("=")[0] for word in takewhile("--".__ne__, args))
        self._is_by_patient = {"course", "patient"} <= names and "--patient" in said
        rest = super().parse_args(ctx, args)
        if self._is_by_patient:
            ctx.params["course"] = None
        return rest

    def get_params(self, ctx: Any) -> list[Any]:
        params = super().get_params(ctx)
        return [it for it in params if it.name != "course" or not self._is_by_patient]


def _valued(args: Sequence[str], params: Sequence[Any]) -> Iterator[str]:
    """Yield what was typed, with the value that an option has whose own may be left out."""
    bare = {name for it in params if str(it.metavar or "").startswith("[") for name in it.opts}
    for place, word in enumerate(args):
        yield word
        following = args[place + 1] if place + 1 < len(args) else ""
        if word in bare and not (following[:1].isdigit() or following == FIRST):
            yield FIRST


def _given_twice(option: str) -> Fault:
    field = option.removeprefix("--").replace("-", "_")
    return Fault("given_twice", "It is given twice.", None, field, None, "Give it once.")


def is_usage(error: Exception) -> bool:
    """Tell whether the parser refused something.

    The class of its errors has no public name that all its versions share.
    """
    return isinstance(error, typer.BadParameter.__bases__[0])


def usage_error(error: Exception) -> InputError:
    """Return what the parser refused, with the nearest names."""
    context: Any = getattr(error, "ctx", None)
    if option := getattr(error, "option_name", None):
        return _option_error(error, str(option), context)
    parameter: Any = getattr(error, "param", None)
    if type(error).__name__ == "MissingParameter" and parameter is not None:
        return InputError.of(
            "missing_argument",
            f"{_written(parameter)} is missing.",
            remedy=_see(context),
        )
    return InputError.of("usage", _sentence(error), remedy=_see(context))


def _written(parameter: Any) -> str:
    named = next((it for it in reversed(parameter.opts) if it.startswith("--")), None)
    return named or parameter.metavar or str(parameter.name).upper()


def _option_error(error: Exception, option: str, context: Any) -> InputError:
    if not hasattr(error, "possibilities"):
        return InputError.of("usage", _sentence(error), value=option, remedy="See --help.")
    command = getattr(context, "command", None)
    known = [name for entry in getattr(command, "params", ()) for name in entry.opts]
    near = near_names(option.lstrip("-"), [name[2:] for name in known if name.startswith("--")])
    offered = " or ".join(f"--{name}" for name in near)
    return InputError.of(
        "unknown_option",
        f"There is no option {shortened(option)}.",
        value=option,
        remedy=f"Did you mean {offered}?" if near else _see(context),
    )


def _sentence(error: Any) -> str:
    return f"{error.format_message().rstrip('.')}."


def _see(context: Any) -> str:
    command = context.command_path if context else "meso-schedule"
    return f"See '{command} --help'."

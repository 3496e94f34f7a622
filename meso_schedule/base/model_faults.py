"""What pydantic finds wrong, as faults in our own words, each with its key path."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from meso_schedule.base.errors import Fault, MesoScheduleError, key_path, shortened

# What an error of pydantic's that is a fault of ours tells besides its kind and its place.
_OURS = "message"
_TOLD = ("field", "value", "remedy")


def model_faults(model: type[BaseModel], error: ValidationError) -> Iterator[Fault]:
    """Find the faults of a record, each in a sentence.

    Args:
        model: What was read.
        error: What pydantic says of it.
    """
    for entry in error.errors(include_url=False):
        field = key_path(part for part in entry["loc"] if part != "[key]")
        told = entry.get("ctx", {})
        cause = told.get("error")
        if _OURS in told:
            yield Fault(
                entry["type"], told[_OURS], None, field or None, told["value"], told["remedy"]
            )
        elif isinstance(cause, MesoScheduleError):
            fault = cause.faults[0]
            yield Fault(fault.code, fault.message, None, field or None, fault.value, fault.remedy)
        elif entry["type"] == "missing":
            yield Fault("missing_key", "It is required and missing.", None, field, None, "Add it.")
        elif entry["type"] == "extra_forbidden":
            yield _unknown_key(model, entry["loc"], field)
        else:
            yield _plain(entry, field)


def fault_details(fault: Fault) -> "InitErrorDetails":
    """Return a fault as pydantic tells errors; `model_faults` makes the fault of it again."""
    told = {name: _unicode(getattr(fault, name)) for name in (_OURS, *_TOLD)}
    words = f"{{{_OURS}}} {{remedy}}" if fault.remedy else f"{{{_OURS}}}"
    return InitErrorDetails(
        type=PydanticCustomError(fault.code, words, told),
        loc=(told["field"],) if told["field"] else (),
        input=told["value"],
    )


def _unicode(text: str | None) -> str | None:
    """Return text that pydantic takes; half a character is shown as a question mark."""
    return text and text.encode("utf-8", "replace").decode()


def _unknown_key(model: type[BaseModel], place: tuple[str | int, ...], field: str) -> Fault:
    known = list(_keys_at(model, place[:-1]))
    near = get_close_matches(str(place[-1]), known, n=1, cutoff=0.6)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."
    return Fault("unknown_key", "No such key is known.", None, field, str(place[-1]), remedy)


def _keys_at(model: type[BaseModel], place: Iterable[str | int]) -> Iterable[str]:
    current: Any = model
    for part in place:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        named = {(f.alias or name): f.annotation for name, f in current.model_fields.items()}
        current = _inner_model(named.get(part)) or current
    return [field.alias or name for name, field in current.model_fields.items()]


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_inner_model(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model), None)


_KINDS = {
    "string_type": ("is not text", "Write text in quotes."),
    "bool_type": ("is neither true nor false", "Write true or false."),
    "bool_parsing": ("is neither true nor false", "Write true or false."),
    "tuple_type": ("is no list", "Write a list in square brackets."),
    "dict_type": ("is no table", "Write a table of keys and values."),
    "model_type": ("is no table", "Write a table of keys and values."),
    "literal_error": ("is not one of the known words", ""),
}


def _plain(entry: Any, field: str) -> Fault:
    shown = shortened(entry["input"])
    problem, remedy = _KINDS.get(entry["type"], ("cannot be used", f"{entry['msg']}."))
    expected = entry.get("ctx", {}).get("expected")
    code = "bad_type" if problem.endswith(("text", "false", "list", "table")) else "bad_value"
    remedy = f"Write {expected}." if expected else remedy
    return Fault(code, f"{shown} {problem}.", None, field or None, shown, remedy)

"""What can be read of a record with faults, so that checks between its fields find theirs too."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from meso_schedule.base.errors import key_path
from meso_schedule.base.models import FrozenDict

T = TypeVar("T")
Record = TypeVar("Record", bound=BaseModel)


def readable_fields(model: type[BaseModel], data: Any) -> dict[str, Any]:
    """Read each field alone; what cannot be read is None, of a list the items that cannot.

    A table is read without the entries that cannot.
    """
    tables = data if isinstance(data, Mapping) else {}
    return {
        name: _read_field(field, tables.get(field.alias or name))
        for name, field in model.model_fields.items()
    }


def readable_part(model: type[Record], data: Any) -> Record | None:
    """Read a record without its fields that cannot be read; None where it needs one of them."""
    read = readable_fields(model, data)
    tables = data if isinstance(data, Mapping) else {}
    known = {name: value for name, value in tables.items() if read.get(name) is not None}
    found: Record | None = _attempt(TypeAdapter(model), known)
    return found


def read_entries(entries: Iterable[T | None] | None, name: str) -> Iterator[tuple[str, T]]:
    """Yield the entries of a list that could be read, each with its place."""
    for number, entry in enumerate(entries or ()):
        if entry is not None:
            yield key_path([name, number]), entry


def _read_field(field: FieldInfo, value: Any) -> Any:
    if value is None:
        return None
    items: tuple[Any, ...] = getattr(field.annotation, "__args__", ())
    if isinstance(value, list) and Ellipsis in items and isinstance(items[0], type):
        adapter: TypeAdapter[Any] = TypeAdapter(items[0])
        return tuple(_attempt(adapter, item) for item in value)
    annotated: Any = Annotated
    whole: Any = (
        annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    )
    if isinstance(value, Mapping) and get_origin(field.annotation) is dict:
        table: TypeAdapter[Any] = TypeAdapter(whole)
        read = (_attempt(table, {key: entry}) for key, entry in value.items())
        return FrozenDict(entry for one in read if one for entry in one.items())
    return _attempt(TypeAdapter(whole), value)


def _attempt(adapter: TypeAdapter[Any], value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None

"""What is known of a field of a request beside its type: told once, where the field stands."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

from meso_schedule.base.models import OneOrMany

Subject = Literal["Calendar", "Patient", "Cost"]
Rule = Literal["taper", "top_up"]

_NULL = {"type": "null"}
_KIND_KEYS = ("type", "format", "pattern", "items", "minLength", "maxLength", "examples")


@dataclass(frozen=True, slots=True)
class RequestField:
    """What is known of a field of a request beside its type.

    Args:
        subject: What it is about.
        form: How a value of it is typed, in a word; none for a yes, and for what is not typed.
        within: The least and the greatest whole number taken.
        rule: The rule without which a protocol cannot be asked it.
        compared: Whether protocols set side by side are asked it.
        changeable: Whether a course under way may be asked it anew.
        kept: Whether the book keeps it with a course; what else was asked it says by events.
        telling: Whether it tells a course from others of the same protocol and start.
    """

    subject: Subject
    form: str | None = None
    within: tuple[int, int] | None = None
    rule: Rule | None = None
    compared: bool = False
    changeable: bool = False
    kept: bool = True
    telling: bool = True

    def __call__(self, schema: dict[str, Any]) -> None:
        """Complete the JSON Schema of the field: its limits, and that null is not given."""
        kinds = schema.pop("anyOf", None) or [
            {key: schema.pop(key) for key in list(schema) if key in _KIND_KEYS}
        ]
        for kind in kinds:
            if self.within and kind.get("type") == "integer":
                kind["minimum"], kind["maximum"] = self.within
        schema["anyOf"] = [*(kind for kind in kinds if kind != _NULL), _NULL]


def asked(meaning: str, known: RequestField, default: object = None) -> Any:
    """Return a field of a request.

    Args:
        meaning: What it says, a sentence for whoever fills it in.
        known: What else is known of it.
        default: Its value where nothing is given.
    """
    return Field(default, description=meaning, json_schema_extra=known)


def known_of(info: FieldInfo) -> RequestField:
    """Return what is known of a field."""
    field = info.json_schema_extra
    assert isinstance(field, RequestField), "a field of a request is made by asked()"
    return field


def takes_many(info: FieldInfo) -> bool:
    """Tell whether a field takes a list."""
    return any(isinstance(entry, OneOrMany) for entry in info.metadata)

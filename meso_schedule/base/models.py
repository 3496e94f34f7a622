"""The bridge to pydantic: frozen models, strict fields, faults in our own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainSerializer,
    Strict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic_core import CoreSchema

from meso_schedule.base.dates import parse_date
from meso_schedule.base.errors import Fault, FormatError, InputError, shortened
from meso_schedule.base.free_text import RECORDED, plain_text
from meso_schedule.base.model_faults import fault_details, model_faults
from meso_schedule.base.money import parse_amount, parse_currency
from meso_schedule.base.phrases import Phrase

MAX_SESSIONS = 40

# Minutes of a room after the patient has left, at most.
MOST_TURNOVER = 240

# The largest whole number that anything is counted in; each field has its own limits besides.
MOST = 999_999_999
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class Model(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        serialize_by_alias=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    @classmethod
    def made(cls, **values: Any) -> Self:
        """Return a record of values that the program itself has made: they need no check.

        Lists are tuples and tables frozen already; fields that are left out have their defaults.
        """
        record, (blank, names, private) = _new(cls), _blank(cls)
        fields = {**blank, **values}
        assert len(fields) == len(blank), f"{cls.__name__} has no field for each of {list(values)}"
        _put_fields(record, fields)
        _put_names(record, names)
        _put_extra(record, None)
        _put_private(record, dict(private) if private else None)
        return record

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values; what was worked out from the old ones is not kept."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        from meso_schedule.base.field_meanings import described

        made = handler(core_schema)
        described(cls, handler.resolve_ref_schema(made))
        return made


# What a record consists of for pydantic; a frozen one is filled past its own check.
_new = object.__new__
_put_fields, _put_names, _put_extra, _put_private = (
    BaseModel.__dict__[slot].__set__ for slot in BaseModel.__slots__
)


@cache
def _blank(model: type[Model]) -> tuple[dict[str, Any], set[str], dict[str, Any]]:
    """Return the fields of a record in their order, with their defaults; last the private ones."""
    fields = model.model_fields.items()
    blank = {name: field.get_default(call_default_factory=True) for name, field in fields}
    private = {name: it.get_default() for name, it in model.__private_attributes__.items()}
    return blank, set(blank), private


class InputModel(Model):
    """A record people write: every fault found in it is told at once, in our own words.

    Making one, or `read`, raises `InputError`; `model_validate`, as a web framework calls it for
    what it was sent, raises pydantic's `ValidationError` with the same faults.
    """

    if not TYPE_CHECKING:

        def __init__(self, **values):
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise InputError(model_faults(type(self), error)) from None

        # It is no other way of making one: pydantic need not call it.
        __init__.__pydantic_base_init__ = True

    @classmethod
    def read(cls, data: Any, context: object = None) -> Self:
        """Return the record of parsed data.

        Args:
            data: The data.
            context: `RECORDED` for what a book holds, whose texts are taken as they are.

        Raises:
            InputError: With every fault of the data.
        """
        try:
            return cls.model_validate(data, context=context)
        except ValidationError as error:
            raise InputError(model_faults(cls, error)) from None

    @model_validator(mode="wrap")
    @classmethod
    def _in_our_words(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            model = handler(data)
            faults = list(model.own_faults())
        except ValidationError as error:
            faults = [*model_faults(cls, error), *cls.loose_faults(data)]
        if faults:
            told = [fault_details(fault) for fault in InputError(faults).faults]
            raise ValidationError.from_exception_data(cls.__name__, told)
        return model

    def changed(self, **values: Any) -> Self:
        """Return the record with other values, each of them right in itself.

        Raises:
            InputError: With every fault between its fields.
        """
        return self.model_copy(update=values)._checked()

    def _checked(self) -> Self:
        if faults := list(self.own_faults()):
            raise InputError(faults)
        return self

    def own_faults(self) -> Iterable[Fault]:
        """Find what is wrong between the fields of a record whose fields are each right."""
        return ()

    @classmethod
    def loose_faults(cls, data: Any) -> Iterable[Fault]:  # noqa: ARG003 - for those who override it
        """Find what is wrong between the fields of a record some field of which is wrong."""
        return ()


def iso_date(value: object) -> date:
    """Take a date, or read one from text."""
    if isinstance(value, str):
        return parse_date(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise FormatError(
        "bad_date",
        value,
        f"{shortened(value)} is no date.",
        'Write it as text, for example "2026-12-01".',
    )


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        problem, remedy = "is no whole number", "Write a whole number, without quotes."
    elif abs(value) > MOST:
        problem, remedy = "is out of range", f"Write a whole number up to {MOST}."
    else:
        return value
    raise FormatError("bad_number", value, f"{shortened(value)} {problem}.", remedy)


def count_within(least: int, most: int) -> Callable[[int, ValidationInfo], int]:
    """Return a check of a whole number; what a book holds was in range when it was written."""

    def check(value: int, info: ValidationInfo) -> int:
        if least <= value <= most or info.context == RECORDED:
            return value
        remedy = f"Write a whole number from {least} to {most}."
        raise FormatError("bad_number", value, f"{value} is out of range.", remedy)

    return check


def _currency(value: object) -> str:
    return parse_currency(plain_text(value))


def one_or_many(value: object) -> object:
    """Take a single value where a list is meant; nothing given is an empty list."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _some(value: object) -> object:
    values = one_or_many(value)
    if values == ():
        raise FormatError(
            "empty_list", "[]", "The list is empty.", "Name at least one or leave it out."
        )
    return values


IsoDate = Annotated[date, BeforeValidator(iso_date)]
Count = Annotated[int, BeforeValidator(_count)]
Turnover = Annotated[Count, AfterValidator(count_within(0, MOST_TURNOVER))]

# TOML has words for it; what else could mean true or false is a slip.
Flag = Annotated[bool, Strict()]
Currency = Annotated[
    str, BeforeValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
Amount = Annotated[
    Decimal,
    BeforeValidator(parse_amount),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,12})?$"}),
]
Instant = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]


def _sentence(value: Any, read: ValidatorFunctionWrapHandler) -> str:
    text: str = value if type(value) is Phrase else read(value)
    return text


# English words of an answer; a phrase stays one and can be translated.
Sentence = Annotated[str, WrapValidator(_sentence)]


class FrozenDict(dict[K, V]):
    """A table that cannot be changed, so that what holds it is frozen too."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the table is frozen")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)


Table = Annotated[dict[K, V], AfterValidator(FrozenDict)]


class OneOrMany:
    """Says in the JSON Schema that a single value is taken where a list is meant.

    Args:
        least: How many values a list has at least.
    """

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = handler(schema)
        kinds = many.get("anyOf", [many])
        some = next(kind for kind in kinds if "items" in kind)
        if self.least:
            some["minItems"] = self.least
        return {"anyOf": [some["items"], *kinds]} if handler.mode == "validation" else many


Many = Annotated[tuple[T, ...], BeforeValidator(one_or_many), OneOrMany()]
Some = Annotated[tuple[T, ...] | None, BeforeValidator(_some), OneOrMany(least=1)]

Value = TypeVar("Value")
Given = TypeVar("Given", contravariant=True)

if TYPE_CHECKING:

    class Takes(Generic[Value, Given]):
        """A field that reads as one type and takes others too: `Takes[IsoDate, date | str]`.

        A type checker sees a descriptor, whose `__set__` says what may be given; pydantic sees
        the first of the two.
        """

        def __get__(self, model: object, owner: type) -> Value: ...
        def __set__(self, model: object, value: Given) -> None: ...

else:

    class Takes:
        """A field that reads as one type and takes others too."""

        def __class_getitem__(cls, types):
            return types[0]

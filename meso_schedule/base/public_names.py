"""Names that a package offers, each loaded from its module when it is first used."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loaded_when_used(
    package: dict[str, Any], homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a package.

    Args:
        package: Its `globals()`; `__all__` is among them.
        homes: The module of each name it offers, with the module's own word for it where that
            is another one: `planner.progress:Progress`.
    """

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        home, _, own = homes[name].partition(":")
        package[name] = getattr(import_module(f"meso_schedule.{home}"), own or name)
        found: object = package[name]
        return found

    def listed() -> list[str]:
        return sorted(package["__all__"])

    return load, listed

"""What people name beside protocols: a family, a trade name, a vaccine, a flight."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from meso_schedule.base.free_text import Line
from meso_schedule.base.identifiers import FAMILIES, Identifier
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import Flag, InputModel, Many, Model
from meso_schedule.base.text_files import read_model
from meso_schedule.rules.rule_tables import Source, Sourced, Spacing

_FILE = Path(__file__).parent / "known_treatments.toml"


class KnownDistance(Sourced):
    """The distance to several families or protocols; a direction left out has no figure."""

    others: Many[Identifier]
    same_area: Flag = False
    minimum: Interval | None = None
    minimum_before: Interval | None = None

    def each(self) -> Iterator[Spacing]:
        """Yield the same as a rule for each of them."""
        values = self.model_dump(exclude={"others"})
        for other in self.others:
            yield Spacing.made(other=other, **values)


class KnownTreatment(Model):
    """A treatment, a medicine or an event that a request may name.

    Args:
        name: Its own name, as rules call it.
        title: What people call it.
        family: Whose rules are for it too; left out, none.
        also: Other names of it.
        trade_names: Names of products.
        protocols: Which are found by these names; left out, those of the family.
        distances: What is kept after it, and before it.
    """

    name: Identifier
    title: Line
    family: Identifier | None = None
    also: Many[Line] = ()
    trade_names: Many[Line] = ()
    protocols: Many[Identifier] = ()
    distances: tuple[KnownDistance, ...] = ()

    @property
    def titles(self) -> dict[str, str]:
        """What it is called by each of its names; a product by its own."""
        own = dict.fromkeys((self.name, *self.also), self.title)
        return own | dict(zip(self.trade_names, self.trade_names, strict=True))

    @property
    def spacing(self) -> tuple[Spacing, ...]:
        """Its distances, a rule for each other treatment."""
        return tuple(rule for distance in self.distances for rule in distance.each())


class KnownArea(Model):
    """A place that protocols name, and what people call parts of it."""

    name: Line
    parts: Many[Line]


class KnownTreatments(InputModel):
    """The table of what people name."""

    areas: tuple[KnownArea, ...]
    treatments: tuple[KnownTreatment, ...]
    sources: tuple[Source, ...]


class KnownName(NamedTuple):
    """A known treatment by one of its names."""

    treatment: KnownTreatment
    title: str


def known_treatments() -> KnownTreatments:
    """Return the packaged table."""
    return read_model(KnownTreatments, _FILE)


@cache
def areas_touched(area: str) -> frozenset[str]:
    """Return a place with what it is a part of, and with its own parts, in small letters.

    >>> sorted(areas_touched("Forehead"))
    ['face', 'forehead']
    """
    called, known = area.casefold(), known_treatments().areas
    wholes = (it.name for it in known if called in it.parts)
    parts = (part for it in known if called == it.name for part in it.parts)
    return frozenset([called, *wholes, *parts])


@cache
def by_name() -> Mapping[str, KnownName]:
    """Return what is known by each name, written small and plain."""
    return {
        plain(name): KnownName(treatment, title)
        for treatment in known_treatments().treatments
        for name, title in treatment.titles.items()
    }


def treatment_names() -> list[str]:
    """Return the names that rules and requests may use beside those of protocols."""
    return list(dict.fromkeys((*FAMILIES, *(it.treatment.name for it in by_name().values()))))


def plain(text: str) -> str:
    """Write a name without case, accents and signs.

    >>> plain("Juvéderm-Ultra")
    'juvederm ultra'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"[^\w]+", " ", letters).strip()

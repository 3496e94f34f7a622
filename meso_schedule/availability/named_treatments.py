"""What treatments are to one another, for the distance between them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from meso_schedule.base.errors import InputError, UnknownNameError
from meso_schedule.base.intervals import Interval
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.wishes import OtherTreatment
from meso_schedule.rules.catalogue import get_protocol, packaged_ids
from meso_schedule.rules.known_treatments import (
    KnownName,
    areas_touched,
    by_name,
    known_treatments,
    plain,
    treatment_names,
)
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Source, Spacing


class Treatment(NamedTuple):
    """What spacing needs to know of a treatment.

    Args:
        name: A protocol's id, a family, or what else rules may name.
        title: What people call it.
        family: None for what is no treatment of the skin.
        areas: Where it is given; None for anywhere.
        gap: What passes at least between its first two sessions.
        spacing: The distances it keeps to others.
        sources: What they may rest on.
    """

    name: str
    title: str
    family: str | None
    areas: frozenset[str] | None
    gap: tuple[Interval, ...] = ()
    spacing: tuple[Spacing, ...] = ()
    sources: tuple[Source, ...] = ()

    def is_called(self, name: str) -> bool:
        """Tell whether a rule that names `name` is for this treatment."""
        return name in (self.name, self.family)

    def meets(self, other: "Treatment") -> bool:
        """Tell whether both may treat the same area."""
        return self.areas is None or other.areas is None or bool(self.areas & other.areas)


def treatment_of(protocol: Protocol, areas: Sequence[str] = ()) -> Treatment:
    """Return a protocol as a treatment of the areas asked for.

    Raises:
        InputError: When it treats none of them.
    """
    treated = {area.casefold() for area in protocol.areas}
    if wanted := {area.strip().casefold() for area in areas}:
        treated &= wanted
        if not treated:
            raise InputError.of(
                "unknown_area",
                f"{protocol.id} does not treat {', '.join(areas)}.",
                field="area",
                value=", ".join(areas),
                remedy=f"Known: {', '.join(protocol.areas)}.",
            )
    return _of(protocol, frozenset(treated))


def _of(protocol: Protocol, areas: frozenset[str]) -> Treatment:
    return Treatment(
        protocol.id,
        protocol.name,
        protocol.family,
        areas,
        protocol.phases[0].minimum,
        protocol.spacing,
        protocol.sources,
    )


def other_treatment(asked: OtherTreatment, known: Mapping[str, Protocol]) -> Treatment:
    """Return a treatment given elsewhere.

    Args:
        asked: What was written.
        known: Protocols besides the packaged ones.

    Raises:
        UnknownNameError: When its name is that of no protocol and of nothing else that is known.
    """
    name = asked.name if asked.name in known else asked.name.casefold()
    if name in known or name in packaged_ids():
        protocol = known.get(name) or get_protocol(name)
        return _of(protocol, _area(asked.area) or treatment_of(protocol).areas or frozenset())
    named, area = _longest_name(asked)
    if named is None:
        titles = (title for it in by_name().values() for title in (it.title,))
        names = dict.fromkeys((*treatment_names(), *packaged_ids(), *known, *titles))
        raise UnknownNameError("treatment", asked.name, list(names), "other")
    treatment = named.treatment
    return Treatment(
        treatment.name,
        named.title,
        treatment.family,
        _area(area),
        spacing=treatment.spacing,
        sources=known_treatments().sources,
    )


def _longest_name(asked: OtherTreatment) -> tuple[KnownName | None, str]:
    """Return what is known by the first words, as many of them as make a name, and the rest."""
    words = [asked.name, *(asked.area or "").split()]
    for count in range(len(words), 0, -1):
        if found := by_name().get(plain(" ".join(words[:count]))):
            return found, " ".join(words[count:])
    return None, ""


def _area(area: str | None) -> frozenset[str] | None:
    return areas_touched(area) if area else None


def check_names(clinic: Clinic, known: Iterable[str]) -> None:
    """Refuse a clinic's spacing rule for a treatment that nobody knows.

    Raises:
        UnknownNameError: When a name is that of no protocol and of nothing else that is known.
    """
    if not clinic.spacing:
        return
    names = [*treatment_names(), *packaged_ids(), *known]
    for number, rule in enumerate(clinic.spacing, 1):
        for key in ("first", "other"):
            if (name := getattr(rule, key)) not in names:
                raise UnknownNameError("treatment", name, names, f"spacing[{number}].{key}")

"""What a rule file says: protocols, their phases, prices, care and sources.

A rule file is read once, checked once and frozen. Every table that holds a figure
names its source or states its assumption, or the file is refused.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from pydantic import PrivateAttr

from meso_schedule.base.errors import Fault
from meso_schedule.base.free_text import Line
from meso_schedule.base.identifiers import Family, Identifier
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import FrozenDict, InputModel, Many
from meso_schedule.base.readable_fields import readable_fields, readable_part
from meso_schedule.rules.prior_test import PriorTest
from meso_schedule.rules.protocol_checks import cross_faults, shared_faults
from meso_schedule.rules.rule_tables import (
    DEFAULT_SETTLE,
    GRADES,
    Benefit,
    Care,
    Facts,
    Grade,
    Notice,
    OtherProcedure,
    Phase,
    Price,
    Product,
    Prohibited,
    Results,
    SessionCount,
    Source,
    Sourced,
    Spacing,
    TopUp,
)


class SharedTables(InputModel):
    """Tables that stand once, for the rule files that include them.

    Args:
        include: Other shared tables that belong to these; none once they are read.

    Raises:
        InputError: With every fault of the data.
    """

    include: Many[Identifier] = ()
    results: Results | None = None
    facts: Facts | None = None
    care: tuple[Care, ...] = ()
    tests: tuple[PriorTest, ...] = ()
    notices: tuple[Notice, ...] = ()
    prohibited: tuple[Prohibited, ...] = ()
    spacing: tuple[Spacing, ...] = ()
    alternatives: tuple[OtherProcedure, ...] = ()
    sources: tuple[Source, ...] = ()

    def own_faults(self) -> Iterator[Fault]:
        return shared_faults({name: getattr(self, name) for name in type(self).model_fields})

    @classmethod
    def loose_faults(cls, data: Any) -> Iterator[Fault]:
        return shared_faults(readable_fields(cls, data))


class Protocol(InputModel):
    """A recipe for a treatment, as a rule file states it.

    Args:
        variant_of: The protocol of which this is another published schedule.
        include: Shared tables; none once the file is read, since they are part of it then.
        benefit: What trials found, apart from how well the schedule is supported.
        evidence: Where that is taken from.

    Raises:
        InputError: With every fault of the data, when it is no valid rule file.
    """

    id: Identifier
    name: Line
    family: Family
    areas: Many[Line]
    indications: Many[Line] = ()
    no_published_interval: Many[Line] = ()
    version: Line
    variant_of: Identifier | None = None
    include: Many[Identifier] = ()
    benefit: Benefit | None = None
    evidence: Sourced | None = None
    sessions: SessionCount
    phases: tuple[Phase, ...]
    top_up: TopUp | None = None
    results: Results | None = None
    facts: Facts | None = None
    prices: tuple[Price, ...] = ()
    care: tuple[Care, ...] = ()
    tests: tuple[PriorTest, ...] = ()
    notices: tuple[Notice, ...] = ()
    prohibited: tuple[Prohibited, ...] = ()
    spacing: tuple[Spacing, ...] = ()
    products: tuple[Product, ...] = ()
    alternatives: tuple[OtherProcedure, ...] = ()
    sources: tuple[Source, ...] = ()

    _replaces_packaged: bool = PrivateAttr(default=False)

    @property
    def replaces_packaged(self) -> bool:
        """Whether a given file took the place of the packaged protocol of this id."""
        return self._replaces_packaged

    def in_place_of_packaged(self) -> Self:
        """Return the protocol as one that took the place of the packaged one of its id."""
        made = self.model_copy()
        made._replaces_packaged = True
        return made

    def with_sessions(self, sessions: SessionCount) -> Self:
        """Return the protocol with other numbers of sessions and minutes."""
        made = self.model_copy(update={"sessions": sessions})
        vars(made).pop("digest", None)  # of the content before, where it was asked for
        return made

    @property
    def settle(self) -> Interval:
        """How long an event keeps away from the last session."""
        return self.results.settle if self.results else DEFAULT_SETTLE

    @property
    def schedule_grade(self) -> Grade | None:
        """How well the schedule is supported: as its weakest phase is; None where it is assumed."""
        if not all(phase.sources for phase in self.phases):
            return None
        rank = {source.key: GRADES.index(source.grade) for source in self.sources}
        return GRADES[max(min(rank[key] for key in phase.sources) for phase in self.phases)]

    @property
    def has_taper(self) -> bool:
        """Whether a phase waits for improvement."""
        return any(phase.after_improvement for phase in self.phases)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the protocol's content, comments and layout left aside."""
        return "sha256:" + hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @cached_property
    def citations(self) -> Mapping[str, str]:
        """The sources as lines of small print, by key."""
        return FrozenDict({source.key: source.citation for source in self.sources})

    def notices_in(self, country: str | None) -> Iterator[str]:
        """Yield the warnings for a clinic of a country; where that is not known, all of them."""
        for notice in self.notices:
            if country is None or not notice.regions or country in notice.regions:
                yield notice.text

    def origin(self, table: Sourced) -> str:
        """Return the sources of a table as text; without any, its assumption."""
        cited = [self.citations[key] for key in table.sources]
        return "; ".join(cited) or f"Assumption: {table.assumption}"

    def phase_of_each(
        self, sessions: int, improves_after: int | None = None, no_improvement: bool = False
    ) -> list[Phase]:
        """Return the phase of each session, first to last.

        Args:
            sessions: How many sessions the course has.
            improves_after: The unconditional phases cover exactly sessions 1 to this one.
            no_improvement: The last unconditional phase runs to the end.
        """
        firm = [phase for phase in self.phases if not phase.after_improvement]
        waiting = [phase for phase in self.phases if phase.after_improvement]
        if no_improvement:
            return _run(firm, sessions)
        if improves_after is None:
            return _run(self.phases, sessions)
        before = min(improves_after, sessions)
        return _run(firm, before) + _run(waiting, sessions - before)

    def own_faults(self) -> Iterator[Fault]:
        tables = {name: getattr(self, name) for name in type(self).model_fields}
        return cross_faults(tables)

    @classmethod
    def loose_faults(cls, data: Any) -> Iterator[Fault]:
        tables = readable_fields(cls, data)
        if tables["sessions"] is None:
            given = data if isinstance(data, Mapping) else {}
            tables["sessions"] = readable_part(SessionCount, given.get("sessions"))
        return cross_faults(tables)


def _run(phases: Sequence[Phase], sessions: int) -> list[Phase]:
    order: list[Phase] = []
    for phase in phases[:-1]:
        order += [phase] * min(phase.sessions or 0, sessions - len(order))
    order += [phases[-1]] * (sessions - len(order)) if phases else []
    return order[:sessions]

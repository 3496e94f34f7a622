"""Whose turn it is: which phase leads to which session, by what is known of improvement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from meso_schedule.course.improvement import Improvement, Known
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Phase


class Turn(NamedTuple):
    """The phase a session can be of; both while it is undecided whether the skin has improved."""

    firm: Phase | None
    waiting: Phase | None

    @property
    def foreseen(self) -> Phase:
        """The phase it is planned by: undecided, as if the skin had improved."""
        found = self.waiting or self.firm
        assert found is not None, "a session is of one phase at least"
        return found

    @property
    def between(self) -> Phase:
        """The unconditional phase with all the time that an undecided session is left."""
        assert self.firm is not None, "asked only while both are open"
        assert self.waiting is not None, "asked only while both are open"
        lapse = self.waiting.lapse if self.firm.lapse else ()
        later = {"lapse": lapse, "lapse_action": self.waiting.lapse_action}
        return self.firm.model_copy(update={"maximum": self.waiting.maximum, **later})


class Ahead(NamedTuple):
    """The phases of the sessions of a course.

    Args:
        phases: Of each session, given or to come.
        without: The same if the skin does not improve; None where nothing is to be decided.
        decided_after: The number of the last session before the two differ; None likewise.
        put: The undecided sessions that are put before the conditional minimum; the phase whose
            minimum the gap must not reach, where the session before has no day yet.
    """

    phases: tuple[Phase, ...]
    without: tuple[Phase, ...] | None = None
    decided_after: int | None = None
    put: Mapping[int, Phase | None] = MappingProxyType({})


@dataclass(frozen=True)
class Turns:
    """The order of the phases of a protocol.

    Args:
        protocol: The recipe.
        improvement: What is foreseen of improvement.
    """

    protocol: Protocol
    improvement: Improvement

    def turn(self, given: Sequence[Phase], known: Known) -> Turn:
        """Return whose turn it is once sessions of these phases have been given.

        Conditional sessions once given are not given again, and unconditional ones go on where
        they stood.
        """
        waited = [phase.after_improvement for phase in given].count(True)
        firm = _place(self._firm, len(given) - waited)
        if not self._waiting or known.answer == "no":
            return Turn(firm, None)
        waiting = _place(self._waiting, waited)
        if known.answer == "yes":
            return Turn(None, waiting)
        is_open = known.has_improved or len(given) >= self._decided_after
        return Turn(firm, waiting if is_open and not self.improvement.never else None)

    def ahead(
        self,
        given: Sequence[Phase],
        sessions: int,
        known: Known,
        put: Mapping[int, bool] = MappingProxyType({}),
    ) -> Ahead:
        """Return the phases of a course of which sessions of some phases have been given.

        Args:
            given: The phase of each session that counts.
            sessions: How many sessions the course has.
            known: What is known of improvement.
            put: Undecided sessions that are put where unconditional ones are, before the
                conditional minimum, and whether the session before has no day yet.
        """
        phases, without = [*given], [*given]
        decided_after = None
        told: dict[int, Phase | None] = {}
        while len(phases) < sessions:
            turn = self.turn(phases, known)
            number = len(phases) + 1
            if turn.waiting and number in put:
                told[number] = turn.waiting if put[number] else None
            elif turn.firm and turn.waiting and decided_after is None:
                decided_after = len(phases)
            phases.append(turn.between if number in told else turn.foreseen)
            without.append(self.turn(without, known._replace(answer="no")).foreseen)
        if decided_after is None:
            return Ahead(tuple(phases), put=told)
        return Ahead(tuple(phases), tuple(without), decided_after, told)

    @cached_property
    def _decided_after(self) -> int:
        """The number of the last session that needs no improvement, as it is foreseen."""
        after = self.improvement.after
        return sum(phase.sessions or 0 for phase in self._firm) if after is None else after

    @cached_property
    def _firm(self) -> tuple[Phase, ...]:
        return tuple(self._phases(waits=False))

    @cached_property
    def _waiting(self) -> tuple[Phase, ...]:
        return tuple(self._phases(waits=True))

    def _phases(self, *, waits: bool) -> Iterator[Phase]:
        return (phase for phase in self.protocol.phases if phase.after_improvement == waits)


def _place(phases: Sequence[Phase], given: int) -> Phase:
    """Return the phase of the next session of a run; the last one goes on."""
    for phase in phases[:-1]:
        if given < (phase.sessions or 0):
            return phase
        given -= phase.sessions or 0
    return phases[-1]

"""Any run of commands against a dictionary: the program through its entry point, JSON out.

The dictionary shares no code with the program (`ledger.py`, `asking.py`). It knows what was
accepted, when a command must be refused, and the windows of the rule file as plain numbers of
days (`rulebook.py`).
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.cli.courses.driving import OUTCOMES
from tests.cli.courses.rules_of_books import Books
from tests.cli.courses.rules_of_lists import Lists
from tests.cli.courses.rules_of_people import Shared
from tests.cli.courses.rules_of_plans import Plans
from tests.cli.courses.rules_of_visits import Visits
from tests.faults.settings import tell
from tests.support.lengths import IS_LONG, length


class Commands(Visits, Plans, Lists, Books):
    """All commands of the book."""


@pytest.mark.untraced
@pytest.mark.parametrize(("machine", "runs", "steps"), [(Commands, 5, 20), (Shared, 2, 15)])
def test_any_run_of_commands(machine: type[RuleBasedStateMachine], runs: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=length(runs, 300),
            stateful_step_count=length(steps, 50),
            deadline=None,
            database=None,
            # The short form is the same each time; the long one draws anew.
            derandomize=not IS_LONG,
            # Each step runs the program: shrinking would take minutes and say little more.
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    told = "".join(f"\n  {outcome} {count}" for outcome, count in sorted(OUTCOMES.items()))
    tell("what came of the commands", told)

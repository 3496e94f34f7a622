"""A rule that is made from another tells its own bounds."""

from meso_schedule.base.intervals import Interval
from tests.support.samples import protocol


def test_what_was_told_of_a_rule_is_not_told_of_its_copy() -> None:
    (phase,) = protocol().phases
    assert phase.sourced_text == "7 to 10 days (assumed)"
    longer = phase.model_copy(update={"maximum": (Interval.parse("16 days"),)})
    assert longer.sourced_text == "7 to 16 days (assumed)"


def test_a_copy_of_a_protocol_has_a_digest_of_its_own() -> None:
    made = protocol()
    before = made.digest
    assert made.model_copy(update={"name": "Other"}).digest != before
    assert made.model_copy().digest == before

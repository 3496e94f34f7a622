"""Improvement recorded of one of several treatments that have begun."""

from datetime import date

from meso_schedule import Begun, CourseRequest, get_protocol, replan_combined

FACE, TOXIN = get_protocol("facial-rejuvenation"), get_protocol("mesobotox")
AS_OF = date(2026, 12, 9)
HELD = (date(2026, 12, 1), date(2026, 12, 8))
WANTED = ["facial-rejuvenation*4", "mesobotox*1@2027-03-01"]


def test_improvement_of_one_is_that_of_the_request_where_it_alone_waits() -> None:
    """The toxin waits for nothing: both ways of saying it make the same calendar."""
    begun = Begun(held=HELD, improved_on=date(2026, 12, 8))
    one = replan_combined(
        [FACE, TOXIN], CourseRequest(protocol=WANTED), {FACE.id: begun}, as_of=AS_OF
    )
    request = CourseRequest(protocol=WANTED, improved_on=date(2026, 12, 8))
    other = replan_combined([FACE, TOXIN], request, {FACE.id: Begun(held=HELD)}, as_of=AS_OF)
    assert one.plan.sessions == other.plan.sessions
    # Fortnightly from the session after the improvement, and firm.
    first = one.plan.sessions[0]
    assert (first.phase, first.window.earliest, first.provisional) == (
        *("fortnightly", date(2026, 12, 22), False),
    )


def test_what_was_recorded_comes_before_what_was_foreseen() -> None:
    request = CourseRequest(protocol=WANTED, no_improvement=True)
    begun = {FACE.id: Begun(held=HELD, improved_on=date(2026, 12, 8))}
    made = replan_combined([FACE, TOXIN], request, begun, as_of=AS_OF)
    assert made.plan.sessions[0].phase == "fortnightly"
    begun = {FACE.id: Begun(held=HELD)}
    made = replan_combined([FACE, TOXIN], request, begun, as_of=AS_OF)
    assert made.plan.sessions[0].phase == "initial"

"""What outputs act on is a field: a word in a name changes nothing."""

import json

import pytest

from meso_schedule import CoursePlan, CourseRequest, compare, plan_course
from meso_schedule.availability.named_treatments import treatment_of
from meso_schedule.availability.treatment_spacing import pair_of
from meso_schedule.base.errors import InputError
from meso_schedule.course.plan_json import plan_json
from meso_schedule.output.feed import feed
from meso_schedule.output.print.sheet_months import badge
from meso_schedule.output.tables import csv_plan, markdown_plan
from meso_schedule.output.terminal.comparison_text import comparison_csv
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.web.page import page
from meso_schedule.output.words.calendar_marks import day_marks
from meso_schedule.output.words.session_table import number_text, special_text
from meso_schedule.output.words.translation import find_language
from meso_schedule.output.words.treatments import spacing_lines
from meso_schedule.running.course_spacing import TooClose
from tests.support.samples import ASSUMED, clinic, on, phase, protocol

TOP_UP = {"minimum": "3 months", "maximum": "4 months", **ASSUMED}
# Words that outputs once took for facts.
WORDS = ["top-up", "provisional", "course", "clinic", "swelling", "(estimated)", "late", "A+B"]


def plan(name: str) -> CoursePlan:
    """Return a course whose phase has a name, with a top-up after it."""
    rules = protocol(phases=[phase("7 days", "9 days", name=name)], top_up=TOP_UP)
    request = CourseRequest.read(
        {"start": "2026-12-01", "sessions": 3, "top_ups": 1, "reference": "R-1", "at": "10:00"}
    )
    return plan_course(rules, request, clinic=clinic(), as_of=on("2026-11-22"))


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("is_read_back", [False, True])
def test_the_name_of_a_phase_is_only_a_name(word: str, is_read_back: bool) -> None:
    made = plan(word)
    if is_read_back:
        made = CoursePlan.model_validate_json(plan_json(made))
    assert [visit.top_up for visit in made.visits] == [False, False, False, True]
    assert [number_text(visit) for visit in made.visits] == ["1", "2", "3", "+4"]
    assert [special_text(made, visit) for visit in made.visits] == ["", "", "", "top-up"]
    assert [badge(visit)["kind"] for visit in made.visits] == [*["session"] * 3, "top-up"]
    kinds = [day_marks(made)[visit.date][0].kind for visit in made.visits]
    assert kinds == [*["session"] * 3, "top-up"]


@pytest.mark.parametrize("word", WORDS)
def test_every_output_is_the_same_but_for_the_name(word: str) -> None:
    def told(name: str) -> list[str]:
        made, english = plan(name), find_language("en")
        outputs = [plan_text(made, width=200, calendar=True), page(made, language=english)]
        outputs += [csv_plan(made), markdown_plan(made), feed(made, detail=True).decode()]
        digests = {made.protocols[0].digest[:19], made.protocols[0].digest}
        for text in sorted(digests, key=len, reverse=True):
            outputs = [output.replace(text, "") for output in outputs]
        return [output.replace(name, "X") for output in outputs]

    neutral = told("z" * len(word))
    for one, other in zip(told(word), neutral, strict=True):
        # The word itself stands in other places too: there it is X on one side only.
        assert one == other.replace(word, "X")


def test_a_protocol_may_be_named_as_the_clinic_is() -> None:
    """Whose a rule is was read out of the ids of the protocols."""
    spacing = [{"other": "oak", "minimum": "3 days", **ASSUMED}]
    one = protocol(id="clinic", name="Clinic", spacing=spacing)
    other = protocol(id="oak", name="Oak", family="peel", spacing=[])
    pair = pair_of(treatment_of(one), treatment_of(other), clinic())
    assert (pair.rule.origin, pair.rule.by_clinic) == (("clinic",), False)
    own = clinic(spacing=[{"first": "clinic", "other": "oak", "minimum": "5 days"}])
    ruled = pair_of(treatment_of(one), treatment_of(other), own)
    assert (ruled.rule.origin, ruled.rule.by_clinic) == (("clinic",), True)
    told = plan("x").model_copy(update={"spacing": (pair.rule,)})
    assert "the clinic's rule" not in spacing_lines(told)[0]
    close = {"session": "B1", "day": "2026-12-02", "other": "A1", "date": "2026-12-01"}
    close |= {"status": "booked", "reason": "too soon"}
    unknown = pair_of(treatment_of(other), treatment_of(protocol(spacing=[])), clinic())
    whose = [
        TooClose.model_validate({**close, "rule": found.rule}).whose
        for found in (pair, ruled, unknown)
    ]
    assert whose == [
        "the rule of clinic",
        "the clinic's rule",
        "no rule is known; ask the clinician",
    ]


def test_a_comparison_knows_its_protocols() -> None:
    one, other = protocol(id="rose"), protocol(id="oak", family="peel")
    asked = CourseRequest.read({"start": "2026-12-01"})
    made = compare([one, [one, other]], asked, clinic=clinic(), as_of=on("2026-11-22"))
    assert [row.protocols for row in made.rows] == [("rose",), ("rose", "oak")]
    assert [row.protocol for row in made.rows] == ["rose", "rose+oak"]
    odd = made.rows[0].model_copy(update={"protocol": "a+b"})
    alone = made.model_copy(update={"rows": (odd,)})
    assert "12 months" not in comparison_csv(alone)


@pytest.mark.parametrize("action", ["avoid", "do", "ask"])
def test_swelling_is_something_to_expect(action: str) -> None:
    entry = {"action": action, "what": "Sun", "starts": "0 days", "ends": "1 day", **ASSUMED}
    with pytest.raises(InputError) as caught:
        protocol(care=[{**entry, "swelling": True}])
    (fault,) = caught.value.faults
    assert (fault.code, fault.field) == ("contradiction", "care[1]")


def test_swelling_is_told_in_the_plan() -> None:
    care = [
        {"action": "expect", "what": what, "starts": "0 days", "ends": "1 day", **ASSUMED, **more}
        for what, more in (("Swelling", {}), ("Puffiness", {"swelling": True}))
    ]
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 3})
    made = plan_course(protocol(care=care), request, clinic=clinic(), as_of=on("2026-11-22"))
    told = json.loads(plan_json(made))["care"]
    assert {(span["what"], span["swelling"]) for span in told} == {
        *(("Swelling", False), ("Puffiness", True))
    }

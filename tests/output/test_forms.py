"""The public forms of a plan; one read back from JSON is told as one just made."""

import json
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import vobject

import meso_schedule.output
from meso_schedule import (
    CoursePlan,
    InputError,
    NoCalendarFits,
    UnknownNameError,
    catalogue,
    plan_course,
    read_plan,
)
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import UnreadableFileError
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.request import CourseRequest
from meso_schedule.output import (
    languages,
    to_csv,
    to_events,
    to_html,
    to_ics,
    to_json,
    to_markdown,
    to_pdf,
    to_text,
)
from meso_schedule.planner.planning import plan_combined
from tests.support.lengths import length
from tests.support.samples import clinic, on

AS_OF = on("2026-11-22")
WISHES: list[dict[str, Any]] = [
    {},
    {"improves_after": 1, "top_ups": 1, "at": "17:30", "away": "2026-12-24..2027-01-02"},
    {"held": ["2026-10-01"], "late": 90, "other": ["botox face 2026-11-01"], "alternatives": 2},
]


def some_plans(count: int) -> list[CoursePlan]:
    """Return plans of one protocol and of two, with what patients wish."""
    rng, known = Random(5), list(catalogue().values())
    made: list[CoursePlan] = []
    while len(made) < count:
        chosen = rng.sample(known, rng.choice((1, 1, 2)))
        wish = {"start": "2026-12-01", **rng.choice(WISHES)}
        try:
            request = CourseRequest.read(wish)
            made.append(plan_combined(chosen, request, clinic=clinic(), as_of=AS_OF))
        except (InputError, NoCalendarFits):
            continue
    return made


@pytest.fixture(scope="module")
def plan() -> CoursePlan:
    request = CourseRequest(start="2026-12-01", at="17:30", top_ups=1, reference="R-1")
    known = catalogue()["facial-rejuvenation"]
    return plan_course(known, request, clinic=clinic(), as_of=AS_OF)


@pytest.mark.untraced
def test_what_is_read_back_is_told_alike() -> None:
    for made in some_plans(length(4, 300)):
        back = read_plan(to_json(made))
        assert (back, to_json(back)) == (made, to_json(made))
        assert to_csv(back) == to_csv(made)
        assert to_markdown(back) == to_markdown(made)
        for language in languages():
            for form in (to_text, to_html, to_ics):
                assert form(back, language=language) == form(made, language=language)


def test_sheets_of_what_is_read_back_are_the_same(plan: CoursePlan) -> None:
    back = read_plan(to_json(plan).encode())
    for options in ({"language": "pl"}, {"paper": "letter", "large": True}):
        assert to_pdf(back, **options) == to_pdf(plan, **options)


def test_dates_amounts_and_spans_of_phrases_are_kept(plan: CoursePlan) -> None:
    said = phrase(
        "{day}, {span}, {sum}",
        day=date(2026, 12, 1),
        span=DateRange(date(2026, 12, 1), date(2027, 1, 2)),
        sum=Decimal("12.50"),
    )
    finding = plan.findings[0].model_copy(update={"message": said})
    odd = plan.model_copy(update={"findings": (finding,)})
    message = read_plan(to_json(odd)).findings[0].message
    assert isinstance(message, Phrase)
    assert (message, message.values) == (said, said.values)


def test_without_its_phrases_a_plan_is_told_in_english(plan: CoursePlan) -> None:
    """A plan kept before it had any is still read."""
    document = json.loads(to_json(plan))
    del document["phrases"]
    back = read_plan(json.dumps(document))
    assert back == plan
    assert back.phrases == {}
    assert to_text(back) == to_text(plan)
    assert to_text(back, language="de") != to_text(plan, language="de")


@pytest.mark.parametrize(
    "phrases",
    [
        [1],
        {"%": {}},
        {"%": {"template": 1, "values": {}}},
        {"%": {"template": "{day}", "values": {"day": {"date": "2026-13-01"}}}},
        {"%": {"template": "{day}", "values": {"day": {"amount": "x"}}}},
        {"%": {"template": "{day}", "values": {"day": {"from": "2026-12-01"}}}},
        {"%": {"template": "{day}", "values": {"day": "%"}}},
        {"%": {"template": "{day}", "values": {"day": None}}},
        {"%": {"template": "{day}", "values": {"date": 1}}},
        {"%": {"template": "{day:999999999}", "values": {"day": 1}}},
    ],
)
def test_phrases_that_are_none(plan: CoursePlan, phrases: Any) -> None:
    document = json.loads(to_json(plan))
    why = document["sessions"][0]["why"][0]
    text = json.dumps({**document, "phrases": phrases}).replace("%", why)
    with pytest.raises(InputError) as caught:
        read_plan(text)
    assert [fault.code for fault in caught.value.faults] == ["bad_phrases"]


def test_what_is_no_plan(plan: CoursePlan) -> None:
    for text in ("", "{", "[1, 2"):
        with pytest.raises(UnreadableFileError):
            read_plan(text)
    document = json.loads(to_json(plan))
    document["sessions"][0]["slack"] = document["sessions"][0].pop("slack_days")
    with pytest.raises(InputError) as caught:
        read_plan(json.dumps(document), "kept.json")
    assert {(it.source, it.field) for it in caught.value.faults} == {
        ("kept.json", "sessions[1].slack"),
        ("kept.json", "sessions[1].slack_days"),
    }
    with pytest.raises(InputError):
        read_plan("[]")


def test_events_stand_alone(plan: CoursePlan) -> None:
    events = to_events(plan, detail=True, revision=2)
    assert len(events) == len(plan.visits)
    whole = vobject.readOne(to_ics(plan, revision=2).decode())
    together = {event.uid.value: event for event in whole.vevent_list}
    for uid, data in events.items():
        assert b"METHOD" not in data
        calendar = vobject.readOne(data.decode())
        (event,) = calendar.vevent_list
        assert event.uid.value == uid
        for name in ("dtstart", "dtend", "sequence"):
            assert getattr(event, name).value == getattr(together[uid], name).value
        assert "session" in event.summary.value


def test_names_that_are_none(plan: CoursePlan) -> None:
    for made in (to_text, to_html, to_ics, to_events, to_pdf):
        with pytest.raises(UnknownNameError, match="There is no language 'dee'"):
            made(plan, language="dee")
    with pytest.raises(UnknownNameError, match="There is no paper 'a5'"):
        to_pdf(plan, paper="a5")


def test_a_logo_that_is_none(plan: CoursePlan) -> None:
    for made in (to_html, to_pdf):
        with pytest.raises(InputError, match="no PNG or SVG picture"):
            made(plan, logo=b"GIF89a")


def test_the_names_of_the_room() -> None:
    assert dir(meso_schedule.output) == meso_schedule.output.__all__
    assert meso_schedule.output.to_pdf is to_pdf
    with pytest.raises(AttributeError, match="has no attribute 'to_doc'"):
        meso_schedule.output.to_doc  # type: ignore[attr-defined]  # noqa: B018

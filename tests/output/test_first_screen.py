"""The first screen: 24 lines at 80 columns for six sessions, whatever the language."""

import re
from datetime import date
from typing import Any

import pytest

from meso_schedule import CourseRequest, Protocol, catalogue, get_protocol, plan_course
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.bill import Statement
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.terminal.layout import display_width
from meso_schedule.output.terminal.plan_text import plan_text, screen_text
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.translation import LOCALES, find_language
from meso_schedule.planner.planning import plan_combined

AS_OF = date(2026, 11, 27)
LINES = 24
RECEIPT = 3


def house(protocol: str) -> Clinic:
    prices = {
        "session": "180.00",
        "packages": [{"sessions": 6, "price": "960.00"}],
        "deposit": "20%",
        "instalments": 3,
    }
    weekday = ["09:00-13:00", "14:00-18:00"]
    return Clinic.read(
        {
            "name": "Example Clinic",
            "timezone": "Europe/London",
            "currency": "GBP",
            "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), weekday),
            "closures": [{"from": "2026-12-24", "to": "2027-01-02", "reason": "Christmas"}],
            "prices": {protocol: prices},
            "tax": {"name": "VAT", "rate": "20%", "included": True},
        }
    )


def takes_six(protocol: Protocol) -> bool:
    return protocol.sessions.minimum <= 6 <= protocol.sessions.maximum


def six(name: str, clinic: Clinic | None = None, **asked: Any) -> CoursePlan:
    request = CourseRequest.read(
        {"start": "2026-12-01", "sessions": 6, "patient": "A. Example", **asked}
    )
    return plan_course(get_protocol(name), request, clinic=clinic, as_of=AS_OF)


def languages() -> list[Language]:
    return [ENGLISH, *map(find_language, LOCALES)]


@pytest.mark.parametrize("name", [it.id for it in catalogue().values() if takes_six(it)])
@pytest.mark.parametrize("asked", [{}, {"days": ["tue", "thu"], "at": "17:00", "late": 20}])
def test_six_sessions_fit_on_one_screen(name: str, asked: dict[str, Any]) -> None:
    for clinic in (None, house(name)):
        if clinic and not asked:
            clinic = clinic.model_copy(update={"closures": ()})
        made = six(name, clinic, **asked)
        for language in languages():
            shown = screen_text(made, width=80, language=language).splitlines()
            assert len(shown) <= LINES, "\n".join(shown)
            assert max(map(display_width, shown)) <= 80
            booked = screen_text(made, width=80, course="9x29rhmv", language=language)
            assert len(booked.splitlines()) + RECEIPT <= LINES, booked


def test_it_says_what_the_desk_needs() -> None:
    made = six("facial-rejuvenation", house("facial-rejuvenation"), days=["tue", "thu"], at="17:00")
    made = made.model_copy(update={"reference": "EX-1"})
    assert screen_text(made, width=80).splitlines() == [
        "Facial rejuvenation mesotherapy                                A. Example   EX-1",
        "6 sessions, Tue 1 Dec 2026 - Tue 19 Jan 2027                          960.00 GBP",
        "",
        "No.  Day             Time   Could also be  Notes",
        "  1  Tue 1 Dec 2026  17:00  -",
        "  2  Tue 8 Dec       17:00  -",
        "  3  Tue 15 Dec      17:00  -",
        "  4  Tue 22 Dec      17:00  -              then closed 24 Dec - 2 Jan",
        " ~5  Tue 5 Jan 2027  17:00  7-12 Jan       if the skin improves",
        " ~6  Tue 19 Jan      17:00  21-26 Jan      if the skin improves",
        "",
        "  !  Session 5 is on 5 Jan 2027 if the skin has improved: to be assessed on 22",
        "     Dec 2026.",
        "  !  Without improvement session 5 has no usable day from 29 Dec 2026 to 1 Jan",
        "     2027: Christmas; the patient cannot come on Wednesdays; the patient cannot",
        "     come on Fridays.",
        "  !  Aspirin and other anti-inflammatory painkillers (NSAIDs): begun 24 Nov, ask",
        "     now",
        "  !  No spare day: sessions 1-4. A missed one moves those after it.",
        "  Pay     192.00 on 27 Nov; 256.00 on 1 Dec, 8 Dec, 15 Dec",
        "  Before  7 days, avoid: Aspirin and other anti-inflammatory painkillers...",
        "  After   8 hours, avoid: Hot showers",
        "  More    --why reasons, --care dates, --sources, --full all of it (+5)",
        "  Next    courses open (the same words), --output sheet.pdf",
    ]


def test_an_undecided_course_shows_both_calendars() -> None:
    clinic = house("facial-rejuvenation").model_copy(update={"closures": ()})
    shown = screen_text(six("facial-rejuvenation", clinic, days=["tue", "thu"]), width=100)
    assert "7-12 Jan       if the skin improves, else 29 Dec\n" in shown
    assert "21-26 Jan      if the skin improves, else 5 Jan\n" in shown
    told = (
        "Session 5 is on 5 Jan 2027 if the skin has improved, else on 29 Dec 2026: to be assessed"
    )
    assert told in shown
    assert "Provisional" not in shown, "the line above says it already"


def test_a_session_that_comes_in_any_case_may_have_another_day() -> None:
    made = six("facial-rejuvenation", None)
    firm = [visit.model_copy(update={"provisional": False}) for visit in made.sessions]
    shown = screen_text(made.model_copy(update={"sessions": tuple(firm)}), width=100)
    assert re.search("^  5  Tue 5 Jan 2027 .*  else 29 Dec$", shown, re.MULTILINE)


@pytest.mark.parametrize("language", languages(), ids=lambda it: type(it).__name__ + it.code)
def test_the_worst_case_keeps_to_the_screen(language: Language) -> None:
    """All decisions at once: a start in the past, a budget, lateness, nothing to spare."""
    made = six(
        "facial-rejuvenation",
        house("facial-rejuvenation"),
        start="2026-11-20",
        days="tue",
        budget="900.00",
        late=14,
        at="17:00",
        away=["2026-11-24", "2026-12-08"],
    )
    shown = screen_text(made, width=80, language=language)
    assert len(shown.splitlines()) <= LINES
    assert shown.count("\n  !  ") >= 3


def test_what_begun_and_what_is_late_is_told() -> None:
    made = six("facial-rejuvenation", late=20, away=["2027-01-01..2027-01-23"])
    shown = screen_text(made, width=80)
    assert "begun 24 Nov, ask" in shown
    assert "days late" in shown
    assert "No clinic file" in shown


def test_parts_are_added_by_name() -> None:
    made = six("facial-rejuvenation", alternatives=1)
    bare = screen_text(made, width=80)
    assert "Why these days" not in bare
    assert "Other calendars" in bare
    for part, title in (
        ("why", "Why these days"),
        ("care", "Before and after"),
        ("sources", "Sources"),
    ):
        added = screen_text(made, width=80, parts=[part], calendar=True)
        assert title in added
        assert "December 2026" in added
        assert title in plan_text(made, width=80)


def test_many_instalments_and_what_has_no_price() -> None:
    clinic = house("facial-rejuvenation")
    prices = clinic.prices["facial-rejuvenation"].model_copy(update={"instalments": 6})
    parts = clinic.model_copy(update={"prices": {"facial-rejuvenation": prices}})
    shown = screen_text(six("facial-rejuvenation", parts), width=80)
    assert "192.00 on 27 Nov; 6 x 128.00, 1 Dec 2026 - " in shown
    assert "  Pay " not in screen_text(six("facial-rejuvenation", no_prices=True), width=80)


def test_of_a_booked_course_it_tells_what_was_agreed_and_what_is_left() -> None:
    due = [{"due": "2026-12-08", "amount": "500.00"}, {"due": None, "amount": "7.00"}]
    agreed = {"currency": "GBP", "agreed": "900.00", "paid": "393.00", "left": "507.00"}
    account = Statement.model_validate({**agreed, "received": [], "due": due})
    made = six("facial-rejuvenation", house("facial-rejuvenation"))
    shown = screen_text(made.model_copy(update={"booked": True, "account": account}), width=80)
    assert shown.splitlines()[1].endswith(" 900.00 GBP")
    assert "  Pay     7.00 with a later session; 500.00 on 8 Dec\n" in shown


def test_a_course_held_to_its_end_has_no_appointments() -> None:
    held = ["2026-11-03", "2026-11-10", "2026-11-17"]
    request = CourseRequest.read({"held": held, "sessions": 3})
    made = plan_course(get_protocol("facial-rejuvenation"), request, as_of=AS_OF)
    shown = screen_text(made, width=80)
    assert shown.splitlines()[1] == "Held: 1 3 Nov 2026, 2 10 Nov 2026, 3 17 Nov 2026"
    assert "No." not in shown
    assert "All 3 sessions of the course are held." in shown
    assert "\n\n\n" not in shown


def test_names_longer_than_the_screen_are_wrapped() -> None:
    patient = "Maria Example of the Very Long Street"
    shown = screen_text(six("facial-rejuvenation", patient=patient), width=30).splitlines()
    assert max(map(display_width, shown)) <= 30
    assert shown[2].startswith("Maria Example of the Very Long")


def test_one_line_an_appointment_of_several_treatments() -> None:
    request = CourseRequest.read({"start": "2027-01-04", "at": "10:00", "top_ups": 1})
    both = [get_protocol("facial-rejuvenation"), get_protocol("hyaluronic-acid")]
    made = plan_combined(both, request, as_of=AS_OF)
    shown = screen_text(made, width=80)
    for visit in made.visits:
        assert len(re.findall(rf"^ *[~+A-B0-9 ]*\b{visit.mark} ", shown, re.MULTILINE)) == 1
    assert "9 sessions + 2 top-ups, " in shown


def test_a_course_begun_says_what_was_held_and_what_is_next() -> None:
    request = CourseRequest.read({"held": ["2026-12-01", "2026-12-08"], "sessions": 6})
    made = plan_course(get_protocol("facial-rejuvenation"), request, as_of=date(2026, 12, 9))
    shown = screen_text(made, width=80)
    assert "Held: 1 1 Dec 2026, 2 8 Dec 2026\n" in shown
    assert "Next: session 3, not before Tue 15 Dec 2026, best on Tue 15 Dec 2026" in shown
    assert len(shown.splitlines()) <= LINES


def test_wishes_that_are_not_kept_are_said() -> None:
    """The clinic closes at 18:00: 45 minutes from 17:30 on are more than it has."""
    wishes = {"at": "17:30", "prefer": ["thu"]}
    made = six("facial-rejuvenation", house("facial-rejuvenation"), **wishes)
    assert {it.start and f"{it.start:%H:%M}" for it in made.sessions} == {"17:15"}
    shown = screen_text(made, width=80)
    assert "  !  Not at 17:30: session 1, 2, 3, 4, 5, 6.\n" in shown
    others = [str(it.number) for it in made.sessions if it.date.weekday() != 3]
    assert f"  !  Not on a preferred weekday: session {', '.join(others)}.\n" in shown
    kept = six("facial-rejuvenation", house("facial-rejuvenation"), at="17:15", prefer=["tue"])
    assert "Not at" not in screen_text(kept, width=80)


def test_a_start_that_is_not_kept_is_said() -> None:
    """The fifth is a Saturday."""
    made = six("facial-rejuvenation", house("facial-rejuvenation"), start="2026-12-05", sessions=3)
    assert [str(it.date) for it in made.sessions[:1]] == ["2026-12-07"]
    told = "  !  The start asked for, 5 Dec 2026, is not kept: session 1 is on 7 Dec 2026.\n"
    assert told in screen_text(made, width=80)
    kept = six("facial-rejuvenation", house("facial-rejuvenation"), start="2026-12-07", sessions=3)
    assert "start asked for" not in screen_text(kept, width=80)


def test_of_several_each_start_of_its_own_is_said() -> None:
    rules = [get_protocol("facial-rejuvenation"), get_protocol("mesobotox")]
    for second, told in (
        ("mesobotox@2027-02-06", ["session B1 is on 2027-02-08."]),
        (rules[1].id, []),
    ):
        asked = {"start": "2026-12-01", "protocol": [rules[0].id, second]}
        made = plan_combined(rules, CourseRequest.read(asked), as_of=AS_OF)
        found = [it.message for it in made.findings if it.kind == "start_not_kept"]
        assert [it.partition(": ")[2] for it in found] == told


def test_a_narrow_screen_cuts_nothing_of_what_to_type() -> None:
    shown = screen_text(six("facial-rejuvenation"), width=50, course="9x29rhmv")
    words = " ".join(shown.split())
    assert "Next meso-schedule courses print 9x29rhmv --output sheet.pdf" in words
    assert max(map(len, shown.splitlines())) <= 50

"""A combined plan in each of its forms: treatments apart by letter and shape, visits shared."""

import csv
import re
from io import StringIO

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, catalogue, plan_combined
from meso_schedule.course.history import DateSpan
from meso_schedule.course.no_calendar import Conflict, headline
from meso_schedule.course.no_calendar import NoCalendarFits as Refusal
from meso_schedule.output.calendar_file import event_uid
from meso_schedule.output.feed import feed
from meso_schedule.output.print.pdf import sheet
from meso_schedule.output.tables import csv_plan, markdown_plan
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.web.page import page
from meso_schedule.output.words.details import sessions_text
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.translation import find_language
from meso_schedule.output.words.treatments import shape_of, spacing_lines
from tests.support.samples import ASSUMED, EVERY_DAY, Table, clinic, no_of, on, phase, protocol

AS_OF = on("2026-11-22")
PRICE = [{"currency": "GBP", "per": "session", "low": "50.00", "high": "50.00", **ASSUMED}]
CARE = [{"action": "avoid", "what": "Aspirin", "starts": "-7 days", "ends": "0 days", **ASSUMED}]


def course(name: str, title: str, sessions: int, **more: object) -> Table:
    counts = {"minimum": 1, "usual": sessions, "maximum": 12, "minutes": 30, **ASSUMED}
    return {"id": name, "name": title, "sessions": counts, "care": CARE, "prices": PRICE, **more}


ROSE = course(
    "rose",
    "Rose treatment",
    3,
    results={"settle": "3 days", "lasts_maximum": "3 months", **ASSUMED},
    facts={"dose": "1 ml", **ASSUMED},
    top_up={"minimum": "1 month", "maximum": "2 months", **ASSUMED},
)
LILY = course(
    "lily",
    "Lily treatment",
    2,
    spacing=[
        {
            "other": "rose",
            "minimum": "3 days",
            "minimum_before": "2 days",
            "same_day": True,
            **ASSUMED,
        }
    ],
)
OAK = course("oak", "Oak treatment", 1, areas=["scalp"])
ELM = course("elm", "Elm treatment", 1, areas=["belly"])


def combined(
    *tables: Table, own: Clinic | None = None, as_of: str | None = None, **asked: object
) -> CoursePlan:
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    clinics = own or clinic(hours=EVERY_DAY, currency="GBP")
    protocols = [protocol(**table) for table in tables]
    return plan_combined(protocols, request, clinic=clinics, as_of=on(as_of) if as_of else AS_OF)


def test_one_line_a_visit_on_the_terminal() -> None:
    made = combined(ROSE, LILY, at="10:00", top_ups=1)
    told = plan_text(made, width=140)
    assert told.startswith("A Rose treatment, B Lily treatment\n")
    lines = told.splitlines()
    (place,) = [number for number, line in enumerate(lines) if " A1 " in line and "2026" in line]
    assert re.match(r" +A1 +Tue 1 Dec 2026 +Rose treatment +10:00", lines[place])
    assert any(re.match(r" +B1 {10,}Lily treatment +10:30", line) for line in lines[place + 1 :])
    assert "+A4" in told
    assert "Up to session" in told
    assert "A1: 50.00; B1: 100.00" in told
    assert "A: 3 sessions, each 50.00" in told
    assert "Rose treatment: Cost in GBP" in told
    assert "Rose treatment: Cost of the top-ups in GBP" in told
    assert re.search(r"A: Swelling settled by +Fri 18 Dec 2026", told)
    assert "A: Dose  1 ml" in told
    assert "sessions A1-3; B1 and 2" in told
    narrow = plan_text(made, width=80)
    assert re.search(r"\n +A1 +The first day asked for. One visit with B1: 60 minutes", narrow)


def test_the_distance_is_told_with_its_source() -> None:
    made = combined(ROSE, LILY, other=["filler 2026-11-25"])
    line = spacing_lines(made)[0]
    assert line == (
        "rose, lily: 2 days after rose before lily; 3 days after lily before rose;"
        " both may share a visit; Assumption: Assumed for the test."
    )
    own = [{"first": "rose", "other": "lily", "minimum": "2 days", "reason": "our own way"}]
    ours = combined(ROSE, LILY, own=clinic(hours=EVERY_DAY, spacing=own))
    assert spacing_lines(ours) == [
        "rose, lily: 2 days after rose before lily; the clinic's rule; our own way"
    ]
    assert "Between treatments" in plan_text(ours, width=100)
    assert "## Between treatments" in markdown_plan(ours)


def test_a_calendar_of_signs() -> None:
    made = combined(
        ROSE,
        LILY,
        OAK,
        ELM,
        protocol=["rose", "lily", "oak@2026-12-03", "elm@2026-12-04"],
        top_ups=1,
    )
    told = plan_text(made, width=110, calendar=True)
    assert "  1 #A1*B1" in told
    assert "%C1" in told
    assert "&D1" in told
    assert "+A4" in told
    assert (
        "#A Rose treatment, *B Lily treatment, %C Oak treatment, &D Elm treatment, + top-up" in told
    )
    assert "# session" not in told


def test_tables_name_the_treatment() -> None:
    made = combined(ROSE, LILY)
    first, second, *_ = csv.DictReader(StringIO(csv_plan(made)))
    assert (first["No."], first["Treatment"]) == ("A1", "rose")
    assert (second["No."], second["Treatment"], second["Date"]) == ("B1", "lily", "2026-12-01")
    told = markdown_plan(made)
    assert told.startswith("# A Rose treatment, B Lily treatment\n")
    assert "| B1 | Tue 1 Dec 2026 | Lily treatment |" in told
    assert "## Lily treatment: Cost in GBP" in told


def test_the_page_has_a_shape_for_each() -> None:
    made = combined(ROSE, LILY, top_ups=1)
    told = page(made, language=find_language("en"))
    assert '<span class="mark session of-a">A1</span>' in told
    assert 'class="mark session of-b" aria-hidden="true">*B1</span>' in told
    assert "session B1" in told
    assert 'class="mark session of-b" aria-hidden="true">*B</span> Lily treatment' in told
    assert "A: Swelling settled by" in told
    assert "A: Dose" in told
    alone = combined(ROSE)
    assert "of-a" not in page(alone, language=find_language("en")).split("</style>")[1]
    assert (shape_of("C"), shape_of(None)) == ("of-c", "")


@pytest.mark.parametrize("code", ["en", "pl"])
def test_the_sheet_is_set(code: str) -> None:
    made = combined(ROSE, LILY, OAK, ELM, top_ups=1)
    assert sheet(made, language=find_language(code)).startswith(b"%PDF")


def test_one_event_a_session_each_with_its_own_uid() -> None:
    made = combined(ROSE, LILY, at="10:00")
    told = feed(made, detail=True).decode().replace("\r\n ", "")
    uids = re.findall("UID:(.+)\r", told)
    assert len(set(uids)) == len(made.sessions) == 5
    assert event_uid(made.reference, "B1") in uids
    assert "Lily treatment\\, session 1 of 2" in told
    assert "DTSTART;TZID=Europe/London:20261201T103000" in told
    assert "Aspirin" in told


def test_sessions_by_their_letters() -> None:
    made = combined(LILY, OAK, protocol=["lily", "oak@2026-12-20"])
    first, second = made.care
    assert sessions_text(first) == "sessions A1 and 2"
    assert sessions_text(second) == "session B1"


HELD = ["rose:2026-12-01", "lily:2026-12-02", "rose:2026-12-04"]


def test_what_was_held_is_told_by_letter_in_every_form() -> None:
    repeating = [phase | {"early": "repeat"} for phase in protocol().model_dump()["phases"]]
    made = combined(ROSE | {"phases": repeating}, LILY, held=HELD, as_of="2026-12-05")
    for told in (
        plan_text(made, width=100),
        markdown_plan(made).replace("**", ""),
        re.sub("<[^>]+>", "", page(made, language=find_language("en"))),
    ):
        told = " ".join(told.replace("Tue,", "Tue").replace("Wed,", "Wed").split())
        told = told.replace("Fri,", "Fri")
        place = [told.index(it) for it in ("A1, Tue 1", "B1, Wed 2", "(A2), Fri 4")]
        assert place == sorted(place)
        assert "Next: session A2" in told
        assert "Next: session B2" in told
        assert re.search("Lily treatment on .{,14}2.* came less than 2 days after Rose", told)
        assert re.search("Rose treatment: Session 2 on .{,14}4.* was too soon", told)
    assert sheet(made, language=find_language("fr")).startswith(b"%PDF")
    first, *_ = csv.DictReader(StringIO(csv_plan(made)))
    assert (first["No."], first["Date"], first["Days since last"]) == ("A2", "2026-12-11", "7")
    told = feed(made, detail=True).decode().replace("\r\n ", "")
    assert "Rose treatment\\, session 2 of 3" in told
    assert "20261201" not in told


def test_a_treatment_that_is_complete_stands_beside_the_others() -> None:
    made = combined(ROSE, OAK, held=["oak:2026-12-01"], as_of="2026-12-02", start="2026-12-02")
    told = plan_text(made, width=100)
    assert "Oak treatment: All 1 sessions of the course are held." in told
    assert "Next: session" not in told
    done = combined(LILY, OAK, held=["oak:2026-12-01", "lily:2026-12-01", "lily:2026-12-09"],
                    as_of="2026-12-10")  # fmt: skip
    assert done.sessions == ()
    assert "Still to come" not in plan_text(done, width=100)
    for form in (markdown_plan(done), page(done, language=find_language("en"))):
        assert "B1" in form
    assert sheet(done, language=find_language("en")).startswith(b"%PDF")


def test_mixed_prices_are_said() -> None:
    own = clinic(hours=EVERY_DAY, currency="GBP", prices={"rose": {"session": "60.00"}})
    assert "the clinic's prices and published ones" in plan_text(
        combined(ROSE, LILY, own=own), width=100
    )


def test_every_language_says_a_combined_plan() -> None:
    made = combined(ROSE, LILY)
    told = plan_text(made, width=100, language=find_language("de"))
    assert "Lily treatment" in told
    assert "Between treatments" not in told


def test_a_conflict_is_told_with_its_protocols() -> None:
    rule = [{"other": "rose", "minimum": "9 days", "minimum_before": "9 days", **ASSUMED}]
    error = no_of(combined, ROSE, course("lily", "Lily", 1, spacing=rule), finish_by="2026-12-15")
    first, *_ = conflict_lines(error)
    assert first.startswith("lily beside rose: No calendar fits: session 1 has no usable day from")
    window = DateSpan(earliest=on("2026-12-01"), latest=on("2026-12-01"))
    conflict = Conflict(session=2, window=window, blocked=(), protocol="rose")
    assert headline(conflict, str).startswith(
        "rose: No calendar fits: session 2 has no usable day from"
    )
    assert next(iter(conflict_lines(Refusal(conflict, ())))).endswith("usable day Tue 1 Dec 2026.")


def test_a_treatment_that_gives_way_is_told_with_both_days() -> None:
    """Lily waits for no improvement, but for the distance to a rose that does."""
    phases = [
        phase(sessions=1),
        phase("14 days", "21 days", name="later", after_improvement=True),
    ]
    rule = [{"other": "rose", "minimum": "5 days", "minimum_before": "5 days", **ASSUMED}]
    rose = protocol(id="rose", phases=phases)
    lily = protocol(**course("lily", "Lily", 2, spacing=rule))
    asked = {"held": ["rose:2026-11-20"], "protocol": ["rose*3", "lily*2"]}
    plan = plan_combined([rose, lily], CourseRequest.read(asked), as_of=AS_OF)
    moved = [it for it in plan.sessions if it.label == "B" and plan.otherwise(it)]
    told = page(plan, language=ENGLISH)
    for visit in moved:
        other = plan.otherwise(visit)
        assert other
        assert not visit.provisional
        day = ENGLISH.near(other.date, visit.date.year)
        assert f"on {day} if the skin has not improved" in told
    assert moved


def test_packaged_treatments_beside_each_other_at_80_columns() -> None:
    known = catalogue()
    protocols = [known["hyaluronic-acid"], known["mesobotox"]]
    request = CourseRequest(start=on("2027-01-04"), no_prices=True)
    plan = plan_combined(protocols, request, as_of=AS_OF)
    text = plan_text(plan, width=80)
    # A line a session: the letter says which treatment it is.
    assert re.findall(r"^ ([AB]\d)  ", text, re.MULTILINE) == [
        session.mark for session in plan.sessions
    ]
    assert max(map(len, text.splitlines())) <= 80
    (why,) = (session.why for session in plan.sessions if session.mark == "B1")
    # Weekends inside the fortnight are no runs of their own.
    assert list(why) == [
        "14 days after the first day asked for",
        "Mon 2027-01-04: not on the day of Hyaluronic acid mesotherapy",
        "Tue 2027-01-05 to Sun 2027-01-17: less than 2 weeks after"
        " Hyaluronic acid mesotherapy on 2027-01-04",
    ]

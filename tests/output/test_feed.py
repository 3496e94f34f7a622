import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from meso_schedule import (
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    plan_course,
)
from meso_schedule.base.errors import BudgetTooSmallError
from meso_schedule.base.free_text import RECORDED
from meso_schedule.base.phrases import Phrase
from meso_schedule.output.calendar_file import Gone, event_uid
from meso_schedule.output.feed import cancellations, feed, separate_events
from meso_schedule.output.words.translation import find_language
from tests.support.lengths import crossed, length
from tests.support.payloads import PAYLOADS
from tests.support.planning import plan_of
from tests.support.samples import (
    ASSUMED,
    clinic,
    clinic_table,
    on,
    phase,
    protocol,
    python,
    rule_table,
)
from tests.support.strategies import random_case
from tests.support.tools import ical_js
from tests.support.tracing import untraced

AS_OF = on("2026-11-22")
CARE = [
    {"action": "avoid", "what": "aspirin", "starts": "-7 days", "ends": "0 days", **ASSUMED},
    {"action": "avoid", "what": "sun", "starts": "-7 days", "ends": "1 day", **ASSUMED},
    {"action": "avoid", "what": "showers", "starts": "0 hours", "ends": "8 hours", **ASSUMED},
    {"action": "do", "what": "drink water", "starts": "0 days", "ends": "1 day", **ASSUMED},
    {"action": "expect", "what": "redness", "starts": "0 hours", "ends": "2 hours", **ASSUMED},
]
ADDRESS = {"address": "1 Example Street; London, E1", "phone": "+44 20 7946 0000"}
# What an event may hold, whatever anyone writes into a name.
PROPERTIES = {
    *("uid", "dtstamp", "dtstart", "dtend", "summary", "description", "location"),
    *("status", "class", "sequence", "transp"),
}


def plan(
    *, care: list[dict[str, Any]] | None = None, at: str | None = "16:00", **asked: Any
) -> CoursePlan:
    rules = protocol(
        care=CARE if care is None else care,
        phases=[
            phase("14 days", "16 days", sessions=2),
            phase("14 days", "16 days", name="later", after_improvement=True),
        ],
        top_up={"minimum": "3 months", "maximum": "4 months", **ASSUMED},
    )
    request = CourseRequest.read(
        {"start": "2027-03-01", "sessions": 3, "top_ups": 1, "reference": "R-1", "at": at, **asked}
    )
    return plan_course(rules, request, clinic=clinic(**ADDRESS), as_of=AS_OF)


@untraced
def events(data: bytes) -> list[Any]:
    """Return the events as vobject reads them."""
    # It would take the zones of the file before for those of this one.
    zones = vars(vobject.icalendar)["__tzidMap"]
    for name in set(zones) - {"UTC"}:
        del zones[name]
    return list(vobject.readOne(data.decode()).vevent_list)


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def values(data: bytes, name: str) -> list[str]:
    return [line.partition(":")[2] for line in unfolded(data) if re.match(rf"{name}[:;]", line)]


def random_plans(count: int) -> Iterator[CoursePlan]:
    seed = 0
    while count:
        try:
            made = plan_of(random_case(Random(seed)))
        except (NoCalendarFits, BudgetTooSmallError):
            continue
        finally:
            seed += 1
        yield made
        count -= 1


def test_one_event_a_session() -> None:
    first, second, third, top_up = events(feed(plan()))
    zone = ZoneInfo("Europe/London")
    assert first.dtstart.value == datetime(2027, 3, 1, 16, 0, tzinfo=zone)
    assert first.dtend.value - first.dtstart.value == timedelta(minutes=45)
    assert first.dtstamp.value == datetime(2026, 11, 22, tzinfo=UTC)
    assert [entry.status.value for entry in (first, second, third, top_up)] == [
        *("CONFIRMED", "CONFIRMED", "TENTATIVE", "CONFIRMED")
    ]
    assert first.location.value == ADDRESS["address"]
    assert {entry.summary.value for entry in (first, second, third, top_up)} == {"Appointment"}
    assert first.description.value.split("\n") == [
        "Avoid:",
        "- aspirin (22 Feb - 1 Mar 2027, 7 days)",
        "- sun (22 Feb - 2 Mar 2027, 7 days before and 1 day after)",
        "- showers (1 Mar 16:45 - 2 Mar 2027 00:45, 8 hours)",
        "Do:",
        "- drink water (1-2 Mar 2027, 1 day)",
        "Expect:",
        "- redness (1 Mar 2027 16:45-18:45, 2 hours)",
        "Photos are taken to compare.",
        "Clinic: Example Clinic",
        "Phone: +44 20 7946 0000",
        "Reference: R-1",
        plan().disclaimer,
    ]
    assert third.description.value.startswith("Provisional, only if the skin has improved.\nAvoid")


def test_a_session_without_a_time_takes_its_day_and_blocks_nothing() -> None:
    data = feed(plan(at=None))
    first = events(data)[0]
    assert (first.dtstart.value, first.dtend.value) == (date(2027, 3, 1), date(2027, 3, 2))
    assert first.transp.value == "TRANSPARENT"
    assert b"VTIMEZONE" not in data


def test_detail() -> None:
    told = events(feed(plan(), detail=True))
    assert [entry.summary.value for entry in told] == [
        "House mix, session 1 of 3",
        "House mix, session 2 of 3",
        "House mix, session 3 of 3",
        "House mix, top-up, session 4",
    ]
    assert told[0].description.value.startswith("House mix, session 1 of 3\nAvoid:")
    alarms = [alarm.description.value for alarm in told[0].valarm_list]
    assert alarms == [
        "House mix, session 1 of 3",
        "House mix, session 1 of 3: from now on avoid aspirin, sun",
    ]
    assert not values(feed(plan(), detail=True), "CLASS")


def test_a_lock_screen_learns_nothing() -> None:
    data = feed(plan())
    for entry in events(data):
        shown = [entry.summary.value, *(alarm.description.value for alarm in entry.valarm_list)]
        assert set(shown) <= {"Appointment", "Appointment: time to prepare"}
    assert values(data, "CLASS") == ["PRIVATE"] * 4
    assert "House mix" not in data.decode()


def test_assessments_apart_from_the_sessions_have_entries_of_their_own() -> None:
    rules = protocol(
        phases=[
            phase(sessions=2),
            phase("14 days", "21 days", name="later", after_improvement=True),
        ],
        results={"settle": "7 days", "assess": "30 days", **ASSUMED},
    )
    request = CourseRequest.read({"held": ["2026-11-08", "2026-11-15"], "sessions": 3})
    made = plan_course(rules, request, clinic=clinic(), as_of=AS_OF)
    asked = [
        "Has the skin improved? The days after session 2 depend on it.",
        "The result is judged, after session 3.",
    ]
    _, *told = events(feed(made, detail=True))
    assert [entry.dtstart.value for entry in told] == [on("2026-11-15"), on("2026-12-30")]
    assert [entry.summary.value for entry in told] == asked
    _, *quiet = events(feed(made))
    assert {entry.summary.value for entry in quiet} == {"Assessment"}
    assert [entry.description.value for entry in quiet] == asked
    assert values(feed(made), "CLASS") == ["PRIVATE"] * 3


def triggers(made: CoursePlan) -> list[list[timedelta]]:
    return [[alarm.trigger.value for alarm in e.valarm_list] for e in events(feed(made))]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_alarms_of_sessions_with_a_time() -> None:
    """A day before, and on the morning of the first day on which something is to be avoided.

    A fortnight lies between the sessions, so that the week before each is on its own.
    """
    assert triggers(plan()) == [[-hours(24), -hours(7 * 24 + 7)]] * 4


def test_alarms_of_sessions_without_a_time() -> None:
    """At nine in the morning; the day begins at midnight."""
    assert triggers(plan(at=None)) == [[-hours(15), -hours(7 * 24 - 9)]] * 4


def test_one_alarm_for_what_is_avoided_all_along() -> None:
    care = [{"action": "avoid", "what": "a", "starts": "-20 days", "ends": "0 days", **ASSUMED}]
    assert [len(alarms) for alarms in triggers(plan(care=care, top_ups=None))] == [2, 1, 1]


@pytest.mark.parametrize(
    ("starts", "at", "more"),
    [
        ("0 hours", "16:00", []),  # begins with the session
        ("1 day", "16:00", []),
        ("0 days", "16:00", [-hours(7)]),
        ("-8 hours", "16:00", [-hours(8)]),
        ("-24 hours", "16:00", []),  # as the day before
        ("-1 day", None, []),
        ("-3 days", None, [-hours(63)]),
    ],
)
def test_when_the_first_avoidance_begins(
    starts: str, at: str | None, more: list[timedelta]
) -> None:
    care = [{"action": "avoid", "what": "sun", "starts": starts, "ends": "2 days", **ASSUMED}]
    first = triggers(plan(care=care, at=at))[0]
    assert first[1:] == more


def test_no_alarm_for_what_lies_behind() -> None:
    late = plan(start="2026-11-23", top_ups=None, pin="1=2026-11-23")
    assert triggers(late)[0] == [-hours(24)]  # a week before had begun before it was planned
    past = plan(start="2026-11-16", top_ups=None)
    assert not hasattr(events(feed(past))[0], "valarm_list")


def test_the_same_plan_gives_the_same_bytes_in_every_process() -> None:
    made = plan()
    code = (
        "import sys; from meso_schedule import CoursePlan; "
        "from meso_schedule.output.feed import feed; "
        "sys.stdout.buffer.write(feed(CoursePlan.model_validate_json(sys.stdin.read())))"
    )
    written = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=made.model_dump_json().encode(),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LANG": "pl_PL.UTF-8"},
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York"))
    ]
    assert set(written) == {feed(made)}


def test_uids_tell_sessions_and_courses_apart() -> None:
    uids = {event_uid(reference, number) for reference in ("1", "11", "1 1") for number in (1, 11)}
    assert len(uids) == 6
    code = "from meso_schedule.output.calendar_file import event_uid; print(event_uid('R-1', 2))"
    assert python(code, PYTHONHASHSEED="7").strip() == event_uid("R-1", 2)


def test_a_later_plan_updates_an_earlier_one() -> None:
    early, later = (
        feed(plan()),
        feed(plan(at="15:00").model_copy(update={"as_of": on("2026-12-01")})),
    )
    assert values(early, "UID") == values(later, "UID")
    old, new = ({*map(int, values(data, "SEQUENCE"))} for data in (early, later))
    assert max(old) < min(new)
    assert values(feed(plan(), sequence=7), "SEQUENCE") == ["7"] * 4
    old_day = plan().model_copy(update={"as_of": on("1999-01-01")})
    assert values(feed(old_day), "SEQUENCE") == ["0"] * 4


def test_what_is_printed_later_is_never_older() -> None:
    """One rule for a plan and the book: 22 November 2026 is the 9822nd day after 1 January 2000."""

    def version(**told: Any) -> set[int]:
        return {*map(int, values(feed(plan(), **told), "SEQUENCE"))}

    assert version() == {9_822_000}
    assert version(revision=4) == {9_822_004}
    assert version(revision=4, sequence=3) == {3}
    gone = [Gone(1, on("2027-03-01"))]
    off = {"as_of": on("2026-11-29"), "timezone": "Europe/London"}
    for told, number in ({"revision": 4}, "9829004"), ({"revision": 4, "sequence": 9}, "9"):
        data = cancellations(gone, "R-1", **off, **told)  # type: ignore[arg-type]
        assert values(data, "SEQUENCE") == [number]
        assert values(data, "DTSTAMP") == ["20261129T000000Z"]


@pytest.mark.parametrize(
    "zone",
    [
        *("Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe"),
        *("Africa/Casablanca", "Asia/Kolkata"),
    ],
)
def test_the_zone_changes_its_clock_when_the_world_does(zone: str) -> None:
    rules = protocol(
        phases=[phase("6 months", "7 months")],
        sessions={"minimum": 1, "usual": 4, "minutes": 45, **ASSUMED},
    )
    request = CourseRequest.read({"start": "2026-10-15", "at": "10:00"})
    made = plan_course(rules, request, clinic=clinic(timezone=zone), as_of=on("2026-09-01"))
    assert b"BEGIN:VTIMEZONE" in feed(made)
    assert [e.dtstart.value.astimezone(UTC) for e in events(feed(made))] == [
        session.start and session.start.astimezone(UTC) for session in made.visits
    ]


def test_universal_time_needs_no_table() -> None:
    request = CourseRequest.read({"start": "2026-12-01", "at": "10:00"})
    data = feed(plan_course(protocol(), request, as_of=AS_OF))
    assert b"VTIMEZONE" not in data
    assert values(data, "DTSTART") == ["20261201T100000Z", "20261208T100000Z", "20261215T100000Z"]
    assert not values(data, "LOCATION")


@pytest.mark.untraced
def test_random_courses_as_two_other_parsers_read_them() -> None:
    plans = list(random_plans(length(24, 150)))
    files = [feed(made, detail=True) for made in plans]
    for made, data, read in zip(plans, files, ical_js("read", files), strict=True):
        assert len(read) == len(made.visits)
        for session, entry, other in zip(made.visits, read, events(data), strict=True):
            if session.start and session.end:
                assert entry["start"] == session.start.timestamp() * 1000
                assert entry["end"] == session.end.timestamp() * 1000
                assert entry["wall"].rstrip("Z") == f"{session.start:%Y-%m-%dT%H:%M:%S}"
                # vobject takes the zone from elsewhere where it knows one of this name.
                assert other.dtstart.value.replace(tzinfo=None) == session.start.replace(
                    tzinfo=None
                )
            else:
                assert entry["isDate"]
                assert entry["wall"] == str(session.date) == str(other.dtstart.value)
                midnight = datetime.combine(session.date, time(), UTC)
                assert entry["end"] - midnight.timestamp() * 1000 == 86_400_000
            assert entry["values"]["uid"] == other.uid.value
            assert entry["values"]["description"] == other.description.value


def poisoned(payload: str) -> CoursePlan:
    """Return a plan with the same text in every place that takes free text.

    As in an old book: what is written today is refused when it holds a control character.
    """
    words = {"name": payload, "address": payload, "phone": payload, "email": payload}
    care = [
        {"action": action, "what": payload, "starts": "-2 days", "ends": "1 day", **ASSUMED}
        for action in ("avoid", "do", "expect")
    ]
    asked = {"start": "2027-03-01", "reference": payload, "patient": payload, "at": "10:00"}
    request = CourseRequest.read(asked, context=RECORDED)
    rules = Protocol.read(rule_table(name=payload, care=care), context=RECORDED)
    where = Clinic.read(clinic_table(**words), context=RECORDED)
    return plan_course(rules, request, clinic=where, as_of=AS_OF)


@pytest.mark.parametrize(("payload", "detail"), crossed(PAYLOADS, [False, True]))
def test_free_text_stays_text(payload: str, detail: bool) -> None:
    data = feed(poisoned(payload), detail=detail)
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n", data)
    allowed = "|".join((*PROPERTIES, "begin", "end", "action", "trigger", "tz\\w+", "prodid"))
    allowed += "|version|method|rrule|name|x-wr-calname|refresh-interval|x-published-ttl"
    for line in unfolded(data)[:-1]:
        assert re.match(rf"({allowed})[:;]", line, re.IGNORECASE), line
    read = events(data)
    assert len(read) == 3
    assert [e.location.value for e in read] == [read[0].location.value] * 3


def test_free_text_is_read_back_as_written() -> None:
    files = [feed(poisoned(payload), detail=True) for payload in PAYLOADS]
    for payload, read in zip(PAYLOADS, ical_js("read", files), strict=True):
        assert len(read) == 3
        for entry in read:
            assert set(entry["properties"]) <= PROPERTIES
            assert len(entry["alarms"]) == 2
            assert printable(entry["values"]["location"]).startswith(printable(payload))


def printable(text: str) -> str:
    """Return the signs of a text that command nothing; the library takes \\N for a line end."""
    plain = re.sub(r"\x1b.*|\x9b.*", "", text).replace("\\N", "")
    return "".join(re.findall(r"[\w=+@#$<>{}|,;\\\"']", plain))


@pytest.mark.parametrize(
    ("code", "title", "avoid"),
    [
        ("fr", "Rendez-vous", "À éviter"),
        ("de", "Termin", "Zu vermeiden"),
        ("es", "Cita", "Evitar"),
        ("it", "Appuntamento", "Da evitare"),
        ("pl", "Wizyta", "Unikać"),
    ],
)
def test_languages(code: str, title: str, avoid: str) -> None:
    first = events(feed(plan(), language=find_language(code)))[0]
    assert first.summary.value == title
    assert f"{avoid}:\n- aspirin (" in first.description.value


class Shouting:
    """A language that marks every text it is asked to say."""

    code = "xx"

    def say(self, text: str) -> str:
        assert isinstance(text, str)
        return f"!{text}!" if not isinstance(text, Phrase) or not text.values else str(text)

    def moments(self, first: object, last: object, _beside: int | None = None) -> str:
        return f"{first}/{last}"


def test_every_word_is_said_in_the_language_asked_for() -> None:
    data = feed(plan(), language=Shouting())  # type: ignore[arg-type]
    first = events(data)[0]
    assert first.summary.value == "!Appointment!"
    assert first.description.value.startswith(
        "!Avoid!:\n- !aspirin! (2027-02-22/2027-03-01, 7 days)"
    )
    assert first.valarm_list[1].description.value == "!Appointment!: time to prepare"


def test_whoever_subscribes_is_told_a_name_and_when_to_ask_again() -> None:
    head = feed(plan()).partition(b"BEGIN:VEVENT")[0].decode().splitlines()
    assert {"NAME:Appointments", "X-WR-CALNAME:Appointments"} <= set(head)
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H"} <= set(head)
    for kept in separate_events(plan()).values():
        assert b"\nNAME:" not in kept

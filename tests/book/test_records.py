"""What events say: checked when made, the same when read again."""

from typing import Any

import pytest

from meso_schedule import CourseRequest, catalogue, get_protocol
from meso_schedule.base.errors import InputError
from meso_schedule.book.digests import canonical
from meso_schedule.book.payloads import KeptForecast, KeptProtocol
from meso_schedule.book.records import RECORDS, Note, Opened, Paid, Planned, read_record
from tests.book.samples import TODAY, kept, opened, slot


@pytest.mark.parametrize("name", catalogue())
def test_every_packaged_protocol_is_kept_whole(name: str) -> None:
    protocol = get_protocol(name)
    read = KeptProtocol.of(protocol).read()
    assert read == protocol
    assert read.digest == protocol.digest


def test_a_kept_protocol_that_was_changed_is_refused() -> None:
    content = opened().content
    content["protocols"][0]["canonical"] = "{}"
    with pytest.raises(InputError, match=r"protocols\[1\].canonical: The digest is of another"):
        read_record("opened", 1, content)


def test_a_record_reads_back_as_it_was() -> None:
    request = CourseRequest(start="2026-12-01", between="tue:17:00-20:00", budget="900.00")
    record = opened(request=request, held=(slot(1, "2026-11-01", start="17:30"),))
    assert read_record("opened", 1, record.content) == record
    assert canonical(record.content) == canonical(read_record("opened", 1, record.content).content)
    assert CourseRequest.read(record.request) == request


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("note", {"text": " "}, "text: The text is empty."),
        ("note", {"texts": "x", "text": "x"}, "texts: No such key is known."),
        ("paid", {"on": TODAY, "amount": "0.00", "currency": "GBP"}, "Nothing is no payment."),
        ("paid", {"on": TODAY, "amount": 5, "currency": "GBP"}, "The amount 5 is not in quotes."),
        ("held", {"number": 0, "on": TODAY}, "number: 0 is no session."),
        ("held", {"number": True, "on": TODAY}, "number: True is no session."),
        ("missed", {"number": 1, "on": "22.11."}, "on: Cannot read date '22.11.'."),
        ("danced", {}, "kind: No event 'danced' of version 1 is known."),
        (
            "booked",
            {"sessions": [{"number": 1, "date": TODAY}, {"number": 1, "date": TODAY}]},
            "sessions[2]: Session 1 stands there twice.",
        ),
        ("note", {"text": "x", "forecast": {"number": 2}}, "forecast: A forecast names a session"),
        (
            "note",
            {"text": "x", "forecast": {"number": 2, "earliest": TODAY, "recommended": TODAY}},
            "forecast: A forecast names a session",
        ),
        (
            "note",
            {
                "text": "x",
                "forecast": {
                    "number": 2,
                    "earliest": "2026-12-02",
                    "recommended": "2026-12-01",
                    "latest": "2026-12-03",
                },
            },
            "forecast: A forecast names a session",
        ),
    ],
)
def test_faults_in_our_words(kind: str, content: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_record(kind, 1, content)
    assert message in str(caught.value)


def test_the_patient_is_one_line() -> None:
    with pytest.raises(InputError) as caught:
        opened(patient="Anna\nSecret")
    assert "The text is not one line." in str(caught.value)


def test_kinds_are_those_that_the_issue_names() -> None:
    names = "opened planned booked held missed moved improved paid note stopped corrected adopted"
    later = (
        "consulted contact extended paused resumed assessed reviewed screened absent absence_ended"
    )
    assert {kind for kind, _ in RECORDS} == {*f"{names} {later}".split(), "cancelled", "erased"}


def test_nothing_more_due_is_a_forecast_too() -> None:
    assert Note(text="x", forecast=KeptForecast()).content == {"text": "x", "forecast": {}}


def test_records_are_frozen() -> None:
    record = Opened(on=TODAY, protocols=(kept(),), request={"late": 2})
    with pytest.raises(TypeError):
        record.request["late"] = 3
    assert Planned(sessions=(slot(1),)).request is None
    assert Paid(on=TODAY, amount="1", currency="GBP").refund is False

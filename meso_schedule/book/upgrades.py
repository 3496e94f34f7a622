"""Events of earlier versions in the shape of today: a course is a list of treatments.

A course of one protocol had fields of its own for what it costs and how many sessions it has.
What stands in a book is not touched; it is read like this wherever a state is folded.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from meso_schedule.book.payloads import KeptProtocol, Terms
from meso_schedule.book.records import Opened
from meso_schedule.course.wishes import Wanted


def request_of_each(
    request: Mapping[str, JsonValue], protocols: Sequence[KeptProtocol]
) -> dict[str, JsonValue]:
    """Return what is asked, with each treatment and its number of sessions in `protocol`.

    What cannot be read, such as what another program asked, stays as it was asked.
    """
    sessions = request.get("sessions")
    count = sessions if type(sessions) is int and 0 < sessions < 100 else None
    if request.get("protocol") or count != sessions:
        return dict(request)
    wishes: list[JsonValue] = [str(Wanted(kept.id, count)) for kept in protocols]
    return {"protocol": wishes, **{name: it for name, it in request.items() if name != "sessions"}}


def terms_of_each(record: Opened) -> dict[str, Terms]:
    """Return what each treatment costs, by protocol."""
    if record.terms:
        return {record.protocols[0].id: record.terms}
    return record.treatment_terms or {}

"""Clinics as their own pages describe them: Ramadan as a rota, a menu of fifty in one file."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import Clinic, CourseRequest, Protocol, plan_course, read_clinic
from meso_schedule.base.errors import InputError

DAYS = ("sat", "sun", "mon", "tue", "wed", "thu")
USUAL, RAMADAN = ["09:00-13:00", "16:00-21:00"], ["09:00-15:00", "20:45-23:45"]
FIRST, LAST = date(2026, 2, 18), date(2026, 3, 19)
A = {"assumption": "the clinic's own page"}
HAIR = {
    "id": "hair-ae",
    "name": "Hair",
    "family": "mesotherapy",
    "areas": ["scalp"],
    "version": "1",
    "sessions": {"minimum": 1, "usual": 10, "maximum": 40, "minutes": 30, **A},
    "phases": [
        {"name": "fortnightly", "sessions": 6, "minimum": "2 weeks", "maximum": "3 weeks", **A},
        {"name": "monthly", "minimum": "1 month", "maximum": "6 weeks", **A},
    ],
    "top_up": {"minimum": "3 months", "maximum": "4 months", **A},
}
# emiratesnewswire.com: the hours in Ramadan; nadiamedicalcentre.ae: the schedule.
EXPECTED = [
    *("2026-01-10", "2026-01-24", "2026-02-07", "2026-02-21", "2026-03-07", "2026-03-21"),
    *("2026-04-21", "2026-05-21", "2026-06-21", "2026-07-21"),
]


def emirates(**hours: Any) -> Clinic:
    head = {"name": "AE-1", "timezone": "Asia/Dubai", "currency": "AED"}
    week = dict.fromkeys(DAYS, tuple(USUAL))
    return Clinic.read({**head, "hours": week, **hours})


def planned(clinic: Clinic, **asked: Any) -> list[tuple[str, str]]:
    request = CourseRequest.read({"start": "2026-01-10", "top_ups": 1, **asked})
    rule = Protocol.read(HAIR)
    plan = plan_course(rule, request, clinic=clinic, as_of=date(2026, 1, 10))
    return [(str(it.date), f"{it.start:%H:%M}" if it.start else "") for it in plan.visits]


def test_ramadan_as_a_rota_and_as_openings() -> None:
    rota = {"from": str(FIRST), "to": str(LAST), **dict.fromkeys(DAYS, tuple(RAMADAN))}
    every = [FIRST + timedelta(days=it) for it in range((LAST - FIRST).days + 1)]
    openings = [{"dates": [str(day) for day in every if day.weekday() != 4], "hours": RAMADAN}]
    clinics = [emirates(), emirates(rota=[rota]), emirates(openings=openings)]
    for clinic in clinics:
        assert [day for day, _ in planned(clinic)] == [*EXPECTED, "2026-10-21"]
    late = [planned(clinic, at="22:00", between=["14:00-24:00"]) for clinic in clinics]
    evening = {day: time for day, time in late[1] if time}
    assert (evening["2026-02-07"], evening["2026-02-21"]) == ("20:30", "22:00"), "in Ramadan later"
    assert late[1] == late[2] != late[0]


def menu(change: dict[str, str]) -> str:
    """Return a clinic file with fifty treatments of 15 to 75 minutes, a deposit each."""
    lines = ['name = "GB-5"', 'timezone = "Europe/London"', 'currency = "GBP"', "[hours]"]
    lines += [f'{day} = ["09:00-18:00"]' for day in ("mon", "tue", "wed", "thu", "fri")]
    for number in range(50):
        lines += [f"[treatments.t-{number}]", f"minutes = {15 + 5 * (number % 13)}"]
        deposit = change.get(f"t-{number}", "75.00")
        lines += [f"[prices.t-{number}]", f'session = "{100 + number}.00"']
        lines += [f'deposit = "{deposit}"', 'deposit_per = "session"']
    return "\n".join(lines)


def test_a_menu_of_fifty(tmp_path: Path) -> None:
    """wellface: 50 treatments of 15 to 75 minutes, most with a deposit of 75 an appointment."""
    file = tmp_path / "clinic.toml"
    file.write_text(menu({}), "utf-8")
    clinic = read_clinic(file)
    for number in range(50):
        rule = Protocol.read(HAIR | {"id": f"t-{number}"})
        request = CourseRequest(start=date(2026, 12, 1), sessions=2, at="10:00")
        plan = plan_course(rule, request, clinic=clinic, as_of=date(2026, 12, 1))
        first, cost = plan.sessions[0], plan.cost
        assert first.start
        assert first.end
        assert cost
        assert cost.deposit
        assert (first.end - first.start).seconds == 60 * (15 + 5 * (number % 13))
        assert (str(cost.low), str(cost.deposit.amount)) == (f"{2 * (100 + number)}.00", "150.00")


def test_a_menu_is_checked_in_one_go(tmp_path: Path) -> None:
    file = tmp_path / "clinic.toml"
    file.write_text(menu({"t-3": "7.555", "t-17": "500.00", "t-49": "120%"}), "utf-8")
    with pytest.raises(InputError) as caught:
        read_clinic(file)
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["prices.t-49.deposit", "prices.t-3.deposit", "prices.t-17.deposit"]
    assert all(fault.remedy and fault.value for fault in caught.value.faults)

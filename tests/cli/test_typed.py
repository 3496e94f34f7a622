"""Dates, times and ids as people type them: taken where there is no doubt, else refused."""

from datetime import date

import pytest

from meso_schedule.cli.typed import iso_days, plain_clock
from tests.support.command_line import Run

TODAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("tomorrow", None, "2027-01-01"),
        ("Today", "de", "2026-12-31"),
        ("yesterday..tomorrow", None, "2026-12-30..2027-01-01"),
        ("1.12.2026", "DE", "2026-12-01"),
        ("01.12.2026..2.1.2027", "pl", "2026-12-01..2027-01-02"),
        ("3=5.1.2027", "de", "3=2027-01-05"),
        ("1/12/2026", "fr", "2026-12-01"),
        # Doubtful, and left to be refused: day and month, a year of two digits.
        ("1.12.2026", None, "1.12.2026"),
        ("1.12.2026", "en", "1.12.2026"),
        ("1/12/2026", "de", "1/12/2026"),
        ("1.12.26", "de", "1.12.26"),
        ("tomorrows", None, "tomorrows"),
    ],
)
def test_days(text: str, language: str | None, read: str) -> None:
    assert iso_days(text, language, lambda: TODAY) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("17h00", "17:00"),
        ("9h", "09:00"),
        ("17H30-20h", "17:30-20:00"),
        ("tue:17h00-20h00", "tue:17:00-20:00"),
        ("5pm", "17:00"),
        ("5:15 PM", "17:15"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("17", "17"),
        ("25h00", "25h00"),
        ("17:30", "17:30"),
    ],
)
def test_times(text: str, read: str) -> None:
    assert plain_clock(text) == read


def test_a_plan_takes_them(run: Run) -> None:
    plain = run("plan", "facial-rejuvenation", "--start", "2026-12-01", "--at", "16:00")
    typed = run("plan", "FACIAL-REJUVENATION", "--start", "1.12.2026", "--at", "16h00")
    assert (plain.code, typed.code) == (0, 2)
    told = "Cannot read date '1.12.2026'"
    assert told in typed.err
    words = ("plan", "FACIAL-REJUVENATION", "--start", "1.12.2026", "--at", "4pm")
    german = run(*words, "--language", "DE", "--as-of", "2026-11-22")
    assert german.code == 0
    assert "Di., 1. Dez. 2026  16:00" in german.out
    as_of = ("--as-of", "2026-11-30")
    days = run("plan", "facial-rejuvenation", "--start", "tomorrow", *as_of, "--format", "json")
    assert days.json["sessions"][0]["date"] == "2026-12-01"
    wrong = run("plan", "facial-rejuvenation", "--start", "tomorrow", "--as-of", "1.2.3")
    assert "Error: --as-of: " in wrong.err

"""Excel files as openpyxl and LibreOffice read them."""

import csv
import shutil
import subprocess
import sys
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from meso_schedule import CoursePlan, CourseRequest, catalogue, plan_combined, plan_course
from meso_schedule.base.errors import EnvironmentFault
from meso_schedule.base.times import Clock
from meso_schedule.output import languages, to_xlsx
from meso_schedule.output.listing import Table, Value, listed
from meso_schedule.output.workbook import workbook
from tests.support.payloads import PAYLOADS
from tests.support.samples import clinic, on
from tests.support.tools import need

AS_OF = on("2026-11-22")
PRICES = {
    "currency": "GBP",
    "prices": {"facial-rejuvenation": {"session": "180.50", "deposit": "10%", "instalments": 2}},
}


def plan(**asked: object) -> CoursePlan:
    wish = {"start": "2026-12-01", "sessions": 3, "at": "16:00", **asked}
    request = CourseRequest.read(wish)
    rules = catalogue()["facial-rejuvenation"]
    return plan_course(rules, request, clinic=clinic(**PRICES), as_of=AS_OF)


def sheets(data: bytes) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(BytesIO(data))
    return {sheet.title: sheet for sheet in book.worksheets}


def column(sheet: Worksheet, title: str) -> list[object]:
    header, *lines = sheet.iter_rows(values_only=True)
    return [line[header.index(title)] for line in lines]


def test_appointments_are_dates_times_and_amounts() -> None:
    sheet = sheets(to_xlsx(plan()))["Appointments"]
    assert column(sheet, "No.") == [1, 2, 3]
    assert column(sheet, "Date") == [datetime(2026, 12, day) for day in (1, 8, 15)]  # noqa: DTZ001
    assert column(sheet, "Time") == [time(16, 0)] * 3
    assert column(sheet, "Days since last") == [None, 7, 7]
    assert column(sheet, "Price GBP") == [180.5] * 3
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    prices = [cell for cell in sheet[2] if cell.value == 180.5]
    assert [cell.number_format for cell in prices] == ["#,##0.00"]
    assert sheet.freeze_panes == "A2"
    assert 12 <= sheet.column_dimensions["B"].width <= 16


def test_sums_and_care() -> None:
    found = sheets(to_xlsx(plan()))
    assert column(found["Cost in GBP"], "At least")[-4:] == [1000, 54.15, 243.68, 243.67]
    care = found["Before and after"]
    rows = list(care.iter_rows(min_row=2, values_only=True))
    shower = next(row for row in rows if "shower" in str(row[1]))
    assert shower[2:5] == (
        datetime(2026, 12, 1, 16, 45),  # noqa: DTZ001
        datetime(2026, 12, 2, 0, 45),  # noqa: DTZ001
        "8 hours",
    )


def test_treatments_of_a_programme_and_prices_that_are_a_range() -> None:
    chosen = [catalogue()["facial-rejuvenation"], catalogue()["mesobotox"]]
    request = CourseRequest(start="2026-12-01")
    sheet = sheets(to_xlsx(plan_combined(chosen, request, as_of=AS_OF)))["Appointments"]
    assert {"A1", "B1"} <= set(column(sheet, "No."))
    assert len(set(column(sheet, "Treatment"))) == 2
    header = next(sheet.iter_rows(values_only=True))
    assert "Time" not in header


def test_every_language_and_the_same_bytes() -> None:
    made = {language: to_xlsx(plan(), language=language) for language in languages()}
    assert len(set(made.values())) == len(made)
    assert to_xlsx(plan(), language="de") == made["de"]
    names = openpyxl.load_workbook(BytesIO(made["de"])).properties
    assert names.created == datetime(2026, 11, 22)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "https://a.b", "'x", *PAYLOADS])
def test_text_stays_text(text: str) -> None:
    data = workbook([Table(text, [text], [[text], ["1"]])], AS_OF)
    with ZipFile(BytesIO(data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "hyperlink" not in page
    (sheet,) = openpyxl.load_workbook(BytesIO(data)).worksheets
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 3
    assert sheet["A3"].value == "1"


def test_tabs_differ() -> None:
    names = ["Cost: [a]", "cost   a ", "x" * 40, "X" * 50, ""]
    data = workbook([Table(name, ["A"], [[None]]) for name in names], AS_OF)
    found = [sheet.title for sheet in openpyxl.load_workbook(BytesIO(data)).worksheets]
    assert len({name.casefold() for name in found}) == 5
    assert all(0 < len(name) <= 31 for name in found)


def test_digits_of_a_currency() -> None:
    rows: list[list[Value]] = [
        [Decimal("1250")],
        [Decimal("1.250")],
        [date(2026, 12, 1)],
        [Decimal("0.00")],
    ]
    (sheet,) = openpyxl.load_workbook(
        BytesIO(workbook([Table("A", ["A"], rows)], AS_OF))
    ).worksheets
    assert [cell.number_format for cell in sheet["A"][1:]] == [
        *("#,##0", "#,##0.000", "yyyy-mm-dd", "#,##0.00")
    ]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter.workbook", None)
    with pytest.raises(EnvironmentFault, match=r"Install meso_schedule\[excel\]"):
        to_xlsx(plan())


def test_libre_office_opens_it(tmp_path: Path) -> None:
    need(shutil.which("soffice"), "LibreOffice")
    (tmp_path / "plan.xlsx").write_bytes(to_xlsx(plan()))
    calls = [{"day": AS_OF, "at": Clock.parse("09:00"), "sum": Decimal("-1.50"), "who": "=1+1"}]
    calls_made = workbook([listed("Calls", list(calls[0]), calls)], AS_OF)
    (tmp_path / "calls.xlsx").write_bytes(calls_made)
    place = f"-env:UserInstallation=file://{tmp_path}/own"
    words = ["soffice", place, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path)]
    files = [str(tmp_path / name) for name in ("plan.xlsx", "calls.xlsx")]
    subprocess.run([*words, *files], check=True, capture_output=True)
    with open(tmp_path / "plan.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["Date"] for line in lines] == ["2026-12-01", "2026-12-08", "2026-12-15"]
    assert [line["Price GBP"] for line in lines] == ["180.5"] * 3
    assert [line["Time"] for line in lines] == ["04:00:00 PM"] * 3
    told = (tmp_path / "calls.csv").read_text("utf-8").splitlines()
    assert told == ["day,at,sum,who", "2026-11-22,09:00:00 AM,-1.5,=1+1"]

"""One plan, every output: dates, times and sums read back from each by a parser of its own."""

import csv
import io
import json
import re
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pypdfium2
import pytest
import vobject

from meso_schedule import CoursePlan
from meso_schedule.course.plan_json import plan_json
from meso_schedule.output.feed import feed
from meso_schedule.output.print.pdf import sheet
from meso_schedule.output.tables import csv_plan
from meso_schedule.output.web.page import page
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.translation import find_language
from tests.output.web.test_page import random_plans
from tests.support import page_reading
from tests.support.lengths import length

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

COURSES = length(10, 300)
BLOCKS = 2
FULL_DATE = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, ([0-9]{1,2} \w+ [0-9]{4})")
CLOCK = re.compile(r"\b[0-9]{2}:[0-9]{2}\b")


class Visit(NamedTuple):
    """What a patient must be able to rely on: the day, the time, the price."""

    day: str
    clock: str
    price: tuple[Decimal, ...]


def from_json(document: str) -> list[Visit]:
    table = json.loads(document)
    return [
        Visit(
            visit["date"],
            visit["start"][11:16] if visit["start"] else "",
            tuple(dict.fromkeys(map(Decimal, visit["price"].values()))) if visit["price"] else (),
        )
        for visit in table["sessions"] + table["top_ups"]
    ]


def totals_of(document: str) -> list[set[Decimal]]:
    table = json.loads(document)
    costs = [cost for cost in (table["cost"], table["top_up_cost"]) if cost]
    return [{Decimal(cost["low"]), Decimal(cost["high"])} for cost in costs]


def from_csv(text: str) -> list[Visit]:
    rows = list(csv.DictReader(io.StringIO(text)))
    price = next((title for title in rows[0] if title.startswith("Price")), "")
    return [
        Visit(
            row["Date"],
            row.get("Time", ""),
            tuple(Decimal(part) for part in row[price].split("-") if part) if price else (),
        )
        for row in rows
    ]


def from_page(html: str) -> list[Visit]:
    shown = page_reading.sessions(page_reading.quickly_parsed(html))
    return [
        Visit(row["date"], row["times"][0][11:16] if row["times"] else "", tuple(row["price"]))
        for row in shown
    ]


def days_of_feed(data: bytes) -> list[tuple[str, str]]:
    events = vobject.readOne(data.decode()).contents.get("vevent", [])
    starts = sorted(
        (str(it.dtstart.value.replace(tzinfo=None)), "time")
        if isinstance(it.dtstart.value, datetime)
        else (str(it.dtstart.value), "day")
        for it in events
    )
    return [(start[:10], start[11:16] if kind == "time" else "") for start, kind in starts]


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(leaf.get_textpage().get_text_range() for leaf in document)
    document.close()
    return " ".join(text.split())


def days_of_sheet(text: str) -> list[tuple[str, str]]:
    found = list(FULL_DATE.finditer(text, text.index(" Appointments ")))
    ends = [match.start() for match in found[1:]] + [text.index(" Calendar ", found[-1].end())]
    days = []
    for match, end in zip(found, ends, strict=True):
        clock = CLOCK.search(text, match.end(), end)
        when = datetime.strptime(f"{match[1]} +0000", "%d %B %Y %z")
        days.append((str(when.date()), clock[0] if clock else ""))
    return days


def assert_agree(plan: CoursePlan) -> None:
    document = plan_json(plan)
    visits = from_json(document)
    days = [(visit.day, visit.clock) for visit in visits]
    assert from_csv(csv_plan(plan)) == visits
    html = page(plan, language=ENGLISH)
    assert from_page(html) == visits
    assert days_of_feed(feed(plan)) == days
    text = text_of(sheet(plan, language=find_language("en")))
    assert days_of_sheet(text) == days
    bills = page_reading.bills(page_reading.quickly_parsed(html))
    for total, bill in zip(totals_of(document), bills, strict=True):
        assert total in [set(sums) for _, sums in bill]
        for amount in total:
            assert format(amount, ",f") in text
    for visit in visits:
        assert all(format(amount, ",f") in text for amount in visit.price)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_output_tells_the_same_dates_times_and_sums(block: int) -> None:
    seen = 0
    for plan in random_plans(range(block, COURSES * 2, BLOCKS)):
        assert_agree(plan)
        seen += 1
        if seen == COURSES // BLOCKS:
            return
    pytest.fail(f"only {seen} courses were planned")

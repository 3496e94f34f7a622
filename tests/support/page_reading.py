"""Read the web page of a plan back; nothing of the program is used.

`parsed` keeps to the HTML standard: a page that the standard calls wrong is refused.
`quickly_parsed` takes for granted that every element is closed, which is enough for many pages.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

import html5lib

from tests.support.tracing import untraced

Table = dict[str, Any]


@untraced
def parsed(html: str) -> Element:
    """Return the tree of a page that holds no error."""
    reader = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = reader.parse(html)
    return root


class _Quick(HTMLParser):
    """Elements as they are opened and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in ("meta", "link", "img"):
            self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.tree.end(tag)

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


def quickly_parsed(html: str) -> Element:
    """Return the tree of a page whose elements are all closed."""
    reader = _Quick()
    reader.feed(html.strip())
    reader.close()
    return reader.tree.close()


def words(element: Element) -> str:
    """Return the text of an element, white space made one space."""
    return " ".join("".join(element.itertext()).split())


def of_class(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a class."""
    yield from (it for it in root.iter() if name in it.get("class", "").split())


def moments(element: Element) -> list[str]:
    """Return what the times of an element say to programs, after checking what people read."""
    found = []
    for it in element.iter("time"):
        machine = it.get("datetime", "")
        assert agrees(words(it), machine), (words(it), machine)
        found.append(machine)
    return found


def agrees(shown: str, machine: str) -> bool:
    """Tell whether a time in plain English is the one that programs read."""
    when = datetime.fromisoformat(machine)
    day = f"{when.day} {when:%b}"
    forms = {f"{when:%a} {day} {when.year}", f"{day} {when.year}", day, str(when.day)}
    if "T" in machine:
        forms = {f"{when:%H:%M}", f"{when:%a} {day} {when.year} {when:%H:%M}"}
    return shown in forms


def figures(text: str) -> list[Decimal]:
    """Return the sum, or both ends of the range of sums, of a cell."""
    return [Decimal(part) for part in re.findall(r"[0-9]+(?:\.[0-9]+)?", text.replace(",", ""))]


def sessions(root: Element) -> list[Table]:
    """Return the rows of the tables of sessions by the titles of their columns."""
    rows = []
    for table in of_class(root, "visits"):
        head, body = table.find("thead"), table.find("tbody")
        assert head is not None
        assert body is not None
        titles = [words(cell) for cell in head.iter("th")]
        for line in body.iter("tr"):
            rows.append(dict(zip(titles, line, strict=True)))
    return [_session(row) for row in rows]


def _session(row: Table) -> Table:
    price = next((words(cell) for title, cell in row.items() if title.startswith("Price")), "–")
    window = moments(row["Can move"])
    gap = words(row["Days since last"])
    return {
        "sign": words(row["No."]),
        "date": moments(row["Date"])[0],
        "times": moments(row["Time"]) if "Time" in row else [],
        "interval_days": None if gap == "–" else int(gap),
        "window": (window[0], window[-1]),
        "backup": next(iter(moments(row["Backup"])), None),
        "price": figures(price),
        "notes": words(row["Notes"]) if "Notes" in row else "",
    }


def marked_days(root: Element) -> dict[str, list[str]]:
    """Return the signs of each marked day of the months."""
    found = {}
    for month in of_class(root, "month"):
        for cell in month.iter("td"):
            if days := moments(cell):
                found[days[0]] = [words(sign) for sign in of_class(cell, "mark")]
    return found


def shown_days(root: Element) -> list[int]:
    """Return the days of the months in the order of the page, by number."""
    numbers = []
    for month in of_class(root, "month"):
        for cell in month.iter("td"):
            if number := re.match("[0-9]+", words(cell)):
                numbers.append(int(number[0]))
    return numbers


def closed(root: Element) -> dict[str, str]:
    """Return each closed day with its reason."""
    found = {}
    for table in of_class(root, "closed-days"):
        for told, reason in table:
            ends = [date.fromisoformat(day) for day in moments(told)]
            for day in range((ends[-1] - ends[0]).days + 1):
                found[str(ends[0] + timedelta(day))] = words(reason)
    return found


def bills(root: Element) -> list[list[tuple[list[str], list[Decimal]]]]:
    """Return each bill: the days a line names, and its sum or range."""
    return [
        [(moments(label), figures(words(amount))) for label, amount in table.iter("tr")]
        for table in of_class(root, "sums")
    ]


def care(root: Element) -> list[tuple[str, str, str, str]]:
    """Return the care in the order of the page: from, until, kind, text with its sessions."""
    found = []
    for group in of_class(root, "care"):
        for when, told in group:
            days = moments(when)
            kind = [words(it).casefold() for it in told.iter("strong")]
            text = words(told).removeprefix(kind[0].capitalize() if kind else "").strip()
            found.append((days[0], days[-1], kind[0] if kind else "expect", text))
    return found


def section(root: Element, title: str) -> list[list[str]]:
    """Return the days of each entry of the section under a heading."""
    for part in root.iter("section"):
        heading = part.find(".//h2")
        if heading is not None and words(heading) == title:
            return [moments(entry) for entry in part.iter("div")]
    return []

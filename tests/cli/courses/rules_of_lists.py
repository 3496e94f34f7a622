"""The questions that the book answers: lists, diary, history."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.cli.courses import asking
from tests.cli.courses.driving import Driving
from tests.cli.courses.ledger import Course


class Lists(Driving):
    """Showing, listing, the diary, the history."""

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        what=st.sampled_from(["show", "history", "diary", "diary", "list", "list", "list"]),
        later=st.sampled_from([0, 0, 0, 1, 7, 10, 11, 22, -7]),
    )
    def look(self, data: st.DataObject, what: str, later: int) -> None:
        if what == "list":
            self.list(data.draw(st.sampled_from(["", "due", "overdue", "unbooked"])), later)
        elif what == "diary":
            self.diary(data.draw(st.sampled_from(["--week", "--month", "--month", ""])), later)
        elif what == "history":
            self.history(*self.one(data))
        else:
            self.check(self.one(data)[0])

    def look_at_all(self) -> None:
        super().look_at_all()
        for show in ("", "unbooked"):
            self.list(show, 0)
        for known in self.courses.values():
            if due := known.due():
                _, first, latest = due
                for show, day in (("due", first), ("overdue", latest)):
                    self.list(show, (day - self.today).days)
                    self.list(show, (day - self.today).days + (-1 if show == "due" else 1))
        months = {
            it.day.replace(day=1)
            for known in self.courses.values()
            for it in known.state.visits.values()
        }
        for month in sorted(months)[:4]:
            self.diary("--month", (month - self.today).days)
        for course, known in self.courses.items():
            self.history(course, known)

    def list(self, show: str, later: int) -> None:
        day = self.today + timedelta(days=later)
        words = ("courses", "list", *((f"--{show}",) if show else ()), "--as-of", str(day))
        lines = self.ask(*words, told=f" {show}")["courses"]
        names = ("course", "next_number", "status", "revision")
        expected = asking.listed(self.courses, show, day)
        assert [tuple(line[name] for name in names) for line in lines] == expected
        for line in lines:
            known = self.courses[line["course"]]
            due = known.due()
            window = line["earliest"], line["latest"]
            assert window == ((str(due[1]), str(due[2])) if due else (None, None))
            assert line["sessions_held"] == (0 if known.erased else len(known.state.held))

    def diary(self, period: str, later: int) -> None:
        day = self.today + timedelta(days=later)
        first, last = _span(day, period)
        words = ("diary", "--as-of", str(day), *((period,) if period else ()))
        made = self.ask(*words, told=period.replace("--", " "))
        assert (made["from"], made["to"]) == (str(first), str(last))
        lines = asking.diary(self.courses, first, last)
        assert [_line(entry) for entry in made["sessions"]] == lines
        assert made["days"] == asking.days(lines)
        if period == "--month":
            self.check_month(made, lines)

    def check_month(self, made: Any, lines: Any) -> None:
        expected = asking.income(lines)
        assert [
            (entry["sessions"], entry["low"], entry["held_low"]) for entry in made["income"]
        ] == ([expected] if expected else [])
        assert [
            (entry["what"], entry["amount"], entry["sessions"]) for entry in made["consumables"]
        ] == asking.consumables(lines)

    def history(self, course: str, known: Course) -> None:
        events = self.ask("courses", "history", course)["events"]
        assert [event["kind"] for event in events] == known.kinds
        assert [event["revision"] for event in events] == list(range(1, known.revision + 1))
        assert {event["who"] for event in events} == {"nurse"}
        for event in events:
            said = known.events.get(event["revision"])
            content = event["content"]
            assert (content is None) == (known.erased and event["kind"] != "erased")
            if content and said:
                assert event["at"][:10] == str(said.written)
                for name in {"number", "text"} & said.said.keys():
                    assert content[name] == said.said[name]
                for name in {"on", "to"} & said.said.keys():
                    assert content[name] == str(said.said[name])


def _span(day: date, period: str) -> tuple[date, date]:
    if period == "--week":
        monday = day - timedelta(days=day.isoweekday() - 1)
        return monday, monday + timedelta(days=6)
    if period == "--month":
        last = day
        while (last + timedelta(days=1)).month == day.month:
            last += timedelta(days=1)
        return date(day.year, day.month, 1), last
    return day, day


def _line(entry: Any) -> asking.Line:
    assert entry["low"] == entry["high"]
    return asking.Line(
        date.fromisoformat(entry["date"]),
        entry["course"],
        entry["number"],
        entry["status"],
        entry["provisional"],
        entry["pinned"],
        entry["minutes"],
        int(entry["low"].replace(".", "")) if entry["low"] else None,
    )

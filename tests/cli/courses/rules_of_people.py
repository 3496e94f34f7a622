"""What happens in a clinic that several patients share: each command beside who is booked when."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.cli.courses.desk import RULES
from tests.cli.courses.driving import OUTCOMES, Driving
from tests.cli.courses.people_ledger import CLINIC, STAFF, Away, People, Place, Sessions, nearest

SKIN = RULES.replace("minutes = 45", "minutes = 45\nbefore = 15", 1)
TIMES = st.sampled_from([None, "09:00", "09:30", "10:15"])
# So many days away are repaired with others called too.
WITH_OTHERS = 2


class Shared(Driving):
    """Opening, moving, absences, proposals, undoing and the rest, with people and rooms."""

    def __init__(self) -> None:
        super().__init__()
        self.people = People()
        self.rule_file = str(self.folder / "1.toml")
        Path(self.rule_file).write_text(SKIN)
        self.name_people(are_named=True)
        # A proposal that was seen: its words, its id, what fell away, and the book it was made on.
        self.seen: tuple[tuple[str, ...], str, Away, People, date] | None = None
        self.copy: tuple[str, People] | None = None

    def name_people(self, *, are_named: bool) -> None:
        (self.folder / "clinic.toml").write_text(CLINIC + STAFF * are_named)

    @property
    def alive(self) -> list[str]:
        return [course for course, own in self.people.courses.items() if own]

    def draw_course(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.alive))

    @precondition(lambda self: len(self.people.courses) < 8)
    @rule(at=TIMES, who=st.sampled_from([None, None, "doctor-a", "nurse-b"]), within=st.booleans())
    def open(self, at: str | None, who: str | None, within: bool) -> None:
        words = ["--at", at] if at else []
        words += ["--practitioner", who] if who else []
        self.begin(*words, *(("--start-within", "3") if within else ()))

    begin_another = open

    def begin(self, *words: str) -> None:
        name = f"Patient {chr(65 + len(self.people.courses))}"
        line = ("courses", "open", "skin", "--rules", self.rule_file, "--sessions", "3", "--yes")
        ran = self.run(*line, "--patient", name, *words, "--format", "json")
        if ran.code:
            assert (ran.code, ran.json["error"]["code"]) == (1, "no_calendar")
            return
        self.take_in(ran.json["course"], ran.json["state"])

    @precondition(lambda self: len(self.people.courses) < 8)
    @rule(at=st.sampled_from(["09:00", "09:30"]))
    def open_before_anybody_was_named(self, at: str) -> None:
        self.name_people(are_named=False)
        self.begin("--at", at)
        self.name_people(are_named=True)

    def take_in(self, course: str, state: Any) -> None:
        """Take in a course as a command has booked it: what is new must have been free."""
        old, new = self.people.courses.get(course, {}), _sessions(state)
        self.must_fit(course, {number: it for number, it in new.items() if old.get(number) != it})
        self.people.record(course, new, state["revision"])

    def must_fit(self, course: str, places: Sessions) -> None:
        for place in places.values():
            assert place.day >= self.today
            assert place.who is None or self.people.fits(course, place), (course, place)
            # Whoever is not there, the clinic is open.
            assert self.people.is_there(None, place.day)

    @precondition(lambda self: self.alive)
    @rule(days=st.sampled_from([1, 3, 7]))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: self.alive)
    @rule(
        data=st.data(),
        shift=st.sampled_from([0, 0, 1, -1, 2, 5]),
        at=TIMES,
        what=st.sampled_from(["--yes", "--alone"]),
    )
    def move(self, data: st.DataObject, shift: int, at: str | None, what: str) -> None:
        course = self.draw_course(data)
        number = data.draw(st.sampled_from(sorted(self.people.courses[course])))
        place = self.people.courses[course][number]
        day = place.day + timedelta(days=shift)
        words = ("move", course, str(number), "--to", str(day), *(("--at", at) if at else ()), what)
        made = self.change(*words)
        if made is not None:
            now = self.people.courses[course][number]
            assert now.day == day
            assert at is None or now == Place.at(str(day), at, now.who)
        elif at and day > self.today:
            # Where all is free at that time, it is the rule file that says no.
            asked = Place.at(str(day), at, None)
            is_free = asked.start in self.people.free(day, course)
            OUTCOMES[f"a move refused, the time {'free' if is_free else 'taken'}"] += 1

    def change(self, *words: str) -> Any:
        """Run a writing command on a course that may be refused, and take in what it did."""
        ran = self.run("courses", words[0], *words[1:], "--format", "json")
        if ran.code:
            return None
        made = ran.json
        # What changes nothing says nothing of the course.
        self.take_in(words[1], made.get("state") or self.ask("courses", "show", words[1]))
        return made

    @precondition(lambda self: self.alive)
    @rule(data=st.data(), what=st.sampled_from(["hold", "miss", "replan", "replan", "stop"]))
    def go_on(self, data: st.DataObject, what: str) -> None:
        course = self.draw_course(data)
        first = min(it.day for it in self.people.courses[course].values())
        if what in ("hold", "miss"):
            self.today = max(self.today, first)
        self.change(what, course, *(("--yes",) if what in ("hold", "replan", "stop") else ()))

    @precondition(lambda self: self.alive)
    @rule(data=st.data(), is_sure=st.sampled_from([False, False, True]))
    def erase(self, data: st.DataObject, is_sure: bool) -> None:
        course = self.draw_course(data)
        if is_sure:
            self.ask("courses", "erase", course, "--yes")
            self.people.forget(course)

    @precondition(lambda self: any(len(it) > 1 for it in self.people.steps.values()))
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Go back a step: it is given back whatever it took, unless others have it by now."""
        changed = [course for course, steps in self.people.steps.items() if len(steps) > 1]
        course = data.draw(st.sampled_from(changed))
        back, now = self.people.steps[course][-1], self.people.courses[course]
        new = {number: it for number, it in back.items() if now.get(number) != it}
        is_free = all(
            self.people.fits(course, it, by_absence=False) for it in new.values() if it.who
        )
        ran = self.run("courses", "undo", course, "--format", "json")
        if not is_free:
            assert (ran.code, ran.json["error"]["code"]) == (4, "just_taken")
            return
        assert ran.code == 0, ran
        assert _sessions(ran.json["state"]) == back
        self.people.take_back(course, ran.json["state"]["revision"])

    @precondition(lambda self: any(not it.who for own in self._places() for it in own))
    @rule(books=st.booleans())
    def assign(self, books: bool) -> None:
        ran = self.run("courses", "assign", "--all", *["--yes"] * books, "--format", "json")
        assert ran.code in (0, 1), ran
        if books:
            for it in ran.json["assigned"]:
                shown = self.ask("courses", "show", it["course"])
                self.take_in(it["course"], shown)
                assert all(one.who for one in self.people.courses[it["course"]].values())

    def _places(self) -> list[list[Place]]:
        return [list(own.values()) for own in self.people.courses.values()]

    @precondition(lambda self: self.alive)
    @rule(
        who=st.sampled_from(["doctor-a", "doctor-a", "nurse-b", None]),
        first=st.integers(0, 8),
        days=st.sampled_from([1, 2, 6, 13]),
        what=st.sampled_from(["look", "book", "book"]),
    )
    def propose(self, who: str | None, first: int, days: int, what: str) -> None:
        span = [self.today + timedelta(days=first + it) for it in (0, days - 1)]
        away = Away(who, span[0], span[1])
        words = ("clinic", *(("absent", who) if who else ("closed",)), f"{span[0]}..{span[1]}")
        words += () if days == WITH_OTHERS else ("--others", "none")
        ran = self.run(*words, "--format", "json")
        found = ran.json
        assert ran.code == bool((found["with_others"] or found)["not_kept"]), ran
        assert found["lost"] == len(self.people.hit(away, self.today))
        assert found["kept"] + len(found["not_kept"]) == len(
            {course for course, _ in self.people.hit(away, self.today)}
        )
        wanted = found["with_others"] or found
        self.seen = words, wanted["id"], away, self.people.copy(), self.today
        if what == "book":
            self.book()

    @precondition(lambda self: self.seen)
    @rule()
    def book(self) -> None:
        """Book what was seen: as it was seen, or not at all."""
        assert self.seen
        words, name, away, before, day = self.seen
        ran = self.run(*words, "--yes", "--proposal", name, "--format", "json")
        is_same = before == self.people and day == self.today
        is_other = before.hit(away, day) != self.people.hit(away, self.today)
        if "error" in ran.json:
            told = ran.code, ran.json["error"]["code"]
            # Who is away already, and has nothing booked, is not written down again.
            is_known = told == (4, "nothing_to_book") and self.people.is_away(away)
            assert is_known or told in ((4, "stale"), (2, "past")), ran
            assert is_known or not is_same
            OUTCOMES["a proposal: refused"] += 1
            return
        assert ran.json["booked"]
        assert not is_other, "what fell away is not what it was"
        OUTCOMES["a proposal: booked"] += 1
        self.seen = None
        # Who is away on these days already is not written down again.
        self.people.away.setdefault(ran.json["absence"], away)
        self.take_in_all(ran.json)

    def take_in_all(self, made: Any) -> None:
        """Take in a repair: who is called has gone where the list says, nobody else moved."""
        let_go = {it["course"] for it in made["not_kept"]}
        calls = _calls(made)
        before, new = self.people.copy(), dict[str, Sessions]()
        for course in {*calls, *let_go}:
            state = self.ask("courses", "show", course)
            shown, own = _sessions(state), before.courses[course]
            if course in let_go:
                assert course not in calls
                assert shown.items() <= own.items()
                assert len(shown) < len(own)
            else:
                expected = own | calls[course]
                assert shown.keys() == expected.keys()
                # Who comes at a time that stays, with nobody named for it, is given somebody.
                assert all(
                    it in (shown[n], shown[n]._replace(who=None)) for n, it in expected.items()
                )
            new[course] = {n: it for n, it in shown.items() if own.get(n) != it}
            self.people.record(course, shown, state["revision"])
        for course, places in new.items():
            self.must_fit(course, places)

    @precondition(lambda self: self.people.away)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.people.away)))
        away = self.people.away[name]
        if away.ended is not None:
            assert self.refused("clinic", "absent", "--end", name) == (4, "absence_ended")
            return
        self.ask("clinic", "absent", "--end", name)
        away.ended = self.today

    @precondition(lambda self: self.people.courses)
    @rule(what=st.sampled_from(["rebuild", "backup", "restore", "import"]))
    def treat_the_whole(self, what: str) -> None:
        if what == "rebuild":
            self.ask("book", "rebuild")
        elif what == "backup" or (what == "restore" and not self.copy):
            name = self.new_file(".copy")
            self.ask("book", "backup", name)
            self.copy = name, self.people.copy()
        elif what == "restore":
            assert self.copy
            self.ask("book", "restore", self.copy[0], "--force", "--yes")
            self.people, self.seen = self.copy[1].copy(), None
        else:
            name = self.new_file(".json")
            assert self.run("courses", "export", "--all", "--output", name).code == 0
            self.use_book(Path(self.new_file(".book")).name)
            self.ask("courses", "import", name)
            self.seen = None

    @precondition(lambda self: self.people.courses)
    @rule(shift=st.integers(1, 16))
    def look_at_what_is_free(self, shift: int) -> None:
        """Compare what is free around a day with all that the dictionary leaves."""
        around = self.today + timedelta(days=shift)
        words = ("--rules", self.rule_file, "--around", str(around), "--limit", "3")
        made = self.ask("courses", "free", "skin", *words)
        told = {
            date.fromisoformat(day["date"]): {
                Place.at(day["date"], it["start"], None).start: it["practitioners"]
                for it in day["times"]
            }
            for day in made["days"]
        }
        told.pop(self.today, None)
        days = nearest(around, self.today + timedelta(days=1))
        free = {day: it for day in days if (it := self.people.free(day))}
        assert len(told) >= len(made["days"]) - 1
        assert told == dict(list(free.items())[: len(told)])

    look_again = look_at_what_is_free

    @invariant()
    def nobody_is_taken_twice(self) -> None:
        assert self.people.twice() == []

    def teardown(self) -> None:
        try:
            if not sys.exc_info()[0]:
                self.look_at_the_whole()
        finally:
            super().teardown()

    def look_at_the_whole(self) -> None:
        if not self.people.revisions:
            return
        for course, own in self.people.courses.items():
            assert _sessions(self.ask("courses", "show", course)) == own, course
        listed = self.ask("clinic", "absent", "--list")["absences"]
        assert {it["id"]: it["ended"] for it in listed} == {
            name: str(it.ended) if it.ended else None for name, it in self.people.away.items()
        }
        assert self.ask("book", "verify")["is_sound"]


def _calls(made: Any) -> dict[str, Sessions]:
    """Return where the patients go who are called, by course."""
    calls: dict[str, Sessions] = {}
    for it in made["calls"]:
        if to := it["to"]:
            place = Place.at(to["date"], to["start"], to["practitioner"])
            calls.setdefault(it["course"], {})[it["number"]] = place
    return calls


def _sessions(state: Any) -> Sessions:
    """Return the booked sessions of a course as a document has them."""
    return {
        it["number"]: Place.at(
            it["date"], it["start"] or "00:00", it["takes"]["practitioner"] if it["takes"] else None
        )
        for it in state["sessions"]
        if it["status"] == "booked"
    }

"""What happens to a course, day by day: each writing command with all that can speak against it."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.cli.courses.driving import Driving
from tests.cli.courses.ledger import Course, Event
from tests.cli.courses.placing import move_refusal
from tests.cli.courses.rulebook import is_open

KEYS = st.sampled_from([None, None, None, "a", "b", "c"])
STALE = st.sampled_from([False] * 9 + [True])


class Visits(Driving):
    """Opening, holding, missing, moving, improving, paying, noting, correcting, stopping."""

    @precondition(lambda self: len(self.courses) < 4)
    @rule(key=st.sampled_from([None, None, None, "open"]))
    def open(self, key: str | None) -> None:
        words = ("courses", "open", "skin", "--rules", str(self.folder / "1.toml"))
        options = ("--key", key) if key else ()
        if self.is_known(key):
            self.repeat(words, key)
            return
        made = self.ask(*words, *options)
        first = self.today
        while not is_open(first):
            first += timedelta(days=1)
        days = [first + timedelta(days=days) for days in (0, 7, 14, 28)]
        slots = {number: (day, False, number == 4) for number, day in enumerate(days, 1)}
        known = Course(self.today)
        known.accept(Event("opened", {"on": self.today}, self.today))
        known.accept(Event("booked", {"slots": slots}, self.today))
        self.compare(known, made["state"])
        self.courses[made["course"]] = known
        if key:
            self.keys[key] = words, known.revision, made["course"]

    @rule(days=st.sampled_from([1, 2, 5, 7, 7, 7, 8, 14, 30]))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), early=st.sampled_from([0, 0, 0, 0, 1, 2, -1]))
    def come(self, data: st.DataObject, early: int) -> None:
        """Wait until the next session is due, or about then, and hold it."""
        course, known = self.one(data)
        if due := known.due():
            self.today = max(self.today, due[1] - timedelta(days=early))
        event = Event("held", {"number": known.state.last + 1, "on": self.today}, self.today)
        self.write(course, "hold", event=event)

    come_again = come

    def day(self, shift: int) -> date:
        return self.today + timedelta(days=shift)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """Repeat what was asked under a key, as after an answer that was lost."""
        key = data.draw(st.sampled_from(sorted(self.keys)))
        words = self.keys[key][0]
        if self.is_known(key):
            self.repeat(words, key)
        elif words[1] != "open":
            assert self.refused(*words, "--key", key, told=", key") == (4, "erased")

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        shift=st.sampled_from([0, 0, 0, 0, 0, -1, 1, -3, -9]),
        ahead=st.sampled_from([None, None, None, None, 0, 1, 2, -1]),
        key=KEYS,
        stale=STALE,
    )
    def hold(
        self, data: st.DataObject, shift: int, ahead: int | None, key: str | None, stale: bool
    ) -> None:
        course, known = self.one(data)
        number = known.state.last + 1
        words: tuple[str, ...] = ("hold", "--yes", "--on", str(self.day(shift)))
        if ahead is not None:
            number = max(1, number + ahead)
            words = (*words, "--session", str(number))
        event = Event("held", {"number": number, "on": self.day(shift)}, self.today)
        self.write(course, *words, event=event, key=key, stale=stale)

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        number=st.sampled_from([None, None, None, 1, 2, 3, 4, 5]),
        shift=st.sampled_from([None, None, None, 0, -1, 1, -30]),
        stale=STALE,
    )
    def miss(self, data: st.DataObject, number: int | None, shift: int | None, stale: bool) -> None:
        course, known = self.one(data)
        state, words, none = known.state, ["miss"], "no_such_session"
        if number is None:
            days = [(it.day, number) for number, it in state.coming.items()]
            if shift is not None and days:
                days = [(day, number) for day, number in days if day == self.day(shift)]
                none = "nothing_booked"
            found = min(days)[1] if days else None
        else:
            found = number if number in state.visits else None
            words += ["--session", str(number)]
        if shift is not None:
            words += ["--on", str(self.day(shift))]
        on = self.day(shift) if shift is not None else self.today
        if found is not None and shift is None:
            on = state.visits[found].day
        event = Event("missed", {"number": found, "on": on}, self.today)
        early = none if found is None else None
        self.write(course, *words, event=event, early=early, stale=stale)

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        number=st.integers(1, 6),
        shift=st.integers(-3, 16),
        late=st.booleans(),
        stale=STALE,
    )
    def move(self, data: st.DataObject, number: int, shift: int, late: bool, stale: bool) -> None:
        course, known = self.one(data)
        state = known.state
        if number in state.coming:
            to = state.coming[number].day + timedelta(days=shift)
        else:
            to = self.day(shift)
        words = (
            "move",
            "--alone",
            str(number),
            "--to",
            str(to),
            *(("--late", "--reason", "x") * late),
        )
        early = None
        if not known.erased and not state.stopped:
            early = move_refusal(state, number, to, self.today, late=late)
        event = Event("moved", {"number": number, "to": to, "late": late}, self.today)
        self.write(course, *words, event=event, early=early, stale=stale)

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), shift=st.sampled_from([0, 0, 0, -1, -8, 1]))
    def improve(self, data: st.DataObject, shift: int) -> None:
        course, known = self.one(data)
        state, day = known.state, self.day(shift)
        early = "already_recorded" if state.improved else None
        if early is None and all(held > day for held in state.held.values()):
            early = "nothing_held"
        event = Event("improved", {"on": day, "improved": "yes"}, self.today)
        self.write(course, "improve", "--on", str(day), event=event, early=early)

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        answer=st.sampled_from(["yes", "no", "no", "unclear"]),
        shift=st.sampled_from([0, 0, 0, -1, -8, 1]),
    )
    def assess(self, data: st.DataObject, answer: str, shift: int) -> None:
        course, known = self.one(data)
        day = self.day(shift)
        early = "nothing_held" if all(it > day for it in known.state.held.values()) else None
        event = Event("assessed", {"on": day, "improved": answer}, self.today)
        words = ("assess", "--improved", answer, "--on", str(day))
        self.write(course, *words, event=event, early=early)

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), number=st.integers(1, 3), key=KEYS, stale=STALE)
    def note(self, data: st.DataObject, number: int, key: str | None, stale: bool) -> None:
        course, _ = self.one(data)
        event = Event("note", {"text": f"note {number}"}, self.today)
        self.write(course, "note", f"note {number}", event=event, key=key, stale=stale)

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), amount=st.integers(1, 400), refund=st.booleans(), stale=STALE)
    def pay(self, data: st.DataObject, amount: int, refund: bool, stale: bool) -> None:
        course, known = self.one(data)
        words = ("pay", f"{amount}.00", "--yes", *(("--refund",) * refund))
        early = "more_than_paid" if refund and amount > known.state.paid else None
        said = {"amount": amount, "refund": refund, "on": self.today}
        self.write(course, *words, event=Event("paid", said, self.today), early=early, stale=stale)

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), version=st.sampled_from(["1", "2", "2"]))
    def adopt(self, data: st.DataObject, version: str) -> None:
        course, known = self.one(data)
        words = ("adopt", "--rules", str(self.folder / f"{version}.toml"))
        state = known.state
        if known.erased or state.stopped or state.version != version:
            event = Event("adopted", {"version": version}, self.today)
            self.write(course, *words, event=event)
            return
        assert self.ask("courses", words[0], course, *words[1:], told=", same")["revision"] is None

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), what=st.integers(0, 9), early=st.sampled_from([0, 0, 0, -2, 1]))
    def end(self, data: st.DataObject, what: int, early: int) -> None:
        course, known = self.one(data)
        if what in (1, 3, 7):
            self.stop(course, known, early)
        elif what < 5:
            self.erase(course, known, sure=what == 4)
        else:
            event = Event("note", {"text": "stays"}, self.today)
            self.write(course, "note", "stays", event=event)

    def stop(self, course: str, known: Course, early: int) -> None:
        state, day = known.state, self.day(early)
        used = state.earned
        event = Event("stopped", {"on": day, "used": used}, self.today)
        made = self.write(course, "stop", "--on", str(day), event=event)
        if made:
            settled = made["settlement"]
            assert settled["owed"] == f"{max(0, used - state.paid)}.00"
            assert settled["refund"] == f"{max(0, state.paid - used)}.00"

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), shift=st.integers(-8, 2), takes=st.booleans())
    def correct(self, data: st.DataObject, shift: int, takes: bool) -> None:
        course, known = self.one(data)
        # Mostly an event in the middle, on which later ones rest.
        revision = data.draw(st.sampled_from([*range(2, known.revision + 2), 2, 3, 1]))
        event = known.events.get(revision)
        changes = _changes(event, self.day(shift), shift)
        words = ["courses", "correct", course, str(revision), "--reason", "x", "--yes"]
        if takes or not changes:
            changes = None
            words.append("--withdraw")
        for name, value in (changes or {}).items():
            words += ["--set", f"{name}={value}"]
        told = ", withdraw" if changes is None else ", set"
        if known.erased:
            assert self.refused(*words, told=told) == (4, "erased")
            return
        if takes and event and known.said(revision) is None:
            words[-1], told = "--return", ", return"
            refusal = known.stand(revision, known.withdrawn[revision], self.today)
        else:
            refusal = _move_refusal(known, revision, changes)
            refusal = refusal or known.correction(revision, changes, self.today)
        if refusal:
            code = 1 if refusal == "no_room" else 4
            assert self.refused(*words, told=told) == (code, refusal)
            return
        self.compare(known, self.ask(*words, told=told)["state"])

    def erase(self, course: str, known: Course, *, sure: bool) -> None:
        words = ("courses", "erase", course)
        if not sure:
            assert self.refused(*words) == (2, "not_confirmed")
            return
        assert self.ask(*words, "--yes")["is_repeated"] == known.erased
        if not known.erased:
            known.erased = True
            known.kinds.append("erased")


def _move_refusal(known: Course, revision: int, changes: dict[str, Any] | None) -> str | None:
    """Return why the command would not have moved a session as it is said to have been."""
    event = known.events.get(revision)
    said = known.said(revision) if event and event.kind == "moved" else None
    if said is None or event is None or not changes:
        return None
    said = {**said, **changes}
    day, late = event.written, said["late"]
    return move_refusal(known.before(revision), said["number"], said["to"], day, late=late)


def _changes(event: Event | None, day: date, number: int) -> dict[str, Any] | None:
    """Return what an event is to say instead."""
    kind = event.kind if event else ""
    if kind in ("opened", "missed", "improved", "stopped"):
        return {"on": day}
    if kind == "assessed":
        return {"on": day} if number % 2 else {"improved": ("no", "yes", "unclear")[number % 3]}
    if kind == "held":
        return {"number": number} if number > 0 else {"on": day}
    if kind == "paid":
        return {"amount": 7}
    return {"text": "other"} if kind == "note" else {"to": day} if kind == "moved" else None

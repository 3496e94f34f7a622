"""The book as a whole: verified, backed up, restored, taken to another book and back."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.cli.courses.driving import Driving
from tests.cli.courses.ledger import Course


class Books(Driving):
    """Verifying, backing up and restoring, exporting and importing."""

    def __init__(self) -> None:
        super().__init__()
        self.copy: tuple[str, str, Any] | None = None
        self.exported: tuple[str, str, Course] | None = None

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        what=st.sampled_from(["verify", "backup", "restore", "move", "export", "import"]),
    )
    def whole(self, data: st.DataObject, what: str) -> None:
        if what == "restore":
            if not self.copy:
                self.backup()
            self.restore(data.draw(st.booleans()), data.draw(st.booleans()))
        elif what == "import":
            if not self.exported:
                self.export(*self.one(data))
            self.take_in(data.draw(st.integers(0, 4)) == 3)
        elif what == "export":
            self.export(*self.one(data))
        elif what == "move":
            self.go_to_another_book()
        elif what == "backup":
            self.backup()
        else:
            self.verify()

    def look_at_all(self) -> None:
        super().look_at_all()
        self.verify()

    def verify(self) -> None:
        words = ("book", "verify", *(("--known", self.known) if self.known else ()))
        found = self.ask(*words)
        assert found["is_sound"]
        assert found["findings"] == []
        assert found["courses"] == len(self.courses)
        assert found["head"]["count"] == sum(it.revision for it in self.courses.values())
        self.known = f"{found['head']['count']}:{found['head']['hash']}"

    def backup(self) -> None:
        name = self.new_file(".copy")
        head = self.ask("book", "backup", name)["head"]
        self.copy = name, f"{head['count']}:{head['hash']}", self.picture()
        assert self.refused("book", "backup", name) == (2, "target_exists")

    def restore(self, sure: bool, anew: bool) -> None:
        """Go back to the backup, in the same book or in a new one."""
        assert self.copy
        name, known, (courses, keys) = self.copy
        if not anew:
            assert self.refused("book", "restore", name, "--yes") == (2, "target_exists")
        if not sure and not anew:
            refusal = self.refused("book", "restore", name, "--force")
            assert refusal == (2, "not_confirmed")
            return
        if anew:
            self.use_book(Path(self.new_file(".book")).name)
        words = () if anew else ("--force", "--yes")
        head = self.ask("book", "restore", name, *words)["head"]
        assert f"{head['count']}:{head['hash']}" == known
        self.courses, self.keys, self.known = deepcopy(courses), dict(keys), known
        self.exported = None
        self.forget_feeds()

    def forget_feeds(self) -> None:
        """Forget what was printed of courses that are not what they were."""
        printed, sequences = vars(self).get("printed", {}), vars(self).get("sequences", {})
        printed.clear()
        sequences.clear()

    def go_to_another_book(self) -> None:
        """Export, import and export: the same bytes; go on in the new book."""
        name = self.new_file(".json")
        assert self.run("courses", "export", "--all", "--output", name, told=" all").code == 0
        self.use_book(Path(self.new_file(".book")).name)
        taken = self.ask("courses", "import", name)
        assert set(taken["courses"]) == set(self.courses)
        again = self.new_file(".json")
        assert self.run("courses", "export", "--all", "--output", again, told=" all").code == 0
        assert Path(again).read_bytes() == Path(name).read_bytes()

    def export(self, course: str, known: Course) -> None:
        ran = self.run("courses", "export", course)
        assert ran.code == 0
        name = self.new_file(".json")
        Path(name).write_text(ran.out)
        self.exported = name, course, deepcopy(known)

    def take_in(self, is_changed: bool) -> None:
        """Import a course that is there: known when it is still the same, else refused."""
        assert self.exported
        name, course, known = self.exported
        if is_changed:
            name = self.new_file(".json")
            Path(name).write_text(Path(self.exported[0]).read_text().replace("nurse", "curse", 1))
            assert self.refused("courses", "import", name) == (2, "changed_file")
        elif self.courses[course] == known:
            taken = self.ask("courses", "import", name, told=", known")
            assert (taken["courses"], taken["known"]) == ([], [course])
        else:
            assert self.refused("courses", "import", name) == (4, "other_course")

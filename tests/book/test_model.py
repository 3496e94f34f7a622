"""Random operations: the book against a dictionary, and SQLite against PostgreSQL."""

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from meso_schedule.book.book import Book
from tests.book.model import WHATS, Model, Operation, random_operation
from tests.book.operating import compare, do
from tests.book.samples import fixed
from tests.faults.settings import tell
from tests.support.lengths import length

OPERATIONS = length(400, 2000)

drawn = st.builds(
    Operation,
    what=st.sampled_from(WHATS),
    course=st.integers(0, 3),
    number=st.integers(1, 5),
    shift=st.integers(-3, 5),
    key=st.none() | st.integers(0, 3),
    is_stale=st.integers(0, 9).map(lambda number: number == 9),
    tomorrow=st.booleans(),
)


class BookMachine(RuleBasedStateMachine):
    """A book in a file and its model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "courses.book"
        self.book = Book.open(self.path)
        self.model = Model()
        self.ids: list[str] = []
        self.files = 0

    @rule(operation=drawn)
    def operate(self, operation: Operation) -> None:
        expected = self.model.do(operation)
        assert do(self.book, self.ids, self.model, operation) == expected

    @rule()
    def close_and_open(self) -> None:
        self.book.close()
        self.book = Book.open(self.path, create=False)

    @rule()
    def rebuild(self) -> None:
        assert self.book.rebuild() == len(self.ids)

    @precondition(lambda self: self.ids)
    @rule(is_whole=st.booleans())
    def go_to_another_book(self, is_whole: bool) -> None:
        """Export, import and export: the same bytes; go on in the new book."""
        text = "".join(self.book.export(None if is_whole else self.ids))
        self.files += 1
        self.path = self.path.with_name(f"{self.files}.book")
        with Book.open(self.path) as other:
            assert len(other.import_courses(text, source="x.json").courses) == len(self.ids)
            assert "".join(other.export(None if is_whole else self.ids)) == text
            if is_whole:
                assert other.head() == self.book.head()
        self.book.close()
        self.book = Book.open(self.path)

    @rule()
    def go_back_to_a_backup(self) -> None:
        self.files += 1
        copy = self.path.with_name(f"{self.files}.copy")
        head = self.book.backup(copy)
        assert self.book.restore(copy, force=True) == head

    @invariant()
    def looks_like_the_model(self) -> None:
        compare(self.book, self.ids, self.model)

    def teardown(self) -> None:
        assert self.book.verify().is_sound
        self.book.close()
        self.folder.cleanup()


BookMachine.TestCase.settings = settings(
    max_examples=length(12, 300),
    stateful_step_count=length(20, 60),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_machine = BookMachine.TestCase


def test_the_same_operations_on_sqlite_and_postgres(tmp_path: Path, postgres: str) -> None:
    rng = Random(11)
    model, counts = Model(), Counter[str]()
    addresses = str(tmp_path / "courses.book"), postgres
    books = [Book.open(address, randomness=fixed()) for address in addresses]
    ids: tuple[list[str], list[str]] = [], []
    for _ in range(OPERATIONS):
        operation = random_operation(rng)
        expected = model.do(operation)
        answers = [do(book, own, model, operation) for book, own in zip(books, ids, strict=True)]
        assert answers == [expected, expected], operation
        counts[expected or "done"] += 1
    assert ids[0] == ids[1]
    for book, own in zip(books, ids, strict=True):
        compare(book, own, model)
        assert book.verify().is_sound
    sqlite, other = books
    assert "".join(sqlite.export()) == "".join(other.export())
    assert sqlite.courses() == other.courses()
    for show in ("due", "overdue", "unbooked"):
        assert sqlite.courses(show, as_of=model.today) == other.courses(show, as_of=model.today)
    for book in books:
        book.close()
    tell("operations on SQLite and PostgreSQL", dict(counts))
    assert counts["done"] > OPERATIONS / 3
    assert len(counts) >= 12, counts

"""Signals are held back where something must not be left half done, and come through after."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from meso_schedule.base.interruptions import ENDING, undisturbed
from meso_schedule.base.private_files import write_files


class Hit(BaseException):
    """What the handler of these tests raises."""


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    def hit(number: int, _: object) -> None:
        raise Hit(number)

    before = {number: signal.signal(number, hit) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_comes_at_the_end(number: int) -> None:
    done = []

    def work() -> None:
        with undisturbed():
            signal.raise_signal(number)
            done.append("all")

    with pytest.raises(Hit):
        work()
    assert done == ["all"]
    with pytest.raises(Hit):
        signal.raise_signal(number)


def test_a_signal_comes_where_it_does_no_harm() -> None:
    done = []

    def work() -> None:
        with undisturbed() as let_through:
            let_through()
            signal.raise_signal(signal.SIGTERM)
            done.append("first")
            let_through()
            done.append("second")

    with pytest.raises(Hit):
        work()
    assert done == ["first"]


def test_one_that_is_ignored_stays_so() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with undisturbed() as let_through:
        signal.raise_signal(signal.SIGTERM)
        let_through()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_one_that_python_did_not_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda _: None)
    with pytest.raises(Hit), undisturbed():
        signal.raise_signal(signal.SIGTERM)


def test_in_one_another() -> None:
    done = []

    def work() -> None:
        with undisturbed():
            with undisturbed():
                signal.raise_signal(signal.SIGINT)
            done.append("outer")

    with pytest.raises(Hit):
        work()
    assert done == ["outer"]


def test_other_threads_get_no_signals() -> None:
    done = []

    def work() -> None:
        with undisturbed() as let_through:
            let_through()
            done.append("all")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["all"]


@pytest.mark.parametrize("name", ["replace", "rename", "link", "unlink", "fsync", "fchmod", "open"])
@pytest.mark.parametrize("force", [False, True])
def test_files_are_whole_wherever_a_signal_comes(
    name: str, force: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after each call of the system."""
    called = getattr(os, name)

    def disturbed(*words: object, **more: object) -> object:
        signal.raise_signal(signal.SIGTERM)
        answer = called(*words, **more)
        signal.raise_signal(signal.SIGINT)
        return answer

    old = {"b"} if force else set()
    for kept in old:
        (tmp_path / kept).write_bytes(b"old")
    with monkeypatch.context() as patched:
        patched.setattr(os, name, disturbed)
        try:
            write_files({tmp_path / "a": b"new", tmp_path / "b": [b"n", b"ew"]}, force=force)
            is_hit = False
        except Hit:
            is_hit = True
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found in (dict.fromkeys(old, b"old"), {"a": b"new", "b": b"new"})
    assert is_hit or found == {"a": b"new", "b": b"new"}

"""Signals that end the program, held back while something must not be left half done."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

# Windows has no SIGHUP.
ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def undisturbed() -> Iterator[Callable[[], None]]:
    """Hold signals back; they come through at the end.

    Yields:
        What lets those that have come through earlier, at a point where that does no harm.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # signals come to the main thread alone
        return
    held: list[int] = []
    # One that is ignored stays so, and one that was not set from Python stays as it is.
    before = {number: signal.getsignal(number) for number in ENDING}
    before = {number: it for number, it in before.items() if it not in (signal.SIG_IGN, None)}

    def hold(number: int, _frame: FrameType | None) -> None:
        held.append(number)

    def let_through() -> None:
        if held:
            _install(before)
            signal.raise_signal(held.pop(0))

    try:
        _install(dict.fromkeys(before, hold))
        yield let_through
    finally:
        _install(before)
        let_through()


def _install(handlers: "Mapping[signal.Signals, signal._HANDLER]") -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)

"""Signals that end the program: the first one stops it, and what is half done is cleaned up."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from meso_schedule.base.interruptions import ENDING

_UNTOUCHED = signal.SIG_DFL, signal.default_int_handler

_received: list[int] = []


class SignalReceived(BaseException):
    """A signal that ends the program; what is half done is cleaned up on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stopped_by_signals(*, is_last: bool) -> Iterator[None]:
    """Raise the first signal as `SignalReceived`; one that is ignored, as under nohup, stays so.

    Args:
        is_last: Whether nothing follows but the end of the process, which no signal must
            disturb any more.

    Raises:
        SignalReceived: Also where what it raised was swallowed on its way.
    """
    _received.clear()
    before = {
        number: signal.getsignal(number)
        for number in ENDING
        if signal.getsignal(number) in _UNTOUCHED
    }
    shown = sys.unraisablehook
    sys.unraisablehook = lambda told: None if _received else shown(told)
    for number in before:
        signal.signal(number, _stop)
    try:
        yield
        raise_received()
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if is_last else handler)
        sys.unraisablehook = shown


def raise_received() -> None:
    """Raise again what was caught on its way and came out as something else.

    Raises:
        SignalReceived: When a signal has come.
    """
    if _received:
        raise SignalReceived(_received[0]) from None


def _stop(number: int, _frame: FrameType | None) -> None:
    if not _received:  # a second one must not disturb the cleaning up
        _received.append(number)
        raise SignalReceived(number)

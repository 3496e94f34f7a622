"""One call at a time: a book has one connection, which two transactions would share."""

import threading

from meso_schedule.book.book_errors import BookFault


class Gate:
    """A context manager that lets one caller in, whatever the thread.

    Args:
        shown: The book, for errors.
        timeout: Seconds to wait for a call from another thread.
    """

    def __init__(self, shown: str, timeout: float) -> None:
        self._shown = shown
        self._timeout = timeout
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._is_closed = False

    def __enter__(self) -> None:
        """Wait for the call of another thread to end.

        Raises:
            BookFault: When it does not end in time, a call of this thread is under way, or the
                book was closed.
        """
        mine = threading.get_ident()
        if self._thread == mine or not self._lock.acquire(timeout=self._timeout):
            raise BookFault(
                "in_use",
                f"The book {self._shown} is in the middle of another call of this program.",
                self._shown,
                "Let that end first, or open the book once more for each thread.",
            )
        if self._is_closed:
            self._lock.release()
            raise BookFault(
                "closed", f"The book {self._shown} was closed.", self._shown, "Open it again."
            )
        self._thread = mine

    def __exit__(self, *_: object) -> None:
        self._thread = None
        self._lock.release()

    def close(self) -> bool:
        """Let nobody in any more, once the call of another thread has ended.

        Returns:
            Whether it was open until now.
        """
        is_mine = self._thread == threading.get_ident()
        has_waited = not is_mine and self._lock.acquire(timeout=self._timeout)
        was_open, self._is_closed = not self._is_closed, True
        if has_waited:
            self._lock.release()
        return was_open

"""How long the runs are: short with the suite, long by `MESO_LONG=1`."""

import os
import shutil
import sys

import pytest

IS_LONG = os.environ.get("MESO_LONG") == "1"

# `.ci/run` installs strace where it is missing.
needs_strace = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("strace") is None,
    reason="needs strace, which runs on Linux alone",
)


def length(short: int, long: int) -> int:
    """Return the length of a run."""
    return long if IS_LONG else short


def tell(what: str, figures: object) -> None:
    """Print the figures of a long run (`pytest -s`)."""
    if IS_LONG:
        print(f"\n{what}: {figures}")

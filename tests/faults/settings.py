"""How long the runs are: short with the suite, long by `MESO_LONG=1`."""

import shutil
import sys

import pytest

from tests.support.lengths import IS_LONG

# `.ci/run` installs strace where it is missing.
needs_strace = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("strace") is None,
    reason="needs strace, which runs on Linux alone",
)


def tell(what: str, figures: object) -> None:
    """Print the figures of a long run (`pytest -s`)."""
    if IS_LONG:
        print(f"\n{what}: {figures}")

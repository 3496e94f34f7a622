"""How long the runs are: short with the suite, long by `MESO_LONG=1`."""

import os

IS_LONG = os.environ.get("MESO_LONG") == "1"


def length(short: int, long: int) -> int:
    """Return the length of a run."""
    return long if IS_LONG else short

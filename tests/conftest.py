"""Settings of all tests."""

import os
import sys
import tempfile
from collections.abc import Generator

import pytest
from hypothesis import settings

# Nothing is ever written into the real user's state folder, by programs that tests start neither.
_STATE = tempfile.TemporaryDirectory(prefix="meso-state-")
os.environ["MESO_HEAD"] = os.environ["XDG_STATE_HOME"] = _STATE.name

# How long one example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Run a test marked `untraced` without the tracer that measures coverage.

    `no_cover` of pytest-cov leaves a second tracer running in the processes of pytest-xdist.
    """
    tracer = sys.gettrace() if item.get_closest_marker("untraced") else None
    if tracer:
        sys.settrace(None)
    try:
        yield
    finally:
        if tracer:
            sys.settrace(tracer)

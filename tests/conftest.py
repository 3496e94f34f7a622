"""Settings of all tests."""

import sys
from collections.abc import Generator

import pytest
from hypothesis import settings

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

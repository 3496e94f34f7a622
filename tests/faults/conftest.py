"""A PostgreSQL server for the faults."""

from collections.abc import Iterator

import pytest

from tests.faults.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Yield a server that waits for no disk of its own accord."""
    server = Server()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    """Yield the address of a book that is not there yet."""
    with server.book() as address:
        yield address

"""`python -m tests.recorded` writes the record anew."""

from tests.recorded.record import write

write()

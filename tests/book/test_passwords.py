"""A password never shows, wherever and however it was written into the address of a book."""

import pickle
import re
from pathlib import Path

import pytest

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.base.passwords import without_passwords
from meso_schedule.book.book import Book
from meso_schedule.cli.app import main

# Nobody listens there.
HOST = "127.0.0.1:1"
ADDRESSES = [
    f"postgresql+psycopg://nurse:s3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://nurse:p@s3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://nurse:p%40s3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://nurse:p/s3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://nurse%3As3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://nurse;s3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://:s3cr3t@{HOST}/clinic",
    f"postgresql+psycopg://{HOST}/clinic?user=nurse&password=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?password=s3cr3t&password=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?PASSWORD=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?%70assword=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?sslpassword=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?pasword=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?options=-cpassword%3Ds3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?connect_timeout=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?port=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic?plugin=s3cr3t",
    f"postgresql+psycopg://{HOST}/clinic;password=s3cr3t",
    f"postgresql+psycopg:///nurse:s3cr3t@{HOST}/clinic",
    "postgresql+psycopg://nurse:s3cr3t@host:port/clinic",
    "postgresql+psycopg://nurse:s3cr3t@[::1:1/clinic",
    "postgresql+psycopg://nurse:s3cr3t host/clinic",
    "postgresql+psycopg://nurse:s3cr3t",
    "postgresql+psycopg://nurse:\udcffs3cr3t@127.0.0.1:1/clinic",
    "postgresql+psycopg:/nurse:s3cr3t@host/clinic",
    "postgresql+psycopg//nurse:s3cr3t@host/clinic",
    "postgresql+psycopg:nurse:s3cr3t@host/clinic",
    "postgresql+psycopg;//nurse:s3cr3t@host/clinic",
    "POSTGRESQL+PSYCOPG://nurse:s3cr3t@host/clinic",
    " postgresql+psycopg://nurse:s3cr3t@host/clinic",
    "postgres://nurse:s3cr3t@host/clinic",
    "postgresql://nurse:s3cr3t@host/clinic",
    "mysql://nurse:s3cr3t@host/clinic",
    "nurse:s3cr3t@postgresql://host/clinic",
    "nurse:s3cr3t@host/clinic",
    "//nurse:s3cr3t@host/clinic",
    "/nurse:s3cr3t@host/clinic",
    "host=localhost user=nurse password=s3cr3t",
    "host=localhost password = 's3cr3t' dbname=clinic",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_library_never_shows_it(address: str) -> None:
    with pytest.raises(MesoScheduleError) as caught:
        Book.open(address, create=False)
    error = caught.value
    assert error.exit_code in (2, 5)
    assert "s3cr3t" not in f"{error} {error!r} {error.faults} {vars(error)}"
    assert b"s3cr3t" not in pickle.dumps(error)
    # Some programs send on to another machine what an error came from.
    assert error.__context__ is None
    assert error.__cause__ is None


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize(
    "words",
    [
        ("courses", "list", "--book", "{}"),
        ("courses", "show", "9x29rhmv", "--book={}"),
        ("diary", "--book", "{}"),
        ("book", "verify", "--book", "{}"),
        ("book", "backup", "copy.book", "--book", "{}"),
        ("book", "restore", "copy.book", "--book", "{}"),
        ("courses", "list", "--format", "json", "--book", "{}"),
    ],
)
@pytest.mark.parametrize("address", ADDRESSES[::4])
def test_the_program_never_shows_it(
    words: tuple[str, ...],
    address: str,
    debug: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MESO_DEBUG", debug)
    assert main([word.format(address) for word in words]) in (2, 5)
    assert "s3cr3t" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "words",
    [
        ("courses", "list", "postgresql+psycopg://nurse:s3cr3t@host/clinic"),
        ("courses", "list", "--bok", "postgresql+psycopg://nurse:s3cr3t@host/clinic"),
        ("courses", "list", "--bok=postgresql+psycopg://nurse:s3cr3t@host/clinic"),
        ("courses", "show", "postgres://nurse:s3cr3t@host/clinic", "--format", "json"),
        ("courses", "import", "postgresql://nurse:s3cr3t@host/clinic?sslpassword=s3cr3t"),
        ("courses", "lst", "postgresql://nurse:s3cr3t@host/clinic"),
        ("book", "postgresql+psycopg://nurse:s3cr3t@host/clinic"),
        ("postgresql+psycopg://nurse:s3cr3t@host/clinic",),
        ("plan", "postgresql+psycopg://nurse:s3cr3t@host/clinic", "--format", "json"),
    ],
)
def test_an_address_where_none_is_meant(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(words)) == 2
    assert "s3cr3t" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("postgres://nurse:a@b@host/db is odd", "postgres://nurse:***@host/db is odd"),
        ("?password=x&sslmode=require", "?password=***&sslmode=require"),
        ("Write postgresql+psycopg://user:password@host/db.", None),
        ("mesobotox@2027-02-01 at 12:30", None),
        ("https://example.org/a", None),
    ],
)
def test_only_passwords_are_hidden(written: str, shown: str | None) -> None:
    assert without_passwords(written) == (shown or written)


def test_what_else_an_address_says_is_shown() -> None:
    with pytest.raises(MesoScheduleError) as caught:
        Book.open(f"postgresql+psycopg://nurse:s3cr3t@{HOST}/clinic?options=-csearch_path%3Dx")
    assert re.search(
        r"nurse:\*\*\*@127.0.0.1:1/clinic\?options=-csearch_path%3Dx", str(caught.value)
    )


def test_a_file_whose_name_looks_like_an_address_can_still_be_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("odd"))
    Book.open("plain.book").close()
    Path("plain.book").rename("nurse:x@host")
    Book.open("nurse:x@host", create=False).close()

"""A course in a calendar on a real server (Radicale), sent by HTTP and no library of ours."""

import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import icalendar
import pytest

from tests.cli.courses.desk import Counter

USER = b64encode(b"anna:open sesame").decode()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start a server that asks for a password, with one calendar; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "users").write_text("anna:open sesame\n")
    words = ["--config", "", "--auth-type", "htpasswd", "--auth-htpasswd-encryption", "plain"]
    words += ["--auth-htpasswd-filename", str(tmp_path / "users"), "--auth-delay", "0"]
    words += ["--storage-filesystem-folder", str(tmp_path / "store")]
    command = [sys.executable, "-m", "radicale", *words, "--hosts", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (tmp_path / "netrc").write_text('machine 127.0.0.1 login anna password "open sesame"\n')
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text((tmp_path / "netrc").read_text())
    (tmp_path / ".netrc").chmod(0o600)
    home = f"http://127.0.0.1:{port}/anna/course/"
    try:
        for _ in range(100):
            try:
                ask("MKCALENDAR", home)
                break
            except HTTPError:
                raise
            except URLError:
                time.sleep(0.1)
        yield home
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(method: str, address: str, data: bytes | None = None) -> bytes:
    headers = {"Authorization": f"Basic {USER}", "Content-Type": "text/calendar"}
    with urlopen(Request(address, data, headers, method=method), timeout=20) as answer:
        kept: bytes = answer.read()
        return kept


def kept(home: str) -> list[tuple[str, str]]:
    """Return the day and the title of each event on the server."""
    events = icalendar.Calendar.from_ical(ask("GET", home)).walk("VEVENT")
    return sorted((str(it.decoded("DTSTART"))[:10], str(it["SUMMARY"])) for it in events)


def test_only_what_moved_is_sent(counter: Counter, server: str) -> None:
    course = counter.open()
    publish = ("courses", "publish", course, "--to", server)
    first = counter.done(*publish)
    assert [len(first[kind]) for kind in ("put", "deleted", "unchanged")] == [4, 0, 0]
    assert kept(server) == [
        (day, "Appointment") for day in ("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-29")
    ]
    again = counter.done(*publish)
    assert [len(again[kind]) for kind in ("put", "deleted", "unchanged")] == [0, 0, 4]
    counter.done("courses", "move", course, "4", "--to", "2026-12-30")
    told = counter.ask(*publish)
    assert told.out == "Published: 1 sent, 0 taken out, 3 as they were.\n"
    assert kept(server)[3][0] == "2026-12-30"
    counter.done(*publish, "--feed-detail", "--language", "de")
    assert "Sitzung 1 von 4" in kept(server)[0][1]
    counter.done("courses", "stop", course)
    assert len(counter.done(*publish)["deleted"]) == 4
    assert kept(server) == []
    assert counter.done(*publish)["deleted"] == []


def test_what_a_server_refuses(counter: Counter, server: str, tmp_path: Path) -> None:
    course = counter.open()
    elsewhere = server.replace("/course/", "/nothing/")
    assert counter.refused("courses", "publish", course, "--to", elsewhere)[0] == 5
    (tmp_path / "netrc").unlink()
    (tmp_path / ".netrc").unlink()
    ran = counter.ask("courses", "publish", course, "--to", server)
    assert ran.code == 5
    assert "asks for another user" in ran.err
    nobody = "http://127.0.0.1:9/x/"
    ran = counter.ask("courses", "publish", course, "--to", nobody)
    assert (ran.code, "cannot be reached" in ran.err) == (5, True)


@pytest.mark.parametrize(
    "address",
    [
        *("http://example.org/x/", "https://anna:secret@example.org/x/", "ftp://localhost/x/"),
        *("https:///x/", "calendar", "", "https://example.org/x/?a=1", "https://[::1/x/"),
        *("https://exämple.org/", "http://127.0.0.1.example.org/", "https://h:99999999/x/"),
    ],
)
def test_addresses_that_are_refused(counter: Counter, address: str) -> None:
    ran = counter.ask("courses", "publish", "2222222", "--to", address)
    assert ran.code == 2
    assert "secret" not in ran.err
    assert "--to" in ran.err

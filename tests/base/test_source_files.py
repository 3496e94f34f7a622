"""Files that are read: ordinary ones and the shell's own pipes, at once and to a limit."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from meso_schedule.base.errors import InputError, UnreadableFileError
from meso_schedule.base.source_files import is_own_pipe, open_source, read_limited, read_source
from meso_schedule.cli.app import main
from tests.support.command_line import entered
from tests.support.samples import ROOT

FACE = ("plan", "facial-rejuvenation", "--start", "2026-12-01", "--as-of", "2026-11-22")
REQUEST = '{"protocol": "cellulite", "start": "2026-12-01", "as_of": "2026-11-22"}'
JOBS = f'{{"id": 1, {REQUEST[1:]}\n'
CALENDAR = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTART:20261201T090000Z\n"
    "DTEND:20261201T100000Z\nEND:VEVENT\nEND:VCALENDAR\n"
)
CLINIC = (ROOT / "examples" / "clinic.toml").read_text("utf-8")
RULES = (ROOT / "examples" / "evening-glow.toml").read_text("utf-8")
LOGO = f'logo = "strange"\n{CLINIC}'

# Every option and argument that takes a file, and what an ordinary one could hold.
READERS: dict[str, tuple[tuple[str, ...], str]] = {
    "clinic": ((*FACE, "--clinic", "{}"), CLINIC),
    "rules": ((*FACE, "--rules", "{}"), RULES),
    "busy": ((*FACE, "--busy", "{}"), CALENDAR),
    "request": (("plan", "--request", "{}.json"), REQUEST),
    "batch": (("plan", "--batch", "{}", "--output", "out.jsonl"), JOBS),
    "check": (("protocols", "check", "{}"), RULES),
    "cases": (("protocols", "check", "glow.toml", "--cases", "{}"), "start\n"),
    "compare clinic": (("compare", "general", "--clinic", "{}"), CLINIC),
    "compare rules": (("compare", "general", "mesobotox", "--rules", "{}"), RULES),
    "list": (("protocols", "list", "--rules", "{}"), RULES),
    "open request": (("courses", "open", "--request", "{}.json", "--book", "b"), REQUEST),
    "open busy": (("courses", "open", "general", "--busy", "{}", "--book", "b"), CALENDAR),
    "diary": (("diary", "--book", "b", "--clinic", "{}"), CLINIC),
    "import": (("courses", "import", "{}", "--book", "b"), ""),
    "restore": (("book", "restore", "{}", "--book", "b"), ""),
    "book": (("courses", "list", "--book", "{}"), ""),
    "part": (("plan", "--batch", "jobs.jsonl", "--output", "{}.jsonl", "--resume"), ""),
    "logo": ((*FACE, "--clinic", "logo.toml", "--output", "a.pdf"), ""),
}
NAMES = {"request": "{}.json", "open request": "{}.json", "part": "{}.jsonl.part"}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "own"))
    for name in ("MESO_CLINIC", "MESO_BOOK", "MESO_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    Path("glow.toml").write_text(RULES, "utf-8")
    Path("logo.toml").write_text(LOGO, "utf-8")
    Path("jobs.jsonl").write_text(JOBS, "utf-8")


def ran(words: tuple[str, ...], **more: object) -> "subprocess.CompletedProcess[bytes]":
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "meso_schedule", *words]
    return subprocess.run(command, env=env, capture_output=True, timeout=60, **more)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def _no_waiting() -> Iterator[None]:
    """End what waits for a pipe that nobody writes to."""
    signal.alarm(60)
    yield
    signal.alarm(0)


def strange(name: str, what: str) -> None:
    if what == "pipe":
        os.mkfifo(name)
    else:
        Path(name).symlink_to(what)


@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize("what", ["pipe", "/dev/zero"])
@pytest.mark.parametrize("reader", READERS)
def test_pipes_with_a_name_and_devices_are_refused_at_once(reader: str, what: str) -> None:
    words, _ = READERS[reader]
    strange(NAMES.get(reader, "{}").format("strange"), what)
    done = entered([word.format("strange") for word in words], Path())
    assert done.returncode == 2, done
    assert "strange" in done.stderr
    assert "Traceback" not in done.stderr
    left = {path.name for path in Path().iterdir()}
    assert left <= {"glow.toml", "logo.toml", "jobs.jsonl", "strange", "b", "own"} | {
        name.format("strange") for name in NAMES.values()
    }


PIPED = {name: reader for name, reader in READERS.items() if reader[1] and name != "cases"}


@pytest.mark.parametrize("reader", PIPED)
def test_the_shell_may_hand_over_a_pipe(reader: str) -> None:
    """As `<(command)` does, which can be read once only."""
    words, content = PIPED[reader]
    if "--book" in words:
        assert main(("courses", "open", "general", "--start", "2026-12-01", "--book", "b")) == 0
    read, write = os.pipe()
    os.write(write, content.encode())
    os.close(write)
    name = f"/dev/fd/{read}"
    done = entered([word.replace("{}.json", "{}").format(name) for word in words], Path())
    os.close(read)
    assert done.returncode == 0, done


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        (("plan", "--request", "-"), "1 MB"),
        (("plan", "--request", "/dev/stdin"), "1 MB"),
        ((*FACE, "--clinic", "/dev/fd/0"), "1 MB"),
        ((*FACE, "--rules", "/dev/stdin"), "1 MB"),
        ((*FACE, "--busy", "/proc/self/fd/0"), "10 MB"),
        (("courses", "import", "-", "--book", "b"), "not valid JSON"),
    ],
)
def test_an_endless_pipe_is_read_to_the_limit(words: tuple[str, ...], limit: str) -> None:
    with subprocess.Popen(["yes", "# nothing"], stdout=subprocess.PIPE) as endless:
        done = ran(words, stdin=endless.stdout)
        endless.kill()
    assert done.returncode == 2, done
    assert limit in done.stderr.decode()


def test_an_endless_batch_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from meso_schedule.cli.batches import jobs as batch_lines

    monkeypatch.setattr(batch_lines, "MAX_JOBS", 3)
    with open("jobs.jsonl", "rb") as file:
        assert len(list(batch_lines.read_lines(file))) == 1
    Path("jobs.jsonl").write_text("\n" * 4)
    with open("jobs.jsonl", "rb") as file, pytest.raises(InputError, match="more than 3 lines"):
        list(batch_lines.read_lines(file))


def code_of(read: Callable[[], object]) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read()
    return caught.value.faults[0].code


def test_nothing_is_read_of_a_file_that_is_too_large() -> None:
    with open("sparse", "wb") as file:
        file.truncate(10**12)
    assert code_of(lambda: read_source(Path("sparse"), 10**6)) == "too_large"
    assert code_of(lambda: read_limited(BytesIO(b"1234"), "x", 3)) == "too_large"
    assert read_limited(BytesIO(b"1234"), "x", 4) == b"1234"
    assert read_source(Path("jobs.jsonl"), 10**6) == JOBS.encode()


def test_limits_are_told_in_sizes_that_people_know() -> None:
    for limit, told in ((10**6, "1 MB"), (4 * 10**9, "4 GB")):
        with pytest.raises(InputError, match=f"larger than {told}"):
            read_limited(_Endless(), "x", limit)


class _Endless(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        class Many(bytes):
            def __len__(self) -> int:
                return size or 0

        return Many()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing", "missing_file"),
        (".", "is_folder"),
        ("/dev/null", "no_file"),
        ("a\0b", "unreadable"),
        ("x" * 300, "unreadable"),
    ],
)
def test_what_is_no_file(name: str, code: str) -> None:
    assert code_of(lambda: open_source(Path(name))) == code


def test_a_file_that_cannot_be_read() -> None:
    class Broken(BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    assert code_of(lambda: read_limited(Broken(), "x", 3)) == "unreadable"


def test_without_reading_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no such way of opening."""
    monkeypatch.delattr(os, "O_NONBLOCK")
    assert read_source(Path("jobs.jsonl"), 10**6) == JOBS.encode()


@pytest.mark.parametrize("name", ["/dev/fd/x", "/dev/fd/63/x", "fd/3", "/proc/1/fd/3"])
def test_names_that_are_no_pipe_of_the_shell(name: str) -> None:
    assert not is_own_pipe(Path(name))

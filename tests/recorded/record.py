"""The record: a digest for each output of each step, and where a new run differs from it."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pypdfium2

from tests.recorded.cases import Case
from tests.recorded.program import Ran, run

RECORD = Path(__file__).with_name("record.json")
# Of a step: its words, its exit code, and a digest of each output.
Told = dict[str, str | int]


def told(case: Case) -> dict[str, Told]:
    """Run a case and return what is recorded of each of its steps, by a readable name."""
    return {
        name: {"typed": step.line, "exit": ran.code, **_digests(ran)}
        for name, step, ran in zip(step_names(case), case.steps, run(case), strict=True)
    }


def step_names(case: Case) -> list[str]:
    """Return the names of the steps: that of the case where there is one alone."""
    if len(case.steps) == 1:
        return [case.name]
    return [
        f"{case.name}, step {number:02}: {step.line[:70]}"
        for number, step in enumerate(case.steps, 1)
    ]


def recorded() -> dict[str, Told]:
    """Return the record as it was written."""
    found: dict[str, Told] = json.loads(RECORD.read_text("utf-8"))
    return found


def write(cases: Iterable[Case]) -> int:
    """Run all and write the record; return the number of its steps."""
    found = {name: entry for case in cases for name, entry in told(case).items()}
    lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in found.items())
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    return len(found)


def dump(cases: Iterable[Case], folder: Path) -> None:
    """Run all and write every output in full, a folder for each step."""
    for case in cases:
        for name, step, ran in zip(step_names(case), case.steps, run(case), strict=True):
            place = folder / case.name.partition(":")[0] / _file_name(name.removeprefix(case.name))
            outputs = {"typed": step.line.encode(), "exit": str(ran.code).encode(), **ran.outputs}
            for output, data in outputs.items():
                path = place / output
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                if output.endswith(".pdf"):
                    path.with_suffix(".pdf-text").write_bytes(text_of_pdf(data))


def differences(case: Case, before: dict[str, Told]) -> Iterator[str]:
    """Run a case and name every output that is not as it was recorded."""
    for name, now in told(case).items():
        then = before.get(name, {})
        changed = [what for what in {**then, **now} if then.get(what) != now.get(what)]
        if changed:
            kinds = (_change(what, then, now) for what in changed)
            yield f"{name}\n    typed: {now['typed']}\n    differs: {', '.join(kinds)}"


def text_of_pdf(data: bytes) -> bytes:
    """Return the words on the pages: the bytes depend on the version of the typesetter."""
    with pypdfium2.PdfDocument(data) as document:
        return "\f".join(page.get_textpage().get_text_bounded() for page in document).encode()


def _digests(ran: Ran) -> Told:
    return {
        name: sha256(text_of_pdf(data) if name.endswith(".pdf") else data).hexdigest()[:16]
        for name, data in ran.outputs.items()
    }


def _change(what: str, then: Told, now: Told) -> str:
    if what == "exit":
        return f"exit {then.get(what)} is {now.get(what)}"
    return what if what in then and what in now else f"{what} {'new' if what in now else 'gone'}"


def _file_name(text: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in text)[:60].strip("_")

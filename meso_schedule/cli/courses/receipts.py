"""What is told once something was written, or where nothing needs to be."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meso_schedule.book.writing import Receipt
    from meso_schedule.cli.courses.write_options import Desk, Draft


def show_receipt(
    desk: "Desk", receipt: "Receipt", lines: Sequence[str], facts: Mapping[str, Any] | None = None
) -> None:
    """Say what was written; it has reached the disk."""
    from meso_schedule.cli.courses.json_documents import course_document
    from meso_schedule.cli.environment import write_out

    if desk.format == "json":
        write_document(
            {
                "course": receipt.course,
                "revision": receipt.revision,
                "first": receipt.first,
                "last": receipt.last,
                "is_repeated": receipt.is_repeated,
                "findings": [finding.model_dump(mode="json") for finding in receipt.findings],
                **(facts or {}),
                "state": course_document(receipt.state),
            }
        )
        return
    from meso_schedule.output.words.text import harmless

    told = [
        f"Recorded: course {receipt.course} is at revision {receipt.revision}.",
        *lines,
        *(finding.message for finding in receipt.findings),
    ]
    write_out("".join(f"{harmless(line)}\n" for line in told))


def show_nothing(desk: "Desk", course: str, made: "Draft") -> None:
    """Say that there is nothing to write."""
    from meso_schedule.cli.environment import write_out

    if desk.format == "json":
        write_document({"course": course, "revision": None, **made.facts})
        return
    write_out(f"{made.doing}\n")


def write_document(document: Any) -> None:
    """Write a JSON document to standard output."""
    import json

    from meso_schedule.cli.environment import write_json

    write_json(json.dumps(document, indent=2, ensure_ascii=False))

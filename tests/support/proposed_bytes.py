"""Print what the proposals of an absence say and write: `python -m tests.support.proposed_bytes`.

The arguments are a book, the clinic file and the absence as JSON, and the moment of asking.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.proposal import Proposal
from meso_schedule.running.repair import proposals


def told(made: Proposal) -> dict[str, Any]:
    """Return what a proposal says and writes."""
    return {
        "id": made.id,
        "not_kept": len(made.not_kept),
        "proof": made.proof and [*made.proof.measure, *made.proof.least],
        "writes": [[one, [it.told for it in records]] for one, records, _ in made.changes],
    }


def main(path: str, clinic: str, absence: str, moment: str) -> None:
    """Print both proposals."""
    now = datetime.fromisoformat(moment)
    house, away = Clinic.read(json.loads(clinic)), Absent.read(json.loads(absence))
    with Book.open(Path(path)) as book:
        made = proposals(book, house, away, now=now, as_of=now.date())
        print(json.dumps([told(it) for it in made]))


if __name__ == "__main__":
    main(*sys.argv[1:])

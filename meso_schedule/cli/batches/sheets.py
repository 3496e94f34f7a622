"""`plan --batch … --sheets`: one printed sheet for each plan of a batch."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from meso_schedule.base.errors import EnvironmentFault, InputError
from meso_schedule.base.private_files import Spared, write_files

_ENDING = ".pdf"
_LONGEST = 50
# Names that some systems keep for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


@dataclass(slots=True)
class Sheets:
    """A folder that gets one sheet for each plan.

    Args:
        folder: The folder.
        replaces: Whether sheets that are there may be replaced.
        spared: Files that are never replaced.
        taken: The names in use, as a system that ignores case sees them.
    """

    folder: Path
    replaces: bool
    spared: Spared = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, name: str, *, replaces: bool, spared: Spared | None = None) -> "Sheets":
        """Take a folder; one that holds PDF files is taken only to replace them.

        Raises:
            InputError: When it is no folder, or holds PDF files that must not be replaced.
            EnvironmentFault: When it does not exist or cannot be read.
        """
        if not name:
            raise _refused("no_folder", "No folder is named.", name, "Name a folder.")
        folder = Path(name)
        try:
            entries = [entry.name for entry in folder.iterdir()]
        except FileNotFoundError:
            problem = f"The folder {name} does not exist."
            raise EnvironmentFault(problem, name, "Make it first.") from None
        except NotADirectoryError:
            raise _refused("no_folder", f"{name} is no folder.", name, "Name a folder.") from None
        except OSError as error:
            problem = f"{name} cannot be read: {error.strerror or error}."
            raise EnvironmentFault(problem, name, "Check its permissions.") from None
        if not replaces and any(entry.lower().endswith(_ENDING) for entry in entries):
            remedy = "Give --force to replace those of the same name, or name an empty folder."
            raise _refused("target_exists", f"{name} holds PDF files already.", name, remedy)
        return cls(folder, replaces, spared or {})

    def write(self, reference: str, sheet: bytes) -> None:
        """Write the sheet of the plan of a reference.

        Raises:
            InputError: When it has no place.
            EnvironmentFault: When it cannot be written.
        """
        write_files({self.take(reference): sheet}, force=self.replaces, spared=self.spared)

    def take(self, reference: str) -> Path:
        """Return the file of the next sheet, named after the reference and unlike all before."""
        stem = re.sub(r"[^\w-]+", "-", reference)[:_LONGEST].strip("-_") or "sheet"
        if _DEVICES.match(stem):
            stem = f"sheet-{stem}"
        name, number = stem, 1
        while name.casefold() in self.taken:
            number += 1
            name = f"{stem}-{number}"
        self.taken.add(name.casefold())
        return self.folder / f"{name}{_ENDING}"


def _refused(code: str, message: str, name: str, remedy: str) -> InputError:
    return InputError.of(code, message, field="sheets", value=name, remedy=remedy)

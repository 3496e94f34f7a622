"""Lists as files for a spreadsheet: CSV with the signs that it expects, or an Excel workbook."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from meso_schedule.base.errors import InputError
from meso_schedule.base.private_files import write_files
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.options import (
    OUTPUT,
    Bom,
    Decimal,
    Force,
    Given,
    Options,
    Separator,
    option,
)
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs

if TYPE_CHECKING:
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.output.listing import Table

_ENDINGS = (".csv", ".xlsx")

# How the cells of CSV are written.
SIGNS: Options = {"bom": Bom, "separator": Separator, "decimal": Decimal}
LIST: Options = {
    "output": Annotated[
        list[str] | None,
        option(
            "FILE", "Write it to a file: .csv .xlsx; repeatable.", OUTPUT, names=("--output", "-o")
        ),
    ],
    "force": Force,
    **SIGNS,
}


def list_targets(given: Given, clinic: "Clinic | None", shown: str | None = None) -> list[Path]:
    """Take the files that a list is written to, before it is made.

    Args:
        given: What was typed.
        clinic: The clinic in use.
        shown: The format on standard output, where it may be CSV.

    Raises:
        InputError: When one has another ending, must not be written, or an option would be idle.
    """
    paths = [Path(name) for name in given["output"] or ()]
    for path in paths:
        if path.suffix.lower() not in _ENDINGS:
            raise InputError.of(
                "unknown_ending",
                f"A list cannot be written to {path.name}.",
                field="output",
                value=str(path),
                remedy=f"End it in {' or '.join(_ENDINGS)}.",
            )
    refuse_idle({name: given[name] for name in LIST}, paths, shown)
    if paths:
        check_outputs(paths, given, clinic)
    return paths


def write_lists(
    tables: "Sequence[Table]",
    paths: Sequence[Path],
    given: Given,
    clinic: "Clinic | None",
    made_on: date,
) -> None:
    """Write lists to the files that `list_targets` has taken: of CSV the first one.

    Args:
        tables: The lists; each is a sheet of a workbook.
        paths: The files.
        given: What was typed.
        clinic: The clinic in use, whose language a spreadsheet speaks where none was asked for.
        made_on: The day of asking, which a workbook bears.
    """
    contents = {path: list_file(tables, path, given, clinic, made_on) for path in paths}
    write_files(contents, force=given["force"])
    tell(*(f"Wrote {path}." for path in paths))


def list_file(
    tables: "Sequence[Table]", path: Path, given: Given, clinic: "Clinic | None", made_on: date
) -> bytes:
    """Return what a file of lists holds."""
    if path.suffix.lower() == ".csv":
        return list_csv(tables[0], given, clinic).encode()
    from meso_schedule.output.workbook import workbook

    return workbook(tables, made_on)


def list_csv(table: "Table", given: Given, clinic: "Clinic | None") -> str:
    """Return a list as CSV, with the signs that were asked for."""
    from meso_schedule.cli.formats import csv_signs
    from meso_schedule.output.tables import csv_table

    spoken = given.get("language") or (clinic.language if clinic else None)
    signs = csv_signs({**given, "language": spoken})
    told = csv_table(table.header, table.rows, signs.separator, signs.decimal)
    return f"{signs.mark}{told}"

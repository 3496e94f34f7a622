"""Files of a course in the book; a calendar knows its sessions by the numbers of the book."""

from collections.abc import Sequence
from pathlib import Path

from meso_schedule.base.private_files import write_files
from meso_schedule.cli.formats import NUMBERED, Style, file_of
from meso_schedule.cli.idle_options import ending_of
from meso_schedule.cli.standard_error import tell
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.running.appointments import Offsets, numbered_as_booked


def write_plan(
    paths: Sequence[Path], plan: CoursePlan, style: Style, offsets: Offsets, *, force: bool
) -> None:
    """Write a plan to files, all or none.

    Args:
        paths: The files.
        plan: The plan.
        style: How it is shown.
        offsets: What is added to the numbers of each treatment to have the book's.
        force: Whether files that exist are replaced.
    """
    numbered = numbered_as_booked(plan, offsets)
    files = {
        path: file_of(numbered if ending_of(path) in NUMBERED else plan, path, style)
        for path in paths
    }
    write_files(files, force=force)
    tell(*(f"Wrote {path}." for path in files))

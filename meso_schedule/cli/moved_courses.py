"""The new sheet and the new feed of every course that a repair moves."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from meso_schedule.base.errors import EnvironmentFault
from meso_schedule.base.papers import PAPERS
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import CourseState
from meso_schedule.cli import environment
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.environment import find_logo
from meso_schedule.cli.formats import Style, file_of
from meso_schedule.cli.options import Given
from meso_schedule.cli.targets import check_outputs
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.feed import cancellations
from meso_schedule.output.forms import WIDTH, text_language
from meso_schedule.running.appointments import gone_entries, gone_sessions, numbered_as_booked
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.not_moved import as_if_held, unrecorded
from meso_schedule.running.printing import plan_as_booked

_SHEET, _FEED = ".pdf", ".ics"


def check_folder(given: Given, courses: Sequence[str], clinic: Clinic) -> Path | None:
    """Return the folder that `--print` names, once all that it gets can be written there.

    Args:
        given: What was typed.
        courses: Whose files it gets, by their ids.
        clinic: The clinic in use.

    Raises:
        InputError: When a file of a course is there already and may not be replaced.
        EnvironmentFault: When it is no folder.
    """
    if given["print"] is None:
        return None
    folder = Path(given["print"])
    if not folder.is_dir():
        raise EnvironmentFault(f"There is no folder {folder}.", "print", "Make it first.")
    names = [folder / f"{course}{ending}" for course in courses for ending in (_SHEET, _FEED)]
    check_outputs(names, given, clinic)
    return folder


def files_of_moved(
    book: Book, states: Iterable[CourseState], clinic: Clinic, given: Given, folder: Path
) -> dict[Path, bytes]:
    """Return what the folder gets; of a course with nothing to come only what empties its feed.

    Args:
        book: Where they are booked.
        states: The courses, as they are now.
        clinic: The clinic in use.
        given: What was typed.
        folder: The folder.
    """
    clinic = with_absences(clinic, book.absences())
    style = Style(
        WIDTH,
        language=clinic.language or LANGUAGES[0],
        paper=clinic.paper or PAPERS[0],
        logo=find_logo(clinic, given["clinic"]),
        called=clinic.called,
    )
    files: dict[Path, bytes] = {}
    for state in states:
        gone = gone_sessions(state, entries_of(book.history(state.course), book.shown))
        own = style._replace(revision=state.revision, gone=gone)
        files |= _files_of(state, clinic, own, given, folder / state.course)
    return files


def _files_of(
    state: CourseState, clinic: Clinic, style: Style, given: Given, stem: Path
) -> dict[Path, bytes]:
    today = day_of_asking(given["as_of"], clinic)
    # What is past and not recorded counts as it did when the others were moved.
    past = unrecorded(state, today, environment.now(clinic))
    state = as_if_held(state, past)
    now = progress_of(state, today)
    sheet, feed = stem.with_suffix(_SHEET), stem.with_suffix(_FEED)
    if state.upcoming:
        plan = plan_as_booked(now, clinic)
        numbered = numbered_as_booked(plan, now.offsets)
        return {sheet: file_of(plan, sheet, style), feed: file_of(numbered, feed, style)}
    emptied = cancellations(
        [*style.gone, *gone_entries(now, today, style.gone)],
        str(state.request.get("reference") or state.course),
        as_of=today,
        timezone=state.timezone or "UTC",
        revision=style.revision,
        language=text_language(style.language),
    )
    return {feed: emptied}

"""Which course is meant: by its id, the beginning of it, or what is known of the patient."""

from collections.abc import Sequence

from meso_schedule.base.errors import FormatError, InputError, shortened
from meso_schedule.base.phones import abroad, digits
from meso_schedule.book.book import Book
from meso_schedule.book.ids import ALPHABET, LENGTH, parse_course_id
from meso_schedule.book.lines import CourseLine
from meso_schedule.book.patient_identity import folded
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic

# How many courses or patients are named where several could be meant.
_NAMED = 5
# Fewer are in every number.
_FEWEST_DIGITS = 3


def check_course(text: str | None, patient: str | None = None, field: str = "course") -> None:
    """Refuse what can name no course, before the book is opened.

    Args:
        text: An id or the beginning of one; None where the patient is named instead.
        patient: The patient.
        field: Where the id was written.

    Raises:
        InputError: When it is neither an id nor the beginning of one, or no name at all.
    """
    if text is None:
        _check_patient(patient or "")
    elif not _is_beginning(text):
        try:
            parse_course_id(text)
        except FormatError as error:
            raise error.in_field(field) from None


def _check_patient(patient: str) -> None:
    if not folded(patient):
        raise InputError.of(
            "missing_argument",
            "Nobody is named.",
            field="patient",
            value=patient,
            remedy="Write the patient's name.",
        )


def course_named(
    book: Book,
    text: str | None,
    patient: str | None = None,
    *,
    field: str = "course",
    is_whole: bool = False,
) -> str:
    """Return the id of the course that is meant.

    Args:
        book: The book.
        text: The id, or so much of its beginning that only one is meant.
        patient: The patient, where that is left out.
        field: Where the id was written.
        is_whole: Whether the patient's whole name is needed.

    Raises:
        InputError: When no course is meant, or more than one.
    """
    if text is None:
        return _course_of(book, patient or "", is_whole=is_whole)
    if not _is_beginning(text):
        return text
    begun = [line.course for line in book.courses() if line.course.startswith(_folded(text))]
    if len(begun) == 1:
        return begun[0]
    several = f"Write more of its id. Several courses begin so: {', '.join(begun[:_NAMED])}."
    raise InputError.of(
        "bad_course_id",
        f"Not one course alone begins with {text}." if begun else f"No course begins with {text}.",
        field=field,
        value=text,
        remedy=several
        if begun
        else "'courses find TEXT' looks it up by patient, phone or reference.",
    )


def _course_of(book: Book, patient: str, *, is_whole: bool) -> str:
    """Return the course of a patient; a name that is whole beats one that holds it."""
    part = [line for line in _known(book) if folded(patient) in folded(line.patient or "")]
    whole = [line for line in part if folded(line.patient or "") == folded(patient)]
    meant = whole if whole or is_whole else part
    if len(meant) == 1:
        return meant[0].course
    shown = shortened(patient)
    problem = f"Several courses are of {shown}: {_listed(meant)}." if meant else ""
    names = sorted({line.patient for line in part if line.patient})
    remedy = f"Write the whole name: {' or '.join(names[:_NAMED])}." if names else ""
    raise InputError.of(
        "which_course" if meant else "unknown_patient",
        problem or f"No course is of {shown}.",
        field="patient",
        value=patient,
        remedy="Write the id of the course." if meant else remedy or "See 'courses list'.",
    )


def _listed(lines: Sequence[CourseLine]) -> str:
    told = (
        f"{it.course} ({it.patient}, {it.protocols}, opened {it.opened_on}, {it.status})"
        for it in lines
    )
    return ", ".join(told)


def courses_found(book: Book, text: str, clinic: Clinic | None = None) -> list[CourseLine]:
    """Return the courses of a patient, or whose id begins so; else those that a text reaches.

    Args:
        book: The book.
        text: Part of the patient's name, of the reference or the mail address, in capitals or not,
            or of the telephone number, however it is spaced.
        clinic: Of whose country a number without one is.
    """
    home = clinic.home_country if clinic else None
    lines = _known(book)
    wanted = folded(text)
    found = [
        line
        for line in lines
        if wanted in folded(line.patient or "") or line.course.startswith(_folded(text))
    ]
    if found:
        return found
    # What was told once and stands no more is left out by a look at the course as it is.
    told = book.told_of_patients()
    maybe = {course for course, name, text in told if _reaches(wanted, home, name, text)}
    courses = book.each(line.course for line in lines if line.course in maybe)
    reached = {it.course for it in courses if _is_reached(it, wanted, home)}
    return [line for line in lines if line.course in reached]


def _known(book: Book) -> list[CourseLine]:
    return [line for line in book.courses() if line.status != "erased"]


def _is_reached(state: CourseState, wanted: str, home: str | None) -> bool:
    reference = str(state.request.get("reference") or "")
    told = {"phone": state.phone or "", "email": state.email or "", "reference": reference}
    return any(_reaches(wanted, home, name, text) for name, text in told.items())


def _reaches(wanted: str, home: str | None, name: str, text: str) -> bool:
    """Tell whether a text is part of a phone, however spaced, of a mail address or a reference."""
    if name != "phone":
        return wanted in folded(text)
    pairs = (digits(wanted), digits(text)), (abroad(wanted, home), abroad(text, home))
    return len(digits(wanted)) >= _FEWEST_DIGITS and any(part in whole for part, whole in pairs)


def _is_beginning(text: str) -> bool:
    begun = _folded(text)
    return 0 < len(begun) < LENGTH and set(begun) <= set(ALPHABET)


def _folded(text: str) -> str:
    return text.strip().lower()

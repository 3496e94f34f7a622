"""Which course is meant: by its id, the beginning of it, or what is known of the patient."""

from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.book.book import Book
from meso_schedule.book.ids import ALPHABET, LENGTH, parse_course_id
from meso_schedule.book.lines import CourseLine


def check_course(text: str) -> None:
    """Refuse what can name no course, before the book is opened.

    Raises:
        InputError: When it is neither an id nor the beginning of one.
    """
    if _is_beginning(text):
        return
    try:
        parse_course_id(text)
    except FormatError as error:
        raise error.in_field("course") from None


def course_named(book: Book, text: str) -> str:
    """Return the id of the course that a text names, the beginning of its id at least.

    Raises:
        InputError: When no course is meant, or more than one.
    """
    if not _is_beginning(text):
        return text
    begun = [line.course for line in book.courses() if line.course.startswith(_folded(text))]
    if len(begun) == 1:
        return begun[0]
    told = f"Several courses begin so: {', '.join(begun[:5])}." if begun else "No course does."
    raise InputError.of(
        "bad_course_id",
        f"No single course is meant by {text}.",
        field="course",
        value=text,
        remedy=f"Write more of its id. {told}",
    )


def courses_found(book: Book, text: str) -> list[CourseLine]:
    """Return the courses of a patient, of a reference, or whose id begins so.

    Args:
        book: The book.
        text: Part of the patient's name or of the reference, in capitals or not.
    """
    lines = [line for line in book.courses() if line.status != "erased"]
    wanted = text.strip().casefold()
    found = [
        line
        for line in lines
        if wanted in (line.patient or "").casefold() or line.course.startswith(wanted)
    ]
    return found or [line for line in lines if wanted in _reference(book, line.course)]


def _reference(book: Book, course: str) -> str:
    return str(book.course(course).request.get("reference") or "").casefold()


def _is_beginning(text: str) -> bool:
    folded = _folded(text)
    return 0 < len(folded) < LENGTH and set(folded) <= set(ALPHABET)


def _folded(text: str) -> str:
    return text.strip().lower()

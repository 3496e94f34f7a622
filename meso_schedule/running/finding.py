"""Which course is meant: by its id, the beginning of it, or what is known of the patient."""

from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.book.book import Book
from meso_schedule.book.ids import ALPHABET, LENGTH, parse_course_id
from meso_schedule.book.lines import CourseLine
from meso_schedule.book.state import CourseState

# Fewer are in every number.
_FEWEST_DIGITS = 3


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
    """Return the courses of a patient, or whose id begins so; else those that a text reaches.

    Args:
        book: The book.
        text: Part of the patient's name, of the reference or the mail address, in capitals or not,
            or of the telephone number, however it is spaced.
    """
    lines = [line for line in book.courses() if line.status != "erased"]
    wanted = text.strip().casefold()
    found = [
        line
        for line in lines
        if wanted in (line.patient or "").casefold() or line.course.startswith(wanted)
    ]
    return found or [line for line in lines if _is_reached(book.course(line.course), wanted)]


def _is_reached(state: CourseState, wanted: str) -> bool:
    words = (str(state.request.get("reference") or ""), state.email or "")
    number = _digits(wanted)
    is_number = len(number) >= _FEWEST_DIGITS and number in _digits(state.phone or "")
    return is_number or any(wanted in word.casefold() for word in words)


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _is_beginning(text: str) -> bool:
    folded = _folded(text)
    return 0 < len(folded) < LENGTH and set(folded) <= set(ALPHABET)


def _folded(text: str) -> str:
    return text.strip().lower()

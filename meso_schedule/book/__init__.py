"""The book of running courses: events that are only ever added to, chained, folded into states.

Way in: `book` (`Book`). `records` are what can be written, `guards` what may be written next,
`folding` what the events of a course amount to. `storage` alone opens files and databases.
What runs comes in, and the command line; the book knows a course and not how it is planned.
Programs outside are offered the book as the commands use it, which `meso_schedule.running` makes:
a name is looked up there when it is first used.
"""

from typing import TYPE_CHECKING

from meso_schedule.base.public_names import loaded_when_used

if TYPE_CHECKING:
    from meso_schedule.book.events import Event, Head
    from meso_schedule.book.lines import CourseLine, DiaryLine
    from meso_schedule.book.state import CourseState
    from meso_schedule.book.verification import Verification
    from meso_schedule.book.writing import Context, Receipt
    from meso_schedule.running.course_book import CourseBook as Book
    from meso_schedule.running.course_book import Rebooking
    from meso_schedule.running.due_visits import DueVisit

__all__ = [
    "Book",
    "Context",
    "CourseLine",
    "CourseState",
    "DiaryLine",
    "DueVisit",
    "Event",
    "Head",
    "Rebooking",
    "Receipt",
    "Verification",
]

_HOMES = {
    "Book": "running.course_book:CourseBook",
    "Context": "book.writing",
    "CourseLine": "book.lines",
    "CourseState": "book.state",
    "DiaryLine": "book.lines",
    "Event": "book.events",
    "Head": "book.events",
    "DueVisit": "running.due_visits",
    "Rebooking": "running.course_book",
    "Receipt": "book.writing",
    "Verification": "book.verification",
}

# A misspelt name is an error of types, since a checker does not see these.
if not TYPE_CHECKING:
    __getattr__, __dir__ = loaded_when_used(globals(), _HOMES)

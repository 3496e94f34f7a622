"""The grids of a diary as a web page: a single file that runs no script and asks for nothing."""

from collections.abc import Sequence

from markupsafe import Markup

from meso_schedule.course.day_grid import DayGrid
from meso_schedule.output.web.page import digest, resource, template
from meso_schedule.output.words.language import Language

# A day: its title, what is to be said of it, and its grid where anybody is named.
Day = tuple[str, str, DayGrid | None]


def grid_page(title: str, clinic: str, days: Sequence[Day], spoken: Language) -> str:
    """Return the days of a diary as a web page; the same days give the same text.

    Args:
        title: Its heading.
        clinic: The clinic's name.
        days: The days.
        spoken: How the time is written.
    """
    style = resource("grid.css")
    return template("grid.html").render(
        title=title,
        clinic=clinic,
        days=days,
        clock=spoken.clock,
        style=Markup(style),  # our own file, no data in it
        style_hash=digest(style),
    )

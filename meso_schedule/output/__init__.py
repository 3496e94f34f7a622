"""One plan in each form; each is a pure function of one `CoursePlan`.

Rooms: `words` (texts and languages), `terminal`, `print` (the PDF sheet), `web` (the page).
`feed` writes iCalendar, `tables` CSV and Markdown.
Way in: `forms`, whose names are offered here. What runs comes in, and the command line; no output
knows how a plan was found.
"""

from typing import TYPE_CHECKING

from meso_schedule.base.public_names import loaded_when_used

if TYPE_CHECKING:
    from meso_schedule.output.calendar_file import Gone
    from meso_schedule.output.forms import (
        languages,
        to_csv,
        to_events,
        to_fhir,
        to_html,
        to_ics,
        to_json,
        to_markdown,
        to_pdf,
        to_text,
        to_xlsx,
    )

__all__ = [
    "Gone",
    "languages",
    "to_csv",
    "to_events",
    "to_fhir",
    "to_html",
    "to_ics",
    "to_json",
    "to_markdown",
    "to_pdf",
    "to_text",
    "to_xlsx",
]

if not TYPE_CHECKING:
    _HOMES = dict.fromkeys(__all__, "output.forms") | {"Gone": "output.calendar_file"}
    __getattr__, __dir__ = loaded_when_used(globals(), _HOMES)

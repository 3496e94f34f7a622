"""The code that a telephone reads to subscribe to a course's appointments: a link, never dates."""

from io import BytesIO
from typing import NamedTuple

from meso_schedule.base.phrases import phrase
from meso_schedule.clinic.feed_link import feed_link
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.words.language import Language

# What a camera needs around the code, in its squares (ISO/IEC 18004).
_QUIET = 4


_TOLD = phrase(
    "Scan this code to have your appointments in your phone's calendar, always up to date."
)


class FeedCode(NamedTuple):
    """A QR code and what is said beside it.

    Args:
        link: What it leads to.
        told: What it is for.
        picture: It, as SVG, black on white with its quiet zone.
        squares: How many it has in a row, with the quiet zone.
        quiet: How many of them the quiet zone takes on each side.
    """

    link: str
    told: str
    picture: bytes
    squares: int
    quiet: int = _QUIET


def feed_code(plan: CoursePlan, language: Language) -> FeedCode | None:
    """Return the code of a course's feed; None without a link, or with nothing to come."""
    if plan.clinic.feed_url is None or not plan.visits:
        return None
    import segno

    link = feed_link(plan.clinic.feed_url, plan.reference)
    code = segno.make_qr(link, error="m")
    drawn = BytesIO()
    code.save(drawn, kind="svg", border=_QUIET, light="#fff", omitsize=True, xmldecl=False)
    return FeedCode(link, language.say(_TOLD), drawn.getvalue(), len(code.matrix) + 2 * _QUIET)

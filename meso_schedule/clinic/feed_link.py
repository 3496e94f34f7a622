"""Where a patient's appointments can be subscribed to: a link, of each course its own."""

import re
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator

from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.free_text import Line

REFERENCE = "{reference}"
_EXAMPLE = f"https://clinic.example/feeds/{REFERENCE}.ics"
# The characters of a URI (RFC 3986); braces stand round the reference alone.
_URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


def _feed_link(text: str) -> str:
    if problem := _problem(text):
        raise FormatError("bad_link", text, problem, f"Write for example {_EXAMPLE}.")
    return text


def _problem(text: str) -> str | None:
    """Say what is wrong with a link that a patient's telephone shall follow."""
    shown = shortened(text)
    if not _URI.fullmatch(text.replace(REFERENCE, "")):
        return f"{shown} is no link; what stands in braces is {REFERENCE} alone."
    try:
        parts = urlsplit(text)
        named, who = parts.hostname, parts.username
        parts.port  # noqa: B018 - asked for what it refuses
    except ValueError:
        return f"{shown} is no link."
    if parts.scheme != "https":
        return f"{shown} is not https."
    if not named or REFERENCE in parts.netloc:
        return f"{shown} names no server."
    return f"{shown} gives a user or a password away." if who is not None else None


def feed_link(template: str, reference: str) -> str:
    """Return the link of a course.

    Args:
        template: What the clinic file says.
        reference: The course's.

    >>> feed_link("https://clinic.example/{reference}.ics", "EX 1/2")
    'https://clinic.example/EX%201%2F2.ics'
    """
    return template.replace(REFERENCE, quote(reference, safe=""))


FeedLink = Annotated[Line, AfterValidator(_feed_link)]

"""One plan as a web page: a single file that runs no script and asks for nothing."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from meso_schedule.base.harmless import harmless
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.web.page_view import PageView
from meso_schedule.output.words.language import Language

_PNG = b"\x89PNG\r\n\x1a\n"


def page(plan: CoursePlan, *, language: Language, logo: bytes | None = None) -> str:
    """Return a plan as a web page; the same plan gives the same text.

    Args:
        plan: The plan.
        language: Its words, dates and numbers.
        logo: A PNG or SVG image for the head of the page.
    """
    style = resource("page.css")
    view = PageView(plan, language)
    return template("page.html").render(
        view=view,
        plan=plan,
        say=language.say,
        style=Markup(style),  # our own file, no data in it
        style_hash=digest(style),
        logo=_data_uri(logo) if logo else None,
        code_picture=_data_uri(view.feed_code.picture) if view.feed_code else None,
    )


@cache
def template(name: str) -> Template:
    """Return one of our templates; what is put into it is escaped, and turns no reading order."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    return environment.from_string(resource(name))


@cache
def resource(name: str) -> str:
    """Return the text of a file beside this one."""
    return files("meso_schedule.output.web").joinpath(name).read_text("utf-8")


@cache
def digest(style: str) -> str:
    """Return what the Content-Security-Policy calls this style, and no other, by."""
    return b64encode(sha256(style.encode()).digest()).decode()


def _data_uri(logo: bytes) -> str:
    kind = "png" if logo.startswith(_PNG) else "svg+xml"
    return f"data:image/{kind};base64,{b64encode(logo).decode()}"


def _harmless(value: Any) -> Any:
    """Take from every value what would turn the reading order; what is markup already stays."""
    return value if isinstance(value, Markup) else harmless(str(value))

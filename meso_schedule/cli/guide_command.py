"""`guide`: the reference, page by page."""

import io
from pathlib import Path
from typing import Annotated

import typer

import meso_schedule
from meso_schedule.base.errors import InputError, UnknownNameError
from meso_schedule.cli.environment import has_colour, width, write_out
from meso_schedule.cli.usage import Command

_PAGES = Path(meso_schedule.__file__).with_name("guide")
# In the order in which one reads them.
TOPICS = (
    *("first-steps", "clinic-files", "rule-files", "book", "shared-clinic", "formats", "library"),
    *("spreadsheet", "sources", "exact-and-safe"),
)


def _complete(incomplete: str) -> list[str]:
    return [topic for topic in TOPICS if topic.startswith(incomplete)]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("guide", cls=Command)(guide)


def guide(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC",
            help=f"{', '.join(TOPICS)}; left out, what each is about.",
            autocompletion=_complete,
            show_default=False,
        ),
    ] = None,
    *,
    man: Annotated[
        bool, typer.Option("--man", help="Print the manual page of every command, for man.")
    ] = False,
) -> None:
    """Read the guide: first steps, files, the book, formats, the library, how exact it is."""
    if man:
        if topic is not None:
            problem, remedy = "It takes no topic.", "Leave one of them out."
            raise InputError.of("contradiction", problem, field="man", remedy=remedy)
        from meso_schedule.cli.man_page import man_page

        write_out(man_page())
        return
    text = _contents() if topic is None else page(topic)
    write_out(_rendered(text) if has_colour() else text)


def page(topic: str) -> str:
    """Return a page of the guide as Markdown.

    Raises:
        UnknownNameError: When there is none of that name.
    """
    named = topic.strip().lower().replace(" ", "-")
    if named not in TOPICS:
        raise UnknownNameError("topic", topic, TOPICS)
    return (_PAGES / f"{named}.md").read_text("utf-8")


def _contents() -> str:
    told = ((topic, page(topic).splitlines()[0].lstrip("# ")) for topic in TOPICS)
    lines = (f"- `meso-schedule guide {topic}`: {title}" for topic, title in told)
    return "\n".join(["# Guide", "", *lines, ""])


def _rendered(text: str) -> str:
    """Lay Markdown out for a terminal."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(file=io.StringIO(), width=width(), force_terminal=True)
    with console.capture() as captured:
        console.print(Markdown(text, hyperlinks=False))
    return captured.get()

"""Free text of every kind in the outputs of text: on the terminal, in Markdown and in JSON."""

import json
import re

import pytest
from markdown_it import MarkdownIt

from meso_schedule.course.plan_json import plan_json
from meso_schedule.output.tables import markdown_plan
from meso_schedule.output.terminal.plan_text import plan_text
from tests.output.test_feed import poisoned
from tests.support.lengths import sampled
from tests.support.payloads import PAYLOADS

# Everything that could command a terminal or turn the reading order around.
COMMANDS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MARKUP = {"html_inline", "html_block", "link_open", "image", "code_inline", "code_block", "em_open"}


def shapes(markdown: str) -> list[str]:
    """Return the kinds of all parts of a document, as a parser of CommonMark sees them."""
    found: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        found.append(token.type)
        found += [part.type for part in token.children or ()]
    return found


@pytest.mark.parametrize("payload", sampled(PAYLOADS, 3), ids=ascii)
def test_free_text_commands_no_terminal(payload: str) -> None:
    for width in (60, 80, 200):
        page = plan_text(poisoned(payload), width=width, calendar=True)
        assert not COMMANDS.search(page)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_free_text_is_no_markdown(payload: str) -> None:
    made = markdown_plan(poisoned(payload))
    assert not COMMANDS.search(made)
    parts = shapes(made)
    assert not MARKUP & set(parts)
    blocks = [kind for kind in parts if kind.endswith("_open")]
    assert blocks == [kind for kind in shapes(markdown_plan(poisoned("Anna"))) if "_open" in kind]


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_free_text_is_data_in_json(payload: str) -> None:
    document = plan_json(poisoned(payload))
    assert not COMMANDS.search(document.replace("\n", ""))
    table = json.loads(document)
    assert table["patient"] == payload
    assert table["clinic"]["name"] == payload

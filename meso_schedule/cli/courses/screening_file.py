"""Answers to screening questions, and a consent, as they are typed or stand in a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from meso_schedule.base.errors import InputError
from meso_schedule.base.source_files import read_limited
from meso_schedule.base.text_files import MAX_BYTES, decode, parse_json
from meso_schedule.book.records import Screened
from meso_schedule.cli.environment import STANDARD_INPUT, open_input
from meso_schedule.cli.error_messages import placing
from meso_schedule.course.request_reading import text_faults
from meso_schedule.running.course_drafts import refuse_clearing


def read_screened(given: Mapping[str, Any], today: date) -> Screened | None:
    """Return what was answered; None where nothing was.

    Args:
        given: What was typed, by the names of the options.
        today: The day of asking, on which it was answered.

    Raises:
        PlacedError: For a file that holds no list of answers.
        InputError: For a clinician who clears what was not asked.
    """
    name, consent = given["screening"], given["consent"]
    if name is None and consent is None:
        refuse_clearing(
            given["cleared_by"], "Give the answers with --screening FILE, or leave it out."
        )
        return None
    values = {"consent": consent, "cleared_by": given["cleared_by"]}
    with placing({"screening": _source(name)} if name else {}):
        answers = _answers(name) if name else []
        told = {key: value for key, value in values.items() if value is not None}
        return Screened.read({"on": today, "screening": answers, **told})


def _answers(name: str) -> Any:
    with open_input(name) as file:
        text = decode(read_limited(file, _source(name), MAX_BYTES), _source(name))
    answers = parse_json(text, _source(name))
    if faults := list(text_faults({"screening": answers})):
        raise InputError(faults)
    return answers


def _source(name: str) -> str:
    return STANDARD_INPUT if name == "-" else name

"""The language of what is shown and of what is printed."""

from meso_schedule.output.words.language import ENGLISH, Language


def terminal_language(code: str | None) -> Language:
    """Return the language of text; English needs no catalogue there."""
    return ENGLISH if code in (None, ENGLISH.code) else paper_language(code)


def paper_language(code: str | None) -> Language:
    """Return the language of what is printed or shown in a browser."""
    from meso_schedule.output.words.translation import find_language

    return find_language(code or ENGLISH.code)

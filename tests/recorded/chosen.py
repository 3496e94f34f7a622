"""Requests written one by one: noes, bad input, comparisons, protocols, files, help."""

from tests.recorded.cases import Case, Step, asked, case_of

_GROUPS = ("noes", "refused", "compared", "protocols", "files", "help")
_ASKED = (
    '{"protocol": "cellulite", "start": "2026-12-01", "days": ["mon", "tue"]}',
    '{"protocol": ["mesobotox", "hyaluronic-acid"], "start": "2027-01-04", "late": "two"}',
    '{"protocol": "cellulite", "start": "2026-12-01", "away": "2026-12-19..2027-01-06"}',
    "[]",
    "",
)


def chosen_cases() -> list[Case]:
    """Return the requests that are written one by one."""
    read = ("plan", "--request", "-", "--as-of", "2026-11-22", "--format", "json")
    return [
        *(case for group in _GROUPS for case in asked(group)),
        *(case_of("read", number, Step(read, stdin=text)) for number, text in enumerate(_ASKED)),
    ]

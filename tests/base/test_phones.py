"""Which numbers are the same, by the numbering plans of the countries they are written in."""

import pytest

from meso_schedule.base.phones import abroad


@pytest.mark.parametrize(
    ("written", "home", "expected", "source"),
    [
        ("07700 900123", "GB", "447700900123", "Ofcom, numbers for drama"),
        ("(0)20 7946-0018", "GB", "442079460018", "Ofcom, numbers for drama"),
        ("+44 (0)20 7946 0018", "GB", "442079460018", "as business cards have it"),
        ("030 23125 000", "DE", "493023125000", "BNetzA, numbers for drama"),
        ("01 99 00 12 34", "FR", "33199001234", "ARCEP, numbers for drama"),
        ("06 698 12345", "IT", "3906 69812345".replace(" ", ""), "Italy keeps the 0"),
        ("912 345 678", "ES", "34912345678", "Spain has none"),
        ("22 123 45 67", "PL", "48221234567", "Poland has none since 2009"),
        ("06 20 123 4567", "HU", "36201234567", "Hungary dials 06"),
        ("(212) 555-0100", "US", "12125550100", "NANP"),
        ("1 212 555 0100", "CA", "12125550100", "NANP, with the 1"),
        ("0049 30 23125000", "GB", "493023125000", "another country's stays"),
        ("7946 0018", "GB", "79460018", "without its area it is no national number"),
        ("07700 900123", None, "07700900123", "no country known"),
        ("07700 900123", "KZ", "07700900123", "a country that is not listed"),
    ],
)
def test_as_called_from_abroad(written: str, home: str | None, expected: str, source: str) -> None:
    assert abroad(written, home) == expected, source

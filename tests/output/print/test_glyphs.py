"""The letters of the sheet's fonts, held against another reader of fonts."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from meso_schedule.output.print.glyphs import FONTS, cleaned, covered, printed
from tests.support.payloads import CLEANED


def points(path: Path) -> set[int]:
    return set(TTFont(path).getBestCmap())


def test_the_letters_are_those_of_the_fonts() -> None:
    regular = sorted(FONTS.glob("*-Regular.ttf"))
    assert len(regular) == 2
    assert covered() == set().union(*map(points, regular))


def test_bold_letters_are_the_same() -> None:
    # Arabic has one weight: where bold is asked for, the typesetter takes it.
    bold = FONTS.glob("*-SemiBold.ttf")
    assert [path.name for path in bold] == ["SheetSans-SemiBold.ttf"]
    assert points(FONTS / "SheetSans-SemiBold.ttf") == points(FONTS / "SheetSans-Regular.ttf")


def test_each_font_has_its_licence() -> None:
    families = {path.name.partition("-")[0] for path in FONTS.glob("*.ttf")}
    for family in families:
        assert "SIL Open Font License" in (FONTS / f"{family}-LICENSE.txt").read_text("utf-8")
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 2_000_000


def test_the_letters_of_europe_and_arabic_are_there() -> None:
    alphabets = (
        "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ áčďéěíňóřšťúůýž ăâîșț őű çğıİş ðþæøåœßẞ āēīūģķļņ ėįųū ñ",
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя ґєіїў ђјљњћџ",
        "αβγδεζηθικλμνξοπρσςτυφχψω άέήίόύώϊϋΐΰ",
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأإؤئ پچژگکی",
        "€£¥₽₴₺ −–—…‘’“”«»„°×½№",
    )
    lacking = {char for text in alphabets for char in text if ord(char) not in covered()}
    assert lacking - {" "} == set()


@pytest.mark.parametrize(("written", "read"), CLEANED.items())
def test_unseen_signs_are_left_out(written: str, read: str) -> None:
    assert cleaned(written) == read


def test_joiners_of_arabic_scripts_stay() -> None:
    assert cleaned("می\u200cخواهم\u200d") == "می\u200cخواهم\u200d"


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("Blutgerinnungshemmerbehandlung", 1),
        ("reception@schoenheitszentrum-example.com", 1),
        ("x" * 31, 3),
        ("x" * 12 + "\u0301" * 30, 1),
        ("no word is long here, however many", 1),
    ],
)
def test_long_words_can_break(word: str, pieces: int) -> None:
    found = printed(word).split("\u200b")
    assert len(found) == pieces
    assert "".join(found) == word

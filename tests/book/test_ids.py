"""Course ids: every single slip of the hand is refused."""

import string

import pytest

from meso_schedule.base.errors import FormatError
from meso_schedule.book.ids import ALPHABET, LENGTH, new_course_id, parse_course_id
from tests.book.samples import fixed

IDS = [new_course_id(randomness) for randomness in [fixed(5)] for _ in range(40)]


def is_refused(text: str) -> bool:
    try:
        parse_course_id(text)
    except FormatError:
        return True
    return False


def test_the_alphabet_has_a_prime_number_of_characters_none_like_another() -> None:
    assert len(set(ALPHABET)) == 23
    assert not set(ALPHABET) & set("0o1il5s8b2z" + "aeu") - {"2", "5", "8"}


def test_ids_are_read_in_capitals_and_with_space_around() -> None:
    assert [parse_course_id(f" {text.upper()} ") for text in IDS] == IDS
    assert {len(text) for text in IDS} == {LENGTH}
    assert len(set(IDS)) == len(IDS)


def test_every_single_wrong_character_is_refused() -> None:
    for text in IDS:
        for place in range(LENGTH):
            for char in string.printable:
                if char.lower() != text[place]:
                    assert is_refused(text[:place] + char + text[place + 1 :])


def test_every_two_neighbours_that_swapped_places_are_refused() -> None:
    for text in IDS:
        for place in range(LENGTH - 1):
            first, second = text[place], text[place + 1]
            swapped = text[:place] + second + first + text[place + 2 :]
            assert is_refused(swapped) == (first != second)


def test_a_character_too_many_or_too_few_is_refused() -> None:
    for text in IDS:
        assert is_refused(text[1:])
        assert is_refused(text[:-1])
        assert all(is_refused(text + char) for char in ALPHABET)


def test_the_sentence() -> None:
    with pytest.raises(FormatError) as caught:
        parse_course_id("xxxx")
    assert str(caught.value).startswith("'xxxx' is no course id. Check it for a slip of the hand")

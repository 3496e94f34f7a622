"""Every text that people read exists in every language, with the same values in it."""

import re

import pytest
from babel import Locale

from meso_schedule.output.words.translation import LOCALES
from tests.support.texts import LANGUAGES, catalogue, rule_texts, source_texts

OTHERS = [code for code in LANGUAGES if code != "en"]


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_is_missing_and_none_is_stale(code: str) -> None:
    texts, plurals = source_texts()
    assert set(catalogue(code)["texts"]) == texts
    assert set(catalogue(code)["rules"]) == rule_texts() - texts
    assert set(catalogue(code)["plurals"]) == plurals


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_names_the_values_of_its_text(code: str) -> None:
    for text, said in (catalogue(code)["texts"] | catalogue(code)["rules"]).items():
        assert isinstance(said, str)
        assert said.strip(), text
        assert fields(said) == fields(text), text
        assert said.strip("\n ") == said, text


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_plural_has_every_form_of_its_language(code: str) -> None:
    _, plurals = source_texts()
    needed = Locale.parse(LOCALES[code]).plural_form.tags | {"other"}
    assert set(catalogue(code)["plurals"]) == plurals
    for text, forms in catalogue(code)["plurals"].items():
        assert isinstance(forms, dict)
        assert set(forms) == needed, text
        for form in forms.values():
            assert fields(form) <= fields(text), text
        assert fields(forms["other"]) == fields(text), text


def test_no_two_languages_say_everything_alike() -> None:
    for code in OTHERS:
        texts = catalogue(code)["texts"] | catalogue(code)["rules"]
        same = [
            text
            for text, said in texts.items()
            if text == said and len(re.findall(r"[a-z]+", re.sub(r"\{\w+\}", "", text))) > 2
        ]
        assert not same, code

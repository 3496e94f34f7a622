"""Every text that people read exists in every language, with the same values in it."""

import gettext
import os
import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from babel.messages.pofile import read_po

from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.output.words.catalogues import FOLDER, read_catalogue
from meso_schedule.output.words.translation import LOCALES
from tests.support.texts import wanted_entries

OTHERS = [code for code in LANGUAGES if code != "en"]
# How many forms a plural of whole numbers has, after the manual of gettext.
FORMS = {"fr": 2, "de": 2, "es": 2, "it": 2, "pl": 3}
REMEDY = "run `python -m tests.support.catalogues`, then translate what is empty"


def catalogue(code: str) -> polib.POFile:
    return polib.pofile(str(FOLDER / f"{code}.po"))


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_each_language_has_its_catalogue() -> None:
    assert {path.stem for path in FOLDER.glob("*.po")} == {*OTHERS} == {*LOCALES} - {"en"}


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_is_missing_and_none_is_stale(code: str) -> None:
    entries = catalogue(code)
    found = {(it.msgctxt or "", it.msgid, it.msgid_plural) for it in entries}
    assert found == wanted_entries(), REMEDY
    assert not [it.msgid for it in entries if not it.translated() or it.obsolete], REMEDY


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_names_the_values_of_its_text(code: str) -> None:
    for entry in catalogue(code):
        if not entry.msgid_plural:
            assert fields(entry.msgstr) == fields(entry.msgid), entry.msgid
            assert entry.msgstr.strip("\n ") == entry.msgstr, entry.msgid


@pytest.mark.parametrize("code", OTHERS)
def test_a_plural_has_every_form_of_its_language(code: str) -> None:
    for entry in catalogue(code):
        if many := entry.msgid_plural:
            forms = entry.msgstr_plural
            assert set(forms) == set(range(FORMS[code])), many
            assert all(fields(form) <= fields(many) for form in forms.values()), many
            # Only a form for exactly one thing may leave out how many there are.
            assert all(fields(forms[form]) == fields(many) for form in forms if form), many


@pytest.mark.parametrize("code", OTHERS)
def test_a_translators_tool_opens_it(code: str) -> None:
    path = FOLDER / f"{code}.po"
    with path.open("rb") as texts:
        read = read_po(texts, abort_invalid=True)
    assert str(read.locale) == code
    assert not [errors for _, errors in read.check() if errors]
    if msgfmt := shutil.which("msgfmt"):
        subprocess.run([msgfmt, "--check", "-o", os.devnull, path], check=True, capture_output=True)


def sayings(code: str) -> list[str]:
    return [said for it in catalogue(code) for said in (it.msgstr, *it.msgstr_plural.values())]


@pytest.mark.parametrize("code", OTHERS)
def test_signs_stand_as_the_language_sets_them(code: str) -> None:
    """After the rules of CLDR for percents, of the Imprimerie nationale for French signs."""
    # Numbers of a law and of a disease are no ranges.
    said = " ".join(sayings(code)).replace("2011-382", "").replace("COVID-19", "")
    assert re.findall(r"\d ?-\s?\d", said) == []
    space = "\N{NO-BREAK SPACE}" if code in ("fr", "de", "es") else ""
    assert {*re.findall(r"\d(\s*)%", said)} == {space}
    if code == "fr":
        assert {*re.findall(r"(\s?)[;!?](?=\s|$)", said)} == {"\N{NARROW NO-BREAK SPACE}"}
        assert {*re.findall(r"(\s)[:»]", said)} == {"\N{NO-BREAK SPACE}"}


def test_no_two_languages_say_everything_alike() -> None:
    for code in OTHERS:
        same = [
            it.msgid
            for it in catalogue(code)
            if it.msgid == it.msgstr
            and len(re.findall(r"[a-z]+", re.sub(r"\{\w+\}", "", it.msgid))) > 2
        ]
        assert not same, code


def small_catalogue(path: Path, said: str) -> None:
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    made.append(polib.POEntry(msgid="closed", msgstr=said))
    made.save(str(path))


def test_a_catalogue_newer_than_what_was_made_of_it_is_read_itself(tmp_path: Path) -> None:
    source, compiled = tmp_path / "de.po", tmp_path / "de.mo"
    small_catalogue(source, "zu")
    assert read_catalogue("de", tmp_path).gettext("closed") == "zu"
    polib.pofile(str(source)).save_as_mofile(str(compiled))
    small_catalogue(source, "geschlossen")
    made_at = source.stat().st_mtime
    for age, said in ((-1, "geschlossen"), (0, "zu")):
        os.utime(compiled, (made_at + age, made_at + age))
        os.utime(source, (made_at, made_at))
        assert read_catalogue("de", tmp_path).gettext("closed") == said
    source.unlink()
    assert read_catalogue("de", tmp_path).gettext("closed") == "zu"


def test_a_package_without_its_catalogue_is_never_english_in_silence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_catalogue("de", tmp_path)
    assert type(read_catalogue("en", tmp_path)) is gettext.NullTranslations

"""Bring the catalogues up to date with the sources: `python -m tests.support.catalogues`.

What the sources say anew is added without a translation, what they say no more is taken out, and
each catalogue is compiled, so that a clone tells the new texts. A new language is begun by its
locale: `python -m tests.support.catalogues sv_SE`.
"""

import re
import sys
from pathlib import Path

import polib
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from meso_schedule.output.words.catalogues import FOLDER
from tests.support.texts import rule_texts, source_texts, wanted_entries

OF_RULES = "A text of the packaged rule files."


def main(locales: list[str]) -> None:
    """Update every catalogue that there is, and begin those of some locales."""
    for locale in locales:
        new = polib.POFile(wrapwidth=0)
        new.metadata = head(locale)
        new.save(str(FOLDER / f"{locale[:2]}.po"))
    for path in sorted(FOLDER.glob("*.po")):
        update(path)
        with path.open("rb") as texts, path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(texts))


def head(locale: str) -> dict[str, str]:
    """Return what stands at the head of the catalogue of a locale."""
    return {
        "Project-Id-Version": "meso_schedule",
        "Language": locale,
        "Plural-Forms": get_plural(locale).plural_forms,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }


def update(path: Path) -> None:
    """Add what is missing to a catalogue and take out what is stale, in the order of the texts."""
    old = polib.pofile(str(path), wrapwidth=0)
    entries = {(it.msgctxt or "", it.msgid, it.msgid_plural): it for it in old}
    made = polib.POFile(wrapwidth=0)
    made.metadata = old.metadata
    for wanted in sorted(wanted_entries(), key=lambda it: (it[1].casefold(), it)):
        made.append(entries.get(wanted) or empty(*wanted, made.metadata))
    made.save(str(path))


def empty(context: str, text: str, many: str, metadata: dict[str, str]) -> polib.POEntry:
    """Return an entry without its translation."""
    comment = OF_RULES if text in rule_texts() - source_texts()[0] else ""
    entry = polib.POEntry(msgctxt=context or None, msgid=text, msgid_plural=many, comment=comment)
    if "{" in text:
        entry.flags.append("python-brace-format")
    if many:
        forms = re.findall(r"nplurals=(\d)", metadata["Plural-Forms"])
        entry.msgstr_plural = dict.fromkeys(range(int(forms[0])), "")
    return entry


if __name__ == "__main__":
    main(sys.argv[1:])

"""The texts of a language as gettext catalogues: `.po` is the source, `.mo` what a build makes.

An installed package holds `.mo` alone. Where sources stand beside it and are newer, as after a
change in an editable install, they are read instead, which takes longer.
"""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from meso_schedule.base.phrases import LANGUAGES

FOLDER = Path(__file__).parent / "languages"


def read_catalogue(code: str, folder: Path = FOLDER) -> NullTranslations:
    """Return the texts of a language; those of the source's own stand in no file.

    Raises:
        OSError: When the package was not installed whole.
    """
    if code == LANGUAGES[0]:
        return NullTranslations()
    compiled, source = folder / f"{code}.mo", folder / f"{code}.po"
    with _made_of(source) if _is_stale(compiled, source) else compiled.open("rb") as texts:
        return GNUTranslations(texts)


def _is_stale(compiled: Path, source: Path) -> bool:
    if not source.exists():
        return False
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _made_of(source: Path) -> BinaryIO:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = BytesIO()
    with source.open("rb") as texts:
        write_mo(made, read_po(texts))
    made.seek(0)
    return made

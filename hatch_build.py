"""What a build makes of the sources: each catalogue of texts, compiled, and the manual page."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LANGUAGES = Path("meso_schedule", "output", "words", "languages")


# What the program needs to say what its commands are.
HELP = ("jinja2", "pydantic", "sqlalchemy", "typer")


class BuildHook(BuildHookInterface[Any]):
    """Compile catalogues for a wheel, and in their place for an editable install.

    A wheel has the manual page too, made of the help.
    """

    def dependencies(self) -> list[str]:
        """Return what the help needs, with the floors of the project."""
        known = self.metadata.core.dependencies
        return [it for it in known if re.split(r"[^\w.-]", it)[0] in HELP]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write a `.mo` beside each `.po`, and the page where it is taken from."""
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for source in (Path(self.root) / LANGUAGES).glob("*.po"):
            with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(texts))
        if version == "editable":
            return
        self._made = TemporaryDirectory()
        page = Path(self._made.name, "meso-schedule.1")
        words = [sys.executable, "-m", "meso_schedule", "guide", "--man"]
        page.write_bytes(subprocess.run(words, cwd=self.root, check=True, stdout=-1).stdout)
        build_data["shared_data"][str(page)] = f"share/man/man1/{page.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Take the page away again."""
        if version != "editable":
            self._made.cleanup()

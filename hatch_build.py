"""What a build makes of the sources: each catalogue of texts, compiled."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LANGUAGES = Path("meso_schedule", "output", "words", "languages")


class CatalogueHook(BuildHookInterface[Any]):
    """Compile catalogues for a wheel, and in their place for an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write a `.mo` beside each `.po`."""
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for source in (Path(self.root) / LANGUAGES).glob("*.po"):
            with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(texts))

"""Puts the developers' texts of docs/ into the package when it is built; everything else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
TEXTS = ("wire/*.md", "clients/webhooks.md")


class BuildWithTexts(build_py):
    """Copies the texts beside ``vonk/wire/business/texts.py``, which reads them there."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # A checkout has docs/ itself.
        for pattern in TEXTS:
            for text in (ROOT / "docs").glob(pattern):
                target = Path(self.build_lib, "vonk/wire/business/texts", text.relative_to(ROOT / "docs"))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(text, target)


setup(cmdclass={"build_py": BuildWithTexts})

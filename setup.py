"""Compiles the catalogues of texts (decision 0055) and puts the developers' texts of docs/ into the package when it is built.

Everything else is in pyproject.toml.
"""

import shutil
from pathlib import Path

import polib
from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
TEXTS = ("wire/*.md", "clients/webhooks.md")


class BuildWithTexts(build_py):
    """Compiles what Django reads beside its source, also in a checkout; copies the developers' texts beside
    ``vonk/wire/business/texts.py``, which reads them there.
    """

    def run(self) -> None:
        for catalogue in (ROOT / "vonk/locale").glob("*/LC_MESSAGES/*.po"):
            polib.pofile(str(catalogue)).save_as_mofile(str(catalogue.with_suffix(".mo")))
        super().run()
        if self.editable_mode:
            return  # A checkout has docs/ itself.
        for pattern in TEXTS:
            for text in (ROOT / "docs").glob(pattern):
                target = Path(self.build_lib, "vonk/wire/business/texts", text.relative_to(ROOT / "docs"))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(text, target)


setup(cmdclass={"build_py": BuildWithTexts})

"""scripts/texts: bring the catalogues up to date, compile them, or say what is wrong with them.

scripts/texts            take up new texts (untranslated), drop those that are gone, compile
scripts/texts --check    change nothing; say what is missing or wrong, and fail if anything is
scripts/texts --compile  only compile
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polib

from scripts.extraction import Text, texts

LOCALE: Final = Path(__file__).parent.parent / "vonk" / "locale"
# The languages beside English, each with its rule of plural forms.
PLURALS: Final = {"fr": "nplurals=2; plural=(n > 1);", "nl": "nplurals=2; plural=(n != 1);"}
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[-0-9.]*[a-zA-Z]|%[sd]")
_MARKUP: Final = re.compile(r"</?\w+|https?://\S+")


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; return the process's exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vonk.config.settings")
    if arguments == ["--compile"]:
        compile_all()
        return 0
    if arguments == ["--check"]:
        wrong = list(faults())
        print("\n".join(wrong) or "Every text is translated.")  # noqa: T201 - a command prints.
        return 1 if wrong else 0
    if arguments:
        print(__doc__)  # noqa: T201 - a command prints.
        return 2
    found = texts()
    for language in PLURALS:
        left = merge(language, found)
        print(f"{language}: {len(found)} texts, {left} of them untranslated")  # noqa: T201 - a command prints.
    compile_all()
    return 0


def catalogue_path(language: str) -> Path:
    """Return where a language's texts are kept."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> polib.POFile:
    """Return a language's texts; none at all for one that is begun."""
    path = catalogue_path(language)
    catalogue = polib.pofile(str(path), wrapwidth=120) if path.exists() else polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Project-Id-Version": "Vonk",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def merge(language: str, found: dict[Text, set[str]]) -> int:
    """Write the language's catalogue anew with exactly these texts, keeping translations; return how many have none."""
    known = {_text(entry): entry for entry in load(language)}
    catalogue = load(language)
    catalogue.clear()
    for text, where in sorted(found.items(), key=lambda item: (min(item[1]), item[0])):
        entry = known.get(text) or _empty(text)
        entry.occurrences = [(name, "") for name in sorted(where)]
        entry.flags = ["python-format"] if _PLACEHOLDER.search(text.one + text.many) else []
        catalogue.append(entry)
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path), newline="\n")
    return sum(not is_said(entry) for entry in catalogue)


def _text(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _empty(text: Text) -> polib.POEntry:
    entry = polib.POEntry(msgid=text.one, msgctxt=text.context or None)
    if text.many:
        entry.msgid_plural, entry.msgstr_plural = text.many, {0: "", 1: ""}
    return entry


def is_said(entry: polib.POEntry) -> bool:
    """Say whether every form of the text is translated."""
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def compile_all() -> None:
    """Make the files that Django reads."""
    for language in PLURALS:
        load(language).save_as_mofile(str(catalogue_path(language).with_suffix(".mo")))


def faults() -> Iterator[str]:
    """Yield a line for each text that a catalogue lacks, and each translation that cannot stand for its text."""
    found = texts()
    for language in PLURALS:
        known = {_text(entry): entry for entry in load(language)}
        for text in found:
            if text not in known or not is_said(known[text]):
                yield f"{language}: not translated: {text.one!r}"
        for text, entry in known.items():
            if text not in found:
                yield f"{language}: no text of the product any more: {text.one!r}"
            yield from (f"{language}: {fault}: {text.one!r}" for fault in faults_of(entry))


def faults_of(entry: polib.POEntry) -> Iterator[str]:
    """Yield what is wrong with a translation that is there."""
    if "fuzzy" in entry.flags:
        yield "fuzzy"
    for form, said in sorted(entry.msgstr_plural.items()) if entry.msgid_plural else [(0, entry.msgstr)]:
        if not said:
            continue
        one, many = entry.msgid, entry.msgid_plural or entry.msgid
        allowed = [_parts(many)] if form else [_parts(one), _parts(many)]  # One may be said with its number or without.
        if _parts(said) not in allowed:
            yield "other placeholders or markup"
        if said.strip() != said and one.strip() == one:
            yield "space at an end"


def _parts(text: str) -> list[str]:
    return sorted([*_PLACEHOLDER.findall(text.replace("%%", "")), *_MARKUP.findall(text)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

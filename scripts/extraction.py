"""Find every text that a person is shown: in calls of gettext, in templates, and in the closed lists that areas declare.

What an area declares (its errors, its reasons) is not marked where it stands: areas below the web know no language. The
web translates it when it shows it, so it is read from the loaded modules themselves.
"""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import django
import msgspec
from django.utils.functional import Promise
from django.utils.translation.template import templatize

import vonk
from vonk.core.errors import Problem

PACKAGE: Final = Path(vonk.__file__).parent
ONE: Final = {"gettext", "gettext_lazy", "gettext_noop", "later"}
MANY: Final = {"ngettext", "ngettext_lazy", "nlater"}
CONTEXT: Final = {"pgettext", "pgettext_lazy"}
MARKERS: Final = {"django.utils.translation": ONE | MANY | CONTEXT, "vonk.control.wording": {"later", "nlater"}}
DECLARED: Final = (
    "vonk.delivery.matching.refusals:REFUSALS",
    "vonk.events.rules:INVALID_RULES",
    "vonk.events.conversions.refusals:CONVERSION_REFUSALS",
    "vonk.events.validity:EVENT_REFUSALS",
    "vonk.events.conversions.contract:STANDARD_NAMES",
    "vonk.content.rules:CAPTION_REASONS",
    "vonk.content.judgements:REPORT_TEXTS",
    "vonk.content.judgements:MODERATION_REASONS",
    "vonk.core.taxonomy:INTERESTS",
    "vonk.advertising.rules.causes:PRIMARY_TEXTS",
    "vonk.advertising.rules.causes:CAUSES",
    "vonk.advertising.rules.reviews:REVIEW_REASONS",
    "vonk.reporting.public_ads.rules:GROUNDS",
    "vonk.advertising.rules.objectives:CALLS_TO_ACTION",
)
SPOKEN: Final = {"text", "cause", "remedy", "title", "meaning", "message"}  # The fields of a record that are shown.
FOR_PROGRAMS: Final = ("vonk.wire.", "vonk.cli.")  # Their errors are read by programs and operators, in English.
_STRING: Final = r"""(u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
_CALL: Final = re.compile(rf"\b(n?p?gettext|_)\({_STRING}(?:,\s*{_STRING})?")


class Text(NamedTuple):
    """What gettext looks for. ``many`` is "" for a text without plural forms."""

    one: str
    many: str = ""
    context: str = ""


def texts() -> dict[Text, set[str]]:
    """Return every text of the product with the files, or modules, that it stands in."""
    django.setup()
    found: dict[Text, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            for text in of_module(path.read_text(encoding="utf-8")):
                found[text].add(_named(path))
    for path in sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        for text in of_template(path.read_text(encoding="utf-8")):
            found[text].add(_named(path))
    for text, module in declared():
        found[text].add(_named(Path(str(importlib.import_module(module).__file__))))
    return {text: where for text, where in found.items() if text.one.strip()}


def of_module(source: str) -> Iterator[Text]:
    """Yield the texts that a module marks, and the reasons and nouns that it gives to errors."""
    tree = ast.parse(source)
    names = _markers(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        given = [_literal(argument) for argument in node.args]
        marker = names.get(called, "")
        if marker in ONE and given and given[0]:
            yield Text(given[0])
        elif marker in MANY and given[0] and given[1]:
            yield Text(given[0], given[1])
        elif marker in CONTEXT and given[0] and given[1]:
            yield Text(given[1], context=given[0])
        elif called in {"FieldInvalid", "TermsOutOfBounds"} and len(given) > 1 and given[1]:
            yield Text(given[1])
        elif called == "Phrase" and given and given[0]:
            yield Text(given[0])
        elif called == "NotFound":
            yield from (Text(noun) for word in node.keywords if word.arg == "noun" and (noun := _literal(word.value)))


def _markers(tree: ast.Module) -> dict[str, str]:
    """Return what a module calls the functions that mark texts."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in MARKERS.get(node.module or "", ())
    }


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def of_template(source: str) -> Iterator[Text]:
    """Yield the texts of a template, as Django's own reading of it finds them."""
    for called, first, second in _CALL.findall(templatize(source)):
        one = ast.literal_eval(first)
        if called in {"gettext", "_"}:
            yield Text(one)
        elif called == "pgettext":
            yield Text(ast.literal_eval(second), context=one)
        else:
            assert called == "ngettext", f"This reads no {called}: say the text without a context."
            yield Text(one, ast.literal_eval(second))


def declared() -> Iterator[tuple[Text, str]]:
    """Yield the texts of errors and closed lists, each with its module."""
    for found in pkgutil.walk_packages([str(PACKAGE)], "vonk."):
        skipped = ".migrations" in found.name or found.name.startswith(FOR_PROGRAMS)
        if not skipped and not found.name.endswith(("__main__", ".wsgi")):
            importlib.import_module(found.name)
    for error in _below(Problem):
        if error.__module__.startswith(FOR_PROGRAMS):
            continue
        for template in (error.__dict__.get(name, "") for name in ("message", "cause", "remedy")):
            if template:
                yield Text(str(template)), error.__module__
    for address in DECLARED:
        module, _, name = address.partition(":")
        for spoken in _spoken(getattr(importlib.import_module(module), name)):
            yield Text(spoken), module


def _below(error: type[Problem]) -> Iterator[type[Problem]]:
    for inner in error.__subclasses__():
        if inner.__module__.startswith("vonk."):
            yield inner
            yield from _below(inner)


def _spoken(value: Any) -> Iterator[str]:
    if isinstance(value, str | Promise):
        yield from [str(value)] if str(value) else []
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _spoken(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            if not isinstance(inner, str):
                yield from _spoken(inner)
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            inner = getattr(value, field.name)
            if field.name in SPOKEN or not isinstance(inner, str):
                yield from _spoken(inner)


def _named(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))

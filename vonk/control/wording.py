"""Texts for somebody else: written where their cause is, and put into words in the language of whoever reads them.

from vonk.control.wording import later as _

letters.to_person(person_id, subject=_("%(name)s joined") % {"name": name}, …)
"""

from collections.abc import Callable, Iterable
from typing import Any, Self

from django.utils.translation import gettext, ngettext


class Wording(str):
    """A text in the language of the moment, that ``said`` can say again in another.

    ``%`` and ``+`` keep what was said; any other operation of ``str`` gives a plain text, which stays as it is.
    """

    __slots__ = ("say",)
    say: Callable[[], str]

    def __new__(cls, say: Callable[[], str]) -> Self:
        text = super().__new__(cls, say())
        text.say = say
        return text

    def __mod__(self, values: Any) -> "Wording":
        return Wording(lambda: self.say() % said(values))

    def __add__(self, other: str) -> "Wording":
        return Wording(lambda: self.say() + str(said(other)))

    def __radd__(self, other: str) -> "Wording":
        return Wording(lambda: str(said(other)) + self.say())


def later(message: str) -> Wording:
    """Return the text as ``gettext`` does, to be said again for its reader."""
    return Wording(lambda: gettext(message))


def nlater(one: str, many: str, count: int) -> Wording:
    """Return the text as ``ngettext`` does, to be said again for its reader."""
    return Wording(lambda: ngettext(one, many, count))


def joined(separator: str, parts: Iterable[str]) -> Wording:
    """Return the texts in a row, each to be said again for its reader."""
    kept = tuple(parts)
    return Wording(lambda: separator.join(str(said(part)) for part in kept))


def said(value: Any) -> Any:
    """Return a text, or texts among the values of one, in the language of the moment."""
    if isinstance(value, Wording):
        return value.say()
    if isinstance(value, dict):
        return {name: said(inner) for name, inner in value.items()}
    return tuple(said(inner) for inner in value) if isinstance(value, tuple) else value

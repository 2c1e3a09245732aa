"""Texts for somebody else: written where their cause is, and put into words in the language of whoever reads them.

from vonk.control.wording import later as _

letters.to_person(person_id, subject=_("%(name)s joined") % {"name": name}, …)
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Self

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

from vonk.core.errors import Moment, Phrase, Problem


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


def moment(at: datetime) -> Wording:
    """Return an instant as a part of a sentence, as its reader's language writes it and by the clock that is active then.

    The clock's zone is named, for a letter is read anywhere: 23 Nov 2026, 05:31 (Europe/Amsterdam).
    """

    def say() -> str:
        return f"{formats.date_format(timezone.localtime(at), 'SHORT_DATETIME_FORMAT')} ({timezone.get_current_timezone_name()})"

    return Wording(say)


def day(on: date) -> Wording:
    """Return a day as a part of a sentence, as its reader's language writes it."""
    return Wording(lambda: formats.date_format(on, "DATE_FORMAT"))


def of_problem(problem: Problem, template: str) -> str:
    """Return one of a problem's templates in the language and by the clock of the moment; "" for one that it has not."""
    return problem.fill(gettext(template), of_value) if template else ""


def of_value(value: Any) -> Any:
    """Return a value of a problem as its reader reads it: phrases are translated, instants told by the reader's clock."""
    if isinstance(value, Phrase):
        template = gettext(value.template)
        return template % {name: of_value(one) for name, one in value.values.items()} if value.values else template
    return str(moment(value.at)) if isinstance(value, Moment) else said(value)


def kept(value: Any) -> Any:
    """Return a value of a problem so that JSON can keep it, and ``given_back`` restore it, to be said later."""
    if isinstance(value, Phrase):
        return {"template": value.template, "values": {name: kept(one) for name, one in value.values.items()}}
    return {"at": value.at.isoformat()} if isinstance(value, Moment) else str(value)


def given_back(value: Any) -> Any:
    """Return the value that was ``kept``; a text is words of before there were phrases, or a value that needs none."""
    if isinstance(value, dict):
        if "at" in value:
            return Moment(datetime.fromisoformat(value["at"]))
        return Phrase(value["template"], **{name: given_back(one) for name, one in value["values"].items()})
    return value

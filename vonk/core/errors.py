"""The kinds of error. An area's error subclasses one kind; each edge maps kinds to its own codes in one table."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

import msgspec


class Actor(StrEnum):
    """Who can do something about an error."""

    CALLER = "caller"
    ADVERTISER = "advertiser"
    CREATOR = "creator"
    VIEWER = "viewer"
    OPERATOR = "operator"
    PLATFORM = "platform"


class Phrase(str):
    """Words among an error's values: English as they stand, for programs and logs; the edge says them in other languages.

    ``template`` is a %-template over ``values``; without values it stands as it is written.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> Self:
        text = super().__new__(cls, template % values if values else template)
        text.template, text.values = template, values
        return text


class Moment(str):
    """An instant among an error's values: in UTC as it stands; the edge says it by its reader's clock."""

    __slots__ = ("at",)
    at: datetime

    def __new__(cls, at: datetime) -> Self:
        text = super().__new__(cls, f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
        text.at = at
        return text


class Problem(Exception):
    """Something that a person or a program asked for and will not get, and what can be done about it.

    ``code`` is the stable name. ``message``, ``cause`` and ``remedy`` are %-templates over ``values`` and are
    translated before they are filled; a value that is words
    itself is a ``Phrase``, an instant a ``Moment``. ``link`` is the path where the remedy starts; ``field`` the input at fault.
    Never raise Problem itself: an unclassified error is a bug and answers 500.
    """

    code: ClassVar[str]
    message: ClassVar[str]
    cause: ClassVar[str] = ""
    remedy: ClassVar[str] = ""
    actor: ClassVar[Actor] = Actor.CALLER
    link: ClassVar[str] = ""
    field: str | None = None

    def __init__(self, *, field: str | None = None, **values: Any) -> None:
        self.values = values
        if field is not None:
            self.field = field
        super().__init__(self.fill(type(self).message))

    def fill(self, template: str, say: Callable[[Any], Any] | None = None) -> str:
        """Return the (translated) template with this error's values in it, each as ``say`` says it."""
        if not self.values:
            return template
        return template % (self.values if say is None else {name: say(value) for name, value in self.values.items()})


class Explanation(msgspec.Struct, frozen=True):
    """Of a reason that is counted and shown instead of raised: why it happens, who can act, and how."""

    cause: str
    actor: Actor
    remedy: str


class Invalid(Problem):
    """The request itself is wrong: malformed, out of range, against a rule. Sending it again cannot help."""


class Unauthenticated(Problem):
    """Nobody known is asking."""


class Forbidden(Problem):
    """Somebody known asks for what their role does not allow."""


class Missing(Problem):
    """It does not exist, or not for the one who asks."""


class Conflict(Problem):
    """The request is fine and the present state forbids it."""


class Limited(Problem):
    """Too much, too often: a quota or a rate. ``retry_after_seconds`` says when to come back, if that helps."""

    retry_after_seconds: int | None = None


class Unavailable(Problem):
    """A part of the platform cannot answer now; the same request may succeed later."""


class NotFound(Missing):
    """The one answer for what is absent and for what lies outside the caller's scope, so that neither can be told apart."""

    code = "not_found"
    message = "There is no such %(noun)s."
    cause = "It was deleted, never existed, or belongs to somebody else."
    remedy = "Check the address or the id."

    def __init__(self, *, noun: str, field: str | None = None) -> None:
        super().__init__(field=field, noun=Phrase(noun))


class FieldInvalid(Invalid):
    """One field is wrong; ``reason`` says how: a template over ``values``, written at the call so that it is translated."""

    code = "field_invalid"
    message = "%(field_name)s: %(reason)s"
    remedy = "Correct the field and send again."

    def __init__(self, field: str, reason: str, **values: Any) -> None:
        phrase = reason if isinstance(reason, Phrase) else Phrase(reason, **values)
        super().__init__(field=field, field_name=field, reason=phrase)
        self.reason = phrase


class RightMissing(Forbidden):
    """The role of the caller does not include the right."""

    code = "right_missing"
    message = "Your role does not include “%(right)s”."
    remedy = "Ask an administrator of the account for the role you need."


class SignInRequired(Unauthenticated):
    """The call carries no valid session or token."""

    code = "sign_in_required"
    message = "Sign in, or send a valid access token."
    remedy = "Sign in again, or create an access token."
    link = "/login/"

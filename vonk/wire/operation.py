"""Operations, declared once: from the declaration follow routes, rights, decoding, idempotency, documents and tests."""

import inspect
import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPMethod, HTTPStatus
from typing import Any, BinaryIO, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from vonk.control.paging import Paging, parse
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, SignInRequired
from vonk.core.ids import parse_id
from vonk.wire.codec import Body

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Body)
Handler = Callable[["Call[Any, Any]"], object]

ACCOUNT_RIGHTS: Final = frozenset({Right.ACCOUNT_VIEW, Right.ACCOUNT_EDIT, Right.CAMPAIGN_EDIT, Right.FUNDS_EDIT})
BUSINESS_RIGHTS: Final = frozenset({Right.BUSINESS_VIEW, Right.BUSINESS_EDIT})
PLATFORM_RIGHTS: Final = frozenset({Right.REVIEW, Right.OPERATE})
HOST_RIGHTS: Final = frozenset({Right.HOST_SYNC})
_PARAMETER: Final = re.compile(r"\{([a-z_]+)\}")


class Nothing(Body, frozen=True):
    """No body, no query."""


class Paged(Body, frozen=True):
    """The query of a list."""

    cursor: str | None = None
    page_size: str | None = None

    def paging(self) -> Paging:
        """Return the page asked for; FieldInvalid names what is wrong."""
        return parse(self.cursor, self.page_size)


class Upload(msgspec.Struct, frozen=True):
    """A file as it comes in: read it once, in pieces."""

    file: BinaryIO
    name: str


class Call(msgspec.Struct, Generic[B, Q], frozen=True):
    """One call of an operation, decoded and authorised."""

    body: B
    query: Q
    now: datetime
    path: dict[str, str]
    caller: Scope | None  # None only where an operation is open to everybody and nobody has signed in.
    place: str  # The caller's IP address.
    upload: Upload | None = None

    @property
    def scope(self) -> Scope:
        """Return who calls, with the right that the operation declares."""
        if self.caller is None:
            raise SignInRequired
        return self.caller

    def id(self, name: str) -> int:
        """Return an id of the path; what is no id does not exist."""
        try:
            return parse_id(self.path[name])
        except ValueError as error:
            raise NotFound(noun=name.removesuffix("_id").replace("_", " ")) from error


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One declared operation."""

    method: HTTPMethod
    path: str
    may: Right | None  # None: everybody, signed in or not.
    summary: str
    description: str
    handler: Handler
    body: type[Body]
    query: type[Body]
    answer: Any  # The handler's return annotation; None for no body.
    status: HTTPStatus
    uploads: bool
    alone: bool  # Manages its own transactions: uploads, and what counts attempts that fail.
    example: dict[str, Any] | None

    @property
    def name(self) -> str:
        """Return what keys, metrics and documents call it."""
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    @property
    def writes(self) -> bool:
        """Say whether it changes anything."""
        return self.method is not HTTPMethod.GET

    @property
    def keyed(self) -> bool:
        """Say whether it takes an idempotency key: every write of somebody known."""
        return self.writes and self.may is not None

    @property
    def parameters(self) -> tuple[str, ...]:
        """Return the names in its path."""
        return tuple(_PARAMETER.findall(self.path))


OPERATIONS: Final[list[Operation]] = []


def operation(
    method: str,
    path: str,
    *,
    may: Right | None,
    summary: str,
    status: HTTPStatus | None = None,
    uploads: bool = False,
    alone: bool = False,
    example: dict[str, Any] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare the function below as an operation of the platform API.

    Its types follow from its annotations: ``Call[Body, Query]`` and what it returns. ``may`` decides the scope: an ad
    account's right asks for the account in the path, an organisation's for the organisation, a platform right for one
    of its people.
    """
    parameters = _PARAMETER.findall(path)
    assert (may in ACCOUNT_RIGHTS) == ("account_id" in parameters), f"{path}: the account's right and id go together."
    assert (may in BUSINESS_RIGHTS) == ("organisation_id" in parameters), f"{path}: so do the organisation's."

    def declare(handler: Handler) -> Handler:
        hints = get_type_hints(handler)
        call = hints["call"]
        assert get_origin(call) is Call, f"{path}: the handler takes a Call[Body, Query]."
        body, query = get_args(call)
        answer = hints["return"]
        declared = Operation(
            method=HTTPMethod(method),
            path=path,
            may=may,
            summary=summary,
            description=inspect.getdoc(handler) or "",
            handler=handler,
            body=body,
            query=query,
            answer=None if answer is type(None) else answer,
            status=status or _usual_status(method, answer),
            uploads=uploads,
            alone=alone or uploads,
            example=example,
        )
        assert not any((known.method, known.path) == (declared.method, path) for known in OPERATIONS), f"{path}: twice."
        OPERATIONS.append(declared)
        return handler

    return declare


def _usual_status(method: str, answer: object) -> HTTPStatus:
    if answer is type(None):
        return HTTPStatus.NO_CONTENT
    return HTTPStatus.CREATED if method == "POST" else HTTPStatus.OK

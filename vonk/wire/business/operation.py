"""Operations of the business API, declared once: routes, rights, reading, limits, documents and tests follow."""

import inspect
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPMethod
from typing import IO, Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from vonk.control.scope import Right, Scope
from vonk.core.errors import SignInRequired
from vonk.identity import access
from vonk.identity.rules import CreatorScope
from vonk.wire.business.asked import Asked

A = TypeVar("A", bound=Asked)
Handler = Callable[["Call[Any]"], object]


class Over(StrEnum):
    """What the right of an operation is over, and so which parameter names it."""

    ADVERTISER = "advertiser_id"
    BUSINESS = "bc_id"
    PERSON = "person"  # The caller themselves: their accounts, their Business Centers, their profile.
    CREATOR = "creator"  # What is the caller's own as a creator; also for an app that they let do it (``allows``).
    APP = "app"  # A developer's app that shows its secret; no token.


class File(msgspec.Struct, frozen=True):
    """A file of a multipart body: read it once, in pieces."""

    file: IO[bytes]
    name: str
    size: int


class Call(msgspec.Struct, Generic[A], frozen=True, kw_only=True):
    """One call of an operation, read and authorised."""

    asked: A
    now: datetime
    scope_held: Scope | None  # None only for operations over an app.
    actor: access.Actor | None
    may: Right
    place: str  # The caller's IP address.
    site_url: str  # Scheme and host, to make links whole.
    token: str = ""  # As the header says it, for operations over an app alone.
    files: Mapping[str, File] = {}

    @property
    def scope(self) -> Scope:
        """Return who calls, with the right that the operation declares, over what it is declared for."""
        if self.scope_held is None:
            raise SignInRequired
        return self.scope_held

    def over_advertiser(self, advertiser_id: int) -> Scope:
        """Return the caller's scope over one of several ad accounts; raises what ``identity.access`` raises."""
        if self.actor is None:
            raise SignInRequired
        return access.advertiser(self.actor, advertiser_id, may=Right.ACCOUNT_VIEW)

    def over_advertisers(self, advertiser_ids: Collection[int]) -> list[Scope]:
        """Return the caller's scopes over several ad accounts; raises what ``identity.access`` raises for one of them."""
        if self.actor is None:
            raise SignInRequired
        return access.advertisers(self.actor, advertiser_ids, may=Right.ACCOUNT_VIEW)

    def over_business(self, organisation_id: int) -> Scope:
        """Return the caller's scope over a Business Center; raises what ``identity.access`` raises."""
        if self.actor is None:
            raise SignInRequired
        return access.organisation(self.actor, organisation_id, may=Right.BUSINESS_VIEW)

    def link(self, path: str) -> str:
        """Return a path of the site as a whole address; "" stays empty."""
        return self.site_url + path if path.startswith("/") else path


class Partly(msgspec.Struct, frozen=True):
    """An answer of which a part was refused: code 20001. ``given`` says which and why."""

    given: object


class Plain(msgspec.Struct, frozen=True):
    """An answer outside the envelope: a file's own bytes."""

    body: bytes
    content_type: str
    file_name: str = ""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One declared operation."""

    method: HTTPMethod
    path: str  # Without closing slash: "campaign/create".
    also: tuple[str, ...]  # Other paths by which clients call it.
    also_method: HTTPMethod | None  # Another method by which clients call it.
    over: Over
    allows: CreatorScope | None  # Over a creator: what they must have allowed the app that calls.
    may: Right
    summary: str
    description: str
    handler: Handler
    asked: type[Asked]
    answer: Any  # The handler's return annotation; None answers {}.
    files: tuple[str, ...]  # The parts of a multipart body that are files.
    alone: bool  # Manages its own transactions.
    per_minute: int | None  # A stricter limit than the usual one.
    example: dict[str, Any] | None

    @property
    def name(self) -> str:
        """Return what keys, metrics and documents call it."""
        return self.path.replace("/", ".")

    @property
    def group(self) -> str:
        """Return the first segment of its path."""
        return self.path.partition("/")[0]

    @property
    def over_parameter(self) -> str:
        """Return how the parameter that names the object of the right is written."""
        names = dict(zip(self.asked.__struct_fields__, self.asked.__struct_encode_fields__, strict=True))
        return names.get(self.over.value, self.over.value)

    @property
    def writes(self) -> bool:
        """Say whether it changes anything."""
        return self.method is not HTTPMethod.GET


OPERATIONS: Final[list[Operation]] = []


def operation(
    method: str,
    path: str,
    *,
    may: Right,
    summary: str,
    over: Over = Over.ADVERTISER,
    allows: CreatorScope | None = None,
    also: tuple[str, ...] = (),
    also_method: str | None = None,
    files: tuple[str, ...] = (),
    alone: bool = False,
    per_minute: int | None = None,
    example: dict[str, Any] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare the function below as an operation of the business API.

    Its types follow from its annotations: ``Call[Asked]`` and what it returns. ``over`` says which parameter names the
    object of the right: the scope is made for it before the handler runs. ``per_minute`` bounds the calls of one app for
    one ad account; None leaves the usual bound. ``allows`` belongs to operations over a creator.
    """
    assert not path.startswith("/"), f"{path}: as in the reference, without slashes around it."
    assert not path.endswith("/"), f"{path}: as in the reference, without slashes around it."
    assert (over is Over.CREATOR) == (allows is not None), (
        f"{path}: what a creator allows belongs to operations over one."
    )

    def declare(handler: Handler) -> Handler:
        hints = get_type_hints(handler)
        call = hints["call"]
        assert get_origin(call) is Call, f"{path}: the handler takes a Call[Asked]."
        (asked,) = get_args(call)
        if over in (Over.ADVERTISER, Over.BUSINESS):
            assert over.value in asked.__struct_fields__, f"{path}: {over.value} names what the right is over."
        answer = hints["return"]
        declared = Operation(
            method=HTTPMethod(method),
            path=path,
            also=also,
            also_method=None if also_method is None else HTTPMethod(also_method),
            over=over,
            allows=allows,
            may=may,
            summary=summary,
            description=inspect.getdoc(handler) or "",
            handler=handler,
            asked=asked,
            answer=None if answer is type(None) else answer,
            files=files,
            alone=alone or bool(files),
            per_minute=per_minute,
            example=example,
        )
        assert not any((known.method, known.path) == (declared.method, path) for known in OPERATIONS), f"{path}: twice."
        OPERATIONS.append(declared)
        return handler

    return declare

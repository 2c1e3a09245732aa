"""Who may enter an organisation's pages: its members, each as far as their role goes, with or without an ad account."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vonk.control.scope import Right, Scope
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.queries import OrganisationView
from vonk.web.common.requests import actor_of, now_of

P = ParamSpec("P")


class Office(msgspec.Struct, frozen=True):
    """An organisation with somebody at work there: every page of the Business Center is about one."""

    scope: Scope
    organisation: OrganisationView
    organisations: tuple[OrganisationView, ...]
    now: datetime

    @property
    def may_edit(self) -> bool:
        """Whether they may say who belongs to it and who works with what."""
        return Right.BUSINESS_EDIT in self.scope.rights


Plain = Callable[..., HttpResponse]  # Its second argument is ``organisation_id``, by name.
View = Callable[Concatenate[HttpRequest, Office, P], HttpResponse]


def at_office(may: Right = Right.BUSINESS_VIEW) -> Callable[[View[P]], Plain]:
    """Hand the view its office, of the organisation that the address names.

    Raises SignInRequired, NotFound for who is no member, RightMissing with who can give the role it takes.
    """

    def decorate(view: View[P]) -> Plain:
        @wraps(view)
        def entered(request: HttpRequest, /, organisation_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            scope = access.organisation(actor_of(request), organisation_id, may=may)
            office = Office(
                scope, identity.organisation(scope), tuple(identity.organisations_of(scope)), now_of(request)
            )
            return view(request, office, *args, **kwargs)

        return entered

    return decorate


def answer(
    request: HttpRequest,
    office: Office,
    template: str,
    page: object,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **more: object,
) -> HttpResponse:
    """Return a page of the Business Center; ``page`` is its typed record, ``more`` are forms and problems."""
    return render(request, f"advertiser/business/{template}", {"office": office, "page": page, **more}, status=status)

"""Ad accounts of an organisation: all, one more, and who works in one."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.identity import queries as identity
from vonk.identity.actions import accounts
from vonk.identity.queries import OrganisationAccount
from vonk.web.advertiser import offices
from vonk.web.advertiser.forms.business import AnotherAccountForm
from vonk.web.advertiser.offices import Office, at_office
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common import roles


class Line(msgspec.Struct, frozen=True):
    """An ad account in words."""

    account: OrganisationAccount
    role: str


class InAccount(msgspec.Struct, frozen=True):
    """Somebody who works in the account, and why."""

    person_id: int
    name: str
    role: str
    sources: tuple[str, ...]
    ours: bool  # A member of this organisation, with a page of their own.


class AccountPage(msgspec.Struct, frozen=True):
    """One ad account, and who works there."""

    account: OrganisationAccount
    people: tuple[InAccount, ...]
    shared_with: tuple[tuple[str, str], ...]  # Partner and the highest role of its people.


@require_safe
@at_office()
def page(request: HttpRequest, office: Office) -> HttpResponse:
    """List the ad accounts in which one works; an admin's are all."""
    found = tuple(Line(one, roles.account_role(one.role)) for one in identity.ad_accounts(office.scope))
    return offices.answer(request, office, "accounts.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
@at_office(Right.BUSINESS_EDIT)
def another(request: HttpRequest, office: Office) -> HttpResponse:
    """Open a further ad account."""
    form = AnotherAccountForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                accounts.open_another(office.scope, **form.cleaned_data, now=office.now)
            except Problem as problem:
                refuse_somewhere(form, problem)
            else:
                name = form.cleaned_data["name"]
                messages.success(request, _("The ad account “%(name)s” is open.") % {"name": name})
                return redirect("advertiser:business_accounts", office.organisation.id)
    return offices.answer(request, office, "account_new.html", None, form=form, status=status)


@require_safe
@at_office(Right.BUSINESS_EDIT)
def one(request: HttpRequest, office: Office, account_id: int) -> HttpResponse:
    """Show who works in an ad account and where each right comes from."""
    account = next((found for found in identity.ad_accounts(office.scope) if found.id == account_id), None)
    if account is None:
        raise NotFound(noun="ad account")
    people = tuple(
        InAccount(
            found.person_id,
            found.name,
            roles.account_role(found.role),
            tuple(dict.fromkeys(roles.source(source) for source in found.sources)),
            any(source.origin != "partner" for source in found.sources),
        )
        for found in identity.people_in_account(office.scope, account_id)
    )
    shared = tuple(
        (share.partner_name, roles.account_role(share.role_max))
        for share in identity.shares(office.scope)
        if share.account_id == account_id
    )
    return offices.answer(request, office, "account.html", AccountPage(account, people, shared))

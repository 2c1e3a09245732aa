"""The Business Center's overview: choose an organisation, rename it, leave it."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import members, organisations
from vonk.identity.queries import PersonRights
from vonk.web.advertiser import offices
from vonk.web.advertiser.forms.business import NameForm
from vonk.web.advertiser.offices import Office, at_office
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common import roles
from vonk.web.common.requests import now_of, person_scope


class AccountLine(msgspec.Struct, frozen=True):
    """An ad account and why its reader may work there."""

    id: int
    name: str
    role: str
    sources: tuple[str, ...]
    direct: bool  # One of the roles was given in the account itself, and can be taken back there.


class Overview(msgspec.Struct, frozen=True):
    """One's own place in the organisation, and for admins what waits for them."""

    role: str
    admins: tuple[str, ...]
    accounts: tuple[AccountLine, ...]
    invitations: int
    questions: int


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Go to one's only organisation, or list them."""
    found = identity.organisations_of(person_scope(request))
    if len(found) == 1:
        return redirect("advertiser:business", found[0].id)
    lines = [(one, roles.member_role(one.role, one.finance_role)) for one in found]
    return render(request, "advertiser/business/choose.html", {"organisations": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@at_office()
def page(request: HttpRequest, office: Office) -> HttpResponse:
    """Show one's place in the organisation; an admin renames it here."""
    if request.method != "POST":
        return _answer(request, office, NameForm(initial={"name": office.organisation.name}))
    form = NameForm(request.POST)
    office.scope.require(Right.BUSINESS_EDIT)
    if form.is_valid():
        try:
            organisations.rename(office.scope, name=form.cleaned_data["name"], now=office.now)
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("The name is changed."))
            return redirect("advertiser:business", office.organisation.id)
    return _answer(request, office, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_office()
def leave(request: HttpRequest, office: Office) -> HttpResponse:
    """Leave the organisation."""
    members.leave(office.scope, now=now_of(request))
    messages.success(request, _("You no longer belong to “%(name)s”.") % {"name": office.organisation.name})
    return redirect("advertiser:businesses")


def account_lines(person: PersonRights) -> tuple[AccountLine, ...]:
    """Return what a member works with, with where it comes from."""
    return tuple(
        AccountLine(
            one.account_id,
            one.account_name,
            roles.account_role(one.role),
            tuple(dict.fromkeys(roles.source(source) for source in one.sources)),
            any(source.origin == "direct" for source in one.sources),
        )
        for one in person.accounts
    )


def _answer(request: HttpRequest, office: Office, form: NameForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    me, edits = identity.member(office.scope, office.scope.person), office.may_edit
    asked = [one for one in identity.partnerships(office.scope) if one.state == "asked"] if edits else []
    record = Overview(
        role=roles.member_role(me.member.role, me.member.finance_role),
        admins=identity.admin_names(office.organisation.id),
        accounts=account_lines(me),
        invitations=len(identity.invitations(office.scope, now=office.now)) if edits else 0,
        questions=len(asked),
    )
    return offices.answer(request, office, "overview.html", record, form=form, status=status)

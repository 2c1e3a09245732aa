"""Ad accounts and organisations: find one, see who works there, stop an account and let it go on."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising.actions import lift_tests, suspensions
from vonk.advertising.queries import lift_tests as lift_queries
from vonk.control.scope import Right, Scope
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import members
from vonk.identity.queries import AccountOfAll, MemberOfAll, OrganisationOfAll
from vonk.web.common import formats, problems, roles
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.common.tables import Cell, Heading, Table
from vonk.web.operator.access import for_platform
from vonk.web.operator.account_forms import FindAccountForm, FindForm, ForbidForm, SuspendForm


class InAccount(msgspec.Struct, frozen=True):
    """Somebody who works in the account, and why."""

    name: str
    role: str
    sources: tuple[str, ...]


class AccountPage(msgspec.Struct, frozen=True):
    """One ad account."""

    account: AccountOfAll
    badge: Badge
    people: tuple[InAccount, ...]
    lift_forbidden: str  # Why it may have no lift tests, "" where it may.


class OrganisationPage(msgspec.Struct, frozen=True):
    """One organisation."""

    organisation: OrganisationOfAll
    members: tuple[tuple[MemberOfAll, str], ...]  # Each with their role in words.
    accounts: tuple[AccountOfAll, ...]


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List ad accounts, newest first, those that a search finds."""
    form = FindAccountForm(request.GET)
    form.full_clean()
    found = identity.all_accounts(
        scope,
        paging_of(request),
        text=form.cleaned_data.get("text", ""),
        suspended=form.cleaned_data.get("suspended", False),
    )
    table = Table(
        caption=_("Ad accounts"),
        headings=(Heading(_("Ad account")), Heading(_("Organisation")), Heading(_("State")), Heading(_("Opened"))),
        rows=tuple(
            (
                Cell(one.name, reverse("operator:account", args=[one.id]), small=f"{one.currency} · {one.country}"),
                Cell(one.organisation_name, reverse("operator:organisation", args=[one.organisation_id])),
                Cell(badge=_badge(one)),
                Cell(formats.day(one.created_at)),
            )
            for one in found.items
        ),
        empty=_("No ad accounts"),
        icon="wallet",
        next_cursor=found.next_cursor,
    )
    return render(request, "operator/accounts.html", {"page": table, "form": form, "tab": "accounts"})


@require_safe
@for_platform(Right.OPERATE)
def one(request: HttpRequest, scope: Scope, account_id: int) -> HttpResponse:
    """Show one ad account, its state and who works there."""
    return _account(request, scope, account_id, SuspendForm())


@require_POST
@for_platform(Right.OPERATE)
def suspend(request: HttpRequest, scope: Scope, account_id: int) -> HttpResponse:
    """Stop every ad of the account, with a reason that its admins read."""
    form = SuspendForm(request.POST)
    if form.is_valid():
        try:
            suspensions.suspend(scope, account_id, reason=form.cleaned_data["reason"], now=now_of(request))
        except Problem as problem:
            if problem.field not in form.fields:
                raise
            problems.add_to_form(form, problem)
        else:
            messages.success(
                request, _("The account is suspended. None of its ads is shown; its admins are written to.")
            )
            return redirect("operator:account", account_id)
    return _account(request, scope, account_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_platform(Right.OPERATE)
def unsuspend(request: HttpRequest, scope: Scope, account_id: int) -> HttpResponse:
    """Let the account's ads go on."""
    suspensions.unsuspend(scope, account_id, now=now_of(request))
    messages.success(request, _("The suspension is lifted. The ads go on as they were."))
    return redirect("operator:account", account_id)


@require_POST
@for_platform(Right.OPERATE)
def forbid_lift_tests(request: HttpRequest, scope: Scope, account_id: int) -> HttpResponse:
    """Let the account have no lift tests, with a reason that its people read."""
    form = ForbidForm(request.POST, auto_id="lift_%s")
    if not form.is_valid():
        return _account(request, scope, account_id, SuspendForm(), HTTPStatus.UNPROCESSABLE_ENTITY, forbid_form=form)
    lift_tests.forbid(scope, account_id, reason=form.cleaned_data["reason"], now=now_of(request))
    messages.success(request, _("The account may have no lift tests. Those that ran have ended."))
    return redirect("operator:account", account_id)


@require_POST
@for_platform(Right.OPERATE)
def allow_lift_tests(request: HttpRequest, scope: Scope, account_id: int) -> HttpResponse:
    """Let the account have lift tests again."""
    lift_tests.allow(scope, account_id, now=now_of(request))
    messages.success(request, _("The account may have lift tests again."))
    return redirect("operator:account", account_id)


@require_safe
@for_platform(Right.OPERATE)
def organisations(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List organisations, newest first, those that a search finds."""
    form = FindForm(request.GET)
    form.full_clean()
    found = identity.all_organisations(scope, paging_of(request), text=form.cleaned_data.get("text", ""))
    table = Table(
        caption=_("Organisations"),
        headings=(
            Heading(_("Organisation")),
            Heading(_("Admins")),
            Heading(_("Members"), number=True),
            Heading(_("Ad accounts"), number=True),
            Heading(_("Since")),
        ),
        rows=tuple(
            (
                Cell(row.name, reverse("operator:organisation", args=[row.id])),
                Cell(formats.number(row.admins)) if row.admins else Cell(badge=Badge(_("None"), Tone.WARN)),
                Cell(formats.number(row.members)),
                Cell(formats.number(row.accounts)),
                Cell(formats.day(row.created_at)),
            )
            for row in found.items
        ),
        empty=_("No organisations"),
        icon="building",
        next_cursor=found.next_cursor,
    )
    return render(request, "operator/accounts.html", {"page": table, "form": form, "tab": "organisations"})


@require_safe
@for_platform(Right.OPERATE)
def organisation(request: HttpRequest, scope: Scope, organisation_id: int) -> HttpResponse:
    """Show one organisation with its members and ad accounts."""
    record = OrganisationPage(
        identity.any_organisation(scope, organisation_id),
        tuple(
            (one, roles.member_role(one.role, one.finance_role)) for one in identity.any_members(scope, organisation_id)
        ),
        identity.accounts_of_organisation(scope, organisation_id),
    )
    return render(request, "operator/organisation.html", {"page": record})


@require_POST
@for_platform(Right.OPERATE)
def appoint(request: HttpRequest, scope: Scope, organisation_id: int, person_id: int) -> HttpResponse:
    """Make a member an admin, where nobody else can."""
    members.appoint(scope, organisation_id, person_id, now=now_of(request))
    messages.success(request, _("They are an admin now, and were written to."))
    return redirect("operator:organisation", organisation_id)


def _badge(account: AccountOfAll) -> Badge:
    return Badge(_("Active"), Tone.GOOD) if account.suspended_at is None else Badge(_("Suspended"), Tone.BAD)


def _account(
    request: HttpRequest,
    scope: Scope,
    account_id: int,
    form: SuspendForm,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    forbid_form: ForbidForm | None = None,
) -> HttpResponse:
    found = identity.any_account(scope, account_id)
    people = tuple(
        InAccount(
            one.name,
            roles.account_role(one.role),
            tuple(dict.fromkeys(roles.source(source) for source in one.sources)),
        )
        for one in identity.people_in_account(scope, account_id)
    )
    record = AccountPage(found, _badge(found), people, lift_queries.forbidden(scope, account_id))
    forms = {"form": form, "forbid_form": forbid_form or ForbidForm(auto_id="lift_%s")}
    return render(request, "operator/account.html", {"page": record, **forms}, status=status)

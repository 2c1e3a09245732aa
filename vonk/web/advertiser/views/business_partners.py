"""Partners of an organisation, and what is shared either way."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.authorisation.actions import access_people
from vonk.authorisation.queries.access import live_profiles
from vonk.content import queries as content
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.identity import queries as identity
from vonk.identity.actions import partners, shares
from vonk.identity.queries import PartnershipView, ShareView
from vonk.identity.rules import AccountRole, within
from vonk.web.advertiser import offices
from vonk.web.advertiser.forms.business import AssignForm, PartnerForm
from vonk.web.advertiser.offices import Office, at_office
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common import roles
from vonk.web.common.requests import id_of


class ShareLine(msgspec.Struct, frozen=True):
    """What is shared, in words, with who works with it."""

    share: ShareView
    asset: str
    most: str
    people: tuple[tuple[int, str, str], ...]
    roles: tuple[tuple[str, str], ...]  # Which may be given; none for a creator.


class PartnerPage(msgspec.Struct, frozen=True):
    """A partner, what it was given and what it gives."""

    partnership: PartnershipView
    given: tuple[ShareLine, ...]
    taken: tuple[ShareLine, ...]
    members: tuple[tuple[int, str], ...]  # Of one's own, who can be assigned what is taken.


@require_http_methods(["GET", "HEAD", "POST"])
@at_office(Right.BUSINESS_EDIT)
def page(request: HttpRequest, office: Office) -> HttpResponse:
    """List partners and open questions; ask another organisation."""
    form = PartnerForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                partners.ask(office.scope, partner=form.cleaned_data["partner"], now=office.now)
            except Problem as problem:
                refuse_somewhere(form, problem, field="partner")
            else:
                messages.success(request, _("They are asked. Sharing begins when they accept."))
                return redirect("advertiser:business_partners", office.organisation.id)
    return offices.answer(
        request, office, "partners.html", identity.partnerships(office.scope), form=form, status=status
    )


@require_safe
@at_office(Right.BUSINESS_EDIT)
def one(request: HttpRequest, office: Office, partnership_id: int) -> HttpResponse:
    """Show what is shared with a partner, either way."""
    return _answer(request, office, partnership_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def accept(request: HttpRequest, office: Office, partnership_id: int) -> HttpResponse:
    """Accept a partner."""
    partners.accept(office.scope, partnership_id, now=office.now)
    messages.success(request, _("You are partners now. Nothing is shared yet."))
    return redirect("advertiser:business_partner", office.organisation.id, partnership_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def end(request: HttpRequest, office: Office, partnership_id: int) -> HttpResponse:
    """End a partnership, refuse it or withdraw the question."""
    partners.end(office.scope, partnership_id, now=office.now)
    messages.success(request, _("It is over, and everything that was shared is taken back."))
    return redirect("advertiser:business_partners", office.organisation.id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def share_account(request: HttpRequest, office: Office, partnership_id: int) -> HttpResponse:
    """Share an ad account, or change the bound of one that is shared."""
    form = _account_form(office, request.POST)
    if not form.is_valid():
        return _answer(request, office, partnership_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    most = form.role_chosen()
    assert most is not None, "The form asks for it."
    account_id = int(form.cleaned_data["target"])
    shares.share_account(office.scope, partnership_id, account_id, role_max=most, now=office.now)
    messages.success(request, _("The ad account is shared. The partner's admins assign their people to it."))
    return redirect("advertiser:business_partner", office.organisation.id, partnership_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def share_creator(request: HttpRequest, office: Office, partnership_id: int) -> HttpResponse:
    """Share what a creator granted."""
    access_people.share(office.scope, partnership_id, id_of(request.POST.get("target"), "target"), now=office.now)
    messages.success(request, _("The creator's access is shared."))
    return redirect("advertiser:business_partner", office.organisation.id, partnership_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def unshare(request: HttpRequest, office: Office, share_id: int) -> HttpResponse:
    """Take back what was shared."""
    partnership_id = identity.share(office.scope, share_id).partnership_id
    access_people.unshare(office.scope, share_id, now=office.now)
    messages.success(request, _("It is taken back from everybody at the partner."))
    return redirect("advertiser:business_partner", office.organisation.id, partnership_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def assign(request: HttpRequest, office: Office, share_id: int) -> HttpResponse:
    """Assign what a partner shares to one's own, or take it back from them."""
    person_id = id_of(request.POST.get("person"), "person")
    partnership_id = identity.share(office.scope, share_id).partnership_id
    if request.POST.get("take_back"):
        access_people.unassign_shared(office.scope, share_id, person_id, now=office.now)
        messages.success(request, _("It is taken back."))
    else:
        chosen = request.POST.get("role") or None
        role = AccountRole(chosen) if chosen in {role.value for role in AccountRole} else None
        access_people.assign_shared(office.scope, share_id, person_id, role=role, now=office.now)
        messages.success(request, _("It is assigned."))
    return redirect("advertiser:business_partner", office.organisation.id, partnership_id)


def _answer(
    request: HttpRequest,
    office: Office,
    partnership_id: int,
    form: AssignForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    partnership = identity.partnership(office.scope, partnership_id)
    found = identity.shares(office.scope, partnership_id=partnership_id)
    names = content.profile_briefs(share.profile_id for share in found if share.profile_id is not None)
    lines = [_line(share, names[share.profile_id].display_name if share.profile_id in names else "") for share in found]
    members = identity.members(office.scope, Paging(size=PAGE_SIZE_MAX)).items
    shared = {share.profile_id for share in found if share.given}
    left = [
        (str(profile_id), brief.display_name)
        for profile_id, brief in live_profiles(office.scope, office.now).items()
        if profile_id not in shared
    ]
    record = PartnerPage(
        partnership=partnership,
        given=tuple(line for line in lines if line.share.given),
        taken=tuple(line for line in lines if not line.share.given),
        members=tuple((one.person_id, one.name) for one in members),
    )
    forms = {
        "account_form": form or _account_form(office),
        "creator_form": AssignForm(label=_("Creator"), choices=left, roles=False),
    }
    return offices.answer(request, office, "partner.html", record, status=status, **forms)


def _line(share: ShareView, creator: str) -> ShareLine:
    most = AccountRole(share.role_max) if share.role_max is not None else None
    allowed = [role for role in AccountRole if most is not None and within(role, most)]
    return ShareLine(
        share=share,
        asset=share.account_name or creator,
        most=roles.account_role(share.role_max),
        people=tuple((one.person_id, one.name, roles.account_role(one.role)) for one in share.people),
        roles=tuple((role.value, roles.account_role(role.value)) for role in allowed),
    )


def _account_form(office: Office, sent: object = None) -> AssignForm:
    accounts = [(str(one.id), one.name) for one in identity.ad_accounts(office.scope)]
    return AssignForm(sent, label=_("Ad account"), choices=accounts, bound=True, initial={"role": "operator"})

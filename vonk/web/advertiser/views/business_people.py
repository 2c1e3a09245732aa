"""Members and invitations of an organisation, and one member's rights."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.authorisation.actions import access_people
from vonk.authorisation.queries.access import live_profiles
from vonk.content import queries as content
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import assignments, member_invitations, members
from vonk.identity.queries import InvitationView, MemberView
from vonk.web.advertiser import offices
from vonk.web.advertiser.forms.business import AssignForm, InviteForm, RolesForm
from vonk.web.advertiser.offices import Office, at_office
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.advertiser.views.business import AccountLine, account_lines
from vonk.web.common import formats, roles
from vonk.web.common.requests import id_of, paging_of
from vonk.web.common.tables import Cell, Heading, Table


class Waiting(msgspec.Struct, frozen=True):
    """An open invitation in words."""

    invitation: InvitationView
    role: str


class PeoplePage(msgspec.Struct, frozen=True):
    """Everybody, and who is invited."""

    table: Table
    invitations: tuple[Waiting, ...]


class Creator(msgspec.Struct, frozen=True):
    """A creator whose access somebody may use; ``assigned``: by name, and can be taken back here."""

    profile_id: int
    name: str
    assigned: bool


class PersonPage(msgspec.Struct, frozen=True):
    """One member, and where their rights come from."""

    member: MemberView
    role: str
    oneself: bool
    is_admin: bool
    accounts: tuple[AccountLine, ...]
    creators: tuple[Creator, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@at_office(Right.BUSINESS_EDIT)
def page(request: HttpRequest, office: Office) -> HttpResponse:
    """List members and open invitations; invite somebody."""
    if request.method != "POST":
        return _people(request, office, InviteForm())
    form = InviteForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            member_invitations.invite(office.scope, email=email, **form.roles(), now=office.now)
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("A letter with a link is on its way to %(email)s.") % {"email": email})
            return redirect("advertiser:business_people", office.organisation.id)
    return _people(request, office, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def resend(request: HttpRequest, office: Office, invitation_id: int) -> HttpResponse:
    """Send an invitation again."""
    member_invitations.resend(office.scope, invitation_id, now=office.now)
    messages.success(request, _("A new letter is on its way; the link of the one before no longer works."))
    return redirect("advertiser:business_people", office.organisation.id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def withdraw(request: HttpRequest, office: Office, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    member_invitations.withdraw(office.scope, invitation_id, now=office.now)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("advertiser:business_people", office.organisation.id)


@require_http_methods(["GET", "HEAD", "POST"])
@at_office(Right.BUSINESS_EDIT)
def person(request: HttpRequest, office: Office, person_id: int) -> HttpResponse:
    """Show a member and every right with where it comes from; change their roles."""
    if request.method != "POST":
        return _person(request, office, person_id)
    form = RolesForm(request.POST)
    if form.is_valid():
        try:
            members.change(office.scope, person_id, **form.roles(), now=office.now)
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("The role is changed, from their next request on."))
            if person_id == office.scope.person_id:  # They may have taken their own right to this page.
                return redirect("advertiser:business", office.organisation.id)
            return redirect("advertiser:business_person", office.organisation.id, person_id)
    return _person(request, office, person_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def remove(request: HttpRequest, office: Office, person_id: int) -> HttpResponse:
    """Take a member out."""
    name = identity.member(office.scope, person_id).member.name
    members.remove(office.scope, person_id, now=office.now)
    messages.success(request, _("%(name)s no longer belongs to the organisation.") % {"name": name})
    if person_id == office.scope.person_id:
        return redirect("advertiser:businesses")
    return redirect("advertiser:business_people", office.organisation.id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def assign_account(request: HttpRequest, office: Office, person_id: int) -> HttpResponse:
    """Give a member a role in an ad account, or (without a role) take it back."""
    if request.POST.get("take_back"):
        account_id = id_of(request.POST.get("target"), "target")
        assignments.unassign_account(office.scope, account_id, person_id, now=office.now)
        messages.success(request, _("The role in the ad account is taken back."))
        return redirect("advertiser:business_person", office.organisation.id, person_id)
    form = _account_form(office, request.POST)
    if not form.is_valid():
        return _person(request, office, person_id, account_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    role = form.role_chosen()
    assert role is not None, "The form asks for it."
    assignments.assign_account(office.scope, int(form.cleaned_data["target"]), person_id, role, now=office.now)
    messages.success(request, _("The ad account is assigned."))
    return redirect("advertiser:business_person", office.organisation.id, person_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def assign_creator(request: HttpRequest, office: Office, person_id: int) -> HttpResponse:
    """Let a member use a creator's access, or take that back."""
    profile_id = id_of(request.POST.get("target"), "target")
    if request.POST.get("take_back"):
        access_people.unassign(office.scope, profile_id, person_id, now=office.now)
        messages.success(request, _("The creator is taken back."))
    else:
        access_people.assign(office.scope, profile_id, person_id, now=office.now)
        messages.success(request, _("The creator is assigned."))
    return redirect("advertiser:business_person", office.organisation.id, person_id)


def _people(request: HttpRequest, office: Office, form: InviteForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    found = identity.members(office.scope, paging_of(request))
    table = Table(
        caption=_("Members"),
        headings=(Heading(_("Name")), Heading(_("Role")), Heading(_("Member since"))),
        rows=tuple(
            (
                Cell(
                    one.name,
                    reverse("advertiser:business_person", args=[office.organisation.id, one.person_id]),
                    small=one.email,
                ),
                Cell(roles.member_role(one.role, one.finance_role)),
                Cell(formats.day(one.joined_at)),
            )
            for one in found.items
        ),
        empty=_("No members"),
        icon="users",
        next_cursor=found.next_cursor,
    )
    waiting = tuple(
        Waiting(one, roles.member_role(one.role, one.finance_role))
        for one in identity.invitations(office.scope, now=office.now)
    )
    return offices.answer(request, office, "people.html", PeoplePage(table, waiting), form=form, status=status)


def _person(
    request: HttpRequest,
    office: Office,
    person_id: int,
    form: RolesForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    account_form: AssignForm | None = None,
) -> HttpResponse:
    found = identity.member(office.scope, person_id)
    live = live_profiles(office.scope, office.now)
    ids = set(found.profile_ids) | set(found.shared_profile_ids)
    names = content.profile_briefs(ids)
    is_admin = found.member.role == "admin"
    reachable = {**names, **live} if is_admin else names
    record = PersonPage(
        member=found.member,
        role=roles.member_role(found.member.role, found.member.finance_role),
        oneself=person_id == office.scope.person_id,
        is_admin=is_admin,
        accounts=account_lines(found),
        creators=tuple(
            Creator(profile_id, brief.display_name, profile_id in found.profile_ids)
            for profile_id, brief in sorted(reachable.items())
        ),
    )
    left = [(str(profile_id), brief.display_name) for profile_id, brief in live.items() if profile_id not in ids]
    forms = {
        "form": form or RolesForm(initial={"role": found.member.role, "finance_role": found.member.finance_role or ""}),
        "account_form": account_form or _account_form(office),
        "creator_form": AssignForm(label=_("Creator"), choices=left, roles=False),
    }
    return offices.answer(request, office, "person.html", record, status=status, **forms)


def _account_form(office: Office, sent: object = None) -> AssignForm:
    accounts = [(str(one.id), one.name) for one in identity.ad_accounts(office.scope)]
    return AssignForm(sent, label=_("Ad account"), choices=accounts, initial={"role": "operator"})

"""Audiences: who is in them as far as that is told, where they are used; made of a file or by a rule; used; deleted."""

import hashlib
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import custom_audiences, customer_files
from vonk.advertising.actions.custom_audiences import AudienceDraft
from vonk.advertising.drafts import AdGroupChanges
from vonk.advertising.queries import AdGroupView
from vonk.advertising.queries.custom_audiences import AudienceUse, uses_of
from vonk.advertising.queries.object_pages import Wanted, numbered_ad_groups
from vonk.advertising.rules.custom_audiences import AUDIENCES_MAX, TOLD_FROM, Act, Source, with_id, without_id
from vonk.advertising.rules.customer_files import DigestKind
from vonk.control.paging import Numbering
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.reporting.audience_sizes import Sized, numbered_audiences
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.audiences import AudienceForm
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import id_of

OFFERED: Final = Numbering(1, PAGE_SIZE_MAX)
SHOWN: Final = Numbering(1, AUDIENCES_MAX)
_KEPT: Final = {False: "audience_ids", True: "excluded_audience_ids"}  # As the business API gives them back.
SOURCES: Final = {
    Source.CUSTOMERS: gettext_lazy("Customers in a file"),
    Source.AD_GROUPS: gettext_lazy("People who engaged with ads"),
    Source.POSTS: gettext_lazy("People who engaged with posts"),
    Source.FOLLOWERS: gettext_lazy("Followers"),
    Source.PIXELS: gettext_lazy("Visitors of a website"),
    Source.LOOKALIKE: gettext_lazy("People like those of another audience"),
}


class AudienceRow(msgspec.Struct, frozen=True, kw_only=True):
    """An audience. ``own``: the account may change and delete it; another account shares it otherwise."""

    id: int
    name: str
    source: str
    size: str
    state: Badge
    uses: tuple[AudienceUse, ...]
    ends_at: datetime
    own: bool


class AudiencesPage(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[AudienceRow, ...]


class AudiencePage(msgspec.Struct, frozen=True):
    """One audience, and the ad groups that may use it."""

    audience: AudienceRow
    ad_groups: tuple[tuple[int, str], ...]


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the audiences that the account may use."""
    found = numbered_audiences(desk.scope, SHOWN, now=desk.now).items
    uses = uses_of(desk.scope, [one.view.id for one in found])
    return answer(request, desk, "audiences.html", AudiencesPage(tuple(_row(one, uses[one.view.id]) for one in found)))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make an audience of a file or by a rule."""
    form = AudienceForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        ad_groups=[(str(one.id), one.name) for one in _ad_groups(desk)],
        pixels=[(str(one.id), one.name) for one in advertising.pixels(desk.scope)],
    )
    if form.is_bound and form.is_valid():
        try:
            audience_id = _made(form, desk)
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("The audience is there."))
            return redirect("advertiser:audience", audience_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return answer(request, desk, "audience_new.html", None, form=form, status=status)


@require_safe
@at_desk()
def audience(request: HttpRequest, desk: Desk, audience_id: int) -> HttpResponse:
    """Show an audience: its size as it is told, and where it is used."""
    groups = tuple((one.id, one.name) for one in _ad_groups(desk))
    return answer(request, desk, "audience.html", AudiencePage(_one(desk, audience_id), groups))


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def use(request: HttpRequest, desk: Desk, audience_id: int) -> HttpResponse:
    """Have an ad group be shown to the audience alone, keep it out, or name it no more; its ads are reviewed again."""
    how = request.POST.get("how", "")
    if how not in {"in", "out", "not"}:
        raise FieldInvalid("how", "in, out or not")
    group = advertising.ad_group(desk.scope, id_of(request.POST.get("ad_group"), "ad_group"))
    act = Act.DISCONNECTED if how == "not" else Act.APPLIED
    detail = {} if how == "not" else {"usage_mode": "Include" if how == "in" else "Exclude"}
    changes = {group.id: _naming(group, audience_id, how)}
    custom_audiences.apply(desk.scope, audience_id, changes, act, detail=detail, now=desk.now)
    messages.success(request, _("Saved. Ads of the ad group are reviewed again; until then they are not shown."))
    return redirect("advertiser:audience", audience_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def delete(request: HttpRequest, desk: Desk, audience_id: int) -> HttpResponse:
    """Delete an audience with all that is kept of it."""
    custom_audiences.delete(desk.scope, [audience_id], now=desk.now)
    messages.success(request, _("The audience is deleted."))
    return redirect("advertiser:audiences")


def _made(form: AudienceForm, desk: Desk) -> int:
    draft = AudienceDraft(name=form.cleaned_data["name"])
    if form.made_of is not Source.CUSTOMERS:
        return custom_audiences.create_by_rule(desk.scope, draft, form.made_of, form.rule(), now=desk.now)
    file = form.cleaned_data["file"]
    md5 = hashlib.md5(usedforsecurity=False)
    for chunk in file.chunks():
        md5.update(chunk)
    file.seek(0)
    kind = DigestKind.EMAIL_SHA256
    file_id = customer_files.put(desk.scope, file, kind, md5=md5.hexdigest(), now=desk.now)
    return custom_audiences.create_of_customers(desk.scope, draft, kind, [file_id], now=desk.now)


def _ad_groups(desk: Desk) -> tuple[AdGroupView, ...]:
    return tuple(numbered_ad_groups(desk.scope, Wanted(), OFFERED).items)


def _one(desk: Desk, audience_id: int) -> AudienceRow:
    found = numbered_audiences(desk.scope, Numbering(1, 1), ids=[audience_id], now=desk.now).items
    if not found:
        raise NotFound(noun="audience")
    return _row(found[0], uses_of(desk.scope, [audience_id])[audience_id])


def _row(one: Sized, uses: tuple[AudienceUse, ...]) -> AudienceRow:
    view = one.view
    if not view.usable:
        state = Badge(_("Ended"), Tone.BAD)
    elif view.expiring:
        state = Badge(_("Ends soon"), Tone.WARN)
    else:
        state = Badge(_("Usable"), Tone.GOOD)
    return AudienceRow(
        id=view.id,
        name=view.name,
        source=str(SOURCES[view.source]),
        size=formats.number(one.told) if one.told else _("Fewer than %(count)d") % {"count": TOLD_FROM},
        state=state,
        uses=uses,
        ends_at=view.expires_at,
        own=not view.shared_by_other,
    )


def _naming(group: AdGroupView, audience_id: int, how: str) -> AdGroupChanges:
    """Return the change by which an ad group names the audience in one list and in no other, or in none."""
    limits = group.targeting.limits
    let_in, kept_out = without_id(limits.audiences, audience_id), without_id(limits.audiences_out, audience_id)
    if how == "in":
        let_in = with_id(let_in, audience_id)
    elif how == "out":
        kept_out = with_id(kept_out, audience_id)
    return AdGroupChanges(
        kept={_KEPT[False]: let_in, _KEPT[True]: kept_out},
        limits=msgspec.structs.replace(limits, audiences=tuple(sorted(let_in)), audiences_out=tuple(sorted(kept_out))),
    )

"""Switch campaigns, ad groups and ads on and off, and delete them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vonk.advertising import queries as advertising
from vonk.advertising.actions import ad_groups, ads, campaigns
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.web.advertiser import rows
from vonk.web.advertiser.access import Desk, at_desk, safe_next
from vonk.web.advertiser.pages import answer
from vonk.web.common.requests import is_partial


class SetEnabled(Protocol):
    """The switch of one kind of object."""

    def __call__(self, scope: Scope, object_ids: Sequence[int], enabled: bool, /, *, now: datetime) -> None: ...  # noqa: FBT001 - the state itself, not a mode


class DeletePage(msgspec.Struct, frozen=True):
    """What would be deleted, and where one goes instead."""

    title: str
    name: str
    words: str
    back: str


SWITCHES: Final[dict[str, SetEnabled]] = {
    rows.CAMPAIGN: campaigns.set_enabled,
    rows.AD_GROUP: ad_groups.set_enabled,
    rows.AD: ads.set_enabled,
}
DELETIONS: Final[dict[str, Callable[..., None]]] = {
    rows.CAMPAIGN: campaigns.delete,
    rows.AD_GROUP: ad_groups.delete,
    rows.AD: ads.delete,
}


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def switch(request: HttpRequest, desk: Desk, noun: str, object_id: int) -> HttpResponse:
    """Switch it to the position asked for, and go back to the page that was open."""
    wanted = request.POST.get("on")
    if wanted not in {"0", "1"}:
        raise FieldInvalid("on", "1 or 0")
    SWITCHES[noun](desk.scope, [object_id], wanted == "1", now=desk.now)
    if not is_partial(request):
        messages.success(request, _("Switched on.") if wanted == "1" else _("Switched off. It stops within a second."))
    return redirect(safe_next(request.POST.get("next"), reverse(f"advertiser:{noun}", args=[object_id])))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def delete(request: HttpRequest, desk: Desk, noun: str, object_id: int) -> HttpResponse:
    """Say what would be lost; delete it."""
    record, up = _deletion(desk, noun, object_id)
    if request.method != "POST":
        return answer(request, desk, "delete.html", record)
    DELETIONS[noun](desk.scope, [object_id], now=desk.now)
    messages.success(request, _("“%(name)s” is deleted. Its numbers stay in the reports.") % {"name": record.name})
    return redirect(up)


def _deletion(desk: Desk, noun: str, object_id: int) -> tuple[DeletePage, str]:
    back = reverse(f"advertiser:{noun}", args=[object_id])
    if noun == rows.CAMPAIGN:
        campaign = advertising.campaign(desk.scope, object_id)
        count = len(advertising.ads_under(campaign_ids=[object_id]))
        return DeletePage(_("Delete this campaign?"), campaign.name, _loss(count), back), reverse(
            "advertiser:campaigns"
        )
    if noun == rows.AD_GROUP:
        ad_group = advertising.ad_group(desk.scope, object_id)
        count = len(advertising.ads_under(ad_group_ids=[object_id]))
        up = reverse("advertiser:campaign", args=[ad_group.campaign_id])
        return DeletePage(_("Delete this ad group?"), ad_group.name, _loss(count), back), up
    ad = advertising.ad(desk.scope, object_id)
    up = reverse("advertiser:ad_group", args=[ad.ad_group_id])
    return DeletePage(_("Delete this ad?"), ad.name, _("It stops within a second."), back), up


def _loss(ads: int) -> str:
    if not ads:
        return _("There is no ad in it.")
    words = ngettext(
        "%(count)d ad in it stops within a second and is deleted with it.",
        "%(count)d ads in it stop within a second and are deleted with it.",
        ads,
    )
    return words % {"count": ads}

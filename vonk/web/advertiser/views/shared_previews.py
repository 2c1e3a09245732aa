"""Share an ad with people without an account, and take the link back."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vonk.advertising.actions import shared_previews
from vonk.advertising.rules.shared_previews import DAYS_MAX, DAYS_USUAL
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid
from vonk.web.advertiser.access import Desk, at_desk

DAYS_OFFERED: Final = (1, DAYS_USUAL, DAYS_MAX)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def share(request: HttpRequest, desk: Desk, ad_id: int) -> HttpResponse:
    """Make a link to the ad's public preview, for as many days as were chosen."""
    wanted = request.POST.get("days", "")
    if wanted not in {str(days) for days in DAYS_OFFERED}:
        raise FieldInvalid("days", "one of %(known)s", known=", ".join(map(str, DAYS_OFFERED)))
    shared_previews.share(desk.scope, [(ad_id, "")], days=int(wanted), now=desk.now)
    messages.success(request, _("The link is made. Copy it below."))
    return redirect("advertiser:ad", ad_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def revoke(request: HttpRequest, desk: Desk, ad_id: int, preview_id: int) -> HttpResponse:
    """Take a link back."""
    shared_previews.revoke(desk.scope, preview_id, now=desk.now)
    messages.success(request, _("The link is taken back."))
    return redirect("advertiser:ad", ad_id)

"""Why an ad is shown (DSA art. 26): its main parameters, for the panel behind "Sponsored"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from vonk.advertising.queries.audience import targeting_shown
from vonk.web.common.requests import now_of
from vonk.web.viewer import tokens
from vonk.web.viewer.views.scopes import viewer_scope
from vonk.web.viewer.why import explain


@require_POST
def why(request: HttpRequest) -> HttpResponse:
    """Show what the ad group asked for and this viewer meets. POST, so that no token stands in an address."""
    claims = tokens.signer().read_showing(request.POST.get("token", ""))
    viewer = tokens.viewer_of(request, viewer_scope(request), now=now_of(request))
    targeting = targeting_shown(claims.ad_group_id)
    return render(request, "viewer/parts/why.html", {"why": explain(targeting, viewer)})

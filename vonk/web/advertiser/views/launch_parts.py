"""Parts of the long form that follow what is typed: the phone, what is wrong so far, what it may come to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from vonk.control.scope import Right
from vonk.web.advertiser import checks, creatives, estimating, launching
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.launching import AD


@require_POST
@at_desk()
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the ad that is being written, as its viewers will see it."""
    typed = request.POST
    spark = f"{AD}-spark" in typed if f"{AD}-switchable" in typed else f"{AD}-consent_id" in typed
    phone = creatives.phone_of_draft(
        desk,
        consent_id=launching.id_typed(typed, "consent_id") if spark else None,
        post_id=None if spark else launching.id_typed(typed, "post_id"),
        call_to_action=typed.get(f"{AD}-call_to_action", ""),
        landing_url=typed.get(f"{AD}-landing_url", ""),
    )
    warning = launching.warning(desk, typed) if spark else ""
    return render(request, "advertiser/parts/preview.html", {"phone": phone, "warning": warning})


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def check(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what the server would refuse of the form as it is; the script puts it beside the fields that were left."""
    sheet = launching.sheet_of(request, desk)
    checks.judge(sheet, desk)
    wrong = [
        (form[name].html_name, " ".join(map(str, said)))
        for form in sheet.forms.values()
        for name, said in form.errors.items()
        if name in form.fields
    ]
    return render(request, "advertiser/parts/checked.html", {"wrong": wrong})


@require_POST
@at_desk()
def estimate(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say whom the ad group that is being written may reach, and how many impressions a day its money buys."""
    sheet = launching.sheet_of(request, desk)
    return render(request, "advertiser/parts/estimate.html", {"estimate": estimating.of_sheet(sheet, desk)})

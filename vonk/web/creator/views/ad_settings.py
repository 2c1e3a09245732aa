"""The account-level switch, and the whole consent record."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import switches
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.endings import off_ends
from vonk.web.creator.forms import SwitchForm
from vonk.web.creator.words import TimelineRow


class AdSettingsPage(msgspec.Struct, frozen=True):
    """The page."""

    on: bool
    badge: Badge
    words: str
    off_ends: str  # What switching off would end, "" when nothing.
    history: tuple[TimelineRow, ...]
    next_cursor: str | None


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the switch and turn it."""
    if request.method == "POST":
        return _switch(request, scope)
    on = authorisation.ad_settings(scope)
    history = authorisation.history(scope, None, paging_of(request))
    record = AdSettingsPage(
        on=on,
        badge=Badge(_("On"), Tone.GOOD) if on else Badge(_("Off"), Tone.CALM),
        words=_("You may authorise posts, one by one.") if on else _("No post of yours can be shown in an ad."),
        off_ends=off_ends(scope, None, now_of(request)) if on else "",
        history=words.timeline(history.items),
        next_cursor=history.next_cursor,
    )
    return render(request, "creator/ad_settings.html", {"page": record})


def _switch(request: HttpRequest, scope: Scope) -> HttpResponse:
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise FieldInvalid("on", "1 or 0")
    switched = switches.set_ad_settings(scope, form.cleaned_data["on"], now_of(request))
    if switched.on:
        messages.success(request, _("Ad settings are on. Now choose a post and authorise it."))
    else:
        messages.success(request, _("Ad settings are off. No post of yours is shown in ads."))
    return redirect("creator:ad_settings")

"""One authorisation of the ad account: the page where its creator is asked for more time."""

from datetime import datetime

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import requests
from vonk.authorisation.rules import DURATIONS_DAYS
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer


class AskPage(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. ``durations`` are days, one button each; ``ends_at`` None: until somebody ends it."""

    consent_id: int
    title: str
    speaker: str
    ends_at: datetime | None
    durations: tuple[int, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ask_extension(request: HttpRequest, desk: Desk, consent_id: int) -> HttpResponse:
    """Show one button for each duration; only the button itself, a POST, asks the creator."""
    if request.method == "POST":
        days = request.POST.get("duration_days", "")
        if days not in {str(known) for known in DURATIONS_DAYS}:
            raise FieldInvalid("duration_days", "7, 30, 60 or 365")
        asked = requests.ask_extension(desk.scope, consent_id, duration_days=int(days), now=desk.now)
        if asked.again:
            messages.info(request, _("The creator was asked before and has not answered yet."))
        else:
            messages.success(request, _("The creator is asked. You will hear when they have answered."))
        return redirect("advertiser:spark_post", consent_id)
    item = authorisation.library_item(desk.scope, consent_id, desk.now)
    page = AskPage(
        consent_id=consent_id,
        title=words.title_of(item.post.caption),
        speaker=words.speaker_of(item.post),
        ends_at=item.ends_at,
        durations=DURATIONS_DAYS,
    )
    return answer(request, desk, "consent_ask.html", page)

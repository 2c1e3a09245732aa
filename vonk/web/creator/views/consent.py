"""One consent, whatever road it came by: the page where it is extended with one tap."""

from datetime import datetime

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.authorisation.actions import consents
from vonk.authorisation.queries.given import given as given_consent
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.web.common.requests import now_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import DURATION_CHOICES, ExtendForm


class ExtendPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the creator decides on. ``durations`` are days and their words, one button each."""

    consent_id: int
    post_id: int
    caption: str
    account_name: str
    ends_at: datetime | None  # None: until somebody ends it.
    may_extend: bool
    durations: tuple[tuple[int, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def extend(request: HttpRequest, scope: Scope, consent_id: int) -> HttpResponse:
    """Show one button for each duration; only the button itself, a POST, changes anything."""
    now = now_of(request)
    if request.method == "POST":
        form = ExtendForm(request.POST)
        if not form.is_valid():
            raise FieldInvalid("duration_days", "7, 30, 60 or 365")
        extended = consents.extend(scope, consent_id, duration_days=form.cleaned_data["duration_days"], now=now)
        messages.success(request, _("Lasts until %(day)s now.") % {"day": words.plain_day(extended.ends_at)})
        return redirect("creator:consent_extend", consent_id)
    given = given_consent(scope, consent_id)
    page = ExtendPage(
        consent_id=given.consent_id,
        post_id=given.post_id,
        caption=given.caption,
        account_name=given.account_name,
        ends_at=given.ends_at,
        may_extend=given.may_extend,
        durations=tuple((int(days), str(label)) for days, label in DURATION_CHOICES),
    )
    return render(request, "creator/consent_extend.html", {"page": page})

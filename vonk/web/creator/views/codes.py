"""What a creator does with a code that exists: let it last longer, revoke it, delete it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vonk.authorisation.actions import consents
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.web.common.requests import now_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import ExtendForm


@require_POST
@for_creators
def extend(request: HttpRequest, scope: Scope, post_id: int, consent_id: int) -> HttpResponse:
    """Let the consent last longer, with the same code."""
    form = ExtendForm(request.POST)
    if not form.is_valid():
        raise FieldInvalid("duration_days", "7, 30, 60 or 365")
    extended = consents.extend(scope, consent_id, duration_days=form.cleaned_data["duration_days"], now=now_of(request))
    messages.success(request, _("Lasts until %(day)s now.") % {"day": words.plain_day(extended.ends_at)})
    return redirect("creator:post_ads", post_id)


@require_POST
@for_creators
def revoke(request: HttpRequest, scope: Scope, post_id: int, consent_id: int) -> HttpResponse:
    """Take the consent back."""
    now = now_of(request)
    revoked = consents.revoke(scope, consent_id, now=now)
    if revoked.changed and revoked.ends_at is not None and revoked.ends_at > now:
        day = words.plain_day(revoked.ends_at)
        messages.success(request, _("Revoked with notice. Ads that use it stop on %(day)s.") % {"day": day})
    elif revoked.changed:
        messages.success(request, _("Revoked. Every ad with this code stops within a second."))
    else:
        messages.info(request, _("It had ended before; nothing changed."))
    return redirect("creator:post_ads", post_id)


@require_POST
@for_creators
def delete(request: HttpRequest, scope: Scope, post_id: int, consent_id: int) -> HttpResponse:
    """Delete a code that nobody used."""
    consents.delete(scope, consent_id, now=now_of(request))
    messages.success(request, _("The unused code is deleted."))
    return redirect("creator:post_ads", post_id)

"""Ask the authors of originals: a post that answers or mentions theirs may be an ad only with their consent, too."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from vonk.authorisation import needs
from vonk.authorisation.actions import records, requests
from vonk.authorisation.models import Consent, ConsentNeed, PermissionRequest
from vonk.authorisation.rules import DURATIONS_DAYS, RequestKind

PER_ROUND_MAX: Final = 200  # Needs that a round asks for: it stays short, and the rest follows a second later.


def ask_due(now: datetime) -> int:
    """Ask each author once for each need that is not met; return how many were asked. Called by *work*.

    For the days that the consent has which needs it. An author who refused is not asked by the platform again: the
    account may ask for the original like for any post. A standing consent of the author's may answer at once.
    """
    rows = ConsentNeed.objects.filter(
        ~Exists(PermissionRequest.objects.filter(need=OuterRef("pk"))),
        ~Exists(
            PermissionRequest.objects.filter(
                kind=RequestKind.ORIGINAL.value,
                outcome=None,
                post_id=OuterRef("original_id"),
                account_id=OuterRef("consent__account_id"),
            )
        ),
        met_by=None,
        consent__in=Consent.objects.filter(needs.in_force(now)),
        original__deleted_at=None,
        original__removed_at=None,
        profile__banned_at=None,
        profile__deleted_at=None,
        profile__owner__isnull=False,
        consent__account__suspended_at=None,
    )
    found = rows.order_by("pk").values_list("pk", "profile_id")
    return sum(_ask(need_id, profile_id, now) for need_id, profile_id in list(found[:PER_ROUND_MAX]))


@transaction.atomic
def _ask(need_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    need = ConsentNeed.objects.select_related("consent").filter(pk=need_id, met_by=None).first()
    if need is None or PermissionRequest.objects.filter(need=need).exists():
        return False
    # By way of an access a consent has no days of its own; then the longest that can be asked for.
    days = need.consent.duration_days
    asked = requests.ask_original(chain, need, days if days in DURATIONS_DAYS else DURATIONS_DAYS[-1], now=now)
    return asked is not None

"""What a creator says of an ad with their post: yes before its first delivery, no at any time."""

from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.advertising import letters, publish, reach
from vonk.advertising.actions import extensions, pushes
from vonk.advertising.errors import VerdictNotOpen
from vonk.advertising.models import Ad
from vonk.advertising.rules import CREATOR_NOTE_MAX
from vonk.authorisation.actions import verdicts
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

_NOUN: Final = "ad"


@transaction.atomic
def accept(scope: Scope, ad_id: int, *, now: datetime) -> bool:
    """Agree, as the post's creator, to the ad as it is now; return whether this call did.

    One that the creator refused before comes back. It is shown once review has approved it, too. Raises NotFound,
    VerdictNotOpen.
    """
    ad = _own(scope, ad_id)
    if ad.creator_accepted_at is not None and ad.creator_refused_at is None:
        return False
    assert ad.consent_id is not None, "Only Spark Ads show a creator's post."
    verdicts.accepted(scope, ad.consent_id, ad_id=ad.pk, now=now)
    ad.creator_accepted_at, ad.creator_refused_at, ad.creator_note = now, None, ""
    _save(scope, ad, "ad.accepted_by_creator", now=now)
    pushes.publish_ready(ad, now=now)
    extensions.ask([ad], now=now)
    letters.accepted_by_creator(ad, now=now)
    return True


@transaction.atomic
def refuse(scope: Scope, ad_id: int, *, note: str = "", now: datetime) -> bool:
    """Refuse, as the post's creator, an ad with it, whatever its state; return whether this call did.

    It stops within a second of the commit and stays off, edited or not, until the creator accepts it. The consent and
    other ads with the post are as before. Raises NotFound, VerdictNotOpen, FieldInvalid (note).
    """
    said = note.strip()
    if len(said) > CREATOR_NOTE_MAX:
        raise FieldInvalid("note", "at most %(most)s characters", most=CREATOR_NOTE_MAX)
    ad = _own(scope, ad_id)
    if ad.creator_refused_at is not None:
        return False
    assert ad.consent_id is not None, "Only Spark Ads show a creator's post."
    verdicts.refused(scope, ad.consent_id, ad_id=ad.pk, note=said, now=now)
    ad.creator_accepted_at, ad.creator_refused_at, ad.creator_note = None, now, said
    _save(scope, ad, "ad.refused_by_creator", now=now)
    letters.refused_by_creator(ad, now=now)
    return True


def _own(scope: Scope, ad_id: int) -> Ad:
    """Return the ad that shows the acting creator's post, with the creator's chain and its campaign held."""
    scope.require(Right.CREATE)
    own = Ad.objects.filter(pk=ad_id, consent__isnull=False, identity__owner_id=scope.person)
    found = own.values_list("consent_id", "ad_group__campaign_id").first()
    if found is None:
        raise NotFound(noun=_NOUN)
    verdicts.hold([found[0]])
    reach.hold_campaigns([found[1]])
    ad = own.select_related("ad_group__campaign").first()
    if ad is None or ad.deleted_at or ad.ad_group.deleted_at or ad.ad_group.campaign.deleted_at:
        raise VerdictNotOpen
    return ad


def _save(scope: Scope, ad: Ad, act: str, *, now: datetime) -> None:
    ad.save(update_fields=["creator_accepted_at", "creator_refused_at", "creator_note"])
    account_id = ad.ad_group.campaign.account_id
    audit.record(scope, act, _NOUN, ad.pk, at=now, account_id=account_id, detail={"note": ad.creator_note})
    publish.publish_ads([ad.pk], at=now)

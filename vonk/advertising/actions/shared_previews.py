"""Show ads to people without an account by a link that ends, and take the link back."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.advertising import preview_links
from vonk.advertising.errors import SharedPreviewQuotaExceeded
from vonk.advertising.models import Ad, SharedPreview, SharedPreviewAd
from vonk.advertising.queries.facts import ad_facts
from vonk.advertising.rules import shared_previews as rules
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import accounts
from vonk.identity.queries import account_facts

_NOUN = "shared_preview"


class SharedLink(msgspec.Struct, frozen=True):
    """A link that was made, with its whole address."""

    id: int
    url: str
    expires_at: datetime


@transaction.atomic
def share(
    scope: Scope, ads: Sequence[tuple[int, str]], *, sharer: str = "", days: int = rules.DAYS_USUAL, now: datetime
) -> SharedLink:
    """Make a link to a public page with these ads, by id and label, in their order.

    ``sharer`` "" stands for the advertiser's own name. Raises FieldInvalid (ads, days, sharer, label), NotFound for an ad
    that is none of the account's or was deleted, and for one that outsiders may not see, SharedPreviewQuotaExceeded.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    ad_ids = [ad_id for ad_id, _ in ads]
    if not 1 <= len(set(ad_ids)) == len(ad_ids) <= rules.ADS_PER_LINK_MAX:
        raise FieldInvalid("ads", "1 to %(most)s different ads", most=rules.ADS_PER_LINK_MAX)
    expires_at = now + rules.life(days)
    told = rules.words(sharer, "sharer", rules.SHARER_MAX) or account_facts(scope.account).advertiser_name
    labels = [rules.words(label, "label", rules.LABEL_MAX) for _, label in ads]
    accounts.hold(scope.account)  # Two who share at once do not pass the bound together.
    mine = Ad.objects.filter(pk__in=ad_ids, ad_group__campaign__account_id=scope.account).values_list("pk", flat=True)
    facts = ad_facts(list(mine), now=now)
    if not all(ad_id in facts and rules.may_be_seen(facts[ad_id], now) for ad_id in ad_ids):
        raise NotFound(noun="ad that can be shared")
    kept = SharedPreview.objects.filter(account_id=scope.account)
    kept.filter(expires_at__lt=now - rules.KEPT_AFTER).delete()
    if kept.filter(revoked_at=None, expires_at__gt=now).count() >= rules.LINKS_PER_ACCOUNT_MAX:
        raise SharedPreviewQuotaExceeded(most=rules.LINKS_PER_ACCOUNT_MAX)
    made = SharedPreview.objects.create(
        account_id=scope.account, sharer=told[: rules.SHARER_MAX], created_at=now, expires_at=expires_at
    )
    SharedPreviewAd.objects.bulk_create(
        SharedPreviewAd(preview=made, ad_id=ad_id, place=place, label=label)
        for place, (ad_id, label) in enumerate(zip(ad_ids, labels, strict=True))
    )
    detail = {"ad_ids": [str(ad_id) for ad_id in ad_ids], "days": days}
    audit.record(scope, "shared_preview.created", _NOUN, made.pk, at=now, detail=detail)
    return SharedLink(made.pk, preview_links.link(made.pk, scope.account, expires_at), expires_at)


@transaction.atomic
def revoke(scope: Scope, preview_id: int, *, now: datetime) -> None:
    """Take a link back: its page says so at once. Twice is once. NotFound when it is none of the account's."""
    scope.require(Right.CAMPAIGN_EDIT)
    row = SharedPreview.objects.select_for_update().filter(pk=preview_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="shared preview")
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        audit.record(scope, "shared_preview.revoked", _NOUN, preview_id, at=now)

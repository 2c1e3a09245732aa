"""Create, change, switch and delete ads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from msgspec import UNSET

from vonk.advertising import creatives, publish, reach
from vonk.advertising.actions import submissions
from vonk.advertising.creatives import Creative
from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.errors import AccountQuotaReached, IdentityQuotaReached, SparkStaysSpark, in_part
from vonk.advertising.models import Ad, AdGroup, Review
from vonk.advertising.rules import Objective, objectives, texts
from vonk.content.actions import posts
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core import limits
from vonk.core.errors import FieldInvalid

_NOUN: Final = "ad"


@transaction.atomic
def create(scope: Scope, ad_group_id: int, drafts: Sequence[AdDraft], *, now: datetime) -> tuple[int, ...]:
    """Create up to 20 ads in the ad group and hand each to review; return their ids in order. All of them, or none.

    Raises NotFound, ObjectDeleted, FieldInvalid, CallToActionNotForObjective, what ``creatives.creative`` raises (the
    field begins with “ads.NUMBER.”), AccountQuotaReached, IdentityQuotaReached.
    """
    ad_group = reach.alive_ad_group(reach.ad_groups(scope, [ad_group_id])[0])
    if not 1 <= len(drafts) <= limits.ADS_PER_REQUEST_MAX:
        raise FieldInvalid("ads", f"from 1 to {limits.ADS_PER_REQUEST_MAX} at once")
    among = creatives.choices(drafts, now)
    rows = []
    for number, draft in enumerate(drafts):
        with in_part(f"ads.{number}."):
            rows.append(_row(ad_group, draft, creatives.creative(scope, draft, among), now))
    return _add(scope, rows, now=now)


@transaction.atomic
def create_one(scope: Scope, ad_group_id: int, draft: AdDraft, *, now: datetime) -> int:
    """Create an ad as ``create`` does, with the fields of its problems named as they are; return its id."""
    ad_group = reach.alive_ad_group(reach.ad_groups(scope, [ad_group_id])[0])
    creative = creatives.creative(scope, draft, creatives.choices([draft], now))
    return _add(scope, [_row(ad_group, draft, creative, now)], now=now)[0]


@transaction.atomic
def update(scope: Scope, ad_id: int, changes: AdChanges, *, now: datetime) -> tuple[str, ...]:
    """Change an ad; return the names of what differs now.

    Another post, button or address sends it to review again and stops it until it is approved (reference §9.4); a new
    consent for the same post, or a name, does not. Raises as ``create`` does, and SparkStaysSpark.
    """
    ad = reach.alive_ad(reach.ads(scope, [ad_id])[0])
    before = _state(ad)
    if changes.name is not UNSET:
        ad.name = texts.name(changes.name)
    if changes.call_to_action is not UNSET:
        ad.call_to_action = objectives.call_to_action(changes.call_to_action, Objective(ad.ad_group.campaign.objective))
    if changes.landing_url is not UNSET:
        ad.landing_url = texts.landing_url(changes.landing_url)
    _change_creative(scope, ad, changes, now=now)
    changed = {name: value for name, value in _state(ad).items() if before[name] != value}
    if not changed:
        return ()
    if "identity_id" in changed:
        _check_identity_quota(ad.identity_id, adding=1)
    ad.modified_at = now
    ad.save()
    audit.record(scope, "ad.changed", _NOUN, ad.pk, at=now, detail=changed)
    if changed.keys() & {"post_id", "identity_id", "call_to_action", "landing_url"}:
        submissions.submit([ad], now=now)
    if "post_id" in changed:
        _show([ad], now=now)
    publish.publish_ads([ad.pk], at=now)
    return tuple(changed)


@transaction.atomic
def set_enabled(scope: Scope, ad_ids: Sequence[int], enabled: bool, *, now: datetime) -> None:  # noqa: FBT001 - the state itself, not a mode
    """Switch ads on or off: all of them, or none when one raises NotFound or ObjectDeleted."""
    rows = [reach.alive_ad(row) for row in reach.ads(scope, ad_ids)]
    switched = [row for row in rows if row.enabled != enabled]
    for row in switched:
        row.enabled, row.modified_at = enabled, now
        row.save(update_fields=["enabled", "modified_at"])
        audit.record(scope, "ad.switched_on" if enabled else "ad.switched_off", _NOUN, row.pk, at=now)
    publish.publish_ads([row.pk for row in switched], at=now)


@transaction.atomic
def delete(scope: Scope, ad_ids: Sequence[int], *, now: datetime) -> None:
    """Delete ads, which frees their places in the quotas; what was deleted before stays so. Raises NotFound."""
    gone = []
    for row in reach.ads(scope, ad_ids):
        if row.deleted_at or row.ad_group.deleted_at or row.ad_group.campaign.deleted_at:
            continue
        row.deleted_at = row.modified_at = now
        row.save(update_fields=["deleted_at", "modified_at"])
        audit.record(scope, "ad.deleted", _NOUN, row.pk, at=now)
        gone.append(row.pk)
    submissions.supersede(Review.objects.filter(ad_id__in=gone), now=now)
    publish.publish_ads(gone, at=now)


def _row(ad_group: AdGroup, draft: AdDraft, creative: Creative, now: datetime) -> Ad:
    return Ad(
        ad_group=ad_group,
        name=texts.name(draft.name),
        consent_id=creative.consent_id,
        post_id=creative.post.id,
        identity_id=creative.post.profile_id,
        call_to_action=objectives.call_to_action(draft.call_to_action, Objective(ad_group.campaign.objective)),
        landing_url=texts.landing_url(draft.landing_url),
        enabled=draft.enabled,
        created_at=now,
        modified_at=now,
    )


def _add(scope: Scope, rows: Sequence[Ad], *, now: datetime) -> tuple[int, ...]:
    """Save new ads of one ad group and open their reviews. Nothing is published: none of them is approved yet."""
    _check_account_quota(rows[0].ad_group.campaign.account_id, adding=len(rows))
    for identity_id in sorted({row.identity_id for row in rows}):
        adding = sum(row.identity_id == identity_id for row in rows)
        _check_identity_quota(identity_id, adding=adding)
    for row in rows:
        row.save(force_insert=True)
        spark = row.consent_id is not None
        detail = {"ad_group_id": row.ad_group_id, "post_id": row.post_id, "spark": spark}
        audit.record(scope, "ad.created", _NOUN, row.pk, at=now, detail=detail)
    submissions.submit(rows, now=now)
    _show(rows, now=now)
    return tuple(row.pk for row in rows)


def _show(ads: Sequence[Ad], *, now: datetime) -> None:
    """Have the posts of non-Spark ads published; a Spark Ad's was when its code was redeemed.

    Their captions are locked, as a Spark Ad's is with its first authorisation: what review approved is what is shown.
    """
    post_ids = sorted({ad.post_id for ad in ads if ad.consent_id is None})
    for post_id in post_ids:
        posts.authorise(post_id, ads_only=True, now=now)
    for post_id in post_ids:
        posts.show_in_ads(post_id, now=now)


def _change_creative(scope: Scope, ad: Ad, changes: AdChanges, *, now: datetime) -> None:
    spark = ad.consent_id is not None
    named = {
        name: value
        for name, value in (
            ("consent_id", changes.consent_id),
            ("identity_id", changes.identity_id),
            ("post_id", changes.post_id),
        )
        if value is not UNSET
    }
    if not named:
        return
    if spark != (named.keys() == {"consent_id"}):
        raise SparkStaysSpark(field=next(iter(named)))
    draft = AdDraft(
        name=ad.name,
        call_to_action=ad.call_to_action,
        landing_url=ad.landing_url,
        consent_id=named.get("consent_id"),
        identity_id=None if spark else named.get("identity_id", ad.identity_id),
        post_id=None if spark else named.get("post_id", ad.post_id),
    )
    found = creatives.creative(scope, draft, creatives.choices([draft], now))
    ad.consent_id, ad.post_id, ad.identity_id = found.consent_id, found.post.id, found.post.profile_id


def _check_account_quota(account_id: int, *, adding: int) -> None:
    """Raise AccountQuotaReached. The account's row is held with the campaign's, so nobody counts at the same time."""
    count = Ad.objects.filter(
        ad_group__campaign__account_id=account_id,
        deleted_at=None,
        ad_group__deleted_at=None,
        ad_group__campaign__deleted_at=None,
    ).count()
    if count + adding > limits.ADS_PER_ACCOUNT_MAX:
        raise AccountQuotaReached(most=limits.ADS_PER_ACCOUNT_MAX)


def _check_identity_quota(identity_id: int, *, adding: int) -> None:
    """Raise IdentityQuotaReached. Ads of every account count, so the identity's row is held while they are counted."""
    of_identity = Ad.objects.filter(identity_id=identity_id)
    held = of_identity.select_related("identity").select_for_update(of=("identity",), no_key=True)
    list(held.order_by("pk")[:1])
    count = of_identity.filter(deleted_at=None, ad_group__deleted_at=None, ad_group__campaign__deleted_at=None).count()
    if count + adding > limits.ADS_PER_IDENTITY_MAX:
        raise IdentityQuotaReached(most=limits.ADS_PER_IDENTITY_MAX)


def _state(ad: Ad) -> dict[str, object]:
    """Return all that ``update`` can change."""
    return {
        "name": ad.name,
        "call_to_action": ad.call_to_action,
        "landing_url": ad.landing_url,
        "consent_id": ad.consent_id,
        "post_id": ad.post_id,
        "identity_id": ad.identity_id,
    }

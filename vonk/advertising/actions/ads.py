"""Create, change, switch and delete ads.

Whatever concerns a Spark Ad's creator holds the creator's chain first, then campaign and account: one order for all.
``billed`` is what was billed under each consent, in micros: billing knows it, and the caller hands it in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from msgspec import UNSET

from vonk.advertising import creatives, letters, publish, reach
from vonk.advertising.actions import extensions, submissions
from vonk.advertising.creatives import Creative
from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.errors import SparkStaysSpark, in_part
from vonk.advertising.models import Ad, AdGroup, Review
from vonk.advertising.rules import Objective, grants, objectives, texts
from vonk.authorisation.actions import verdicts
from vonk.authorisation.errors.limits import AccountQuotaReached, IdentityQuotaReached
from vonk.authorisation.queries.limits import held_consents
from vonk.content.actions import posts
from vonk.content.queries import post_facts
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core import limits
from vonk.core.errors import FieldInvalid
from vonk.identity.queries import account_facts

NOTHING_BILLED: Final[Mapping[int, int]] = {}
SUBJECT: Final = frozenset(
    {"post_id", "identity_id", "call_to_action", "landing_url", "category"}
)  # What review judges.
_NOUN: Final = "ad"


@transaction.atomic
def create(
    scope: Scope,
    ad_group_id: int,
    drafts: Sequence[AdDraft],
    *,
    billed: Mapping[int, int] = NOTHING_BILLED,
    now: datetime,
) -> tuple[int, ...]:
    """Create up to 20 ads in the ad group and hand each to review; return their ids in order. All of them, or none.

    A creator is told of each ad with their post. One that outlives its consent is fine; the creator is asked for more
    time. Raises NotFound, ObjectDeleted, FieldInvalid, CallToActionNotForObjective, what ``creatives.creative`` raises
    (the field begins with “ads.NUMBER.”), CategoryNotAllowed, RegionNotLicensed, SpendCapReached, AccountQuotaReached,
    IdentityQuotaReached.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    verdicts.hold([draft.consent_id for draft in drafts], account_id=scope.account)
    ad_group = reach.alive_ad_group(reach.ad_groups(scope, [ad_group_id])[0])
    if not 1 <= len(drafts) <= limits.ADS_PER_REQUEST_MAX:
        raise FieldInvalid("ads", "from 1 to %(most)s at once", most=limits.ADS_PER_REQUEST_MAX)
    among = creatives.choices(drafts, now)
    rows = []
    for number, draft in enumerate(drafts):
        with in_part(f"ads.{number}."):
            rows.append(_row(ad_group, draft, creatives.creative(scope, draft, among), billed, now))
    return _add(scope, rows, now=now)


@transaction.atomic
def create_one(
    scope: Scope, ad_group_id: int, draft: AdDraft, *, billed: Mapping[int, int] = NOTHING_BILLED, now: datetime
) -> int:
    """Create an ad as ``create`` does, with the fields of its problems named as they are; return its id."""
    scope.require(Right.CAMPAIGN_EDIT)
    verdicts.hold([draft.consent_id], account_id=scope.account)
    ad_group = reach.alive_ad_group(reach.ad_groups(scope, [ad_group_id])[0])
    creative = creatives.creative(scope, draft, creatives.choices([draft], now))
    return _add(scope, [_row(ad_group, draft, creative, billed, now)], now=now)[0]


@transaction.atomic
def update(
    scope: Scope, ad_id: int, changes: AdChanges, *, billed: Mapping[int, int] = NOTHING_BILLED, now: datetime
) -> tuple[str, ...]:
    """Change an ad; return the names of what differs now.

    Another post, button, address or category sends it to review again and stops it until it is approved (reference
    §9.4), and accepted anew by a creator who looks at each ad; a new consent for the same post, or a name, does not.
    Raises as ``create`` does, and SparkStaysSpark.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    was_on = Ad.objects.filter(pk=ad_id).values_list("consent_id", flat=True).first()
    asked_on = None if changes.consent_id is UNSET else changes.consent_id
    verdicts.hold([was_on, asked_on], account_id=scope.account)
    ad = reach.alive_ad(reach.ads(scope, [ad_id])[0])
    before = _state(ad)
    if changes.name is not UNSET:
        ad.name = texts.name(changes.name)
    if changes.call_to_action is not UNSET:
        ad.call_to_action = objectives.call_to_action(changes.call_to_action, Objective(ad.ad_group.campaign.objective))
    if changes.category is not UNSET:
        ad.category = texts.category(changes.category)
    if changes.kept is not UNSET:
        ad.kept = changes.kept
    shown_before = ad.post_id
    creative = _change_creative(scope, ad, changes, now=now)
    _change_address(ad, changes, shown_before)
    changed = {name: value for name, value in _state(ad).items() if before[name] != value}
    if not changed:
        return ()
    if changed.keys() - {"name", "kept"} and ad.consent_id is not None:
        _check_grant(ad, creative or _as_it_is(ad, now=now), billed)
    if "identity_id" in changed:
        _check_identity_quota(ad.identity_id, adding=1, spark=ad.consent_id is not None)
        ad.creator_refused_at, ad.creator_note = None, ""  # That was another creator's word.
    ad.modified_at = now
    ad.save()
    audit.record(
        scope, "ad.changed", _NOUN, ad.pk, at=now, detail={**changed, "was": {name: before[name] for name in changed}}
    )
    if changed.keys() & SUBJECT:
        submissions.submit([ad], now=now)
        letters.tell_creators(scope, [ad], edited="identity_id" not in changed, now=now)
    extensions.ask([ad], now=now)
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


def _row(ad_group: AdGroup, draft: AdDraft, creative: Creative, billed: Mapping[int, int], now: datetime) -> Ad:
    objective = Objective(ad_group.campaign.objective)
    ad = Ad(
        ad_group=ad_group,
        consent_id=creative.consent_id,
        post_id=creative.post.id,
        identity_id=creative.post.profile_id,
        call_to_action=objectives.call_to_action(draft.call_to_action, objective),
        landing_url=creatives.address(draft.landing_url, objective, creative),
        category=texts.category(draft.category),
        kept=draft.kept,
        enabled=draft.enabled,
        created_at=now,
        modified_at=now,
    )
    ad.name = str(ad.pk) if draft.name is None else texts.name(draft.name)
    _check_grant(ad, creative, billed)
    return ad


def _check_grant(ad: Ad, creative: Creative, billed: Mapping[int, int]) -> None:
    """Raise where a Spark Ad would be outside what its consent allows."""
    if creative.held is None or creative.consent_id is None:
        return
    grants.check(
        creative.held.limits,
        category=ad.category,
        countries=publish.targeting_of(ad.ad_group).countries,
        sound_countries=creative.post.sound_countries,
        billed_micros=billed.get(creative.consent_id, 0),
        currency=account_facts(ad.ad_group.campaign.account_id).currency,
    )


def _add(scope: Scope, rows: Sequence[Ad], *, now: datetime) -> tuple[int, ...]:
    """Save new ads of one ad group and open their reviews. Nothing is published: none of them is approved yet."""
    for spark in (True, False):
        of_kind = [row for row in rows if (row.consent_id is not None) == spark]
        _check_account_quota(rows[0].ad_group.campaign.account_id, adding=len(of_kind), spark=spark)
        for identity_id in sorted({row.identity_id for row in of_kind}):
            adding = sum(row.identity_id == identity_id for row in of_kind)
            _check_identity_quota(identity_id, adding=adding, spark=spark)
    for row in rows:
        row.save(force_insert=True)
        is_spark = row.consent_id is not None
        detail = {"ad_group_id": row.ad_group_id, "post_id": row.post_id, "spark": is_spark}
        audit.record(scope, "ad.created", _NOUN, row.pk, at=now, detail=detail)
    submissions.submit(rows, now=now)
    letters.tell_creators(scope, rows, edited=False, now=now)
    extensions.ask(rows, now=now)
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


def _change_creative(scope: Scope, ad: Ad, changes: AdChanges, *, now: datetime) -> Creative | None:
    """Put what is named into the ad; return what it then shows, None when nothing is named."""
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
        return None
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
    return found


def _change_address(ad: Ad, changes: AdChanges, shown_before: int) -> None:
    """Put the named address into the ad; one that was its creator's profile follows to another creator's."""
    posts_of = post_facts({shown_before, ad.post_id})
    followed = ad.landing_url == creatives.profile_page(posts_of[shown_before])
    if changes.landing_url is UNSET and not followed:
        return
    asked = "" if changes.landing_url is UNSET else changes.landing_url
    shown = Creative(ad.consent_id, posts_of[ad.post_id])
    ad.landing_url = creatives.address(asked, Objective(ad.ad_group.campaign.objective), shown)


def _as_it_is(ad: Ad, *, now: datetime) -> Creative:
    """Return what a Spark Ad shows now, usable or not: what became of its consent stops it, not an edit of it."""
    assert ad.consent_id is not None, "A Spark Ad has one."
    held = held_consents([ad.consent_id], now).get(ad.consent_id)
    return Creative(ad.consent_id, post_facts([ad.post_id])[ad.post_id], held)


def _check_account_quota(account_id: int, *, adding: int, spark: bool) -> None:
    """Raise AccountQuotaReached. The account's row is held with the campaign's, so nobody counts at the same time."""
    most = settings.VONK.spark_ads_per_account_max if spark else limits.ADS_PER_ACCOUNT_MAX
    rows = Ad.objects.filter(ad_group__campaign__account_id=account_id, consent__isnull=not spark)
    if adding and _standing(rows).count() + adding > most:
        raise AccountQuotaReached(most=most)


def _check_identity_quota(identity_id: int, *, adding: int, spark: bool) -> None:
    """Raise IdentityQuotaReached. Ads of every account count: whoever adds a Spark Ad holds the creator's chain."""
    most = settings.VONK.spark_ads_per_identity_max if spark else limits.ADS_PER_IDENTITY_MAX
    rows = Ad.objects.filter(identity_id=identity_id, consent__isnull=not spark)
    if _standing(rows).count() + adding > most:
        raise IdentityQuotaReached(most=most)


def _standing(rows: QuerySet[Ad]) -> QuerySet[Ad]:
    """Return those that take a place in a quota."""
    return rows.filter(deleted_at=None, ad_group__deleted_at=None, ad_group__campaign__deleted_at=None)


def _state(ad: Ad) -> dict[str, object]:
    """Return all that ``update`` can change."""
    return {
        "name": ad.name,
        "call_to_action": ad.call_to_action,
        "landing_url": ad.landing_url,
        "category": ad.category,
        "consent_id": ad.consent_id,
        "post_id": ad.post_id,
        "identity_id": ad.identity_id,
        "kept": ad.kept,
    }

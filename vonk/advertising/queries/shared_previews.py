"""Links to previews, for who made them, and what their pages show to anybody."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from vonk.advertising import preview_links
from vonk.advertising.errors import SharedPreviewOver
from vonk.advertising.models import Ad, SharedPreview
from vonk.advertising.queries import previews
from vonk.advertising.queries.facts import ad_facts
from vonk.advertising.queries.views import Preview
from vonk.advertising.rules import shared_previews as rules
from vonk.content.queries import post_facts
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_facts


class SharedPreviewView(msgspec.Struct, frozen=True):
    """An open link."""

    id: int
    url: str
    sharer: str
    created_at: datetime
    expires_at: datetime


class PublicPreview(msgspec.Struct, frozen=True):
    """What the page shows: who shared, until when, and each ad with what the sharer calls it."""

    sharer: str
    expires_at: datetime
    ads: tuple[tuple[str, Preview], ...]


def shared_previews(scope: Scope, ad_id: int, *, now: datetime) -> tuple[SharedPreviewView, ...]:
    """Return the open links that show the ad, newest first; of an ad that is none of the account's, none."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = SharedPreview.objects.filter(
        account_id=scope.account, ads__ad_id=ad_id, revoked_at=None, expires_at__gt=now
    ).order_by("-pk")[: rules.LINKS_PER_ACCOUNT_MAX]
    return tuple(
        SharedPreviewView(
            id=row.pk,
            url=preview_links.link(row.pk, row.account_id, row.expires_at),
            sharer=row.sharer,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row in rows
    )


def accounts_of_ads(ad_ids: Collection[int]) -> dict[int, int]:
    """Return the ad account of each ad, of any account: whoever asks checks that it is theirs before they say so."""
    return dict(Ad.objects.filter(pk__in=ad_ids).values_list("pk", "ad_group__campaign__account_id"))


def public_preview(preview_id: int, mark: str, *, now: datetime) -> PublicPreview:
    """Return what a link shows to whoever holds it.

    Raises NotFound unless ``mark`` signs it, and for one who does hold it SharedPreviewOver when the link ended, was taken
    back, or shows nothing any more.
    """
    row = SharedPreview.objects.filter(pk=preview_id).first()
    if row is None or not preview_links.is_marked(mark, row.pk, row.account_id, row.expires_at):
        raise NotFound(noun="preview")
    if row.revoked_at is not None or row.expires_at <= now:
        raise SharedPreviewOver
    shown = list(row.ads.order_by("place").select_related("ad"))
    posts = post_facts({one.ad.post_id for one in shown})
    facts = ad_facts([one.ad_id for one in shown], now=now, posts=posts)
    account = account_facts(row.account_id)
    ads = tuple(
        (
            one.label,
            previews.of(posts[one.ad.post_id], one.ad.consent_id, one.ad.call_to_action, one.ad.landing_url, account),
        )
        for one in shown
        if rules.may_be_seen(facts[one.ad_id], now)
    )
    if not ads:
        raise SharedPreviewOver
    return PublicPreview(sharer=row.sharer, expires_at=row.expires_at, ads=ads)

"""The cast as advertising meets them: Cleo's posts consented to, Ada's and Mallory's ad accounts, Olu who reviews."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from tests.area.authorisation.world import World
from vonk.advertising import publish
from vonk.advertising.actions import ad_groups, ads, campaigns, reviews
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.advertising.models import Ad, AdGroup, Campaign, Pixel, Review
from vonk.content.models import Post, Profile, Video
from vonk.content.rules import Origin, VideoState, Visibility
from vonk.control import publications
from vonk.control.models import AuditEntry
from vonk.control.scope import Scope
from vonk.delivery.snapshot import Budget, BudgetMode, DocumentKind, Targeting, encode_document

EUR = 1_000_000
DAY = timedelta(days=1)
KINDS = (DocumentKind.CAMPAIGN, DocumentKind.AD_GROUP, DocumentKind.AD, DocumentKind.PIXEL)


def daily(units: int) -> Budget:
    return Budget(BudgetMode.DAILY, units * EUR)


def lifetime(units: int) -> Budget:
    return Budget(BudgetMode.LIFETIME, units * EUR)


def campaign_draft(**changed: Any) -> CampaignDraft:
    values: dict[str, Any] = {"name": "Spring loaves", "objective": "traffic", "budget": daily(50)}
    return CampaignDraft(**{**values, **changed})


def ad_group_draft(**changed: Any) -> AdGroupDraft:
    values: dict[str, Any] = {
        "name": "Neighbours",
        "billing": "cpc",
        "bid_micros": EUR // 2,
        "budget": daily(20),
        "targeting": Targeting(countries=("NL",)),
    }
    return AdGroupDraft(**{**values, **changed})


class Town:
    """A clock, the cast, and the smallest valid campaign, ad group and ad."""

    def __init__(self, now: datetime) -> None:
        self.world = World(now)
        self.now = now

    @property
    def ada(self) -> Scope:
        return self.world.ada

    @property
    def mallory(self) -> Scope:
        return self.world.mallory

    @property
    def olu(self) -> Scope:
        return self.world.olu

    def consent(self, **changed: Any) -> int:
        """Have Cleo consent to a post of hers and Ada redeem the code."""
        self.world.now = self.now
        post_id = self.world.ready_post(**changed) if changed else None
        return self.world.redeemed(post_id).id

    @cached_property
    def shared_consent(self) -> int:
        return self.consent()

    def identity(self, scope: Scope, name: str = "The bakery") -> int:
        return Profile.objects.create(account_id=scope.account, display_name=name, created_at=self.now).pk

    def own_post(self, scope: Scope, identity_id: int, *, state: VideoState = VideoState.READY) -> int:
        """Give the account a creative of its own under the identity."""
        video = Video.objects.create(
            uploader_id=scope.person,
            account_id=scope.account,
            state=state.value,
            original_name="oven.mp4",
            rendition_key="oven/video.mp4",
            poster_key="oven/poster.jpg",
            source_bytes=1000,
            source_sha256="1" * 64,
            width=360,
            height=640,
            duration_ms=5000,
            has_sound=True,
            created_at=self.now,
        )
        return Post.objects.create(
            profile_id=identity_id,
            video=video,
            caption="Warm from the oven",
            visibility=Visibility.PUBLIC.value,
            ads_only=True,
            origin=Origin.ADVERTISER.value,
            created_at=self.now,
        ).pk

    def campaign(self, scope: Scope | None = None, **changed: Any) -> int:
        return campaigns.create(scope or self.ada, campaign_draft(**changed), now=self.now)

    def ad_group(self, campaign_id: int | None = None, **changed: Any) -> int:
        return ad_groups.create(self.ada, campaign_id or self.campaign(), ad_group_draft(**changed), now=self.now)

    def spark_draft(self, consent_id: int | None = None, **changed: Any) -> AdDraft:
        values: dict[str, Any] = {
            "name": "A loaf rises",
            "call_to_action": "order_now",
            "landing_url": "https://bread.example/loaf",
            "consent_id": consent_id or self.consent(),
        }
        return AdDraft(**{**values, **changed})

    def own_draft(self, scope: Scope | None = None, **changed: Any) -> AdDraft:
        scope = scope or self.ada
        identity_id = self.identity(scope)
        values: dict[str, Any] = {
            "name": "Our oven",
            "call_to_action": "learn_more",
            "landing_url": "https://bread.example/oven",
            "identity_id": identity_id,
            "post_id": self.own_post(scope, identity_id),
        }
        return AdDraft(**{**values, **changed})

    def ad(self, ad_group_id: int | None = None, draft: AdDraft | None = None) -> int:
        return ads.create_one(self.ada, ad_group_id or self.ad_group(), draft or self.spark_draft(), now=self.now)

    def approved_ad(self, ad_group_id: int | None = None, draft: AdDraft | None = None) -> int:
        ad_id = self.ad(ad_group_id, draft)
        reviews.approve(self.olu, open_review(ad_id), now=self.now)
        return ad_id


def open_review(ad_id: int) -> int:
    return Review.objects.get(ad_id=ad_id, verdict="in_review").pk


def published() -> dict[DocumentKind, dict[int, str]]:
    """Return what is published of advertising now."""
    return {kind: publications.published(kind) for kind in KINDS}


def compiled() -> dict[DocumentKind, dict[int, str]]:
    """Return what should be, compiled anew from the tables."""
    return {
        kind: {
            object_id: encode_document(document) for object_id, document in documents.items() if document is not None
        }
        for kind, documents in publish.compile_all().items()
    }


def everything() -> list[Any]:
    """Return all rows that an act could change, for comparison."""
    tables = (Campaign, AdGroup, Ad, Review, Pixel, AuditEntry)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [msgspec.to_builtins(published())]

"""The brands: Ada opens their accounts, pays in, redeems codes, launches campaigns; Olu reviews them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any, Final
from urllib.parse import quote

import msgspec

from vonk.simulation.client import Caller, Created, Refused, base64_of, wait_until
from vonk.simulation.creators import PROCESSING_SECONDS_MAX, VideoState
from vonk.simulation.drawing import Drawn
from vonk.simulation.people import Town
from vonk.simulation.plans import Brand, CampaignPlan, CampaignState

SPARK_TERMS: Final = "2026-11"
CURRENCY: Final = "EUR"
PIXEL_NAME: Final = "Web shop"
TAXES_PPM: Final = {"FR": 200_000, "NL": 210_000}
DUE_DAYS: Final = 45  # So long that no invoice of the story is overdue today.
VOUCHER_DAYS: Final = 60
BACK: Final = "More was paid in than this season needs."
TIME_ZONES: Final = {"NL": "Europe/Amsterdam", "FR": "Europe/Paris"}


class IssuedPixel(msgspec.Struct, frozen=True):
    id: str
    secret: str


class Redeemed(msgspec.Struct, frozen=True):
    consent_id: str


class Terms(msgspec.Struct, frozen=True):
    """What a code asks to agree to; its text is not read here."""

    sha256: str


class Previewed(msgspec.Struct, frozen=True):
    terms: Terms | None


class Launched(msgspec.Struct, frozen=True):
    campaign_id: str
    ad_id: str


class Running(msgspec.Struct, frozen=True):
    """A campaign of the plan as it runs on the platform."""

    account_id: str
    campaign_id: str
    ad_id: str
    post_id: str


class _Review(msgspec.Struct, frozen=True):
    id: str


class _ReviewItem(msgspec.Struct, frozen=True):
    review: _Review
    ad_id: str


class Reviews(msgspec.Struct, frozen=True):
    items: tuple[_ReviewItem, ...]


def open_account(ada: Caller, olu: Caller, brand: Brand, *, voucher_ends_at: datetime) -> str:
    """Open a brand's ad account, accept the Spark terms, pay in or be given credit; return its id."""
    body = {
        "organisation_name": brand.name,
        "name": brand.name,
        "currency": CURRENCY,
        "time_zone": TIME_ZONES[brand.country],
        "country": brand.country,
        "advertiser_name": brand.name,
        "payer_name": brand.name,
    }
    account_id = ada.post("/accounts", body, Created).id
    ada.post(f"/accounts/{account_id}/spark_terms", {"version": SPARK_TERMS}, NoneType)
    if brand.credit_micros:
        terms = {"mode": "monthly", "credit_limit_micros": brand.credit_micros, "due_days": DUE_DAYS}
        olu.put(f"/money/accounts/{account_id}/terms", terms)
    else:
        top_up = {"amount_micros": brand.pays_in_micros, "provider_reference": f"town-{brand.slug}"}
        ada.post(f"/accounts/{account_id}/top_ups", top_up, Created)
    if brand.voucher_micros:
        voucher = {
            "amount_micros": brand.voucher_micros,
            "reason": "Welcome to the town",
            "reference": f"welcome-{brand.slug}",
            "expires_at": voucher_ends_at,
        }
        olu.post(f"/money/accounts/{account_id}/vouchers", voucher, Created)
    return account_id


def make_identity(ada: Caller, account_id: str, brand: Brand, avatar: Path) -> str:
    """Give a brand its own name and face for ads that are no Spark Ads; return the identity's id."""
    body = {"display_name": brand.identity, "avatar": base64_of(avatar.read_bytes())}
    return ada.post(f"/accounts/{account_id}/identities", body, Created).id


def upload(ada: Caller, account_id: str, key: str, drawn: Drawn) -> str:
    """Upload a clip to an account; return the video's id once it is processed."""
    path = f"/accounts/{account_id}/videos"
    video_id = ada.post(f"{path}?name={quote(key)}.mp4", drawn.clip(key), Created).id

    def ready() -> bool:
        video = ada.get(f"{path}/{video_id}", VideoState)
        if video.failure is not None:
            raise Refused(f"video {video_id}", 0, video.failure)
        return video.state == "ready"

    wait_until(ready, "a brand's video is not processed", seconds=PROCESSING_SECONDS_MAX, every_ms=100)
    return video_id


def make_creative(ada: Caller, account_id: str, identity_id: str, campaign: CampaignPlan, drawn: Drawn) -> str:
    """Upload the brand's own clip and make it a creative; return the post's id."""
    body = {
        "video_id": upload(ada, account_id, campaign.clip, drawn),
        "identity_id": identity_id,
        "caption": campaign.ad_text,
    }
    return ada.post(f"/accounts/{account_id}/posts", body, Created).id


def redeem(ada: Caller, account_id: str, code: str) -> str:
    """Take up a creator's consent, agreeing to its terms where it has some; return its id."""
    terms = ada.post(f"/accounts/{account_id}/spark_posts/preview", {"code": code}, Previewed).terms
    body = {"code": code, "agree_sha256": terms.sha256 if terms is not None else None}
    return ada.post(f"/accounts/{account_id}/spark_posts", body, Redeemed).consent_id


def launch(
    ada: Caller, account_id: str, campaign: CampaignPlan, creative: dict[str, str], post_id: str, *, today: datetime
) -> Running:
    """Create a campaign with its ad group and ad. ``creative`` is a consent, or an identity and a post."""
    body: dict[str, Any] = {
        "campaign": {
            "name": campaign.name,
            "objective": campaign.objective.lower(),
            "budget": {"mode": "daily", "micros": campaign.campaign_budget_micros},
        },
        "ad_group": {
            "name": ", ".join(campaign.countries),
            "billing": campaign.billing,
            "bid_micros": campaign.bid_micros,
            "budget": {"mode": "daily", "micros": campaign.ad_group_budget_micros},
            "targeting": {
                "countries": campaign.countries,
                "languages": campaign.languages,
                "age_bands": campaign.age_bands,
                "genders": campaign.genders,
                "interests": campaign.interests,
                "devices": campaign.devices,
            },
            "cap": {"impressions": campaign.cap_impressions, "window_seconds": campaign.cap_window_seconds},
            "starts_at": today + timedelta(days=campaign.starts_in_days) if campaign.starts_in_days else None,
            "ends_at": today - timedelta(days=campaign.ends_days_ago) if campaign.ends_days_ago else None,
            **({"goal": "click", "cost_cap": True} if campaign.billing == "ocpm" else {}),
        },
        "ad": {
            "name": campaign.name,
            "call_to_action": campaign.call_to_action.lower(),
            "landing_url": campaign.landing_url,
            **creative,
        },
    }
    made = ada.post(f"/accounts/{account_id}/launches", body, Launched)
    return Running(account_id, made.campaign_id, made.ad_id, post_id)


class Agency:
    """Ada at work for the town's brands."""

    def __init__(self, town: Town, drawn: Drawn) -> None:
        self._town = town
        self._ada = town.people["ada"].caller
        self._drawn = drawn
        self._accounts: dict[str, str] = {}
        self._identities: dict[str, str] = {}
        self.running: dict[str, Running] = {}  # By the campaign's name.

    def settle(self, brands: Iterable[Brand]) -> None:
        """Open the accounts of brands, each with its pixel and its custom identity; those that are open stay."""
        ends_at = self._town.world.now() + timedelta(days=VOUCHER_DAYS)
        for brand in brands:
            if brand.slug in self._accounts:
                continue
            account_id = open_account(self._ada, self._town.operator, brand, voucher_ends_at=ends_at)
            self._accounts[brand.slug] = account_id
            made = self._ada.post(f"/accounts/{account_id}/pixels", {"name": PIXEL_NAME}, IssuedPixel)
            self._town.pixels[account_id] = (made.id, made.secret)
            if brand.identity:
                self._identities[brand.slug] = make_identity(
                    self._ada, account_id, brand, self._drawn.avatars[brand.slug]
                )

    def account_of(self, slug: str) -> str:
        """Return the id of a brand's ad account."""
        return self._accounts[slug]

    def ask_back(self, *, granted: bool) -> None:
        """Ask for cash back: of the brands to which the operator grants it at once, or of those that wait."""
        for brand in self._town.plan.brands:
            if brand.asks_back_micros and brand.gets_back is granted:
                asked = {"amount_micros": brand.asks_back_micros, "reason": BACK, "reference": f"back-{brand.slug}"}
                refund = self._ada.post(f"/accounts/{self._accounts[brand.slug]}/refunds", asked, Created)
                if granted:
                    self._town.operator.post(f"/refunds/{refund.id}/approval", {}, NoneType)

    def begin(self, campaign: CampaignPlan) -> None:
        """Redeem the code or make the creative, and launch the campaign."""
        account_id = self._accounts[campaign.brand]
        if campaign.post:
            creative = {"consent_id": redeem(self._ada, account_id, self._town.codes[campaign.post])}
            post_id = self._town.posts[campaign.post]
        else:
            identity_id = self._identities[campaign.brand]
            post_id = make_creative(self._ada, account_id, identity_id, campaign, self._drawn)
            creative = {"identity_id": identity_id, "post_id": post_id}
        self.running[campaign.name] = launch(self._ada, account_id, campaign, creative, post_id, today=self._town.today)

    def appeal(self, campaign: CampaignPlan) -> None:
        """Say something against the rejection of a campaign's ad."""
        found = self.running[campaign.name]
        path = f"/accounts/{found.account_id}/ads/{found.ad_id}/appeal"
        self._ada.post(path, {"text": campaign.appeal}, msgspec.Raw)

    def pause(self) -> None:
        """Switch off the campaigns that the story leaves paused."""
        for campaign in self._town.plan.campaigns:
            if campaign.state is CampaignState.PAUSED:
                found = self.running[campaign.name]
                path = f"/accounts/{found.account_id}/campaigns/{found.campaign_id}/enabled"
                self._ada.put(path, {"enabled": False})


def review(town: Town, running: Mapping[str, Running]) -> None:
    """Let the operator decide on every running campaign's ad that waits, but those that the story leaves in the queue."""
    waiting = {item.ad_id: item.review.id for item in town.operator.get("/reviews?page_size=100", Reviews).items}
    for campaign in town.plan.campaigns:
        found = running.get(campaign.name)
        review_id = waiting.get(found.ad_id) if found is not None else None
        if review_id is None or campaign.state is CampaignState.IN_REVIEW:
            continue
        if campaign.state is CampaignState.REJECTED:
            body = {"reasons": campaign.rejection_reasons, "note": campaign.rejection_note}
            town.operator.post(f"/reviews/{review_id}/rejection", body, NoneType)
        else:
            town.operator.post(f"/reviews/{review_id}/approval", {}, NoneType)

"""Ads: Spark and non-Spark, created, changed, switched, deleted, within their quotas."""

import json
from typing import Any

import msgspec
import pytest
from django.conf import LazySettings

from tests.area.advertising.town import (
    DAY,
    Town,
    ad_group_draft,
    campaign_draft,
    compiled,
    everything,
    published,
)
from vonk.advertising import queries
from vonk.advertising.actions import ads, campaigns, launches
from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.errors import (
    BillingNotForObjective,
    CallToActionNotForObjective,
    ObjectDeleted,
    SparkStaysSpark,
)
from vonk.advertising.models import Ad
from vonk.advertising.rules import Verdict
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents
from vonk.authorisation.errors.consents import (
    AuthCodeExpired,
    AuthorizationReleased,
    AuthorizationRevoked,
    NotPublicVideo,
    OriginalAuthorizationRequired,
    VideoDeleted,
    VideoUnavailable,
)
from vonk.authorisation.errors.limits import AccountQuotaReached, IdentityQuotaReached
from vonk.content.actions import posts
from vonk.content.errors import CaptionLocked, VideoNotReady
from vonk.content.rules import VideoState, Visibility
from vonk.control import publications
from vonk.control.paging import Paging
from vonk.core import limits
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.delivery.snapshot import DocumentKind


def post_of(town: Town, consent_id: int) -> int:
    return authorisation.consent_facts([consent_id], town.now)[consent_id].post_id


def change(town: Town, ad_id: int, **changed: Any) -> tuple[str, ...]:
    return ads.update(town.ada, ad_id, AdChanges(**changed), now=town.now)


def test_no_ad_while_an_original_author_has_not_consented(town: Town) -> None:
    waiting = town.world.issued(town.world.ready_post(duet_of_id=town.world.ready_post("Vik")))
    consents.redeem(town.ada, waiting.code, now=town.now)
    with pytest.raises(OriginalAuthorizationRequired) as caught:
        town.ad(draft=town.spark_draft(waiting.id))
    assert str(caught.value) == "The creator of the original post has to consent too: @vik."
    assert not Ad.objects.exists()


def test_a_spark_ad_speaks_as_its_creator(town: Town) -> None:
    consent_id = town.consent()
    ad_id = town.ad(draft=town.spark_draft(consent_id))
    view = queries.ad(town.ada, ad_id)
    assert (view.consent_id, view.post_id) == (consent_id, post_of(town, consent_id))
    assert (view.identity_id, view.identity_name) == (town.world.profiles["Cleo"], "Cleo")
    assert view.review.verdict is Verdict.IN_REVIEW
    assert published()[DocumentKind.AD] == {}
    preview = queries.preview(town.ada, ad_id)
    assert (preview.handle, preview.caption, preview.call_to_action_text) == ("cleo", "A loaf rises", "Order now")
    assert (preview.advertiser_name, preview.landing_url) == ("Ada", "https://bread.example/loaf")


def test_an_approved_ad_is_published(town: Town) -> None:
    consent_id = town.consent()
    ad_id = town.approved_ad(draft=town.spark_draft(consent_id))
    view = queries.ad(town.ada, ad_id)
    assert json.loads(published()[DocumentKind.AD][ad_id]) == {
        "id": ad_id,
        "ad_group_id": view.ad_group_id,
        "campaign_id": view.campaign_id,
        "account_id": town.ada.account,
        "grant_id": consent_id,
        "post_id": view.post_id,
        "call_to_action": "order_now",
        "landing_url": "https://bread.example/loaf",
        "advertiser_name": "Ada",
        "payer_name": "Ada",
        "category": "",
        "caps": [],
    }


def test_a_non_spark_ad_has_its_own_post_published_and_its_caption_locked(town: Town) -> None:
    draft = town.own_draft()
    ad_id = town.approved_ad(draft=draft)
    assert draft.post_id is not None
    assert json.loads(published()[DocumentKind.AD][ad_id])["grant_id"] == 0
    assert list(publications.published(DocumentKind.POST)) == [draft.post_id]
    with pytest.raises(CaptionLocked):
        posts.edit_caption(town.ada, draft.post_id, "Something else", town.now)


def test_previewed_before_it_is_created(town: Town) -> None:
    draft = town.spark_draft(name="")
    assert draft.consent_id is not None
    preview = queries.preview_draft(town.ada, draft, now=town.now)
    assert (preview.post_id, preview.display_name) == (post_of(town, draft.consent_id), "Cleo")
    with pytest.raises(NotFound):
        queries.preview_draft(town.mallory, draft, now=town.now)


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"name": ""}, FieldInvalid, "name"),
        ({"call_to_action": "run"}, FieldInvalid, "call_to_action"),
        ({"call_to_action": "view_profile"}, CallToActionNotForObjective, "call_to_action"),
        ({"landing_url": "bread.example"}, FieldInvalid, "landing_url"),
        ({"consent_id": 1}, NotFound, "consent_id"),
        ({"identity_id": 1}, FieldInvalid, "post_id"),
        ({"consent_id": None}, FieldInvalid, "identity_id"),
        ({"consent_id": None, "identity_id": 1}, FieldInvalid, "post_id"),
        ({"consent_id": None, "identity_id": 1, "post_id": 1}, NotFound, "post_id"),
    ],
)
def test_refused_drafts_change_nothing(town: Town, changed: dict[str, Any], error: type[Problem], field: str) -> None:
    ad_group_id = town.ad_group()
    draft = town.spark_draft()
    before = everything()
    values = {name: getattr(draft, name) for name in AdDraft.__struct_fields__}
    with pytest.raises(error) as caught:
        ads.create_one(town.ada, ad_group_id, AdDraft(**{**values, **changed}), now=town.now)
    assert caught.value.field == field
    assert everything() == before


def test_what_is_somebody_elses_does_not_exist(town: Town) -> None:
    ad_group_id = town.ad_group()
    theirs = town.own_draft(town.mallory)
    creators = town.world.post()
    mine = town.own_draft()
    cross = AdDraft(
        name="x", call_to_action="learn_more", landing_url="https://a.example", identity_id=theirs.identity_id,
        post_id=mine.post_id,
    )  # fmt: skip
    organic = AdDraft(
        name="x", call_to_action="learn_more", landing_url="https://a.example",
        identity_id=town.world.profiles["Cleo"], post_id=creators,
    )  # fmt: skip
    for draft, field in ((theirs, "post_id"), (cross, "identity_id"), (organic, "post_id")):
        with pytest.raises(NotFound) as caught:
            ads.create_one(town.ada, ad_group_id, draft, now=town.now)
        assert caught.value.field == field


def test_a_consent_that_ended_makes_no_new_ad(town: Town) -> None:
    ad_group_id = town.ad_group()
    expired, revoked, released = town.consent(), town.consent(), town.consent()
    consents.revoke(town.world.cleo, revoked, now=town.now)
    consents.revoke(town.world.cleo, released, now=town.now)
    consents.release(town.ada, released, now=town.now)
    town.now += 30 * DAY
    for consent_id, error in (
        (expired, AuthCodeExpired),
        (revoked, AuthorizationRevoked),
        (released, AuthorizationReleased),
    ):
        with pytest.raises(error) as caught:
            town.ad(ad_group_id, town.spark_draft(consent_id))
        assert caught.value.field == "consent_id"


def test_a_post_that_is_gone_makes_no_new_ad(town: Town) -> None:
    ad_group_id = town.ad_group()
    hidden, removed, deleted = town.consent(), town.consent(), town.consent()
    posts.set_visibility(town.world.cleo, post_of(town, hidden), Visibility.PRIVATE, town.now)
    posts.remove(town.olu, post_of(town, removed), "spam", town.now)
    posts.delete(town.world.cleo, post_of(town, deleted), town.now)
    for consent_id, error in ((hidden, NotPublicVideo), (removed, VideoUnavailable), (deleted, VideoDeleted)):
        with pytest.raises(error):
            town.ad(ad_group_id, town.spark_draft(consent_id))


def test_a_video_is_ready_before_its_ad(town: Town) -> None:
    identity_id = town.identity(town.ada)
    post_id = town.own_post(town.ada, identity_id, state=VideoState.PROCESSING)
    with pytest.raises(VideoNotReady):
        town.ad(draft=town.own_draft(identity_id=identity_id, post_id=post_id))


def test_up_to_twenty_at_once_and_all_or_none(town: Town) -> None:
    ad_group_id = town.ad_group()
    draft = town.spark_draft()
    ids = ads.create(town.ada, ad_group_id, [draft] * 20, now=town.now)
    assert len(set(ids)) == 20
    before = everything()
    for number in (0, 21):
        with pytest.raises(FieldInvalid) as caught:
            ads.create(town.ada, ad_group_id, [draft] * number, now=town.now)
        assert caught.value.field == "ads"
    wrong = town.spark_draft(draft.consent_id, landing_url="x")
    with pytest.raises(FieldInvalid) as caught:
        ads.create(town.ada, ad_group_id, [draft, wrong], now=town.now)
    assert caught.value.field == "ads.1.landing_url"
    assert str(caught.value) == "ads.1.landing_url: begin with https:// or http://"
    assert everything() == before


def test_quotas_are_freed_by_deleting(town: Town, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setattr(limits, "ADS_PER_ACCOUNT_MAX", 1)  # Of its own videos.
    settings.VONK = msgspec.structs.replace(settings.VONK, spark_ads_per_identity_max=2, spark_ads_per_account_max=3)
    ad_group_id = town.ad_group()
    draft = town.spark_draft()
    first, _ = ads.create(town.ada, ad_group_id, [draft] * 2, now=town.now)
    with pytest.raises(IdentityQuotaReached) as identity:
        town.ad(ad_group_id, draft)
    assert identity.value.code == "identity_quota_reached"
    town.ad(ad_group_id, town.own_draft())
    with pytest.raises(AccountQuotaReached) as account:
        town.ad(ad_group_id, town.own_draft())
    assert account.value.code == "account_quota_reached"
    ads.delete(town.ada, [first], now=town.now)
    town.ad(ad_group_id, draft)
    campaigns.delete(town.ada, [queries.ad_group(town.ada, ad_group_id).campaign_id], now=town.now)
    town.ad(town.ad_group(), draft)


@pytest.mark.parametrize("changed", [{"call_to_action": "shop_now"}, {"landing_url": "https://rye.example/"}])
def test_an_edit_of_what_is_shown_stops_the_ad_until_it_is_approved_again(town: Town, changed: dict[str, str]) -> None:
    ad_id = town.approved_ad()
    assert change(town, ad_id, **changed) == tuple(changed)
    assert queries.ad(town.ada, ad_id).review.verdict is Verdict.IN_REVIEW
    assert published()[DocumentKind.AD] == {}


def test_another_post_is_reviewed_and_a_new_consent_for_the_same_is_not(town: Town) -> None:
    first = town.consent()
    ad_id = town.approved_ad(draft=town.spark_draft(first))
    again = town.world.redeemed(post_of(town, first)).id
    assert change(town, ad_id, consent_id=again) == ("consent_id",)
    assert json.loads(published()[DocumentKind.AD][ad_id])["grant_id"] == again
    assert change(town, ad_id, name="Another name") == ("name",)
    assert queries.ad(town.ada, ad_id).review.verdict is Verdict.APPROVED
    assert change(town, ad_id, consent_id=town.consent()) == ("consent_id", "post_id")
    assert published()[DocumentKind.AD] == {}


def test_a_non_spark_ad_gets_another_post_of_its_own(town: Town) -> None:
    draft = town.own_draft()
    ad_id = town.approved_ad(draft=draft)
    assert draft.identity_id is not None
    other = town.own_post(town.ada, draft.identity_id)
    assert change(town, ad_id, post_id=other) == ("post_id",)
    assert other in publications.published(DocumentKind.POST)
    elsewhere = town.own_draft()
    assert change(town, ad_id, post_id=elsewhere.post_id, identity_id=elsewhere.identity_id) == (
        "post_id",
        "identity_id",
    )


def test_a_spark_ad_stays_one(town: Town) -> None:
    spark, own = town.ad(), town.ad(draft=town.own_draft())
    draft = town.own_draft()
    with pytest.raises(SparkStaysSpark):
        change(town, spark, post_id=draft.post_id, identity_id=draft.identity_id)
    with pytest.raises(SparkStaysSpark):
        change(town, own, consent_id=town.consent())


def test_switched_and_deleted(town: Town) -> None:
    ad_id = town.approved_ad()
    ads.set_enabled(town.ada, [ad_id], False, now=town.now)
    assert published()[DocumentKind.AD] == {}
    ads.set_enabled(town.ada, [ad_id], True, now=town.now)
    assert list(published()[DocumentKind.AD]) == [ad_id]
    ads.delete(town.ada, [ad_id], now=town.now)
    assert published()[DocumentKind.AD] == {}
    before = everything()
    ads.delete(town.ada, [ad_id], now=town.now)
    assert everything() == before
    with pytest.raises(ObjectDeleted):
        change(town, ad_id, name="x")


def test_launched_in_one_act_or_not_at_all(town: Town) -> None:
    before = everything()
    spark = town.spark_draft()
    for campaign, ad_group, ad, field in (
        (campaign_draft(name=""), ad_group_draft(), spark, "campaign_name"),
        (campaign_draft(), ad_group_draft(bid_micros=0), spark, "ad_group_bid_micros"),
        (campaign_draft(), ad_group_draft(), town.spark_draft(spark.consent_id, landing_url=""), "ad_landing_url"),
    ):
        with pytest.raises(FieldInvalid) as caught:
            launches.launch(town.ada, campaign, ad_group, ad, now=town.now)
        assert caught.value.field == field
    with pytest.raises(BillingNotForObjective) as billing:
        launches.launch(town.ada, campaign_draft(objective="reach"), ad_group_draft(), spark, now=town.now)
    assert billing.value.field == "ad_group_billing"
    assert everything()[:4] == before[:4]
    launched = launches.launch(town.ada, campaign_draft(), ad_group_draft(), spark, now=town.now)
    view = queries.ad(town.ada, launched.ad_id)
    assert (view.campaign_id, view.ad_group_id) == (launched.campaign_id, launched.ad_group_id)
    assert published() == compiled()


def test_lists_narrow(town: Town) -> None:
    first, second = town.ad(), town.ad()
    view = queries.ad(town.ada, first)
    assert [each.id for each in queries.ads(town.ada, Paging()).items] == [second, first]
    assert [each.id for each in queries.ads(town.ada, Paging(), campaign_id=view.campaign_id).items] == [first]
    assert [each.id for each in queries.ads(town.ada, Paging(), ad_group_id=view.ad_group_id).items] == [first]


def test_a_page_of_ads_costs_the_same_however_long(town: Town, django_assert_num_queries: Any) -> None:
    ad_group_id = town.ad_group()
    ads.create(town.ada, ad_group_id, [town.spark_draft()] * 2, now=town.now)
    with django_assert_num_queries(3):
        queries.ads(town.ada, Paging())
    ads.create(town.ada, ad_group_id, [town.spark_draft() for _ in range(5)], now=town.now)
    with django_assert_num_queries(3):
        assert len(queries.ads(town.ada, Paging()).items) == 7


def test_the_creator_sees_the_ads_with_her_post(town: Town) -> None:
    consent_id = town.consent()
    post_id = post_of(town, consent_id)
    ad_id = town.approved_ad(draft=town.spark_draft(consent_id))
    gone = town.ad(draft=town.spark_draft(consent_id))
    ads.delete(town.ada, [gone], now=town.now)
    page = queries.ads_using_post(town.world.cleo, post_id, Paging())
    (only,) = page.items
    assert (only.ad_id, only.account_name, only.ad_name) == (ad_id, "Ada's bread", "A loaf rises")
    assert (only.since, only.enabled, only.approved) == (town.now, True, True)
    assert queries.spark_ads_using(post_id) == page.items
    assert queries.ads_of_posts([post_id]) == {post_id: (ad_id, gone)}
    for name in ("Vik", "Mallory", "Ada"):
        with pytest.raises(NotFound):
            queries.ads_using_post(town.world.people[name], post_id, Paging())
    own = town.own_draft()
    assert own.post_id is not None
    with pytest.raises(NotFound):
        queries.ads_using_post(town.ada, own.post_id, Paging())


def test_budgets_and_facts_for_others(town: Town) -> None:
    ad_id = town.approved_ad()
    view = queries.ad(town.ada, ad_id)
    found = queries.budgets([view.campaign_id], [view.ad_group_id])
    assert found == {
        ("campaign", view.campaign_id): queries.BudgetFacts("daily", 50_000_000, "EUR", "Europe/Amsterdam"),
        ("ad_group", view.ad_group_id): queries.BudgetFacts("daily", 20_000_000, "EUR", "Europe/Amsterdam"),
    }
    assert queries.ads_under(account_id=town.ada.account) == {ad_id: (view.ad_group_id, view.campaign_id)}
    assert queries.ads_under(campaign_ids=[view.campaign_id]) == {ad_id: (view.ad_group_id, view.campaign_id)}
    assert queries.ads_under(ad_group_ids=[]) == {}

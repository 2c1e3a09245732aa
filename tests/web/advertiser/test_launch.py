"""The long form: a campaign, its ad group and its ad, in one act or not at all."""

from typing import Any

import pytest

from tests.area.advertising.town import EUR, everything
from tests.web.advertiser.filling import AD, AD_GROUP, launch
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad, AdGroup, Campaign, Review
from vonk.authorisation.actions import consents

NEW = "/advertiser/campaigns/new/"


def test_a_spark_ad_is_launched_with_all_that_was_asked(stage: Stage) -> None:
    consent_id = stage.town.shared_consent
    sent = launch(
        ad__consent_id=str(consent_id),
        ad_group__languages=["nl"],
        ad_group__age_bands=["18_24", "25_34"],
        ad_group__interests=["food"],
        ad_group__devices=["ios"],
        ad_group__starts_at="2026-03-03T08:00",
        ad_group__ends_at="2026-03-10T20:00",
        ad_group__cap_impressions="3",
        ad_group__cap_days="7",
    )

    sent_off = stage.browser("Ada").post(NEW, sent)

    ad = Ad.objects.get()
    assert (sent_off.status_code, sent_off.headers["Location"]) == (302, f"/advertiser/ads/{ad.pk}/")
    assert (ad.consent_id, ad.call_to_action, ad.landing_url) == (consent_id, "order_now", "https://bread.example/loaf")
    group = AdGroup.objects.get()
    assert (group.budget_micros, group.bid_micros, group.billing, group.pacing) == (
        20_500_000,
        400_000,
        "cpc",
        "smooth",
    )
    assert group.targeting == {
        "countries": ["BE", "NL"],
        "languages": ["nl"],
        "age_bands": ["18_24", "25_34"],
        "genders": [],
        "interests": ["food"],
        "devices": ["ios"],
        "dayparting": "",
        "unmet": [],
        "limits": {},
    }
    assert (group.starts_at.isoformat(), group.ends_at and group.ends_at.isoformat()) == (
        "2026-03-03T07:00:00+00:00",  # Amsterdam's eight in the morning.
        "2026-03-10T19:00:00+00:00",
    )
    assert (group.cap_impressions, group.cap_window_seconds) == (3, 7 * 86_400)
    assert (Campaign.objects.get().objective, Campaign.objects.get().budget_micros) == ("traffic", 60 * EUR)
    assert Review.objects.get(ad=ad).verdict == "in_review"
    assert "The ad is in review" in text_of(stage.browser("Ada").get(f"/advertiser/ads/{ad.pk}/"))


def test_a_bid_for_a_conversion_is_launched_and_told(stage: Stage) -> None:
    asked = {"ad_group__billing": "ocpm", "ad_group__goal": "conversion", "ad_group__goal_event": "purchase"}
    sent = launch(ad__consent_id=str(stage.town.shared_consent), campaign__objective="conversions", **asked)

    stage.browser("Ada").post(NEW, {**sent, "ad_group-cost_cap": "1"})

    group = AdGroup.objects.get()
    assert (group.billing, group.goal, group.goal_event, group.cost_cap) == ("ocpm", "conversion", "purchase", True)
    page = text_of(stage.browser("Ada").get(f"/advertiser/ad-groups/{group.pk}/"))
    assert "oCPM 0.40 EUR for a “purchase” on average (cost cap)" in page
    edit = stage.browser("Ada").get(f"/advertiser/ad-groups/{group.pk}/edit/").content.decode()
    assert 'name="ad_group-goal"' not in edit


def test_an_own_video_is_launched_under_its_identity(stage: Stage) -> None:
    identity_id = stage.town.identity(stage.town.ada)
    post_id = stage.town.own_post(stage.town.ada, identity_id)

    stage.browser("Ada").post(NEW, launch(ad__spark=None, ad__post_id=str(post_id)))

    ad = Ad.objects.get()
    assert (ad.consent_id, ad.post_id, ad.identity_id) == (None, post_id, identity_id)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"campaign__name": ""}, "This field is required."),
        ({"campaign__objective": "fame"}, "Select a valid choice"),
        ({"campaign__budget_micros": ""}, "Write an amount."),
        ({"campaign__budget_micros": "49"}, "The budget must be at least 50.00 EUR."),
        ({"campaign__budget_micros": "1,500"}, "without marks between the thousands"),
        ({"ad_group__budget_micros": "19"}, "The budget must be at least 20.00 EUR."),
        ({"ad_group__budget_mode": "lifetime"}, "A lifetime budget needs an end."),
        ({"ad_group__bid_micros": "20.50"}, "The bid must be less than the budget"),
        ({"ad_group__bid_micros": "cheap"}, "Write an amount, for example"),
        ({"ad_group__bid_micros": "0"}, "Write an amount above zero."),
        ({"ad_group__billing": "cpv"}, "An ad group of this campaign can be billed by: CPC, CPM, OCPM."),
        (
            {"ad_group__billing": "ocpm", "ad_group__goal": "conversion"},
            "An ad group of this campaign can be optimised for: click.",
        ),
        ({"ad_group__countries": None}, "Choose at least one country."),
        ({"ad_group__starts_at": "2026-03-01T08:00"}, "This time has already passed."),
        ({"ad_group__ends_at": "2026-03-02T09:00"}, "The end must come after the start."),
        ({"ad_group__cap_impressions": "3"}, "Say in how many days."),
        ({"ad_group__age_bands": ["13_17"], "ad_group__interests": ["food"]}, "Ads for people under 18 cannot use"),
        ({"ad__landing_url": "bread.example"}, "Begin with https:// or http://."),
        ({"ad__call_to_action": "view_profile"}, "kept for campaigns with another objective"),
        ({"ad__consent_id": None}, "Choose a post."),
        ({"ad__consent_id": "1"}, "Select a valid choice"),
        ({"ad__name": "🍞"}, "No emoji."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_made(stage: Stage, changed: dict[str, Any], told: str) -> None:
    consent_id = stage.town.shared_consent
    before = everything()

    refused = stage.browser("Ada").post(NEW, launch(**{"ad__consent_id": str(consent_id), **changed}))

    assert (refused.status_code, told in text_of(refused)) == (422, True)
    assert "1 answer needs another look" in text_of(refused)
    assert 'value="Neighbours"' in refused.content.decode()  # What was typed is still there.
    assert everything() == before


def test_a_post_that_ended_meanwhile_is_refused_by_name(stage: Stage) -> None:
    consent_id = stage.town.shared_consent
    consents.revoke(stage.cleo, consent_id, now=stage.now)
    before = everything()

    refused = stage.browser("Ada").post(NEW, launch(ad__consent_id=str(consent_id)))

    assert (refused.status_code, "The creator has revoked this authorisation." in text_of(refused)) == (422, True)
    assert everything() == before


def test_mallory_launches_nothing_with_adas_post(stage: Stage) -> None:
    consent_id = stage.town.shared_consent
    before = everything()

    refused = stage.browser("Mallory").post(NEW, launch(ad__consent_id=str(consent_id)))

    assert (refused.status_code, "Select a valid choice" in text_of(refused)) == (422, True)
    assert everything() == before


def test_the_form_waits_while_a_video_is_made(stage: Stage) -> None:
    ada = stage.browser("Ada")
    before = everything()

    away = ada.post(NEW, launch(campaign__name="Half written", keep="creative", ad__landing_url=""))
    waiting = text_of(ada.get("/advertiser/videos/new/"))
    identity_id = stage.town.identity(stage.town.ada)
    post_id = stage.town.own_post(stage.town.ada, identity_id)
    back = ada.get(f"{NEW}?kept=1&creative={post_id}").content.decode()
    fresh = ada.get(NEW).content.decode()

    assert (away.status_code, away.headers["Location"]) == (302, "/advertiser/videos/new/")
    assert "The ad that you were creating is kept." in waiting
    assert 'value="Half written"' in back
    assert f'value="{post_id}" checked' in back
    assert "answers need another look" not in back
    assert "v-field-error" not in back
    assert 'value="Half written"' not in fresh
    assert everything() == before


def test_the_preview_shows_what_viewers_will_see(stage: Stage) -> None:
    consent_id = stage.town.consent(caption="Seen on the phone")
    ada = stage.browser("Ada")

    shown = ada.post("/advertiser/ads/preview/", {**AD, "ad-consent_id": str(consent_id)})
    unfinished = ada.post("/advertiser/ads/preview/", {**AD, "ad-consent_id": str(consent_id), "ad-landing_url": "htt"})
    nothing = ada.post("/advertiser/ads/preview/", AD)
    foreign = stage.browser("Mallory").post("/advertiser/ads/preview/", {**AD, "ad-consent_id": str(consent_id)})

    words = text_of(shown)
    assert words.index("@cleo") < words.index("Seen on the phone") < words.index("Order now") < words.index("Sponsored")
    assert "The button leads to bread.example." in words
    assert ("Seen on the phone" in text_of(unfinished), "leads to" in text_of(unfinished)) == (True, False)
    assert "Choose a post to see the ad." in text_of(nothing)
    assert ("Seen on the phone" in text_of(foreign), "no such authorisation" in text_of(foreign)) == (False, True)


def test_an_ad_group_and_an_ad_are_added(stage: Stage) -> None:
    consent_id = stage.town.shared_consent
    campaign_id = stage.town.campaign()
    ada = stage.browser("Ada")

    page = ada.get(f"/advertiser/campaigns/{campaign_id}/ad-groups/new/").content.decode()
    wrong = ada.post(f"/advertiser/campaigns/{campaign_id}/ad-groups/new/", {**AD_GROUP, "ad_group-bid_micros": "30"})
    assert AdGroup.objects.count() == 0
    made = ada.post(f"/advertiser/campaigns/{campaign_id}/ad-groups/new/", AD_GROUP)
    group = AdGroup.objects.get()
    bare = ada.post(f"/advertiser/ad-groups/{group.pk}/ads/new/", AD)
    assert Ad.objects.count() == 0
    added = ada.post(f"/advertiser/ad-groups/{group.pk}/ads/new/", {**AD, "ad-consent_id": str(consent_id)})

    assert ('value="cpc"' in page, 'value="cpv"' in page) == (True, False)
    assert (wrong.status_code, "The bid must be less" in text_of(wrong)) == (422, True)
    assert made.headers["Location"] == f"/advertiser/ad-groups/{group.pk}/ads/new/"
    assert (bare.status_code, "Choose a post." in text_of(bare)) == (422, True)
    assert added.headers["Location"] == f"/advertiser/ads/{Ad.objects.get(ad_group=group).pk}/"

"""Performance of posts: what each brought, and what is good to advertise by what may be known."""

from tests.area.advertising.town import EUR
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad, Campaign
from vonk.content.models import Post, Tally
from vonk.events.records import Kind
from vonk.reporting.library import queries

PAGE = "/advertiser/library/"


def organic(stage: Stage, post_id: int, *, plays: int, watched: int) -> None:
    hour = stage.now.replace(minute=0, second=0, microsecond=0)
    for metric, value in (("plays", plays), ("view_6s", watched)):
        Tally.objects.create(post_id=post_id, ad_id=0, hour_at=hour, metric=metric, value=value)


def test_a_posts_ads_are_told_together(stage: Stage) -> None:
    stage.pay(100 * EUR)
    consent_id = stage.town.consent()
    group = stage.town.ad_group()
    for _ in range(2):
        ad_id = stage.town.approved_ad(group, stage.town.spark_draft(consent_id))
        stage.happen(ad_id, Kind.CLICK_DESTINATION, Kind.IMPRESSION, Kind.PLAY, Kind.VIEW_6S, price=EUR // 2)

    (row,) = queries.performance(stage.town.ada, start_date=stage.now.date(), end_date=stage.now.date())
    words = text_of(stage.browser("Ada").get(PAGE)).replace("\N{NO-BREAK SPACE}", " ")

    assert (row.ads, row.counts["impressions"], row.consent_id, row.best) == (2, 2, consent_id, None)
    assert "1.00 EUR 2 2 100.00% 100.00%" in words
    assert "Too few impressions" in words
    assert queries.performance(stage.town.mallory, start_date=stage.now.date(), end_date=stage.now.date()) == ()


def test_a_post_that_holds_its_viewers_is_advised_to_whom_it_was_authorised_for(stage: Stage) -> None:
    consent_id = stage.town.consent()
    ad_id = stage.town.approved_ad(draft=stage.town.spark_draft(consent_id))
    post_id = Ad.objects.get(pk=ad_id).post_id
    others = stage.town.own_post(stage.town.mallory, stage.town.identity(stage.town.mallory, "Others"))
    organic(stage, post_id, plays=200, watched=150)
    organic(stage, others, plays=2_000, watched=400)

    found = queries.advice(stage.town.ada, now=stage.now.replace(hour=23))
    page = stage.browser("Ada").get(PAGE)

    (held,) = found.held
    assert (held.item.consent_id, held.plays, round(held.watched.value, 2)) == (consent_id, 200, 0.75)
    assert found.reachable == ()
    assert queries.advice(stage.town.mallory, now=stage.now.replace(hour=23)).held == ()
    assert Post.objects.filter(pk=post_id).exists()
    assert page.status_code == 200


def test_each_cause_has_its_mend_for_whoever_may_act(stage: Stage) -> None:
    stage.pay(100 * EUR)
    campaign_id = stage.town.campaign(enabled=False)
    ad_id = stage.town.approved_ad(stage.town.ad_group(campaign_id))
    ada, on = stage.browser("Ada"), f"/advertiser/campaigns/{campaign_id}/switch/on/"

    page = ada.get(f"/advertiser/ads/{ad_id}/").content.decode()
    stranger = stage.browser("Mallory").post(on)
    off = Campaign.objects.get(pk=campaign_id).enabled
    mended = ada.post(on, headers={"HX-Request": "true"})

    assert f'hx-post="{on}"' in page
    assert "Switch the campaign on" in page
    assert (stranger.status_code, off) == (404, False)
    assert (mended.status_code, mended.headers["HX-Refresh"]) == (204, "true")
    assert Campaign.objects.get(pk=campaign_id).enabled

"""Ada sees why her ads are shown or not: from what a real ad server counted, with the way to mend it."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from pytest_django import Settings

from tests.area.advertising.town import EUR
from tests.unit.delivery.making import ACCOUNT, GRANT, NOW_MS, POST, Ads, grant, rival
from tests.web.ad_server_door import Happen, served
from tests.web.creator.stage import Stage, text_of
from vonk.delivery.explaining.sampling import ONE_IN, TOLD_FROM
from vonk.events.tokens import ViewerClaims


@pytest.fixture
def ad_id(stage: Stage) -> int:
    stage.pay(100 * EUR)
    return stage.town.approved_ad(stage.town.ad_group(starts_at=stage.now))


@pytest.fixture
def happen(stage: Stage, ad_id: int, settings: Settings) -> Iterator[Happen]:
    with served(stage.now) as (address, happen):
        settings.VONK = msgspec.structs.replace(settings.VONK, ads_url=address)
        yield happen


async def visits(ads: Ads, count: int, country: str = "NL") -> None:
    token = ads.signer.sign_viewer(ViewerClaims("vik", NOW_MS * 2, country, "nl"))
    for _ in range(count):
        await ads.slot(token)


def page_of(stage: Stage, path: str) -> Any:
    answer = stage.browser("Ada").get(path)
    assert answer.status_code == 200
    return answer


def test_what_became_of_an_ad_and_of_its_group(stage: Stage, ad_id: int, happen: Happen) -> None:
    async def story(ads: Ads) -> None:
        await visits(ads, ONE_IN * TOLD_FROM)

    happen(story)
    page = page_of(stage, f"/advertiser/ads/{ad_id}/delivery/")
    words = text_of(page)
    assert "Slots asked for 610" in words
    assert "Won 610" in words
    assert "It takes part and wins." in words
    assert "about 100%" in words
    assert "Nothing refused it in the last hour" in words
    assert page.context["page"].won_share == 1.0
    group = page_of(stage, f"/advertiser/ad-groups/{page.context['page'].ad_group_id}/delivery/")
    assert group.context["page"].stages == page.context["page"].stages


def test_whom_it_does_not_reach(stage: Stage, ad_id: int, happen: Happen) -> None:
    async def story(ads: Ads) -> None:
        await visits(ads, 3, "BE")

    happen(story)
    words = text_of(page_of(stage, f"/advertiser/ads/{ad_id}/delivery/"))
    assert "Country 100%" in words
    assert "Widen the audience" in words
    assert "None of a sample of the last slots was for whom it wants" in words
    assert "No slot of the sample was for whom it wants" in words


def test_a_bid_that_never_wins_is_told_what_would_have(stage: Stage, ad_id: int, happen: Happen) -> None:
    async def story(ads: Ads) -> None:
        await ads.publish(*rival(1, bid_micros=9_000 * EUR, starts_ms=0))
        await ads.publish(grant(id=GRANT + 1, post_id=POST + 1, account_id=ACCOUNT + 1, starts_ms=0))
        await visits(ads, ONE_IN * TOLD_FROM)

    happen(story)
    page = page_of(stage, f"/advertiser/ads/{ad_id}/delivery/")
    shown = page.context["page"]
    assert "Others bid more" in text_of(page)
    assert (shown.won_share, [fact.share for fact in shown.bids]) == (0.0, ["25%", "50%", "75%", "90%"])
    assert shown.gaps is not None
    assert sum(shown.gaps.series[0].values) == TOLD_FROM


def test_a_cause_has_the_way_to_mend_it(stage: Stage, settings: Settings) -> None:
    ad_id = stage.town.approved_ad(stage.town.ad_group(starts_at=stage.now))  # Nobody has paid.

    async def story(ads: Ads) -> None:
        await visits(ads, 1)

    with served(stage.now) as (address, happen):
        settings.VONK = msgspec.structs.replace(settings.VONK, ads_url=address)
        happen(story)
        page = page_of(stage, f"/advertiser/ads/{ad_id}/delivery/")
    (reason,) = page.context["page"].reasons
    assert (reason.link, reason.link_label, reason.count, reason.waiting) == ("/advertiser/funds/", "Top up", 1, 1)
    assert "It is out of every auction" in text_of(page)
    assert "1 ad is out of every auction until this changes." in text_of(page)


def test_a_silent_ad_server_is_said(stage: Stage, ad_id: int, settings: Settings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, ads_url="http://127.0.0.1:9")
    assert "The ad server does not answer now." in text_of(page_of(stage, f"/advertiser/ads/{ad_id}/delivery/"))


def test_an_ad_that_is_not_published_has_its_status(stage: Stage, happen: Happen) -> None:
    waiting = stage.town.ad()

    async def story(ads: Ads) -> None:
        await visits(ads, 1)

    happen(story)
    words = text_of(page_of(stage, f"/advertiser/ads/{waiting}/delivery/"))
    assert "It is not in the auctions" in words


def test_nobody_reads_of_anothers_ad(stage: Stage, ad_id: int) -> None:
    assert stage.browser("Mallory").get(f"/advertiser/ads/{ad_id}/delivery/").status_code in {302, 403, 404}
    assert stage.browser(None).get(f"/advertiser/ads/{ad_id}/delivery/").status_code == 302

"""Caps as requests meet them, and whom an ad was never considered for."""

from typing import Any

import pytest

from tests.unit.delivery.making import ACCOUNT, AD, NOW_MS, Ads, ad, ad_group, campaign, one_ad, with_ads
from vonk.delivery.explaining.sampling import ONE_IN
from vonk.delivery.limits.counters import Promise
from vonk.delivery.server.options import Options
from vonk.delivery.server.slots import ASKED_AGAIN_MAX
from vonk.delivery.snapshot import Document, FrequencyCap, Targeting
from vonk.events.tokens import ReaderClaims
from vonk.storage.memory.counters import MemoryCounters


def test_an_advertiser_reads_whom_an_ad_was_not_considered_for() -> None:
    async def story(ads: Ads) -> Any:
        for number in range(3 * ONE_IN):
            await ads.slot(ads.viewer(country="FR" if number < 2 * ONE_IN else "NL"))
        headers = {"authorization": f"Bearer {ads.signer.sign_reader(ReaderClaims(ACCOUNT, NOW_MS + 1))}"}
        return await ads.call("GET", f"/v1/ads/{AD}/refusals", headers=headers)

    wanted = Targeting(countries=("NL",), genders=("female",))
    status, answer = with_ads(story, *one_ad(ad_group=ad_group(targeting=wanted)))
    assert (status, answer["targeting"]) == (
        200,
        {"one_in": ONE_IN, "requests": 3, "wanted": 0, "missed": {"gender": 3, "country": 2}},
    )


@pytest.mark.parametrize("again", [1, ASKED_AGAIN_MAX])
def test_where_another_server_was_before_us_it_is_decided_again_and_then_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    promise, asked = MemoryCounters.promise, []

    def elsewhere(counters: MemoryCounters, wanted: Promise) -> bool:
        asked.append(wanted.decision_id)
        return len(asked) > again and promise(counters, wanted)

    monkeypatch.setattr(MemoryCounters, "promise", elsewhere)
    capped = one_ad(ad_group=ad_group(cap=FrequencyCap(1, 60)))
    answer = with_ads(lambda ads: ads.slot(), *capped)
    assert len(set(asked)) == 1, "It stays one decision."
    if again < ASKED_AGAIN_MAX:
        assert answer["ad"]["id"] == str(AD)
    else:
        assert (answer["ad"], answer["reason"], answer["refusals"]) == (None, "all_refused", {"caps_unknown": 1})


def test_what_an_account_may_show_one_viewer_is_the_platforms_to_say() -> None:
    async def story(ads: Ads) -> Any:
        return [await ads.slot() for _ in range(2)]

    first, second = with_ads(story, *one_ad(), options=Options(advertiser_caps=(FrequencyCap(1, 60),)))
    assert first["ad"]["id"] == str(AD)
    assert second["refusals"] == {"advertiser_seen_too_often": 1}


@pytest.mark.parametrize(
    ("documents", "refusal"),
    [
        (one_ad(ad=ad(caps=(FrequencyCap(1, 60),))), "ad_seen_too_often"),
        (one_ad(ad_group=ad_group(caps=(FrequencyCap(5, 60), FrequencyCap(1, 30)))), "seen_too_often"),
        (one_ad(campaign=campaign(caps=(FrequencyCap(1, 60),))), "campaign_seen_too_often"),
    ],
)
def test_each_level_has_its_caps(documents: list[Document], refusal: str) -> None:
    async def story(ads: Ads) -> Any:
        return [await ads.slot() for _ in range(2)]

    _, second = with_ads(story, *documents)
    assert second["refusals"] == {refusal: 1}

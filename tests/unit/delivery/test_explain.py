"""What became of ads by minute, who may read of it, and what a bid would have had to be."""

from typing import Any

import pytest

from tests.unit.delivery.making import ACCOUNT, AD, GROUP, NOW_MS, Ads, ad_group, grant, one_ad, rival, with_ads
from vonk.core.clock import MINUTE_MS
from vonk.delivery.explaining.sampling import ONE_IN, TOLD_FROM
from vonk.delivery.matching import minutes
from vonk.delivery.matching.minutes import MINUTES_KEPT, Minutes
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.snapshot import Targeting
from vonk.events.tokens import ReaderClaims


def reader(ads: Ads, account_id: int) -> dict[str, str | None]:
    return {"authorization": f"Bearer {ads.signer.sign_reader(ReaderClaims(account_id, NOW_MS + MINUTE_MS))}"}


def test_minutes_are_summed_over_ads_and_the_oldest_goes() -> None:
    kept = Minutes()
    for minute in range(MINUTES_KEPT + 5):
        kept.note(AD, minutes.LOST, minute * MINUTE_MS + 9)
        kept.note(AD, minutes.GAP, minute * MINUTE_MS, 40)
        kept.note(AD + 1, Refusal.GRANT_ABSENT, minute * MINUTE_MS)
    both = kept.of([AD, AD + 1])
    assert list(both) == [minute * MINUTE_MS for minute in range(5, MINUTES_KEPT + 5)]
    assert both[5 * MINUTE_MS] == {"lost": 1, "gap_micros": 40, "grant_absent": 1}
    assert kept.of([AD + 2]) == {}


def test_minutes_never_keep_more_counts_than_their_bound() -> None:
    kept = Minutes(counts_max=3)
    kept.note(1, minutes.WON, 0)
    kept.note(2, minutes.WON, 0)
    for ad_id in range(1, 6):
        kept.note(ad_id, minutes.WON, MINUTE_MS)  # The minute before goes; then there is no room.
    assert [list(kept.of([ad_id])) for ad_id in range(1, 6)] == [[MINUTE_MS]] * 3 + [[]] * 2
    assert kept.unkept == 2
    kept.note(5, minutes.WON, 2 * MINUTE_MS)
    assert kept.of([5]) == {2 * MINUTE_MS: {"won": 1}}


def test_a_clock_set_back_counts_on_in_the_minute_that_it_is_again() -> None:
    kept = Minutes()
    for minute in (1, 2, 1):
        kept.note(AD, minutes.WON, minute * MINUTE_MS)
    assert kept.of([AD]) == {MINUTE_MS: {"won": 2}, 2 * MINUTE_MS: {"won": 1}}


def test_who_lost_reads_by_how_much_and_nothing_of_who_won() -> None:
    async def story(ads: Ads) -> Any:
        decision_id = (await ads.slot())["decision_id"]
        status, answer = await ads.call("GET", f"/v1/decisions/{decision_id}", headers=reader(ads, ACCOUNT + 1))
        assert status == 200
        return answer

    told = with_ads(story, *one_ad(), *rival(1, bid_micros=3_000_000))
    assert [bid["ad_id"] for bid in told["bids"]] == [None, str(AD + 1)]
    assert (told["bids"][1]["gap_micros"], told["to_beat_micros"]) == (2_000_000, 5_000_000)
    assert not any(told[name] for name in ("ad_id", "bills", "price_micros", "runner_up_id", "seed", "replay"))


def test_who_was_refused_reads_why_and_nobody_else_does() -> None:
    async def story(ads: Ads) -> Any:
        decision_id = (await ads.slot())["decision_id"]
        path = f"/v1/decisions/{decision_id}"
        return [await ads.call("GET", path, headers=reader(ads, account)) for account in (ACCOUNT, ACCOUNT + 1, 66)]

    (_, refused), (_, winner), (status, _) = with_ads(
        story, *one_ad(grant=grant(account_id=66)), *rival(1, bid_micros=3_000_000)
    )
    assert [(one["ad_id"], one["refusal"]["reason"]) for one in refused["refused"]] == [(str(AD), "grant_absent")]
    assert (winner["refused"], status) == ([], 404)


def test_facts_of_an_ad_and_of_its_group() -> None:
    slots = ONE_IN * TOLD_FROM

    async def story(ads: Ads) -> Any:
        for _ in range(slots):
            shown = await ads.slot(ads.viewer("vik"))
        await ads.report(shown["token"], "impression")
        found = {}
        for path in (f"/v1/ads/{AD + 1}", f"/v1/ad-groups/{GROUP + 1}", f"/v1/ads/{AD}"):
            account = ACCOUNT if path.endswith(f"/{AD}") else ACCOUNT + 1
            status, found[path] = await ads.call("GET", f"{path}/delivery", headers=reader(ads, account))
            assert status == 200
        others = [
            (await ads.call("GET", f"/v1/{noun}/{object_id}/delivery", headers=reader(ads, account)))[0]
            for noun, object_id, account in (("ads", AD, 66), ("ad-groups", GROUP, 66), ("ads", 77, 0))
        ]
        return list(found.values()), others

    (lost, group, won), others = with_ads(story, *one_ad(), *rival(1, bid_micros=3_000_000))
    at = str(NOW_MS)
    assert lost == group | {"ads": 1}
    assert lost["asked"] == {at: slots}
    assert lost["stages"] == {at: {"lost": slots, "gap_micros": slots * 2_000_000}}
    against = lost["against"][str(AD + 1)]
    assert (against["slots"], against["wins"], against["own"]) == (TOLD_FROM, 0, 0)
    assert against["gaps_micros"] == [2_000_001] * TOLD_FROM
    assert set(against["bids_micros"].values()) == {5_000_001}, "With one micro more than the winner it wins."
    assert won["stages"] == {at: {"won": slots, "shown": 1}}
    assert won["against"][str(AD)]["own"] == TOLD_FROM
    assert others == [404, 404, 404]


def test_facts_name_what_waits_and_whom_it_does_not_want() -> None:
    async def story(ads: Ads) -> Any:
        await ads.slot()
        return [
            (await ads.call("GET", f"/v1/ads/{ad_id}/delivery", headers=reader(ads, 0)))[1] for ad_id in (AD, AD + 1)
        ]

    waits, abroad = with_ads(
        story,
        *one_ad(ad_group=ad_group(ends_ms=NOW_MS)),
        *rival(1, bid_micros=3_000_000, targeting=Targeting(countries=("BE",))),
    )
    assert waits["waiting"] == {"ended": 1}
    assert [(word["reason"], word["count"]) for word in waits["words"]] == [("ended", 1)]
    assert abroad["targeting"] == [{"one_in": ONE_IN, "requests": 1, "wanted": 0, "missed": {"country": 1}}]
    assert abroad["against"][str(AD + 1)]["bids_micros"] == {}, "Of too few no bid is told."


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("ad=1000", 3), ("ad=1001", 3), ("ad=77", 0), ("surface=search", 0), ("viewer=vik", 2), ("viewer=v", 0)],
)
def test_an_operator_lists_decisions(query: str, count: int) -> None:
    async def story(ads: Ads) -> Any:
        ids = [(await ads.slot(ads.viewer(name)))["decision_id"] for name in ("vik", "olu", "vik")]
        status, answer = await ads.call("GET", f"/v1/decisions?{query}", headers=reader(ads, 0))
        assert status == 200
        assert (await ads.call("GET", "/v1/decisions", headers=reader(ads, ACCOUNT)))[0] == 403
        return ids, answer["decisions"]

    ids, found = with_ads(story, *one_ad(), *rival(1, bid_micros=3_000_000))
    assert len(found) == count
    if count == 3:
        assert [one["decision_id"] for one in found] == ids[::-1]


def test_the_index_of_an_unknown_group_is_not_made_by_asking() -> None:
    async def story(ads: Ads) -> Any:
        status, _ = await ads.call("GET", "/v1/ad-groups/5/delivery", headers=reader(ads, 0))
        return status, ads.app.runtime.index.has_group(5)

    assert with_ads(story, *one_ad()) == (404, False)

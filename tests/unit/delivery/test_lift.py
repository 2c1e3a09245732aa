"""Ghost ads: held back from a control group, never billed, and the lift that follows."""

from typing import Any

import pytest

from tests.unit.delivery.making import AD, CAMPAIGN, DAY_MS, NOW_MS, Ads, campaign, one_ad, rival, with_ads
from vonk.delivery.explaining import explain, lift
from vonk.delivery.explaining.replay import replay
from vonk.delivery.matching import arms
from vonk.delivery.snapshot import Arm

TEST = arms.control("salt", share_percent=50, starts_ms=NOW_MS, ends_ms=NOW_MS + DAY_MS)
EVERYBODY = Arm(salt="", first=0, last=arms.SHARES - 1, starts_ms=NOW_MS, ends_ms=NOW_MS + DAY_MS)
VIEWERS = [f"viewer{number}" for number in range(60)]


def of_control(viewer_id: str) -> bool:
    return arms.holds(TEST, viewer_id, NOW_MS)


def test_control_viewers_get_what_they_would_get_without_the_campaign_and_the_ghost_is_written_down() -> None:
    async def story(ads: Ads) -> Any:
        shown = {viewer: await ads.slot(ads.viewer(viewer)) for viewer in VIEWERS}
        records = [ads.app.runtime.recent.get(int(slot["decision_id"])) for slot in shown.values()]
        return shown, records, ads.app.runtime.index.minutes.of([AD])

    tested = one_ad(campaign=campaign(lift=TEST))
    rivals = [*rival(1, bid_micros=3_000_000), *rival(2, bid_micros=2_000_000)]
    shown, records, counts = with_ads(story, *tested, *rivals)
    without, _, _ = with_ads(story, *rivals)
    held = [viewer for viewer in VIEWERS if of_control(viewer)]
    assert 0 < len(held) < len(VIEWERS)
    for viewer, record in zip(VIEWERS, records, strict=True):
        kept = explain.kept_trace(record)
        assert kept is not None
        assert replay(record).agrees
        slot = shown[viewer]
        if viewer in held:
            assert [ghost.ad_id for ghost in kept.ghosts] == [AD]
            assert (slot["ad"]["id"], slot["price_micros"]) == (str(AD + 1), without[viewer]["price_micros"])
            assert record.refusals == {"held_back": 1}
        else:
            assert (kept.ghosts, slot["ad"]["id"]) == ((), str(AD))
    assert counts[NOW_MS]["ghost"] == len(held)
    assert counts[NOW_MS]["won"] == len(VIEWERS) - len(held)


def test_nothing_is_promised_or_counted_for_a_ghost() -> None:
    async def story(ads: Ads) -> Any:
        slot = await ads.slot()
        return slot["reason"], slot["refusals"], ads.app.runtime.counters.promises

    assert with_ads(story, *one_ad(campaign=campaign(lift=EVERYBODY))) == ("all_refused", {"held_back": 1}, 0)


@pytest.mark.parametrize(
    "test",
    [
        Arm(salt="", first=0, last=arms.SHARES - 1, starts_ms=NOW_MS + 1, ends_ms=NOW_MS + 2),
        Arm(salt="", first=0, last=arms.SHARES - 1, starts_ms=NOW_MS - 1, ends_ms=NOW_MS),
        None,
    ],
)
def test_before_and_after_a_test_and_without_one_nobody_is_held_back(test: Arm | None) -> None:
    async def story(ads: Ads) -> Any:
        return (await ads.slot())["ad"]["id"]

    assert with_ads(story, *one_ad(campaign=campaign(lift=test))) == str(AD)


def test_more_ghosts_in_one_slot_than_the_bound_show_nothing() -> None:
    documents = [
        document
        if not hasattr(document, "lift")
        else campaign(id=CAMPAIGN + number, account_id=1 + number, lift=EVERYBODY)
        for number in range(lift.GHOSTS_MAX + 3)
        for document in rival(number, bid_micros=5_000_000 + number)
    ]

    async def story(ads: Ads) -> Any:
        slot = await ads.slot()
        record = ads.app.runtime.recent.get(int(slot["decision_id"]))
        kept = explain.kept_trace(record) if record is not None else None
        return slot["ad"], len(kept.ghosts) if kept is not None else 0

    assert with_ads(story, *documents) == (None, lift.GHOSTS_MAX + 1)


def test_a_lift_with_its_interval() -> None:
    found = lift.lift(exposed=10_000, exposed_converted=300, control=10_000, control_converted=200)
    assert found is not None
    assert found.lift == pytest.approx(0.5)
    # ln 1.5 +- 1.96 * sqrt(1/300 - 1/10000 + 1/200 - 1/10000), worked out by hand.
    assert found.low == pytest.approx(0.2570, abs=1e-4)
    assert found.high == pytest.approx(0.7900, abs=1e-4)


def test_of_too_few_no_lift_is_told_and_of_the_impossible_none_is_worked_out() -> None:
    assert lift.lift(exposed=100, exposed_converted=9, control=100, control_converted=50) is None
    assert lift.lift(exposed=0, exposed_converted=0, control=0, control_converted=0) is None
    with pytest.raises(ValueError, match="More converted"):
        lift.lift(exposed=10, exposed_converted=11, control=100, control_converted=50)
    for share in (0, 100, -1):
        with pytest.raises(ValueError, match="control group"):
            arms.control("s", share_percent=share, starts_ms=0, ends_ms=1)

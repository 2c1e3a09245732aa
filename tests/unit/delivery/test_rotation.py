"""The ads of an ad group take turns: by the seed, as often as each may be the best, at a price that keeps every rule."""

import random
from collections import Counter
from typing import Any

import pytest

from tests.unit.delivery.making import (
    ACCOUNT,
    AD,
    GRANT,
    NOW_MS,
    POST,
    VIK,
    Ads,
    ad,
    ad_group,
    grant,
    index_of,
    one_ad,
    post,
    rival,
    with_ads,
)
from vonk.delivery.decide import Decision, decide
from vonk.delivery.explaining.replay import replay
from vonk.delivery.matching.index import Index
from vonk.delivery.snapshot import Billing, Document, DocumentKind, Publication
from vonk.storage.memory.counters import MemoryCounters

BID = 300_000


def three(billing: Billing = Billing.CPC, bid_micros: int = BID) -> list[Document]:
    """An ad group with three ads, and a rival."""
    documents = one_ad(ad_group=ad_group(billing=billing, bid_micros=bid_micros))
    for number in (50, 51):
        documents += [
            ad(id=AD + number, grant_id=GRANT + number, post_id=POST + number),
            grant(id=GRANT + number, post_id=POST + number, account_id=ACCOUNT),
            post(id=POST + number),
        ]
    return [*documents, *rival(1, billing=billing, bid_micros=bid_micros // 2)]


def world(clicks: dict[int, tuple[int, int]], billing: Billing = Billing.CPC) -> tuple[Index, MemoryCounters]:
    index, counters = index_of(*three(billing))
    for ad_id, (shown, clicked) in clicks.items():
        tally = index.rows[ad_id].tally
        tally.impressions, tally.clicks, tally.views = shown, clicked, int(shown * 0.4) + clicked
        index.repredict(ad_id)
    return index, counters


def ask(index: Index, counters: MemoryCounters, seed: int, **more: Any) -> Decision:
    options: dict[str, Any] = {"reserve": 100_000, "rotates": True} | more
    return decide(
        VIK, index, counters, matched=index.match(VIK), shown_campaigns=(), now_ms=NOW_MS, seed=seed, **options
    )


@pytest.mark.parametrize("billing", [Billing.CPC, Billing.CPM, Billing.CPV, Billing.OCPM])
def test_turns_keep_the_rules_of_prices_and_follow_the_seed(billing: Billing) -> None:
    index, counters = world({AD: (900, 20), AD + 50: (900, 14), AD + 51: (40, 1)}, billing)
    shown = Counter[int]()
    for seed in range(400):
        found, again = ask(index, counters, seed), ask(index, counters, seed)
        alone = ask(index, counters, seed, rotates=False)
        row = found.row
        assert row is not None
        assert (found.price_micros, row, found.propensity) == (again.price_micros, again.row, again.propensity)
        assert (row.ad.ad_group_id, found.runner_up) == (alone.row.ad.ad_group_id if alone.row else 0, alone.runner_up)
        assert 0 < found.propensity <= 1
        if billing is Billing.CPM:
            assert found.price_micros == alone.price_micros <= row.bid_micros // 1000
        elif billing is Billing.OCPM:
            assert found.price_micros <= row.bid_micros * row.rate
            assert found.price_micros * 1000 >= 100_000
        else:
            assert found.price_micros <= row.bid_micros
            assert found.price_micros * row.rate * 1000 >= 100_000 or found.price_micros == row.bid_micros
        shown[row.ad.id] += 1
    assert set(shown) == {AD, AD + 50, AD + 51}


def test_the_logged_propensity_is_how_often_an_ad_has_its_turn() -> None:
    index, counters = world({AD: (900, 20), AD + 50: (900, 14), AD + 51: (40, 1)})
    found = [ask(index, counters, seed) for seed in range(4_000)]
    shown = Counter(one.row.ad.id for one in found if one.row is not None)
    logged = {one.row.ad.id: one.propensity for one in found if one.row is not None}
    assert sum(logged.values()) == pytest.approx(1.0)
    for ad_id, propensity in logged.items():
        assert shown[ad_id] / len(found) == pytest.approx(propensity, abs=4 * (0.25 / len(found)) ** 0.5)


def test_an_ad_that_may_not_be_shown_has_no_turn_and_one_alone_always() -> None:
    index, counters = world({AD: (0, 0)})
    index.apply(_withdrawn(index, GRANT + 50))
    assert {one.row.ad.id for seed in range(99) if (one := ask(index, counters, seed)).row} == {AD, AD + 51}
    index.apply(_withdrawn(index, GRANT + 51))
    assert {(one.row.ad.id, one.propensity) for seed in range(9) if (one := ask(index, counters, seed)).row} == {
        (AD, 1.0)
    }


def _withdrawn(index: Index, grant_id: int) -> Publication:
    return Publication(index.sequence + 1, DocumentKind.GRANT, grant_id, None)


def test_a_turn_is_recorded_and_replayed() -> None:
    async def story(ads: Ads) -> Any:
        found = []
        for _ in range(60):
            slot = await ads.slot()
            record = ads.app.runtime.recent.get(int(slot["decision_id"]))
            assert record is not None
            found.append((slot["ad"]["id"], record))
        return found, ads.app.runtime.index.minutes.of([AD, AD + 50, AD + 51])

    found, counts = with_ads(story, *three())
    assert {shown for shown, _ in found} == {str(AD), str(AD + 50), str(AD + 51)}
    for shown, record in found:
        done = replay(record)
        assert (done.agrees, str(done.outcome.ad_id)) == (True, shown), done.differences
    assert next(iter(counts.values()))["won"] == 60


def test_it_explores_and_converges_on_the_better_ad() -> None:
    """A seeded life of an ad group through the server's own decision: what is lost of the best ad's clicks, to a fixed share."""
    rates = {AD: 0.010, AD + 50: 0.015, AD + 51: 0.022}
    index, counters = world({})
    chance, lost, shown = random.Random(5), 0.0, Counter[int]()
    slots = 12_000
    for seed in range(slots):
        row = ask(index, counters, chance.getrandbits(63)).row
        assert row is not None
        if row.ad.id not in rates:
            continue  # The rival's, in a slot or two.
        row.tally.impressions += 1
        row.tally.clicks += chance.random() < rates[row.ad.id]
        if not seed % 20:
            for ad_id in rates:
                index.repredict(ad_id)
        shown[row.ad.id] += 1
        lost += max(rates.values()) - rates[row.ad.id]
    assert shown.most_common(1)[0][0] == AD + 51
    assert lost / (shown.total() * max(rates.values())) < 0.12

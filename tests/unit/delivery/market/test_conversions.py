"""The market of bids for conversions, small."""

from vonk.delivery.market import conversions
from vonk.delivery.market.conversions import Way
from vonk.storage.memory.counters import MemoryCounters


def test_nobody_is_billed_beyond_a_budget_and_the_same_seed_is_the_same_market() -> None:
    first, again = (conversions.run(seed=5, requests=350, counters=MemoryCounters, ways=(Way.OURS,)) for _ in range(2))
    assert first == again
    [ours] = first
    assert ours.overspent_micros == 0
    assert ours.conversions > 0
    assert 0 < ours.cost <= 1
    assert ours.way in conversions.table(first)

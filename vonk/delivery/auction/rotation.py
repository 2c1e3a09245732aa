"""Which ad of the ad group that won is shown: each has its turn as often as it may be the best one (Thompson's rule).

The auction is the ad group's, by its ad of the highest expected worth; another of its ads can then learn or prove itself in
that place. How likely each is the best follows from its own results under the prior that all ads share, worked out by
sampling now and then and kept; so a slot costs one draw, by its seed, and the probability of what is shown is known exactly.
"""

import random
from typing import Final

from vonk.delivery.auction import bidding
from vonk.delivery.auction.hearing import Hearing
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.prediction.prior import CLICKS, VIEWS
from vonk.delivery.pricing import second_price
from vonk.delivery.snapshot import Goal

ADS_MAX: Final = 20  # Of an ad group that take turns: those with the least ids, and the winner.
SAMPLES: Final = 200  # A millisecond for three ads.
EVIDENCE: Final = (
    2.0  # What is known counts so often: plain sampling explores longer than a campaign pays for (evaluate.packages).
)
ANEW_SHARE, ANEW_LEAST = 0.02, 20  # So many more impressions of the ad group, and it is worked out anew.
_SALT: Final = 0x7475726E7475726E  # Keeps this drawing apart from that of ties, and of drawn slots.


def turn(
    leader: Row, hearing: Hearing, index: Index, places: int, *, reserve: int, now_ms: int, seed: int
) -> tuple[Row, float]:
    """Return the ad of the leader's ad group whose turn it is among those that may be shown, and how likely it was."""
    rows = [leader]
    for ad_id in sorted(leader.group.ads)[:ADS_MAX]:
        row = index.rows.get(ad_id)
        if row is None or row is leader or row.place < 0 or not places >> row.place & 1:
            continue
        if hearing.judge(row, bidding.paced_worth(row, now_ms), reserve) is None:
            rows.append(row)
    if len(rows) == 1:
        return leader, 1.0
    shares = _shares(leader, index)
    weights = [shares.get(row.ad.id, 0.0) for row in rows]
    whole = sum(weights)
    if whole <= 0.0:
        return leader, 1.0
    at = second_price.tie_break(seed, _SALT) / 2**64 * whole
    for row, weight in zip(rows, weights, strict=True):
        at -= weight
        if at < 0.0:
            return row, weight / whole
    return leader, weights[0] / whole


def _shares(leader: Row, index: Index) -> dict[int, float]:
    """Return how likely each of the ad group's ads is the best, as it was worked out last."""
    group = leader.group
    rows = {ad_id: row for ad_id in group.ads if (row := index.rows.get(ad_id)) is not None}
    shown = sum(row.tally.impressions for row in rows.values())
    if group.turns is not None and shown < group.turns[0] and group.turns[1].keys() == rows.keys():
        return group.turns[1]
    shares = likely_best(rows, shown)
    group.turns = int(shown * (1 + ANEW_SHARE)) + ANEW_LEAST, shares
    return shares


def likely_best(rows: dict[int, Row], seed: int) -> dict[int, float]:
    """Return how often each ad is the best where each one's rate is drawn from what is known of it."""
    chance = random.Random(seed ^ _SALT)
    known = []
    for ad_id, row in sorted(rows.items()):
        views = row.aim is Goal.VIEW
        prior, happened = (VIEWS, row.tally.views) if views else (CLICKS, row.tally.clicks)
        failed = max(row.tally.impressions - happened, 0)
        known.append((ad_id, prior.successes + happened, prior.failures + failed))
    best = dict.fromkeys(rows, 0)
    for _ in range(SAMPLES):
        best[
            max((chance.betavariate(EVIDENCE * above, EVIDENCE * below), ad_id) for ad_id, above, below in known)[1]
        ] += 1
    return {ad_id: count / SAMPLES for ad_id, count in best.items()}

"""Which ad of the ad group that won is shown: each has its turn as often as it may be the best one (Thompson's rule).

The auction is the ad group's, by its ad of the highest expected worth; another of its ads can then learn or prove itself in
that place. How likely each is the best follows from its own results under the prior that all ads share, worked out by
sampling now and then and kept; so a slot costs one draw, by its seed, and the probability of what is shown is known exactly.
"""

from typing import Final

import numpy as np

from vonk.delivery.auction import bidding
from vonk.delivery.auction.hearing import Hearing
from vonk.delivery.matching.cells import Row, Turns
from vonk.delivery.matching.index import Index
from vonk.delivery.prediction.prior import CLICKS, VIEWS
from vonk.delivery.pricing import second_price
from vonk.delivery.snapshot import Goal

ADS_MAX: Final = 20  # Of an ad group that take turns: those with the least ids, and the winner.
SAMPLES: Final = 200  # Drawn at once: about 40 µs for three ads, each time that what is known has grown.
EVIDENCE: Final = (
    2.0  # What is known counts so often: plain sampling explores longer than a campaign pays for (evaluate.packages).
)
COUNTED_AFTER: Final = 16  # Showings are counted after so many turns, not for each.
ANEW_SHARE, ANEW_LEAST = 0.02, 20  # So many more impressions of the ad group, and it is worked out anew.
_SALT: Final = 0x7475726E7475726E  # Keeps this drawing apart from that of ties, and of drawn slots.


def turn(
    leader: Row, hearing: Hearing, index: Index, places: int, *, reserve: int, now_ms: int, seed: int
) -> tuple[Row, float]:
    """Return the ad of the leader's ad group whose turn it is among those that may be shown, and how likely it was."""
    turns = _turns(leader, index)
    rows, weights = [leader], [turns.shares[leader.ad.id]]
    for row, share in turns.rows:
        if row is leader or row.place < 0 or not places >> row.place & 1:
            continue
        if hearing.judge(row, bidding.bid_now(row, now_ms), reserve) is None:
            rows.append(row)
            weights.append(share)
    if len(rows) == 1:
        return leader, 1.0
    whole = sum(weights)
    at = second_price.tie_break(seed, _SALT) / 2**64 * whole
    for row, weight in zip(rows, weights, strict=True):
        at -= weight
        if at < 0.0:
            return row, weight / whole
    return rows[-1], weights[-1] / whole  # Where rounding leaves nothing; only the leader may have a share of none.


def _turns(leader: Row, index: Index) -> Turns:
    """Return how likely each of the ad group's ads is the best, as it was worked out last."""
    group, edition = leader.group, index.edition.number
    turns = group.turns
    if turns is not None and turns.left and turns.edition == edition:
        turns.left -= 1
        return turns
    found = {ad_id: row for ad_id in group.ads if (row := index.rows.get(ad_id)) is not None}
    shown = sum(row.tally.impressions for row in found.values())
    if turns is not None and shown < turns.shown_max and turns.shares.keys() == found.keys():
        shares, shown_max = turns.shares, turns.shown_max
    else:
        shares, shown_max = likely_best(found, shown), int(shown * (1 + ANEW_SHARE)) + ANEW_LEAST
    rows = [(found[ad_id], share) for ad_id in sorted(shares)[:ADS_MAX] if (share := shares[ad_id])]
    group.turns = Turns(shares, rows, edition, shown_max, COUNTED_AFTER)
    return group.turns


def likely_best(rows: dict[int, Row], seed: int) -> dict[int, float]:
    """Return how often each ad is the best where each one's rate is drawn from what is known of it; of equals the first."""
    known = []
    for _, row in sorted(rows.items()):
        views = row.aim is Goal.VIEW
        prior, happened = (VIEWS, row.tally.views) if views else (CLICKS, row.tally.clicks)
        failed = max(row.tally.impressions - happened, 0)
        known.append((EVIDENCE * (prior.successes + happened), EVIDENCE * (prior.failures + failed)))
    above, below = np.array(known).T
    chance = np.random.Generator(np.random.PCG64(seed ^ _SALT))
    best = chance.beta(above, below, size=(SAMPLES, len(known))).argmax(axis=1)
    shares = np.bincount(best, minlength=len(known)) / SAMPLES
    return dict(zip(sorted(rows), shares.tolist(), strict=True))

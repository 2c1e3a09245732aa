"""What becomes of requests and chains by itself. Called by *work* each round."""

from datetime import datetime

import msgspec

from vonk.authorisation.actions import chains, closings, originals


class Kept(msgspec.Struct, frozen=True):
    """How many requests lapsed and were closed, consents changed with an original author's, and authors were asked."""

    lapsed: int
    closed: int
    settled: int
    asked: int


def keep_up(now: datetime) -> Kept:
    """End what is over, suspend or bring back what stands on others' consents, ask whom nobody has asked yet.

    Safe to call as often as one likes and from several processes: each thing happens once.
    """
    return Kept(
        lapsed=closings.lapse_due(now),
        closed=closings.close_due(now),
        settled=chains.settle_due(now),
        asked=originals.ask_due(now),
    )

"""What it costs to ask a predictor about the best few ads only, against asking about all."""

from collections.abc import Iterable

from vonk.delivery.auction.hearing import EXAMINED_MAX
from vonk.delivery.auction.predictor import Predictor
from vonk.delivery.decide import decide
from vonk.delivery.limits.counters import Counters
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.targets import Viewer


def value_lost(
    viewers: Iterable[Viewer],
    index: Index,
    counters: Counters,
    predictor: Predictor,
    *,
    reserve: int,
    now_ms: int,
    seed: int,
    shortlist: int | None = None,
) -> float:
    """Return the share of the winners' expected revenue that is lost by a list of ``shortlist`` ads, or by
    how the predictor is asked without that; 0 to 1.

    Each viewer's slot is decided twice: so, and with every ad that may be shown (up to the bound on what one
    decision examines). Refusals that are met count in each ad's minutes, as those of real slots do.
    """
    whole = kept = 0
    for number, viewer in enumerate(viewers):
        matched = index.match(viewer)
        of_all, of_few = (
            decide(
                viewer,
                index,
                counters,
                matched=matched,
                reserve=reserve,
                shown_campaigns=(),
                now_ms=now_ms,
                seed=seed + number,
                predictor=predictor,
                shortlist=length,
            ).worth
            for length in (EXAMINED_MAX, shortlist)
        )
        whole += of_all
        kept += of_few
    return (whole - kept) / whole if whole else 0.0

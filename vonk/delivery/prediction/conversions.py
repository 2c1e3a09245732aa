"""How often clicks and showings of an ad group lead to what it is optimised for, from what attribution has counted; pure.

Few ad groups have many conversions, so each begins with the rate of those that count the same, worth two results, and
those with a prior of fifty clicks. Clicks count by how likely what would come of them has come by now: a conversion may take days (``delay``).
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from vonk.delivery.prediction.prior import CONVERSION_PRIOR
from vonk.delivery.snapshot import ResultsDocument

RESULTS_GRANTED: Final = (
    2.0  # Results that the rate of its like is worth to an ad group, in as many clicks as take them;
)
SHOWINGS_GRANTED: Final = 2_000.0  # showings, where conversions follow without a click;
SHOWINGS_BEFORE: Final = 10_000.0  # and without any conversion, that stand before all of its like.
LABELS_GRANTED: Final = 20.0  # Labels at the ratio of its like, for what a model's word is multiplied by.
OF_MODEL_MAX: Final = 4.0
DIGITS: Final = 4  # That count: what changes less is not published.


class Counted(NamedTuple):
    """What came of an ad group's clicks and showings. ``labels``: clicks that led to any conversion within a week and
    told it by their id, as a model learns it, and ``label_clicks`` of how many clicks of which that is known.
    """

    clicks: float  # As many as would by now have led to what has come: ``delay.Delays``.
    after_click: float
    showings: float
    without_click: float
    label_clicks: float
    labels: float


def reckon(counted: Mapping[int, Counted], alike: Mapping[int, str]) -> dict[int, ResultsDocument]:
    """Return the document of each ad group. Those of which ``alike`` says the same count the same and are each other's prior."""
    found: dict[int, ResultsDocument] = {}
    for kind in sorted(set(alike.values())):
        of_kind = {group: counts for group, counts in counted.items() if alike[group] == kind}
        sums = Counted(*(sum(column) for column in zip(*of_kind.values(), strict=True))) if of_kind else None
        if sums is None:
            continue
        happened, missed = CONVERSION_PRIOR
        per_click = (sums.after_click + happened) / (sums.clicks + happened + missed)
        per_showing = sums.without_click / (sums.showings + SHOWINGS_BEFORE)
        ratio = _ratio(sums, 1.0)
        for group, counts in of_kind.items():
            found[group] = ResultsDocument(
                group,
                _rounded(
                    min((counts.after_click + RESULTS_GRANTED) / (counts.clicks + RESULTS_GRANTED / per_click), 1.0)
                ),
                _rounded(
                    min(
                        (counts.without_click + SHOWINGS_GRANTED * per_showing) / (counts.showings + SHOWINGS_GRANTED),
                        1.0,
                    )
                ),
                _rounded(min(_ratio(counts, ratio), OF_MODEL_MAX)),
            )
    return found


def _ratio(counts: Counted, usual: float) -> float:
    """Return how many results there are to a click for each label that a model would have learnt of it."""
    each = (counts.after_click + LABELS_GRANTED * usual) / (counts.labels + LABELS_GRANTED)
    return each * (counts.label_clicks / counts.clicks if counts.clicks and counts.label_clicks else 1.0)


def _rounded(rate: float) -> float:
    return round(rate, DIGITS - 1 - math.floor(math.log10(rate))) if rate > 0 else 0.0

"""How long viewers stayed with one's posts."""

from collections.abc import Collection
from datetime import date
from typing import Final

from django.db.models import Sum

from vonk.reporting.models import Retention
from vonk.reporting.retention import rules
from vonk.reporting.retention.rules import Point

_POSTS_PER_QUERY: Final = 500


def curve(post_ids: Collection[int], *, start: date, end: date) -> tuple[Point, ...]:
    """Return how many of the showings from start to end (exclusive; UTC days) were still watched after each second.

    Whoever asks has the posts inside their scope already. Findings made later take nothing off.
    """
    ids = sorted(post_ids)
    showings: dict[tuple[int, bool], int] = {}
    for at in range(0, len(ids), _POSTS_PER_QUERY):
        rows = Retention.objects.filter(post_id__in=ids[at : at + _POSTS_PER_QUERY], day__gte=start, day__lt=end)
        for second, paid, times in rows.values_list("second", "paid").annotate(times=Sum("showings")):
            showings[second, paid] = showings.get((second, paid), 0) + times
    return rules.curve(showings)

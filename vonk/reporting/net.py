"""Net after the fact: what findings have made invalid since it was counted.

The counters stay what the log says. Whoever shows numbers takes the findings off here, so that all show the same.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple

from vonk.billing import queries as billing
from vonk.billing.queries import By, FoundInvalid
from vonk.content import queries as content
from vonk.content.queries import Total
from vonk.control.scope import Scope
from vonk.events.records import Kind
from vonk.reporting.rules import INVALID, RULE, TALLY_OF

FIRST_DAY: Final = date(2000, 1, 1)  # Before anything was counted,
LAST_DAY: Final = date(2200, 1, 1)  # and after.
_POSTS_PER_QUERY: Final = 500


class Correction(NamedTuple):
    """What is added to one metric of a post and ad, in a bucket as it was asked for."""

    post_id: int
    ad_id: int
    bucket: date | datetime | None
    metric: str
    value: int


def corrections(found: Iterable[FoundInvalid]) -> Iterator[Correction]:
    """Yield what the findings take from net, add to invalid, and add to their rules: gross stays what it was."""
    for one in found:
        kind = Kind(one.event_kind)
        metric, amount = TALLY_OF[kind], one.value if kind is Kind.WATCH else one.events
        changes = ((metric, -amount), (f"{INVALID}{metric}", amount), (f"{RULE}{one.rule}", one.events))
        for name, value in changes:
            yield Correction(one.post_id, one.ad_id, one.bucket, name, value)


def of_posts(post_ids: Iterable[int], *, by: By = By.NONE) -> Iterator[Correction]:
    """Yield what findings have changed of the posts' numbers since they were made, in UTC hours or in all."""
    assert by is not By.DAY, "A finding's days are its account's; a post's are UTC's."
    remaining = iter(post_ids)
    while part := list(islice(remaining, _POSTS_PER_QUERY)):
        yield from corrections(billing.finding_counts(start_date=FIRST_DAY, end_date=LAST_DAY, by=by, post_ids=part))


def own_totals(scope: Scope) -> dict[str, Total]:
    """Return what ever happened to the acting person's posts, net, by metric; metrics without any are absent."""
    totals = content.own_totals(scope)
    for one in of_posts(content.own_post_ids(scope)):
        before = totals.get(one.metric, Total())
        organic, paid = (
            (before.organic, before.paid + one.value) if one.ad_id else (before.organic + one.value, before.paid)
        )
        totals[one.metric] = Total(organic, paid)
    return totals

"""Ranks of an account's ads among those of others, over whole days that are over."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from vonk.advertising.queries.ad_traits import AdTraits, traits_of_ads
from vonk.advertising.queries.reported import Which, reported
from vonk.content import queries as content
from vonk.content.queries.sums import sums_of_ads
from vonk.control.paging import Numbered, Numbering, numbered_of
from vonk.control.scope import Right, Scope
from vonk.reporting.benchmarks import rules
from vonk.reporting.benchmarks.rules import Trait, Why

COMPARED_MAX: Final = 20_000  # Those with most impressions; more would make no rank more exact.


class RankedAd(msgspec.Struct, frozen=True):
    """An ad and how it stands, by measure; ``why`` says why there is nothing, None where there is."""

    ad_id: int
    traits: AdTraits
    ranks: dict[str, float]
    why: Why | None


class Ranking(msgspec.Struct, frozen=True):
    """A page of ads, and the last of the days compared."""

    page: Numbered[RankedAd]
    last_day: date


def ranking(
    scope: Scope,
    which: Which,
    numbering: Numbering,
    *,
    by: Sequence[Trait],
    days: int,
    oldest_first: bool,
    now: datetime,
) -> Ranking:
    """Return how those of the account's ads that are wanted stand among other accounts' ads with the same traits.

    Compared are the last ``days`` whole UTC days. An ad with few impressions has no rank, nor one whose like few other
    advertisers have: its own account's ads are never among the others.
    """
    scope.require(Right.ACCOUNT_VIEW)
    until = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = until - timedelta(days=days)
    wanted = sorted(reported(scope, "ad", which).objects, reverse=not oldest_first)
    page = numbered_of(wanted, numbering)
    most = content.ads_with_most(("impressions",), start=start, end=until, most=COMPARED_MAX)
    ids = {*(ad_id for ad_id in most if ad_id), *page.items}
    counted = {
        ad_id: dict(zip(rules.COUNTED, (value or 0 for value in sums), strict=True))
        for ad_id, sums in sums_of_ads(ids, rules.COUNTED, start=start, end=until)
    }
    seen = {ad_id for ad_id, counts in counted.items() if counts["impressions"] >= rules.IMPRESSIONS_MIN}
    traits = traits_of_ads(seen | set(page.items))
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for ad_id in seen & traits.keys():
        if traits[ad_id].account_id != scope.account:
            alike[_key(traits[ad_id], by)].append(ad_id)

    def ranked(ad_id: int) -> RankedAd:
        if ad_id not in seen:
            return RankedAd(ad_id, traits[ad_id], {}, Why.TOO_FEW_IMPRESSIONS)
        others = alike[_key(traits[ad_id], by)]
        if not rules.enough([traits[one].account_id for one in others]):
            return RankedAd(ad_id, traits[ad_id], {}, Why.TOO_FEW_ADVERTISERS)
        return RankedAd(ad_id, traits[ad_id], _ranks(counted[ad_id], [counted[one] for one in others]), None)

    return Ranking(
        Numbered(tuple(ranked(ad_id) for ad_id in page.items), page.total, numbering),
        (until - timedelta(days=1)).date(),
    )


def _key(traits: AdTraits, by: Sequence[Trait]) -> tuple[object, ...]:
    """Return what two ads must share to be compared."""
    return tuple(getattr(traits, one.value) for one in by)


def _ranks(own: rules.Counts, others: Sequence[rules.Counts]) -> dict[str, float]:
    """Return the rank by each measure that the ad and enough of the others have."""
    found = {}
    for name, measure in rules.MEASURES.items():
        value = measure(own)
        values = sorted(one for one in (measure(other) for other in others) if one is not None)
        if value is not None and len(values) >= rules.ADS_MIN:
            found[name] = rules.rank(value, values)
    return found

"""Read what Spark Ads and non-Spark ads of an account did in a period, and compare them."""

from collections.abc import Mapping
from typing import Final

import msgspec

from vonk.advertising.queries.kinds import AdKind, ad_kinds
from vonk.advertising.queries.reported import Which, reported
from vonk.advertising.rules import Objective
from vonk.billing.queries import By
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity import queries as identity
from vonk.reporting.builder.counting import Ads, Wanted, counted
from vonk.reporting.builder.dimensions import NON_SPARK, SPARK
from vonk.reporting.builder.fields import Field
from vonk.reporting.builder.further import FIELDS
from vonk.reporting.builder.periods import Days
from vonk.reporting.metrics import ALL_CLICKS, SPEND, Counts
from vonk.reporting.reports import check_span
from vonk.reporting.results import CONVERSIONS
from vonk.reporting.sparks import rules
from vonk.reporting.sparks.rules import Lack, Lift, Ratio


class Measure(msgspec.Struct, frozen=True):
    """One ratio that is compared. ``events_above``: what happened is above; of a cost it is below, and money above."""

    name: str
    above: tuple[str, ...]
    below: str
    events_above: bool = True

    @property
    def field(self) -> Field:
        """The metric that it is."""
        return FIELDS[self.name]

    def of(self, counts: Counts) -> Ratio:
        """Return it of some counts."""
        return Ratio(sum(counts.get(name, 0) for name in self.above), counts.get(self.below, 0))


MEASURES: Final = (
    Measure("completion_rate", ("p100",), "plays"),
    Measure("vtr_6s", ("view_6s",), "plays"),
    Measure("ctr", ("clicks_destination",), "impressions"),
    Measure("engagement_rate", ALL_CLICKS, "impressions"),
    Measure("click_conversion_rate", (CONVERSIONS,), "clicks_destination"),
    Measure("cpc", (SPEND,), "clicks_destination", events_above=False),
)
_NEEDS: Final = frozenset().union(*(FIELDS[measure.name].column.needs for measure in MEASURES))


class Group(msgspec.Struct, frozen=True):
    """One kind of ads: how many were shown, and all that was counted of them."""

    ads: int
    counts: Counts


class Compared(msgspec.Struct, frozen=True):
    """A measure of both kinds; ``lift`` is the Spark Ads' over the others', or what lacks for one."""

    measure: Measure
    spark: Ratio
    other: Ratio
    lift: Lift | Lack


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Both kinds over the days; ``days_of_both``: on how many of them both were shown."""

    currency: str
    days: Days
    spark: Group
    other: Group
    days_of_both: int
    rows: tuple[Compared, ...]


def comparison(
    scope: Scope,
    days: Days,
    *,
    campaign_id: int | None = None,
    objective: Objective | None = None,
) -> Comparison:
    """Compare the account's Spark Ads with its others, of one campaign or objective or of all.

    Raises SpanInvalid, NotFound for a campaign of others.
    """
    scope.require(Right.ACCOUNT_VIEW)
    check_span(days.first, days.last, By.DAY)
    account = identity.account_facts(scope.account)
    kinds = ad_kinds(scope)
    if campaign_id is not None and campaign_id not in {one.campaign_id for one in kinds.values()}:
        raise NotFound(noun="campaign")
    chosen = {
        ad_id: kind
        for ad_id, kind in kinds.items()
        if campaign_id in {None, kind.campaign_id} and (objective is None or kind.objective == objective.value)
    }
    behind = reported(scope, "ad", Which(deleted=None)).ads
    both = {ad_id: ad for ad_id, ad in behind.items() if ad_id in chosen}
    ads = Ads(scope.account, account.time_zone, {ad_id: chosen[ad_id] for ad_id in both}, both)
    wanted = Wanted(_NEEDS, days, ())
    of_ads = {int(values[0]): counts for values, counts in counted(ads, wanted, ("ad",)).items()}
    of_days: dict[str, dict[str, Counts]] = {}
    for (kind, day), counts in counted(ads, wanted, ("kind", "day")).items():
        of_days.setdefault(day, {})[kind] = counts
    return _comparison(account.currency, days, chosen, of_ads, of_days)


def _comparison(
    currency: str,
    days: Days,
    kinds: Mapping[int, AdKind],
    of_ads: Mapping[int, Counts],
    of_days: Mapping[str, Mapping[str, Counts]],
) -> Comparison:
    shown = {ad_id: counts for ad_id, counts in of_ads.items() if counts.get("impressions", 0) > 0}
    sides = {
        spark: [counts for ad_id, counts in shown.items() if kinds[ad_id].spark is spark] for spark in (True, False)
    }
    shared = [
        (kind_of[SPARK], kind_of[NON_SPARK])
        for kind_of in of_days.values()
        if all(kind_of.get(kind, {}).get("impressions", 0) > 0 for kind in (SPARK, NON_SPARK))
    ]
    return Comparison(
        currency=currency,
        days=days,
        spark=_group(sides[True]),
        other=_group(sides[False]),
        days_of_both=len(shared),
        rows=tuple(_compared(measure, sides[True], sides[False], shared) for measure in MEASURES),
    )


def _group(parts: list[Counts]) -> Group:
    whole: dict[str, int] = {}
    for counts in parts:
        for name, times in counts.items():
            whole[name] = whole.get(name, 0) + times
    return Group(len(parts), whole)


def _compared(
    measure: Measure, spark: list[Counts], other: list[Counts], shared: list[tuple[Counts, Counts]]
) -> Compared:
    first, second = [measure.of(one) for one in spark], [measure.of(one) for one in other]
    whole, of_others = rules.total(first), rules.total(second)
    lift: Lift | Lack | None = rules.enough(whole, of_others, events_above=measure.events_above)
    if lift is None:
        lift = rules.by_ads(first, second)
    if lift is Lack.UNITS:
        lift = rules.by_days([(measure.of(one), measure.of(two)) for one, two in shared])
    return Compared(measure, whole, of_others, lift)

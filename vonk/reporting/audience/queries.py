"""Whom an ad reached, for the owner of the post that it shows."""

from collections.abc import Mapping

import msgspec
from django.db.models import Sum

from vonk.advertising.queries import used_posts as advertising
from vonk.billing import queries as billing
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.reporting import net
from vonk.reporting.audience import rules
from vonk.reporting.audience.rules import METRICS, SMALL, Dimension, Part
from vonk.reporting.models import Audience
from vonk.reporting.net import FIRST_DAY, LAST_DAY


class AdAudience(msgspec.Struct, frozen=True):
    """Whom an ad reached since it began: its parts by each dimension, whose sums are equal, and the whole, net.

    Parts are as they were counted; ``found_invalid`` is what findings took off later, which is in the parts still and
    not in ``total``. Values with fewer than ``small`` impressions are one part, ``other``.
    """

    ad_id: int
    small: int
    total: Mapping[str, int]
    found_invalid: Mapping[str, int]
    country: tuple[Part, ...]
    age_band: tuple[Part, ...]
    gender: tuple[Part, ...]


def audience(scope: Scope, ad_id: int) -> AdAudience:
    """Return whom the ad with a post of the acting creator reached; NotFound for every other ad.

    Always of its whole life: the difference of two spans would show what a small group did.
    """
    if advertising.using_ad(scope, ad_id) is None:
        raise NotFound(noun="ad")
    counts: dict[str, dict[str, dict[str, int]]] = {dimension: {} for dimension in Dimension}
    rows = Audience.objects.filter(ad_id=ad_id).values_list("dimension", "value", "metric")
    for dimension, value, metric, times in rows.annotate(times=Sum("count")).order_by("dimension", "value"):
        counts[dimension].setdefault(value, {})[metric] = times
    found = dict.fromkeys(METRICS, 0)
    for one in net.corrections(billing.finding_counts(start_date=FIRST_DAY, end_date=LAST_DAY, ad_ids=[ad_id])):
        if one.metric in found:
            found[one.metric] -= one.value
    by_country = counts[Dimension.COUNTRY].values()
    total = {metric: sum(of.get(metric, 0) for of in by_country) - found[metric] for metric in METRICS}
    return AdAudience(
        ad_id=ad_id,
        small=SMALL,
        total=total,
        found_invalid=found,
        country=rules.shown(counts[Dimension.COUNTRY]),
        age_band=rules.shown(counts[Dimension.AGE_BAND]),
        gender=rules.shown(counts[Dimension.GENDER]),
    )

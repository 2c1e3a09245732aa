"""Tells the ad servers how often what ad groups are optimised for follows their clicks and showings, as attribution counts it.

Of four weeks, counted anew each minute; the ad servers hear of differences alone.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Count

from vonk.advertising import queries as advertising
from vonk.advertising.queries.goals import GoalGroup, goal_groups
from vonk.advertising.rules import Objective
from vonk.content.queries.sums import sums_of_ads
from vonk.control import publications
from vonk.core.clock import DAY_MS, to_ms
from vonk.delivery.prediction.conversions import Counted, reckon
from vonk.delivery.prediction.delay import Delays
from vonk.delivery.snapshot import Document, DocumentKind, Goal
from vonk.events.conversions.contract import STEPS
from vonk.reporting import results
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.models import Conversion
from vonk.reporting.results import Aim

LOOKS_BACK: Final = timedelta(days=28)
LABEL_DAYS: Final = 7  # As long as a model waits for a click's conversion (delivery.trained.examples).
DELAYS_MAX: Final = 5_000  # Of the newest conversions.
DELAYS_MIN: Final = 20  # Of fewer nothing is concluded: what came is taken for all.
GROUPS_PER_QUERY: Final = 500
_AGES: Final = tuple(timedelta(hours=hours) for hours in (0, 1, 3, 6, 12, 24, 48, 72, 120, 168, 336, 672))
_LABELS: Final = (Aim(Objective.CONVERSIONS, Goal.CONVERSION), LABEL_DAYS)  # Any conversion is one.
_CLICKS, _SHOWINGS = "clicks_destination", "impressions"


@transaction.atomic
def publish(now: datetime) -> int:
    """Publish how often results follow, of each ad group that is optimised for conversions; return how many changed.

    An account without a pixel has nothing counted: its ad groups keep the prior of all.
    """
    groups = {group.id: group for group in goal_groups()}
    documents: dict[int, Document | None] = dict.fromkeys(publications.published(DocumentKind.RESULTS))
    if groups:
        alike = {group.id: group.event or group.objective.value for group in groups.values()}
        documents |= reckon(_counted(groups, now), alike)
    return publications.replace(DocumentKind.RESULTS, documents, at=now)


def _aim(group: GoalGroup) -> Aim:
    return Aim(group.objective, group.goal, group.event)


class _Come(NamedTuple):
    """Conversions attributed to an ad group."""

    after_click: int
    without_click: int
    labels: int


def _counted(groups: Mapping[int, GoalGroup], now: datetime) -> dict[int, Counted]:
    delays = _delays({(_aim(group), group.click_days) for group in groups.values()} | {_LABELS}, now)
    come = _come(groups, now)
    counted = dict.fromkeys(groups, Counted(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    group_of = {ad_id: of[0] for ad_id, of in advertising.ads_under(ad_group_ids=groups, with_deleted=True).items()}
    ads = {ad_id: groups[group_id] for ad_id, group_id in group_of.items()}
    for younger, older in pairwise(_AGES):
        age_ms = (younger + older).total_seconds() * 500
        for ad_id, (clicks, showings) in _happened(ads, now - older, now - younger):
            group = groups[group_of[ad_id]]
            before = counted[group.id]
            counted[group.id] = before._replace(
                clicks=before.clicks + clicks * delays[_aim(group), group.click_days].share_come(age_ms),
                showings=before.showings + showings,
                label_clicks=before.label_clicks + clicks * delays[_LABELS].share_come(age_ms),
            )
    return {
        group_id: counts._replace(
            after_click=float(come[group_id].after_click),
            without_click=float(come[group_id].without_click),
            labels=float(come[group_id].labels),
        )
        for group_id, counts in counted.items()
    }


def _happened(ads: Mapping[int, GoalGroup], start: datetime, end: datetime) -> Iterable[tuple[int, tuple[int, int]]]:
    """Yield clicks and showings of each ad in the span, since its account measures conversions."""
    by_start: dict[datetime, list[int]] = {}
    for ad_id, group in ads.items():
        if group.measured_since < end:
            by_start.setdefault(max(start, group.measured_since), []).append(ad_id)
    for since, ad_ids in by_start.items():
        for ad_id, (clicks, showings) in sums_of_ads(ad_ids, [_CLICKS, _SHOWINGS], start=since, end=end):
            yield ad_id, (clicks or 0, showings or 0)


def _come(groups: Mapping[int, GoalGroup], now: datetime) -> dict[int, _Come]:
    """Return how many conversions of these four weeks' touches each ad group had."""
    since_ms = to_ms(now - LOOKS_BACK)
    found = dict.fromkeys(groups, _Come(0, 0, 0))
    ordered = sorted(groups)
    for at in range(0, len(ordered), GROUPS_PER_QUERY):
        part = ordered[at : at + GROUPS_PER_QUERY]
        rows = Conversion.objects.filter(
            at_ms__gte=since_ms, touch_at_ms__gte=since_ms, ad_group_id__in=part
        ).order_by()
        for group_id, touch, name, count in rows.values_list("ad_group_id", "touch", "name").annotate(Count("pk")):
            group = groups[group_id]
            if results.is_result_conversion(_aim(group), name):
                before = found[group_id]
                found[group_id] = (
                    before._replace(after_click=before.after_click + count)
                    if touch == TouchKind.CLICK
                    else before._replace(without_click=before.without_click + count)
                )
        labelled = rows.filter(touch=TouchKind.CLICK.value, known_by="click").exclude(name__in=STEPS)
        clicks = labelled.values_list("ad_group_id").annotate(clicks=Count("touch_at_ms", distinct=True))
        for group_id, count in clicks:
            found[group_id] = found[group_id]._replace(labels=count)
    return found


def _delays(wanted: Collection[tuple[Aim, int]], now: datetime) -> dict[tuple[Aim, int], Delays]:
    """Return how late conversions come that are results of such an aim, by those of all accounts whose window is over.

    A window is of so many days after a click. Aims that count the same names share what is known.
    """
    now_ms = to_ms(now)
    rows = Conversion.objects.filter(
        touch=TouchKind.CLICK.value, at_ms__gte=to_ms(now - LOOKS_BACK - timedelta(days=8))
    )
    newest = list(rows.order_by("-at_ms").values_list("name", "at_ms", "touch_at_ms")[:DELAYS_MAX])
    found: dict[tuple[Aim, int], Delays] = {}
    for aim, days in wanted:
        window_ms = max(days, 1) * DAY_MS
        over = [
            at_ms - touch_at_ms
            for name, at_ms, touch_at_ms in newest
            if touch_at_ms <= now_ms - window_ms and results.is_result_conversion(aim, name)
        ]
        found[aim, days] = Delays(over if len(over) >= DELAYS_MIN else (), window_ms)
    return found

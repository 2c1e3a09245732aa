"""What became of an account's ads in slots, hour by hour, and what that comes to; or of all ads, for operators."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Sum
from django.utils import timezone

from vonk.advertising import queries as advertising
from vonk.advertising.queries.ad_pages import living_ad_groups
from vonk.control.scope import Right, Scope
from vonk.delivery.explaining import handover
from vonk.delivery.matching import minutes
from vonk.delivery.matching.minutes import NO_AD
from vonk.delivery.matching.refusals import Refusal
from vonk.identity import queries as identity
from vonk.reporting.errors import SpanUnkept
from vonk.reporting.fates import store
from vonk.reporting.fates.rules import GATHERED, KEPT_DAYS, LOST_COUNTS, Gathered
from vonk.reporting.models import AdServerLife, Fate
from vonk.reporting.reports import midnight

ADS_PER_QUERY: Final = 5_000
_REFUSALS: Final = frozenset(refusal.value for refusal in Refusal)


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One UTC hour. ``gap_micros``: by how much the lost auctions were lost, summed, of a thousand impressions.

    ``waiting`` tells in which share of the looks at them, every ten minutes, ads were out of every auction, and for
    what. ``exact`` is False where counts were lost: there were at least so many.
    """

    start: datetime
    asked: int  # Slots of anybody's.
    won: int
    lost: int
    gap_micros: int
    held_back: int  # Won, and not shown to a lift test's control group.
    refused: dict[str, int]
    waiting: dict[str, float]
    exact: bool

    def gathered(self) -> dict[Gathered, int]:
        """Return what became of the ads, by what people call it; only what there is."""
        found: dict[Gathered, int] = {}
        counts = {minutes.WON: self.won, minutes.LOST: self.lost, minutes.GHOST: self.held_back} | self.refused
        for name, count in counts.items():
            if count:
                found[GATHERED[name]] = found.get(GATHERED[name], 0) + count
        return found


class Fates(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of a span in which anything was counted, oldest first. ``through``: up to when; None where never."""

    start: datetime
    end: datetime
    ads: int
    through: datetime | None
    hours: tuple[Hour, ...]

    @property
    def exact(self) -> bool:
        """Whether nothing of it was lost."""
        return all(hour.exact for hour in self.hours)


def of_ad(scope: Scope, ad_id: int, *, start: datetime, end: datetime) -> Fates:
    """Return what became of the account's ad; NotFound when it has none of this id."""
    return _fates([advertising.ad(scope, ad_id).id], start, end)


def of_ad_group(scope: Scope, ad_group_id: int, *, start: datetime, end: datetime) -> Fates:
    """Return what became of the ad group's ads together; NotFound when the account has none of this id."""
    group = advertising.ad_group(scope, ad_group_id)
    return _fates(list(advertising.ads_under(ad_group_ids=[group.id])), start, end)


def of_ad_groups(scope: Scope, ad_group_ids: Collection[int], *, start: datetime, end: datetime) -> dict[int, Fates]:
    """Return what became of the ads of each of the account's ad groups; those that are not the account's are left out."""
    own = {group.id for group in living_ad_groups(scope, ad_group_ids)}
    under = advertising.ads_under(ad_group_ids=sorted(own))
    ads: dict[int, list[int]] = {ad_group_id: [] for ad_group_id in own}
    for ad_id, (ad_group_id, _) in under.items():
        ads[ad_group_id].append(ad_id)
    rows = list(_rows(list(under), start, end))
    of_none = list(_rows([NO_AD], start, end))
    found = {}
    for ad_group_id, ad_ids in ads.items():
        mine = set(ad_ids)
        found[ad_group_id] = _gathered(len(mine), [row for row in rows if row[0] in mine], of_none, start, end)
    return found


def of_all(scope: Scope, *, start: datetime, end: datetime) -> Fates:
    """Return what became of all ads of the platform together; operators only."""
    scope.require(Right.OPERATE)
    rows = Fate.objects.filter(hour_at__gte=start, hour_at__lt=end).exclude(ad_id=NO_AD).order_by()
    sums = rows.values_list("hour_at", "name").annotate(total=Sum("count"))
    return _gathered(0, [(1, *row) for row in sums], _rows([NO_AD], start, end), start, end)


class Life(msgspec.Struct, frozen=True):
    """One ad server's process, by the minutes that it hands over. ``ended``: it stopped in order; ``given_up``: it fell silent."""

    server: str
    through: datetime
    ended: bool
    given_up: bool


def lives(scope: Scope, *, since: datetime) -> tuple[Life, ...]:
    """Return the ad servers that handed anything over since then, the newest first; operators only."""
    scope.require(Right.OPERATE)
    rows = AdServerLife.objects.filter(through_at__gte=since).order_by("-through_at")
    return tuple(Life(row.server, row.through_at, row.ended, row.given_up) for row in rows)


def most_refused(scope: Scope, *, start: datetime, end: datetime, at_most: int) -> tuple[tuple[int, str, int], ...]:
    """Return the ads that were refused most, each with reason and count; operators only."""
    scope.require(Right.OPERATE)
    rows = Fate.objects.filter(hour_at__gte=start, hour_at__lt=end, name__in=_REFUSALS).order_by()
    sums = rows.values_list("ad_id", "name").annotate(total=Sum("count")).order_by("-total", "ad_id")
    return tuple(sums[:at_most])


def _fates(ad_ids: Collection[int], start: datetime, end: datetime) -> Fates:
    return _gathered(len(ad_ids), _rows(ad_ids, start, end), _rows([NO_AD], start, end), start, end)


_Row = tuple[int, datetime, str, int]


def _rows(ad_ids: Collection[int], start: datetime, end: datetime) -> Iterator[_Row]:
    ordered = sorted(ad_ids)
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Fate.objects.filter(ad_id__in=ordered[at : at + ADS_PER_QUERY], hour_at__gte=start, hour_at__lt=end)
        yield from rows.order_by("hour_at").values_list("ad_id", "hour_at", "name", "count")


def _gathered(ads: int, rows: Iterable[_Row], of_none: Iterable[_Row], start: datetime, end: datetime) -> Fates:
    hours: dict[datetime, dict[str, int]] = {}
    for _, hour_at, name, count in rows:
        counts = hours.setdefault(hour_at, {})
        counts[name] = counts.get(name, 0) + count
    platform: dict[datetime, dict[str, int]] = {}
    for _, hour_at, name, count in of_none:
        platform.setdefault(hour_at, {})[name] = count
    return Fates(
        start=start,
        end=end,
        ads=ads,
        through=store.through(),
        hours=tuple(
            _hour(at, hours.get(at, {}), platform.get(at, {}), ads) for at in sorted(hours.keys() | platform.keys())
        ),
    )


def _hour(at: datetime, counts: Mapping[str, int], platform: Mapping[str, int], ads: int) -> Hour:
    looks = platform.get(handover.LOOKED, 0) * ads
    waiting = {reason: count for name, count in counts.items() if (reason := handover.waited_for(name))}
    return Hour(
        start=at,
        asked=platform.get(minutes.ASKED, 0),
        won=counts.get(minutes.WON, 0),
        lost=counts.get(minutes.LOST, 0),
        gap_micros=counts.get(minutes.GAP, 0),
        held_back=counts.get(minutes.GHOST, 0),
        refused={name: count for name, count in sorted(counts.items()) if name in _REFUSALS and count},
        waiting={reason: min(count / looks, 1.0) for reason, count in sorted(waiting.items())} if looks else {},
        exact=not platform.get(LOST_COUNTS, 0),
    )


def today(scope: Scope, now: datetime) -> date:
    """Return the account's present day; the platform's where the scope is none of an account."""
    return now.astimezone(_zone(scope)).date()


def instants(scope: Scope, start_date: date, end_date: date) -> tuple[datetime, datetime]:
    """Return when the account's days begin and end, both included. Raises SpanUnkept for more than is kept."""
    if not 1 <= (end_date - start_date).days + 1 <= KEPT_DAYS:
        raise SpanUnkept
    zone = _zone(scope)
    return midnight(start_date, zone), midnight(end_date + timedelta(days=1), zone)


def _zone(scope: Scope) -> ZoneInfo:
    if scope.account_id is None:
        return ZoneInfo(timezone.get_default_timezone_name())
    return ZoneInfo(identity.account_facts(scope.account_id).time_zone)

"""Invalid traffic as operators see it: by rule and hour, and which ads have most of it, later findings included."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdOwner
from vonk.billing import validity
from vonk.billing.validity import FoundLater
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.events.rules import INVALID_RULES
from vonk.reporting.queries import By, check_span
from vonk.reporting.rules import EVENTS, RULE

ADS_MAX: Final = 20  # Of the ads with most invalid events.
ACCOUNTS_MAX: Final = 20
ADS_LOOKED_AT_MAX: Final = 2_000  # Of those with most: what accounts are summed over.
_METRIC_OF: Final = {rule.value: f"{RULE}{rule.value}" for rule in INVALID_RULES}
_TITLE_OF: Final = {rule.value: entry.title for rule, entry in INVALID_RULES.items()}


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many events broke a rule; ``share`` is of all events, None when there were none."""

    rule: str
    title: str
    events: int
    share: float | None


class InvalidHour(msgspec.Struct, frozen=True):
    """One UTC hour: all events, and how many broke each rule. One that was healed is taken back in the healing's hour."""

    hour_at: datetime
    events: int
    by_rule: dict[str, int]


class AdInvalid(msgspec.Struct, frozen=True, kw_only=True):
    """An ad (``ad`` None: organic showings, or an ad that does not exist), and how many of its events broke each rule."""

    ad_id: int
    ad: AdOwner | None
    invalid: int
    by_rule: dict[str, int]


class AccountInvalid(msgspec.Struct, frozen=True):
    """An ad account, and how many events of how many of its ads are invalid."""

    account_id: int
    name: str
    invalid: int
    ads: int


class InvalidTraffic(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's events of some UTC days, gross, and what of them broke the rules; organic showings included.

    What findings have made invalid since is in it, under the rule that each finding names.
    """

    start_date: date
    end_date: date
    events: int
    invalid: int
    share: float | None
    rules: tuple[RuleCount, ...]  # Every rule, in the order of the table; then what else findings were named after.
    hours: tuple[InvalidHour, ...]  # Those in which anything happened.
    ads: tuple[AdInvalid, ...]  # At most ADS_MAX, those with most first.
    accounts: tuple[AccountInvalid, ...]  # At most ACCOUNTS_MAX, over the ADS_LOOKED_AT_MAX ads with most.


def invalid_traffic(scope: Scope, *, start_date: date, end_date: date) -> InvalidTraffic:
    """Return the days' invalid traffic, both dates included, at most 31 of them; operators only. Raises SpanInvalid."""
    scope.require(Right.OPERATE)
    check_span(start_date, end_date, By.HOUR)
    start = datetime.combine(start_date, time(), UTC)
    end = datetime.combine(end_date + timedelta(days=1), time(), UTC)
    counted = content.hours_of([EVENTS, *_METRIC_OF.values()], start=start, end=end)
    found = validity.found_later(scope, start=start, end=end)
    names = list(dict.fromkeys([*_METRIC_OF, *sorted({one.rule for one in found})]))
    hours = _hours(counted, found, names)
    events = sum(hour.events for hour in hours)
    by_rule = {name: sum(hour.by_rule.get(name, 0) for hour in hours) for name in names}
    invalid = sum(by_rule.values())
    ads = _ads(scope, start, end, found)
    return InvalidTraffic(
        start_date=start_date,
        end_date=end_date,
        events=events,
        invalid=invalid,
        share=_share(invalid, events),
        rules=tuple(
            RuleCount(rule=name, title=_TITLE_OF.get(name, name), events=count, share=_share(count, events))
            for name, count in by_rule.items()
        ),
        hours=hours,
        ads=ads[:ADS_MAX],
        accounts=_accounts(ads),
    )


def _hours(
    counted: dict[tuple[datetime, str], int], found: Sequence[FoundLater], names: Sequence[str]
) -> tuple[InvalidHour, ...]:
    by_hour: dict[datetime, Counter[str]] = {}
    for (hour_at, metric), count in counted.items():
        by_hour.setdefault(hour_at.astimezone(UTC), Counter())[metric.removeprefix(RULE)] += count
    for one in found:
        by_hour.setdefault(one.hour_at.astimezone(UTC), Counter())[one.rule] += one.events
    return tuple(
        InvalidHour(hour_at, counts[EVENTS], {name: counts[name] for name in names if counts[name]})
        for hour_at, counts in sorted(by_hour.items())
    )


def _ads(scope: Scope, start: datetime, end: datetime, found: Sequence[FoundLater]) -> tuple[AdInvalid, ...]:
    """Return the ads with most. Those of findings are few, and looked at all."""
    metrics = list(_METRIC_OF.values())
    ad_ids = {
        *content.ads_with_most(metrics, start=start, end=end, most=ADS_LOOKED_AT_MAX),
        *(one.ad_id for one in found),
    }
    by_ad = {ad_id: Counter[str]() for ad_id in ad_ids}
    for ad_id, counted in content.counts_of_ads(ad_ids, metrics, start=start, end=end).items():
        by_ad[ad_id].update({metric.removeprefix(RULE): count for metric, count in counted.items()})
    for one in found:
        by_ad[one.ad_id][one.rule] += one.events
    ranked = sorted(by_ad.items(), key=lambda item: (-item[1].total(), item[0]))
    owners = advertising.owners(scope, [ad_id for ad_id, _ in ranked])
    return tuple(
        AdInvalid(
            ad_id=ad_id,
            ad=owners.get(ad_id),
            invalid=counts.total(),
            by_rule={name: count for name, count in sorted(counts.items()) if count},
        )
        for ad_id, counts in ranked
    )


def _accounts(ads: Sequence[AdInvalid]) -> tuple[AccountInvalid, ...]:
    """Return the accounts with most."""
    names: dict[int, str] = {}
    invalid, counted = Counter[int](), Counter[int]()
    for one in ads:
        if one.ad is not None:
            names[one.ad.account_id] = one.ad.account_name
            invalid[one.ad.account_id] += one.invalid
            counted[one.ad.account_id] += 1
    ranked = sorted(names, key=lambda account_id: (-invalid[account_id], account_id))
    return tuple(
        AccountInvalid(account_id, names[account_id], invalid[account_id], counted[account_id])
        for account_id in ranked[:ACCOUNTS_MAX]
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None

"""Invalid traffic as operators see it: by rule and hour, and which ads have most of it. Read from the counters."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdOwner
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.events.rules import INVALID_RULES, InvalidRule
from vonk.reporting.queries import By, check_span
from vonk.reporting.rules import EVENTS, RULE

ADS_MAX: Final = 20  # Of the ads with most invalid events.
_OF_RULE: Final = {rule: f"{RULE}{rule.value}" for rule in InvalidRule}


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


class InvalidTraffic(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's events of some UTC days, gross, and what of them broke the rules; organic showings included."""

    start_date: date
    end_date: date
    events: int
    invalid: int
    share: float | None
    rules: tuple[RuleCount, ...]  # Every rule, in the order of the table.
    hours: tuple[InvalidHour, ...]  # Those in which anything happened.
    ads: tuple[AdInvalid, ...]  # At most ADS_MAX, those with most first.


def invalid_traffic(scope: Scope, *, start_date: date, end_date: date) -> InvalidTraffic:
    """Return the days' invalid traffic, both dates included, at most 31 of them; operators only. Raises SpanInvalid."""
    scope.require(Right.OPERATE)
    check_span(start_date, end_date, By.HOUR)
    start = datetime.combine(start_date, time(), UTC)
    end = datetime.combine(end_date + timedelta(days=1), time(), UTC)
    counted = content.hours_of([EVENTS, *_OF_RULE.values()], start=start, end=end)
    hours = tuple(_hour(hour_at, counted) for hour_at in sorted({hour_at for hour_at, _ in counted}))
    events = sum(hour.events for hour in hours)
    by_rule = {rule: sum(hour.by_rule.get(rule.value, 0) for hour in hours) for rule in InvalidRule}
    invalid = sum(by_rule.values())
    return InvalidTraffic(
        start_date=start_date,
        end_date=end_date,
        events=events,
        invalid=invalid,
        share=_share(invalid, events),
        rules=tuple(
            RuleCount(rule=rule.value, title=entry.title, events=by_rule[rule], share=_share(by_rule[rule], events))
            for rule, entry in INVALID_RULES.items()
        ),
        hours=hours,
        ads=_ads(scope, start, end),
    )


def _hour(hour_at: datetime, counted: dict[tuple[datetime, str], int]) -> InvalidHour:
    by_rule = {rule.value: counted.get((hour_at, metric), 0) for rule, metric in _OF_RULE.items()}
    return InvalidHour(
        hour_at, counted.get((hour_at, EVENTS), 0), {rule: count for rule, count in by_rule.items() if count}
    )


def _ads(scope: Scope, start: datetime, end: datetime) -> tuple[AdInvalid, ...]:
    found = content.ads_by(list(_OF_RULE.values()), start=start, end=end, most=ADS_MAX)
    owners = advertising.owners(scope, [ad_id for ad_id, _ in found])
    return tuple(
        AdInvalid(
            ad_id=ad_id,
            ad=owners.get(ad_id),
            invalid=sum(counts.values()),
            by_rule={metric.removeprefix(RULE): count for metric, count in counts.items() if count},
        )
        for ad_id, counts in found
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None

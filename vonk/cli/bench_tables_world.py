"""The account that ``vonk bench tables`` looks at: many ads, two weeks of counters and charges, made by the areas' actions.

Nothing is settled from a log: budgets' own sums stay empty, so the pace of today shows a chart and no spent budget.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from vonk.advertising import queries as advertising
from vonk.billing import ledger
from vonk.billing.actions import payments, transfers
from vonk.billing.ledger import Entry, Events, Reason
from vonk.cli import bench_books, bench_business_runs
from vonk.content.actions import tallies
from vonk.content.actions.tallies import TallyKey
from vonk.control.scope import Right, Scope, Via
from vonk.identity import access
from vonk.identity.queries import account_facts

DAYS: Final = 14
CONSENTS_MAX: Final = 100
APPROVED_EVERY: Final = 10  # Review takes the longest of all that is made here; the rest waits for it.
ADS_TOGETHER: Final = 2_000  # Whose counters and charges are written in one transaction.
CHARGE_MICROS: Final = 250_000


class World(msgspec.Struct, frozen=True):
    """The account; the session is its owner's cookie, as a browser sends it."""

    session: str
    campaigns: int
    ads: int


def make(directory: Path, *, campaigns: int, ads: int) -> World:
    """Make the account; ``directory`` has room for a video."""
    then = datetime.now(UTC)
    scope = bench_books.advertiser(then)
    funds = access.advertiser(access.Actor(scope.person, Via.COMMAND), scope.account, may=Right.FUNDS_EDIT)
    payments.top_up(funds, amount_micros=bench_books.FUNDS_MICROS, now=then, provider_reference="bench")
    shows = bench_business_runs.consents_of(scope, directory, min(CONSENTS_MAX, ads), then)
    groups = bench_business_runs.ad_groups_of(scope, campaigns, then)
    made = bench_business_runs.ads_of(scope, groups, ads, list(shows), then)
    bench_business_runs.approve(made[::APPROVED_EVERY], then)
    for start in range(0, len(made), ADS_TOGETHER):
        some = made[start : start + ADS_TOGETHER]
        _count([(ad_id, shows[consent_id]) for ad_id, consent_id in some], then)
        _charge(scope, [(ad_id, consent_id, shows[consent_id]) for ad_id, consent_id in some], then)
    return World(_session(scope), campaigns, len(made))


def days(then: datetime) -> list[datetime]:
    """Return an hour of each of the days, the present one first."""
    return [then.replace(minute=0, second=0, microsecond=0) - timedelta(days=day) for day in range(DAYS)]


def varied(ad_id: int, day: int, value: int) -> int:
    """Return the value, different from ad to ad and day to day, so that orders by it have something to order."""
    return value * (50 + (ad_id // 7 + day * 31) % 101) // 100


def _count(shown: Sequence[tuple[int, int]], then: datetime) -> None:
    for day, hour_at in enumerate(days(then)):
        with transaction.atomic():
            tallies.add(
                {
                    TallyKey(post_id, ad_id, hour_at, metric): varied(ad_id + place, day, value)
                    for ad_id, post_id in shown
                    for place, (metric, value) in enumerate(bench_business_runs.COUNTS.items())
                }
            )


def _charge(scope: Scope, shown: Sequence[tuple[int, int, int]], then: datetime) -> None:
    facts = account_facts(scope.account)
    ways = ledger.advertiser(scope.account, facts.currency), ledger.revenue(facts.currency)
    places = advertising.ads_under(account_id=scope.account)
    zone = ZoneInfo(facts.time_zone)
    for number, hour_at in enumerate(days(then)):
        entries = [
            Entry(
                key=f"bench:{ad_id}:{number}",
                reason=Reason.CHARGE.value,
                debit=ways[0],
                credit=ways[1],
                amount_micros=varied(ad_id, number, CHARGE_MICROS),
                of=Events(
                    account_id=scope.account,
                    campaign_id=places[ad_id][1],
                    ad_group_id=places[ad_id][0],
                    ad_id=ad_id,
                    post_id=post_id,
                    grant_id=consent_id,
                    event_kind="click_destination",
                    hour_at=hour_at,
                    day=hour_at.astimezone(zone).date(),
                    first_position=1,
                    last_position=1,
                    events=1,
                    share_ppm=0,
                ),
            )
            for ad_id, consent_id, post_id in shown
        ]
        transfers.post(entries, now=then)


def _session(scope: Scope) -> str:
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(get_user_model().objects.get(pk=scope.person), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value

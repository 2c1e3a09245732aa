"""The measuring behind ``vonk bench business``."""

import contextlib
import http.client
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import typer
from django.db import connections, transaction

from vonk.advertising.actions import ad_groups, ads, campaigns, reviews
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.advertising.queries import rounds
from vonk.authorisation.actions import consents
from vonk.billing.actions import payments
from vonk.cli import bench_books, bench_load, migrating
from vonk.content.actions import tallies
from vonk.content.actions.tallies import TallyKey
from vonk.control.scope import PLATFORM, Right, Scope, Via
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Targeting
from vonk.identity import access
from vonk.identity.actions import people, tokens
from vonk.identity.rules import PlatformRole

PREFIX: Final = "/open_api/v1.3/"
CREATORS_MAX: Final = 4
CONSENTS_MAX: Final = 100
APPROVED_MAX: Final = 100
ADS_AT_ONCE: Final = 20  # What one call creates.
TOGETHER: Final = 200  # Acts of one transaction, so that making the account takes seconds.
COUNTED_MAX: Final = 1_000  # Ads with numbers: those of the report, and of the first page of ad/get.
DAYS: Final = 30
PAGE: Final = 1_000
WARM: Final = 3  # Calls whose time is nobody's: the first imports and connects.
LOOKS: Final = 30  # At each page of 1,000; their median is what a caller meets.
COUNTS: Final = {
    "impressions": 900,
    "plays": 850,
    "view_2s": 600,
    "view_6s": 350,
    "p100": 250,
    "watch_ms": 4_000_000,
    "clicks_destination": 12,
}
METRICS: Final = (
    "spend",
    "impressions",
    "clicks",
    "ctr",
    "cpc",
    "cpm",
    "video_play_actions",
    "video_watched_2s",
    "video_watched_6s",
    "video_views_p100",
)
_COMMAND: Final = Scope(person_id=None, rights=PLATFORM.rights, via=Via.COMMAND)


class BusinessFigures(msgspec.Struct, frozen=True, kw_only=True):
    """``campaign_get_*`` under load at the default page size, after warming up; the others are single requests."""

    campaigns: int
    ads: int
    campaign_get_per_s: float
    campaign_get_p50_ms: float
    campaign_get_p99_ms: float
    campaign_get_1000_ms: float
    ad_get_1000_ms: float
    ad_get_1000_ms_max: float
    report_ms: float
    report_ms_max: float
    generation_s: float


class World(msgspec.Struct, frozen=True):
    """The account, and a token of whoever owns it."""

    account_id: int
    token: str
    campaigns: int
    ads: int
    counted: int
    today: str
    first_day: str


def measure(directory: Path, *, campaigns: int, ads: int, seconds: int, clients: int) -> BusinessFigures:
    """Make a platform and measure on it; ends the command when an answer is not what it must be."""
    migrating.migrate(quiet=True)
    began = time.monotonic()
    world = make(directory, campaigns=campaigns, ads=ads)
    connections.close_all()
    generation_s = time.monotonic() - began
    with _site(directory) as server:
        return ask(server, directory, world, generation_s, seconds=seconds, clients=clients)


def ask(
    server: bench_load.Server, directory: Path, world: World, generation_s: float, *, seconds: int, clients: int
) -> BusinessFigures:
    """Measure at a site that serves the world; raises as ``measure`` does."""
    account = {"advertiser_id": str(world.account_id)}
    whole = {**account, "page_size": str(PAGE)}
    campaigns = _looks(server, world, "campaign/get/", whole, min(PAGE, world.campaigns))
    spark_ads = _looks(server, world, "ad/get/", whole, min(PAGE, world.ads))
    report = {
        **whole,
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": json.dumps(["ad_id", "stat_time_day"]),
        "metrics": json.dumps(METRICS),
        "start_date": world.first_day,
        "end_date": world.today,
    }
    numbers = _looks(server, world, "report/integrated/get/", report, min(PAGE, world.counted * DAYS))
    load = _load(server, directory, world, account, seconds=seconds, clients=clients)
    return BusinessFigures(
        campaigns=world.campaigns,
        ads=world.ads,
        campaign_get_per_s=round(load.per_second, 1),
        campaign_get_p50_ms=round(load.p50_us / 1_000, 1),
        campaign_get_p99_ms=round(load.p99_us / 1_000, 1),
        campaign_get_1000_ms=round(statistics.median(campaigns), 1),
        ad_get_1000_ms=round(statistics.median(spark_ads), 1),
        ad_get_1000_ms_max=round(max(spark_ads), 1),
        report_ms=round(statistics.median(numbers), 1),
        report_ms_max=round(max(numbers), 1),
        generation_s=round(generation_s, 1),
    )


def make(directory: Path, *, campaigns: int, ads: int) -> World:
    """Make the account, all of it by the areas' actions; ``directory`` has room for a video."""
    then = datetime.now(UTC)
    scope = bench_books.advertiser(then)
    owner = access.Actor(scope.person, Via.COMMAND)
    funds = access.advertiser(owner, scope.account, may=Right.FUNDS_EDIT)
    payments.top_up(funds, amount_micros=bench_books.FUNDS_MICROS, now=then, provider_reference="bench")
    shows = consents_of(scope, directory, min(CONSENTS_MAX, ads), then)
    made = ads_of(scope, ad_groups_of(scope, campaigns, then), ads, list(shows), then)
    counted = made[-COUNTED_MAX:]
    approve(made[-APPROVED_MAX:], then)
    today = then.date()
    _count([(ad_id, shows[consent_id]) for ad_id, consent_id in counted], then)
    token = tokens.issue(access.person(owner), label="bench", expires_at=None, now=then).token
    return World(
        scope.account,
        token,
        campaigns,
        len(made),
        len(counted),
        today.isoformat(),
        (today - timedelta(days=DAYS - 1)).isoformat(),
    )


def consents_of(scope: Scope, directory: Path, count: int, then: datetime) -> dict[int, int]:
    """Have creators publish and the account redeem a code of each post; return the post of each consent."""
    clip = bench_books.clip(directory)
    creators = min(CREATORS_MAX, count)
    found: dict[int, int] = {}
    for number in range(creators):
        posts = len(range(number, count, creators))
        creator, post_ids = bench_books.creator(f"creator{number}", clip, posts, then)
        for post_id in post_ids:
            code = consents.issue(creator, post_id, now=then).code
            found[consents.redeem(scope, code, now=then).consent_id] = post_id
    return found


def ad_groups_of(scope: Scope, count: int, then: datetime) -> list[int]:
    """Create so many campaigns with an ad group each; return the ad groups."""
    draft = AdGroupDraft(
        name="Everybody",
        billing=Billing.CPC.value,
        bid_micros=250_000,
        budget=Budget(BudgetMode.DAILY, 50_000_000),
        targeting=Targeting(countries=("NL",)),
    )
    found = []
    for batch in _batches(range(count), TOGETHER):
        with transaction.atomic():
            for number in batch:
                campaign = CampaignDraft(name=f"Campaign {number}", objective="traffic")
                found.append(ad_groups.create(scope, campaigns.create(scope, campaign, now=then), draft, now=then))
    return found


def ads_of(
    scope: Scope, ad_group_ids: Sequence[int], count: int, consent_ids: Sequence[int], then: datetime
) -> list[tuple[int, int]]:
    """Spread so many Spark Ads over the ad groups and consents; return each with its consent."""
    found: list[tuple[int, int]] = []
    groups = len(ad_group_ids)
    for batch in _batches(range(groups), TOGETHER // ADS_AT_ONCE):
        with transaction.atomic():
            for place in batch:
                for numbers in _batches(range(place, count, groups), ADS_AT_ONCE):
                    chosen = [consent_ids[number % len(consent_ids)] for number in numbers]
                    drafts = [_draft(number, one) for number, one in zip(numbers, chosen, strict=True)]
                    found += zip(ads.create(scope, ad_group_ids[place], drafts, now=then), chosen, strict=True)
    return found


def _draft(number: int, consent_id: int) -> AdDraft:
    return AdDraft(
        name=f"Bread {number}",
        call_to_action="learn_more",
        landing_url="https://example.org/bread",
        consent_id=consent_id,
    )


def approve(made: Sequence[tuple[int, int]], then: datetime) -> None:
    signed_up = bench_books.sign_up("olu", then)
    people.appoint(_COMMAND, signed_up.person_id, PlatformRole.OPERATOR, now=then)
    olu = access.operator(access.Actor(signed_up.person_id, Via.COMMAND), may=Right.REVIEW)
    for batch in _batches([ad_id for ad_id, _ in made], TOGETHER):
        with transaction.atomic():
            for review in rounds.newest(list(batch)).values():
                reviews.approve(olu, review.id, now=then)


def _count(shown: Sequence[tuple[int, int]], then: datetime) -> None:
    """Add what was counted of each ad and its post on each of the days."""
    noon = then.replace(hour=12, minute=0, second=0, microsecond=0)
    for day in range(DAYS):
        hour_at = noon - timedelta(days=day)
        with transaction.atomic():
            tallies.add(
                {
                    TallyKey(post_id, ad_id, hour_at, metric): value + ad_id % 50
                    for ad_id, post_id in shown
                    for metric, value in COUNTS.items()
                }
            )


def _batches(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@contextlib.contextmanager
def _site(directory: Path) -> Iterator[bench_load.Server]:
    command = [sys.executable, "-m", "vonk.cli.main", "site", "--data", str(directory), "--port"]
    real = {"VONK_SANDBOX": "false"}  # A sandbox reads its clock at every call; what was made needed test money alone.
    with bench_load.pinned(command, health="/healthz", environ=real) as server:
        yield server


def _looks(server: bench_load.Server, world: World, path: str, asked: dict[str, str], rows: int) -> list[float]:
    """Return the milliseconds of some requests, one after the other; each must answer so many rows."""
    address = f"{PREFIX}{path}?{urlencode(asked)}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    taken = []
    try:
        for _ in range(WARM + LOOKS):
            began = time.monotonic()
            connection.request("GET", address, headers={"Access-Token": world.token})
            content = connection.getresponse().read()
            taken.append((time.monotonic() - began) * 1_000)
            _check(path, content, rows)
    finally:
        connection.close()
    return taken[WARM:]


def _check(path: str, content: bytes, rows: int) -> None:
    answer: dict[str, Any] = json.loads(content)
    found = len(answer["data"].get("list", ()))
    if answer["code"] != 0 or found != rows:
        raise typer.BadParameter(f"{path} answered {found} rows of {rows}: {answer['code']} {answer['message']}")


def _load(
    server: bench_load.Server,
    directory: Path,
    world: World,
    account: dict[str, str],
    *,
    seconds: int,
    clients: int,
) -> bench_load.Load:
    path = f"{PREFIX}campaign/get/?{urlencode(account)}"
    script = directory / "campaign_get.lua"
    answered = "response = function(status, headers, body) if body:sub(1, 10) ~= '{\"code\":0,' then wrong() end end"
    script.write_text(
        f'wrk.headers["Access-Token"] = "{world.token}"\n'
        f"{answered}\nwrong = function() os.exit(3) end\n{bench_load.WRK_DONE}"
    )
    bench_load.wrk(server, path, script, seconds=1, clients=clients)
    load = bench_load.wrk(server, path, script, seconds=seconds, clients=clients)
    if load.status or load.failed:
        raise typer.BadParameter(f"{load.status} answers were no success, {load.failed} requests failed")
    return load

"""Runs a market through the ad server's own decision: documents, index, counters, ``decide``, on a clock that is moved.

Each campaign is an account with one ad that pays by click; a click's worth is the campaign's most for an impression, and
the predictor says how likely each viewer clicks, so that an impression's worth is the world's. What is promised for an
impression, its expected cost, is billed at once: the same accounting as the kernel's.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from vonk.core.clock import DAY_MS, MINUTE_MS
from vonk.delivery import snapshot
from vonk.delivery.decide import decide
from vonk.delivery.limits.counters import Counters
from vonk.delivery.limits.traffic import Kept
from vonk.delivery.market.kernel import Run, mixed
from vonk.delivery.market.world import FACTORS, MINUTES, RESERVE_MICROS, SEGMENTS, Ints, World
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.viewers import Viewer
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, DocumentKind, Pacing, Publication, Strategy, Targeting
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind

START_MS: Final = 1_767_571_200_000  # Monday, 5 January 2026, 00:00 UTC.
RATE_BASE: Final = 0.02  # What the index takes for everybody's chance of a click; the predictor knows better.
_WEEKS_KNOWN: Final = 1_000_000  # The forecast is certain of itself: the usual curve has no say.
_FUNDS: Final = 10**15
_PLENTY: Final = 10**14


class Foresight:
    """Predicts what the world has drawn for this request."""

    version = "market"

    def __init__(self, world: World) -> None:
        self.request = 0
        self._factors = world.factors
        self._most = float(world.factors.max())
        self.lift_max = 1 / RATE_BASE

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:  # noqa: ARG002 - the port's arguments
        """Return the chance that the viewer of this request clicks each ad."""
        return [self.rate(row.ad.account_id) for row in rows]

    def rate(self, account_id: int) -> float:
        """Return the chance for the account's ad in this request: its factor's share of the highest."""
        drawn = int(mixed(self.request, account_id)) % FACTORS
        return float(self._factors[drawn] / self._most)


def run(world: World, budgets: Ints, counters: Counters) -> Run:
    """Run the market's days through ``decide`` with these counters, empty before; as ``kernel.run`` by the dual."""
    index = Index(counters)
    index.traffic.load(Kept((world.weekday_hours * 1e9).tolist(), [_WEEKS_KNOWN] * 168))
    _publish(index, world, budgets)
    foresight = Foresight(world)
    minutes = len(world.requests)
    spent = np.zeros((minutes, world.campaigns), np.int64)
    kept = np.zeros((minutes, world.campaigns))
    value, impressions = np.zeros(world.campaigns), np.zeros(world.campaigns, np.int64)
    viewers = [Viewer(f"viewer{of}", _country(of), "en", "25_34", "", "android", ()) for of in range(SEGMENTS)]
    matched = [index.match(viewer) for viewer in viewers]
    for minute in range(minutes):
        now_ms = START_MS + minute * MINUTE_MS
        index.wake(now_ms)
        for _ in range(world.requests[minute]):
            foresight.request += 1
            segment = int(mixed(foresight.request, world.seed)) % SEGMENTS
            decision = decide(
                viewers[segment],
                index,
                counters,
                matched=matched[segment],
                reserve=RESERVE_MICROS * 1_000,
                shown_campaigns=(),
                now_ms=now_ms,
                seed=foresight.request,
                predictor=foresight,
                shortlist=world.campaigns,
            )
            if decision.row is not None:
                place = decision.row.ad.account_id - 1
                counters.count(_billed(decision.row, decision.reserved_micros, now_ms, foresight.request))
                spent[minute, place] += decision.reserved_micros
                value[place] += decision.rate * decision.row.bid_micros
                impressions[place] += 1
        kept[minute] = [index.group(place + 1).pace.multiplier for place in range(world.campaigns)]
    return Run(spent, kept, value, impressions)


def comparable(world: World) -> World:
    """Return the world with the days' hours as the week's forecast tells them: the index knows hours, not minutes."""
    hours = world.weekday_hours[: 24 * world.days].reshape(world.days, 24)
    plan = np.repeat(hours / hours.sum(axis=1, keepdims=True) / 60, 60, axis=1).ravel()
    assert len(plan) == world.days * MINUTES
    return msgspec.structs.replace(world, plan=plan)


def _country(segment: int) -> str:
    return f"Q{chr(65 + segment)}"  # Of the codes that are nobody's.


def _publish(index: Index, world: World, budgets: Ints) -> None:
    documents: list[tuple[DocumentKind, int, snapshot.Document]] = []
    ends_ms = START_MS + world.days * DAY_MS
    most = float(world.factors.max())
    for place in range(world.campaigns):
        own = place + 1
        budget = Budget(BudgetMode.DAILY, min(int(budgets[place]), _PLENTY))
        targeting = Targeting(countries=tuple(_country(of) for of in range(SEGMENTS) if world.wants[of, place]))
        bid_micros = int(world.means[place] * most)
        documents += [
            (DocumentKind.CAMPAIGN, own, snapshot.CampaignDocument(own, own, "EUR", "UTC", "traffic", Budget())),
            (
                DocumentKind.AD_GROUP,
                own,
                snapshot.AdGroupDocument(
                    own,
                    own,
                    Billing.CPC,
                    bid_micros,
                    budget,
                    Pacing.SMOOTH,
                    START_MS,
                    ends_ms,
                    targeting,
                    None,
                    strategy=Strategy.BID_CAP,
                ),
            ),
            (
                DocumentKind.POST,
                own,
                snapshot.PostDocument(own, own, "", "", "", "", 0, "", "", "", 0, 0, 0, True, True),
            ),  # noqa: FBT003 - duets and stitches
            (DocumentKind.FUNDS, own, snapshot.FundsDocument(own, "EUR", _FUNDS, 0)),
            (DocumentKind.AD, own, snapshot.AdDocument(own, own, own, own, 0, own, "", "", "", "")),
        ]
    index.load(
        Publication(number, kind, object_id, document)
        for number, (kind, object_id, document) in enumerate(documents, start=1)
    )
    for (
        row
    ) in index.rows.values():  # Of many showings, that a click does not move what is taken for everybody's chance.
        row.tally.impressions, row.tally.clicks = 10**9, int(RATE_BASE * 10**9)
    for ad_id in list(index.rows):
        index.repredict(ad_id)


def _billed(row: Row, micros: int, now_ms: int, request: int) -> Entry:
    """Return an impression that costs what was promised for it."""
    ad = row.ad
    claims = Claims(
        request,
        ad.id,
        ad.ad_group_id,
        ad.campaign_id,
        ad.account_id,
        0,
        ad.post_id,
        0,
        "",
        row.bills,
        micros,
        "EUR",
        now_ms,
        "",
    )
    return Entry(EventRecord(str(request), Kind.VIEWABLE, now_ms, now_ms, micros, 0, claims), first=False)
